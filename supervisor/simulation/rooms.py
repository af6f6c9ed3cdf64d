"""A room as one of its occupants sees it, and a client that is in some."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from slixmpp.xmlstream import ET

from supervisor.simulation import stanzas
from supervisor.simulation.client import Client
from supervisor.simulation.errors import JoinRefusedError
from supervisor.simulation.stanzas import CLIENT, DELAY, DISPLAY_NAME, MUC_USER, element, with_children

JOIN_WITHIN = 20.0
STANZA_ERRORS = "{urn:ietf:params:xml:ns:xmpp-stanzas}"


@dataclass(frozen=True, slots=True)
class Occupant:
    """Somebody in a room: nick, role and affiliation, real JID, and the presence as it came."""

    nick: str
    role: str
    affiliation: str
    jid: str
    presence: ET.Element


@dataclass(frozen=True, slots=True)
class Message:
    """A line of chat.

    Attributes:
        who: nick of the sender, empty where the room itself speaks.
        display_name: the name the message brings, empty without one.
        delayed: whether it comes from the room's history.
    """

    who: str
    body: str
    display_name: str
    delayed: bool
    id: str


@dataclass(slots=True)
class RoomView:
    """What one occupant knows of a room.

    Attributes:
        nick: the occupant's own.
        joined: whether the self-presence has come and no leave since.
        refusal: why the join failed, as condition and text.
        subject: None until the server has told it.
    """

    room: str
    nick: str
    joined: bool = False
    refusal: tuple[str, str] | None = None
    destroyed: bool = False
    occupants: dict[str, Occupant] = field(default_factory=dict)
    messages: list[Message] = field(default_factory=list)
    subject: str | None = None

    @property
    def me(self) -> Occupant | None:
        """The occupant whose view this is."""
        return self.occupants.get(self.nick)

    def take_presence(self, xml: ET.Element) -> None:
        """Understand a presence from the room."""
        nick = xml.get("from", "").partition("/")[2]
        if xml.get("type") == "error":
            self.refusal = _refusal(xml)
            return
        user = xml.find(f"{{{MUC_USER}}}x")
        if user is None:
            return
        own = any(status.get("code") == "110" for status in user.iterfind(f"{{{MUC_USER}}}status"))
        if xml.get("type") == "unavailable":
            self.occupants.pop(nick, None)
            self.destroyed = self.destroyed or user.find(f"{{{MUC_USER}}}destroy") is not None
        else:
            self.occupants[nick] = _occupant(nick, user, xml)
        if own:
            self.joined = xml.get("type") != "unavailable"

    def take_message(self, xml: ET.Element) -> None:
        """Understand a group message from the room: a subject or a line of chat."""
        body = xml.findtext(f"{{{CLIENT}}}body")
        if body is not None:
            self.messages.append(
                Message(
                    who=xml.get("from", "").partition("/")[2],
                    body=body,
                    display_name=xml.findtext(f"{{{DISPLAY_NAME}}}display-name") or "",
                    delayed=xml.find(f"{{{DELAY}}}delay") is not None,
                    id=xml.get("id", ""),
                )
            )
            return
        subject = xml.find(f"{{{CLIENT}}}subject")
        if subject is not None:
            self.subject = subject.text or ""


class RoomClient(Client):
    """A client that is in one room or many; `views` holds what it knows of each, by bare JID."""

    def __init__(self, jid: str, password: str = "", *, keep: bool = False) -> None:
        super().__init__(jid, password, keep=keep)
        self.views: dict[str, RoomView] = {}

    async def enter(
        self, room: str, nick: str, children: Iterable[ET.Element], password: str | None = None
    ) -> RoomView:
        """Join a room and wait for the self-presence.

        Raises:
            JoinRefusedError: the server answered with an error.
            SimulationError: no answer in time.
        """
        view = self.views[room] = RoomView(room, nick)
        presence = with_children(element("presence", to=f"{room}/{nick}"), [stanzas.join(password), *children])
        self.forge(presence)
        if self.is_deaf:
            return view
        await self.wait_for(lambda: view.joined or view.refusal, JOIN_WITHIN)
        if view.refusal:
            del self.views[room]
            raise JoinRefusedError(room, *view.refusal)
        return view

    def publish(self, room: str, children: Iterable[ET.Element]) -> None:
        """Send the presence anew."""
        self.forge(with_children(element("presence", to=f"{room}/{self.views[room].nick}"), children))

    async def depart(self, room: str) -> None:
        """Leave a room and wait until the server has said so; nothing happens where one is not in it."""
        view = self.views.pop(room, None)
        if view is None or not (view.joined or self.is_deaf) or not self.transport:
            return
        self.views[room] = view
        self.forge(element("presence", to=f"{room}/{view.nick}", type="unavailable"))
        if not self.is_deaf:
            await self.wait_for(lambda: not view.joined)
        self.views.pop(room, None)

    def take_presence(self, xml: ET.Element) -> None:
        """Bring the view of the room up to date."""
        view = self.views.get(xml.get("from", "").partition("/")[0])
        if view is not None:
            view.take_presence(xml)

    def take_message(self, xml: ET.Element) -> None:
        """Bring the view of the room up to date."""
        view = self.views.get(xml.get("from", "").partition("/")[0])
        if view is not None and xml.get("type") == "groupchat":
            view.take_message(xml)


def _occupant(nick: str, user: ET.Element, presence: ET.Element) -> Occupant:
    item = user.find(f"{{{MUC_USER}}}item")
    found = {} if item is None else item.attrib
    return Occupant(nick, found.get("role", ""), found.get("affiliation", ""), found.get("jid", ""), presence)


def _refusal(xml: ET.Element) -> tuple[str, str]:
    error = xml.find(f"{{{CLIENT}}}error")
    children = [] if error is None else [child for child in error if child.tag.startswith(STANZA_ERRORS)]
    conditions = [child.tag.removeprefix(STANZA_ERRORS) for child in children]
    text = next((child.text or "" for child in children if child.tag.endswith("}text")), "")
    return next((name for name in conditions if name != "text"), "undefined-condition"), text
