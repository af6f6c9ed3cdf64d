"""What a replay shows, for people and for programs. Clock times are those of the session's place."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from supervisor import __version__
from supervisor.monitors import MONITORS
from supervisor.replay.happened import ACKNOWLEDGED, ESCALATED, FELL, ROSE, TOLD, Happened

if TYPE_CHECKING:
    from collections.abc import Iterator

    from supervisor.domain.reading import Stage
    from supervisor.replay.player import Difference, Outcome, Played

_STAGES = {monitor.name: monitor.stages for monitor in MONITORS}
_UNPRINTABLE = dict.fromkeys((*range(32), *range(127, 160)), "�")
"""A file may come from anywhere, and the terminal obeys what is in it."""


def as_text(outcome: Outcome) -> Iterator[str]:
    """Lines for a terminal, each with its end."""
    for line in _lines(outcome):
        yield line.translate(_UNPRINTABLE) + "\n"


def as_json(outcome: Outcome) -> Iterator[str]:
    """One object."""
    difference = outcome.difference
    shown = {
        "session": outcome.head.session,
        "recorded_by": outcome.head.program,
        "replayed_by": __version__,
        "events": outcome.events,
        "ticks": outcome.ticks,
        "same": outcome.same,
        "cut": outcome.cut,
        "failed": outcome.failed,
        "difference": None if difference is None else asdict(difference),
        "alerts": [_object(each) for each in outcome.played],
    }
    yield json.dumps(shown, ensure_ascii=False, indent=2) + "\n"


def _lines(outcome: Outcome) -> Iterator[str]:
    offset = outcome.booking.utc_offset if outcome.booking is not None else 0.0
    yield from _title(outcome, offset)
    yield ""
    day = ""
    for each in outcome.played:
        local = _local(each.at, offset)
        if local[:10] != day:
            day = local[:10]
            yield day
        yield f"  {local[11:]}  {_words(each.what)}"
    yield ""
    yield from _verdict(outcome, offset)


def _title(outcome: Outcome, offset: float) -> Iterator[str]:
    booking = outcome.booking
    if booking is None:
        yield f"{outcome.head.session}: nothing is recorded"
        return
    start, end = _local(booking.start, offset), _local(booking.end, offset)
    must = ", must stream" if booking.must_stream else ""
    yield f"{booking.id}: {booking.kind.name} in room {booking.room_node}, limit {booking.limit}{must}"
    yield f"booked {start[:16]} to {end[11:16]} (UTC{offset / 3600:+g} h); recorded by version {outcome.head.program}"


def _words(what: Happened | str) -> str:
    if isinstance(what, str):
        return f"-- {what}"
    if not what.monitor:
        return f"{what.what}{f' by {what.by}' if what.by else ''}"
    name, reason = what.monitor, what.reason
    stage = _stage(name, what.stage)
    match what.what:
        case "alert rose" if stage is not None:
            return f"{name:<18} {stage.severity.value.upper():<8} {stage.name}: {reason}"
        case "alert fell" if stage is not None:
            return f"{name:<18} {stage.severity.value:<8} only {stage.name}: {reason}"
    plain = {
        ROSE: f"stage {what.stage}: {reason}",
        FELL: f"{'over':<8} {reason}",
        ESCALATED: f"escalated: {reason}",
        ACKNOWLEDGED: f"acknowledged by {what.by}",
        TOLD: f"told {what.whom}",
    }
    return f"{name:<18} {plain.get(what.what, what.what)}"


def _verdict(outcome: Outcome, offset: float) -> Iterator[str]:
    alerts = sum(isinstance(each.what, Happened) for each in outcome.played)
    counted = f"{outcome.events} events and {outcome.ticks} ticks, {alerts} lines"
    if outcome.cut:
        yield f"The log was cut ({outcome.cut}): what came later is not in it."
    if outcome.failed:
        yield f"THE ENGINE FAILED at {outcome.failed}"
    if outcome.difference is not None:
        yield from _difference(outcome.difference, offset)
        if outcome.head.program != __version__:
            versions = f"Recorded by {outcome.head.program}, replayed by {__version__}"
            yield f"{versions}: a rule may have changed between them."
    if outcome.same:
        yield f"Same as recorded: {counted}."


def _difference(difference: Difference, offset: float) -> Iterator[str]:
    yield f"NOT AS RECORDED, first at {_local(difference.at, offset)} (line {difference.line} of the file):"
    for title, found in (("recorded", difference.recorded), ("replayed", difference.replayed)):
        yield from (f"  {title}  {_words(each)}" for each in found)
        if not found:
            yield f"  {title}  nothing"


def _object(played: Played) -> dict[str, Any]:
    at = datetime.fromtimestamp(played.at, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    if isinstance(played.what, str):
        return {"at": at, "note": played.what}
    stage = _stage(played.what.monitor, played.what.stage)
    named = {} if stage is None else {"stage_name": stage.name, "severity": stage.severity.value}
    return {"at": at, **asdict(played.what), **named}


def _stage(monitor: str, number: int) -> Stage | None:
    stages = _STAGES.get(monitor, ())
    return stages[number - 1] if 1 <= number <= len(stages) else None


def _local(instant: float, offset: float) -> str:
    try:
        local = datetime.fromtimestamp(instant, UTC) + timedelta(seconds=offset)
    except (ValueError, OverflowError, OSError):  # of a file that says what it likes
        return f"{'at no time':<23}"
    return local.replace(tzinfo=None).isoformat(" ", "milliseconds")
