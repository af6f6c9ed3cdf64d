"""What a join or a change of presence costs the daemon, against slixmpp's own way of keeping the same rosters.

Both are on the same Prosody at the same time, so they get the very same events at the same instants: the daemon as a
watcher who is in no room, the plain component as an occupant of each.
"""

import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.plain import DOMAIN, SECRET, Plain
from bench.plenary import CHANGES, PEOPLE, ROOMS, Plenary
from bench.processes import at_rest, cpu_seconds
from bench.table import Row
from supervisor.simulation import PrivateProsody
from tests.integration.daemon import Daemon

NAME = "intake"
PARTS = ((1, 10), (10, 20), (20, 30))
"""The persons of each room who come in, one part after the other; each part then makes all changes."""
GOAL = 0.25


@dataclass(frozen=True, slots=True)
class Cost:
    """Events, and the seconds of processor time that the daemon and the plain component spent on them."""

    events: int
    daemon: float
    plain: float

    def __add__(self, other: "Cost") -> "Cost":
        return Cost(self.events + other.events, self.daemon + other.daemon, self.plain + other.plain)

    @property
    def ratio(self) -> float:
        return self.daemon / self.plain


NOTHING = Cost(0, 0.0, 0.0)


def rows() -> list[Row]:
    """Measure."""
    parts = asyncio.run(_parts())
    unrecorded = asyncio.run(_parts(event_log_bytes=0))
    joins = sum((joins for joins, _ in parts), NOTHING)
    changes = sum((changes for _, changes in parts), NOTHING)
    ratios = [(joins + changes).ratio for joins, changes in parts]
    whole = joins + changes
    before = sum((cost for part in unrecorded for cost in part), NOTHING)
    return [
        _row(f"joins and changes 1:{len(CHANGES)} (parts: {min(ratios):.3f} to {max(ratios):.3f})", whole, GOAL),
        _row("  the joins alone, every one is mirrored", joins),
        _row("  the changes alone", changes),
        _row("  all of it, with no event log kept", before),
    ]


def _row(what: str, cost: Cost, goal: float | None = None) -> Row:
    return Row(
        what,
        f"{cost.daemon / cost.events * 1e6:.1f} ms CPU per 1,000",
        f"plain occupant {cost.plain / cost.events * 1e6:.1f} ms",
        cost.ratio,
        "" if goal is None else f"≤ {goal}",
        None if goal is None else cost.ratio <= goal,
    )


async def _parts(**store: int) -> list[tuple[Cost, Cost]]:
    """Measure (joins, changes) of each part; ``store`` are options of ``[store]``."""
    async with PrivateProsody(strangers={DOMAIN: SECRET}) as prosody, Plenary(prosody) as plenary:
        # The plain occupant counts as a person, so one more is allowed: the alerts are those of 30 people at a limit
        # of 30.
        bookings = [{**words, "limit": PEOPLE + 1} for words in plenary.bookings]
        await plenary.open()
        with TemporaryDirectory() as folder:
            options = {"url": f"sqlite:///{folder}/state.db", **store}
            async with Daemon(prosody, Path(folder), *bookings, sections={"store": options}) as daemon:
                async with Plain(prosody, plenary.rooms) as plain:
                    pids = (prosody.pid, daemon.pid, plain.pid)
                    found = [
                        (
                            await _cost(plenary.fill(*part), *pids),
                            await _cost(plenary.churn(*part), *pids),
                        )
                        for part in PARTS
                    ]
                    await _check(daemon)
                # Focus, the people and the component itself.
                if plain.known < ROOMS * (PEOPLE + 1):
                    raise RuntimeError(f"the plain component knew {plain.known} occupants only: not the same work")
    return found


async def _cost(work: Awaitable[int], prosody: int, daemon: int, plain: int) -> Cost:
    await at_rest(prosody, daemon, plain)
    before = cpu_seconds(daemon), cpu_seconds(plain)
    events = await work
    await at_rest(prosody, daemon, plain)
    return Cost(events, cpu_seconds(daemon) - before[0], cpu_seconds(plain) - before[1])


async def _check(daemon: Daemon) -> None:
    counts = [value for name, value in (await daemon.metrics()).items() if name.startswith("session_participants{")]
    if counts != [PEOPLE + 1] * ROOMS:
        raise RuntimeError(f"the daemon counted {counts}, not {PEOPLE + 1} in each room")
