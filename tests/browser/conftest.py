"""A browser, and a daemon for it to look at."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page

from supervisor.simulation import Meeting, PrivateProsody
from tests.browser import scene
from tests.integration.daemon import Daemon, booking


@pytest.fixture
async def prosody() -> AsyncIterator[PrivateProsody]:
    async with PrivateProsody() as running:
        yield running


@pytest.fixture
async def daemon(prosody: PrivateProsody, tmp_path: Path) -> AsyncIterator[Daemon]:
    town = {"organisation": "Ajuntament d'Almatret", "title": "Ple ordinari", "limit": 30}
    async with scene.daemon_of(prosody, tmp_path, booking(**town)) as running:
        yield running


@pytest.fixture
async def meeting(prosody: PrivateProsody) -> AsyncIterator[Meeting]:
    async with Meeting(prosody, "sala1", keep=True) as opened:
        yield opened


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with scene.browser() as opened:
        yield opened


@pytest.fixture
async def page(browser: Browser) -> AsyncIterator[Page]:
    """Somebody's page; no error may show up in it."""
    async with scene.page(browser) as shown:
        errors: list[str] = []
        shown.on("pageerror", lambda error: errors.append(str(error)))
        shown.on("console", lambda line: errors.append(line.text) if "Content Security Policy" in line.text else None)
        yield shown
        assert errors == []
