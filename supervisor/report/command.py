"""``jitsi-supervisor report``: reads the store beside the daemon, and writes a report or checks a record."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from supervisor.domain.chronicle import UnreadableChronicleError
from supervisor.report.formats import render
from supervisor.report.senders import write
from supervisor.report.verify import LARGEST, against, check, check_file
from supervisor.store.archive import NO_SESSION, Archive
from supervisor.store.failures import StoreUnusableError

if TYPE_CHECKING:
    from pathlib import Path

    from supervisor.domain.chronicle import Chronicle
    from supervisor.report.formats import Format
    from supervisor.report.verify import Finding


class ReportFailedError(Exception):
    """The text says why, and what to do."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the command line says.

    Attributes:
        what: A room, a booking's id, or for ``verify`` an exported file.
        form: Of the report.
        language: Of the page; the booking's if empty.
        output: Where to write; None for the standard output.
    """

    what: str
    form: Format = "html"
    language: str = ""
    output: Path | None = None


def write_report(address: str, wanted: Wanted) -> None:
    """Write a report.

    Args:
        address: Of the store.
        wanted: Which.

    Raises:
        ReportFailedError: There is none, or it can't be read or written.
    """
    chronicle = _find(address, wanted.what)
    try:
        rendered = render(chronicle, wanted.form, wanted.language)
    except UnreadableChronicleError as error:
        raise ReportFailedError(f"{chronicle.session}: {error}; see: report {chronicle.session} --verify") from None
    if wanted.output is None:
        sys.stdout.buffer.write(rendered.body)
        sys.stdout.buffer.flush()
    else:
        try:
            write(wanted.output, rendered.body)
        except OSError as error:
            raise ReportFailedError(f"{wanted.output}: {error.strerror or error}; nothing was written") from None
    if rendered.problems:
        raise ReportFailedError("\n".join(f"{chronicle.session}: {problem}" for problem in rendered.problems))


def verify_stored(address: str, what: str) -> str:
    """Check a stored record, and say that it is whole.

    Raises:
        ReportFailedError: It is not; one line for each problem.
    """
    return _whole(check(_find(address, what)))


def verify_file(path: Path, address: str | None) -> str:
    """Check an exported report, and where a store is given, that its record is the beginning of the one there.

    Raises:
        ReportFailedError: Something is wrong with it; one line for each problem.
    """
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST + 1)
    except OSError as error:
        raise ReportFailedError(f"{path}: {error.strerror or error}") from None
    found, held = check_file(content)
    said = _whole(found, str(path))
    if address is not None and held is not None:
        wrong = against(held, _find(address, found.session))
        if wrong:
            raise ReportFailedError("\n".join(f"{path}: {problem}" for problem in wrong))
        said += ", and the store has it"
    return said


def _find(address: str, what: str) -> Chronicle:
    """The record of the session of this id, else of the latest one of this room."""
    try:
        with Archive.open(address) as archive:
            session = archive.session(what)
            if session is not None:
                return archive.chronicle(session)
            erased = archive.gone(what)
    except StoreUnusableError as error:
        raise ReportFailedError(str(error)) from None
    raise ReportFailedError(f"{what[:200]}: {erased}" if erased else NO_SESSION.format(what=what[:200]))


def _whole(found: Finding, place: str = "") -> str:
    about = place or found.session
    if found.problems:
        raise ReportFailedError("\n".join(f"{about}: {problem}" for problem in found.problems))
    session = f"{found.session}, " if place else ""
    return f"{about}: whole, {session}{found.entries} entries, seal {found.head}"
