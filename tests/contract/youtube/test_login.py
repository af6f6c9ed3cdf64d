"""``jitsi-supervisor youtube login`` against the fake account."""

from __future__ import annotations

import asyncio
import json
import threading
from typing import TYPE_CHECKING

import pytest

from supervisor.cli import main
from supervisor.simulation.virtual_time import run_virtually
from supervisor.simulation.youtube import FakeYoutube
from supervisor.streams.youtube import Login, LoginError
from supervisor.streams.youtube.oauth import Client
from tests.contract.youtube.scene import START

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PENDING, SLOWER = "authorization_pending", "slow_down"


def log_in(path: Path, polls: list[str], client_id: str = "client.apps.fake") -> tuple[list[str], float]:
    """The lines that are shown, and how many virtual seconds it took."""
    lines: list[str] = []
    granted: list[str] = []

    async def act() -> float:
        loop = asyncio.get_running_loop()
        async with FakeYoutube(clock=lambda: START + loop.time()) as fake:
            fake.accounts.polls = polls
            client = Client(client_id, fake.accounts.client_secret, fake.token_url)
            await Login(client, fake.device_url, path, lines.append).run()
            granted.append(fake.accounts.refresh_token)
            return loop.time()

    took = run_virtually(act())
    assert granted == [json.loads(path.read_text())["refresh_token"]]
    return lines, took


def test_the_person_sees_address_and_code_and_the_token_is_for_the_owner_of_the_file_alone(tmp_path: Path) -> None:
    path = tmp_path / "token.json"
    lines, took = log_in(path, [PENDING, PENDING, "ok"])
    assert "https://www.google.com/device" in lines[0]
    assert lines[1].endswith("ABCD-EFGH")
    assert path.stat().st_mode & 0o777 == 0o600
    assert 15 <= took < 16
    assert "obtained_at" in json.loads(path.read_text())


def test_asked_to_slow_down_it_waits_five_seconds_more(tmp_path: Path) -> None:
    _, took = log_in(tmp_path / "token.json", [PENDING, SLOWER, PENDING, "ok"])
    assert 5 + 5 + 10 + 10 <= took < 31


@pytest.mark.parametrize(
    ("polls", "text"),
    [
        (["access_denied"], "the person refused"),
        (["expired_token"], "nobody entered the code in time"),
        ([PENDING] * 400, "nobody entered the code in time"),
    ],
)
def test_a_no_is_told_and_writes_nothing(tmp_path: Path, polls: list[str], text: str) -> None:
    path = tmp_path / "token.json"
    with pytest.raises(LoginError, match=text):
        log_in(path, polls)
    assert not path.exists()


def test_an_unknown_client_is_told(tmp_path: Path) -> None:
    with pytest.raises(LoginError, match=r"HTTP status 401, invalid_client\); check youtube.client_id"):
        log_in(tmp_path / "token.json", [], client_id="nobody")


# --- the command itself, in real time ---


@pytest.fixture
def fake() -> Iterator[FakeYoutube]:
    """A fake in a thread of its own, as the command has a loop of its own."""
    service, ready, stop = FakeYoutube(), threading.Event(), threading.Event()
    service.accounts.interval = 0

    async def serve() -> None:
        async with service:
            ready.set()
            await asyncio.to_thread(stop.wait)

    thread = threading.Thread(target=asyncio.run, args=(serve(),))
    thread.start()
    assert ready.wait(10)
    yield service
    stop.set()
    thread.join(10)


def configure(path: Path, fake: FakeYoutube, *keys: str) -> Path:
    lines = [
        "[xmpp]",
        'component = "supervisor.example.org"',
        'secret = "s3cret"',
        'muc = ["conference.example.org"]',
        'focus = "focus@auth.example.org"',
        "[youtube]",
        f'device_url = "{fake.device_url}"',
        f'token_url = "{fake.token_url}"',
        *keys,
    ]
    config = path / "jitsi-supervisor.toml"
    config.write_text("\n".join(lines))
    return config


def keys_of(fake: FakeYoutube) -> list[str]:
    accounts = fake.accounts
    return [
        f'client_id = "{accounts.client_id}"',
        f'client_secret = "{accounts.client_secret}"',
        'token_file = "youtube.json"',
    ]


def test_the_command_writes_the_token_beside_the_configuration_and_ends_with_zero(
    tmp_path: Path, fake: FakeYoutube, capsys: pytest.CaptureFixture[str]
) -> None:
    config = configure(tmp_path, fake, *keys_of(fake))
    assert main(["youtube", "login", "--config", str(config)]) == 0
    out, err = capsys.readouterr()
    assert "ABCD-EFGH" in out
    assert err == ""
    assert json.loads((tmp_path / "youtube.json").read_text())["refresh_token"] == fake.accounts.refresh_token
    assert fake.accounts.refresh_token not in out


def test_the_command_ends_with_one_where_the_person_refuses(
    tmp_path: Path, fake: FakeYoutube, capsys: pytest.CaptureFixture[str]
) -> None:
    fake.accounts.polls = ["access_denied"]
    config = configure(tmp_path, fake, *keys_of(fake))
    assert main(["youtube", "login", "--config", str(config)]) == 1
    assert capsys.readouterr().err == "the person refused; start again if that was a mistake\n"


def test_the_command_ends_with_two_and_names_each_key_that_it_lacks(
    tmp_path: Path, fake: FakeYoutube, capsys: pytest.CaptureFixture[str]
) -> None:
    config = configure(tmp_path, fake, 'client_id = "x"')
    assert main(["youtube", "login", "--config", str(config)]) == 2
    assert capsys.readouterr().err.splitlines() == [
        "youtube.client_secret: missing; add it",
        "youtube.token_file: missing; add it",
    ]
    with pytest.raises(SystemExit) as caught:
        main(["youtube"])
    assert caught.value.code == 2
