"""The wall as people have it before them: Debian's Chromium, the real daemon, a Prosody with people in its rooms."""

import datetime as dt
import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, Page, async_playwright

from supervisor.simulation import PrivateProsody
from supervisor.simulation.loopback import spare_ports
from tests.integration.daemon import CEST, Daemon, booking

DESK, WALL = "desk-secret-0123456789", "wall-secret-0123456789"
SECTIONS = {
    "web.tokens.desk": {"token": DESK, "scopes": ["read", "write"]},
    "web.tokens.wall": {"token": WALL},
}
PATIENCE = 20_000.0
"""Milliseconds until a page has to show what it is to show: machines are shared, so this is generous."""


def chromium() -> str:
    """Where Debian's Chromium is."""
    found = shutil.which("chromium")
    assert found, "no chromium on PATH: the wall's tests need a real browser (apt install chromium)"
    return found


@asynccontextmanager
async def browser() -> AsyncIterator[Browser]:
    """Chromium; without its sandbox only for root, who can't have one."""
    arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
    async with async_playwright() as playwright:
        opened = await playwright.chromium.launch(executable_path=chromium(), args=arguments)
        try:
            yield opened
        finally:
            await opened.close()


@asynccontextmanager
async def page(opened: Browser, **options: Any) -> AsyncIterator[Page]:
    """A page of a visitor of its own, who complains of every error of the page."""
    context = await opened.new_context(**{"locale": "en", "viewport": {"width": 1920, "height": 1080}, **options})
    context.set_default_timeout(PATIENCE)
    try:
        yield await context.new_page()
    finally:
        await context.close()


async def log_in(shown: Page, daemon: Daemon, token: str = DESK, path: str = "/") -> None:
    """Come in by the door."""
    await shown.goto(daemon.address + path)
    await shown.get_by_label("Token").fill(token)
    await shown.keyboard.press("Enter")
    await shown.locator("main:not(.door)").wait_for()


def a_day() -> list[dict[str, Any]]:
    """Four sessions of now, two of later, and one that is over."""
    now = dt.datetime.now(CEST).replace(microsecond=0, second=0)
    towns = (
        ("Ajuntament d'Almatret", "sala1", "Ple ordinari de setembre", 30),
        ("Ajuntament de Vilanova de l'Aguda", "plevilanova", "Ple extraordinari", 30),
        ("Consell Comarcal del Solsonès", "consellsolsones", "Comissió informativa", 30),
        ("Ajuntament de Torrefeta i Florejacs", "torrefeta7", "Prova de so i imatge", 30),
    )
    kinds = ("plenary", "plenary", "unsupported", "test")
    sessions = [
        booking(
            id=f"almatret-{n}",
            room=room,
            title=title,
            organisation=town,
            limit=limit,
            kind=kind,
            start=now - dt.timedelta(minutes=22),
        )
        for n, ((town, room, title, limit), kind) in enumerate(zip(towns, kinds, strict=True), 1)
    ]
    midnight = now.replace(hour=0, minute=0) + dt.timedelta(days=1)
    for n, town in enumerate(("Ajuntament de Maials", "Ajuntament de Juncosa"), 5):
        start = now + dt.timedelta(minutes=45 * (n - 3))
        if start < midnight:
            sessions.append(
                booking(id=f"later-{n}", room=f"ple{n}", title="Ple ordinari", organisation=town, start=start)
            )
    earlier = now - dt.timedelta(hours=4)
    if earlier.date() == now.date():
        about = {"title": "Taller de signatura electrònica", "organisation": "Ajuntament de Guissona"}
        sessions.append(booking(id="earlier-1", room="guissona", kind="test", start=earlier, duration="1h", **about))
    return sessions


def spare_port() -> int:
    """A port for a daemon that comes back to it."""
    return spare_ports(1)[0]


@asynccontextmanager
async def daemon_of(
    prosody: PrivateProsody, folder: Path, *bookings: dict[str, Any], port: int = 0
) -> AsyncIterator[Daemon]:
    """The daemon with two tokens."""
    sections = {**SECTIONS, "web": {"listen": f"127.0.0.1:{port}"}}
    async with Daemon(prosody, folder, *bookings, sections=sections) as running:
        yield running
