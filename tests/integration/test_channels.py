"""Webhooks, Alertmanager and Apprise against real peers on loopback, and against bad ones."""

from __future__ import annotations

import asyncio
import json
import shutil
import socket
import subprocess
import threading
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest
from aiohttp import web
from pydantic import SecretStr
from standardwebhooks import Webhook, WebhookVerificationError

from supervisor.channels.alertmanager import AlertmanagerSender
from supervisor.channels.apprise import AppriseSender
from supervisor.channels.apprise import senders as apprise_senders
from supervisor.channels.dispatch import Dispatcher
from supervisor.channels.errors import Permanent, Temporary
from supervisor.channels.registry import senders
from supervisor.channels.webhook import WebhookSender
from supervisor.domain.news import Kind
from supervisor.settings.model import Alertmanager, Alerts, Apprise
from supervisor.settings.model import Webhook as WebhookSettings
from supervisor.store import Store
from tests.clock import VirtualClock
from tests.integration.receivers import MESSAGE, NEWS, SECRET, Receiver, settings

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path


def spare_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


async def test_a_webhook_is_verified_by_the_library_that_receivers_use(receiver: Receiver) -> None:
    sender = WebhookSender(receiver.url, SECRET, time.time)
    await sender.send(MESSAGE)
    await sender.close()
    ((headers, body),) = receiver.got
    verified = Webhook(SECRET).verify(body, headers)
    assert {"type", "timestamp", "data"} == set(verified)
    assert ("alert.firing", NEWS.payload()) == (verified["type"], verified["data"])
    assert "msg_1" == headers["webhook-id"]
    with pytest.raises(WebhookVerificationError):
        Webhook(SECRET).verify(body + b" ", headers)


async def test_a_webhook_that_answers_500_for_ten_minutes_gets_everything_then(
    receiver: Receiver, tmp_path: Path
) -> None:
    clock = VirtualClock(time.time())
    start = clock.now()
    store = Store.open(f"sqlite:///{tmp_path}/state.db")
    store.start(lambda _: None)
    sender = WebhookSender(receiver.url, SECRET, clock.now)
    dispatcher = Dispatcher([sender], store, clock)
    ids = [f"msg_{number}" for number in range(5)]
    # Ten minutes are some 14 tries: 1, 2, 4 … 60 seconds apart.
    receiver.answers = [web.Response(status=500) for _ in range(14)]
    dispatcher.start()
    for id_ in ids:
        message = replace(MESSAGE, id=id_, target=sender.target)
        dispatcher.post([message], store.write([message]))
    async with asyncio.timeout(20):
        while (await store.messages()).get("sent") != 5:
            await asyncio.sleep(0.02)
    figures = dispatcher.figures()[0]
    await dispatcher.close()
    assert ids == [headers["webhook-id"] for headers, _ in receiver.got[14:]]
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
    receiver: Receiver, expected: tuple[str, str, float | None], status: int, headers: dict[str, str]
) -> None:
    receiver.answers = [web.Response(status=status, headers=headers)]
    sender = WebhookSender(receiver.url, SECRET, time.time)
    with pytest.raises((Temporary, Permanent)) as caught:
        await sender.send(MESSAGE)
    await sender.close()
    assert expected == (type(caught.value).__name__, str(caught.value), getattr(caught.value, "delay", None))
    assert 1 == len(receiver.got)


async def test_a_webhook_that_is_not_there_is_tried_again_and_its_address_stays_secret() -> None:
    sender = WebhookSender(f"http://127.0.0.1:{spare_port()}/s3cret", SECRET, time.time)
    with pytest.raises(Temporary, match=r"^Connect call failed|^Connection refused") as caught:
        await sender.send(MESSAGE)
    await sender.close()
    assert "s3cret" not in str(caught.value) + sender.target


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


async def test_what_fires_is_told_again_before_alertmanager_forgets_it(receiver: Receiver, tmp_path: Path) -> None:
    clock = VirtualClock(time.time())
    store = Store.open(f"sqlite:///{tmp_path}/state.db")
    store.start(lambda _: None)
    sender = AlertmanagerSender(receiver.url, clock.now)
    sender.restore([NEWS.payload()])
    dispatcher = Dispatcher([sender], store, clock)
    dispatcher.start()
    async with asyncio.timeout(5):
        while len(receiver.got) < 5:
            await asyncio.sleep(0)
    await dispatcher.close()
    await store.close()
    ends = [json.loads(body)[0]["endsAt"] for _, body in receiver.got]
    assert ends == sorted(set(ends))
    assert all(55 <= wait <= 60 for wait in clock.waits[:4])


@pytest.mark.filterwarnings("ignore:'imghdr'")  # the library's own business
async def test_apprise_tells_a_service_of_its_own(receiver: Receiver) -> None:
    address = receiver.url.replace("http", "json")
    ((sender, _),) = apprise_senders(Alerts(apprise=(Apprise(url=SecretStr(address)),)), time.time)
    await sender.send(MESSAGE)
    receiver.answers = [web.Response(status=500)]
    with pytest.raises(Temporary, match="could not deliver"):
        await sender.send(MESSAGE)
    await sender.close()
    told = json.loads(receiver.got[0][1])
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
