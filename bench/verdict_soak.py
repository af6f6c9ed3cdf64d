"""A thousand healthy stream-hours and a thousand interruptions in virtual time: false alarms and misses."""

from concurrent.futures import ProcessPoolExecutor
from statistics import median

from bench.table import Row
from tests.unit.soak import Evening, Outage, broken, healthy, noticed_after

NAME = "verdict_soak"
HOURS_EACH = 4.0
EVENINGS = 250
OUTAGES = 1000


def rows() -> list[Row]:
    with ProcessPoolExecutor() as pool:
        alarms = sum(pool.map(_alarms, range(EVENINGS), chunksize=5))
        noticed = list(pool.map(_noticed, range(OUTAGES), chunksize=20))
    missed = sum(seconds is None for seconds in noticed)
    return [
        _counted(f"false alarms in {EVENINGS * HOURS_EACH:.0f} healthy stream-hours", alarms),
        _counted(f"missed of {OUTAGES} interruptions", missed),
        *_delays(noticed),
    ]


def _alarms(number: int) -> int:
    return len(healthy(number, HOURS_EACH).run().interrupted)


def _noticed(number: int) -> float | None:
    return noticed_after(broken(number))


def _counted(what: str, count: int) -> Row:
    return Row(what, str(count), goal="0", met=count == 0)


def _delays(noticed: list[float | None]) -> list[Row]:
    """From the break to the halt, for each set of witnesses and each break."""
    found: dict[tuple[str, str], list[float]] = {}
    for number, seconds in enumerate(noticed):
        if seconds is not None:
            found.setdefault(_scene(broken(number)), []).append(seconds)
    return [
        Row(f"{what}; seen by {who}: break to halt", f"median {median(all_):.0f} s, worst {max(all_):.0f} s")
        for (who, what), all_ in sorted(found.items())
    ]


def _scene(evening: Evening) -> tuple[str, str]:
    outage = evening.outage
    assert isinstance(outage, Outage)
    return ", ".join(sorted(evening.witnesses)), str(outage.what)
