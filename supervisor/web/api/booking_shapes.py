"""Bookings as the API takes and answers them.

What a booking's words may be is `supervisor.domain.booking_words`' business, so that everybody reads the same text;
here they are only described.
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import ConfigDict, Field, WithJsonSchema

from supervisor.web.api.shapes import Answer, Broken, Next, Total
from supervisor.web.api.values import BookingId, Given, Page, Shown, Wanted

ID = "^[A-Za-z0-9._-]{1,128}$"
DURATION = r"^(?=[0-9])([0-9]{1,10}h)?([0-9]{1,10}m)?([0-9]{1,10}s)?$"


LastingShown = Annotated[str, WithJsonSchema({"type": "string", "pattern": DURATION, "examples": ["1h30m"]})]


def _word(about: str, schema: dict[str, Any], **more: Any) -> Any:
    """A word of a booking: taken as it comes, described as it has to be."""
    return Field(default=None, description=about, json_schema_extra={**schema, **more})


def _closed(schema: dict[str, Any]) -> None:
    """Others than these are refused, by whoever reads the words; what is not given has no value."""
    schema["additionalProperties"] = False
    for described in schema["properties"].values():
        described.pop("default", None)


def _needed(schema: dict[str, Any]) -> None:
    _closed(schema)
    schema["required"] = ["room", "kind", "start"]
    schema["examples"] = [
        {
            "room": "plealmatret",
            "kind": "plenary",
            "title": "Ple ordinari de setembre",
            "start": "2026-09-03T19:00:00+02:00",
            "duration": "2h",
            "stream": {"youtube": "dQw4w9WgXcQ"},
        }
    ]


_TEXT: dict[str, Any] = {"type": "string", "maxLength": 300}
_ROOM: dict[str, Any] = {"type": "string", "pattern": r"^(\[[A-Za-z0-9-]+\])?[A-Za-z0-9]+$", "maxLength": 1000}
_NAME: dict[str, Any] = {"type": "string", "pattern": "^[a-z0-9._-]{1,64}$"}
_PEOPLE: dict[str, Any] = {"type": "integer", "minimum": 1, "maximum": 10_000}
_FLAG: dict[str, Any] = {"type": "boolean"}
_DURATION: dict[str, Any] = {"type": "string", "pattern": DURATION}
_STREAM: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "youtube": {"type": "string", "pattern": "^[A-Za-z0-9_-]{1,64}$", "description": "The video's id."},
        "hls": {"type": "string", "format": "uri", "description": "Address of a playlist."},
        "jibri": {"type": "boolean", "description": "A Jibri of the server."},
        "ingest": {"type": "string", "description": "Name under which the encoder publishes. It is never shown."},
        "obs": {"type": "string", "pattern": "^[a-z0-9._-]{1,64}$", "description": "NAME of `[streams.obs.NAME]`."},
    },
}


class BookingWords(Wanted):
    """The words of a booking, the same as in a file."""

    model_config = ConfigDict(extra="allow", json_schema_extra=_needed)

    id: Any = _word(
        "Unique among all bookings; made of room and day where it is absent.", {"type": "string", "pattern": ID}
    )
    room: Any = _word("Letters and digits, with its tenant as `[tenant]room`.", _ROOM)
    kind: Any = _word("A configured kind.", {"type": "string"}, examples=["plenary"])
    start: Any = _word("With its offset from UTC.", {"type": "string", "format": "date-time"})
    duration: Any = _word("Needed but for rooms that are always open.", _DURATION, examples=["2h"])
    title: Any = _word("What the session is called.", _TEXT)
    organisation: Any = _word("Whose session it is.", _TEXT)
    language: Any = _word("How its people are addressed.", {"type": "string", "enum": ["ca", "es", "en", "it"]})
    limit: Any = _word("Recommended most people; else the kind's.", _PEOPLE)
    stream: Any = _word("Where the stream can be observed.", _STREAM)
    channel: Any = _word("NAME of `[bookings.channels.NAME]`.", _NAME)
    password: Any = _word("The room's PIN. It is never shown.", {"type": "string", "minLength": 1, "maxLength": 128})
    lobby: Any = _word("The room opens with a lobby.", _FLAG)
    max_occupants: Any = _word("Most occupants that the server lets in.", _PEOPLE)
    contacts: Any = _word(
        "Mail addresses and telephone numbers that are written to. They are never shown.",
        {"type": "array", "maxItems": 200, "items": {"type": "string"}},
    )
    reminder: Any = _word("How long before the start contacts are reminded.", _DURATION)
    quorum: Any = _word("Fewest people with whom the session may decide.", _PEOPLE)
    attendance: Any = _word("Whether names may be noted.", _FLAG)
    expected: Any = _word(
        "Names of those who should come; only with attendance. They are never shown.",
        {"type": "array", "maxItems": 200, "items": {"type": "string"}},
    )

    @property
    def words(self) -> dict[str, Any]:
        """Those that were given, the unknown ones too."""
        given = {name: value for name, value in self.__dict__.items() if name in self.model_fields_set}
        return {**given, **(self.model_extra or {})}


class BookingChange(BookingWords):
    """Some words of a booking: those that are not given stay, null removes one."""

    model_config = ConfigDict(extra="allow", json_schema_extra=_closed)


class BookingsWanted(Page):
    """Which bookings."""

    room: str | None = Field(default=None, description="Of this room only, with its tenant as `[tenant]room`.")
    from_: Given | None = Field(default=None, alias="from", description="Those that are not over at this instant.")
    to: Given | None = Field(default=None, description="Those that begin before this instant.")


class Witnesses(Answer):
    """Where the stream can be observed."""

    youtube: str | None
    hls: str | None
    jibri: bool
    obs: str | None


class Booking(Answer):
    """A booking. Its password, its contacts, the names expected and its ingest's name can be set, and are not shown."""

    id: BookingId
    origin: str = Field(
        description="`made` where it was made here; else the file or calendar in which it is changed.",
        examples=["made"],
    )
    room: str = Field(examples=["plealmatret"])
    kind: str = Field(examples=["plenary"])
    title: str
    organisation: str
    start: Shown
    end: Shown | None = Field(description="Null for a room that is always open.")
    duration: LastingShown | None
    language: str
    limit: int = Field(description="Recommended most people.")
    stream: Witnesses
    channel: str | None
    lobby: bool
    max_occupants: int | None
    reminder: LastingShown
    quorum: int | None
    attendance: bool
    has_password: bool
    has_ingest: bool
    contacts: int = Field(description="How many there are.")
    expected: int = Field(description="How many there are.")


class BookingDone(Booking):
    """A booking that was made or changed."""

    warnings: list[Broken] = Field(description="Rules that it breaks and that only warn.")


class BookingList(Answer):
    """A page of bookings, by their start."""

    bookings: list[Booking]
    total: Total
    next_offset: Next
