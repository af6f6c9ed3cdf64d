"""The words of the printed report, and how instants and durations are spelled in each language."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING

from babel.dates import format_date, format_time

from supervisor.domain.chronicle import MODERATOR
from supervisor.domain.text import N_

if TYPE_CHECKING:
    from collections.abc import Callable

WORDS = {
    "title": N_("Session report"),
    "provisional": N_("The session is not over: this report is provisional."),
    "damaged": N_("ATTENTION: the record was changed after it was written. Do not rely on this report."),
    "room": N_("Room"),
    "kind": N_("Kind of session"),
    "booked": N_("Booked"),
    "held": N_("People in the room"),
    "watched": N_("Supervised"),
    "language": N_("Language"),
    "local": N_("All times are local (%(zone)s), as hours:minutes:seconds."),
    "nobody": N_("Nobody was seen in the room."),
    "still": N_("still going on"),
    "summary": N_("Summary"),
    "peak": N_("Most people at once"),
    "recommended": N_("recommended: no more than %(limit)d"),
    "over_limit": N_("Time above the recommended number"),
    "stream_up": N_("Live stream seen by the public"),
    "stream_down": N_("Live stream interrupted"),
    "no_stream": N_("There was no live stream."),
    "interruptions": N_("Interruptions of the live stream"),
    "paused_for": N_("Session paused"),
    "times": N_("%(count)d ×"),
    "preflight": N_("Check before the start"),
    "check_ok": N_("ready"),
    "check_wrong": N_("not ready"),
    "check_unknown": N_("not known"),
    "was_wrong": N_("%(state)s since %(since)s, not before"),
    "picture": N_("The session at a glance"),
    "booked_marks": N_("booked start and end"),
    "people_axis": N_("People in the room"),
    "limit_line": N_("recommended limit: %(limit)d"),
    "stream_axis": N_("Live stream"),
    "alerts_axis": N_("Other incidents"),
    "pauses_axis": N_("Session paused"),
    "state_off": N_("no stream"),
    "state_up": N_("live"),
    "state_bad": N_("live, but bad"),
    "state_doubt": N_("doubt, not confirmed"),
    "state_down": N_("INTERRUPTED"),
    "state_unknown": N_("not known"),
    "no_interruptions": N_("The live stream was not interrupted."),
    "nature": N_("What happened"),
    "from": N_("From"),
    "to": N_("To"),
    "lasted": N_("Lasted"),
    "detected": N_("Detected"),
    "told": N_("Told"),
    "acknowledged": N_("Acknowledged"),
    "paused": N_("Paused"),
    "resumed": N_("Resumed"),
    "from_note": N_("“From” is the last moment at which the stream was seen well; “to”, when the public saw it again."),
    "others": N_("Other incidents"),
    "no_others": N_("There were no others."),
    "pauses": N_("Pauses"),
    "by": N_("by"),
    "moderators": N_("moderators"),
    "everybody": N_("everybody"),
    "moderator": N_("moderator %(id)s"),
    "a_moderator": N_("a moderator"),
    "nobody_told": N_("nobody in the room"),
    "no": N_("no"),
    "until_end": N_("not seen to end"),
    "unknown": N_("What is not known"),
    "unknown_note": N_("The supervision did not see the following at these times. It cannot say what happened then."),
    "no_unknown": N_("The supervision saw the room and the live stream all the time."),
    "gap_supervisor": N_("everything: the supervision itself was not running"),
    "gap_room": N_("the room and its people"),
    "gap_stream": N_("the live stream"),
    "side_encoder": N_("on the encoder's side"),
    "side_platform": N_("on the platform's side"),
    "side_viewers": N_("on the viewers' side"),
    "attached": N_("The report of %(title)s is attached. Its seal: %(head)s"),
    "seal": N_("Seal"),
    "seal_whole": N_("The record has %(entries)d entries and was whole when this was made. Its seal:"),
    "seal_note": N_(
        "The seal depends on every entry of the record: if one is changed afterwards, the seal is another. So keep "
        "this page. It does not prove who made the record."
    ),
    "privacy": N_(
        "No name, address or voice of a person is in the record. A moderator is written as the room's own sign for "
        "them, which is another one in each meeting."
    ),
    "checked_not_confirmed": N_("Doubt about the live stream, checked and not confirmed"),
}

MONITORS = {
    "ParticipantLimit": N_("More people than recommended"),
    "StreamNotStarted": N_("The live stream had not been started"),
    "StreamInterrupted": N_("Live stream interrupted"),
    "StreamDegraded": N_("The live stream ran badly"),
    "StreamSelfStop": N_("All were muted; the recorder was about to end the stream"),
    "WrongBroadcast": N_("The public page did not show this session live"),
    "StreamBlind": N_("Nothing was known about the live stream"),
    "ModeratorAbsent": N_("No moderator in the room"),
    "RecordingForbidden": N_("The session was recorded where that is forbidden"),
    "RecordingMissing": N_("No recorder where one is owed"),
    "RoomUnprotected": N_("The room had neither a password nor a lobby"),
    "LobbyUnattended": N_("Somebody waited in the lobby for too long"),
    "SessionNotStarted": N_("The session had not begun at the booked time"),
    "SessionOverrun": N_("The session ran beyond its booked end"),
    "QuorumLost": N_("Fewer people than the quorum"),
    "RoomCollision": N_("The room was booked twice, or in use by somebody else"),
    "FocusMissing": N_("The conference server had left the room"),
    "JibriUnavailable": N_("No recorder was free for the live stream"),
    "Preflight": N_("Before the start, something was not ready"),
    "BridgeUnhealthy": N_("The video bridges were not well"),
}
"""What a secretary reads for a monitor; one that is not here is shown by its name."""

ITEMS = {
    "recorder": N_("Recorder for the live stream"),
    "broadcast": N_("Announced broadcast"),
    "public": N_("Visibility of the broadcast"),
    "stream key": N_("Stream key of the broadcast"),
    "time": N_("Planned time of the broadcast"),
    "title": N_("Title of the broadcast"),
    "people": N_("Somebody who can be reached"),
    "HLS": N_("Playlist of the live stream"),
    "OBS": N_("OBS of the town"),
}
"""What is looked at before the start; see `supervisor.domain.preflight`."""

KINDS = {
    "plenary": N_("plenary session"),
    "test": N_("test session"),
    "unsupported": N_("session without support"),
    "appointment": N_("video appointment"),
}
LANGUAGES = {"ca": "català", "es": "español", "en": "English", "it": "italiano"}


@dataclass(frozen=True, slots=True)
class Words:
    """One language at one place.

    Attributes:
        language: Its code, also babel's.
        translate: Its gettext function.
        zone: The place's offset from UTC.
        day: Instant whose day needs no mention.
    """

    language: str
    translate: Callable[[str], str]
    zone: timezone
    day: float

    def say(self, key: str, **params: str | float) -> str:
        """A text of `WORDS`."""
        return self.translate(WORDS[key]) % params if params else self.translate(WORDS[key])

    def monitor(self, name: str) -> str:
        """What happened, by the rule that saw it."""
        return self.translate(MONITORS[name]) if name in MONITORS else name

    def item(self, name: str) -> str:
        """What was looked at before the start."""
        return self.translate(ITEMS[name]) if name in ITEMS else name

    def check(self, state: str) -> str:
        """How it stood."""
        return self.say(f"check_{state}") if f"check_{state}" in WORDS else state

    def kind(self, name: str) -> str:
        """A kind of session; one of the operator's own is shown as it is called."""
        return self.translate(KINDS[name]) if name in KINDS else name

    def whom(self, whom: str) -> str:
        """A sort of people."""
        return self.say(whom) if whom in {"moderators", "everybody"} else whom

    def who(self, by: str) -> str:
        """Who did something."""
        if by == f"a{MODERATOR[:1]}moderator":
            return self.say("a_moderator")
        return self.say("moderator", id=by.removesuffix(MODERATOR)) if by.endswith(MODERATOR) else by

    def date(self, instant: float) -> str:
        """A day in words: ``dijous, 3 de setembre del 2026``."""
        return str(format_date(self._local(instant), format="full", locale=self.language))

    def clock(self, instant: float | None) -> str:
        """A time of day with its seconds, and with its day where that is another."""
        if instant is None:
            return "–"
        local = self._local(instant)
        text = str(format_time(local, "HH:mm:ss", locale=self.language))
        if local.date() != self._local(self.day).date():
            return f"{format_date(local, format='short', locale=self.language)} {text}"
        return text

    def minutes(self, instant: float) -> str:
        """A time of day without seconds."""
        return str(format_time(self._local(instant), "HH:mm", locale=self.language))

    @property
    def offset(self) -> str:
        """The zone: ``UTC+02:00``."""
        return f"{self._local(self.day):UTC%z}"[:6] + ":" + f"{self._local(self.day):%z}"[3:5]

    def _local(self, instant: float) -> datetime:
        return datetime.fromtimestamp(instant, UTC).astimezone(self.zone)


def lasting(seconds: float) -> str:
    """A duration in units that all four languages write alike: ``1 h 03 min 12 s``."""
    whole = round(seconds)
    hours, minutes, rest = whole // 3600, whole // 60 % 60, whole % 60
    if hours:
        return f"{hours} h {minutes:02d} min {rest:02d} s"
    return f"{minutes} min {rest:02d} s" if minutes else f"{rest} s"


def zone(utc_offset: float) -> timezone:
    """The offset as Python has it."""
    return timezone(timedelta(seconds=utc_offset))
