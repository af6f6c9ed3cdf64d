"""Of everybody in a roll call also the region, and how good the line to the bridge is."""

STATEMENTS = (
    "ALTER TABLE roll ADD COLUMN region TEXT",
    "ALTER TABLE roll ADD COLUMN rtt_ms INTEGER",
    "ALTER TABLE roll ADD COLUMN loss DOUBLE PRECISION",
)
