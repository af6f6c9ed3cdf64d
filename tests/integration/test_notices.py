"""What a booking's contacts are written by the real daemon: by mail, and by signed messages."""

from __future__ import annotations

import asyncio
import datetime as dt
from email import message_from_bytes, policy
from typing import TYPE_CHECKING, Any

from aiohttp import web
from standardwebhooks import Webhook

from tests.integration.daemon import CEST, Daemon, booking
from tests.integration.receivers import Mailbox, smtp

if TYPE_CHECKING:
    from pathlib import Path

    from supervisor.simulation import PrivateProsody

SECRET = "whsec_bm90IGEgc2VjcmV0LCBvbmx5IGZvciBhIHRlc3Q="
CITIZEN, PHONE, PIN = "citizen@example.org", "+34600000000", "482915"


class SmsService:
    """Takes signed messages."""

    def __init__(self) -> None:
        self.got: list[dict[str, Any]] = []
        self.app = web.Application()
        self.app.add_routes([web.post("/hook", self.hook)])

    async def hook(self, request: web.Request) -> web.Response:
        body = await request.read()
        Webhook(SECRET).verify(body, dict(request.headers))
        self.got.append(await request.json())
        return web.Response()

    async def __aenter__(self) -> str:
        self._runner = web.AppRunner(self.app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        return f"http://127.0.0.1:{self._runner.addresses[0][1]}/hook"

    async def __aexit__(self, *_: object) -> None:
        await self._runner.cleanup()


def appointment(name: str, seconds: float) -> dict[str, Any]:
    """One that begins in so many seconds and is reminded of four seconds before."""
    return booking(
        id=name,
        room=f"oac{name}",
        kind="appointment",
        title="Cita prèvia",
        organisation="OAC",
        language="ca",
        start=dt.datetime.now(CEST).replace(microsecond=0) + dt.timedelta(seconds=seconds),
        duration="20m",
        password=PIN,
        reminder="4s",
        contacts=[CITIZEN, PHONE],
    )


def sections(mail_port: int, sms: str) -> dict[str, dict[str, Any]]:
    server = {"host": "127.0.0.1", "port": mail_port, "security": "none", "from": "oac@example.org"}
    return {
        "alerts.email": {**server, "to": ["support@example.org"]},
        "notices": {"meet_url": "https://meet.example.org/"},
        "notices.sms": {"url": sms, "secret": SECRET},
    }


async def test_the_confirmation_the_link_and_the_pin_come_once_whatever_is_killed_or_cancelled(
    prosody: PrivateProsody, tmp_path: Path
) -> None:
    mailbox, service = Mailbox(), SmsService()
    kept, withdrawn = appointment("kept", 14), appointment("withdrawn", 16)

    def mails() -> list[str]:
        return [read(envelope.original_content or b"") for envelope in mailbox.got if CITIZEN in envelope.rcpt_tos]

    def sent() -> list[tuple[str, str]]:
        return [(message["type"], message["data"]["booking"]) for message in service.got]

    async def noted() -> bool:
        """Whether the daemon has on record that all has arrived: who is killed before that has to repeat itself."""
        metrics = await daemon.metrics()
        waiting = sum(value for name, value in metrics.items() if name.startswith("messages_waiting{"))
        return (0, 0) == (waiting, metrics["store_pending"])

    async def confirmed() -> bool:
        return len(mails()) == 2 and len(sent()) == 2 and await noted()

    async def reminded() -> bool:
        return len(mails()) == 3 and len(sent()) == 4 and await noted()

    async with smtp(mailbox) as port, service as url:
        daemon = Daemon(prosody, tmp_path, kept, withdrawn, sections=sections(port, url))
        async with daemon:
            await daemon.until(confirmed, 30)
            await daemon.kill()
            await daemon.start()
            daemon.book(kept)
            await daemon.until(reminded, 30)
            await daemon.kill()
            await daemon.start()
            # The other's reminder would have been due by then.
            left = withdrawn["start"].timestamp() - dt.datetime.now(CEST).timestamp()
            await asyncio.sleep(max(left, 0.0))
            log, metrics = daemon.log_text(), "\n".join(await daemon.metrics())
    assert [("booking.confirmed", "kept"), ("booking.confirmed", "withdrawn")] == sorted(sent())[:2]
    assert [("booking.pin", "kept"), ("booking.reminder", "kept")] == sorted(sent())[2:]
    link = "https://meet.example.org/oackept"
    assert 1 == sum(link in mail for mail in mails())
    assert 0 == sum(PIN in mail for mail in mails())  # who reads the mail has not the telephone
    (pin,) = (message["data"] for message in service.got if message["type"] == "booking.pin")
    assert (PHONE, True, False) == (pin["to"], PIN in pin["text"], link in pin["text"])
    for secret in (CITIZEN, PHONE, PIN):
        assert secret not in log + metrics
        assert secret.encode() not in (tmp_path / "state.db").read_bytes()


def read(content: bytes) -> str:
    body = message_from_bytes(content, policy=policy.default).get_body()
    assert body is not None
    return str(body.get_content())
