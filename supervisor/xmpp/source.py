"""The source of the rooms: keeps one connection, joins what it is told to, and says honestly when it is blind.

One life of the connection: connect → ask every MUC host for its module's boot id and its open rooms → join all watched
rooms → when all have answered: SourceSynced. Then a heartbeat asks every host again and again; the first that is not
answered in time is SourceLost at once, because a server that is frozen keeps its TCP open. The connection itself is
given up later: a server that only was slow answers after all, and then nothing was lost.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from supervisor.domain import events as ev
from supervisor.tasks import Backoff
from supervisor.xmpp import encode
from supervisor.xmpp.decode import (
    Announced,
    Answer,
    Command,
    Decoded,
    Joined,
    Left,
    Mirrored,
    Presence,
    Ready,
    Refused,
    Subject,
    Unavailable,
)
from supervisor.xmpp.link import Link, LinkError, RequestError
from supervisor.xmpp.mirror import Health, Mirror
from supervisor.xmpp.names import NS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from supervisor.domain.commands import Moderate, Notify, Retitle
    from supervisor.domain.occupants import Site
    from supervisor.ports import Emit

SOURCE = "xmpp"
BEAT = 1.5
"""Seconds between two heartbeats."""
PATIENCE = 3.0
"""Seconds that an answer may take before we call ourselves blind: with BEAT, a frozen server shows within 5 s."""
GIVE_UP = 12.0
"""Seconds of silence after which the connection is made anew."""
SYNC_TIMEOUT = 20.0
"""Seconds that joining all rooms may take."""
REJOIN_EVERY = 2.0
"""Least seconds between two joins of one room whose mirror went stale."""
DIFFERS_FOR = 10.0
"""Seconds for which the head counts may differ: mod_muc_rate_limit tells of a crowd's leaving only bit by bit."""

DELIVER_TIMEOUT = 5.0
"""Seconds for the module's answer to a notice."""


class StrangerError(LinkError):
    """A host answers, but our module is not on it or serves somebody else."""


@dataclass(frozen=True, slots=True)
class Server:
    """Where to connect, as whom, and the MUC hosts to watch.

    ``aside``: a host of which only a source of its own is lost where our module is not on it, by that source's name.
    """

    host: str
    port: int
    component: str
    secret: str
    muc: tuple[str, ...]
    aside: Mapping[str, str] = field(default_factory=dict)


class XmppSource:
    """Implements the ports Rooms and Deliverer; ``emit`` gets every event."""

    def __init__(self, server: Server, site: Site, emit: Emit) -> None:
        self._server = server
        self._site = site
        self._emit = emit
        self._mirrors: dict[str, Mirror] = {}
        self._boots: dict[str, str] = {}
        self._open_rooms: set[str] = set()
        self._joined_at: dict[str, float] = {}
        self._differs_since: dict[str, float] = {}
        self._link: Link | None = None
        self._synced = False
        self._renew = False
        self._refused = ""
        self._strange: dict[str, str] = {}
        self._beside: set[str] = set()
        self._wake = asyncio.Event()

    # --- what the runtime and the channel ask for ---

    def watch(self, room: str, *, media: bool, names: bool = False) -> None:
        """Join this room, now and after every loss. Asking for something else joins it anew."""
        mirror = self._mirrors.get(room)
        if mirror is None or (mirror.media, mirror.names) != (media, names):
            self._mirrors[room] = Mirror(room, media, names)
            self._joined_at.pop(room, None)
            self._join(room)

    def unwatch(self, room: str) -> None:
        """Leave this room."""
        if self._mirrors.pop(room, None) is not None and self._link is not None:
            self._link.post(encode.leave(self._server.component, room))
        self._joined_at.pop(room, None)
        self._differs_since.pop(room, None)

    def deliver(self, notice: Notify) -> asyncio.Future[tuple[str, ...]]:
        """Give a room's module the order to deliver. The future gets the nicks, or RequestError."""
        told: asyncio.Future[tuple[str, ...]] = asyncio.get_running_loop().create_future()
        if self._link is None:
            told.set_exception(RequestError("not connected"))
        else:
            order = self._link.ask(notice.room, "set", encode.deliver(notice, self._site), DELIVER_TIMEOUT)
            order.add_done_callback(lambda done: _pass_on(done, told))
        return told

    def retitle(self, order: Retitle) -> None:
        """Set or restore a room's title; Retitled answers. Where the room is gone there is no title to set."""
        if self._link is not None:
            asked = self._link.ask(order.room, "set", encode.retitle(order), DELIVER_TIMEOUT)
            asked.add_done_callback(lambda done: self._retitled(order, done))

    def moderate(self, order: Moderate) -> None:
        """Switch a room's audio moderation; Moderated answers."""
        if self._link is not None:
            asked = self._link.ask(order.room, "set", encode.moderate(order), DELIVER_TIMEOUT)
            asked.add_done_callback(lambda done: self._moderated(order.room, done))

    # --- the life of the connection ---

    async def run(self) -> None:
        """Keep connected for ever. Ends only by cancellation."""
        backoff = Backoff()
        while True:
            try:
                await self._live(backoff)
            except LinkError as error:
                self._lost(str(error))
            await asyncio.sleep(backoff.next())

    async def _live(self, backoff: Backoff) -> None:
        link = Link(self._server.component, self._server.secret, self._server.muc, self._take)
        link.ended.add_done_callback(lambda _: self._wake.set())
        try:
            await link.open(self._server.host, self._server.port)
            await self._sync(link)
            backoff.reset()
            while True:
                await self._pause(BEAT)
                await self._beat(link)
        finally:
            self._link = None
            link.cut("closed by us")

    async def _sync(self, link: Link) -> None:
        """Learn the boots and the rooms, join all that is watched, and wait until every mirror is whole."""
        self._renew = False
        self._refused = ""
        for host in self._server.muc:
            self._boots[host] = await self._status(link, host)
        await self._read_rooms(link)
        self._link = link  # from here on the boots are known, and a join's answer can be judged
        self._joined_at.clear()
        for room in self._watched():
            self._join(room)
        try:
            async with asyncio.timeout(SYNC_TIMEOUT):
                while not self._whole():
                    self._check(link)
                    self._tend()
                    await self._nap()
        except TimeoutError:
            raise LinkError(f"the rooms did not answer within {SYNC_TIMEOUT:.0f} s") from None
        self._check(link)
        self._found()

    async def _read_rooms(self, link: Link) -> None:
        open_rooms: dict[str, str] = {}
        for host in self._server.muc:
            if host in self._strange:
                continue
            answer = await self._question(link, host, "rooms", SYNC_TIMEOUT)
            for room in () if answer.payload is None else answer.payload:
                if room.get("jid", "").endswith("@" + host):
                    open_rooms[room.get("jid", "")] = room.get("main", "")
        for gone in self._open_rooms - open_rooms.keys():
            self._emit(ev.RoomClosed(gone))
        self._open_rooms = set(open_rooms)
        for jid, main in open_rooms.items():
            self._emit(ev.RoomOpened(jid, main))

    async def _beat(self, link: Link) -> None:
        """Ask every host whether it is there and still the same; look after mirrors that are not whole."""
        self._check(link)
        pulse = asyncio.gather(*(self._status(link, host) for host in self._server.muc))
        done, _ = await asyncio.wait({pulse}, timeout=PATIENCE)
        if not done:
            self._lost(f"no answer for {PATIENCE:.0f} s")
        boots = await pulse
        if self._renew or boots != [self._boots[host] for host in self._server.muc]:
            await self._sync(link)
        self._tend()
        self._found()

    def _tend(self) -> None:
        now = asyncio.get_running_loop().time()
        for room, mirror in self._watched().items():
            if not mirror.differs:
                self._differs_since.pop(room, None)
            elif now - self._differs_since.setdefault(room, now) > DIFFERS_FOR:
                mirror.health = Health.STALE
                self._differs_since.pop(room)
            waited = now - self._joined_at.get(room, 0.0)
            if mirror.health is not Health.JOINED and waited > REJOIN_EVERY:
                self._join(room)

    async def _status(self, link: Link, host: str) -> str:
        """The host's boot id; empty where our module is not on a host that we can do without."""
        try:
            boot = _boot(await self._question(link, host, "status", GIVE_UP))
        except StrangerError as error:
            source = self._server.aside.get(host)
            if source is None:
                raise
            if self._strange.get(host) != str(error):
                self._strange[host] = str(error)
                self._beside.discard(source)
                self._emit(ev.SourceLost(source, str(error)))
            return ""
        self._strange.pop(host, None)
        return boot

    async def _question(self, link: Link, host: str, what: str, timeout: float) -> Answer:  # noqa: ASYNC109
        try:
            return await link.ask(host, "get", encode.question(what), timeout)
        except RequestError as error:
            if str(error) in {"timeout", "connection lost", "not connected"}:
                ended = link.ended.result() if link.ended.done() else f"{host} does not answer"
                raise LinkError(ended) from None
            raise StrangerError(
                f"{host} does not know us ({error}): is mod_muc_supervisor in its modules_enabled, and is its option "
                f'muc_supervisor_component = "{self._server.component}"?'
            ) from None

    async def _pause(self, seconds: float) -> None:
        """Wait, unless the connection ends or a module was loaded anew meanwhile."""
        self._wake.clear()
        if self._renew:
            return
        try:
            async with asyncio.timeout(seconds):
                while not self._renew and not (self._link is not None and self._link.ended.done()):
                    await self._wake.wait()
                    self._wake.clear()
        except TimeoutError:
            return

    async def _nap(self) -> None:
        """Wait for news, but not long: a mirror that went stale meanwhile has to be joined again."""
        self._wake.clear()
        try:
            async with asyncio.timeout(REJOIN_EVERY / 4):
                await self._wake.wait()
        except TimeoutError:
            return

    def _check(self, link: Link) -> None:
        if link.ended.done():
            raise LinkError(link.ended.result())
        if self._refused:
            raise LinkError(self._refused)

    def _watched(self) -> dict[str, Mirror]:
        """The mirrors of rooms on hosts that know us."""
        return {room: mirror for room, mirror in self._mirrors.items() if _host(room) not in self._strange}

    def _whole(self) -> bool:
        return all(mirror.health is Health.JOINED for mirror in self._watched().values())

    def _found(self) -> None:
        if not self._synced:
            self._synced = True
            self._emit(ev.SourceSynced(SOURCE))
        for host, source in self._server.aside.items():
            if host not in self._strange and source not in self._beside:
                self._beside.add(source)
                self._emit(ev.SourceSynced(source))

    def _lost(self, reason: str) -> None:
        self._synced = False
        self._emit(ev.SourceLost(SOURCE, reason))

    # --- stanzas ---

    def _take(self, stanza: Decoded) -> None:
        match stanza:
            case Announced():
                self._announced(stanza)
            case Ready(host, boot):
                self._renewed(host, boot)
            case Refused(room, condition):
                if room in self._mirrors:
                    self._refused = f"{room} refuses our join ({condition})"
                    self._wake.set()
            case Presence() | Unavailable() | Joined() | Left() | Subject() | Command():
                self._mirrored(stanza)

    def _mirrored(self, stanza: Mirrored) -> None:
        mirror = self._mirrors.get(stanza.room)
        if mirror is None:
            return
        before = mirror.health
        for event in mirror.take(stanza, self._boots.get(_host(mirror.room), "")):
            self._emit(event)
        if mirror.health is not before:
            self._wake.set()
            if mirror.health is Health.STALE:
                self._join(mirror.room)

    def _announced(self, stanza: Announced) -> None:
        if stanza.boot != self._boots.get(stanza.host):
            self._renewed(stanza.host, stanza.boot)
        elif stanza.opened:
            self._open_rooms.add(stanza.room)
            self._emit(ev.RoomOpened(stanza.room, stanza.main))
        else:
            self._open_rooms.discard(stanza.room)
            self._emit(ev.RoomClosed(stanza.room))

    def _renewed(self, host: str, boot: str) -> None:
        if host in self._boots and boot != self._boots[host]:
            self._renew = True
            self._wake.set()

    def _moderated(self, room: str, done: asyncio.Future[Answer]) -> None:
        error = "cancelled" if done.cancelled() else done.exception()
        payload = None if error else done.result().payload
        if payload is None:
            self._emit(ev.Moderated(room, changed=False, reason=str(error or "no answer")))
        else:
            self._emit(ev.Moderated(room, payload.get("changed") == "true", payload.get("reason", "")))

    def _retitled(self, order: Retitle, done: asyncio.Future[Answer]) -> None:
        if done.cancelled() or done.exception() is not None:
            return
        payload = done.result().payload
        if payload is not None:
            previous = payload.find(f"{{{NS}}}previous")
            text = "" if previous is None else previous.text or ""
            by = "" if previous is None else previous.get("by", "")
            self._emit(ev.Retitled(order.room, payload.get("changed") == "true", text, by))

    def _join(self, room: str) -> None:
        """Join, but not more often than REJOIN_EVERY unless the connection is new; the heartbeat comes back to it."""
        now = asyncio.get_running_loop().time()
        mirror = self._mirrors[room]
        soon = mirror.health is Health.STALE and now - self._joined_at.get(room, 0.0) < REJOIN_EVERY
        if self._link is None or soon or _host(room) in self._strange:
            return
        self._joined_at[room] = now
        mirror.joining()
        self._link.post(encode.join(self._server.component, room, media=mirror.media, names=mirror.names))


def _host(room: str) -> str:
    return room.rpartition("@")[2]


def _boot(answer: Answer) -> str:
    return "" if answer.payload is None else answer.payload.get("boot", "")


def _pass_on(done: asyncio.Future[Answer], told: asyncio.Future[tuple[str, ...]]) -> None:
    error = done.exception()
    if told.done():
        return
    if error is not None:
        told.set_exception(error)
        return
    payload = done.result().payload
    told.set_result(tuple(occupant.get("nick", "") for occupant in payload) if payload is not None else ())
