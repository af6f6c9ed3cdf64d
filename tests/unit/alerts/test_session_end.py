"""When a session's supervision ends, its alerts end with it; what was not seen to recover is not said to have."""

from typing import TypeVar

from supervisor.alerts.lifecycle import Rule
from supervisor.alerts.outside import Outside, Route
from supervisor.domain.commands import Keep
from supervisor.domain.news import Kind
from supervisor.domain.records import AlertEnded, AlertRow, ChronicleEntry, Incident, Outgoing, TimelineEntry
from tests.unit.builders import Play, booking, focus, off, on, people, recorder

T = TypeVar("T")
HOOK = Outside((Route("webhook", "desk", frozenset(Kind)),))


def kept(play: Play, *sorts: type[T]) -> list[T]:
    return [
        command.change for command in play.commands if isinstance(command, Keep) and isinstance(command.change, sorts)
    ]


def news(play: Play) -> list[tuple[str, object]]:
    return [(change.kind, change.payload["monitor"]) for change in kept(play, Outgoing)]


def crowded() -> Play:
    """Too many people until the very end, when all of them leave at once."""
    play = Play(booking(limit=3), rules={"ParticipantLimit": Rule(keep=60.0)}, outside=HOOK).room(focus(), *people(4))
    return play.at(7300.0).go("p0", "p1", "p2", "p3")


def broken() -> Play:
    """A stream that is still interrupted when all leave."""
    play = Play(outside=HOOK).room(focus(), *people(2)).come(recorder(), focus(on()))
    return play.at(6900.0).come(focus(off(failure="error"))).go("jibri1").at(7300.0).go("p0", "p1")


def test_who_heard_outside_of_an_alert_hears_of_its_end_though_the_session_ended_first() -> None:
    play = crowded()
    assert [] == list(play.engine.sessions(play.now))
    assert [(Kind.FIRING, "ParticipantLimit"), (Kind.RESOLVED, "ParticipantLimit")] == news(play)
    assert isinstance(kept(play, AlertRow, AlertEnded)[-1], AlertEnded), "a restart must not find it firing"


def test_what_was_calm_at_the_end_has_recovered() -> None:
    entries = [entry.what for entry in kept(crowded(), ChronicleEntry)]
    assert ["risen", "recovered", "closed"] == [what for what in entries if what not in {"opened", "people", "told"}]


def test_what_was_trouble_to_the_end_ends_without_having_recovered() -> None:
    play = broken()
    assert (Kind.RESOLVED, "StreamInterrupted") == news(play)[-1]
    assert "recovered" not in [entry.what for entry in kept(play, ChronicleEntry)]
    assert play.now == kept(play, Incident)[-1].closed
    assert ("closed", {"reason": "the session is over"}) == (
        kept(play, TimelineEntry)[-1].what,
        kept(play, TimelineEntry)[-1].detail,
    )


def test_nothing_is_told_of_what_had_ended_before() -> None:
    play = Play(booking(limit=5), outside=HOOK).room(focus(), *people(6))
    play.at(100.0).go("p1", "p2", "p3", "p4", "p5").at(7300.0)
    told = news(play)
    play.go("p0")
    assert [] == list(play.engine.sessions(play.now))
    assert (Kind.RESOLVED, "ParticipantLimit") == told[-1]
    assert told == news(play)
