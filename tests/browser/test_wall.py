"""The wall in a real browser, before a real daemon and a real Prosody."""

import time
from pathlib import Path

from playwright.async_api import Browser, Page, Route, expect

from supervisor.simulation import Meeting, PrivateProsody
from tests.browser import scene
from tests.browser.scene import PATIENCE, WALL, log_in
from tests.integration.daemon import Daemon, booking, hears

CARD = "#c-almatret-1"
SESSION = "/sessions/almatret-1"
expect.set_options(timeout=PATIENCE)


async def test_a_session_appears_fills_and_turns(
    daemon: Daemon, meeting: Meeting, page: Page, prosody: PrivateProsody
) -> None:
    daemon.book()
    await log_in(page, daemon, WALL)
    await expect(page.locator(".headline")).to_have_text("No session now")
    daemon.book(booking(organisation="Ajuntament d'Almatret", limit=30))
    card = page.locator(CARD)
    await expect(card.get_by_role("link")).to_have_text("Ajuntament d'Almatret")
    await meeting.people(3)
    await expect(card.locator(".count")).to_have_text("3")
    await meeting.start_stream()
    await expect(card).to_contain_text("running")
    await expect(card).to_have_class("card calm")

    await meeting.people(28)
    await expect(card).to_have_class("card warning")
    await expect(card).to_contain_text("Too many people")
    await expect(card.locator(".vh").first).to_have_text("31 people, 30 recommended")
    await expect(page.locator("#g-trouble").locator(CARD)).to_be_visible()

    await meeting.fail_stream()
    await daemon.becomes("interrupted", daemon.stream)
    known = time.monotonic()
    await expect(card).to_have_class("card alarm")
    assert time.monotonic() - known < 2.0, "the wall is behind the verdict"
    await expect(card).to_contain_text("Moderators told")
    await expect(card).to_contain_text("Nobody has answered")
    await expect(page.locator("#say")).to_contain_text("Stream interrupted")
    assert 0 == await page.locator("main button").count(), "a token that may only look has no buttons"

    await prosody.kill()
    await expect(page.locator(".blindness")).to_contain_text("No news from xmpp")
    await expect(card.locator(".count")).to_have_text("?")
    await expect(card).to_have_class("card alarm")  # blindness is no recovery


async def test_a_desk_answers_pauses_writes_and_resumes_by_keyboard_alone(
    daemon: Daemon, meeting: Meeting, page: Page
) -> None:
    await meeting.people(3)
    await meeting.start_stream()
    await daemon.becomes("live", daemon.stream)
    await meeting.fail_stream()
    await log_in(page, daemon)
    await expect(page.locator(CARD)).to_have_class("card alarm")
    await page.locator("body").press("Tab")
    await expect(page.get_by_role("link", name="Skip to the sessions")).to_be_focused()
    await page.keyboard.press("Enter")
    await page.keyboard.press("Tab")
    await expect(page.get_by_role("link", name="Ajuntament d'Almatret")).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page.locator("h1")).to_have_text("Ajuntament d'Almatret")

    await _press(page, "Answer for: Stream interrupted")
    await expect(page.locator("#said")).to_have_text("On record: you answer for it.")
    await expect(page.locator("#said")).to_be_focused()
    await expect(page.locator("#f-card")).to_contain_text("desk answered at")
    await _press(page, "Pause the session")
    await expect(page.locator("#f-card")).to_contain_text("by desk")
    await hears(meeting.moderator, "The session is paused since", 20)

    await _reach(page, "#text")
    await page.keyboard.type("The technician <calls> you & waits.")
    await page.keyboard.press("Enter")
    await hears(meeting.moderator, "The technician <calls> you & waits.", 20)
    await expect(page.locator(".sent")).to_contain_text("handed to 1")
    await expect(page.locator("#f-incidents")).to_contain_text("desk wrote to the moderators")

    await _press(page, "Resume the session")
    await expect(page.locator("#said")).to_contain_text("Tick the box")
    await _reach(page, "#force")
    await page.keyboard.press("Space")
    await _press(page, "Resume the session")
    await hears(meeting.moderator, "The session goes on", 20)
    await expect(page.locator("#f-incidents")).to_contain_text("session resumed by desk")

    await _reach(page, "#silence button")
    await page.keyboard.press("Enter")
    await expect(page.locator(".silences")).to_contain_text("set by desk")
    await _press(page, "Lift the silence: all alerts of this session")
    await expect(page.locator(".silences")).to_have_count(0)


async def test_the_wall_outlives_a_restart_of_the_daemon(
    prosody: PrivateProsody, tmp_path: Path, page: Page, browser: Browser
) -> None:
    port = scene.spare_port()
    async with (
        scene.daemon_of(prosody, tmp_path, booking(title="Ple"), port=port) as daemon,
        scene.page(browser) as far,
    ):
        await log_in(page, daemon, WALL)
        await page.get_by_role("link", name="Italiano").click()
        await expect(page.locator("html")).to_have_attribute("lang", "it")
        await log_in(far, daemon, WALL)
        # A web server before the daemon answers in its stead; a browser gives such a stream up for good.
        await far.route("**/events*", _bad_gateway)
        await far.route("**/alive", _bad_gateway)
        await daemon.kill()
        await expect(page.locator("#banner")).to_contain_text("Il supervisore non risponde")
        await expect(page.locator("body")).to_have_class("is-stale")
        await expect(far.locator("#banner")).to_contain_text("does not answer")
        await daemon.start()
        await expect(page.locator("#banner")).to_contain_text("risponde di nuovo")
        await expect(page.locator("#banner")).to_be_empty()
        await expect(page.locator("body")).not_to_have_class("is-stale")
        await far.unroute("**/events*")
        await far.unroute("**/alive")
        await expect(far.locator("#banner")).to_contain_text("answers again")
        daemon.book(booking(title="Ple canviat"))
        await expect(page.locator(CARD)).to_contain_text("Ple canviat")
        await expect(far.locator(CARD)).to_contain_text("Ple canviat")


async def test_a_wrong_token_is_refused_and_a_right_one_comes_and_goes(daemon: Daemon, page: Page) -> None:
    await page.goto(daemon.address + SESSION)
    await page.get_by_label("Token").fill("none-of-ours")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("alert")).to_contain_text("none of ours")
    assert "Almatret" not in await page.content()
    await log_in(page, daemon, WALL, SESSION)
    await expect(page.locator("h1")).to_have_text("Ajuntament d'Almatret")
    (cookie,) = [each for each in await page.context.cookies() if each["name"] == "jitsi_supervisor"]
    assert (True, "Strict", False) == (cookie["httpOnly"], cookie["sameSite"], cookie["secure"])
    await page.get_by_role("button", name="Log out").click()
    await expect(page.get_by_label("Token")).to_be_visible()
    await page.go_back()
    await page.reload()
    await expect(page.get_by_label("Token")).to_be_visible()


async def test_another_site_can_neither_write_nor_frame_the_wall(daemon: Daemon, meeting: Meeting, page: Page) -> None:
    await meeting.people(2)
    await log_in(page, daemon)
    await page.goto(daemon.address + SESSION)
    proof = await page.locator("#pause input[name=csrf]").get_attribute("value")
    # Another port is another origin, but the same site: the browser sends the cookie along, and the proof is stolen.
    for evil in (f"http://127.0.0.1:{scene.spare_port()}/evil", f"http://localhost:{scene.spare_port()}/evil"):
        await page.route(evil, lambda route: _evil(route, daemon.address, str(proof)))
        await page.goto(evil)
        script = (
            "fetch(document.forms[0].action, {method: 'POST', mode: 'no-cors', credentials: 'include', body: BODY})"
        )
        await page.evaluate(
            script.replace("BODY", f"new URLSearchParams({{csrf: '{proof}'}})") + ".then(() => 0, () => 0)"
        )
        async with page.expect_response(lambda answer: answer.request.method == "POST") as answered:
            await page.get_by_role("button", name="win").click()
        expected = 403 if "127.0.0.1" in evil else 303  # from another site the cookie does not even come
        assert expected == (await answered.value).status
    assert [] == [message.body for message in meeting.moderator.messages if "paused" in message.body]
    await page.goto(daemon.address + SESSION)
    await expect(page.locator("#pause")).to_be_visible()
    await page.goto(evil)
    framed = page.frame(name="framed")
    assert framed is not None
    assert "Almatret" not in await framed.content()


async def _press(page: Page, name: str) -> None:
    """Reach a button with the tabulator, and press it."""
    await page.get_by_role("button", name=name).wait_for()
    for _ in range(60):
        await page.keyboard.press("Tab")
        if await page.evaluate(
            "(n) => (document.activeElement.ariaLabel || document.activeElement.innerText || '').trim() === n", name
        ):
            await page.keyboard.press("Enter")
            return
    raise AssertionError(f"no tabulator leads to {name}")


async def _reach(page: Page, selector: str) -> None:
    """Reach something with the tabulator."""
    await page.locator(selector).wait_for()
    for _ in range(60):
        await page.keyboard.press("Tab")
        if await page.evaluate("(s) => document.activeElement.matches(s)", selector):
            return
    raise AssertionError(f"no tabulator leads to {selector}")


async def _bad_gateway(route: Route) -> None:
    await route.fulfill(status=502, body="Bad Gateway")


async def _evil(route: Route, address: str, proof: str) -> None:
    form = (
        f"<form method=post action='{address}{SESSION}/pause'><input type=hidden name=csrf value='{proof}'>"
        f"<button>win</button></form><iframe name=framed src='{address}{SESSION}'></iframe>"
    )
    await route.fulfill(status=200, content_type="text/html", body=form)
