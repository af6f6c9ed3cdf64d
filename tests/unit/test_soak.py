"""No false alarm in healthy hours, no missed interruption; `make bench` runs a thousand of each."""

from tests.unit.soak import SETUPS, healthy, noticed_after
from tests.unit.soak import broken as with_outage

HOURS_EACH = 3.0
ROUNDS = 5
OUTAGES_EACH = 25


def test_healthy_hours_with_errors_lags_and_hiccups_raise_no_alarm() -> None:
    evenings = [healthy(number, HOURS_EACH) for number in range(len(SETUPS) * ROUNDS)]
    alarms = [(evening.seed, at) for evening in evenings for at in evening.run().interrupted]
    assert [] == alarms
    assert sum(evening.told.events for evening in evenings) > 20_000


def test_no_interruption_that_a_witness_could_see_is_missed() -> None:
    numbers = range(len(SETUPS) * OUTAGES_EACH)
    missed = [number for number in numbers if noticed_after(with_outage(number)) is None]
    assert [] == missed
