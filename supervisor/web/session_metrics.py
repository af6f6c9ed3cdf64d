"""The series of each supervised session: they come with the session and vanish with it, and what is unknown is absent.

All are labelled by the booking and the room. What other labels can hold is fixed by the code: a phase, a witness' name,
a kind of the configuration.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from prometheus_client.core import GaugeMetricFamily

from supervisor.domain.evidence import Phase, Word

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from prometheus_client.metrics_core import Metric

    from supervisor.alerts.supervised import SessionView

PREFIX = "jitsi_supervisor_session"
SESSION = ("booking", "room")
PHASES = tuple(phase for phase in Phase if phase is not Phase.UNKNOWN)
SEES = {Word.UP: 1.0, Word.DEGRADED: 1.0, Word.STARTING: 0.0, Word.DOWN: 0.0, Word.ENDED: 0.0}
"""Whether a witness that says this sees the stream run. One that misses it has nothing to say about that."""


def families(sessions: Iterable[SessionView]) -> Iterator[Metric]:
    """Every series of these sessions."""
    shown = [((session.booking.id, session.room), session) for session in sessions]
    for name, text, value in NUMBERS:
        family = GaugeMetricFamily(f"{PREFIX}_{name}", text, labels=SESSION)
        for labels, session in shown:
            if (number := value(session)) is not None:
                family.add_metric(labels, number)
        yield family
    info = GaugeMetricFamily(f"{PREFIX}_info", "1 while the session is supervised", labels=(*SESSION, "kind"))
    state = GaugeMetricFamily(
        f"{PREFIX}_stream_state", "1 for the state that the session's stream is in", labels=(*SESSION, "state")
    )
    text = "1 while a witness sees the stream run, 0 while it sees that it does not"
    witness = GaugeMetricFamily(f"{PREFIX}_witness_up", text, labels=(*SESSION, "witness"))
    for labels, session in shown:
        info.add_metric((*labels, session.booking.kind.name), 1.0)
        for phase in PHASES if session.stream is not Phase.UNKNOWN else ():
            state.add_metric((*labels, phase.value), float(phase is session.stream))
        for said in session.heard:
            if said.word in SEES:
                witness.add_metric((*labels, said.witness), SEES[said.word])
    yield from (info, state, witness)


def _stream_since(session: SessionView) -> float | None:
    """When the stream's state began; unknown with the state, and before it was ever anything."""
    return None if session.stream is Phase.UNKNOWN else session.verdict.since or None


NUMBERS: tuple[tuple[str, str, Callable[[SessionView], float | None]], ...] = (
    ("participants", "Persons in the session's rooms", lambda session: session.people),
    ("participant_limit", "Recommended most persons", lambda session: session.booking.limit),
    ("moderators", "Moderators in the main room", lambda session: session.moderators),
    ("visitors", "Visitors, who are not participants", lambda session: session.visitors),
    ("paused", "1 while the session is paused", lambda session: float(session.paused is not None)),
    ("start_timestamp_seconds", "Booked start", lambda session: session.booking.start),
    ("end_timestamp_seconds", "Booked end, +Inf where there is none", lambda session: session.booking.end),
    ("stream_since_timestamp_seconds", "When the stream's state began", _stream_since),
)
"""Name, help, and how to read it; None while it is unknown."""
