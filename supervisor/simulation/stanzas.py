"""What each stand-in sends, element by element; pure.

The shapes are those that lib-jitsi-meet, Jicofo and Jibri put on the wire. Everything of one sender travels in one
presence: whatever changes, the whole of it is sent again.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from slixmpp.xmlstream import ET

CLIENT = "jabber:client"
CAPS = "http://jabber.org/protocol/caps"
NICK = "http://jabber.org/protocol/nick"
MUC = "http://jabber.org/protocol/muc"
MUC_USER = "http://jabber.org/protocol/muc#user"
MUC_ADMIN = "http://jabber.org/protocol/muc#admin"
MUC_OWNER = "http://jabber.org/protocol/muc#owner"
DATA = "jabber:x:data"
DELAY = "urn:xmpp:delay"
DISPLAY_NAME = "http://jitsi.org/protocol/display-name"
ETHERPAD = "http://jitsi.org/jitmeet/etherpad"
JITMEET = "http://jitsi.org/jitmeet"
FOCUS = "http://jitsi.org/protocol/focus"
JIBRI = "http://jitsi.org/protocol/jibri"
HEALTH = "http://jitsi.org/protocol/health"
E2EE = "https://jitsi.org/meet/e2ee"

StreamStatus = Literal["on", "off"]
RecordingMode = Literal["stream", "file"]


def element(name: str, namespace: str = CLIENT, text: str = "", /, **attributes: str) -> ET.Element:
    """Make one element; `from_` stands for the attribute `from`."""
    made = ET.Element(f"{{{namespace}}}{name}", {key.rstrip("_"): value for key, value in attributes.items()})
    made.text = text or None
    return made


def with_children(parent: ET.Element, children: Iterable[ET.Element]) -> ET.Element:
    """Put `children` into `parent` and return it."""
    parent.extend(list(children))
    return parent


def features(*names: str) -> ET.Element:
    """Make the list of features that travels in a presence."""
    return with_children(element("features"), [element("feature", var=name) for name in names])


def join(password: str | None = None) -> ET.Element:
    """Make the element that turns a presence into a join."""
    entry = element("x", MUC)
    return entry if password is None else with_children(entry, [element("password", MUC, password)])


@dataclass(slots=True)
class PersonState:
    """What the presence of somebody in jitsi-meet tells.

    Attributes:
        endpoint: the id the media servers use, which is also the nick: 8 hexadecimal digits.
        records: whether this browser records the conference to its own disk; None before it first did.
        raised_hand_ms: when the hand was raised, in milliseconds of the epoch; None while it is down.
    """

    endpoint: str
    display_name: str = ""
    email: str = ""
    avatar_url: str = ""
    region: str = "eu"
    audio_muted: bool = False
    video_muted: bool = False
    raised_hand_ms: int | None = None
    records: bool | None = None

    def sources(self) -> str:
        """Write the JSON that says which of this person's sources are muted."""
        sources = {
            f"{self.endpoint}-a0": {"muted": self.audio_muted},
            f"{self.endpoint}-v0": {"muted": self.video_muted},
        }
        return json.dumps(sources, separators=(",", ":"))

    def children(self) -> list[ET.Element]:
        """Make the presence's children, in lib-jitsi-meet's order."""
        made = [
            element("c", CAPS, hash="sha-1", node="https://jitsi.org/jitsi-meet", ver="cvjWXufsg4xT62Ec2mlATkFZ9lk="),
            element("stats-id", CLIENT, "Ezra-Tzk"),
            features(E2EE),
            element("nick", NICK, self.display_name),
        ]
        optional = (
            ("email", self.email),
            ("avatar-url", self.avatar_url),
            ("jitsi_participant_region", self.region),
            ("jitsi_participant_codecList", "av1,vp9,vp8,h264"),
            ("jitsi_participant_raisedHand", "" if self.raised_hand_ms is None else str(self.raised_hand_ms)),
            ("SourceInfo", self.sources()),
        )
        if self.records is not None:  # what is over stays in the presence, empty
            made.append(element("jitsi_participant_localRecording", CLIENT, "true" if self.records else ""))
        return made + [element(name, CLIENT, text) for name, text in optional if text]


@dataclass(frozen=True, slots=True)
class RecordingStatus:
    """What Jicofo says about the stream; it stays in every later presence of the conference.

    Attributes:
        initiator: room JID of who started (with `on`) or stopped (with `off`) it; absent where nobody did.
        failure_reason: `error` or `busy`, only where it failed.
    """

    status: StreamStatus
    session_id: str
    initiator: str | None = None
    failure_reason: str | None = None
    mode: RecordingMode = "stream"

    def to_element(self) -> ET.Element:
        """Make the extension."""
        made = element(
            "jibri-recording-status", JIBRI, status=self.status, recording_mode=self.mode, session_id=self.session_id
        )
        for name, value in (("initiator", self.initiator), ("failure_reason", self.failure_reason)):
            if value is not None:
                made.set(name, value)
        return made


def focus_children(room: str, visitors: int, recording: RecordingStatus | None) -> list[ET.Element]:
    """Make the children of Jicofo's presence in a room (its bare JID)."""
    properties = {"bridge-count": 1, "visitor-count": visitors}
    versions = with_children(element("versions", JITMEET), [element("component", JITMEET, "1.0", name="focus")])
    made = [
        element("etherpad", ETHERPAD, room.partition("@")[0]),
        versions,
        with_children(
            element("conference-properties", FOCUS),
            [element("property", FOCUS, key=key, value=str(value)) for key, value in properties.items()],
        ),
    ]
    return made if recording is None else [*made, recording.to_element()]


def recorder_children(session_id: str | None, view_url: str | None, mode: RecordingMode = "stream") -> list[ET.Element]:
    """Make the children of a Jibri's presence: before its browser is in the call (no session), or after."""
    made = [features(JIBRI)]
    if session_id is not None:
        made += [element("session_id", CLIENT, session_id), element("mode", CLIENT, mode)]
        if view_url is not None:
            made.append(element("live-stream-view-url", CLIENT, view_url))
    return made


def jibri_status(*, busy: bool, healthy: bool) -> ET.Element:
    """Make what a Jibri tells its brewery."""
    children = [
        element("busy-status", JIBRI, status="busy" if busy else "idle"),
        element("health-status", HEALTH, status="healthy" if healthy else "unhealthy"),
    ]
    return with_children(element("jibri-status", JIBRI), children)


def room_form(options: Mapping[str, str]) -> ET.Element:
    """Make the owner's form that sets some of a room's options and leaves the others as they are."""
    fields = {"FORM_TYPE": "http://jabber.org/protocol/muc#roomconfig", **options}
    form = with_children(
        element("x", DATA, type="submit"),
        [
            with_children(element("field", DATA, var=var), [element("value", DATA, value)])
            for var, value in fields.items()
        ],
    )
    return with_children(element("query", MUC_OWNER), [form])


def ownership(jid: str) -> ET.Element:
    """Make the query with which Jicofo makes somebody (a bare real JID) owner, and so moderator."""
    return with_children(element("query", MUC_ADMIN), [element("item", MUC_ADMIN, affiliation="owner", jid=jid)])


def membership(jids: Iterable[str]) -> ET.Element:
    """Make the query with which a moderator's client makes people (bare real JIDs) members."""
    items = [element("item", MUC_ADMIN, affiliation="member", jid=jid) for jid in jids]
    return with_children(element("query", MUC_ADMIN), items)


def groupchat(room: str, text: str) -> ET.Element:
    """Make a line of chat for a room (its bare JID)."""
    return with_children(element("message", to=room, type="groupchat"), [element("body", CLIENT, text)])


def subject(room: str, text: str) -> ET.Element:
    """Make the request for another subject of a room (its bare JID)."""
    return with_children(element("message", to=room, type="groupchat"), [element("subject", CLIENT, text)])
