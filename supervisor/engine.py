"""The core: what happened goes in, what is to be done comes out. No I/O, no clock, no randomness.

``handle(event, now)`` and ``tick(now)`` return commands; ``next_deadline()`` says when to tick at the latest. The same
events with the same instants give the same commands, which is what replaying a session relies on.
"""

from __future__ import annotations

import unicodedata
from math import inf
from typing import TYPE_CHECKING

from supervisor.alerts.chair import Asker
from supervisor.alerts.detail import Detail, detail
from supervisor.alerts.server import ServerCase, ServerDesk
from supervisor.alerts.silences import Silences
from supervisor.alerts.sources import Sources
from supervisor.alerts.supervised import SessionView, Supervised
from supervisor.domain import events as ev
from supervisor.domain.brewery import Brewery
from supervisor.domain.claims import bookings_told
from supervisor.domain.commands import Command, Follow, Keep, Record, Unfollow
from supervisor.domain.diary import Diary
from supervisor.domain.letters import Letters
from supervisor.domain.occupants import written
from supervisor.domain.plant import BREWERY, Plant
from supervisor.domain.retention import Held
from supervisor.domain.session import Session
from supervisor.domain.watched import WatchedRooms
from supervisor.domain.wishes import WORDS, Wish

if TYPE_CHECKING:
    from collections.abc import Iterator

    from supervisor.alerts.desk import Policy
    from supervisor.alerts.lifecycle import Rule
    from supervisor.alerts.open_alert import OpenAlert
    from supervisor.domain.bookings import Booking
    from supervisor.domain.evidence import Evidence
    from supervisor.domain.occupants import Occupant, Site
    from supervisor.domain.records import AlertRow, Incident, RollLine, Saved, StreamRow
    from supervisor.domain.room import Room

XMPP = "xmpp"
"""The source that feeds the rooms."""


class Engine:
    """All state of the supervision. ``muc`` is the MUC host where booked rooms are, ``brewery`` the room of the Jibris.

    ``booking_sources`` are the sources of bookings that have said something, be it that they can't be read.
    """

    def __init__(self, muc: str, site: Site, policy: Policy, source_rule: Rule, diary: Diary | None = None) -> None:
        self._muc = muc
        self._site = site
        self._policy = policy
        self._diary = diary or Diary()
        self.silences = Silences()
        self._sources = Sources(source_rule, policy.outside, {XMPP: "not connected yet"})
        self.plant = Plant()
        self._brewery = Brewery(site.brewery)
        cases = tuple(ServerCase(monitor, rule) for monitor, rule in policy.server)
        self._server = ServerDesk(cases, self.plant, policy.outside, self.silences.cover)
        self._rooms = WatchedRooms(site)
        self._supervised: dict[str, Supervised] = {}
        self._by_room: dict[str, dict[str, Supervised]] = {}
        self._next_page: float = inf
        self._letters = Letters(policy.outside.ways)
        self._held = Held()
        self.booking_sources: set[str] = set()
        self._saved: dict[str, list[AlertRow | Incident | StreamRow | RollLine]] = {}

    # --- in ---

    def handle(self, event: ev.Event, now: float) -> list[Command]:
        """Take in one event and return what is to be done."""
        return list(self._react(event, now))

    def tick(self, now: float) -> list[Command]:
        """Let time pass, and return what is to be done."""
        pages = list(self._turn_pages(now)) if now >= self._next_page else []
        ripe = {id_: supervised for id_, supervised in self._supervised.items() if supervised.due <= now}
        return [*pages, *self._judge(ripe, now), *self._sources.judge(now), *self._server.judge(now)]

    def next_deadline(self) -> float:
        """The instant of the next tick that would change something; infinite if only an event can."""
        sessions = min((supervised.due for supervised in self._supervised.values()), default=inf)
        return min(sessions, self._next_page, self._sources.deadline(), self._server.due)

    def restore(self, saved: Saved) -> None:
        """Take over what was stored, before the first event."""
        self.silences.restore(saved.silences)
        self._held.erased = dict(saved.erased)
        rows: tuple[AlertRow | Incident | StreamRow | RollLine, ...]
        rows = (*saved.streams, *saved.incidents, *saved.alerts, *saved.roll)
        for row in rows:
            self._saved.setdefault(row.booking, []).append(row)

    # --- shown ---

    def sessions(self, now: float) -> Iterator[SessionView]:
        """The supervised sessions as they are known now."""
        return (supervised.view(now) for supervised in self._supervised.values())

    @property
    def diary(self) -> Diary:
        """All bookings that are known; to be read only."""
        return self._diary

    def ahead(self, now: float) -> tuple[int, float] | None:
        """As `supervisor.domain.diary.Diary.ahead`."""
        return self._diary.ahead(now)

    def detail(self, booking: str, now: float) -> Detail | None:
        """All that is known of one session; None where it is not under supervision."""
        supervised = self._supervised.get(booking)
        return None if supervised is None else detail(supervised, now)

    def coming(self, now: float, until: float) -> Iterator[Booking]:
        """The bookings that come under supervision after ``now`` and before ``until``, the next one first."""
        return self._diary.coming(now, until)

    def over(self, now: float) -> Iterator[Booking]:
        """The bookings whose end has come and whose session is not under supervision any more."""
        return (b for b in self._diary.bookings.values() if b.end <= now and b.id not in self._supervised)

    def called(self) -> Iterator[tuple[str, str]]:
        """Room and meeting id of each session whose people's lines the roll call wants to know."""
        mains = (each.session.main for each in self._supervised.values() if each.calling)
        return ((room.jid, room.meeting) for room in mains)

    def incidents(self) -> Iterator[Incident]:
        """The open incidents of the supervised sessions, as they are now; the store may lag a moment behind."""
        for supervised in self._supervised.values():
            yield from supervised.desk.minutes.open.values()

    def source_alerts(self) -> Iterator[OpenAlert]:
        """The alerts that belong to no session."""
        yield from self._sources.firing()
        yield from self._server.firing()

    def sources(self) -> dict[str, bool]:
        """Each source that has ever been tried, and whether it is heard now."""
        return {source: not why for source, why in self._sources.lost.items()}

    # --- reactions ---

    def _react(self, event: ev.Event, now: float) -> Iterator[Command]:  # noqa: C901, PLR0912 - a table: one line per event
        match event:
            case ev.SourceLost(source, reason):
                yield from self._lost(source, reason, now)
            case ev.SourceSynced(source):
                yield from self._synced(source, now)
            case ev.RoomOpened(room, main):
                yield from self._room_opened(room, main)
            case ev.RoomClosed(room):
                yield from self._room_closed(room, now)
            case ev.BookingsRead():
                yield from self._bookings(event, now)
            case ev.BookingsUnreadable(source, problems):
                self.booking_sources.add(source)
                for problem in problems:
                    yield Record("bookings unreadable", (("source", source), ("problem", problem)))
            case ev.Told(notice, nicks):
                yield from self._answered(notice, nicks, ", ".join(map(written, nicks)) or "nobody", now)
            case ev.NotTold(notice, reason):
                yield from self._answered(notice, (), reason, now)
            case ev.CommandGiven(room, nick, word):
                yield from self._command(room, nick, word, now)
            case ev.WishMade():
                yield from self._wish(event, now)
            case ev.MessageWritten(booking, text, by):
                if (supervised := self._supervised.get(booking)) is not None:
                    yield from supervised.postbox.post(supervised.session, text, by, now)
            case ev.Retitled():
                yield from self._retitled(event, now)
            case ev.Moderated(room, changed, reason):
                yield Record("audio moderation", (("room", room), ("changed", str(changed)), ("reason", reason)))
            case ev.SilenceSet() | ev.SilenceLifted():
                yield from self.silences.take(event)
                yield from self._judge(self._supervised, now)
            case ev.SessionErased(booking, at):
                self._erased(booking, at)
            case ev.EvidenceSeen(evidence):
                yield from self._evidence(evidence, now)
            case ev.BridgesSeen():
                self.plant.hear_bridges(event, now)
                yield from self._server.judge(now)
            case ev.RecordersSeen():
                yield from self._recorders(event, now)
            case ev.EndpointsSeen():
                for supervised in self._of_room(event.room).values():
                    yield from supervised.note(event, now)
            case ev.SubjectChanged():
                pass  # the title is a flag that others may set; nothing follows from it yet
            case _:
                yield from self._in_room(event, now)

    def _in_room(  # noqa: C901, PLR0912 - a table: one line per event
        self,
        event: ev.RoomRead | ev.MeetingBegan | ev.OccupantSeen | ev.OccupantLeft | ev.MeetingEnded | ev.RoomStateSeen,
        now: float,
    ) -> Iterator[Command]:
        if event.room == self._brewery.jid:
            self._brewery.take(event)
            yield from self._recorders(self._brewery.word(), now)
            return
        room = self._rooms.get(event.room)
        if room is None:
            return  # late news of a room that we have left
        for supervised in self._of_room(event.room).values():
            yield from supervised.note(event, now)
        if isinstance(event, ev.OccupantSeen) and event.occupant.nick in room.occupants:
            yield from self._changed(room, event.occupant, now)
            return
        before = room.meeting
        match event:
            case ev.RoomRead(_, meeting, occupants):
                room.read(meeting, occupants, now)
            case ev.MeetingBegan(_, meeting):
                room.began(meeting, now)
            case ev.OccupantSeen(_, occupant):
                room.seen(occupant)
            case ev.OccupantLeft(_, nick):
                room.left(nick)
            case ev.MeetingEnded():
                room.ended()
            case ev.RoomStateSeen(_, state):
                room.told(state, now)
        concerned = self._of_room(event.room)
        if room.meeting and room.meeting != before:
            for supervised in concerned.values():
                yield from supervised.chair.renewed(supervised.session)
        yield from self._judge(concerned, now)
        for supervised in list(concerned.values()):
            yield from self._close_if_over(supervised, now)

    def _changed(self, room: Room, occupant: Occupant, now: float) -> Iterator[Command]:
        """Take over a change of somebody who is there already; nobody is asked again where no rule can see it."""
        before = room.gist()
        room.seen(occupant)
        if room.gist() != before:
            yield from self._judge(self._of_room(room.jid), now)

    def _evidence(self, evidence: Evidence, now: float) -> Iterator[Command]:
        supervised = self._supervised.get(evidence.booking)
        if supervised is not None:
            supervised.session.evidence[evidence.witness] = evidence
            yield from self._judge({evidence.booking: supervised}, now)

    def _recorders(self, seen: ev.RecordersSeen | None, now: float) -> Iterator[Command]:
        """Take over what is known of recorders; None: the brewery is not there."""
        if seen is None:
            self.plant.forget(BREWERY)
        if seen is None or self.plant.hear_recorders(seen):
            yield from self._judge(self._supervised, now)

    def _lost(self, source: str, reason: str, now: float) -> Iterator[Command]:
        if self._sources.lost.get(source) != reason:
            yield Record("source lost", (("source", source), ("reason", reason)))
        self._sources.lost[source] = reason or "no reason given"
        self.plant.forget(source)
        if source == BREWERY:
            self._brewery.statuses.clear()
        if source == XMPP:
            self.plant.forget(BREWERY)
            for supervised in self._supervised.values():
                supervised.session.blind = reason or "source lost"
        yield from self._look_at_all(now)

    def _synced(self, source: str, now: float) -> Iterator[Command]:
        yield Record("source synced", (("source", source),))
        self._sources.lost[source] = ""
        if source == XMPP:
            for supervised in self._supervised.values():
                supervised.session.blind = ""
            if (seen := self._brewery.word()) is not None:
                self.plant.hear_recorders(seen)
        yield from self._look_at_all(now)

    def _look_at_all(self, now: float) -> Iterator[Command]:
        yield from self._turn_pages(now)
        yield from self._judge(self._supervised, now)
        yield from self._sources.judge(now)
        yield from self._server.judge(now)

    def _answered(self, notice: str, nicks: tuple[str, ...], outcome: str, now: float) -> Iterator[Command]:
        yield Record("told" if nicks else "not told", (("notice", notice), ("outcome", outcome)))
        for supervised in self._supervised.values():
            commands = supervised.answered(notice, nicks, now)
            if commands is not None:
                yield from commands
                supervised.rearm(now)
                return

    # --- people's wishes ---

    def _command(self, room: str, nick: str, word: str, now: float) -> Iterator[Command]:
        wish = WORDS.get(unicodedata.normalize("NFC", word).lower())
        if wish is None:
            return
        for supervised in self._of_room(room).values():
            asker = Asker(f"{written(nick)} (moderator)", nick)
            yield from supervised.chair.wish(supervised.session, wish, asker, now)
            supervised.rearm(now)

    def _wish(self, event: ev.WishMade, now: float) -> Iterator[Command]:
        supervised = self._supervised.get(event.booking)
        if supervised is None:
            return
        chair, asker = supervised.chair, Asker(event.by, force=event.force)
        if event.wish is Wish.ACKNOWLEDGE:
            yield from chair.acknowledge(supervised.session, asker, now, event.monitor)
        else:
            yield from chair.wish(supervised.session, event.wish, asker, now)
        supervised.rearm(now)

    def _retitled(self, event: ev.Retitled, now: float) -> Iterator[Command]:
        for supervised in self._of_room(event.room).values():
            yield from supervised.chair.retitled(changed=event.changed, text=event.text, by=event.by, now=now)

    # --- bookings come and go ---

    def _bookings(self, event: ev.BookingsRead, now: float) -> Iterator[Command]:
        self.booking_sources.add(event.source)
        complaints = self._diary.read(event.source, event.bookings, now, event.places)
        self._letters.read(self._diary.bookings.values())
        yield Record("bookings read", (("source", event.source), ("bookings", str(len(event.bookings)))))
        yield from bookings_told(event, complaints)
        yield from self._look_at_all(now)

    def _turn_pages(self, now: float) -> Iterator[Command]:
        for supervised in list(self._supervised.values()):
            yield from self._close_if_over(supervised, now)
        for booking in list(self._diary.due(now)):
            if booking.id not in self._supervised and not self._held.gone(booking):
                yield from self._open(booking, now)
        for supervised in self._supervised.values():
            supervised.session.neighbours = self._diary.neighbours(supervised.session.booking)
        yield from map(Keep, self._letters.due(now))
        yield from map(Keep, self._held.renew(now))
        ends = [s.session.booking.end for s in self._supervised.values() if s.session.booking.end > now]
        wakes = self._diary.next_opening(now), self._letters.deadline(now), self._held.deadline()
        self._next_page = min([*wakes, *ends])

    def _open(self, booking: Booking, now: float) -> Iterator[Command]:
        jid = booking.room_jid(self._muc)
        yield Record("session opened", (("booking", booking.id), ("room", jid)))
        yield Keep(self._held.begin(booking, now))
        if booking.may_stream:
            yield Follow(booking)
        rooms = self._rooms.with_breakouts(jid)
        for room in rooms:
            booked = room == jid
            yield from self._rooms.watch(
                room, media=booked and booking.wants_media, names=booked and booking.attendance
            )
        session = Session(booking, [self._rooms[room] for room in rooms], plant=self.plant)
        session.blind = self._sources.lost.get(XMPP, "not connected yet")
        supervised = Supervised.begin(session, self._policy, self.silences.cover)
        yield from supervised.chronicler.opened(booking, now)
        self._restore(supervised)
        yield from supervised.note_present(now)
        self._supervised[booking.id] = supervised
        for room in rooms:
            self._by_room.setdefault(room, {})[booking.id] = supervised

    def _close_if_over(self, supervised: Supervised, now: float) -> Iterator[Command]:
        session = supervised.session
        booking, known = session.booking, self._diary.bookings.get(session.booking.id)
        if known is not None and known != booking and known.room_node == booking.room_node:
            yield from self._rebook(session, known)
            yield from supervised.chronicler.changed(known, now)
            booking = known
        moved = known is None or known.room_node != booking.room_node or now < booking.supervised_from
        over = now >= booking.end and not session.unknown(now) and not session.people
        if not (moved or over or self._diary.succeeded(booking, now)):
            return
        if not moved:
            self._diary.close(booking)
        yield from supervised.end(now)
        del self._supervised[booking.id]
        yield from supervised.closed(now, moved=moved)
        yield Record("session closed", (("booking", booking.id), ("room", session.main.jid)))
        yield Keep(self._held.end(booking.id))
        if booking.may_stream:
            yield Unfollow(booking.id)
        for room in session.rooms:
            yield from self._release(room.jid, booking.id)

    def _erased(self, booking: str, at: float) -> None:
        """Nothing that was stored of this session, and is remembered here, comes back."""
        self._saved.pop(booking, None)
        self.silences.forget(booking)
        self._held.erased[booking] = at

    def _rebook(self, session: Session, booking: Booking) -> Iterator[Command]:
        """The booking was changed, in the same room."""
        before, session.booking = session.booking, booking
        if before.may_stream and not booking.may_stream:
            yield Unfollow(booking.id)
        elif booking.may_stream and (not before.may_stream or before.stream != booking.stream):
            # What was said of another stream is not evidence about this one.
            session.forget_witnesses()
            yield Follow(booking)
        yield from self._rooms.watch(session.main.jid, media=booking.wants_media, names=booking.attendance)

    # --- rooms come and go ---

    def _room_opened(self, room: str, main: str) -> Iterator[Command]:
        if not main:
            return
        self._rooms.opened(room, main)
        for id_, supervised in self._of_room(main).items():
            if id_ not in self._of_room(room):
                yield from self._rooms.watch(room)
                supervised.session.rooms.append(self._rooms[room])
                self._by_room.setdefault(room, {})[id_] = supervised

    def _room_closed(self, room: str, now: float) -> Iterator[Command]:
        if not self._rooms.closed(room):
            return
        concerned = dict(self._of_room(room))
        for id_, supervised in concerned.items():
            supervised.session.rooms = [known for known in supervised.session.rooms if known.jid != room]
            yield from self._release(room, id_)
        yield from self._judge(concerned, now)

    def _restore(self, supervised: Supervised) -> None:
        """Give back to a session what was going on in it when the last process ended."""
        for row in self._saved.pop(supervised.session.booking.id, []):
            supervised.restore(row)

    def _release(self, room: str, booking: str) -> Iterator[Command]:
        users = self._by_room.get(room, {})
        users.pop(booking, None)
        if not users:
            self._by_room.pop(room, None)
            yield from self._rooms.release(room)

    def _of_room(self, room: str) -> dict[str, Supervised]:
        return self._by_room.get(room, {})

    # --- judging ---

    def _judge(self, concerned: dict[str, Supervised], now: float) -> Iterator[Command]:
        for supervised in concerned.values():
            yield from supervised.judge(now)
