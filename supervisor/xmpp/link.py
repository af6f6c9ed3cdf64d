"""One XEP-0114 connection: from connecting to its end. A new connection is a new Link.

slixmpp does the stream and the parsing. Its dispatching (a stanza object, filters, a dozen handlers for each stanza) is
left out, because presence of every booked room comes through here: see ``_spawn_event``.
"""

from __future__ import annotations

import asyncio
import hashlib
from itertools import count
from typing import TYPE_CHECKING, Any, cast
from xml.sax.saxutils import quoteattr

from slixmpp import ComponentXMPP

from supervisor.xmpp.decode import Answer, Asked, Decoded, decode, local
from supervisor.xmpp.names import COMPONENT, STANZAS, STREAM, STREAMS

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from xml.etree.ElementTree import Element

CONNECT_TIMEOUT = 4.0
"""Seconds for TCP connect and handshake together. A frozen server accepts the one and never does the other."""


class LinkError(Exception):
    """The connection could not be made, or ended; the text says why and, where we can tell, what to do."""


class RequestError(Exception):
    """An IQ was answered with an error, whose condition is the text, or not at all (``timeout``)."""


class Link(ComponentXMPP):
    """A connection as the component ``jid``. ``sink`` gets every decoded stanza that is not the answer to a request."""

    def __init__(self, jid: str, secret: str, hosts: Collection[str], sink: Callable[[Decoded], None]) -> None:
        super().__init__(jid, secret)
        self.address = jid
        self._hosts = hosts
        self._sink = sink
        self._waiting: dict[str, asyncio.Future[Answer]] = {}
        self._ids = count(1)
        self._trouble = ""
        self._accepted: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.ended: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    async def open(self, host: str, port: int) -> None:
        """Connect and shake hands. Raises LinkError."""
        try:
            async with asyncio.timeout(CONNECT_TIMEOUT):
                await asyncio.get_running_loop().create_connection(lambda: self, host, port)
                await self._accepted
        except TimeoutError:
            self.cut("no handshake")
            raise LinkError(f"the server at {host}:{port} takes the connection but does not answer") from None
        except OSError as error:
            raise LinkError(
                f"no connection to {host}:{port} ({error.strerror or error}): is Prosody running, and is "
                "component_ports open?"
            ) from error

    def cut(self, why: str) -> None:
        """End the connection at once."""
        self._trouble = self._trouble or why
        wire = self._wire()
        if wire is not None:
            wire.abort()
        self._finish(why)

    def post(self, stanza: str) -> None:
        """Send a stanza; lost without a word if the connection is gone, which ``ended`` tells."""
        wire = self._wire()
        if wire is not None and not self.ended.done():
            wire.write(stanza.encode())

    def ask(self, to: str, kind: str, payload: str, timeout: float) -> asyncio.Future[Answer]:
        """Send an IQ of type ``kind``. The future gets its Answer, or RequestError within ``timeout`` seconds."""
        loop = asyncio.get_running_loop()
        ident = f"s{next(self._ids)}"
        future: asyncio.Future[Answer] = loop.create_future()
        if self.ended.done():
            future.set_exception(RequestError("not connected"))
            return future
        self._waiting[ident] = future
        alarm = loop.call_later(timeout, self._fail, ident, "timeout")
        future.add_done_callback(lambda _: self._waiting.pop(ident, None))
        future.add_done_callback(lambda _: alarm.cancel())
        sender = quoteattr(self.address)
        self.post(f"<iq type='{kind}' id='{ident}' from={sender} to={quoteattr(to)}>{payload}</iq>")
        return future

    # --- slixmpp's side ---

    def start_stream_handler(self, xml: Any) -> None:
        """Shake hands without slixmpp's send queue, which would need a task of its own."""
        digest = hashlib.sha1(f"{xml.get('id', '')}{self.secret}".encode()).hexdigest()  # noqa: S324 - XEP-0114 says so
        self.send_raw(f"<handshake>{digest}</handshake>")

    def _spawn_event(self, xml: Element) -> None:
        """Take each stanza raw. A private hook of slixmpp's: tests/integration/test_link.py watches over it."""
        if local(xml) in {"presence", "message", "iq"}:
            self._take(xml)
        elif xml.tag == f"{{{COMPONENT}}}handshake":
            if not self._accepted.done():
                self._accepted.set_result(None)
        elif xml.tag == f"{{{STREAM}}}error":
            self._trouble = _stream_error(xml)

    def connection_lost(self, exception: BaseException | None) -> None:
        """TCP is gone."""
        self.parser = None
        self.transport = None
        self.socket = None
        self._finish(self._trouble or (str(exception) if exception else "the server closed the connection"))

    def _wire(self) -> asyncio.WriteTransport | None:
        return cast("asyncio.WriteTransport | None", self.transport)

    def _take(self, xml: Element) -> None:
        decoded = decode(xml, self._hosts)
        if isinstance(decoded, Answer):
            self._answered(decoded)
        elif isinstance(decoded, Asked):
            self._reply(decoded)
        elif decoded is not None:
            self._sink(decoded)

    def _answered(self, answer: Answer) -> None:
        future = self._waiting.get(answer.id)
        if future is None or future.done():
            return
        if answer.error:
            future.set_exception(RequestError(answer.error))
        else:
            future.set_result(answer)

    def _fail(self, ident: str, why: str) -> None:
        future = self._waiting.get(ident)
        if future is not None and not future.done():
            future.set_exception(RequestError(why))

    def _reply(self, asked: Asked) -> None:
        """Answer questions of the world: a ping is a ping, all else is not served here."""
        head = f"id={quoteattr(asked.id)} from={quoteattr(self.address)} to={quoteattr(asked.sender)}"
        error = f"<error type='cancel'><service-unavailable xmlns='{STANZAS}'/></error>"
        self.post(f"<iq type='result' {head}/>" if asked.ping else f"<iq type='error' {head}>{error}</iq>")

    def _finish(self, why: str) -> None:
        if not self.ended.done():
            self.ended.set_result(why)
        if not self._accepted.done():
            self._accepted.set_exception(LinkError(why))
            self._accepted.exception()  # seen: there may be nobody waiting in open()
        for ident in list(self._waiting):
            self._fail(ident, "connection lost")


def _stream_error(xml: Element) -> str:
    space = "{" + STREAMS + "}"
    names = [str(child.tag).removeprefix(space) for child in xml if str(child.tag).startswith(space)]
    condition = next((name for name in names if name != "text"), "stream error")
    remedies = {
        "not-authorized": "the server refuses the component: xmpp.secret differs from its component_secret",
        "host-unknown": "the server knows no such component: xmpp.component is not the name of a Component of it",
        "conflict": "another connection of this component is open: is a second daemon running? "
        'component_conflict_resolve = "kick_old" lets the newer one win',
    }
    return remedies.get(condition, condition)
