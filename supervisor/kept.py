"""What is kept and what leaves the house: the store and the outbox' runner, opened and closed together."""

from __future__ import annotations

import asyncio
import os
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from supervisor.alerts.outside import Route
from supervisor.channels.alertmanager import AlertmanagerSender
from supervisor.channels.contacts import senders as contact_senders
from supervisor.channels.dispatch import Dispatcher
from supervisor.channels.pace import Clock
from supervisor.channels.registry import senders
from supervisor.domain.letters import Way
from supervisor.domain.news import News
from supervisor.domain.records import Outgoing
from supervisor.i18n import translators
from supervisor.report.reports import Reports
from supervisor.report.senders import remove
from supervisor.report.senders import senders as report_senders
from supervisor.store.janitor import House, Janitor
from supervisor.store.shelf import Shelf, ThreadedShelf
from supervisor.store.shredder import Shredder
from supervisor.store.store import Store

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from supervisor.channels.contacts import Addressbook
    from supervisor.channels.figures import Figures
    from supervisor.domain.changes import Change
    from supervisor.domain.events import Event
    from supervisor.domain.records import AlertRow, Saved
    from supervisor.ports import Emit
    from supervisor.settings import Settings

    Take = Callable[[Event], Awaitable[None]]

PEOPLE = frozenset({"email", "apprise"})
"""The channels that end at a person: the last step of an escalation."""


class Kept:
    """The store, the dispatcher and the janitor; ``tell`` hands the engine an event.

    Raises StoreUnusableError where the store can't be opened.
    """

    def __init__(self, settings: Settings, now: Callable[[], float], addressbook: Addressbook, tell: Take) -> None:
        where = address(settings)
        self.store = Store.open(where)
        self.shelf = ThreadedShelf(Shelf.open(where))
        self.reports = Reports(self.store.chronicle, self.store.erasure)
        contacts = contact_senders(settings, addressbook, translators(), now)
        self._senders = [*senders(settings.alerts, now), *report_senders(settings, self.reports), *contacts]
        self._dispatcher = Dispatcher(self._senders, self.store, Clock(now))
        self._saved: Saved = self.store.load()
        shredder, folder = Shredder.open(where), settings.reports.folder
        self.janitor = Janitor(House(shredder, settings.retention.periods, now, tell, partial(remove, folder)))

    @property
    def saved(self) -> Saved:
        """What was going on when the last process ended."""
        return self._saved

    def routes(self) -> tuple[Route, ...]:
        """Everybody outside, for the engine's routing."""
        return tuple(Route(s.channel, s.target, s.kinds, s.channel in PEOPLE, s.selection) for s in self._senders)

    def ways(self) -> frozenset[Way]:
        """How a booking's contacts can be reached."""
        return frozenset(way for way in Way if way in {sender.channel for sender in self._senders})

    def start(self, emit: Emit) -> None:
        """Begin to write and to send."""
        self.store.start(emit)
        firing = [_news(alert).payload() for alert in self._saved.alerts if alert.stage]
        for sender in self._senders:
            if isinstance(sender, AlertmanagerSender):
                sender.restore(firing)
        self._dispatcher.start()
        self._dispatcher.restore(self._saved.outgoing)

    def keep(self, changes: Sequence[Change]) -> asyncio.Future[frozenset[str]]:
        """Store changes; messages among them are sent when they are stored."""
        stored = self.store.write(changes)
        messages = [change for change in changes if isinstance(change, Outgoing)]
        if messages:
            self._dispatcher.post(messages, stored)
        return stored

    def figures(self) -> list[Figures]:
        """What became of the messages, by target."""
        return self._dispatcher.figures()

    async def wait(self) -> None:
        """Wait for a failure, which is a bug and is raised. Where nobody is to be told outside, for ever."""
        await self._dispatcher.wait()
        await asyncio.Event().wait()

    async def close(self) -> None:
        """Let what is under way end; bounded."""
        await self._dispatcher.close()
        self.janitor.close()
        self.reports.close()
        await self.store.close()
        self.shelf.close()


def _news(alert: AlertRow) -> News:
    """What Alertmanager has to hear again of an alert that fired when the last process ended."""
    reason, began = alert.reason, alert.began
    return News(alert.monitor, alert.severity, alert.booking, "", reason, "", began, None, alert.incident)


def state_folder() -> Path:
    """The state directory: systemd's, or the system's for root, or the user's own."""
    given = os.environ.get("STATE_DIRECTORY")
    if given:
        return Path(given.partition(":")[0])
    if os.geteuid() == 0:
        return Path("/var/lib/jitsi-supervisor")
    home = os.environ.get("XDG_STATE_HOME") or str(Path.home() / ".local" / "state")
    return Path(home) / "jitsi-supervisor"


def folder(settings: Settings) -> Path:
    """Where small files that belong to the state are: beside an SQLite store, else in the state directory."""
    scheme, _, path = (settings.store.url or "").partition(":///")
    return Path(path).parent if scheme == "sqlite" and path else state_folder()


def address(settings: Settings) -> str:
    """The store's address; where none is configured, an SQLite file in the state directory, which is made."""
    if settings.store.url is None:
        state_folder().mkdir(mode=0o750, parents=True, exist_ok=True)
    return place(settings)


def place(settings: Settings) -> str:
    """The same address; nothing is made."""
    return settings.store.url or f"sqlite:///{state_folder() / 'state.db'}"
