"""Finds what was changed in a record or in a report that was exported: pure."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from supervisor.domain.chronicle import Chronicle, UnreadableChronicleError, problems
from supervisor.report.account import account
from supervisor.report.document import chain, document
from supervisor.report.shape import Report

if TYPE_CHECKING:
    from collections.abc import Sequence

LARGEST = 64 * 1024 * 1024
"""Bytes of an exported report; a session of three days with people coming and going has a tenth."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check found; ``problems`` is empty if all is whole."""

    session: str
    entries: int
    head: str
    problems: tuple[str, ...]


def check(chronicle: Chronicle) -> Finding:
    """Check a record as it is stored."""
    found = problems(chronicle)
    last = chronicle.links[-1].hash if chronicle.links else ""
    return Finding(chronicle.session, len(chronicle.links), last, tuple(found))


def check_file(content: bytes) -> tuple[Finding, Chronicle | None]:
    """Check an exported report: its chain, and that every figure in it follows from the chain.

    Args:
        content: Of the file, whatever it is.

    Returns:
        What was found, and the chain that it holds; None where it holds none.
    """
    if len(content) > LARGEST:
        return _nonsense(f"the file is larger than {LARGEST} bytes; no report is")
    try:
        report = Report.model_validate_json(_plain(content))
        held = chain(report)
    except (ValueError, KeyError, RecursionError) as error:
        return _nonsense(f"the file is no report of this format: {_why(error)}")
    found = check(held)
    if found.problems:
        return found, held
    try:
        expected = document(account(held.session, held.links))
    except UnreadableChronicleError as error:
        return replace(found, problems=(str(error),)), held
    wrong = _differences(expected.model_dump(by_alias=True), report.model_dump(by_alias=True))
    return replace(found, problems=tuple(wrong)), held


def against(held: Chronicle, stored: Chronicle) -> tuple[str, ...]:
    """Whether an exported chain is a beginning of the one that is stored now."""
    if stored.links[: len(held.links)] == held.links:
        return ()
    return ("the record in the store is not the one that the file holds",)


def _nonsense(why: str) -> tuple[Finding, None]:
    return Finding("", 0, "", (why,)), None


def _plain(content: bytes) -> bytes:
    """The same content, if no object has a key twice: a reader would see the first, and a check the last."""

    def once(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
        keys = [key for key, _ in pairs]
        if len(set(keys)) != len(keys):
            raise ValueError("an object has a key twice")
        return dict(pairs)

    json.loads(content, object_pairs_hook=once)
    return content


def _why(error: Exception) -> str:
    if isinstance(error, ValidationError):
        first = error.errors(include_url=False, include_input=False)[0]
        return f"{'.'.join(map(str, first['loc']))}: {first['msg']}"
    return str(error)[:200]


def _differences(expected: dict[str, Any], given: dict[str, Any]) -> list[str]:
    """The sections that do not follow from the record."""
    return [
        f"{section} is not what follows from the record" for section in expected if expected[section] != given[section]
    ]
