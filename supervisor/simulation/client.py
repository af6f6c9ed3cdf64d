"""The XMPP client under every stand-in: plaintext on the loopback interface, and as cheap as slixmpp can be made."""

import asyncio
import contextlib
import ssl
from collections.abc import Callable
from functools import cache
from typing import Any

from slixmpp import JID, ClientXMPP
from slixmpp.exceptions import IqError, IqTimeout
from slixmpp.xmlstream import ET, tostring
from slixmpp.xmlstream.handler import Callback
from slixmpp.xmlstream.matcher import MatchXPath

from supervisor.simulation.errors import SimulationError
from supervisor.simulation.loopback import HOST

CLIENT = "jabber:client"
CONNECT_WITHIN = 20.0
CLOSE_WITHIN = 2.0
ANSWER_WITHIN = 10.0
# Handlers slixmpp installs for instant messengers: rosters and subscriptions nobody has in a conference.
UNNEEDED = ("IM", "IMError", "Presence", "Roster Update")


@cache
def _no_tls() -> ssl.SSLContext:
    # slixmpp reads all certificates of the system for each client that is given no context; this one is never used.
    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


class Client(ClientXMPP):
    """A connection to the private server.

    Args:
        jid: an account's JID with a resource, or a bare domain for an anonymous connection.
        password: the account's; empty for an anonymous connection.
        keep: whether every stanza received is kept in `heard`, for tests that look at all of it.
    """

    _run_out_filters: Any

    def __init__(self, jid: str, password: str = "", *, keep: bool = False) -> None:
        super().__init__(
            jid,
            password,
            plugin_config={"feature_mechanisms": {"unencrypted_plain": True}},
            sasl_mech="PLAIN" if password else "ANONYMOUS",
            ssl_context=_no_tls(),
        )
        self.enable_direct_tls = False
        self.enable_starttls = False
        self.enable_plaintext = True
        self.heard: list[ET.Element] | None = [] if keep else None
        self.is_deaf = False
        self._changed = asyncio.Event()
        self._closed = asyncio.Event()
        self._session: asyncio.Future[None] | None = None
        for name in UNNEEDED:
            self.remove_handler(name)
        self._listen("presence", lambda stanza: self.take_presence(stanza.xml))
        self._listen("message", lambda stanza: self.take_message(stanza.xml))
        self.add_event_handler("session_start", self._on_session)
        self.add_event_handler("connection_failed", self._on_failure)
        self.add_event_handler("failed_all_auth", self._on_failure)
        self.add_event_handler("disconnected", self._on_disconnected)

    async def open(self, port: int, host: str = HOST) -> None:
        """Connect, log in and wait until stanzas can be sent.

        Raises:
            SimulationError: refused, or not ready within `CONNECT_WITHIN` seconds.
        """
        self._closed.clear()
        self._session = asyncio.get_running_loop().create_future()
        self.connect(host, port)
        try:
            async with asyncio.timeout(CONNECT_WITHIN):
                await self._session
        except (TimeoutError, SimulationError) as error:
            await self.close()
            raise SimulationError(f"{self.requested_jid} could not log in at {host}:{port}: {error!r}") from error

    async def close(self) -> None:
        """End the stream in good order and leave no task behind; nothing happens where it is closed already."""
        self.cancel_connection_attempt()
        if self.transport:
            await self.disconnect(wait=CLOSE_WITHIN)
            await self._wait_until_gone()
        await self._end_sender()

    async def crash(self) -> None:
        """Drop the TCP connection without closing the stream, as a machine without power does."""
        if self.transport:
            self.abort()
            await self._wait_until_gone()
        await self._end_sender()

    def deafen(self) -> None:
        """Ignore all that comes from now on: for crowds whose members need not understand what they are told."""
        self.is_deaf = True

    def data_received(self, data: bytes | str) -> None:
        """Feed the parser, unless deaf."""
        if not self.is_deaf:
            super().data_received(data)

    def incoming_filter(self, xml: ET.Element) -> ET.Element:
        """Wake who waits for what came, and keep it where that was asked for."""
        self._changed.set()
        if self.heard is not None:
            self.heard.append(xml)
        return xml

    def forge(self, xml: str | ET.Element) -> None:
        """Send a stanza as it is, whatever it says."""
        self.send_raw(xml if isinstance(xml, str) else tostring(xml, xmlns=CLIENT, top_level=True))

    async def wait_for(self, predicate: Callable[[], Any], within: float = 10.0) -> None:
        """Wait until `predicate()` is true; it is asked again after every stanza.

        Raises:
            SimulationError: it was not within that many seconds.
        """
        try:
            async with asyncio.timeout(within):
                while not predicate():
                    self._changed.clear()
                    await self._changed.wait()
        except TimeoutError as error:
            raise SimulationError(f"{self.boundjid}: what was waited for did not happen in {within} s") from error

    async def ask(self, to: str, query: ET.Element) -> None:
        """Send an IQ of type set and wait until it is done.

        Raises:
            SimulationError: the answer is an error, or none came in time.
        """
        iq = self.make_iq_set(ito=to)
        iq.append(query)
        try:
            await iq.send(timeout=ANSWER_WITHIN)
        except (IqError, IqTimeout) as error:
            raise SimulationError(f"{to} refused {query.tag}: {error.condition}") from error

    def take_presence(self, xml: ET.Element) -> None:
        """Understand a presence; for those who want to."""

    def take_message(self, xml: ET.Element) -> None:
        """Understand a message; for those who want to."""

    def _listen(self, name: str, take: Callable[[Any], None]) -> None:
        self.register_handler(Callback(f"Simulated {name}", MatchXPath(f"{{{CLIENT}}}{name}"), take))

    def _on_session(self, _: Any) -> None:
        if self._session is not None and not self._session.done():
            self._session.set_result(None)

    def _on_failure(self, reason: Any) -> None:
        if self._session is not None and not self._session.done():
            self._session.set_exception(SimulationError(str(reason)))

    def _on_disconnected(self, reason: Any) -> None:
        self._on_failure(reason)
        self._closed.set()
        self._changed.set()

    async def _wait_until_gone(self) -> None:
        # Not asyncio.wait_for: in Python 3.11 it swallows a cancellation that comes as the wait is over.
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(CLOSE_WITHIN):
                await self._closed.wait()

    async def _end_sender(self) -> None:
        # slixmpp leaves its sending task running after the stream's end.
        sender, self._run_out_filters = self._run_out_filters, None
        if sender is not None:
            sender.cancel()
            await asyncio.gather(sender, return_exceptions=True)


def bare(jid: str) -> str:
    """Return a JID without its resource."""
    return str(JID(jid).bare)
