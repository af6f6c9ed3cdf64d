"""`python -m tests.browser.screenshots [FOLDER]`: pictures of the wall, calm, in trouble and blind, wide and narrow."""

import asyncio
import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.async_api import Browser, Page

from supervisor.simulation import Meeting, PrivateProsody
from tests.browser.scene import DESK, WALL, a_day, browser, daemon_of, page
from tests.integration.daemon import Daemon

FOLDER = Path(__file__).parents[2] / "docs" / "screenshots"
WIDE = {"viewport": {"width": 1920, "height": 1080}}
NARROW = {"viewport": {"width": 390, "height": 844}, "device_scale_factor": 1}


async def pictures(folder: Path) -> None:
    """Play a small evening and take its pictures."""
    with tempfile.TemporaryDirectory() as state:
        async with (
            browser() as opened,
            PrivateProsody() as prosody,
            daemon_of(prosody, Path(state), *a_day()) as daemon,
            Meeting(prosody, "sala1") as ple,
            Meeting(prosody, "plevilanova") as other,
            Meeting(prosody, "consellsolsones") as council,
            Meeting(prosody, "torrefeta7") as test,
            page(opened, **WIDE, locale="ca") as wall,
            page(opened, **NARROW, locale="ca", color_scheme="dark") as telephone,
        ):
            await _evening(daemon, (ple, other, council, test), (wall, telephone), folder, opened)


async def _evening(
    daemon: Daemon, meetings: tuple[Meeting, ...], pages: tuple[Page, Page], folder: Path, opened: Browser
) -> None:
    ple, other, *_ = meetings
    for meeting, people in zip(meetings, (24, 17, 9, 3), strict=True):
        await meeting.people(people)
    for meeting in (ple, other):
        await meeting.start_stream()
    for shown in pages:
        await shown.goto(daemon.address)
        if shown is pages[0]:
            await _take(pages, folder, "login")
        await shown.locator("#token").fill(WALL)
        await shown.keyboard.press("Enter")
    for shown in pages:
        await shown.locator("#c-almatret-2 dd.good .icon").first.wait_for()
    await _take(pages, folder, "calm")
    await other.fail_stream()
    await ple.people(7)
    for shown in pages:
        await shown.locator("#c-almatret-2.alarm").wait_for()
        await shown.locator("#c-almatret-1.warning").wait_for()
    await _take(pages, folder, "trouble")
    async with page(opened, **WIDE, locale="ca") as desk, page(opened, **NARROW, locale="ca") as pocket:
        for shown in (desk, pocket):
            await shown.goto(f"{daemon.address}/sessions/almatret-2")
            await shown.locator("#token").fill(DESK)
            await shown.keyboard.press("Enter")
            await shown.locator(".incidents .lines li").nth(1).wait_for()
        await _take((desk, pocket), folder, "session")
    await daemon._prosody.kill()
    for shown in pages:
        await shown.locator(".blindness").wait_for()
    await _take(pages, folder, "blind")


async def _take(pages: tuple[Page, Page], folder: Path, name: str) -> None:
    for shown, size in zip(pages, (1920, 390), strict=True):
        if name == "login" and size == 390:
            continue
        path = folder / f"{name}-{size}.png"
        await shown.screenshot(path=path, animations="disabled", full_page=size == 390)
        await asyncio.to_thread(_fewer_colours, path)


def _fewer_colours(path: Path) -> None:
    """A picture of text needs few colours, and with few it is a quarter of the size."""
    colours = "split[a][b];[a]palettegen=max_colors=96:reserve_transparent=0[p];[b][p]paletteuse=dither=none"
    small = path.with_suffix(".small.png")
    subprocess.run(["ffmpeg", "-v", "error", "-y", "-i", path, "-vf", colours, small], check=True)
    small.replace(path)


if __name__ == "__main__":
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER
    target.mkdir(parents=True, exist_ok=True)
    asyncio.run(pictures(target))
