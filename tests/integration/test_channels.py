"""The channels against real peers on loopback: an HTTP server, aiosmtpd, Alertmanager; and against bad ones."""

from __future__ import annotations

import asyncio
import json
import shutil
import socket
import ssl
import subprocess
import threading
import time
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from email import message_from_bytes, policy
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest
from aiohttp import web
from aiosmtpd.smtp import SMTP, AuthResult, Envelope
from pydantic import SecretStr
from standardwebhooks import Webhook, WebhookVerificationError

from supervisor.channels.alertmanager import AlertmanagerSender
from supervisor.channels.apprise import AppriseSender
from supervisor.channels.apprise import senders as apprise_senders
from supervisor.channels.dispatch import Dispatcher
from supervisor.channels.email import EmailSender
from supervisor.channels.errors import Permanent, Temporary
from supervisor.channels.registry import senders
from supervisor.channels.webhook import WebhookSender
from supervisor.domain.news import Kind, News
from supervisor.domain.records import Outgoing
from supervisor.settings.model import Alertmanager, Alerts, Apprise, Email
from supervisor.settings.model import Webhook as WebhookSettings
from supervisor.store import Store
from tests.clock import VirtualClock

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

SECRET = "whsec_MTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0"
NEWS = News(
    "StreamInterrupted", "critical", "b1", "plealmatret", "no data", "L'emissió s'ha tallat: atureu la sessió",
    time.time(), None, "i1",
)  # fmt: skip
MESSAGE = Outgoing("msg_1", "webhook", "a", "i1", Kind.FIRING, NEWS.payload(), time.time())


@dataclass
class Server:
    """An HTTP server that answers as told, then 204."""

    answers: list[web.Response] = field(default_factory=list)
    got: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    url: str = ""

    async def answer(self, request: web.Request) -> web.Response:
        self.got.append(({name.lower(): value for name, value in request.headers.items()}, await request.read()))
        return self.answers.pop(0) if self.answers else web.Response(status=204)


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    server = Server()
    app = web.Application()
    app.add_routes([web.post("/{path:.*}", server.answer)])
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    server.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    yield server
    await runner.cleanup()


def spare_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


# --- webhook ---


async def test_a_webhook_is_verified_by_the_library_that_receivers_use(server: Server) -> None:
    sender = WebhookSender(server.url, SECRET, time.time)
    await sender.send(MESSAGE)
    await sender.close()
    ((headers, body),) = server.got
    verified = Webhook(SECRET).verify(body, headers)
    assert {"type", "timestamp", "data"} == set(verified)
    assert ("alert.firing", NEWS.payload()) == (verified["type"], verified["data"])
    assert "msg_1" == headers["webhook-id"]
    with pytest.raises(WebhookVerificationError):
        Webhook(SECRET).verify(body + b" ", headers)


async def test_a_webhook_that_answers_500_for_ten_minutes_gets_everything_then(server: Server, tmp_path: Path) -> None:
    clock = VirtualClock(time.time())
    start = clock.now()
    store = Store.open(f"sqlite:///{tmp_path}/state.db")
    store.start(lambda _: None)
    sender = WebhookSender(server.url, SECRET, clock.now)
    dispatcher = Dispatcher([sender], store, clock)
    ids = [f"msg_{number}" for number in range(5)]
    # Ten minutes are some 14 tries: 1, 2, 4 … 60 seconds apart.
    server.answers = [web.Response(status=500) for _ in range(14)]
    dispatcher.start()
    for id_ in ids:
        message = replace(MESSAGE, id=id_, target=sender.target)
        dispatcher.post([message], store.write([message]))
    async with asyncio.timeout(20):
        while (await store.messages()).get("sent") != 5:
            await asyncio.sleep(0.02)
    figures = dispatcher.figures()[0]
    await dispatcher.close()
    assert ids == [headers["webhook-id"] for headers, _ in server.got[14:]]
    assert (5, 14, 0) == (figures.sent, figures.failed, figures.dead)
    assert 300 < clock.now() - start < 900
    assert [] == await store.dead_letters()
    assert 0 == await store.close()


@pytest.mark.parametrize(
    ("expected", "status", "headers"),
    [
        (("Temporary", "HTTP 500", None), 500, {}),
        (("Temporary", "HTTP 408", None), 408, {}),
        (("Temporary", "HTTP 429", 17.0), 429, {"Retry-After": "17"}),
        (("Temporary", "HTTP 503", None), 503, {"Retry-After": "soon"}),
        (("Permanent", "HTTP 410", None), 410, {}),
        (("Permanent", "HTTP 404", None), 404, {}),
        (("Permanent", "HTTP 302", None), 302, {"Location": "http://127.0.0.1:1/elsewhere"}),
    ],
)
async def test_each_answer_of_a_webhook_is_of_one_kind(
    server: Server, expected: tuple[str, str, float | None], status: int, headers: dict[str, str]
) -> None:
    server.answers = [web.Response(status=status, headers=headers)]
    sender = WebhookSender(server.url, SECRET, time.time)
    with pytest.raises((Temporary, Permanent)) as caught:
        await sender.send(MESSAGE)
    await sender.close()
    assert expected == (type(caught.value).__name__, str(caught.value), getattr(caught.value, "delay", None))
    assert 1 == len(server.got)


async def test_a_webhook_that_is_not_there_is_tried_again_and_its_address_stays_secret() -> None:
    sender = WebhookSender(f"http://127.0.0.1:{spare_port()}/s3cret", SECRET, time.time)
    with pytest.raises(Temporary, match=r"^Connect call failed|^Connection refused") as caught:
        await sender.send(MESSAGE)
    await sender.close()
    assert "s3cret" not in str(caught.value) + sender.target


# --- mail ---


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


async def test_a_mail_server_that_hangs_delays_no_webhook(server: Server, tmp_path: Path) -> None:
    async def hang(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    listener = await asyncio.start_server(hang, "127.0.0.1", 0)
    store = Store.open(f"sqlite:///{tmp_path}/state.db")
    store.start(lambda _: None)
    mail = EmailSender(settings(listener.sockets[0].getsockname()[1]), "ana@example.org")
    hook = WebhookSender(server.url, SECRET, time.time)
    dispatcher = Dispatcher([mail, hook], store, deadline=0.5)
    dispatcher.start()
    messages = [
        replace(MESSAGE, id="mail", channel="email", target=mail.target),
        replace(MESSAGE, id="hook", target=hook.target),
    ]
    began = time.monotonic()
    dispatcher.post(messages, store.write(messages))
    async with asyncio.timeout(5):
        while not server.got:
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


# --- Alertmanager ---


@pytest.fixture
async def alertmanager(tmp_path: Path) -> AsyncIterator[str]:
    """Debian's own, on a spare port, with nobody to tell."""
    program = shutil.which("prometheus-alertmanager")
    if program is None:
        raise pytest.UsageError("no prometheus-alertmanager on PATH (apt install prometheus-alertmanager)")
    (tmp_path / "config.yml").write_text("route:\n  receiver: nobody\nreceivers:\n  - name: nobody\n")
    port = spare_port()
    with (tmp_path / "log").open("w") as log:
        process = subprocess.Popen(  # noqa: ASYNC220 - its start takes no time worth waiting for
            [
                program,
                f"--config.file={tmp_path}/config.yml",
                f"--storage.path={tmp_path}/data",
                f"--web.listen-address=127.0.0.1:{port}",
                "--cluster.listen-address=",
            ],
            stderr=log,
        )
    url = f"http://127.0.0.1:{port}"
    try:
        async with asyncio.timeout(20), aiohttp.ClientSession() as session:
            while True:
                try:
                    async with session.get(f"{url}/-/ready") as answer:
                        if answer.status == 200:
                            break
                except aiohttp.ClientError:
                    pass
                assert process.poll() is None, (tmp_path / "log").read_text()
                await asyncio.sleep(0.05)
        yield url
    finally:
        process.terminate()
        process.wait(10)


async def active(url: str) -> list[dict[str, Any]]:
    async with aiohttp.ClientSession() as session, session.get(f"{url}/api/v2/alerts?active=true") as answer:
        found: list[dict[str, Any]] = await answer.json()
        return found


async def test_alertmanager_holds_an_alert_from_its_rise_to_its_end(alertmanager: str) -> None:
    sender = AlertmanagerSender(alertmanager, time.time)
    await sender.send(MESSAGE)
    (alert,) = await active(alertmanager)
    expected = {
        "alertname": "StreamInterrupted",
        "monitor": "StreamInterrupted",
        "booking": "b1",
        "severity": "critical",
        "room": "plealmatret",
    }
    assert expected == alert["labels"]
    assert NEWS.summary == alert["annotations"]["summary"]
    first = alert["endsAt"]
    await sender.again()
    (alert,) = await active(alertmanager)
    assert alert["endsAt"] > first
    ended = replace(NEWS, ends_at=time.time())
    await sender.send(replace(MESSAGE, id="msg_2", kind=Kind.RESOLVED, payload=ended.payload()))
    assert [] == await active(alertmanager)
    await sender.again()
    assert [] == await active(alertmanager)
    await sender.close()


async def test_an_alert_that_becomes_worse_is_one_alert_and_outlives_the_process(alertmanager: str) -> None:
    sender = AlertmanagerSender(alertmanager, time.time)
    mild = replace(NEWS, severity="warning")
    await sender.send(replace(MESSAGE, payload=mild.payload()))
    await sender.send(MESSAGE)
    assert ["critical"] == [alert["labels"]["severity"] for alert in await active(alertmanager)]
    await sender.close()
    after = AlertmanagerSender(alertmanager, time.time)
    after.restore([NEWS.payload()])
    await after.again()
    await after.send(replace(MESSAGE, kind=Kind.RESOLVED, payload=replace(NEWS, ends_at=time.time()).payload()))
    assert [] == await active(alertmanager)
    await after.close()


async def test_what_fires_is_told_again_before_alertmanager_forgets_it(server: Server, tmp_path: Path) -> None:
    clock = VirtualClock(time.time())
    store = Store.open(f"sqlite:///{tmp_path}/state.db")
    store.start(lambda _: None)
    sender = AlertmanagerSender(server.url, clock.now)
    sender.restore([NEWS.payload()])
    dispatcher = Dispatcher([sender], store, clock)
    dispatcher.start()
    async with asyncio.timeout(5):
        while len(server.got) < 5:
            await asyncio.sleep(0)
    await dispatcher.close()
    await store.close()
    ends = [json.loads(body)[0]["endsAt"] for _, body in server.got]
    assert ends == sorted(set(ends))
    assert all(55 <= wait <= 60 for wait in clock.waits[:4])


# --- Apprise ---


@pytest.mark.filterwarnings("ignore:'imghdr'")  # the library's own business
async def test_apprise_tells_a_service_of_its_own(server: Server) -> None:
    address = server.url.replace("http", "json")
    ((sender, _),) = apprise_senders(Alerts(apprise=(Apprise(url=SecretStr(address)),)), time.time)
    await sender.send(MESSAGE)
    server.answers = [web.Response(status=500)]
    with pytest.raises(Temporary, match="could not deliver"):
        await sender.send(MESSAGE)
    await sender.close()
    told = json.loads(server.got[0][1])
    assert NEWS.summary in told["title"]
    assert "msg_1" in told["message"]


@pytest.mark.filterwarnings("ignore:'imghdr'")
async def test_an_address_that_apprise_does_not_know_is_refused_for_good() -> None:
    ((sender, _),) = apprise_senders(Alerts(apprise=(Apprise(url=SecretStr("nosuch://s3cret")),)), time.time)
    with pytest.raises(Permanent, match="does not understand"):
        await sender.send(MESSAGE)
    await sender.close()
    assert "s3cret" not in sender.target


async def test_a_library_that_hangs_is_replaced_a_few_times_and_never_stops_the_loop() -> None:
    release = threading.Event()
    hangs = True

    def notify(_: str, __: str, ___: str) -> bool:
        return not hangs or release.wait(30)

    sender = AppriseSender("json://127.0.0.1", notify)
    for _ in range(3):
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05):
                await sender.send(MESSAGE)
    with pytest.raises(Temporary, match="3 deliveries hang"):
        await sender.send(MESSAGE)
    hangs = False
    release.set()
    await asyncio.sleep(0.1)
    await sender.send(MESSAGE)
    await sender.close()


# --- all ---


async def test_the_configuration_makes_a_sender_for_each_receiver() -> None:
    alerts = Alerts(
        webhooks=(WebhookSettings(url="http://a.example/1", secret=SecretStr(SECRET)),),
        email=settings(25, to=["ana@example.org", "joan@example.org"]),
        alertmanager=Alertmanager(url="http://127.0.0.1:9093"),
        apprise=(Apprise(url=SecretStr("json://127.0.0.1/")),),
    )
    made = senders(alerts, time.time)
    assert ["email", "email", "webhook", "alertmanager", "apprise"] == [sender.channel for sender in made]
    assert 5 == len({(sender.channel, sender.target) for sender in made})
    assert [] == senders(Alerts(), time.time)
    for sender in made:
        await sender.close()
