"""Whatever happens to a session, its event log gives the same alerts at the same instants when it is played again."""

from __future__ import annotations

import io
import json
import random
import subprocess
import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from supervisor.alerts.lifecycle import Rule
from supervisor.domain import events as ev
from supervisor.domain.bookings import StreamSource
from supervisor.domain.commands import Keep, Record
from supervisor.domain.evidence import Page, Word
from supervisor.domain.kinds import DEFAULT_KINDS
from supervisor.domain.occupants import BreweryStatus, Occupant
from supervisor.domain.records import AlertEnded, AlertRow, Incident, Saved, Silence, SilenceEnded, StreamRow
from supervisor.domain.room_state import RoomState
from supervisor.domain.wishes import Wish
from supervisor.engine import XMPP
from supervisor.replay.files import Reader
from supervisor.replay.happened import Happened
from supervisor.replay.player import Outcome, play
from supervisor.replay.show import as_json, as_text
from tests.unit import soak
from tests.unit.builders import (
    EVERY,
    MUC,
    OUTSIDE,
    ROOM,
    START,
    booking,
    focus,
    off,
    on,
    people,
    person,
    recorder,
)
from tests.unit.replay.tape import RecordedPlay, exported, replayed

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from supervisor.domain.commands import Command

BREWERY = "brewery@internal.meet.test"
BREAKOUT = f"b0-uuid@breakout.{MUC}"
RULES = {
    "ParticipantLimit": Rule(wait=5.0, keep=10.0),
    "StreamInterrupted": Rule(keep=5.0),
    "StreamBlind": Rule(wait=60.0),
    "ModeratorAbsent": Rule(wait=30.0),
}
BOOKED = booking(
    limit=5, quorum=3, duration=3600.0, stream=StreamSource(youtube="x", hls="https://tv.test/x", jibri=True)
)
OTHER = booking(id="other-1", start=START + 1800.0, duration=3600.0, organisation="Concell")
NEXT = booking(id="next-1", start=START + 4000.0, duration=600.0)


class Chaos:
    """A session to which anything happens that can happen, drawn from one seed."""

    def __init__(self, seed: int, length: int = 150) -> None:
        self.chance = random.Random(seed)
        self.length = length
        self.booked = BOOKED
        self.commands: list[Command] = []
        self.play = self._start(-1900.0, None)
        self.parts = self.play.parts
        self.nicks = [f"p{n}" for n in range(9)]

    def _start(self, began: float, saved: Saved | None) -> RecordedPlay:
        play = RecordedPlay(
            self.booked,
            OTHER,
            rules=RULES,
            monitors=EVERY,
            saved=saved,
            opening_line=True,
            began=began,
            brewery=BREWERY,
        )
        if saved is not None:
            play.parts = self.parts
        return play

    def run(self) -> Chaos:
        at = -1850.0
        for _ in range(self.length):
            at = max(at, self.play.now - START) + self.chance.choice((0.0, 0.3, 2.0, 10.0, 47.0, 130.0))
            self.play.at(at)
            self.chance.choice(self.deeds)()
            if self.chance.random() < 0.2:
                self.play.write_down()
        self.play.at(at + 400.0)
        self.play.write_down()
        self.commands += self.play.commands
        return self

    @property
    def deeds(self) -> tuple[Any, ...]:
        return (
            self.people,
            self.people,
            self.people,
            self.stream,
            self.stream,
            self.evidence,
            self.evidence,
            self.evidence,
            self.source,
            self.meeting,
            self.breakout,
            self.door,
            self.wish,
            self.word,
            self.silence,
            self.moderators,
            self.recorders,
            self.bookings,
            self.restart,
        )

    def people(self) -> None:
        nicks = self.chance.sample(self.nicks, self.chance.randrange(1, 6))
        if self.chance.random() < 0.4:
            self.play.go(*nicks)
            return
        for nick in nicks:
            role = "moderator" if nick < "p2" else "participant"
            self.play.come(person(nick, role, audio=self.chance.choice((None, True, False)), video=False))

    def stream(self) -> None:
        match self.chance.randrange(5):
            case 0:
                self.play.come(recorder("s1", "r"), focus(on("s1")))
            case 1:
                self.play.come(focus(off("s1", failure="error"))).go("r")
            case 2:
                self.play.go("r", "focus")
            case 3:
                self.play.come(recorder("s2", "r2"), focus(on("s2")))
            case 4:
                self.play.come(focus(off("s1", initiator="p0")))

    def evidence(self) -> None:
        witness = self.chance.choice(("hls", "youtube owner", "youtube public", "jibri", "obs", "ingest"))
        word, fresh = self.chance.choice(list(Word)), self.chance.choice((6.0, 30.0, float("inf")))
        title = self.chance.choice(("Ple ordinari", "Ajuntament sala1", "Concert", ""))
        page = self.chance.choice((None, Page("upcoming", "private", bound=False, planned=START, title=title)))
        wrong = self.chance.choice(("", "", "private"))
        self.play.hear(witness, word, fresh, page=page, wrong=wrong, detail="edge unchanged https://tv.test/x?t=1")

    def source(self) -> None:
        source = self.chance.choice((XMPP, XMPP, "youtube owner", "jicofo"))
        if self.chance.random() < 0.5:
            self.play.feed(ev.SourceLost(source, "no answer from 10.0.0.1"))
        else:
            self.play.feed(ev.SourceSynced(source))

    def meeting(self) -> None:
        match self.chance.randrange(4):
            case 0:
                self.play.feed(ev.MeetingEnded(ROOM))
            case 1:
                self.play.feed(ev.MeetingBegan(ROOM, self.chance.choice(("m1", "m2"))))
            case 2:
                self.play.room(focus(), *people(4), meeting=self.chance.choice(("m1", "m2", "")))
            case 3:
                self.play.feed(ev.SubjectChanged(ROOM, "x"), ev.Retitled(ROOM, changed=True, text="Ple", by="p0@x"))

    def breakout(self) -> None:
        match self.chance.randrange(4):
            case 0:
                self.play.feed(ev.RoomOpened(BREAKOUT, ROOM))
            case 1:
                self.play.feed(ev.RoomRead(BREAKOUT, "b1", people(3), ROOM))
            case 2:
                self.play.come(person("q1"), room=BREAKOUT)
            case 3:
                self.play.feed(ev.RoomClosed(BREAKOUT), ev.RoomOpened(ROOM))

    def door(self) -> None:
        self.play.feed(
            ev.RoomStateSeen(ROOM, RoomState(password=False, lobby=True, waiting=self.chance.randrange(3), waited=40.0))
        )

    def wish(self) -> None:
        wish, monitor = self.chance.choice(list(Wish)), self.chance.choice(("", "StreamInterrupted", "nonsense"))
        id_ = self.chance.choice(("almatret-1", "other-1"))
        self.play.feed(ev.WishMade(id_, wish, "wall", monitor, force=self.chance.random() < 0.3))
        self.play.feed(ev.MessageWritten(id_, "hello", "wall"))

    def word(self) -> None:
        self.play.feed(ev.CommandGiven(ROOM, "p0", self.chance.choice(("!pausa", "!reprèn", "!OK", "!estat", "!x"))))

    def silence(self) -> None:
        about = self.chance.choice(("", "almatret-1", "other-1"))
        if self.chance.random() < 0.6:
            self.play.feed(ev.SilenceSet(Silence("s1", about, "", self.play.now + 300.0, "wall", "tests")))
        else:
            self.play.feed(ev.SilenceLifted("s1", "wall"))

    def moderators(self) -> None:
        self.play.silent = self.chance.choice((set(), {"moderators"}))

    def recorders(self) -> None:
        match self.chance.randrange(4):
            case 0:
                self.play.feed(ev.RecordersSeen("jicofo", self.chance.randrange(2), 1, 0, self.play.now + 30.0))
            case 1:
                status = BreweryStatus(busy=self.chance.random() < 0.5, healthy=self.chance.random() < 0.8)
                self.play.feed(ev.OccupantSeen(BREWERY, Occupant("jibri-1", brewery=status)))
            case 2:
                self.play.feed(ev.MeetingEnded(BREWERY))
            case 3:
                self.play.feed(
                    ev.RoomRead(BREWERY, "", (Occupant("jibri-1", brewery=BreweryStatus(busy=False, healthy=True)),))
                )

    def bookings(self) -> None:
        source = "calendar town hall"
        match self.chance.randrange(5):
            case 0:
                self.play.feed(ev.BookingsRead(source, (NEXT,)))
            case 1:
                self.play.feed(ev.BookingsRead(source, ()))
            case 2:
                self.booked = replace(self.booked, limit=self.chance.randrange(3, 7))
                self.play.feed(ev.BookingsRead("file", (self.booked, OTHER)))
            case 3:
                kind = DEFAULT_KINDS[self.chance.choice(("plenary", "test", "unsupported"))]
                stream = self.chance.choice((BOOKED.stream, OUTSIDE))
                self.booked = replace(self.booked, kind=kind, stream=stream)
                self.play.feed(ev.BookingsRead("file", (self.booked, OTHER)))
            case 4 if self.chance.random() < 0.2:
                self.play.feed(ev.BookingsRead("file", (OTHER,)))
            case _:
                self.play.feed(ev.BookingsUnreadable("file", ("line 1: no",)))

    def restart(self) -> None:
        """Stopped or killed, and started again by the same clock."""
        if self.chance.random() < 0.5:
            self.play.stop()
        else:
            self.play.write_down()
        self.commands += self.play.commands
        self.play = self._start(self.play.now - START + 3.0, saved(self.commands))


def saved(commands: Iterable[Command]) -> Saved:
    """What the store would give back."""
    alerts: dict[tuple[str, str], AlertRow] = {}
    incidents: dict[str, Incident] = {}
    streams: dict[str, StreamRow] = {}
    silences: dict[str, Silence] = {}
    for change in (command.change for command in commands if isinstance(command, Keep)):
        match change:
            case AlertRow():
                alerts[change.booking, change.monitor] = change
            case AlertEnded(id_, monitor):
                alerts.pop((id_, monitor), None)
            case Incident():
                incidents[change.id] = change
            case StreamRow():
                streams[change.booking] = change
            case Silence():
                silences[change.id] = change
            case SilenceEnded(id_):
                silences.pop(id_, None)
    halted = [i for i in incidents.values() if i.closed is None or (i.paused_at and i.resumed_at is None)]
    return Saved(
        tuple(alerts.values()), tuple(halted), silences=tuple(silences.values()), streams=tuple(streams.values())
    )


def rises(commands: Iterable[Command], session: str) -> list[tuple[str, str]]:
    """Monitor and stage of what rose and fell, by the engine's own word."""
    records = [c for c in commands if isinstance(c, Record) and c.what in {"alert rose", "alert fell"}]
    about = [dict(record.about) for record in records]
    return [(each["monitor"], each["stage"]) for each in about if each.get("booking") == session]


def again(outcome: Outcome) -> list[tuple[str, str]]:
    found = [each.what for each in outcome.played if isinstance(each.what, Happened)]
    return [(each.monitor, str(each.stage)) for each in found if each.what in {"alert rose", "alert fell"}]


@pytest.mark.parametrize("seed", range(24))
def test_whatever_happens_the_same_alerts_come_again(seed: int) -> None:
    chaos = Chaos(seed).run()
    for session in ("almatret-1", "other-1"):
        outcome = replayed(chaos.parts, session)
        assert (None, "") == (outcome.difference, outcome.failed), "".join(as_text(outcome))
        assert rises(chaos.commands, session) == again(outcome)


def test_the_random_sessions_are_worth_replaying() -> None:
    outcomes = [replayed(Chaos(seed).run().parts) for seed in range(8)]
    monitors = {monitor for outcome in outcomes for monitor, _ in again(outcome)}
    assert {"ParticipantLimit", "StreamInterrupted", "FocusMissing", "RoomCollision", "QuorumLost"} <= monitors
    notes = {each.what for outcome in outcomes for each in outcome.played if isinstance(each.what, str)}
    assert any("stopped" in note for note in notes)
    assert any("under supervision again" in note for note in notes)


@pytest.mark.parametrize("number", [*range(3), *range(100, 103)])
def test_the_soak_evenings_come_again(number: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(soak, "Play", RecordedPlay)
    evening = soak.broken(number)
    evening.run()
    play = evening._play
    assert isinstance(play, RecordedPlay)
    outcome = replayed(play.write_down())
    assert (None, "") == (outcome.difference, outcome.failed)
    assert "StreamInterrupted" in {monitor for monitor, _ in again(outcome)}


def limit_exceeded() -> RecordedPlay:
    play = RecordedPlay(booking(limit=3), rules=RULES, began=-60.0).room(focus(), *people(2))
    assert isinstance(play, RecordedPlay)
    play.at(5.0).come(person("p5"), person("p6"), person("p7"))
    play.at(100.0).go("p5", "p6", "p7")
    play.at(200.0)
    play.write_down()
    return play


def test_what_did_not_come_as_recorded_is_shown_with_its_line() -> None:
    content = exported(limit_exceeded().parts).decode()
    changed = content.replace('"for":5.0', '"for":7.0')
    assert changed != content
    outcome = play(Reader(io.BytesIO(changed.encode()), "changed.jsonl"))
    text = "".join(as_text(outcome))
    assert not outcome.same
    assert outcome.difference is not None
    number = outcome.difference.line
    assert "exceeded: 5 people" in text
    assert f"(line {number} of the file)" in text
    assert "alert rose" in content.splitlines()[number - 1]
    assert "replayed  nothing" in text


def test_a_log_in_which_booking_and_room_were_renamed_can_still_be_played() -> None:
    renamed = exported(limit_exceeded().parts).replace(b"almatret-1", b"x-1").replace(b"sala1", b"a-room")
    outcome = play(Reader(io.BytesIO(renamed), "renamed.jsonl"))
    assert outcome.same
    assert ("x-1", "a-room") == (outcome.head.session, outcome.booking and outcome.booking.room)


def test_the_text_has_the_clock_of_the_place_and_the_words_of_the_log() -> None:
    text = "".join(as_text(replayed(limit_exceeded().parts)))
    assert "booked 2026-09-03 19:00 to 21:00 (UTC+2 h)" in text
    assert "  19:00:10.000  ParticipantLimit   WARNING  exceeded: 5 people, limit 3\n" in text
    assert "told moderators" in text
    assert "Same as recorded" in text


def test_a_program_gets_the_same() -> None:
    shown = json.loads("".join(as_json(replayed(limit_exceeded().parts))))
    assert (True, None, "almatret-1") == (shown["same"], shown["difference"], shown["session"])
    (rose,) = [
        each for each in shown["alerts"] if each.get("stage_name") == "exceeded" and each["what"] == "alert rose"
    ]
    expected = {"at": "2026-09-03T17:00:10.000Z", "severity": "warning", "reason": "5 people, limit 3"}
    assert expected == {key: rose[key] for key in expected}


def test_a_log_that_is_full_is_cut_and_says_so() -> None:
    play = RecordedPlay(booking(limit=3), rules=RULES, began=-60.0, most=9_000)
    play.room(focus(), *people(2))
    for number in range(100):
        play.at(number).come(person(f"q{number}"))
    play.write_down()
    assert sum(len(part.lines) for part in play.parts) < 9_500
    outcome = replayed(play.parts)
    assert outcome.same
    assert "it is longer than 9000 bytes" in outcome.cut
    assert "what came later is not in it" in "".join(as_text(outcome))


def test_nothing_is_recorded_of_a_room_that_is_always_open_nor_where_nothing_is_to_be_kept() -> None:
    permanent = booking(kind=DEFAULT_KINDS["permanent"], duration=None)
    assert [] == RecordedPlay(permanent, began=60.0).room(*people(4)).write_down()
    assert [] == RecordedPlay(booking(), began=60.0, most=0).room(*people(4)).write_down()


def test_what_the_engine_dies_of_is_the_last_line_and_it_dies_of_it_again(monkeypatch: pytest.MonkeyPatch) -> None:
    play_ = RecordedPlay(booking(), began=60.0)

    def bug(*_: Any) -> None:
        raise ZeroDivisionError("a bug")

    monkeypatch.setattr("supervisor.domain.room.Room.told", bug)
    with pytest.raises(ZeroDivisionError):
        play_.room(*people(2)).door()
    outcome = replayed(play_.write_down())
    assert "line 5: ZeroDivisionError: a bug" == outcome.failed
    assert not outcome.same


def test_nothing_hangs_on_the_order_of_a_process_own_hashes(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    path.write_bytes(exported(Chaos(3).run().parts))
    command = (sys.executable, "-m", "supervisor", "replay", str(path), "--format", "json")
    found = {
        subprocess.run(command, capture_output=True, check=True, timeout=60, env={"PYTHONHASHSEED": seed}).stdout
        for seed in ("0", "1", "2")
    }
    assert 1 == len(found)
