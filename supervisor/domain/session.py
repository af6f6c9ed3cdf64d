"""A booked session under supervision: its rooms, its stream's witnesses, and what is known of them now."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import inf
from typing import TYPE_CHECKING

from supervisor.domain import jibri, verdict
from supervisor.domain.diary import Neighbours
from supervisor.domain.evidence import Phase, Side, Word
from supervisor.domain.jibri import Cause, Facts, Jibri
from supervisor.domain.plant import Plant
from supervisor.domain.records import StreamRow
from supervisor.domain.turnout import Turnout
from supervisor.domain.verdict import Patience, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator

    from supervisor.domain.bookings import Booking
    from supervisor.domain.evidence import Evidence
    from supervisor.domain.room import Room

PLANNED_END_SLACK = 300.0
"""Seconds before the booked end from which a clean stop of the stream is the planned one."""


@dataclass(slots=True)
class Session:
    """One booking whose time has come. ``rooms[0]`` is the main room, the others are its breakout rooms.

    ``blind`` holds the reason while the source that feeds the rooms is lost; ``evidence`` the last word of each witness
    about the stream, Jibri's among them while the room is seen; ``plant`` what the server says of itself, shared by all
    sessions; ``muted_since`` is the instant from which nobody in the room was to be heard or seen, ``wrong_since`` the
    one from which the public page was not this session's, ``unfocused_since`` the one from which people were in the
    booked room without Jicofo; ``turnout`` what is remembered of its people, ``neighbours`` the other bookings of its
    room.
    """

    booking: Booking
    rooms: list[Room]
    blind: str = ""
    jibri: Jibri = field(default_factory=Jibri)
    evidence: dict[str, Evidence] = field(default_factory=dict)
    verdict: Verdict = field(default_factory=Verdict)
    plant: Plant = field(default_factory=Plant)
    muted_since: float | None = None
    wrong_since: float | None = None
    unfocused_since: float | None = None
    turnout: Turnout = field(default_factory=Turnout)
    neighbours: Neighbours = field(default_factory=Neighbours)

    @property
    def main(self) -> Room:
        """The booked room."""
        return self.rooms[0]

    @property
    def people(self) -> int:
        """Persons in the main room and its breakout rooms."""
        return sum([room.people for room in self.rooms])

    @property
    def moderators(self) -> int:
        """Moderators in the main room."""
        return len(self.main.moderators)

    def unknown(self, now: float) -> str:
        """Say why nothing can be said about this session's rooms at present; empty if it can."""
        if self.blind:
            return self.blind
        if not self.main.read_once:
            return "room not read yet"
        if any([room.settling(now) for room in self.rooms]):  # noqa: C419 - it is asked for at every event
            return "room settling after a restart"
        return ""

    def tells(self, now: float) -> bool:
        """Whether anybody can say about the stream at least that nothing has been started.

        The room can where a Jibri of the server itself is to stream. A booking without any witness is left to the room.
        """
        room = self.booking.stream.jibri or not self.evidence
        return any(self.heard(now)) or (room and not self.unknown(now))

    def heard(self, now: float) -> Iterator[Evidence]:
        """The words of witnesses that are fresh and say anything."""
        return (e for e in self.evidence.values() if e.word is not Word.UNKNOWN and now < e.fresh_until)

    def forget_witnesses(self) -> None:
        """The booking names another stream: only what the room itself shows is still about it."""
        self.evidence = {name: said for name, said in self.evidence.items() if name == jibri.WITNESS}

    def advance(self, grace: float, now: float) -> None:
        """Let Jibri's state follow the room's facts (held while they are unknown), and the verdict all witnesses."""
        past_end = now >= self.booking.end - PLANNED_END_SLACK
        if self.unknown(now):
            self.evidence.pop(jibri.WITNESS, None)
        else:
            facts = Facts(self.main.status, self.main.recorder_session, self.people, past_end)
            self.jibri = jibri.advance(self.jibri, facts, grace, now)
            self._hear_jibri(now)
            self.turnout.note(self.booking, self.rooms, now)
            self.muted_since = _since(self.muted_since, now) if self.main.all_muted else None
            alone = self.main.people and not self.main.focused
            self.unfocused_since = _since(self.unfocused_since, now) if alone else None
        self._note_page(now)
        heard = verdict.listen(self.evidence.values(), now, past_end=past_end)
        self.verdict = verdict.judge(self.verdict, heard, self.patience, now)

    def pages(self, now: float) -> list[Evidence]:
        """Fresh words of those who see the public page."""
        return [e for e in self.heard(now) if e.side is Side.PLATFORM]

    @property
    def patience(self) -> Patience:
        """How long one witness alone is doubted: the kind's."""
        return Patience(self.booking.kind.interrupted_after, self.booking.kind.interrupted_after_auto_stop)

    def deadline(self, grace: float, now: float) -> float:
        """The instant after ``now`` at which time alone changes what is known here; infinite if none."""
        instants = [room.settling_until for room in self.rooms if room.settling(now)]
        if not instants and not self.blind:
            instants.append(self.jibri.deadline(grace))
        instants.append(verdict.deadline(self.verdict, self.evidence.values(), self.patience, now))
        return min(instants, default=inf)

    def row(self) -> StreamRow:
        """How the stream stands, for the store."""
        jibri_, verdict_ = self.jibri, self.verdict
        phase = verdict_.held if verdict_.phase is Phase.UNKNOWN else verdict_.phase
        return StreamRow(self.booking.id, phase, jibri_.cause, jibri_.session_id, verdict_.since, verdict_.broken_at)

    def restore(self, saved: StreamRow) -> None:
        """Go on from how the stream stood when the last process ended."""
        phase = Phase(saved.phase)
        if phase in verdict.WAS_ON:
            # A stall's clock starts anew; what Jibri shows decides.
            phase = Phase.INTERRUPTED if phase is Phase.INTERRUPTED else Phase.LIVE
            cause = Cause(saved.cause) if phase is Phase.INTERRUPTED else Cause.NONE
            if saved.session_id:  # else it was never Jibri's stream
                self.jibri = Jibri(phase, saved.since, cause, session_id=saved.session_id, broken_at=saved.broken_at)
            self.verdict = Verdict(phase, saved.since, saved.broken_at, detail=cause)

    def _note_page(self, now: float) -> None:
        """Note since when the public page is wrong; while nobody sees it, that is held."""
        pages = self.pages(now)
        if any(e.wrong for e in pages):
            self.wrong_since = _since(self.wrong_since, now)
        elif pages:
            self.wrong_since = None

    def _hear_jibri(self, now: float) -> None:
        said = jibri.testimony(self.jibri, self.booking.id, now)
        before = self.evidence.get(jibri.WITNESS)
        if said is None:
            self.evidence.pop(jibri.WITNESS, None)
        elif before is None or (before.word, before.detail, before.since) != (said.word, said.detail, said.since):
            self.evidence[jibri.WITNESS] = said


def _since(known: float | None, now: float) -> float:
    """The instant from which it has been so, if it is so now."""
    return now if known is None else known
