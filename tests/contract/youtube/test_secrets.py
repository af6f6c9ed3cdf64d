"""Neither the key nor a token nor a stream's name may be found in anything that we write."""

from __future__ import annotations

import logging
import traceback
from typing import TYPE_CHECKING

import pytest
import structlog

from supervisor.domain.events import EvidenceSeen
from supervisor.simulation.youtube import Trouble
from supervisor.simulation.youtube_stage import Step
from supervisor.streams.youtube import Login, LoginError
from supervisor.streams.youtube.client import Credential, YoutubeApi
from supervisor.streams.youtube.faults import YoutubeError
from supervisor.streams.youtube.oauth import Access, Client
from supervisor.streams.youtube.quota import Ledger, MemoryLedger
from supervisor.streams.youtube.token_file import read_grant
from tests.contract.youtube.scene import Scene, play

if TYPE_CHECKING:
    from pathlib import Path


def canaries(scene: Scene) -> list[str]:
    accounts = scene.fake.accounts
    tokens = [*accounts._access, accounts.refresh_token, accounts.client_secret]
    return [scene.fake.api_key, *tokens]


@pytest.mark.parametrize("trouble", [*Trouble, "unreachable", "dead credentials"])
def test_no_event_log_or_ledger_holds_a_canary_whatever_goes_wrong(
    tmp_path: Path, trouble: str, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    ledger = MemoryLedger()
    found: list[str] = []

    async def act(scene: Scene) -> None:
        scene.broadcast((-60, Step.START))
        scene.write_token(obtained_at=1)  # so old that it is warned of
        scene.follow()
        await scene.until(100)
        found.extend(canaries(scene))
        if isinstance(trouble, Trouble):
            scene.fake.suffer(trouble)
        elif trouble == "unreachable":
            await scene.fake.stop()
        else:
            scene.fake.api_key = "another"
            scene.fake.accounts.revoked = True
            scene.fake.accounts.forget_access()
        await scene.until(1500)
        found.extend(canaries(scene))

    with caplog.at_level(logging.DEBUG), structlog.testing.capture_logs() as logs:
        scene = play(tmp_path, act, store=ledger)
    out, err = capsys.readouterr()
    written = "".join((caplog.text, repr(logs), repr(scene.events), repr(ledger.page), out, err, repr(scene.youtube)))
    assert any("older than 6 days" in entry["event"] for entry in logs)
    assert any(isinstance(event, EvidenceSeen) for _, event in scene.events)
    assert len(found) >= 7
    for canary in found:
        assert canary not in written


@pytest.mark.parametrize("url", ["http://127.0.0.1:1/youtube/v3", "http://[::1/x", "http://127.0.0.1:99999", "nothing"])
async def test_no_traceback_of_a_failed_call_holds_the_key_or_the_token(url: str) -> None:
    ledger = Ledger(MemoryLedger(), 9, lambda: 0.0)
    for credential in (Credential(key="AIzaCanary"), Credential(token="ya29canary")):
        assert "anary" not in repr(credential)
        async with YoutubeApi(url, "public", ledger) as api:
            with pytest.raises(YoutubeError) as caught:
                await api.videos(["a"], credential, doubt=False)
        assert "anary" not in "".join(traceback.format_exception(caught.value))
        assert caught.value.__context__ is None


def test_what_holds_a_secret_does_not_show_it(tmp_path: Path) -> None:
    path = tmp_path / "t.json"
    path.write_text('{"refresh_token": "canary"}')
    path.chmod(0o600)
    client = Client("id", "canary", "http://127.0.0.1:1/token")
    access = Access(client, path)
    login = Login(client, "http://127.0.0.1:1/device", path, print)
    assert "canary" not in repr((read_grant(path), client, access, login))


async def test_a_login_that_fails_shows_no_secret(tmp_path: Path) -> None:
    login = Login(Client("id", "canary", "http://127.0.0.1:1/t"), "http://127.0.0.1:1/d", tmp_path / "t", print)
    with pytest.raises(LoginError) as caught:
        await login.run()
    assert "canary" not in "".join(traceback.format_exception(caught.value))
