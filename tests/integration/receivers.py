"""Who is written to in tests: an HTTP server and a mail server on loopback; and what they are written."""

from __future__ import annotations

import asyncio
import time
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest
from aiohttp import web
from aiosmtpd.smtp import SMTP, Envelope

from supervisor.domain.news import Kind, News
from supervisor.domain.records import Outgoing
from supervisor.settings.model import Email

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

SECRET = "whsec_MTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0"
NEWS = News(
    "StreamInterrupted", "critical", "b1", "plealmatret", "no data", "L'emissió s'ha tallat: atureu la sessió",
    time.time(), None, "i1",
)  # fmt: skip
MESSAGE = Outgoing("msg_1", "webhook", "a", "i1", Kind.FIRING, NEWS.payload(), time.time())


@dataclass
class Receiver:
    """An HTTP server that answers as told, then 204."""

    answers: list[web.Response] = field(default_factory=list)
    got: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    url: str = ""

    async def answer(self, request: web.Request) -> web.Response:
        self.got.append(({name.lower(): value for name, value in request.headers.items()}, await request.read()))
        return self.answers.pop(0) if self.answers else web.Response(status=204)


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    receiver = Receiver()
    app = web.Application()
    app.add_routes([web.post("/{path:.*}", receiver.answer)])
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    receiver.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    yield receiver
    await runner.cleanup()


class Mailbox:
    """aiosmtpd's handler: takes mail, or refuses as told."""

    def __init__(self) -> None:
        self.got: list[Envelope] = []
        self.refusals: dict[str, str] = {}

    async def handle_RCPT(self, _: SMTP, __: Any, envelope: Envelope, address: str, ___: list[str]) -> str:  # noqa: N802
        if address in self.refusals:
            return self.refusals[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _: SMTP, __: Any, envelope: Envelope) -> str:  # noqa: N802
        self.got.append(envelope)
        return "250 OK"


@asynccontextmanager
async def smtp(mailbox: Mailbox, **options: Any) -> AsyncIterator[int]:
    outer = options.pop("outer", None)
    loop = asyncio.get_running_loop()
    servers: list[SMTP] = []

    def conversation() -> SMTP:
        servers.append(SMTP(mailbox, hostname="mail.example.org", loop=loop, **options))
        return servers[-1]

    listener = await loop.create_server(conversation, "127.0.0.1", 0, ssl=outer)
    try:
        yield listener.sockets[0].getsockname()[1]
    finally:
        listener.close()
        for server in servers:
            if server.transport is not None:
                server.transport.close()
        await asyncio.sleep(0.05)


def settings(port: int, security: str = "none", **more: Any) -> Email:
    values = {"host": "127.0.0.1", "port": port, "security": security, "from": "Supervisor <s@example.org>"}
    return Email.model_validate(values | {"to": ["ana@example.org"]} | more)
