"""Session kinds: what is owed to a session. Kinds are data; these five ship, the configuration changes and adds."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

HIGHEST_LIMIT = 10_000
"""People: far above any Jitsi room; what is more is a slip of the hand."""


class StreamPolicy(StrEnum):
    """Whether a session of the kind goes out live."""

    REQUIRED = "required"
    OPTIONAL = "optional"
    FORBIDDEN = "forbidden"


class RecordingPolicy(StrEnum):
    """Whether a recorder may be in the room, or has to be."""

    REQUIRED = "required"
    ALLOWED = "allowed"
    FORBIDDEN = "forbidden"


class PasswordPolicy(StrEnum):
    """Whether the room is to be protected."""

    REQUIRED = "required"
    RECOMMENDED = "recommended"
    OPTIONAL = "optional"


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of session.

    Attributes:
        name: As bookings say it, e.g. ``plenary``.
        limit: Recommended most people in the room; above it the participants' own computers may collapse.
        stream: Whether it must, may or must not be streamed.
        recording: Whether the session must, may or must not be recorded.
        password: Whether the room needs a password or a lobby.
        support: Whether alerts may escalate to the support staff.
        pause_mutes: A pause turns Jitsi's audio moderation on: nobody but the moderators may unmute.
        interrupted_after: Seconds for which the loss of a stream that only one witness reports is checked, before the
            moderators are told to halt.
        interrupted_after_auto_stop: The same where the broadcast ends by itself soon after its encoder.
        always_open: A room without an end, such as a permanent one.
        lobby: Its rooms open with a lobby, where Jitsi asks us about them.
        confirmation: The booking's contacts get a confirmation when it is made.
        reminder: Seconds before the start at which they get a reminder with the link; 0 for none.
        preflight: Seconds before the start at which it is checked that the session can be streamed; 0 for never.
        preflight_notice: The booking's contacts are written what that check finds wrong.
        roll_call: It is noted for every participant whether connection, microphone and camera were seen to work.
        report: A report is made for the minutes when the session ends.
    """

    name: str
    limit: int
    stream: StreamPolicy
    recording: RecordingPolicy
    password: PasswordPolicy
    support: bool
    always_open: bool
    pause_mutes: bool = False
    interrupted_after: float = 60.0
    interrupted_after_auto_stop: float = 15.0
    lobby: bool = False
    confirmation: bool = False
    reminder: float = 0.0
    preflight: float = 0.0
    preflight_notice: bool = False
    roll_call: bool = False
    report: bool = False


_SHIPPED = (
    Kind(
        "plenary",
        limit=30,
        stream=StreamPolicy.REQUIRED,
        recording=RecordingPolicy.ALLOWED,
        password=PasswordPolicy.RECOMMENDED,
        support=True,
        always_open=False,
        # The public's right is at stake: half a minute of black is told, a hiccup of seconds only as being checked.
        interrupted_after=20.0,
        interrupted_after_auto_stop=10.0,
        preflight=900.0,
        report=True,
    ),
    Kind(
        "test",
        limit=30,
        stream=StreamPolicy.OPTIONAL,
        recording=RecordingPolicy.ALLOWED,
        password=PasswordPolicy.RECOMMENDED,
        support=True,
        always_open=False,
        roll_call=True,
    ),
    Kind(
        "unsupported",
        limit=30,
        stream=StreamPolicy.OPTIONAL,
        recording=RecordingPolicy.ALLOWED,
        password=PasswordPolicy.RECOMMENDED,
        support=False,
        always_open=False,
    ),
    Kind(
        "appointment",
        limit=5,
        stream=StreamPolicy.FORBIDDEN,
        recording=RecordingPolicy.FORBIDDEN,
        password=PasswordPolicy.REQUIRED,
        support=True,
        always_open=False,
        lobby=True,
        confirmation=True,
        reminder=600.0,
    ),
    Kind(
        "permanent",
        limit=50,
        stream=StreamPolicy.OPTIONAL,
        recording=RecordingPolicy.ALLOWED,
        password=PasswordPolicy.OPTIONAL,
        support=True,
        always_open=True,
    ),
)

DEFAULT_KINDS: Mapping[str, Kind] = MappingProxyType({kind.name: kind for kind in _SHIPPED})
