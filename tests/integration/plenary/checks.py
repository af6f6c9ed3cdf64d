"""What came of the evening, against the script."""

from __future__ import annotations

import csv
import datetime as dt
import re
from dataclasses import dataclass
from io import StringIO
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest

from supervisor.alerts.sources import STAGE as BLIND
from supervisor.monitors import MONITORS
from tests.integration.plenary import expected, script
from tests.integration.plenary.rows import SUMMER, at

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.integration.plenary.rows import Row
    from tests.integration.plenary.tape import AlertChange

SECOND = 1.0
"""To that the numbers of people are exact where it matters."""
STAGES = {**{monitor.name: monitor.stages for monitor in MONITORS}, "SourceLost": (BLIND,)}


@dataclass(frozen=True)
class Line:
    """An alert's change as a person would note it: comparing lists of these shows at once what is wrong."""

    clock: str
    monitor: str
    what: str
    stage: str
    severity: str


def clock(instant: float) -> str:
    return dt.datetime.fromtimestamp(round(instant, 2), SUMMER).strftime("%H:%M:%S.%f")[:-4]


def seen_alerts(changes: Sequence[AlertChange]) -> list[Line]:
    lines = []
    for change in changes:
        stage = STAGES[change.monitor][change.stage - 1] if change.stage else None
        name, severity = (stage.name, str(stage.severity)) if stage else ("", "")
        lines.append(Line(clock(change.at), change.monitor, change.what, name, severity))
    return lines


def due_alerts(rows: Sequence[Row]) -> list[Line]:
    return [Line(clock(at_), a.monitor, a.what, a.stage, a.severity) for at_, a in expected.alerts(rows)]


def check_readings(rows: Sequence[Row], read: Sequence[tuple[float, str]]) -> None:
    """The secretary has read what she had to, when she had to, and nothing else."""
    due = expected.readings(rows)
    seen = [
        f"{clock(instant)} {words if words in text else text}"
        for (instant, text), (_, words) in zip(read, due, strict=False)
    ]
    seen += [f"{clock(instant)} {text}" for instant, text in read[len(due) :]]
    assert [f"{clock(instant)} {words}" for instant, words in due] == seen


def seconds(stamp: str | None) -> float | None:
    return None if stamp is None else dt.datetime.fromisoformat(stamp).timestamp()


def check_json(rows: Sequence[Row], report: dict[str, Any], moderators: Sequence[str]) -> None:
    """Every figure of the report. ``moderators``: the secretary's nicks."""
    check_summary(rows, report)
    check_people(rows, report["people"])
    checked = {one["item"]: (one["state"], one["was_wrong"], seconds(one["since"])) for one in report["preflight"]}
    assert ("ok", True, at(script.IDLE_AGAIN)) == checked.pop("recorder")
    assert {("ok", False, at(script.CHECKED))} == set(checked.values())
    bands = [(seconds(part["from"]), seconds(part["to"]), part["state"]) for part in report["stream"]]
    assert expected.stream() == bands
    blind = tuple(at(one) for one in script.BLIND)
    gaps = [(gap["what"], seconds(gap["from"]), seconds(gap["to"])) for gap in report["unknown"]]
    assert [("room", *blind), ("stream", *blind)] == gaps
    assert [_due(one) for one in expected.troubles(rows)] == [_told(one, moderators) for one in report["incidents"]]


def check_summary(rows: Sequence[Row], report: dict[str, Any]) -> None:
    session, summary = report["session"], report["summary"]
    booked = tuple(at(one) for one in (script.START, script.END))
    assert booked == (seconds(session["start"]), seconds(session["end"]))
    assert (at(rows[0].time), at(rows[-1].time)) == (seconds(session["opened"]), seconds(session["closed"]))
    assert (script.LIMIT, True, "ca", "plenary") == tuple(
        session[key] for key in ("limit", "must_stream", "language", "kind")
    )
    crowd = expected.crowd(rows)
    peak_at, people = expected.peak(rows)
    assert people == summary["peak_people"]
    written = [seconds(summary[key]) for key in ("first_in", "peak_at", "last_out")]
    assert pytest.approx([crowd[1][0], peak_at, crowd[-1][0]], abs=SECOND) == written
    assert pytest.approx(expected.over_limit(rows), abs=2 * SECOND) == summary["over_limit_seconds"]
    assert at(script.BLIND[1]) - at(script.BLIND[0]) == summary["people_unknown_seconds"]
    assert expected.stream_seconds() == summary["stream_seconds"]
    pauses = expected.paused()
    assert (1, len(pauses)) == (summary["interruptions"], summary["pauses"])
    assert sum(end - start for start, end, _ in pauses) == summary["paused_seconds"]


def check_people(rows: Sequence[Row], counts: Sequence[dict[str, Any]]) -> None:
    """Ten seconds after each change the right number is written, and none while nothing was seen."""
    changes = [instant for instant, _ in expected.crowd(rows)]
    for number, instant in enumerate(changes):
        later = instant + 10.0
        if number + 1 < len(changes) and changes[number + 1] <= later:
            continue
        written = [count for count in counts if (seconds(count["at"]) or 0.0) <= later][-1]
        away = at(script.ABSENT[0]) <= later < at(script.ABSENT[1])
        there = expected.people_at(rows, later)
        assert (there, int(bool(there) and not away)) == (written["people"], written["moderators"]), clock(instant)
    unknown = [
        count["at"] for count, after in pairwise(counts) if count["people"] is None and count["at"] < after["at"]
    ]
    assert [at(script.BLIND[0])] == [seconds(one) for one in unknown]


def _due(trouble: expected.Trouble) -> dict[str, Any]:
    interruption = trouble.monitor == "StreamInterrupted"
    return {
        "monitor": trouble.monitor,
        "stage": trouble.stage,
        "interruption": trouble.interruption,
        "side": ("encoder" if trouble.interruption else "viewers") if interruption else None,
        "from": clock(trouble.began),
        "to": trouble.end and clock(trouble.end),
        "detected": clock(trouble.detected),
        "recovered": trouble.recovered and clock(trouble.recovered),
        "told": [(clock(at_), whom, people, stage) for at_, whom, people, stage in trouble.told],
        "acknowledged": trouble.acknowledged and clock(trouble.acknowledged),
        "pauses": [(clock(start), clock(end)) for start, end in trouble.pauses],
    }


def _told(incident: dict[str, Any], moderators: Sequence[str]) -> dict[str, Any]:
    who = {f"{nick} (moderator)" for nick in moderators}
    named = {incident["acknowledged_by"], *(p[by] for p in incident["pauses"] for by in ("paused_by", "resumed_by"))}
    assert named - {None} <= who, incident
    return {
        **{key: incident[key] for key in ("monitor", "stage", "interruption", "side")},
        **{key: _clock(incident[key]) for key in ("from", "to", "detected", "recovered")},
        "told": [(_clock(one["at"]), one["whom"], one["people"], one["stage"]) for one in incident["told"]],
        "acknowledged": _clock(incident["acknowledged_at"]),
        "pauses": [(_clock(one["paused_at"]), _clock(one["resumed_at"])) for one in incident["pauses"]],
    }


def _clock(stamp: str | None) -> str | None:
    instant = seconds(stamp)
    return None if instant is None else clock(instant)


def check_csv(rows: Sequence[Row], text: str) -> None:
    """The same incidents, one in a line."""
    lines = list(csv.DictReader(StringIO(text)))
    troubles = expected.troubles(rows)
    assert [one.monitor for one in troubles] == [line["monitor"] for line in lines]
    for trouble, line in zip(troubles, lines, strict=True):
        instants = (trouble.began, trouble.end, trouble.detected, trouble.acknowledged)
        written = (line[key] or None for key in ("from", "to", "detected", "acknowledged_at"))
        assert instants == tuple(seconds(one) for one in written), line
        lasted = "" if trouble.end is None else f"{trouble.end - trouble.began:.3f}"
        told = "; ".join(f"{people} {whom}" for _, whom, people, _ in trouble.told)
        assert (lasted, told) == (line["seconds"], line["told"])


def lasting(length: float) -> str:
    hours, rest = divmod(round(length), 3600)
    minutes, rest = divmod(rest, 60)
    if hours:
        return f"{hours} h {minutes:02d} min {rest:02d} s"
    return f"{minutes} min {rest:02d} s" if minutes else f"{rest} s"


def check_page(rows: Sequence[Row], page: str, over_limit: float) -> None:
    """What the secretary of the town reads: the figures at its top, and each incident's times.

    ``over_limit`` is the JSON's, which was compared.
    """
    plain = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))
    lengths = expected.stream_seconds()
    up = lengths["up"] + lengths["bad"] + lengths["doubt"]
    paused = sum(end - start for start, end, _ in expected.paused())
    peak = expected.peak(rows)[1]
    for length in (lengths["down"], up, paused, over_limit):
        assert lasting(length) in plain
    assert re.search(rf"<dd>{peak} <small>", page)
    lines = re.findall(r"<tr>(.*?)</tr>", page, re.DOTALL)
    for trouble in expected.troubles(rows):
        shown = [clock(one)[:8] for one in (trouble.began, trouble.detected, trouble.end) if one is not None]
        if trouble.monitor == expected.PAUSED:
            shown = [clock(one)[:8] for one in trouble.pauses[0]]
        told = [clock(at_)[:8] for at_, _, _, stage in trouble.told[:1] if stage]
        lasted = lasting((trouble.end or trouble.began) - trouble.began)
        wanted = [*shown, *told, lasted]
        assert any(all(one in line for one in wanted) for line in lines), (trouble, wanted)
