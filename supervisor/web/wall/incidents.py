"""The incidents of a session with their lines, for its page: from the record, open ones as they are this moment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from supervisor.web.api.past import LAST, read
from supervisor.web.api.shown import TITLED
from supervisor.web.problems import Problem

if TYPE_CHECKING:
    from supervisor.domain.records import Incident, TimelineEntry
    from supervisor.engine import Engine
    from supervisor.web.api.past import Records

    Recorded = tuple[Incident, list[TimelineEntry]]

MOST = 12
"""Incidents that are shown, the last ones."""
LINES = 40
"""Lines of each, the last ones."""


async def incidents(records: Records, engine: Engine, booking: str) -> list[Recorded] | None:
    """The last incidents, the newest first; None while the record can't be read."""
    try:
        stored = await read(records.incidents(-LAST, LAST, booking))
        unfinished = [each for each in engine.incidents() if each.booking == booking]
        all_ = {each.id: each for each in (*stored, *unfinished)}.values()
        last = sorted(all_, key=lambda each: (-each.opened, each.id))[:MOST]
        return [(each, await _lines(records, each.id)) for each in last]
    except Problem:
        return None


async def _lines(records: Records, incident: str) -> list[TimelineEntry]:
    lines = [entry for entry in await read(records.timeline(incident)) if entry.what != TITLED]
    return lines[-LINES:]
