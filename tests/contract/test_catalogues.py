"""Every text that can reach a person is in all four catalogues, translated, complete and short."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from babel.messages.pofile import read_po

from supervisor.alerts.wording import SENDER
from supervisor.domain.bookings import Language
from supervisor.i18n import LANGUAGES, translators
from supervisor.monitors import stream_interrupted

if TYPE_CHECKING:
    from babel.messages.catalog import Catalog

PACKAGE = Path(__file__).parents[2] / "supervisor"
LONGEST = 300  # characters: what a toast shows without being cut
WORST = {"d": "1000", "s": "23:59"}
PLACE = re.compile(r"%\((\w+)\)(\w)")

INTERRUPTIONS = {*stream_interrupted.BY_CAUSE.values(), *stream_interrupted.BY_SIDE.values()}
PAUSE = {"ca": "!pausa", "es": "!pausa", "it": "!pausa", "en": "!pause"}
RESUME = {"ca": "!reprèn", "es": "!reanudar", "it": "!riprendi", "en": "!resume"}


def marked(path: Path) -> list[str]:
    """The texts within N_(…) of a file."""
    calls = [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)]
    ours = [call for call in calls if isinstance(call.func, ast.Name) and call.func.id == "N_"]
    return [ast.literal_eval(call.args[0]) for call in ours]


MSGIDS = sorted({text for path in PACKAGE.rglob("*.py") for text in marked(path)})
EVERY_TEXT = [(language, msgid) for language in LANGUAGES for msgid in MSGIDS]
every_text = pytest.mark.parametrize(
    ("language", "msgid"), EVERY_TEXT, ids=[f"{language}-{msgid[:40]}" for language, msgid in EVERY_TEXT]
)
every_language = pytest.mark.parametrize("language", LANGUAGES)


@cache
def catalogue(language: str) -> Catalog:
    path = PACKAGE / "locale" / language / "LC_MESSAGES" / "supervisor.po"
    with path.open("rb") as file:
        return read_po(file, locale=language)


def worded(language: str, msgid: str) -> str:
    """The text with its places filled as long as they get."""
    return PLACE.sub(lambda place: WORST[place[2]], translators()[language](msgid))


def test_texts_were_found_at_all() -> None:
    assert SENDER in MSGIDS
    assert set(MSGIDS) > INTERRUPTIONS


def test_the_languages_of_bookings_are_those_of_the_catalogues() -> None:
    assert {str(language) for language in Language} == set(LANGUAGES)


@every_text
def test_every_text_is_translated(language: str, msgid: str) -> None:
    message = catalogue(language).get(msgid)
    assert message is not None
    assert message.string
    assert not message.fuzzy
    if language != "en":
        assert message.string != msgid


@every_text
def test_every_translation_has_the_same_places(language: str, msgid: str) -> None:
    assert sorted(PLACE.findall(msgid)) == sorted(PLACE.findall(translators()[language](msgid)))


@every_text
def test_every_text_is_short_enough_to_be_read_at_a_glance(language: str, msgid: str) -> None:
    assert len(worded(language, msgid)) < LONGEST


@every_text
def test_no_text_has_a_percent_sign_that_is_not_a_place(language: str, msgid: str) -> None:
    assert "%" not in PLACE.sub("", translators()[language](msgid))


@every_language
def test_no_catalogue_keeps_a_text_that_nobody_says(language: str) -> None:
    assert {message.id for message in catalogue(language) if message.id} == set(MSGIDS)


@every_language
def test_every_interruption_names_the_word_that_pauses(language: str) -> None:
    for msgid in INTERRUPTIONS:
        words = re.findall(r"![^\s.,:]+", worded(language, msgid))
        assert words == [PAUSE[language]]


@every_language
def test_the_recovery_names_the_word_that_resumes(language: str) -> None:
    assert re.findall(r"![^\s.,:]+", worded(language, stream_interrupted.BACK)) == [RESUME[language]]
