"""The pause protocol: what moderators and support staff wish, and what follows from it.

    wish         state                     follows
    -----------  ------------------------  ------------------------------------------------------------------
    pause        not paused                title says PAUSED since, everybody gets a line, on record, acknowledged;
                                           audio moderation on, where the kind says ``pause_mutes``
    pause        paused                    the one who asked is told since when
    resume       paused, stream verified   title restored, everybody gets a line, on record
    resume       paused, not verified      the one who asked is told so; asked again in the chat within ``INSIST``, or
                                           over the API with ``force``, it is done
    resume       not paused                the one who asked is told so
    acknowledge  something fires           on record, not repeated
    status       any                       the one who asked is told

*Verified*: the verdict is live or degraded, or no stream is owed. The title is a flag that late comers see as well: it
is set again when the room was made anew while paused, and put back exactly, unless somebody else has changed it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from supervisor.alerts.outside import Occasion
from supervisor.domain.commands import Audience, Command, Keep, Moderate, Notify, Record, Retitle
from supervisor.domain.evidence import Phase
from supervisor.domain.news import Kind, News
from supervisor.domain.reading import Message
from supervisor.domain.text import N_
from supervisor.domain.wishes import Wish

if TYPE_CHECKING:
    from collections.abc import Iterator

    from supervisor.alerts.desk import Desk
    from supervisor.domain.records import Incident
    from supervisor.domain.session import Session

INSIST = 60.0
"""Seconds within which a second wish to resume is taken in spite of a stream that is not verified.

In the chat only: over the API a client that tries again by itself has not decided anything, so it has to say ``force``.
"""

INTERRUPTED = "StreamInterrupted"
BY_HAND = "SessionPaused"

TITLE = N_("SESSION PAUSED since %(since)s")
PAUSED = N_("The session is paused since %(since)s. Please wait until the moderator resumes it.")
PAUSED_BY_YOU = N_("On record: you paused the session at %(since)s. To go on, write !resume.")
ALREADY = N_("The session has been paused since %(since)s. To go on, write !resume.")
RESUMED = N_("The session goes on since %(since)s.")
RESUMED_BY_YOU = N_("On record: you resumed the session at %(since)s, after %(minutes)d min.")
NOT_VERIFIED = N_(
    "The live stream is not back yet: the public cannot see the session. To go on all the same, write !resume again "
    "within a minute."
)
NOT_PAUSED = N_("The session is not paused.")
ACKNOWLEDGED = N_("Thank you, that is on record. You will not be reminded of it again.")
NOTHING = N_("There is nothing to answer for at present.")
STATUS = N_("%(people)d people are connected (recommended: %(limit)d). Live stream: %(stream)s.")

STREAMS = {
    Phase.SCHEDULED: N_("not started"),
    Phase.STARTING: N_("starting"),
    Phase.LIVE: N_("running"),
    Phase.DEGRADED: N_("running badly"),
    Phase.STALLED: N_("being checked"),
    Phase.INTERRUPTED: N_("INTERRUPTED"),
    Phase.ENDED: N_("ended"),
    Phase.UNKNOWN: N_("unknown"),
}


@dataclass(slots=True)
class Pause:
    """A session that is halted. ``title`` and ``titled_by``: the room's own, None until the server has told."""

    since: float
    by: str
    monitor: str
    flag: str
    title: str | None = None
    titled_by: str = ""


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks: ``by`` for the record; ``nick`` in the room, empty over the API; ``force`` as in WishMade."""

    by: str
    nick: str = ""
    force: bool = False


@dataclass(slots=True)
class Chair:
    """Minds one session's pauses."""

    desk: Desk
    pause: Pause | None = None
    insisted: float | None = None
    notices: int = 0

    def restore(self, session: Session, incident: Incident) -> None:
        """Take over a pause that was going on."""
        if incident.paused_at is not None and incident.resumed_at is None:
            flag = self._word(session, Message(TITLE, {"since": incident.paused_at}))
            self.pause = Pause(incident.paused_at, incident.paused_by, incident.monitor, flag)
            self.pause.title, self.pause.titled_by = incident.title, incident.titled_by

    def wish(self, session: Session, wish: Wish, asker: Asker, now: float) -> Iterator[Command]:
        """Do what is asked, or say why not."""
        match wish:
            case Wish.PAUSE:
                yield from self._pause(session, asker, now)
            case Wish.RESUME:
                yield from self._resume(session, asker, now)
            case Wish.ACKNOWLEDGE:
                yield from self.acknowledge(session, asker, now)
            case Wish.STATUS:
                yield from self._status(session, asker, now)

    def acknowledge(self, session: Session, asker: Asker, now: float, monitor: str = "") -> Iterator[Command]:
        """Answer for what fires."""
        done = list(self.desk.acknowledge(session, asker.by, now, monitor))
        yield from done
        yield from self._answer(session, asker, Message(ACKNOWLEDGED if done else NOTHING), now)

    def retitled(self, *, changed: bool, text: str, by: str, now: float) -> Iterator[Command]:
        """The server tells the title that was there before ours."""
        if self.pause is not None and self.pause.title is None and changed:
            self.pause.title, self.pause.titled_by = text, by
            yield from self.desk.minutes.titled(self.pause.monitor, now, text, by)

    def renewed(self, session: Session) -> Iterator[Command]:
        """The room was made anew: it has lost the flag."""
        if self.pause is not None:
            yield Retitle(session.main.jid, self.pause.flag)

    # --- the wishes ---

    def _pause(self, session: Session, asker: Asker, now: float) -> Iterator[Command]:
        if self.pause is not None:
            yield from self._answer(session, asker, Message(ALREADY, {"since": self.pause.since}), now)
            return
        since = {"since": now}
        interrupted = self.desk.cases.get(INTERRUPTED)
        monitor = INTERRUPTED if interrupted is not None and interrupted.alert.firing else BY_HAND
        flag = self._word(session, Message(TITLE, since))
        self.pause = Pause(now, asker.by, monitor, flag)
        yield _record("session paused", session, asker)
        yield from self.desk.acknowledge(session, asker.by, now)
        yield from self.desk.minutes.paused(monitor, asker.by, now)
        yield from self._outside(session, Kind.PAUSED, self.pause, now)
        yield Retitle(session.main.jid, flag)
        if session.booking.kind.pause_mutes:
            yield Moderate(session.main.jid, asker.nick, enable=True)
        yield self._notice(session, Audience.EVERYBODY, Message(PAUSED, since), now)
        yield from self._answer(session, asker, Message(PAUSED_BY_YOU, since), now)

    def _resume(self, session: Session, asker: Asker, now: float) -> Iterator[Command]:
        pause = self.pause
        if pause is None:
            yield from self._answer(session, asker, Message(NOT_PAUSED), now)
            return
        if not (verified(session) or asker.force or self._insists(asker, now)):
            yield from self._answer(session, asker, Message(NOT_VERIFIED), now)
            return
        self.pause, self.insisted = None, None
        yield _record("session resumed", session, asker)
        case = self.desk.cases.get(pause.monitor)
        yield from self.desk.minutes.resumed(pause.monitor, asker.by, now, over=case is None or not case.alert.firing)
        yield from self._outside(session, Kind.RESUMED, pause, now)
        if pause.title is not None:
            yield Retitle(session.main.jid, pause.title, expected=pause.flag, by=pause.titled_by)
        if session.booking.kind.pause_mutes:
            yield Moderate(session.main.jid, asker.nick, enable=False)
        yield self._notice(session, Audience.EVERYBODY, Message(RESUMED, {"since": now}), now)
        minutes = max(round((now - pause.since) / 60), 1)
        yield from self._answer(session, asker, Message(RESUMED_BY_YOU, {"since": now, "minutes": minutes}), now)

    def _insists(self, asker: Asker, now: float) -> bool:
        """Whether this is the second time that the chat asks; else it is the first."""
        if not asker.nick:
            return False
        second = self.insisted is not None and now <= self.insisted + INSIST
        self.insisted = now
        return second

    def _status(self, session: Session, asker: Asker, now: float) -> Iterator[Command]:
        stream = self._word(session, Message(STREAMS[session.verdict.phase]))
        params: dict[str, str | int | float] = {
            "people": session.people,
            "limit": session.booking.limit,
            "stream": stream,
        }
        yield from self._answer(session, asker, Message(STATUS, params), now)

    # --- words ---

    def _answer(self, session: Session, asker: Asker, message: Message, now: float) -> Iterator[Command]:
        if asker.nick:
            yield self._notice(session, Audience.OCCUPANTS, message, now, (asker.nick,))

    def _notice(
        self, session: Session, audience: Audience, message: Message, now: float, nicks: tuple[str, ...] = ()
    ) -> Notify:
        self.notices += 1
        notice = f"{session.booking.id}/chair/{self.notices}/{int(now)}"
        sender = self.desk.policy.wording.sender(session.booking.language)
        return Notify(notice, session.main.jid, audience, sender, self._word(session, message), now, nicks)

    def _word(self, session: Session, message: Message) -> str:
        return self.desk.policy.wording.text(message, session.booking.language, session.booking.utc_offset)

    def _outside(self, session: Session, kind: Kind, pause: Pause, now: float) -> Iterator[Keep]:
        incident = self.desk.minutes.last.get(pause.monitor, "")
        summary = self._word(session, Message(PAUSED if kind is Kind.PAUSED else RESUMED, {"since": now}))
        ends = now if kind is Kind.RESUMED else None
        room = session.main.jid
        reason = f"by {pause.by}"
        news = News(pause.monitor, "info", session.booking.id, room, reason, summary, pause.since, ends, incident)
        if session.booking.kind.support:
            case = self.desk.cases.get(pause.monitor)
            # Who heard of the trouble hears that the session halts for it.
            worst = "" if case is None else case.worst
            occasion = Occasion(f"{pause.since:.3f}", session=session.booking.kind.name, worst=worst)
            yield from self.desk.policy.outside.tell(kind, news, now, occasion)


def verified(session: Session) -> bool:
    """Whether the public sees the session, as far as that is owed."""
    owed = session.booking.must_stream or session.verdict.was_on
    return not owed or session.verdict.phase in {Phase.LIVE, Phase.DEGRADED}


def _record(what: str, session: Session, asker: Asker) -> Record:
    return Record(what, (("booking", session.booking.id), ("room", session.main.jid), ("by", asker.by)))
