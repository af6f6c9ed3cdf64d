"""Who is in a room, what kind of occupant it is, and whether it counts as a person.

The table is Jitsi's own practice (Jicofo's ``ChatRoomMemberImpl``, the Prosody plugins' ``util.lib``), with one
addition: what an occupant *says* of itself is believed only where its real JID's host allows it, because any guest can
send ``<features>`` or a recording status.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from enum import StrEnum

JIBRI = "http://jitsi.org/protocol/jibri"
JIGASI = "http://jitsi.org/protocol/jigasi"
TRANSCRIBER = "http://jitsi.org/protocol/transcriber"
FOCUS_NICK = "focus"
_OCCUPANT_ID = re.compile("[0-9a-f]{8}")


def written(nick: str) -> str:
    """A nick as it may be logged, shown and stored.

    Jitsi's are eight hexadecimal digits, others in each meeting. Another client may choose its person's name for one: a
    digest stands for it, which tells the occupants of a session apart.
    """
    if _OCCUPANT_ID.fullmatch(nick) or not nick:
        return nick
    return "~" + hashlib.sha256(nick.encode("utf-8", "surrogatepass")).hexdigest()[:8]


class Status(StrEnum):
    """``status`` of ``<jibri-recording-status>``; Jicofo publishes only ON and OFF, older ones PENDING."""

    ON = "on"
    OFF = "off"
    PENDING = "pending"


@dataclass(frozen=True, slots=True)
class RecordingStatus:
    """``<jibri-recording-status>`` of focus' presence.

    ``initiator`` is the nick of who started (on) or stopped (off) it; ``mode`` is ``stream`` or ``file``.
    """

    status: Status
    session_id: str = ""
    mode: str = ""
    initiator: str = ""
    failure_reason: str = ""


@dataclass(frozen=True, slots=True)
class BreweryStatus:
    """What a Jibri says of itself in its brewery: whether it is at work, and whether it could work at all."""

    busy: bool
    healthy: bool


@dataclass(frozen=True, slots=True)
class Occupant:
    """One occupant as mirrored: ``nick`` is the resource, ``jid`` the real JID (empty where the room hides it).

    ``audio`` and ``video`` say whether any source of that sort is unmuted; None where the room does not tell.
    ``local_recording``: its client tells that it records on that person's own computer.
    ``brewery`` is there only for a Jibri in its brewery.
    ``region`` is the server region that its client was told to be near, empty where it does not say.
    ``name`` is the person's own, mirrored only where the booking allows to note names.
    """

    nick: str
    jid: str = ""
    role: str = "participant"
    affiliation: str = "none"
    features: frozenset[str] = frozenset()
    dial_in: bool = False
    room_system: bool = False
    session_id: str = ""
    mode: str = ""
    recording: RecordingStatus | None = None
    visitors: int | None = None
    audio: bool | None = None
    video: bool | None = None
    brewery: BreweryStatus | None = None
    local_recording: bool = False
    region: str = ""
    name: str = field(default="", repr=False)

    @property
    def bare_jid(self) -> str:
        """The real JID without its resource."""
        return self.jid.partition("/")[0]

    @property
    def host(self) -> str:
        """The host of the real JID."""
        return self.bare_jid.rpartition("@")[2]

    @property
    def is_moderator(self) -> bool:
        """Jitsi's moderator is XEP-0045's role of that name."""
        return self.role == "moderator"


class Sort(StrEnum):
    """What an occupant is."""

    FOCUS = "focus"
    RECORDER = "recorder"
    TRANSCRIBER = "transcriber"
    SERVICE = "service"
    DIAL_IN = "dial-in"
    ROOM_SYSTEM = "room system"
    VISITOR = "visitor"
    PERSON = "person"


PEOPLE = frozenset({Sort.PERSON, Sort.DIAL_IN, Sort.ROOM_SYSTEM})


@dataclass(frozen=True, slots=True)
class Site:
    """What the operator named.

    Attributes:
        focus: Jicofo's account, a bare JID: to be believed.
        hidden_domain: The recorders' domain, or empty: to be believed.
        brewery: The room in which Jibris wait, a bare JID, or empty.
    """

    focus: str
    hidden_domain: str = ""
    brewery: str = ""

    def sort(self, occupant: Occupant) -> Sort:
        """Say what an occupant is; the first row that fits wins."""
        rows = (
            (occupant.nick == FOCUS_NICK and occupant.bare_jid == self.focus, Sort.FOCUS),
            (self._hidden(occupant) and self._sip(occupant), Sort.ROOM_SYSTEM),
            (self._hidden(occupant) and self._dials_in(occupant), Sort.DIAL_IN),
            (self._hidden(occupant) and TRANSCRIBER in occupant.features, Sort.TRANSCRIBER),
            (self._hidden(occupant) and self._records(occupant), Sort.RECORDER),
            (self._hidden(occupant) or occupant.bare_jid == self.focus, Sort.SERVICE),
            (occupant.role == "visitor", Sort.VISITOR),
            (self._sip(occupant), Sort.ROOM_SYSTEM),
            (self._dials_in(occupant), Sort.DIAL_IN),
        )
        return next((sort for fits, sort in rows if fits), Sort.PERSON)

    def counts(self, occupant: Occupant) -> bool:
        """Tell whether an occupant is a person for the head count."""
        return self.sort(occupant) in PEOPLE

    def _hidden(self, occupant: Occupant) -> bool:
        return bool(self.hidden_domain) and occupant.host == self.hidden_domain

    @staticmethod
    def _records(occupant: Occupant) -> bool:
        return JIBRI in occupant.features or bool(occupant.session_id or occupant.mode)

    @staticmethod
    def _sip(occupant: Occupant) -> bool:
        return occupant.room_system and JIBRI in occupant.features

    @staticmethod
    def _dials_in(occupant: Occupant) -> bool:
        return occupant.dial_in or JIGASI in occupant.features
