"""What unit tests are made of: bookings, occupants, sessions, an engine with a clock in the test's hand."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from math import inf
from typing import Any

from supervisor.alerts.desk import Policy, Thresholds, Watchword
from supervisor.alerts.lifecycle import Rule
from supervisor.alerts.outside import Outside
from supervisor.alerts.wording import Wording
from supervisor.domain import events as ev
from supervisor.domain.bookings import Booking, Language, StreamSource
from supervisor.domain.commands import Command, Notify, Record
from supervisor.domain.evidence import Evidence, Side, Word
from supervisor.domain.kinds import DEFAULT_KINDS
from supervisor.domain.occupants import JIBRI, TRANSCRIBER, Occupant, RecordingStatus, Site, Status
from supervisor.domain.reading import Monitor, ServerMonitor
from supervisor.domain.records import Saved
from supervisor.domain.room_state import RoomState
from supervisor.engine import XMPP, Engine
from supervisor.monitors import MONITORS
from supervisor.monitors.participant_limit import ParticipantLimit
from supervisor.monitors.stream_interrupted import StreamInterrupted

MUC = "conference.meet.test"
ROOM = f"sala1@{MUC}"
SITE = Site("focus@auth.meet.test", "hidden.meet.test")
START = 1_788_454_800.0
GRACE = 8.0
OUTSIDE = StreamSource(youtube="dQw4w9WgXcQ", hls="https://tv.test/live.m3u8")
SIDES = {
    "jibri": Side.ENCODER,
    "obs": Side.ENCODER,
    "ingest": Side.ENCODER,
    "youtube owner": Side.PLATFORM,
    "youtube public": Side.PLATFORM,
    "hls": Side.VIEWERS,
}
USUAL: tuple[Monitor, ...] = (ParticipantLimit(), StreamInterrupted())
EVERY: tuple[Monitor, ...] = tuple(monitor() for monitor in MONITORS)
OF_STREAMS = tuple(monitor for monitor in EVERY if monitor.name.startswith(("Stream", "Wrong")))


def booking(**changes: Any) -> Booking:
    usual: dict[str, Any] = {
        "id": "almatret-1",
        "room": "sala1",
        "tenant": None,
        "kind": DEFAULT_KINDS["plenary"],
        "title": "Ple",
        "organisation": "Ajuntament",
        "start": START,
        "duration": 7200.0,
        "language": Language.ENGLISH,
        "limit": 30,
        "stream": StreamSource(jibri=True),
        "utc_offset": 7200.0,
    }
    return Booking(**{**usual, **changes})


def person(nick: str, role: str = "participant", **changes: Any) -> Occupant:
    return Occupant(nick=nick, jid=f"{nick}-uuid@meet.test/r", role=role, **changes)


def people(count: int) -> tuple[Occupant, ...]:
    return tuple(person(f"p{n}", "moderator" if n == 0 else "participant") for n in range(count))


def focus(status: RecordingStatus | None = None, visitors: int | None = None) -> Occupant:
    jid = "focus@auth.meet.test/focus"
    return Occupant("focus", jid, "moderator", "owner", recording=status, visitors=visitors)


def recorder(session_id: str = "s1", nick: str = "jibri1", mode: str = "stream") -> Occupant:
    jid = "recorder@hidden.meet.test/x"
    return Occupant(nick, jid, features=frozenset({JIBRI}), session_id=session_id, mode=mode)


def transcriber() -> Occupant:
    return Occupant("trans1", "transcriber@hidden.meet.test/x", features=frozenset({TRANSCRIBER}))


def on(session_id: str = "s1", mode: str = "stream") -> RecordingStatus:
    return RecordingStatus(Status.ON, session_id, mode, "p0")


def off(session_id: str = "s1", initiator: str = "", failure: str = "") -> RecordingStatus:
    return RecordingStatus(Status.OFF, session_id, "stream", initiator, failure)


def evidence(witness: str, word: Word, at: float, fresh: float = inf, **more: Any) -> Evidence:
    """A witness' word about the usual booking, good for `fresh` seconds."""
    direct = not witness.startswith("youtube")
    usual: dict[str, Any] = {"booking": "almatret-1", "direct": direct, "fresh_until": at + fresh}
    return Evidence(witness=witness, side=SIDES[witness], word=word, at=at, **{**usual, **more})


class Play:
    """An engine that is fed at stated instants; `at` counts from the booking's start."""

    def __init__(
        self,
        *bookings: Booking,
        rules: dict[str, Rule] | None = None,
        monitors: Sequence[Monitor] = USUAL,
        saved: Saved | None = None,
        opening_line: bool = False,
        server: Sequence[tuple[ServerMonitor, Rule]] = (),
        outside: Outside | None = None,
        began: float = 0.0,
        brewery: str = "",
        of_kinds: Mapping[str, Thresholds] | None = None,
    ) -> None:
        patience = rules or {}
        watchwords = [Watchword(monitor, patience.get(monitor.name, Rule())) for monitor in monitors]
        policy = Policy(
            watchwords,
            Wording({}),
            grace=GRACE,
            opening_line=opening_line,
            server=server,
            outside=outside or Outside(),
            of_kinds=of_kinds or {},
        )
        site = replace(SITE, brewery=brewery)
        self.engine = self.make_engine(MUC, site, policy, patience.get("SourceLost", Rule()))
        if saved is not None:
            self.engine.restore(saved)
        self.now = START + began
        self.commands: list[Command] = []
        self.silent: set[str] = set()
        self.feed(ev.SourceSynced(XMPP), ev.BookingsRead("file", bookings or (booking(),)))

    def make_engine(self, *given: Any) -> Engine:
        return Engine(*given)

    def at(self, seconds: float) -> "Play":
        """Let time pass, ticking at each deadline as the runtime would."""
        target = START + seconds
        while (deadline := self.engine.next_deadline()) <= target:
            self.now = max(self.now, deadline)
            self._take(self.engine.tick(self.now))
        self.now = target
        return self

    def feed(self, *events: ev.Event) -> "Play":
        for event in events:
            self._take(self.engine.handle(event, self.now))
        return self

    def come(self, *occupants: Occupant, room: str = ROOM) -> "Play":
        return self.feed(*(ev.OccupantSeen(room, occupant) for occupant in occupants))

    def go(self, *nicks: str, room: str = ROOM) -> "Play":
        return self.feed(*(ev.OccupantLeft(room, nick) for nick in nicks))

    def door(self, *, password: bool = False, lobby: bool = False, room: str = ROOM, **more: Any) -> "Play":
        """The server tells how a room is protected."""
        return self.feed(ev.RoomStateSeen(room, RoomState(password, lobby, **more)))

    def hear(self, witness: str, word: Word, fresh: float = inf, **more: Any) -> "Play":
        """A witness says something now."""
        return self.feed(ev.EvidenceSeen(evidence(witness, word, self.now, fresh, **more)))

    def room(self, *occupants: Occupant, meeting: str = "m1") -> "Play":
        return self.feed(ev.RoomRead(ROOM, meeting, occupants))

    @property
    def texts(self) -> list[str]:
        """What was said in the room so far."""
        return [command.text for command in self.commands if isinstance(command, Notify)]

    def heard(self) -> list[str]:
        """What was said since the last look."""
        texts = self.texts
        self.commands = [command for command in self.commands if not isinstance(command, Notify)]
        return texts

    @property
    def firing(self) -> dict[str, str]:
        """Monitor → stage of what fires."""
        views = list(self.engine.sessions(self.now))
        alerts = [alert for view in views for alert in view.alerts] + list(self.engine.source_alerts())
        return {alert.monitor: alert.stage.name for alert in alerts}

    @property
    def people(self) -> int | None:
        return next(self.engine.sessions(self.now)).people

    @property
    def stream(self) -> str | None:
        return next(self.engine.sessions(self.now)).stream

    def records(self, what: str) -> list[Record]:
        return [command for command in self.commands if isinstance(command, Record) and command.what == what]

    def _take(self, commands: Iterable[Command]) -> None:
        """Keep the commands; answer each notice at once, with nobody while the moderators are said to be silent."""
        given = list(commands)
        self.commands += given
        for command in given:
            if isinstance(command, Notify):
                nicks = () if "moderators" in self.silent else ("p0",)
                self._take(self.engine.handle(ev.Told(command.notice, nicks), self.now))
