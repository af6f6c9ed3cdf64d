"""Every page in every mood has no violation that axe-core knows, in light and dark, wide and narrow."""

from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page, expect

from supervisor.simulation import Meeting, PrivateProsody
from tests.browser import scene
from tests.browser.scene import PATIENCE
from tests.integration.daemon import Daemon

SESSION = "/sessions/almatret-1"
NARROW = {"viewport": {"width": 390, "height": 844}, "color_scheme": "dark", "reduced_motion": "reduce"}
expect.set_options(timeout=PATIENCE)


async def test_no_page_is_hard_to_use_for_anybody(
    daemon: Daemon, meeting: Meeting, browser: Browser, prosody: PrivateProsody
) -> None:
    async with scene.page(browser) as wide, scene.page(browser, **NARROW) as narrow:
        pages = (wide, narrow)
        for page in pages:
            await page.goto(daemon.address)
            await _look(page)
            await page.locator("#token").fill("wrong")
            await page.keyboard.press("Enter")
            await page.locator("#problem").wait_for()
            await _look(page)
            await page.locator("#token").fill(scene.DESK)
            await page.keyboard.press("Enter")
        await meeting.people(3)
        await meeting.start_stream()
        await _all(pages, daemon, "#c-almatret-1.calm .facts .good >> nth=0")
        await meeting.people(28)
        await meeting.fail_stream()
        await _all(pages, daemon, "#c-almatret-1.alarm")
        meeting.moderator.say("!pausa")
        await _all(pages, daemon, "#c-almatret-1.paused")
        await prosody.kill()
        await _all(pages, daemon, ".blindness")


async def _all(pages: tuple[Page, ...], daemon: Daemon, mood: str) -> None:
    """The overview in that mood, and the session's page."""
    for page in pages:
        await page.locator(mood).wait_for()
        await _look(page)
        await page.goto(daemon.address + SESSION)
        await page.locator("#f-actions form").first.wait_for()
        await _look(page)
        await page.goto(daemon.address)


async def _look(page: Page) -> None:
    found = await Axe().run(page)
    assert [] == [(each["id"], [node["html"] for node in each["nodes"]]) for each in found.response["violations"]]
    wide, shown = await page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    assert wide <= shown, "the page is wider than its screen"
    assert (1, 1) == (await page.locator("main").count(), await page.locator("h1").count())
