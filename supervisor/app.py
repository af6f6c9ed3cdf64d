"""Wiring only: builds the parts, starts them, stops them in reverse. No decisions."""

from __future__ import annotations

import asyncio
import gc
import signal
import time
from functools import partial
from typing import TYPE_CHECKING

import structlog
from prometheus_client import CollectorRegistry, ProcessCollector

from supervisor import __version__
from supervisor.alerts.desk import Policy, Thresholds, Watchword
from supervisor.alerts.lifecycle import Rule
from supervisor.alerts.outside import Outside
from supervisor.alerts.wording import Wording
from supervisor.bookings.calendars import feeds
from supervisor.bookings.check import precedence
from supervisor.bookings.made import MadeBookings
from supervisor.bookings.repeat import Window
from supervisor.bookings.watch import BookingFiles
from supervisor.channels.contacts import Addressbook
from supervisor.channels.room import RoomChannel
from supervisor.domain.booking_desk import MADE, House
from supervisor.domain.diary import Diary
from supervisor.domain.occupants import Site
from supervisor.domain.plant import BREWERY
from supervisor.domain.reservations import Reservations
from supervisor.i18n import translators
from supervisor.jitsi.build import build as build_pollers
from supervisor.kept import Kept, folder
from supervisor.log import configure
from supervisor.monitors import MONITORS, SERVER_MONITORS
from supervisor.monitors.stream_interrupted import StreamInterrupted
from supervisor.replay.engines import RecordedEngine
from supervisor.replay.policies import write_policy
from supervisor.replay.recorder import Recorder
from supervisor.replay.scribe import Scribe
from supervisor.runtime import Ports, Runtime
from supervisor.store.failures import StoreUnusableError
from supervisor.streams.build import build as build_streams
from supervisor.streams.youtube import KeptLedger
from supervisor.tasks import Backoff, Tasks, restarting
from supervisor.web.api import build as api
from supervisor.web.api.bookings import Bookings, Office, booking_operations
from supervisor.web.api.erasure import erasure_operations
from supervisor.web.auth import Access, Guard
from supervisor.web.calendar import CalendarPage
from supervisor.web.metrics import (
    EngineCollector,
    OutboxCollector,
    QuotaCollector,
    ReservationCollector,
    StoreCollector,
)
from supervisor.web.ready import Readiness
from supervisor.web.reservations import Conferences, Hall
from supervisor.web.server import WebServer
from supervisor.web.timings import Core, Delivery
from supervisor.web.wall import build as wall
from supervisor.web.wall.feed import Feed
from supervisor.web.wall.render import Render
from supervisor.xmpp.source import Server, XmppSource

if TYPE_CHECKING:
    from collections.abc import Callable

    from supervisor.domain.events import Event
    from supervisor.settings import Settings
    from supervisor.settings.monitors import MonitorSettings

log = structlog.get_logger()


class App:
    """The daemon. ``address`` is where its HTTP side listens, once started.

    Raises StoreUnusableError where the store can't be opened.
    """

    def __init__(self, settings: Settings, clock: Callable[[], float] = time.time) -> None:
        xmpp = settings.xmpp
        site = Site(xmpp.focus, xmpp.hidden_domain or "", xmpp.brewery or "")
        sources = frozenset({MADE, *precedence(settings)})
        self._kept = Kept(settings, clock, self._addressbook(sources), self._tell)
        told = policy(settings, Outside(self._kept.routes(), self._kept.ways()))
        diary = Diary(settings.bookings.house_rules, precedence(settings))
        self.engine = RecordedEngine(xmpp.muc[0], site, told, rule(settings, "SourceLost"), diary)
        self.engine.restore(self._kept.saved)
        registry = CollectorRegistry()
        self._runtime = Runtime(self.engine, clock, Core(registry).took)
        emit = self._runtime.emit
        self._source = XmppSource(server(settings), site, emit)
        if xmpp.brewery is not None:
            self._source.watch(xmpp.brewery, media=False)
        store = self._kept.store
        scribe = Scribe(site, xmpp.muc[0], write_policy(told), settings.store.event_log_bytes)
        self._recorder = Recorder(scribe, store, clock)
        if settings.store.event_log_bytes:
            self.engine.tape = self._recorder.take
        registry.register(EngineCollector(self.engine, clock))
        registry.register(OutboxCollector(self._kept.figures, clock))
        registry.register(StoreCollector(lambda: store.pending))
        ProcessCollector(registry=registry)
        channel = RoomChannel(self._source, emit, Delivery(registry, clock).tried)
        self._streams = build_streams(settings, KeptLedger(store.write, store.quota), emit)
        self._pollers = build_pollers(settings, emit, self.engine.called)
        witnesses = tuple(self._streams.witnesses.values())
        render = Render(translators())
        self._feed = Feed(self.engine, clock, render)
        self._runtime.connect(Ports(self._source, channel, witnesses, self._kept.keep, self._feed.changed))
        if (ledger := self._streams.ledger) is not None:
            registry.register(QuotaCollector(lambda: ledger.sent, lambda: ledger.remaining, ledger.daily_units))
        files = settings.bookings.files
        window = partial(Window.at, clock, settings.bookings.timezone)
        self._files = BookingFiles(files, settings.all_kinds, emit, window=window)
        self._calendars = feeds(settings, window, emit)
        self._made = MadeBookings(self._kept.shelf, settings.all_kinds, self._runtime.take)
        readiness = Readiness(self.engine, sources)
        office = Office(self._made, self._kept.shelf, House(settings.all_kinds, settings.bookings.house_rules))
        operations = api.operations(self.engine, clock, self._runtime.take, store, self._kept.reports)
        operations += booking_operations(Bookings(self.engine, clock, office))
        operations += erasure_operations(self._kept.janitor)
        doorman = guard(settings)
        conferences = Conferences(self._hall(settings, readiness, told, clock), reservations(settings), doorman)
        registry.register(ReservationCollector(lambda: conferences.outcomes))
        needs = wall.Needs(self.engine, clock, doorman, operations, store, folder(settings))
        routes = [
            *self._streams.routes,
            *api.routes(doorman, operations),
            *conferences.routes(),
            self._calendar(settings, clock).route(),
            *wall.routes(needs, render, self._feed),
        ]
        self._web = WebServer(settings.web.host, settings.web.port, registry, readiness, routes)
        self._tasks = Tasks()

    @property
    def address(self) -> str:
        """Where to look: ``http://host:port``."""
        return self._web.address

    def _addressbook(self, sources: frozenset[str]) -> Addressbook:
        return Addressbook(
            # The engine is made later, and its bookings are another table after each reading.
            lambda id_: self.engine.diary.bookings.get(id_),  # noqa: PLW0108
            lambda: sources <= self.engine.diary.by_source.keys(),
        )

    async def _tell(self, event: Event) -> None:
        await self._runtime.take(event)  # which is made later

    def _hall(self, settings: Settings, readiness: Readiness, told: Policy, clock: Callable[[], float]) -> Hall:
        language = settings.bookings.reservations.language
        return Hall(lambda: self.engine.diary.bookings, lambda: not readiness.unread(), told.wording, language, clock)

    def _calendar(self, settings: Settings, clock: Callable[[], float]) -> CalendarPage:
        known, host = lambda: self.engine.diary.bookings, settings.xmpp.muc[0]
        return CalendarPage(known, self._made.changed, guard(settings), host, clock)

    async def start(self) -> None:
        """Open the port and start all sources. Raises OSError where the port is taken."""
        await self._web.start()
        self._kept.start(self._runtime.emit)
        self._tasks.start("outbox", self._kept.wait())
        self._tasks.start("runtime", self._runtime.run())
        self._tasks.start("event log", restarting("event log", self._recorder.run, Backoff()))
        self._tasks.start("xmpp", restarting("xmpp", self._source.run, Backoff()))
        self._tasks.start("bookings", restarting("bookings", self._files.run, Backoff()))
        self._tasks.start("wall", restarting("wall", self._feed.run, Backoff()))
        self._tasks.start("made bookings", restarting("made bookings", self._made.run, Backoff()))
        self._tasks.start("janitor", restarting("janitor", self._kept.janitor.run, Backoff()))
        for feed in self._calendars:
            self._tasks.start(feed.name, restarting(feed.name, feed.run, Backoff()))
        for name, witness in self._streams.witnesses.items():
            self._tasks.start(name, restarting(name, witness.run, Backoff()))
        for name, poller in self._pollers.items():
            self._tasks.start(name, restarting(name, poller.run, Backoff()))
        if self._streams.sampler is not None:
            self._tasks.start("content", restarting("content", self._streams.sampler.run, Backoff()))
        log.info("started", version=__version__, address=self.address)

    async def wait(self) -> None:
        """Wait for a failure of the core, which is raised."""
        await self._tasks.wait()

    async def stop(self) -> None:
        """Stop everything; bounded."""
        await self._tasks.close()
        self._feed.close()
        await self._web.stop()
        await self._recorder.close()
        await self._kept.close()
        log.info("stopped")


def rule(settings: Settings, name: str) -> Rule:
    """The operator's patience for a monitor."""
    return _rule(settings.monitor(name))


def _rule(section: MonitorSettings) -> Rule:
    return Rule(wait=section.for_, keep=section.keep_firing_for, enabled=section.enabled)


def thresholds(settings: Settings, kind: str = "") -> Thresholds:
    """What is watched for in sessions of a kind."""
    sections = {monitor: settings.monitor(monitor.name, kind) for monitor in MONITORS}
    watchwords = [Watchword(m(**s.thresholds()), _rule(s)) for m, s in sections.items() if s.enabled]
    grace = settings.monitor(StreamInterrupted.name, kind).thresholds()["recorder_grace"]
    return Thresholds(tuple(watchwords), grace)


def policy(settings: Settings, outside: Outside) -> Policy:
    """What is watched for, and how it is told."""
    usual = thresholds(settings)
    server = []
    for each in SERVER_MONITORS:
        section = settings.monitors.named(each.name)
        if section.enabled:
            server.append((each(**section.thresholds()), rule(settings, each.name)))
    return Policy(
        watchwords=usual.watchwords,
        wording=Wording(translators()),
        repeat=settings.alerts.repeat_interval,
        escalate_after=settings.alerts.escalate_after,
        grace=usual.grace,
        of_kinds={kind: thresholds(settings, kind) for kind in settings.kinds},
        outside=outside,
        opening_line=settings.alerts.opening_line,
        server=server,
    )


def server(settings: Settings) -> Server:
    """Where the component connects."""
    xmpp = settings.xmpp
    # Recorders may also be known from Jicofo; without them a session is still supervised.
    aside = {host: BREWERY for host in xmpp.hosts if host not in xmpp.muc}
    return Server(xmpp.host, xmpp.port, xmpp.component, xmpp.secret.get_secret_value(), xmpp.hosts, aside)


def guard(settings: Settings) -> Guard:
    """Who may use the API."""
    tokens = settings.web.tokens.items()
    return Guard(Access(name, token.token.get_secret_value(), frozenset(token.scopes)) for name, token in tokens)


def reservations(settings: Settings) -> Reservations:
    """Which rooms may be opened."""
    return Reservations(settings.bookings.unbooked, settings.bookings.reservations.overrun)


def run(settings: Settings) -> int:
    """Run until SIGTERM or SIGINT. Returns the exit code; a failure of the core is raised, for systemd to see."""
    configure()
    try:
        asyncio.run(_run(settings))
    except StoreUnusableError as error:
        log.error("not started", problem=f"store.url: {error}")  # noqa: TRY400 - a traceback would not help
        return 1
    except OSError as error:
        problem = f"web.listen {settings.web.listen}: {error.strerror or error}"
        log.error("not started", problem=problem)  # noqa: TRY400 - a traceback would not help the operator
        return 1
    return 0


async def _run(settings: Settings) -> None:
    app = App(settings)
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    tasks = Tasks()
    try:
        await app.start()
        # What is imported stays as long as we do; looking through it for garbage would halt everything for 40 ms.
        gc.collect()
        gc.freeze()
        tasks.start("signals", _until(stopping))
        tasks.start("app", app.wait())
        await tasks.wait()
    finally:
        await tasks.close()
        await app.stop()


async def _until(event: asyncio.Event) -> None:
    await event.wait()
