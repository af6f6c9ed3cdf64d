"""The preflight: each item by itself, seen from a quarter of an hour before the start."""

from __future__ import annotations

from math import inf
from typing import Any

import pytest

from supervisor.domain import preflight
from supervisor.domain.bookings import StreamSource
from supervisor.domain.events import RecordersSeen, SourceLost
from supervisor.domain.evidence import Page, Word
from supervisor.domain.kinds import DEFAULT_KINDS
from supervisor.domain.occupants import Site
from supervisor.domain.plant import Plant
from supervisor.domain.preflight import Check
from supervisor.domain.room import Room
from supervisor.domain.session import Session
from tests.unit.builders import ROOM, START, booking, evidence, person, recorder

NOW = START - 900.0
VIDEO = StreamSource(youtube="dQw4w9WgXcQ")


def session(stream: StreamSource, **words: Any) -> Session:
    """A session whose empty room has been read."""
    room = Room(ROOM, Site("focus@auth.meet.test", "hidden.meet.test"))
    room.read("m1", (), NOW)
    return Session(booking(stream=stream, **words), [room])


def checks(session: Session, now: float = NOW) -> dict[str, str]:
    return {item.name: str(item.check) for item in preflight.check(session, now)}


def page(word: Word = Word.STARTING, witness: str = "youtube owner", **told: Any) -> dict[str, str]:
    """What is found of a broadcast that is as it should be, but for what is told."""
    usual = {"state": "ready", "privacy": "public", "bound": True, "planned": START, "title": "PLE de Setembre"}
    wrong = told.pop("wrong", "")
    known = session(VIDEO, title="Ple ordinari de setembre", contacts=("a@b.test",))
    known.evidence[witness] = evidence(witness, word, NOW, wrong=wrong, page=Page(**{**usual, **told}))
    return checks(known)


def seen(idle: int, busy: int = 0, unhealthy: int = 0, source: str = "jicofo", until: float = inf) -> Plant:
    plant = Plant()
    plant.hear_recorders(RecordersSeen(source, idle, busy, unhealthy, until))
    return plant


def test_it_is_time_from_the_kinds_preflight_until_the_start_where_a_stream_is_owed() -> None:
    plenary = booking()
    assert [False, True, True, False] == [preflight.due(plenary, START + t) for t in (-901, -900, -1, 0)]
    assert [START - 900, START, inf] == [preflight.wakes(plenary, START + t) for t in (-901, -900, 0)]
    for kind in ("test", "permanent", "appointment"):
        assert not preflight.due(booking(kind=DEFAULT_KINDS[kind]), NOW)


@pytest.mark.parametrize(
    ("plant", "expected"),
    [
        (seen(1, 2), Check.OK),
        (seen(0, 2), Check.WRONG),
        (seen(0, 0, 1), Check.WRONG),
        (seen(0), Check.WRONG),
        (Plant(), Check.UNKNOWN),
        (seen(0, 2, until=NOW), Check.UNKNOWN),
    ],
)
def test_a_recorder_has_to_be_idle(plant: Plant, expected: Check) -> None:
    known = session(StreamSource(jibri=True))
    known.plant = plant
    assert expected == checks(known)["recorder"]


def test_a_recorder_that_is_in_the_room_already_need_not_be_idle() -> None:
    known = session(StreamSource(jibri=True))
    known.plant = seen(0, 1)
    known.main.seen(recorder())
    assert Check.OK == checks(known)["recorder"]


def test_jicofos_word_of_recorders_goes_before_the_brewerys_which_goes_before_none() -> None:
    plant = seen(1, source="brewery")
    plant.hear_recorders(RecordersSeen("jicofo", 0, 1, 0, inf))
    assert 0 == plant.free(NOW).idle  # type: ignore[union-attr]
    plant.forget(SourceLost("jicofo", "x").source)
    assert 1 == plant.free(NOW).idle  # type: ignore[union-attr]


def test_a_broadcast_that_is_as_it_should_be() -> None:
    names = ("broadcast", "public", "stream key", "time", "title", "people")
    assert dict.fromkeys(names, "ok") == page()
    assert "ok" == page(Word.UP, state="live")["broadcast"]


def test_a_private_or_unlisted_broadcast_is_wrong() -> None:
    assert "wrong" == page(wrong="private", privacy="private")["public"]
    assert "wrong" == page(wrong="unlisted", privacy="unlisted")["public"]


def test_a_broadcast_without_a_stream_bound_is_wrong_and_the_public_tier_cannot_tell() -> None:
    assert "wrong" == page(bound=False)["stream key"]
    assert "stream key" not in page(witness="youtube public", state="upcoming", bound=None)


@pytest.mark.parametrize(("hours", "expected"), [(-6.5, "wrong"), (-5.0, "ok"), (0.0, "ok"), (26.0, "wrong")])
def test_a_broadcast_planned_for_another_time_is_another_one(hours: float, expected: str) -> None:
    assert expected == page(planned=START + hours * 3600)["time"]


def test_a_broadcast_that_runs_already_is_not_judged_by_its_plan() -> None:
    assert "time" not in page(Word.UP, state="live", planned=START - 86_400)


def test_a_strange_title_is_for_a_person_to_look_at() -> None:
    assert "unknown" == page(title="Videoclip d'estiu")["title"]
    assert "ok" == page(title="AJUNTAMENT: ple")["title"]


def test_a_broadcast_that_is_over_or_gone_or_was_never_one_is_wrong() -> None:
    assert "wrong" == page(Word.ENDED, state="complete")["broadcast"]
    assert "wrong" == page(Word.DOWN, state="revoked", wrong="revoked by YouTube")["broadcast"]
    assert "wrong" == page(Word.UNKNOWN, state="none", wrong="an ordinary video, not a broadcast")["broadcast"]
    gone = session(VIDEO)
    gone.evidence["youtube public"] = evidence("youtube public", Word.MISSING, NOW)
    assert "wrong" == checks(gone)["broadcast"]


def test_what_the_owner_sees_goes_before_what_the_public_does_not() -> None:
    known = session(VIDEO)
    known.evidence["youtube public"] = evidence("youtube public", Word.MISSING, NOW)
    known.evidence["youtube owner"] = evidence("youtube owner", Word.STARTING, NOW, page=Page("ready", "private"))
    found = checks(known)
    assert ("ok", "wrong") == (found["broadcast"], found["public"])


def test_a_quota_that_is_spent_is_unknown_and_not_wrong() -> None:
    known = session(VIDEO)
    known.evidence["youtube public"] = evidence("youtube public", Word.UNKNOWN, NOW, detail="quota")
    assert "unknown" == checks(known)["broadcast"]
    assert "unknown" == checks(session(VIDEO))["broadcast"]


def test_somebody_has_to_be_there_or_to_be_known() -> None:
    known = session(StreamSource())
    assert "wrong" == checks(known)["people"]
    known.main.seen(person("p0", "moderator"))
    assert "ok" == checks(known)["people"]
    assert "ok" == checks(session(StreamSource(), contacts=("a@b.test",)))["people"]
    known.blind = "not connected"
    assert "unknown" == checks(known)["people"]


def test_witnesses_have_to_answer_and_a_playlist_that_is_not_there_yet_is_an_answer() -> None:
    known = session(StreamSource(hls="https://tv.test/live.m3u8", obs="town"))
    assert {"unknown"} == {checks(known)[name] for name in ("HLS", "OBS")}
    known.evidence["hls"] = evidence("hls", Word.MISSING, NOW)
    known.evidence["obs"] = evidence("obs", Word.UNKNOWN, NOW, detail="no connection to OBS")
    assert ("ok", "wrong") == (checks(known)["HLS"], checks(known)["OBS"])
    known.evidence["obs"] = evidence("obs", Word.DOWN, NOW, fresh=10.0)
    assert ("ok", "unknown") == (checks(known)["OBS"], checks(known, NOW + 10.0)["OBS"])


def test_whatever_is_wrong_comes_with_a_remedy_and_in_one_line() -> None:
    known = session(StreamSource(jibri=True, hls="https://tv.test/live.m3u8", youtube="dQw4w9WgXcQ"))
    known.plant = seen(0, 1)
    known.evidence["hls"] = evidence("hls", Word.UNKNOWN, NOW, detail="status 503")
    bad = Page("ready", "private", bound=False, planned=START + 90_000)
    known.evidence["youtube owner"] = evidence("youtube owner", Word.STARTING, NOW, page=bad)
    items = preflight.wrong(preflight.check(known, NOW))
    assert ["recorder", "public", "stream key", "time", "people", "HLS"] == [item.name for item in items]
    assert all(item.remedy for item in items)
    line = preflight.in_words(items)
    assert line.startswith("recorder wrong: 0 idle, 1 busy, 0 unhealthy (jicofo); public wrong: private; stream key")
    assert "all is ready" == preflight.in_words(())
