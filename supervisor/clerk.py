"""``jitsi-supervisor bookings``: bookings are listed, made, imported and cancelled, whether or not the daemon runs.

What is made goes into the store, where a running daemon sees it within a second or two. The rules and their words are
those of the API: both ask `supervisor.domain.booking_desk`.
"""

from __future__ import annotations

import argparse
import csv
import json
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from supervisor.bookings.check import precedence, read_everything
from supervisor.bookings.files import read_placed_bookings
from supervisor.bookings.repeat import Window
from supervisor.bookings.written import BookingsError
from supervisor.domain.booking_desk import MADE, Desk, ElsewhereError, House, NoBookingError, NotDoneError, Stock
from supervisor.domain.booking_rules import Weight
from supervisor.domain.booking_texts import from_texts, shown, words_of
from supervisor.domain.booking_words import KEYS, STREAM_KEYS
from supervisor.domain.diary import Diary
from supervisor.domain.events import BookingsUnreadable
from supervisor.kept import address
from supervisor.ports import BookingsMovedError, BookingsUnavailableError
from supervisor.store.failures import StoreUnusableError
from supervisor.store.shelf import Shelf

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from supervisor.domain.booking_desk import Done
    from supervisor.domain.booking_rules import Finding
    from supervisor.domain.bookings import Booking
    from supervisor.domain.records import BookingRemoved, BookingRow, Json
    from supervisor.settings import Settings

FINE, FAILED, USAGE = 0, 1, 2
BY = "command line"
TRIES = 20
FLAGS = ("lobby", "attendance", "stream.jibri")
"""Words that are said without a value."""
LISTS = {"contacts": "contact", "expected": "expect"}
"""Words of which there may be several: each is said on its own."""
WORDS = tuple(
    key for each in KEYS for key in ([each] if each != "stream" else [f"stream.{key}" for key in STREAM_KEYS])
)
COLUMNS = ("id", "origin", "room", "kind", "start", "duration", "title", "organisation", "language", "limit")
FORMATS = (".toml", ".csv")

T = TypeVar("T")


def add_options(command: argparse.ArgumentParser, config: Callable[[argparse.ArgumentParser], None]) -> None:
    """Describe the commands. ``config`` adds the option that names the configuration."""
    actions = command.add_subparsers(dest="action", required=True, metavar="COMMAND")
    listing = actions.add_parser("list", help="list all bookings, wherever they are from")
    listing.add_argument("--format", choices=("text", "json", "csv"), default="text")
    adding = actions.add_parser("add", help="make a booking; each option is a word of a booking")
    for word in WORDS:
        _add_word(adding, word)
    importing = actions.add_parser("import", help="make all bookings of a file, or none of them")
    importing.add_argument("file", type=Path, metavar="FILE", help="a .toml or .csv file of bookings")
    removing = actions.add_parser("remove", help="cancel a booking that was made over HTTP or by command")
    removing.add_argument("id", metavar="ID")
    for each in (listing, adding, importing, removing):
        config(each)


def _add_word(command: argparse.ArgumentParser, word: str) -> None:
    option = "--" + LISTS.get(word, word).replace("_", "-").replace(".", "-")
    if word in FLAGS:
        command.add_argument(option, dest=word, action=argparse.BooleanOptionalAction, default=None)
    elif word in LISTS:
        command.add_argument(option, dest=word, action="append", metavar="TEXT", help="may be given several times")
    else:
        command.add_argument(option, dest=word, metavar="TEXT")


def run(settings: Settings, options: argparse.Namespace) -> int:
    """Do what the options say. Returns the exit code."""
    actions: dict[str, Callable[[Clerk], int]] = {
        "list": lambda clerk: clerk.list(options.format),
        "add": lambda clerk: clerk.add({w: v for w in WORDS if (v := getattr(options, w)) is not None}),
        "import": lambda clerk: clerk.take_over(options.file),
        "remove": lambda clerk: clerk.remove(options.id),
    }
    try:
        shelf = Shelf.open(address(settings))
    except (StoreUnusableError, OSError) as error:
        _complain([str(error)])
        return FAILED
    try:
        return actions[options.action](Clerk(settings, shelf, time.time()))
    except NotDoneError as error:
        _complain(_said(error.findings))
        return USAGE if error.wrong_words else FAILED
    except BookingsError as error:
        _complain(error.problems)
        return USAGE
    except (NoBookingError, ElsewhereError) as error:
        _complain([str(error)])
        return FAILED
    except BookingsUnavailableError as error:
        _complain([f"the store can't be read or written at present: {error}"])
        return FAILED
    finally:
        shelf.close()


class Clerk:
    """Does one command. ``now``: seconds since the epoch."""

    def __init__(self, settings: Settings, shelf: Shelf, now: float) -> None:
        self._settings = settings
        self._shelf = shelf
        self._now = now
        self._house = House(settings.all_kinds, settings.bookings.house_rules)

    def list(self, style: str) -> int:
        """Show all bookings that are in force."""
        stock = self._stock()
        diary = Diary(self._house.rules, precedence(self._settings))
        for outcome in read_everything(self._settings, self._now):
            if isinstance(outcome, BookingsUnreadable):
                _complain(outcome.problems)
            else:
                diary.read(outcome.source, outcome.bookings, self._now, outcome.places)
        diary.read(MADE, stock.bookings.values(), self._now)
        _complain(stock.problems)
        known = sorted(diary.known(), key=lambda each: (each[1].start, each[1].id))
        _show([shown(booking, origin) for origin, booking in known], style)
        return FINE

    def add(self, texts: Mapping[str, object]) -> int:
        """Make a booking, and say its id."""
        words = from_texts(texts)
        (done,) = self._wish(lambda desk: [desk.make(words)], lambda made: [each.change for each in made])
        self._made([done])
        return FINE

    def take_over(self, path: Path) -> int:
        """Make all bookings of a file."""
        if path.suffix.lower() not in FORMATS:
            raise BookingsError((f"{path}: is neither .toml nor .csv; calendars belong into [bookings] calendars",))
        window = Window.around(self._now, self._settings.bookings.timezone)
        written = read_placed_bookings(path, self._house.kinds, window)
        _complain(written.notes)
        many = [words_of(placed.booking) for placed in written.bookings]
        self._made(self._wish(lambda desk: desk.make_all(many), lambda made: [each.change for each in made]))
        return FINE

    def remove(self, id_: str) -> int:
        """Cancel a booking."""
        self._wish(lambda desk: desk.cancel(id_), lambda order: [order])
        return FINE

    def _wish(self, wish: Callable[[Desk], T], changes: Callable[[T], Sequence[BookingRow | BookingRemoved]]) -> T:
        """Consider a wish and store what follows; anew where somebody was faster."""
        others = self._others()
        for _ in range(TRIES):
            stock = self._stock()
            granted = wish(Desk(self._house, stock, others, self._now, BY))
            try:
                self._shelf.change(changes(granted), stock.revision)
            except BookingsMovedError:
                continue
            return granted
        raise BookingsUnavailableError("others change bookings all the time; try again")

    def _stock(self) -> Stock:
        return Stock.of(*self._shelf.read(), self._house.kinds)

    def _others(self) -> dict[str, tuple[str, Booking]]:
        """The bookings of files and calendar files. One that can't be read holds nothing up: the daemon tells of it."""
        found: dict[str, tuple[str, Booking]] = {}
        for outcome in read_everything(self._settings, self._now):
            if not isinstance(outcome, BookingsUnreadable):
                for booking in outcome.bookings:
                    found.setdefault(booking.id, (outcome.source, booking))
        return found

    def _made(self, done: Iterable[Done]) -> None:
        for each in done:
            sys.stdout.write(f"{each.booking.id}\n")
            _complain(f"{each.booking.id}: {line}" for line in _said(each.warnings))


def _show(bookings: Sequence[Mapping[str, Json]], style: str) -> None:
    if style == "json":
        json.dump(list(bookings), sys.stdout, ensure_ascii=False, indent=2)
        sys.stdout.write("\n")
    elif style == "csv":
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows([_cell(booking[column]) for column in COLUMNS] for booking in bookings)
    else:
        for booking in bookings:
            facts = (booking[key] for key in ("start", "duration", "id", "room", "kind", "title", "origin"))
            sys.stdout.write("  ".join(_cell(fact) or "-" for fact in facts) + "\n")


def _cell(value: Json) -> str:
    """A value for a table. A spreadsheet would reckon with what begins like a formula."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(("=", "+", "-", "@")) else text


def _said(findings: Iterable[Finding]) -> list[str]:
    notes = {Weight.WARNING: "warning: ", Weight.REFUSAL: ""}
    return [f"{notes[finding.weight]}{finding.key}: {finding.text}" for finding in findings]


def _complain(lines: Iterable[str]) -> None:
    for line in lines:
        sys.stderr.write(f"{line}\n")
