"""A mirrored room: who is in it now. All that changes it stands here.

It is keyed by meeting id: what belongs to an earlier room of the same name is dropped with it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from supervisor.domain.occupants import PEOPLE, Sort, Status

if TYPE_CHECKING:
    from supervisor.domain.occupants import Occupant, RecordingStatus, Site
    from supervisor.domain.room_state import RoomState

ABSENT_FOR = 60.0
"""Seconds for which a room that a server restart took away is unknown, not empty: its people come back."""

SETTLE = 8.0
"""Seconds that a room's people get to come back in after a server restart made it anew."""

SAME_INSTANT = 3.0
"""Seconds by which two words about one instant differ: the server tells whole seconds, and each word takes its way."""


class Recording(StrEnum):
    """What may record a session. JIBRI is a recorder that has not said yet whether it streams or writes a file."""

    FILE = "file"
    STREAM = "stream"
    JIBRI = "jibri"
    LOCAL = "local"
    TRANSCRIPTION = "transcription"


@dataclass(slots=True)
class Room:
    """One room under watch.

    ``sorts`` caches what each occupant is, because every event asks for the head count; for the same reason those of
    one sort, the persons, and who of them may be heard or seen (``live``), are kept.

    Of its protection, ``password`` and ``lobby`` are None while the server has not told; ``waiting`` are those in the
    lobby, ``waiting_since`` the instant at which the first of them came.
    """

    jid: str
    site: Site
    meeting: str = ""
    main: str = ""
    read_once: bool = False
    settling_until: float = 0.0
    occupants: dict[str, Occupant] = field(default_factory=dict)
    sorts: dict[str, Sort] = field(default_factory=dict)
    of_sort: dict[Sort, dict[str, Occupant]] = field(default_factory=lambda: {sort: {} for sort in Sort})
    persons: set[str] = field(default_factory=set)
    live: set[str] = field(default_factory=set)
    moderators: set[str] = field(default_factory=set)
    local_recorders: set[str] = field(default_factory=set)
    password: bool | None = None
    lobby: bool | None = None
    waiting: int = 0
    waiting_since: float | None = None
    transcribing: bool = False

    def read(self, meeting: str, occupants: tuple[Occupant, ...], now: float) -> None:
        """Take over a snapshot. Where it shows another meeting than the one known, the room needs time to settle."""
        if self.meeting and meeting != self.meeting:
            self.settling_until = now + (SETTLE if meeting else ABSENT_FOR)
        self._clear()
        self.meeting = meeting
        self.read_once = True
        for occupant in occupants:
            self.seen(occupant)

    def began(self, meeting: str, now: float) -> None:
        """A room of this name has its meeting id. Occupants seen since the last meeting's end are already its own."""
        if now < self.settling_until:
            self.settling_until = now + SETTLE
        self.meeting = meeting

    def ended(self) -> None:
        """The room was destroyed."""
        self._clear()
        self.meeting = ""

    def told(self, state: RoomState, now: float) -> None:
        """The server told how the room is protected, and who waits."""
        self.password, self.lobby = state.password, state.lobby
        self.transcribing = state.transcribing
        self.waiting = state.waiting
        known, since = self.waiting_since, now - state.waited
        if known is None or abs(since - known) > SAME_INSTANT:
            self.waiting_since = since
        if not state.waiting:
            self.waiting_since = None

    def seen(self, occupant: Occupant) -> None:
        """An occupant came or changed."""
        self.left(occupant.nick)
        sort = self.site.sort(occupant)
        self.occupants[occupant.nick] = occupant
        self.sorts[occupant.nick] = sort
        self.of_sort[sort][occupant.nick] = occupant
        if sort not in PEOPLE:
            return
        self.persons.add(occupant.nick)
        if occupant.is_moderator:
            self.moderators.add(occupant.nick)
        if occupant.local_recording:
            self.local_recorders.add(occupant.nick)
        if occupant.audio is not False or occupant.video is not False:
            self.live.add(occupant.nick)

    def left(self, nick: str) -> None:
        """An occupant is gone; one that was never seen is no error."""
        if self.occupants.pop(nick, None) is not None:
            del self.of_sort[self.sorts.pop(nick)][nick]
            for nicks in (self.persons, self.moderators, self.local_recorders, self.live):
                nicks.discard(nick)

    def settling(self, now: float) -> bool:
        """Whether the room's people can't be known yet after a restart."""
        return now < self.settling_until

    @property
    def people(self) -> int:
        """Persons in the room: participants, dial-ins and room systems."""
        return len(self.persons)

    def gist(self) -> tuple[object, ...]:
        """All of a room that any rule reads. Most presences change none of it: somebody's microphone, a hand."""
        return (
            self.meeting,
            self.people,
            len(self.moderators),
            self.status,
            self.recorder_session,
            self.visitors,
            self.all_muted,
            self.focused,
            self.recordings,
            (self.password, self.lobby, self.waiting, self.waiting_since),
        )

    @property
    def focused(self) -> bool:
        """Whether Jicofo is there."""
        return bool(self.of_sort[Sort.FOCUS])

    @property
    def recordings(self) -> frozenset[Recording]:
        """All that records here now, by the word of whom to believe: of a local recording, each person's own client."""
        found = {_sort_of(o.mode) for o in self.of_sort[Sort.RECORDER].values()}
        focus = self._focus
        said = None if focus is None else focus.recording
        if said is not None and said.status is Status.ON:
            found.discard(Recording.JIBRI)
            found.add(_sort_of(said.mode))
        if self.transcribing or self.of_sort[Sort.TRANSCRIBER]:
            found.add(Recording.TRANSCRIPTION)
        if self.local_recorders:
            found.add(Recording.LOCAL)
        return frozenset(found)

    @property
    def all_muted(self) -> bool:
        """Whether there are people and none of them is to be heard or seen, as far as all of them tell."""
        return bool(self.persons) and not self.live

    @property
    def visitors(self) -> int | None:
        """Visitors as focus tells them, None where it says nothing. They are not in the room and not counted."""
        return None if self._focus is None else self._focus.visitors

    @property
    def status(self) -> RecordingStatus | None:
        """The status of the live stream that focus publishes; a recording to a file is another thing."""
        found = None if self._focus is None else self._focus.recording
        return None if found is None or found.mode == "file" else found

    @property
    def recorder_session(self) -> str | None:
        """The session id of a recorder that streams (empty while it has not said), None without a recorder."""
        found = [o.session_id for o in self.of_sort[Sort.RECORDER].values() if o.mode != "file"]
        return max(found, default=None)

    @property
    def _focus(self) -> Occupant | None:
        return next(iter(self.of_sort[Sort.FOCUS].values()), None)

    def _clear(self) -> None:
        self.occupants.clear()
        self.sorts.clear()
        for those in self.of_sort.values():
            those.clear()
        for nicks in (self.persons, self.moderators, self.local_recorders, self.live):
            nicks.clear()
        self.password = self.lobby = self.waiting_since = None
        self.waiting = 0
        self.transcribing = False


def _sort_of(mode: str) -> Recording:
    return {"file": Recording.FILE, "stream": Recording.STREAM}.get(mode, Recording.JIBRI)
