"""``[bookings]``: where bookings come from, and the house's rules about them."""

from __future__ import annotations

import datetime as dt  # noqa: TC003 - pydantic reads annotations at run time
from pathlib import Path  # noqa: TC003 - the same
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BeforeValidator, Field

from supervisor.domain.booking_rules import GUESSABLE, HouseRules, Weight
from supervisor.domain.bookings import Language
from supervisor.settings.values import Host, Listed, Seconds, Secret, Section, SomeSeconds, Unique

_RuleWeight = Literal["refuse", "warn", "off"]
_FILE = (".ics", ".ical", ".icalendar")


def _zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (ValueError, OSError):  # ZoneInfoNotFoundError is a KeyError
        found = False
    except KeyError:
        found = False
    else:
        found = bool(value)
    if not found:
        raise ValueError('is not the name of a time zone; write for example "Europe/Madrid"')
    return value


Zone = Annotated[str, AfterValidator(_zone)]


class Rules(Section):
    """``[bookings.rules]``: what each rule does to a booking that breaks it."""

    overlap: _RuleWeight = "refuse"
    channel: _RuleWeight = "refuse"
    channel_clash: _RuleWeight = "refuse"
    video_clash: _RuleWeight = "refuse"
    notice: _RuleWeight = "refuse"
    working_days: _RuleWeight = "refuse"
    password: _RuleWeight = "refuse"  # noqa: S105 - what the rule does
    past: _RuleWeight = "refuse"
    guessable: _RuleWeight = "warn"


class Channel(Section):
    """``[bookings.channels.NAME]``: a broadcast channel that several towns share, which bookings name."""

    notice: Seconds = 0.0


def _is_web(text: str) -> bool:
    return text.partition("://")[0].lower() in {"http", "https", "webcal", "webcals"} and "://" in text


def _table(value: Any) -> Any:
    """A calendar's address alone is a table of it."""
    return {"address": value} if isinstance(value, str) else value


def _address(value: Any) -> Any:
    # The text must not repeat the value: such an address is often a secret.
    text = value.get_secret_value()
    if _is_web(text):
        try:
            parts = urlsplit(text)
            whole = bool(parts.hostname) and parts.port != 0 and not any(sign.isspace() for sign in text)
        except ValueError:  # a port that is no number, or half an IPv6 address
            whole = False
    else:
        whole = "://" not in text and (text.startswith("/") or text.lower().endswith(_FILE))
    if not whole:
        raise ValueError(
            'is neither a web address nor the path of an .ics file; write for example "https://example.org/calendar.ics"'
        )
    return value


class Calendar(Section):
    """One of ``[[bookings.calendars]]``, or its address alone in a list. Who knows the address may read it: a secret.

    Attributes:
        address: A web address, or the path of a file.
        name: What it is called in logs and alerts; else the address's host, or the file.
        kind: The kind of events whose categories name none.
        language: How the people of its events are addressed, where an event does not say it.
        organisation: Whose events they are, where an event does not say it.
    """

    address: Annotated[Secret, AfterValidator(_address)]
    name: str | None = Field(default=None, min_length=1, max_length=64)
    kind: str = "unsupported"
    language: Language = Language.CATALAN
    organisation: str = ""

    @property
    def url(self) -> str | None:
        """Where to fetch it, or None for a file."""
        text = self.address.get_secret_value()
        if not _is_web(text):
            return None
        scheme, _, rest = text.partition("://")
        return f"{'http' if scheme.lower() == 'http' else 'https'}://{rest}"

    @property
    def path(self) -> str:
        """Its file, where it is one."""
        return self.address.get_secret_value()


class Bookings(Section):
    """``[bookings]``.

    Attributes:
        files: TOML and CSV files.
        calendars: iCalendar feeds and files.
        calendar_interval: Seconds between two looks at a calendar.
        sites: Hosts of the Jitsi whose rooms are meant by addresses in calendars; empty for any.
        timezone: Where times without an offset are meant, and where repeated bookings keep their clock time.
        holidays: Days that are no working days.
        guessable: Room names that are easily guessed.
        unbooked: What happens to rooms without a booking.
        rules: What each rule does.
        channels: Name to the shared broadcast channel.
    """

    files: Annotated[tuple[Path, ...], Listed, Unique] = ()
    calendars: Annotated[tuple[Annotated[Calendar, BeforeValidator(_table)], ...], Listed] = Field(
        default=(), repr=False
    )
    calendar_interval: SomeSeconds = 300.0
    sites: Annotated[tuple[Host, ...], Listed, Unique] = ()
    timezone: Zone = "Europe/Madrid"
    holidays: Annotated[tuple[dt.date, ...], Listed, Unique] = ()
    guessable: Annotated[tuple[str, ...], Listed] = GUESSABLE
    unbooked: Literal["allow", "warn", "refuse"] = "allow"
    rules: Rules = Rules()
    channels: dict[str, Channel] = Field(default={})

    @property
    def house_rules(self) -> HouseRules:
        """The rules, as those who apply them read them."""
        said = {name: getattr(self.rules, name) for name in Rules.model_fields}
        return HouseRules(
            channels={name: channel.notice for name, channel in self.channels.items()},
            holidays=frozenset(self.holidays),
            guessable=tuple(name.lower() for name in self.guessable),
            weights={name: None if word == "off" else Weight(word) for name, word in said.items()},
        )
