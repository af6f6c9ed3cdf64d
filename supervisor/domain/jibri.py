"""What the room shows of Jibri, and what that says about the jibri: the first of the witnesses.

Jicofo publishes the recording status in focus' presence and repeats it for ever; the recorder is an occupant that
comes and goes. Neither alone is the truth: Jicofo hides retries (no ``off`` while another Jibri takes over), and a
recorder in the room need not be streaming. So the state is not advanced by single stanzas but from the *facts as they
are now* (:class:`Facts`), with the instants since when they are so kept here; a resync after blindness is then nothing
special.

    facts                                             from             to
    ------------------------------------------------  ---------------  --------------------------------------
    on; recorder there, or never seen in the session  any              live
    on; recorder gone                                 live             stalled; interrupted after ``grace``
    off by a person                                   live, stalled    ended
    off with failure_reason                           live, stalled    interrupted (recorder failed)
    off, neither; nobody left or past planned end     live, stalled    ended
    off, neither; people there                        live, stalled    interrupted (Jibri stopped itself)
    no status any more; people there                  live, stalled    stalled; interrupted after ``grace``
    no status any more; nobody there                  live, stalled    stalled; ended after ``EMPTY_FOR``
    recorder there, not of a session that is over     scheduled,ended  starting
    recorder gone                                     starting         scheduled
    off by a person past the planned end              interrupted      ended
    nobody there for ``EMPTY_FOR``                    interrupted      ended

An ``off`` whose session was never seen on is history (late joiners get it too) and starts nothing.

Source: Jicofo's ``JibriRecorder``/``JibriSession``, Jibri's ``reference.conf``.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from math import inf

from supervisor.domain.evidence import Evidence, Phase, Side, Word
from supervisor.domain.occupants import RecordingStatus, Status

EMPTY_FOR = 120.0
"""Seconds without anybody after which a jibri that lost its room is over: Jitsi's clients reload within seconds when
the server or Jicofo restarts, and then the stream is broken, not ended."""


class Cause(StrEnum):
    """Why a stream stalled, broke or ended."""

    NONE = ""
    RECORDER_FAILED = "recorder failed"
    RECORDER_LEFT = "recorder left"
    STOPPED_ITSELF = "recorder stopped by itself"
    CONFERENCE_LOST = "conference restarted"
    STOPPED_BY_PERSON = "stopped by a person"
    AS_PLANNED = "ended as planned"
    ROOM_EMPTY = "nobody left"


@dataclass(frozen=True, slots=True)
class Facts:
    """What the room shows now. ``status`` is focus' own, of mode ``stream``; ``people`` counts persons.

    ``recorder_session`` is the session id of the recorder in the room: empty while it has not said, None without one.
    """

    status: RecordingStatus | None
    recorder_session: str | None
    people: int
    past_end: bool = False

    @property
    def recorder(self) -> bool:
        """Whether a recorder is in the room."""
        return self.recorder_session is not None


@dataclass(frozen=True, slots=True)
class Jibri:
    """The state and since when.

    ``broken_at`` is the last good instant before an interruption, ``doubt`` the one from which it may be lost,
    ``empty_since`` the one since which nobody is there.
    """

    phase: Phase = Phase.SCHEDULED
    since: float = 0.0
    cause: Cause = Cause.NONE
    detail: str = ""
    session_id: str = ""
    recorder_seen: bool = False
    broken_at: float = 0.0
    doubt: float | None = None
    empty_since: float | None = None

    @property
    def was_on(self) -> bool:
        """Whether the public had a picture in the present episode."""
        return self.phase in {Phase.LIVE, Phase.STALLED, Phase.INTERRUPTED}

    def deadline(self, grace: float) -> float:
        """The instant at which time alone changes the state; infinite if none."""
        if self.phase is Phase.STALLED and self.doubt is not None and self.empty_since is None:
            return self.doubt + grace
        if self.phase in {Phase.STALLED, Phase.INTERRUPTED} and self.empty_since is not None:
            return self.empty_since + EMPTY_FOR
        return inf


def advance(jibri: Jibri, facts: Facts, grace: float, now: float) -> Jibri:
    """Return the state that follows from the facts. ``grace``: seconds that a recorder may be gone (failover)."""
    jibri = _note_people(jibri, facts, now)
    status = facts.status
    if status is not None and status.status is Status.ON:
        return _on(jibri, facts, status, grace, now)
    if status is not None and status.status is Status.OFF:
        return _off(jibri, facts, status, now)
    if jibri.was_on:
        return _lost(jibri, Cause.CONFERENCE_LOST, facts, grace, now)
    return _waiting(jibri, facts, now)


def _note_people(jibri: Jibri, facts: Facts, now: float) -> Jibri:
    if facts.people or facts.recorder:
        return jibri if jibri.empty_since is None else replace(jibri, empty_since=None)
    return jibri if jibri.empty_since is not None else replace(jibri, empty_since=now)


def _on(jibri: Jibri, facts: Facts, status: RecordingStatus, grace: float, now: float) -> Jibri:
    if status.session_id != jibri.session_id:
        jibri = replace(jibri, session_id=status.session_id, recorder_seen=facts.recorder)
    elif facts.recorder and not jibri.recorder_seen:
        jibri = replace(jibri, recorder_seen=True)
    if jibri.recorder_seen and not facts.recorder:
        return _lost(jibri, Cause.RECORDER_LEFT, facts, grace, now)
    if jibri.phase is Phase.LIVE:
        return jibri
    return _enter(jibri, Phase.LIVE, Cause.NONE, now)


def _off(jibri: Jibri, facts: Facts, status: RecordingStatus, now: float) -> Jibri:  # noqa: PLR0911 - a table
    if status.session_id != jibri.session_id:
        jibri = replace(jibri, session_id=status.session_id)
    if not jibri.was_on:
        return _waiting(jibri, facts, now)
    if _empty_too_long(jibri, now):
        return _end(jibri, Cause.ROOM_EMPTY, facts, now)
    if jibri.phase is Phase.INTERRUPTED:
        over = status.initiator and not status.failure_reason and facts.past_end
        return _end(jibri, Cause.STOPPED_BY_PERSON, facts, now) if over else jibri
    if status.failure_reason:
        return replace(_enter(jibri, Phase.INTERRUPTED, Cause.RECORDER_FAILED, now), detail=status.failure_reason)
    if status.initiator:
        return _end(jibri, Cause.STOPPED_BY_PERSON, facts, now)
    if facts.past_end or not facts.people:
        return _end(jibri, Cause.AS_PLANNED if facts.past_end else Cause.ROOM_EMPTY, facts, now)
    return _enter(jibri, Phase.INTERRUPTED, Cause.STOPPED_ITSELF, now)


def _end(jibri: Jibri, cause: Cause, facts: Facts, now: float) -> Jibri:
    """The stream is over; another recorder may be starting already."""
    return _waiting(_enter(jibri, Phase.ENDED, cause, now), facts, now)


def _lost(jibri: Jibri, cause: Cause, facts: Facts, grace: float, now: float) -> Jibri:
    if _empty_too_long(jibri, now):
        return _end(jibri, Cause.ROOM_EMPTY, facts, now)
    if jibri.phase is Phase.INTERRUPTED:
        return jibri
    if jibri.phase is not Phase.STALLED or jibri.doubt is None:
        jibri = replace(_enter(jibri, Phase.STALLED, cause, now), doubt=now)
    if jibri.empty_since is None and jibri.doubt is not None and now >= jibri.doubt + grace:
        return _enter(jibri, Phase.INTERRUPTED, jibri.cause, now)
    return jibri


def _waiting(jibri: Jibri, facts: Facts, now: float) -> Jibri:
    # After a stop the old recorder lingers for some seconds: that is no new start.
    other = facts.recorder and facts.recorder_session != jibri.session_id
    fresh = jibri.phase is Phase.SCHEDULED and (other or (facts.recorder and not jibri.session_id))
    if fresh or (jibri.phase is Phase.ENDED and other and facts.recorder_session):
        return _enter(jibri, Phase.STARTING, Cause.NONE, now)
    if not facts.recorder and jibri.phase is Phase.STARTING:
        return _enter(jibri, Phase.SCHEDULED, Cause.NONE, now)
    return jibri


def _empty_too_long(jibri: Jibri, now: float) -> bool:
    return jibri.empty_since is not None and now >= jibri.empty_since + EMPTY_FOR


def _enter(jibri: Jibri, phase: Phase, cause: Cause, now: float) -> Jibri:
    broken_at = jibri.broken_at
    if phase is Phase.INTERRUPTED:
        broken_at = now if jibri.doubt is None else jibri.doubt
    return replace(jibri, phase=phase, since=now, cause=cause, detail="", doubt=None, broken_at=broken_at)


WITNESS = "jibri"

_WORDS = {
    Phase.STARTING: Word.STARTING,
    Phase.LIVE: Word.UP,
    # Jicofo still says on, and may be putting another recorder in its place: the last good word holds for the grace.
    Phase.STALLED: Word.UP,
    Phase.INTERRUPTED: Word.DOWN,
    Phase.ENDED: Word.ENDED,
}


def testimony(jibri: Jibri, booking: str, now: float) -> Evidence | None:
    """What Jibri's state says about a booking's stream; None where there was never anything to see.

    The word stays fresh as long as the room is seen: whoever is blind takes it back.
    """
    word = _WORDS.get(jibri.phase)
    if word is None:
        return None
    return Evidence(
        booking=booking,
        witness=WITNESS,
        side=Side.ENCODER,
        word=word,
        at=now,
        fresh_until=inf,
        direct=True,
        detail=jibri.cause,
        planned=word is Word.ENDED,
        since=jibri.broken_at if word is Word.DOWN else jibri.since,
    )
