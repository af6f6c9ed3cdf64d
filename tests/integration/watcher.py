"""The component's side of the protocol, stanza by stanza: only for tests of the module."""

import asyncio
import itertools
from collections.abc import Callable
from typing import Any, Self

from slixmpp import ComponentXMPP
from slixmpp.xmlstream import ET
from slixmpp.xmlstream.handler import Callback
from slixmpp.xmlstream.matcher import MatchXPath

from supervisor.simulation import PrivateProsody

NS = "urn:x-jitsi-supervisor:muc:0"
COMPONENT = "jabber:component:accept"
MUC_USER = "http://jabber.org/protocol/muc#user"
SUPERVISION = f"{{{NS}}}supervision"


class RawWatcher(ComponentXMPP):
    """A component that sends what it is told to and keeps every stanza it receives in `heard`, oldest first."""

    def __init__(self, prosody: PrivateProsody, nick: str = "supervisor") -> None:
        super().__init__(prosody.component_jid, prosody.component_secret, prosody.host, prosody.component_port)
        self.prosody = prosody
        self.nick = nick
        self.heard: list[ET.Element] = []
        self._numbers = itertools.count(1)
        self._changed = asyncio.Event()
        self._started = asyncio.Event()
        self._closed = asyncio.Event()
        for name in ("IM", "IMError", "Presence"):
            self.remove_handler(name)
        for name in ("presence", "message", "iq"):
            self.register_handler(Callback(name, MatchXPath(f"{{{COMPONENT}}}{name}"), lambda _: None))
        self.add_event_handler("session_start", lambda _: self._started.set())
        self.add_event_handler("disconnected", lambda _: (self._closed.set(), self._changed.set()))

    async def __aenter__(self) -> Self:
        await self.open()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def open(self) -> None:
        """Connect, and begin a new record of what is heard."""
        self.heard.clear()
        self._started.clear()
        self._closed.clear()
        self.connect()
        await asyncio.wait_for(self._started.wait(), 10)

    async def close(self) -> None:
        if self.transport:
            await self.disconnect(wait=2.0)
        await self._end_sender()

    async def crash(self) -> None:
        """Drop the connection without closing the stream."""
        if self.transport:
            self.abort()
            await asyncio.wait_for(self._closed.wait(), 5)
        await self._end_sender()

    async def _end_sender(self) -> None:
        sender, self._run_out_filters = self._run_out_filters, None
        if sender is not None:
            sender.cancel()
            await asyncio.gather(sender, return_exceptions=True)

    def incoming_filter(self, xml: ET.Element) -> ET.Element:
        self.heard.append(xml)
        self._changed.set()
        return xml

    async def until(self, predicate: Callable[[], Any], within: float = 5.0) -> Any:
        """Wait until the predicate gives something true of what was heard, and return it."""
        async with asyncio.timeout(within):
            while not (found := predicate()):
                self._changed.clear()
                await self._changed.wait()
        return found

    # Asking

    def join(self, room: str, nick: str | None = None, *, media: bool = False, names: bool = False) -> None:
        wanted = (("media", media), ("names", names))
        asked = "".join(f"<{what} xmlns='{NS}'/>" for what, asked_for in wanted if asked_for)
        self.send_raw(
            f"<presence from='{self.boundjid}' to='{room}/{nick or self.nick}'>"
            f"<x xmlns='http://jabber.org/protocol/muc'/>{asked}</presence>"
        )

    def leave(self, room: str, nick: str | None = None) -> None:
        self.send_raw(f"<presence type='unavailable' from='{self.boundjid}' to='{room}/{nick or self.nick}'/>")

    async def watch(
        self, room: str, nick: str | None = None, *, media: bool = False, names: bool = False
    ) -> list[ET.Element]:
        """Join a room and return the snapshot: every stanza from its first to the subject."""
        known = len(self.heard)
        self.join(room, nick, media=media, names=names)

        def snapshot() -> list[ET.Element]:
            since = [x for x in self.heard[known:] if bare_from(x) == room]
            ends = [place for place, x in enumerate(since) if name(x) == "message" and child(x, "subject") is not None]
            return since[: ends[0] + 1] if ends else []

        found: list[ET.Element] = await self.until(snapshot)
        return found

    async def ask(self, to: str, kind: str, payload: str) -> ET.Element:
        """Send an IQ and return the answer's stanza."""
        number = f"q{next(self._numbers)}"
        self.send_raw(f"<iq type='{kind}' id='{number}' from='{self.boundjid}' to='{to}'>{payload}</iq>")
        # A list, because an element without children counts as false.
        answers = await self.until(lambda: [x for x in self.heard if name(x) == "iq" and x.get("id") == number])
        answer: ET.Element = answers[0]
        return answer

    async def order(self, room: str, payload: str) -> ET.Element:
        """Send a command to a room; return the answer's payload, or raise with the error's condition."""
        answer = await self.ask(room, "set", payload)
        if answer.get("type") == "error":
            raise RuntimeError(condition(answer))
        return answer[0]

    async def still(self) -> ET.Element:
        """Wait until everything that was on its way before has come: the MUC host answers in order."""
        answer = await self.ask(self.prosody.muc, "get", f"<status xmlns='{NS}'/>")
        assert answer.get("type") == "result"
        return answer[0]

    # Reading

    def of(self, room: str) -> list[ET.Element]:
        """Presences and messages of a room, in the order they came."""
        return [x for x in self.heard if bare_from(x) == room and not x.tag.endswith("}iq")]

    def presences(self, room: str, nick: str | None = None) -> list[ET.Element]:
        return [
            x
            for x in self.of(room)
            if x.tag.endswith("}presence") and (nick is None or x.get("from").partition("/")[2] == nick)
        ]

    def announcements(self) -> list[tuple[str, dict[str, str]]]:
        """What the MUC hosts told by themselves: (event, attributes) in order, `ready` among them."""
        told = [x[0] for x in self.heard if x.tag.endswith("}message") and x.get("type") == "headline"]
        return [(x.get("event", name(x)), dict(x.attrib)) for x in told if x.tag.startswith(f"{{{NS}}}")]

    def text(self) -> str:
        """All that was heard, as one text."""
        return "\n".join(ET.tostring(x, encoding="unicode") for x in self.heard)


def name(xml: ET.Element) -> str:
    return xml.tag.rpartition("}")[2]


def child(xml: ET.Element, wanted: str) -> ET.Element | None:
    """The first child of that name, whatever its namespace."""
    return next((x for x in xml if name(x) == wanted), None)


def bare_from(xml: ET.Element) -> str:
    return xml.get("from", "").partition("/")[0]


def nick_of(xml: ET.Element) -> str:
    return xml.get("from", "").partition("/")[2]


def mark(xml: ET.Element) -> dict[str, str]:
    """The attributes of the element every mirrored stanza carries."""
    found = xml.find(SUPERVISION)
    assert found is not None
    return dict(found.attrib)


def media(xml: ET.Element) -> tuple[str | None, str | None] | None:
    """Audio and video of a presence's media states, None where it tells none."""
    found = xml.find(f"{{{NS}}}media")
    return None if found is None else (found.get("audio"), found.get("video"))


def item(xml: ET.Element) -> dict[str, str]:
    """The attributes of a presence's item."""
    found = xml.find(f"{{{MUC_USER}}}x/{{{MUC_USER}}}item")
    assert found is not None
    return dict(found.attrib)


def codes(xml: ET.Element) -> set[str]:
    """The status codes of a presence."""
    return {x.get("code", "") for x in xml.iterfind(f"{{{MUC_USER}}}x/{{{MUC_USER}}}status")}


def condition(xml: ET.Element) -> str:
    """The condition of an error stanza."""
    error = child(xml, "error")
    assert error is not None
    return next(name(x) for x in error if "xmpp-stanzas" in x.tag)
