"""The three forms of a report: pure, from a stored record to the bytes of a file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from supervisor.domain.chronicle import problems
from supervisor.report.account import account
from supervisor.report.document import document
from supervisor.report.page import page
from supervisor.report.table import table

if TYPE_CHECKING:
    from supervisor.domain.chronicle import Chronicle
    from supervisor.report.account import Account

Format = Literal["html", "json", "csv"]
FORMATS: tuple[Format, ...] = ("html", "json", "csv")
TYPES: dict[Format, str] = {"html": "text/html", "json": "application/json", "csv": "text/csv"}


@dataclass(frozen=True, slots=True)
class Rendered:
    """A file: its content, UTF-8 where it is text, its media type, its name, and the account that it tells.

    ``problems`` is what is wrong with the record; a page says so itself.
    """

    body: bytes
    content_type: str
    name: str
    account: Account
    problems: tuple[str, ...]


def render(chronicle: Chronicle, form: Format, language: str = "") -> Rendered:
    """Draw a report.

    Args:
        chronicle: As stored.
        form: Which.
        language: Of the page; the booking's if empty.

    Raises:
        UnreadableChronicleError: The record is empty or damaged beyond reading.
    """
    told = account(chronicle.session, chronicle.links)
    wrong = tuple(problems(chronicle))
    match form:
        case "html":
            text = page(told, wrong, language)
        case "json":
            text = document(told).model_dump_json(by_alias=True, indent=1) + "\n"
        case "csv":
            text = table(told)
    return Rendered(text.encode(), TYPES[form], f"{chronicle.session}.{form}", told, wrong)
