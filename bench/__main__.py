"""`python -m bench [name …]`: run the benches, print one table.

Ends with 0 unless a bench crashed: figures are not tests.
"""

import logging
import sys
import traceback
from types import ModuleType

from bench import (
    alert_latency,
    bookings,
    hls_cut,
    hls_scale,
    intake,
    kill,
    metrics,
    outbox,
    prosody_cost,
    resync,
    verdict_soak,
    youtube_units,
)
from bench.table import Row, as_row, console_for_table, show

BENCHES: tuple[ModuleType, ...] = (
    intake,
    prosody_cost,
    alert_latency,
    resync,
    bookings,
    verdict_soak,
    youtube_units,
    hls_cut,
    hls_scale,
    outbox,
    kill,
    metrics,
)
"""Each module has NAME and rows(), of Row or Figure."""


def main(names: list[str]) -> int:
    """Run the benches of these names, or all."""
    known = [bench.NAME for bench in BENCHES]
    unknown = [name for name in names if name not in known]
    if unknown:
        print(f"no bench called {', '.join(unknown)}; there are: {', '.join(known)}", file=sys.stderr)
        return 2
    logging.disable(logging.CRITICAL)  # slixmpp's word on connections that are cut on purpose
    console = console_for_table()
    results: list[tuple[str, list[Row]]] = []
    crashed = False
    for bench in BENCHES:
        if names and bench.NAME not in names:
            continue
        try:
            with console.status(f"measuring {bench.NAME}"):
                results.append((bench.NAME, [as_row(row) for row in bench.rows()]))
        except Exception:  # noqa: BLE001 - the other figures are still wanted
            traceback.print_exc()
            crashed = True
    show(console, results)
    return int(crashed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
