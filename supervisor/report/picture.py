"""The geometry of the timeline: where each line, bar and mark stands. The template draws it.

Every state has a pattern and a word as well as a colour: a town hall's printer is black and white.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from supervisor.report.account import Account
    from supervisor.report.crowd import Count
    from supervisor.report.words import Words

WIDTH, LEFT, RIGHT = 720.0, 34.0, 12.0
TOP, PEOPLE_HEIGHT = 20.0, 130.0
BAND, BAND_HEIGHT = 182.0, 24.0
ROW = 16.0
BETWEEN = 20.0
"""Between two rows: a line of text."""
LETTER = 5.6
"""Units that a letter of a label takes, about."""
LANE = 25.0
"""For a row of incidents with their letters."""
SEEN = 24.0
"""Units of a bar that have to be seen beside its label."""
LEGEND = ("up", "bad", "doubt", "down", "unknown", "off")
STEPS = (60, 120, 300, 600, 900, 1200, 1800, 3600, 7200, 14_400, 21_600, 43_200)
MOST_TICKS = 9


@dataclass(frozen=True, slots=True)
class Bar:
    """A piece of a row. ``label`` is empty where it would not fit; ``number`` is that of its line in a table."""

    x: float
    width: float
    sort: str
    label: str = ""
    title: str = ""
    number: str = ""
    y: float = 0.0

    @property
    def begins(self) -> float:
        """Where it or its number begins."""
        return min(self.x, self.x + self.width / 2 - LETTER)

    @property
    def ends(self) -> float:
        """Where it or its number ends."""
        return max(self.x + self.width, self.x + self.width / 2 + LETTER)


@dataclass(frozen=True, slots=True)
class Tick:
    """A mark on an axis."""

    at: float
    text: str


@dataclass(frozen=True, slots=True)
class Picture:
    """All that is drawn, in the units of its view box. ``peak``: the point of the most people, None without one."""

    width: float
    height: float
    left: float
    right: float
    top: float
    floor: float
    lines: list[str]
    areas: list[str]
    limit: float
    limit_text: str
    peak: tuple[float, float, int] | None
    people_ticks: list[Tick]
    time_ticks: list[Tick]
    band_y: float
    band_height: float
    band: list[Bar]
    holes: list[Bar]
    pauses_y: float
    pauses: list[Bar]
    alerts_y: float
    alerts: list[list[Bar]]
    axis_y: float
    booked: list[float]
    numbers: list[Tick]
    states: list[str]


@dataclass(frozen=True, slots=True)
class Scale:
    """From instants and head counts to places."""

    start: float
    end: float
    highest: int

    def x(self, instant: float) -> float:
        """The place of an instant, within the picture."""
        share = (min(max(instant, self.start), self.end) - self.start) / (self.end - self.start)
        return round(LEFT + share * (WIDTH - LEFT - RIGHT), 1)

    def y(self, people: float) -> float:
        """The place of a head count."""
        return round(TOP + PEOPLE_HEIGHT * (1 - people / self.highest), 1)


def picture(account: Account, words: Words) -> Picture:
    """Lay it out."""
    scale = _scale(account)
    counts = account.counts
    pauses_y = BAND + BAND_HEIGHT + BETWEEN
    alerts_y = pauses_y + ROW + BETWEEN
    alerts = lanes(_alerts(account, words, scale))
    axis_y = alerts_y + 6 + max(1, len(alerts)) * LANE
    limit = account.facts.limit
    facts = account.facts
    return Picture(
        width=WIDTH,
        height=axis_y + 18,
        left=LEFT,
        right=WIDTH - RIGHT,
        top=TOP,
        floor=TOP + PEOPLE_HEIGHT,
        lines=[_line(run, scale) for run in _runs(account)],
        areas=[f"{_line(run, scale)} V{scale.y(0)} H{scale.x(run[0][0])} Z" for run in _runs(account)],
        limit=scale.y(limit),
        limit_text=words.say("limit_line", limit=limit),
        peak=_peak(counts, scale),
        people_ticks=[Tick(scale.y(n), str(n)) for n in _numbers(scale.highest)],
        time_ticks=[Tick(scale.x(at), words.minutes(at)) for at in _instants(scale, facts.utc_offset)],
        band_y=BAND,
        band_height=BAND_HEIGHT,
        band=[
            _bar(scale, part.start, part.end, part.state, words.say(f"state_{part.state}"))
            for part in account.stream
            if part.end > scale.start and part.start < scale.end
        ],
        holes=[
            _bar(scale, hole.at, end, "unknown", words.say("state_unknown"))
            for hole, end in _until(counts, account.until)
            if hole.people is None and scale.start < end and hole.at < scale.end
        ],
        pauses_y=pauses_y,
        pauses=[
            _bar(scale, pause.start, account.until if pause.end is None else pause.end, "pause", words.say("paused"))
            for pause in account.pauses
        ],
        alerts_y=alerts_y,
        alerts=[
            [replace(bar, y=alerts_y + 14.0 + number * LANE) for bar in lane] for number, lane in enumerate(alerts)
        ],
        numbers=[
            Tick(scale.x((t.start + (account.until if t.end is None else t.end)) / 2), str(place))
            for place, t in enumerate(account.interruptions, 1)
        ],
        states=[state for state in LEGEND if any(part.state == state for part in account.stream)],
        axis_y=axis_y,
        booked=[scale.x(at) for at in (facts.start, facts.end) if at and scale.start < at < scale.end],
    )


def letter(place: int) -> str:
    """How another incident is named in picture and table: A to Z, then by number."""
    return chr(ord("A") + place) if place < 26 else str(place + 1)


def lanes(bars: list[Bar]) -> list[list[Bar]]:
    """Put those that would cover each other, or each other's letters, one below the other."""
    found: list[list[Bar]] = []
    for bar in sorted(bars, key=lambda bar: bar.x):
        lane = next((lane for lane in found if lane[-1].ends + 2.0 <= bar.begins), None)
        if lane is None:
            found.append([bar])
        else:
            lane.append(bar)
    return found


def _alerts(account: Account, words: Words, scale: Scale) -> list[Bar]:
    bars = []
    for place, t in enumerate(account.others):
        end = account.until if t.end is None else t.end
        bar = _bar(scale, t.start, end, "alert", words.monitor(t.monitor))
        bars.append(replace(bar, label="", number=letter(place)))
    return bars


def _scale(account: Account) -> Scale:
    facts, summary = account.facts, account.summary
    begins = [facts.start, *([summary.first_in] if summary.first_in is not None else [])]
    begins += [trouble.start for trouble in account.others]
    ends = [facts.start + 60.0, *([summary.last_out] if summary.last_out is not None else [account.until])]
    if account.closed is not None and facts.end is not None:
        ends.append(min(facts.end, account.until))
    highest = max(account.facts.limit, summary.peak or 0)
    return Scale(min(begins), max(ends), highest + max(2, highest // 8))


def _until(counts: tuple[Count, ...], end: float) -> Iterator[tuple[Count, float]]:
    return zip(counts, [*(count.at for count in counts[1:]), end], strict=True)


def _runs(account: Account) -> list[list[tuple[float, float, int]]]:
    """The times in which people were known, each as (from, to, people)."""
    runs: list[list[tuple[float, float, int]]] = []
    open_run = False
    for count, end in _until(account.counts, account.until):
        if count.people is None:
            open_run = False
            continue
        if not open_run:
            runs.append([])
        open_run = True
        runs[-1].append((count.at, end, count.people))
    return runs


def _line(run: list[tuple[float, float, int]], scale: Scale) -> str:
    """A step line as an SVG path."""
    first, *others = run
    path = f"M{scale.x(first[0])} {scale.y(first[2])} H{scale.x(first[1])}"
    return path + "".join(f" V{scale.y(people)} H{scale.x(end)}" for _, end, people in others)


def _peak(counts: tuple[Count, ...], scale: Scale) -> tuple[float, float, int] | None:
    known = [count for count in counts if count.people is not None and count.most]
    if not known:
        return None
    peak = max(known, key=lambda count: count.most)
    return scale.x(peak.at), scale.y(peak.most), peak.most


def _bar(scale: Scale, start: float, end: float, sort: str, label: str) -> Bar:
    x = scale.x(start)
    width = max(scale.x(end) - x, 2.0)
    return Bar(x, round(width, 1), sort, label if len(label) * LETTER + SEEN < width else "", label)


def _numbers(highest: int) -> list[int]:
    steps = (1, 2, 5, 10, 20, 50, 100, 200, 500)
    step = next((step for step in steps if highest / step <= 6), highest)
    return list(range(0, highest + 1, step))


def _instants(scale: Scale, utc_offset: float) -> list[float]:
    step = next((step for step in STEPS if (scale.end - scale.start) / step <= MOST_TICKS), 86_400)
    first = (int(scale.start + utc_offset) // step + 1) * step - utc_offset
    found = [first + n * step for n in range(MOST_TICKS + 1)]
    return [at for at in found if at < scale.end]
