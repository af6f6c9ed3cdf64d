"""What the API takes, as pydantic models: parameters and bodies."""

from __future__ import annotations

from typing import Annotated, Any, Self

from pydantic import AfterValidator, ConfigDict, Field, StrictBool, model_validator

from supervisor.monitors import MONITORS
from supervisor.web.api.values import BookingId, Given, Lasting, Page, Wanted

NAMES = tuple(sorted(monitor.name for monitor in MONITORS))
LONGEST_MESSAGE = 500
"""Signs of a message to the moderators: what the room shows without cutting it."""
ONE_TIME = "give either until or duration"
ONE_MATCH = "give booking or monitor or both: a silence for everything would hide every trouble"


def _known(name: str) -> str:
    if name not in NAMES:
        raise ValueError(f"there is no such monitor; choose one of {', '.join(NAMES)}")
    return name


def _as_given(schema: dict[str, Any]) -> None:
    """Say in the schema what the validators see to. What is not given has no value, so no default is shown."""
    for described in schema["properties"].values():
        described.pop("default", None)
    schema["allOf"] = [
        {"anyOf": [{"required": ["booking"]}, {"required": ["monitor"]}]},
        {"oneOf": [{"required": ["until"]}, {"required": ["duration"]}]},
    ]
    schema["examples"] = [
        {"booking": "almatret-2026-09-03", "duration": "2h", "comment": "camera test with the technician"}
    ]


class ResumeWanted(Wanted):
    """How to resume."""

    force: StrictBool = Field(
        default=False, description="Resume though the stream is not verified: the public may see nothing."
    )


class MessageWanted(Wanted):
    """What to tell the moderators."""

    text: str = Field(
        min_length=1,
        max_length=LONGEST_MESSAGE,
        pattern=r"^[^\x00-\x1f\x7f-\x9f\ufffe\uffff]*[^\x00-\x20\x7f-\xa0\ufffe\uffff][^\x00-\x1f\x7f-\x9f\ufffe\uffff]*$",
        description="One line, as the moderators read it. Write it in their language.",
        examples=["The technician calls you in a minute."],
    )


class IncidentsWanted(Page):
    """Which incidents."""

    booking: BookingId | None = Field(default=None, description="Of this booking only.")
    since: Given | None = Field(default=None, description="Detected at this instant or later.")
    until: Given | None = Field(
        default=None, description="Detected before this instant. With it, pages do not shift as new incidents come."
    )


class SilenceWanted(Wanted):
    """For what, and for how long: `booking` or `monitor` or both, and `until` or `duration`."""

    model_config = ConfigDict(json_schema_extra=_as_given)

    booking: BookingId = Field(default="", description="This booking only.")
    monitor: Annotated[str, AfterValidator(_known), Field(json_schema_extra={"enum": list(NAMES)})] = Field(
        default="", description="This monitor only."
    )
    until: Given = Field(default=0.0, description="Its end: ahead of now, by 30 days at most.")
    duration: Lasting = Field(default=0.0, description="How long from now, 720h at most.", examples=["90m"])
    comment: str = Field(
        default="",
        max_length=200,
        pattern=r"^[^\x00-\x1f\x7f]*$",
        description="Why, on one line. It is stored: name no person.",
    )

    @model_validator(mode="after")
    def _whole(self) -> Self:
        given = self.model_fields_set
        if not given & {"booking", "monitor"}:
            raise ValueError(ONE_MATCH)
        if len(given & {"until", "duration"}) != 1:
            raise ValueError(ONE_TIME)
        return self
