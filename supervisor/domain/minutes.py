"""The record of a session's troubles, for the minutes: one outage is one incident, with a line for each event.

Written by the one who minds the alerts; kept by the store; never with a person's name, mail address or JID. A moderator
is written as its occupant id and role, support staff as their token's name.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from supervisor.domain import chronicle
from supervisor.domain.commands import Keep
from supervisor.domain.occupants import written
from supervisor.domain.records import ChronicleEntry, Incident, TimelineEntry

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(slots=True)
class Minutes:
    """The open incidents of one session, by monitor. Every method yields what is to be kept.

    ``last`` has the id of each monitor's latest incident, open or not; ``sealed``: each line goes into the session's
    sealed record, too.
    """

    booking: str
    room: str
    open: dict[str, Incident] = field(default_factory=dict)
    last: dict[str, str] = field(default_factory=dict)
    sealed: bool = False

    def rose(self, monitor: str, stage: str, reason: str, now: float, began: float | None = None) -> Iterator[Keep]:
        """An alert rose: the episode's first rise opens its incident. ``began``: last good instant, where known."""
        incident = self.open.get(monitor)
        if incident is None:
            ident = f"{self.booking}/{monitor}/{now:.3f}"
            incident = self.open[monitor] = Incident(ident, self.booking, self.room, monitor, now, began=began)
            self.last[monitor] = ident
            yield Keep(incident)
        yield Keep(TimelineEntry(incident.id, now, stage, {"reason": reason}))
        good = {} if began is None else {"last_good": chronicle.stamp(began)}
        yield from self._seal(incident, now, chronicle.RISEN, stage=stage, reason=reason, **good)

    def fell(self, monitor: str, reason: str, now: float, calm: float, *, over: bool) -> Iterator[Keep]:
        """An alert fell; ``calm``: since when it has been so; ``over``: to nothing.

        That closes its incident, unless the session is still paused for it.
        """
        incident = self.open.get(monitor)
        if incident is None:
            return
        since = {"since": chronicle.stamp(calm)} if calm < now else {}
        what = chronicle.RECOVERED if over else chronicle.EASED
        yield from self._line(incident, now, what, reason=reason, **since)
        if over:
            yield from self._change(replace(incident, closed=now))

    def told(self, monitor: str, now: float, whom: str, stage: int, people: int = 1) -> Iterator[Keep]:
        """Somebody was told; ``people`` says how many."""
        incident = self.open.get(monitor)
        if incident is None:
            return
        if incident.told is None:
            yield from self._change(replace(incident, told=now))
        yield from self._line(incident, now, chronicle.TOLD, whom=whom, stage=str(stage), people=str(people))

    def acknowledged(self, monitor: str, by: str, now: float) -> Iterator[Keep]:
        """Somebody answered for it; the first one stands."""
        incident = self.open.get(monitor)
        if incident is not None and incident.acknowledged_at is None:
            yield from self._change(replace(incident, acknowledged_by=by, acknowledged_at=now))
            yield from self._line(incident, now, chronicle.ACKNOWLEDGED, by=by)

    def paused(self, monitor: str, by: str, now: float) -> Iterator[Keep]:
        """The session was halted for it."""
        if monitor not in self.open:
            yield from self.rose(monitor, "paused", "by hand", now)
        yield from self._change(replace(self.open[monitor], paused_by=by, paused_at=now))
        yield from self._line(self.open[monitor], now, chronicle.PAUSED, by=by)

    def titled(self, monitor: str, now: float, title: str, by: str) -> Iterator[Keep]:
        """The title that the room had before it said PAUSED, to be put back even after a restart of ours."""
        if monitor in self.open:
            nick = by.rpartition("/")[2]
            # One that a client chose may be a name: after a restart the title is put back in the room's own name.
            author = by if written(nick) == nick else ""
            yield from self._change(replace(self.open[monitor], title=title, titled_by=author))
            # Not in the record: a title is what anybody wrote, and it names its author. It is kept for as long as it is
            # to be put back.
            yield Keep(TimelineEntry(self.open[monitor].id, now, "titled"))

    def resumed(self, monitor: str, by: str, now: float, *, over: bool) -> Iterator[Keep]:
        """The session goes on; ``over``: the trouble is gone too, and the incident with it."""
        incident = self.open.get(monitor)
        if incident is None:
            return
        yield from self._line(incident, now, chronicle.RESUMED, by=by)
        closed = (incident.closed or now) if over else incident.closed
        yield from self._change(
            replace(incident, resumed_by=by, resumed_at=now, closed=closed, title=None, titled_by="")
        )

    def messaged(self, by: str, now: float) -> Iterator[Keep]:
        """Support staff wrote to the moderators while this was going on."""
        for incident in self.open.values():
            yield from self._line(incident, now, "message", by=by)

    def end(self, why: str, now: float) -> Iterator[Keep]:
        """The supervision ends, and every incident with it; the sealed record says so itself."""
        for incident in list(self.open.values()):
            yield Keep(TimelineEntry(incident.id, now, "closed", {"reason": why}))
            yield Keep(replace(incident, closed=incident.closed or now))
        self.open.clear()

    def _change(self, incident: Incident) -> Iterator[Keep]:
        halted = incident.paused_at is not None and incident.resumed_at is None
        if incident.closed is not None and not halted:
            self.open.pop(incident.monitor, None)
        else:
            self.open[incident.monitor] = incident
        yield Keep(incident)

    def _line(self, incident: Incident, now: float, what: str, **detail: str) -> Iterator[Keep]:
        yield Keep(TimelineEntry(incident.id, now, what, detail))
        yield from self._seal(incident, now, what, **detail)

    def _seal(self, incident: Incident, now: float, what: str, **detail: str) -> Iterator[Keep]:
        if self.sealed:
            words = {
                key: chronicle.whose(text) if key == "by" else chronicle.clean(text) for key, text in detail.items()
            }
            about = {"incident": incident.id, "monitor": incident.monitor}
            yield Keep(ChronicleEntry(self.booking, now, what, {**about, **words}))
