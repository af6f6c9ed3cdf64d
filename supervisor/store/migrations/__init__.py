"""How a database grows: numbered steps, each applied once and in a transaction of its own.

A step is never changed once it was released, and it does not import the schema, which moves on. To add one: a file with
the next number, a line in `MIGRATIONS`, the change in ``schema.py``; tests/contract compares the two.
"""

from supervisor.store.migrations import (
    m0001_first,
    m0002_chronicle,
    m0003_bookings,
    m0004_roll_call,
    m0005_retention,
    m0006_event_log,
    m0007_lines,
)

MIGRATIONS: tuple[tuple[str, ...], ...] = (
    m0001_first.STATEMENTS,
    m0002_chronicle.STATEMENTS,
    m0003_bookings.STATEMENTS,
    m0004_roll_call.STATEMENTS,
    m0005_retention.STATEMENTS,
    m0006_event_log.STATEMENTS,
    m0007_lines.STATEMENTS,
)
"""The statements of each step; a database's version is the number of steps it has taken."""
