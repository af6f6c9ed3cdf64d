"""What a join or a change of presence costs the daemon, against slixmpp's own way of keeping the same rosters.

Both are on the same Prosody at the same time, so they get the very same events at the same instants: the daemon as a
watcher who is in no room, the plain component as an occupant of each.
"""

import asyncio
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from bench.plain import DOMAIN, SECRET, Plain
from bench.plenary import PEOPLE, ROOMS, Plenary
from bench.processes import at_rest, cpu_seconds
from bench.table import Row
from supervisor.simulation import PrivateProsody
from tests.integration.daemon import Daemon

NAME = "intake"
ROUNDS = 3
CHANGES_EACH = 4
GOAL = 0.25


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds of processor time of (daemon, plain component), and the events they were spent on."""

    joins: int
    changes: int
    at_joins: tuple[float, float]
    at_changes: tuple[float, float]


def rows() -> list[Row]:
    """Measure."""
    rounds = asyncio.run(_rounds())
    both = _row(
        "receiving, joins and changes 1:4", [(r.joins + r.changes, _sum(r.at_joins, r.at_changes)) for r in rounds]
    )
    return [
        Row(*both, goal=f"≤ {GOAL}", met=both[3] <= GOAL),
        Row(*_row("  of it joins (every one is mirrored)", [(r.joins, r.at_joins) for r in rounds])),
        Row(*_row("  of it changes (the module sends none on)", [(r.changes, r.at_changes) for r in rounds])),
    ]


def _row(what: str, found: list[tuple[int, tuple[float, float]]]) -> tuple[str, str, str, float]:
    ours = median(spent[0] / events * 1e6 for events, spent in found)
    plain = median(spent[1] / events * 1e6 for events, spent in found)
    ratio = median(spent[0] / spent[1] for _, spent in found)
    return what, f"{ours:.1f} ms CPU per 1,000", f"{plain:.1f} ms, plain occupant", ratio


def _sum(one: tuple[float, float], other: tuple[float, float]) -> tuple[float, float]:
    return one[0] + other[0], one[1] + other[1]


async def _rounds() -> list[Cost]:
    async with PrivateProsody(strangers={DOMAIN: SECRET}) as prosody, Plenary(prosody) as plenary:
        found = []
        for _ in range(ROUNDS):
            with TemporaryDirectory() as folder:
                found.append(await _round(prosody, plenary, Path(folder)))
            await plenary.leave()
        return found


async def _round(prosody: PrivateProsody, plenary: Plenary, folder: Path) -> Cost:
    # The plain occupant counts as a person, so one more is allowed: the alerts are those of 30 people and a limit of 30.
    bookings = [{**words, "limit": PEOPLE + 1} for words in plenary.bookings]
    await plenary.open()
    async with Daemon(prosody, folder, *bookings) as daemon:
        async with Plain(prosody, plenary.rooms) as plain:
            pids = (prosody.pid, daemon.pid, plain.pid)
            await at_rest(*pids)
            first = _spent(daemon, plain)
            joins = await plenary.fill()
            await at_rest(*pids)
            second = _spent(daemon, plain)
            changes = await plenary.churn(CHANGES_EACH)
            await at_rest(*pids)
            third = _spent(daemon, plain)
            await _check(daemon)
        # Focus, the people and the component itself.
        if plain.known < ROOMS * (PEOPLE + 1):
            raise RuntimeError(f"the plain component knew {plain.known} occupants only: not the same work")
    return Cost(joins, changes, _difference(first, second), _difference(second, third))


def _spent(daemon: Daemon, plain: Plain) -> tuple[float, float]:
    return cpu_seconds(daemon.pid), cpu_seconds(plain.pid)


def _difference(before: tuple[float, float], after: tuple[float, float]) -> tuple[float, float]:
    return after[0] - before[0], after[1] - before[1]


async def _check(daemon: Daemon) -> None:
    counts = [value for name, value in (await daemon.metrics()).items() if name.startswith("session_participants{")]
    if counts != [PEOPLE + 1] * ROOMS:
        raise RuntimeError(f"the daemon counted {counts}, not {PEOPLE + 1} in each room")
