"""Mail against a real server on loopback (aiosmtpd), and against bad ones."""

from __future__ import annotations

import asyncio
import ssl
import subprocess
import time
from dataclasses import replace
from email import message_from_bytes, policy
from typing import TYPE_CHECKING, Any

import pytest
from aiosmtpd.smtp import AuthResult

from supervisor.channels.dispatch import Dispatcher
from supervisor.channels.email import EmailSender
from supervisor.channels.errors import Permanent, Temporary
from supervisor.channels.webhook import WebhookSender
from supervisor.store import Store
from tests.integration.receivers import MESSAGE, NEWS, SECRET, Mailbox, Receiver, settings, smtp

if TYPE_CHECKING:
    from pathlib import Path


async def test_a_mail_says_what_happened_and_comes_once_however_often_it_is_sent() -> None:
    mailbox = Mailbox()
    async with smtp(mailbox) as port:
        sender = EmailSender(settings(port), "ana@example.org")
        await sender.send(MESSAGE)
        await sender.send(MESSAGE)
    first, second = (
        message_from_bytes(envelope.original_content or b"", policy=policy.default) for envelope in mailbox.got
    )
    assert "<msg_1@example.org>" == first["Message-ID"] == second["Message-ID"]
    assert "auto-generated" == first["Auto-Submitted"]
    assert f"[critical] plealmatret: {NEWS.summary}" == first["Subject"]
    assert ("Supervisor <s@example.org>", "ana@example.org") == (first["From"], first["To"])
    assert (
        first.get_content()
        .replace("\r", "")
        .startswith(f"{NEWS.summary}\n\nmonitor: StreamInterrupted\nseverity: critical\n")
    )
    assert "utf-8" == first.get_content_charset()


@pytest.mark.parametrize(
    ("expected", "answer"),
    [
        (("Permanent", "550 5.1.1 (address) unknown"), "550 5.1.1 <ana@example.org> unknown"),
        (("Temporary", "451 4.7.1 greylisted"), "451 4.7.1 greylisted"),
    ],
)
async def test_a_server_that_refuses_a_person(expected: tuple[str, str], answer: str) -> None:
    mailbox = Mailbox()
    mailbox.refusals["ana@example.org"] = answer
    async with smtp(mailbox) as port:
        with pytest.raises((Temporary, Permanent)) as caught:
            await EmailSender(settings(port), "ana@example.org").send(MESSAGE)
        await EmailSender(settings(port), "joan@example.org").send(MESSAGE)
    assert expected == (type(caught.value).__name__, str(caught.value))
    assert 1 == len(mailbox.got)


async def test_a_server_that_refuses_us_altogether_is_tried_again() -> None:
    async def refuse(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"554 no service for you\r\n")
        await writer.drain()
        writer.close()

    listener = await asyncio.start_server(refuse, "127.0.0.1", 0)
    port = listener.sockets[0].getsockname()[1]
    with pytest.raises(Temporary, match="server refuses us: 554 no service for you"):
        await EmailSender(settings(port), "ana@example.org").send(MESSAGE)
    listener.close()
    await listener.wait_closed()
    with pytest.raises(Temporary):
        await EmailSender(settings(port), "ana@example.org").send(MESSAGE)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """A server's context, and that of a client who trusts it."""
    folder = tmp_path_factory.mktemp("tls")
    command = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:P-256",
        "-nodes",
        "-days",
        "2",
    ]
    name = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"]
    subprocess.run(
        [*command, *name, "-keyout", folder / "key", "-out", folder / "cert"], check=True, capture_output=True
    )
    own = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    own.load_cert_chain(folder / "cert", folder / "key")
    return own, ssl.create_default_context(cafile=folder / "cert")


@pytest.mark.parametrize("security", ["starttls", "tls"])
async def test_mail_goes_over_tls_with_a_login(
    security: str, certificate: tuple[ssl.SSLContext, ssl.SSLContext]
) -> None:
    own, trusting = certificate
    mailbox, logins = Mailbox(), []

    def login(_: Any, __: Any, ___: Any, ____: str, data: Any) -> AuthResult:
        logins.append(data.password)
        return AuthResult(success=data.password == b"s3cret", handled=False)

    options = {"tls_context": own} if security == "starttls" else {"outer": own, "auth_require_tls": False}
    async with smtp(mailbox, authenticator=login, **options) as port:
        right = settings(port, security, username="supervisor", password="s3cret")
        await EmailSender(right, "ana@example.org", trusting).send(MESSAGE)
        wrong = settings(port, security, username="supervisor", password="wr0ng")
        with pytest.raises(Temporary, match="server refuses us: 535") as caught:
            await EmailSender(wrong, "ana@example.org", trusting).send(MESSAGE)
        with pytest.raises(Temporary, match="certificate"):
            await EmailSender(right, "ana@example.org").send(MESSAGE)
    assert "wr0ng" not in str(caught.value)
    assert 1 == len(mailbox.got)
    assert {b"s3cret", b"wr0ng"} == set(logins)


async def test_a_mail_that_must_be_encrypted_never_goes_in_the_clear() -> None:
    mailbox = Mailbox()
    async with smtp(mailbox) as port:
        with pytest.raises(Temporary):
            await EmailSender(settings(port, "starttls"), "ana@example.org").send(MESSAGE)
    assert [] == mailbox.got


async def test_a_mail_server_that_hangs_delays_no_webhook(receiver: Receiver, tmp_path: Path) -> None:
    async def hang(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    listener = await asyncio.start_server(hang, "127.0.0.1", 0)
    store = Store.open(f"sqlite:///{tmp_path}/state.db")
    store.start(lambda _: None)
    mail = EmailSender(settings(listener.sockets[0].getsockname()[1]), "ana@example.org")
    hook = WebhookSender(receiver.url, SECRET, time.time)
    dispatcher = Dispatcher([mail, hook], store, deadline=0.5)
    dispatcher.start()
    messages = [
        replace(MESSAGE, id="mail", channel="email", target=mail.target),
        replace(MESSAGE, id="hook", target=hook.target),
    ]
    began = time.monotonic()
    dispatcher.post(messages, store.write(messages))
    async with asyncio.timeout(5):
        while not receiver.got:
            await asyncio.sleep(0.005)
        assert time.monotonic() - began < 0.4
        while not dispatcher.figures()[0].failed:
            await asyncio.sleep(0.01)
    assert "no answer within 0.5 s" == dispatcher.figures()[0].trouble
    await dispatcher.close()
    (left,) = store.load().outgoing
    assert ("mail", 1) == (left.id, left.attempts)
    await store.close()
    listener.close()
    await listener.wait_closed()
