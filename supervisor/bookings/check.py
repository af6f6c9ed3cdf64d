"""What a daemon that starts now would make of all files and calendar files: asked before it starts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from supervisor.bookings.calendars import named, read_files
from supervisor.bookings.repeat import Window
from supervisor.bookings.watch import read_all
from supervisor.domain.claims import complaints
from supervisor.domain.diary import Diary

if TYPE_CHECKING:
    from collections.abc import Iterable

    from supervisor.bookings.watch import Outcome
    from supervisor.domain.claims import Complaint
    from supervisor.domain.events import BookingsRead
    from supervisor.settings import Settings


def precedence(settings: Settings) -> tuple[str, ...]:
    """The sources in the order in which they keep ids and rooms."""
    section = settings.bookings
    return (*(str(path) for path in section.files), *(name for name, _ in named(section.calendars)))


def read_everything(settings: Settings, now: float) -> tuple[Outcome, ...]:
    """Read the bookings' files and the calendars' files, once; nothing is fetched."""
    section = settings.bookings
    window = Window.around(now, section.timezone)
    return (*read_all(section.files, settings.all_kinds, window), *read_files(settings, window))


def broken_rules(settings: Settings, outcomes: Iterable[BookingsRead], now: float) -> tuple[list[str], list[str]]:
    """Review all bookings.

    Args:
        settings: The configuration with its rules.
        outcomes: What could be read.
        now: Seconds since the epoch.

    Returns:
        What is left out, and what is supervised all the same. A session that is over is not worth a word; one whose
        start is still to come is held to its notice, as if it were booked now.
    """
    diary = Diary(settings.bookings.house_rules, precedence(settings))
    for outcome in outcomes:
        diary.read(outcome.source, outcome.bookings, now, outcome.places)
    claims = {claim.booking.id: claim for told in diary.by_source.values() for claim in told}
    warned: list[Complaint] = []
    for booking in diary.bookings.values():
        if now < booking.end:
            warned += complaints(claims[booking.id], diary.agenda, diary.rules, now, made_now=now < booking.start)
    return [str(each) for each in diary.refused], [str(each) for each in warned]
