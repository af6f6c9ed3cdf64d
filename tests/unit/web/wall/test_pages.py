"""What the pages show, in which words, and what the forms do."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from supervisor.domain import events as ev
from supervisor.domain.wishes import Wish
from supervisor.engine import XMPP
from supervisor.web.wall import card
from supervisor.web.wall.language import choose
from supervisor.web.wall.texts import TITLES, WORDS
from tests.house import back, interrupted
from tests.unit.builders import MUC, START, Play, booking, focus, on, people, person, recorder
from tests.unit.web.wall.house import RENDER, Visitor, open_wall

SESSION = "/sessions/almatret-1"
TEMPLATES = Path(card.__file__).parent / "templates"


def level(play: Play) -> str:
    return str(card.level(next(play.engine.sessions(play.now))))


def test_a_session_is_as_bad_as_its_worst_trouble_until_somebody_answers() -> None:
    play = Play().room(focus(), *people(3)).come(recorder(), focus(on()))
    assert "calm" == level(play)
    play = interrupted()
    assert "alarm" == level(play)
    play.feed(ev.WishMade("almatret-1", Wish.ACKNOWLEDGE, "desk"))
    assert "handled" == level(play)
    play.feed(ev.WishMade("almatret-1", Wish.PAUSE, "desk"))
    assert "paused" == level(play)


def test_too_many_people_are_a_warning_and_blindness_is_no_calm() -> None:
    play = Play().room(focus(), *people(30))
    assert "calm" == level(play)
    play.come(person("one-more"))
    assert "warning" == level(play)
    play.go(*(f"p{n}" for n in range(5, 30)))
    assert "calm" == level(play)
    play.feed(ev.SourceLost(XMPP, "killed"))
    assert "blind" == level(play)


@pytest.mark.parametrize(
    ("expected", "chosen", "accepted"),
    [
        ("en", None, None),
        ("ca", None, "ca-ES,ca;q=0.9,es;q=0.8"),
        ("es", None, "de;q=1,es;q=0.8,ca;q=0.1"),
        ("it", "it", "ca"),
        ("ca", "xx", "fr, ca;q=0.5"),
        ("en", None, "ca;q=0, " * 9),
        ("en", None, "ca;q=x"),
    ],
)
def test_the_page_speaks_what_was_chosen_else_what_the_browser_likes_best(
    expected: str, chosen: str | None, accepted: str | None
) -> None:
    assert expected == choose(chosen, accepted)


async def test_the_overview_says_what_is_wrong_who_was_told_and_who_answered(tmp_path: Path) -> None:
    play = interrupted()
    later = booking(id="later", room="sala2", organisation="Ajuntament de <Maials>", start=START + 4 * 3600)
    tomorrow = booking(id="morning", room="sala3", organisation="Juncosa", start=START + 86_400)
    play.feed(ev.BookingsRead("file", (booking(), later, tomorrow)))
    async with open_wall(tmp_path, play) as house, Visitor(house) as visitor:
        await visitor.log_in()
        text = (await visitor.get())[1]
        for words in ("1 in trouble", "INTERRUPTED", "recorder failed", "Moderators told", "Nobody has answered"):
            assert words in text
        assert (True, False) == ("Ajuntament de &lt;Maials&gt;" in text, "Juncosa" in text)
        assert (
            303 == (await visitor.post(f"{SESSION}/ack", await _form(visitor, alert="almatret-1:StreamInterrupted")))[0]
        )
        await house.feed.look()
        assert "desk answered at 19:01" in (await visitor.get())[1]


async def test_a_session_that_is_none_is_said_to_be_none(tmp_path: Path) -> None:
    async with open_wall(tmp_path, Play()) as house, Visitor(house) as visitor:
        await visitor.log_in()
        status, text, _ = await visitor.get("/sessions/none")
    assert (404, True) == (status, "not under supervision" in text)


async def test_forms_do_what_the_api_does_and_say_what_became_of_it(tmp_path: Path) -> None:
    async with open_wall(tmp_path, interrupted()) as house, Visitor(house) as visitor:
        await visitor.log_in()
        for action, fields, said in (
            ("pause", {}, "ok_pause"),
            ("pause", {}, "no_pause"),
            ("resume", {}, "no_resume"),
            ("resume", {"force": "yes"}, "ok_resume"),
            ("message", {"text": " Hola <b> "}, "ok_message"),
            ("message", {"text": "two\nlines"}, "bad_text"),
            ("message", {"text": "  "}, "bad_text"),
            ("message", {"text": "x" * 501}, "bad_text"),
            ("silence", {"minutes": "60", "monitor": "ParticipantLimit"}, "ok_silence"),
            ("silence", {"minutes": "99999", "monitor": ""}, "bad_form"),
            ("silence", {"minutes": "60", "monitor": "Nothing"}, "bad_form"),
            ("lift", {"silence": "none"}, "no_lift"),
            ("ack", {"alert": "none"}, "no_ack"),
        ):
            status, _, headers = await visitor.post(f"{SESSION}/{action}", await _form(visitor, **fields))
            assert (303, f"{SESSION}?said={said}#said") == (status, headers["Location"]), action
            assert 200 == (await visitor.get(headers["Location"]))[0]
        assert "Hola <b>" == house.outside.notices[-1].text
        assert ["ParticipantLimit"] == [each.monitor for each in house.play.engine.silences.in_force(house.play.now)]
        text = (await visitor.get(SESSION))[1]
        assert 404 == (await visitor.post(f"{SESSION}/nothing", await _form(visitor)))[0]
    for words in ("session paused by desk", "session resumed by desk", "desk wrote to the moderators"):
        assert words in text


@pytest.mark.parametrize("language", ["ca", "es", "en", "it"])
async def test_every_mood_is_drawn_in_every_language(tmp_path: Path, language: str) -> None:
    play = interrupted()
    async with open_wall(tmp_path, play) as house, Visitor(house, **{"Accept-Language": language}) as visitor:
        await visitor.log_in()
        for change in (lambda: None, lambda: back(play), lambda: play.feed(ev.SourceLost(XMPP, "killed"))):
            change()
            await house.keep()
            await house.feed.look()
            for path in ("/", SESSION):
                status, text, _ = await visitor.get(path)
                assert (200, True) == (status, f'<html lang="{language}">' in text)


def test_every_text_is_shown_somewhere_and_every_key_is_known() -> None:
    markup = "".join(path.read_text() for path in TEMPLATES.iterdir())
    used = set(re.findall(r"\bt\.(\w+)", markup)) - {"get"}
    composed = re.findall(r't\["(\w+_)" ~|"(\w+_)" ~ entry', markup)
    prefixes = tuple(found for pair in composed for found in pair if found)
    assert set() == used - set(WORDS)
    loose = {key for key in WORDS if key not in used and not key.startswith((*prefixes, "ok_", "no_", "bad_", "ln_"))}
    assert {"login_again", "login_wrong", "login_scope", "login_slow"} == loose
    assert {"ParticipantLimit", "SourceLost"} < set(TITLES)


def test_nothing_is_loaded_from_elsewhere_and_nothing_is_inline() -> None:
    markup = "".join(path.read_text() for path in TEMPLATES.iterdir())
    assert [] == re.findall(r"https?://|style=|<style|\son\w+=|<script(?! src=\"/wall/)", markup)
    assert b"http" not in RENDER.assets["wall.css"].content + RENDER.assets["wall.js"].content


async def test_no_page_holds_a_persons_data(tmp_path: Path) -> None:
    play = interrupted()
    play.feed(ev.CommandGiven("sala1@conference.meet.test", "p0", "!pausa"))
    async with open_wall(tmp_path, play) as house, Visitor(house) as visitor:
        await visitor.log_in()
        texts = [(await visitor.get(path))[1] for path in ("/", SESSION)]
        whole = json.loads(house.feed.whole("en").split(b"data: ")[1])
    for text in (*texts, str(whole)):
        assert [] == [each for each in ("p0", "uuid@meet.test", "p1") if each in text]
    assert "by a moderator" in texts[0]


async def _form(visitor: Visitor, **fields: str) -> dict[str, str]:
    return {"csrf": await visitor.proof(SESSION), **fields}


async def test_before_the_start_the_page_says_what_is_ready_and_what_is_not(tmp_path: Path) -> None:
    play = Play(booking(start=START + 600.0)).room(focus())
    async with open_wall(tmp_path, play) as house, Visitor(house) as visitor:
        await visitor.log_in()
        _, page, _ = await visitor.get(SESSION, **{"Accept-Language": "ca"})
    assert "Comprovació abans de l&#39;inici" in page
    assert "no a punt" in page
    assert "recorder" in page


async def test_what_is_over_today_is_listed_with_its_report(tmp_path: Path) -> None:
    yesterday = booking(id="yesterday", room="ahir", organisation="Ahir", start=START - 86_400)
    morning = booking(id="morning", room="mati", organisation="Matinet", start=START - 6 * 3600, duration=3600.0)
    play = Play(yesterday, morning, booking()).room(focus(), *people(2))
    play.feed(ev.RoomRead(f"mati@{MUC}", "", ()))
    async with open_wall(tmp_path, play) as house, Visitor(house, **{"Accept-Language": "ca"}) as visitor:
        await visitor.log_in()
        page = (await visitor.get())[1]
        assert "Avui, abans" in page
        assert (True, False) == ("Matinet" in page, "Ahir" in page)
        status, text, _ = await visitor.get("/sessions/yesterday/report")
        assert (404, True) == (status, "No hi ha cap informe" in text)  # nobody supervised it
        status, text, headers = await visitor.get("/sessions/almatret-1/report")
        assert (200, True) == (status, "Ajuntament" in text)
        assert "default-src 'none'" in headers["Content-Security-Policy"]
        visitor.http.cookie_jar.clear()
        assert "Ajuntament" not in (await visitor.get("/sessions/almatret-1/report"))[1]
