"""How often, when and by whom a booking was changed, for those who hold an older state of it."""

STATEMENTS = (
    "ALTER TABLE bookings ADD COLUMN revision INTEGER NOT NULL DEFAULT 1",
    "ALTER TABLE bookings ADD COLUMN changed DOUBLE PRECISION NOT NULL DEFAULT 0",
    "ALTER TABLE bookings ADD COLUMN changed_by TEXT NOT NULL DEFAULT ''",
)
