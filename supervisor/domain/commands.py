"""What is to be done. The engine gives these orders; adapters carry them out and answer with events."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from supervisor.domain.bookings import Booking
    from supervisor.domain.changes import Change


class Audience(StrEnum):
    """Whom of a room a notice is for; OCCUPANTS are those named. Focus and recorders are never meant."""

    MODERATORS = "moderators"
    EVERYBODY = "everybody"
    OCCUPANTS = "occupants"


@dataclass(frozen=True, slots=True)
class Watch:
    """Join this room as a watcher, and go on watching its name until told otherwise.

    ``media``: everybody's media states are wanted, too; ``names``: their names as well. Another Watch of the same room
    replaces the first.
    """

    room: str
    media: bool = False
    names: bool = False


@dataclass(frozen=True, slots=True)
class Unwatch:
    """Leave this room."""

    room: str


@dataclass(frozen=True, slots=True)
class Notify:
    """Tell people of a room something.

    ``notice`` identifies the message (it becomes the stanza's id, and comes back in Told or NotTold), ``name`` is the
    sender's name that the client shows, ``since`` the instant of the fact that is told, for the delivery metric,
    ``nicks`` those who are meant by OCCUPANTS.
    """

    notice: str
    room: str
    audience: Audience
    name: str
    text: str
    since: float
    nicks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Record:
    """Something worth a line in the log: ``what`` a short event name, ``about`` its fields. Never a person's data."""

    what: str
    about: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Follow:
    """Let every witness that can see this booking's stream look at it, until Unfollow."""

    booking: Booking


@dataclass(frozen=True, slots=True)
class Unfollow:
    """The booking's stream is no longer of interest. ``booking`` is its id."""

    booking: str


@dataclass(frozen=True, slots=True)
class LookCloser:
    """Doubt has come up: witnesses that poll slowly shall look now and often, or (``doubt`` false) may rest again."""

    booking: str
    doubt: bool


@dataclass(frozen=True, slots=True)
class Keep:
    """Store this; what else was ordered with it is done when it is stored."""

    change: Change


@dataclass(frozen=True, slots=True)
class Retitle:
    """Set the room's title, in the room's own name; Retitled answers.

    With ``expected`` it is put back instead: only if that is the present title, and in the name of ``by``.
    """

    room: str
    text: str
    expected: str | None = None
    by: str = ""


@dataclass(frozen=True, slots=True)
class Moderate:
    """Turn audio moderation on or off in the name of a moderator, of any where ``nick`` is empty; Moderated answers."""

    room: str
    nick: str
    enable: bool


Command = Watch | Unwatch | Notify | Record | Follow | Unfollow | LookCloser | Keep | Retitle | Moderate
