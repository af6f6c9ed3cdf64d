"""The verdict on a session's live stream, from what the room shows of Jibri.

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

from supervisor.domain.occupants import RecordingStatus, Status

EMPTY_FOR = 120.0
"""Seconds without anybody after which a stream that lost its room is over: Jitsi's clients reload within seconds when
the server or Jicofo restarts, and then the stream is broken, not ended."""


class Phase(StrEnum):
    """What the public gets."""

    SCHEDULED = "scheduled"
    STARTING = "starting"
    LIVE = "live"
    STALLED = "stalled"
    INTERRUPTED = "interrupted"
    ENDED = "ended"


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
class Stream:
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

    def deadline(self, grace: float) -> float | None:
        """The instant at which time alone changes the state."""
        if self.phase is Phase.STALLED and self.doubt is not None and self.empty_since is None:
            return self.doubt + grace
        if self.phase in {Phase.STALLED, Phase.INTERRUPTED} and self.empty_since is not None:
            return self.empty_since + EMPTY_FOR
        return None


def advance(stream: Stream, facts: Facts, grace: float, now: float) -> Stream:
    """Return the state that follows from the facts. ``grace``: seconds that a recorder may be gone (failover)."""
    stream = _note_people(stream, facts, now)
    status = facts.status
    if status is not None and status.status is Status.ON:
        return _on(stream, facts, status, grace, now)
    if status is not None and status.status is Status.OFF:
        return _off(stream, facts, status, now)
    if stream.was_on:
        return _lost(stream, Cause.CONFERENCE_LOST, facts, grace, now)
    return _waiting(stream, facts, now)


def _note_people(stream: Stream, facts: Facts, now: float) -> Stream:
    if facts.people or facts.recorder:
        return stream if stream.empty_since is None else replace(stream, empty_since=None)
    return stream if stream.empty_since is not None else replace(stream, empty_since=now)


def _on(stream: Stream, facts: Facts, status: RecordingStatus, grace: float, now: float) -> Stream:
    if status.session_id != stream.session_id:
        stream = replace(stream, session_id=status.session_id, recorder_seen=facts.recorder)
    elif facts.recorder and not stream.recorder_seen:
        stream = replace(stream, recorder_seen=True)
    if stream.recorder_seen and not facts.recorder:
        return _lost(stream, Cause.RECORDER_LEFT, facts, grace, now)
    if stream.phase is Phase.LIVE:
        return stream
    return _enter(stream, Phase.LIVE, Cause.NONE, now)


def _off(stream: Stream, facts: Facts, status: RecordingStatus, now: float) -> Stream:  # noqa: PLR0911 - a table
    if status.session_id != stream.session_id:
        stream = replace(stream, session_id=status.session_id)
    if not stream.was_on:
        return _waiting(stream, facts, now)
    if _empty_too_long(stream, now):
        return _end(stream, Cause.ROOM_EMPTY, facts, now)
    if stream.phase is Phase.INTERRUPTED:
        over = status.initiator and not status.failure_reason and facts.past_end
        return _end(stream, Cause.STOPPED_BY_PERSON, facts, now) if over else stream
    if status.failure_reason:
        return replace(_enter(stream, Phase.INTERRUPTED, Cause.RECORDER_FAILED, now), detail=status.failure_reason)
    if status.initiator:
        return _end(stream, Cause.STOPPED_BY_PERSON, facts, now)
    if facts.past_end or not facts.people:
        return _end(stream, Cause.AS_PLANNED if facts.past_end else Cause.ROOM_EMPTY, facts, now)
    return _enter(stream, Phase.INTERRUPTED, Cause.STOPPED_ITSELF, now)


def _end(stream: Stream, cause: Cause, facts: Facts, now: float) -> Stream:
    """The stream is over; another recorder may be starting already."""
    return _waiting(_enter(stream, Phase.ENDED, cause, now), facts, now)


def _lost(stream: Stream, cause: Cause, facts: Facts, grace: float, now: float) -> Stream:
    if _empty_too_long(stream, now):
        return _end(stream, Cause.ROOM_EMPTY, facts, now)
    if stream.phase is Phase.INTERRUPTED:
        return stream
    if stream.phase is not Phase.STALLED or stream.doubt is None:
        stream = replace(_enter(stream, Phase.STALLED, cause, now), doubt=now)
    if stream.empty_since is None and stream.doubt is not None and now >= stream.doubt + grace:
        return _enter(stream, Phase.INTERRUPTED, stream.cause, now)
    return stream


def _waiting(stream: Stream, facts: Facts, now: float) -> Stream:
    # After a stop the old recorder lingers for some seconds: that is no new start.
    other = facts.recorder and facts.recorder_session != stream.session_id
    fresh = stream.phase is Phase.SCHEDULED and (other or (facts.recorder and not stream.session_id))
    if fresh or (stream.phase is Phase.ENDED and other and facts.recorder_session):
        return _enter(stream, Phase.STARTING, Cause.NONE, now)
    if not facts.recorder and stream.phase is Phase.STARTING:
        return _enter(stream, Phase.SCHEDULED, Cause.NONE, now)
    return stream


def _empty_too_long(stream: Stream, now: float) -> bool:
    return stream.empty_since is not None and now >= stream.empty_since + EMPTY_FOR


def _enter(stream: Stream, phase: Phase, cause: Cause, now: float) -> Stream:
    broken_at = stream.broken_at
    if phase is Phase.INTERRUPTED:
        broken_at = now if stream.doubt is None else stream.doubt
    return replace(stream, phase=phase, since=now, cause=cause, detail="", doubt=None, broken_at=broken_at)
