"""Retention through the engine: what is under supervision is noted, and what was erased does not come back."""

from __future__ import annotations

import io
import json
import logging
from dataclasses import replace

import pytest
import structlog

from supervisor.domain import events as ev
from supervisor.domain.commands import Keep
from supervisor.domain.durations import parse_duration
from supervisor.domain.occupants import written
from supervisor.domain.records import Incident, Saved, Silence, SupervisionEnded, SupervisionRow
from supervisor.domain.retention import DAY, KINDS, SUPERVISION_HOLDS, Order, orders
from supervisor.log import configure
from tests.unit.builders import ROOM, START, Play, booking, people

BOOKED = booking(duration=7200.0)
HALF = SUPERVISION_HOLDS / 2


def notes(play: Play) -> list[SupervisionRow | SupervisionEnded]:
    kept = (command.change for command in play.commands if isinstance(command, Keep))
    return [change for change in kept if isinstance(change, SupervisionRow | SupervisionEnded)]


def opened(play: Play) -> list[str]:
    return [record.what for record in play.records("session opened")]


def test_a_session_is_noted_from_its_opening_to_its_end() -> None:
    play = Play(BOOKED).room(*people(2))
    note = SupervisionRow("almatret-1", START + 7200 + SUPERVISION_HOLDS)
    assert [note] == notes(play)
    assert [note, SupervisionEnded("almatret-1")] == notes(play.at(7300).go("p0", "p1"))


def test_a_session_that_lasts_is_noted_anew_before_the_note_is_void() -> None:
    play = Play(BOOKED).room(*people(2)).at(7200 + HALF - 1)
    assert 1 == len(notes(play))
    assert SupervisionRow("almatret-1", START + 7200 + 3 * HALF) == notes(play.at(7200 + HALF))[-1]


def test_a_room_that_is_always_open_is_noted_again_and_again() -> None:
    play = Play(booking(duration=float("inf"))).room(*people(1)).at(5 * HALF)
    first, second = (note for note in notes(play)[:2] if isinstance(note, SupervisionRow))
    assert (True, True, HALF) == (first.endless, second.endless, second.until - first.until)


def test_what_was_erased_when_it_was_over_is_not_supervised_again() -> None:
    saved = Saved(erased={"almatret-1": START + 7300})
    assert [] == opened(Play(BOOKED, saved=saved, began=7400.0))
    assert ["session opened"] == opened(Play(BOOKED, began=7400.0))


def test_a_booking_that_was_moved_after_its_erasure_is_a_session_like_any_other() -> None:
    moved = replace(BOOKED, start=START + DAY)
    play = Play(moved, saved=Saved(erased={"almatret-1": START + 7300}), began=DAY)
    assert ["session opened"] == opened(play)


@pytest.mark.parametrize("erased", [False, True])
def test_nothing_that_was_stored_and_is_remembered_comes_back_after_an_erasure(*, erased: bool) -> None:
    halted = Incident(
        "i1", "almatret-1", ROOM, "StreamInterrupted", START - DAY, paused_by="desk", paused_at=START - DAY
    )
    silence = Silence("s1", "almatret-1", "", START + DAY, "desk")
    play = Play(booking(id="other", room="other"), saved=Saved(incidents=(halted,), silences=(silence,)))
    if erased:
        play.feed(ev.SessionErased("almatret-1", START - DAY))
    play.feed(ev.BookingsRead("file", (BOOKED,)))
    (view,) = (view for view in play.engine.sessions(play.now) if view.booking == BOOKED)
    assert erased == (view.paused is None) == (not play.engine.silences.in_force(play.now))


def test_every_period_gives_an_instant_and_no_period_nothing() -> None:
    assert [Order("records", 90 * DAY), Order("quota", 99 * DAY)] == list(
        orders({"quota": DAY, "records": 10 * DAY}, 100 * DAY)
    )
    assert all(kind.period >= DAY for kind in KINDS)


def test_a_duration_may_have_days() -> None:
    assert (30 * DAY, 36 * 3600.0) == (parse_duration("30d"), parse_duration("1d12h"))
    with pytest.raises(ValueError, match="is not a duration"):
        parse_duration("1000000d")


@pytest.mark.parametrize("nick", ["Maria Puig", "A1B2C3D4", "a1b2c3d", "a1b2c3d4e", "a1b2c3d\u0664", "\ud800"])
def test_a_nick_that_is_not_jitsis_is_written_as_a_digest(nick: str) -> None:
    assert written(nick) == written(nick)
    assert ("~", 9) == (written(nick)[0], len(written(nick)))


def test_a_nick_of_jitsis_is_written_as_it_is() -> None:
    assert ("a1b2c3d4", "") == (written("a1b2c3d4"), written(""))


def test_a_traceback_in_the_log_has_places_and_no_values(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = io.StringIO()
    root = logging.getLogger()
    handlers, level = root.handlers, root.level
    monkeypatch.setattr("sys.stderr", stream)
    try:
        configure()
        stanza = "Canary Planted"
        try:
            len(stanza) / 0
        except ZeroDivisionError:
            structlog.get_logger().exception("broke")
            logging.getLogger("library").exception("broke, too")
    finally:
        root.handlers, root.level = handlers, level
        structlog.reset_defaults()
    ours, theirs = (json.loads(line) for line in stream.getvalue().splitlines())
    for line in (ours, theirs):
        (exception,) = line["exception"]
        assert "test_retention.py" in exception["frames"][-1]["filename"]
    assert "Canary" not in stream.getvalue()
