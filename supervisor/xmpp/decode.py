"""Stanzas to facts. Pure and total: whatever comes in, nothing is raised; what is not understood is None.

Only what our module says is taken: the sender's host must be one of the MUC hosts, and mirrored stanzas must carry our
element, whose boot id nobody but the module and we know (:mod:`supervisor.xmpp.mirror` compares it). What occupants say
of themselves inside is carried over as it is; whom to believe is decided in :mod:`supervisor.domain.occupants`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from supervisor.domain.occupants import BreweryStatus, Occupant, RecordingStatus, Status
from supervisor.domain.room_state import RoomState
from supervisor.xmpp.names import CLIENT, COMPONENT, FOCUS, JIBRI, JIGASI, MUC_USER, NS, STANZAS

if TYPE_CHECKING:
    from collections.abc import Collection
    from xml.etree.ElementTree import Element

MOST_TEXT = 256
"""Characters of any text or attribute that are looked at; the module cuts at as many bytes."""

_REGION = re.compile(r"[a-z0-9-]{1,32}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Tag:
    """``<supervision/>``: what every mirrored stanza says of the mirroring itself."""

    boot: str
    seq: int
    meeting: str
    count: int
    main: str


@dataclass(frozen=True, slots=True)
class Presence:
    """An occupant is there."""

    room: str
    tag: Tag
    occupant: Occupant


@dataclass(frozen=True, slots=True)
class Unavailable:
    """An occupant left; ``codes`` are status codes, ``dropped`` says that its connection had ended."""

    room: str
    tag: Tag
    nick: str
    codes: frozenset[str]
    dropped: bool = False


@dataclass(frozen=True, slots=True)
class Joined:
    """Our own presence: the end of a snapshot, or news of the room itself. ``state`` is None where none is told."""

    room: str
    tag: Tag
    state: RoomState | None = None


@dataclass(frozen=True, slots=True)
class Left:
    """Our own unavailable presence. ``destroyed`` is the room's end, with the server's ``reason``."""

    room: str
    tag: Tag
    destroyed: bool
    reason: str


@dataclass(frozen=True, slots=True)
class Subject:
    """The room's title."""

    room: str
    tag: Tag
    text: str


@dataclass(frozen=True, slots=True)
class Command:
    """A moderator said one of our words in the chat."""

    room: str
    tag: Tag
    nick: str
    word: str


@dataclass(frozen=True, slots=True)
class Refused:
    """A join was answered with an error."""

    room: str
    condition: str


@dataclass(frozen=True, slots=True)
class Announced:
    """A room opened or closed."""

    host: str
    room: str
    boot: str
    opened: bool
    main: str


@dataclass(frozen=True, slots=True)
class Ready:
    """The module was loaded, or noticed our connection."""

    host: str
    boot: str


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to an IQ of ours; ``error`` is its condition, empty for a result. ``payload`` is the first child."""

    id: str
    sender: str
    error: str
    payload: Element | None


@dataclass(frozen=True, slots=True)
class Asked:
    """Somebody sent us an IQ get or set; ``ping`` if it is XEP-0199's."""

    id: str
    sender: str
    ping: bool


Mirrored = Presence | Unavailable | Joined | Left | Subject | Command
Decoded = Mirrored | Refused | Announced | Ready | Answer | Asked


def decode(stanza: Element, hosts: Collection[str]) -> Decoded | None:
    """Read one stanza. ``hosts`` are the MUC hosts that we listen to."""
    sender = stanza.get("from", "")
    kind = local(stanza)
    if kind == "iq":
        return _iq(stanza, sender)
    room, _, nick = sender.partition("/")
    if room.rpartition("@")[2] not in hosts:
        return None
    if "@" not in room:
        return _announcement(stanza, sender) if kind == "message" else None
    if kind == "presence":
        return _presence(stanza, room, nick)
    return _message(stanza, room, nick) if kind == "message" else None


def local(element: Element) -> str:
    """The element's name if it has the stream's namespace, or the clients' (servers forget to change it); else ''."""
    space, _, name = str(element.tag).rpartition("}")
    return name if space in {"", "{" + COMPONENT, "{" + CLIENT} else ""


def _presence(stanza: Element, room: str, nick: str) -> Decoded | None:
    kind = stanza.get("type", "")
    if kind == "error":
        return Refused(room, _condition(stanza))
    tag = _tag(stanza)
    user = stanza.find(f"{{{MUC_USER}}}x")
    if tag is None or not nick or kind not in {"", "unavailable"}:
        return None
    codes = frozenset() if user is None else _codes(user)
    if "110" in codes:
        return _left(user, room, tag) if kind else Joined(room, tag, _state(stanza.find(f"{{{NS}}}room-state")))
    if kind:
        return Unavailable(room, tag, nick, codes, stanza.find(f"{{{NS}}}dropped") is not None)
    return None if user is None else Presence(room, tag, _occupant(stanza, user, nick))


def _state(state: Element | None) -> RoomState | None:
    """How the room is protected; None where any of it is not understood, for half of it would mislead."""
    flags = {"true": True, "false": False}
    password, lobby = (None if state is None else flags.get(state.get(name, "")) for name in ("password", "lobby"))
    if state is None or password is None or lobby is None:
        return None
    waiting, waited = (_number(state.get(name, "0")) for name in ("waiting", "waited"))
    if waiting is None or waited is None:
        return None
    return RoomState(password, lobby, waiting, float(waited), flags.get(state.get("transcribing", ""), False))


def _left(user: Element | None, room: str, tag: Tag) -> Left:
    destroy = None if user is None else user.find(f"{{{MUC_USER}}}destroy")
    reason = "" if destroy is None else _text(destroy.find(f"{{{MUC_USER}}}reason"))
    return Left(room, tag, destroy is not None, reason)


def _occupant(stanza: Element, user: Element, nick: str) -> Occupant:
    item = user.find(f"{{{MUC_USER}}}item")
    plain = {local(child): child for child in stanza}
    return Occupant(
        nick=nick,
        jid="" if item is None else _attribute(item, "jid"),
        role="none" if item is None else _attribute(item, "role"),
        affiliation="none" if item is None else _attribute(item, "affiliation"),
        features=_features(plain.get("features")),
        dial_in=stanza.find(f"{{{JIGASI}}}initiator") is not None,
        room_system=_text(plain.get("email")).startswith(("inbound-sip-jibri@", "outbound-sip-jibri@")),
        session_id=_text(plain.get("session_id")),
        mode=_text(plain.get("mode")),
        recording=_recording(stanza.find(f"{{{JIBRI}}}jibri-recording-status")),
        visitors=_visitors(stanza.find(f"{{{FOCUS}}}conference-properties")),
        audio=_open(stanza.find(f"{{{NS}}}media"), "audio"),
        video=_open(stanza.find(f"{{{NS}}}media"), "video"),
        local_recording=_text(plain.get("jitsi_participant_localRecording")) == "true",
        region=_region(_text(plain.get("jitsi_participant_region"))),
        brewery=_brewery(stanza.find(f"{{{JIBRI}}}jibri-status")),
        name=_text(stanza.find(f"{{{NS}}}name")),
    )


def _open(media: Element | None, sort: str) -> bool | None:
    """Whether a source of that sort is open; None where the room does not tell."""
    return None if media is None else {"true": True, "false": False}.get(media.get(sort, ""))


def _region(text: str) -> str:
    """The region as the module lets it pass; anything else is none."""
    return text if _REGION.fullmatch(text) else ""


def _features(features: Element | None) -> frozenset[str]:
    return frozenset() if features is None else frozenset(_attribute(child, "var") for child in features)


def _recording(status: Element | None) -> RecordingStatus | None:
    word = None if status is None else _attribute(status, "status")
    if status is None or word not in set(Status):
        return None
    return RecordingStatus(
        status=Status(word),
        session_id=_attribute(status, "session_id"),
        mode=_attribute(status, "recording_mode"),
        initiator=_attribute(status, "initiator").rpartition("/")[2],
        failure_reason=_attribute(status, "failure_reason"),
    )


def _brewery(status: Element | None) -> BreweryStatus | None:
    """A Jibri's own word; None where it does not say both. One whose time is over (``expired``) takes no more work."""
    words: dict[str, str] = {}
    for child in () if status is None else status:
        words.setdefault(str(child.tag).rpartition("}")[2], _attribute(child, "status"))
    busy = {"idle": False, "busy": True, "expired": True}.get(words.get("busy-status", ""))
    healthy = {"healthy": True, "unhealthy": False}.get(words.get("health-status", ""))
    return None if busy is None or healthy is None else BreweryStatus(busy, healthy)


def _visitors(properties: Element | None) -> int | None:
    for prop in () if properties is None else properties:
        if prop.get("key") == "visitor-count":
            return _number(prop.get("value", ""))
    return None


def _message(stanza: Element, room: str, nick: str) -> Subject | Command | None:
    tag = _tag(stanza)
    command = stanza.find(f"{{{NS}}}command")
    if tag is not None and command is not None and nick:
        return Command(room, tag, nick, _attribute(command, "word"))
    subject = next((child for child in stanza if local(child) == "subject"), None)
    return None if tag is None or subject is None else Subject(room, tag, _text(subject))


def _announcement(stanza: Element, host: str) -> Announced | Ready | None:
    room = stanza.find(f"{{{NS}}}room")
    if room is not None:
        event, jid = room.get("event"), _attribute(room, "jid")
        if event not in {"opened", "closed"} or jid.rpartition("@")[2] != host:
            return None
        return Announced(host, jid, _attribute(room, "boot"), event == "opened", _attribute(room, "main"))
    ready = stanza.find(f"{{{NS}}}ready")
    return None if ready is None else Ready(host, _attribute(ready, "boot"))


def _iq(stanza: Element, sender: str) -> Answer | Asked | None:
    kind, ident = stanza.get("type", ""), stanza.get("id", "")
    first = next(iter(stanza), None)
    if kind in {"get", "set"}:
        return Asked(ident, sender, first is not None and first.tag == "{urn:xmpp:ping}ping")
    if kind == "result":
        return Answer(ident, sender, "", first)
    return Answer(ident, sender, _condition(stanza), None) if kind == "error" else None


def _tag(stanza: Element) -> Tag | None:
    element = stanza.find(f"{{{NS}}}supervision")
    if element is None:
        return None
    seq, count = _number(element.get("seq", "")), _number(element.get("count", ""))
    boot = _attribute(element, "boot")
    if not boot or seq is None or count is None:
        return None
    return Tag(boot, seq, _attribute(element, "meeting"), count, _attribute(element, "main"))


def _codes(user: Element) -> frozenset[str]:
    return frozenset(_attribute(status, "code") for status in user.findall(f"{{{MUC_USER}}}status"))


def _condition(stanza: Element) -> str:
    error = next((child for child in stanza if local(child) == "error"), None)
    space = "{" + STANZAS + "}"
    names = [] if error is None else [str(child.tag) for child in error if str(child.tag).startswith(space)]
    return next((name.removeprefix(space) for name in names if name != space + "text"), "undefined-condition")


def _attribute(element: Element, name: str) -> str:
    return element.get(name, "")[:MOST_TEXT]


def _text(element: Element | None) -> str:
    return "" if element is None else (element.text or "")[:MOST_TEXT]


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else None
