"""The report as a page to be printed on A4: one file, no script, nothing that is fetched."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from jinja2 import Environment, PackageLoader, StrictUndefined

from supervisor.i18n import translators
from supervisor.report.picture import letter, picture
from supervisor.report.words import LANGUAGES, Words, lasting, zone

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from supervisor.report.account import Account


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("supervisor.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["lasting"] = lasting
    environment.filters["letter"] = letter
    return environment


@cache
def _translators() -> dict[str, Callable[[str], str]]:
    return translators()


def page(account: Account, problems: Sequence[str], language: str = "") -> str:
    """Draw it.

    Args:
        account: Of the session.
        problems: What is wrong with its record, as `supervisor.domain.chronicle.problems` says.
        language: One of the catalogues'; the booking's if empty.
    """
    words = words_of(account, language)
    template = _environment().get_template("report.html")
    return template.render(a=account, w=words, p=picture(account, words), problems=problems, languages=LANGUAGES)


def words_of(account: Account, language: str = "") -> Words:
    """The words of a language, the booking's if empty, with the times of its place."""
    chosen, facts = language or account.facts.language, account.facts
    if chosen not in LANGUAGES:
        chosen = "en"
    return Words(chosen, _translators()[chosen], zone(facts.utc_offset), facts.start)
