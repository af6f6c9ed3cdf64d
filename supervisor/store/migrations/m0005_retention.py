"""Which sessions are under supervision, so that nothing of them is deleted; and what was deleted, when and why."""

STATEMENTS = (
    """
    CREATE TABLE supervised (
        booking TEXT PRIMARY KEY NOT NULL, until DOUBLE PRECISION NOT NULL, endless INTEGER NOT NULL
    )
    """,
    """
    CREATE TABLE erasures (
        session TEXT NOT NULL, kind TEXT NOT NULL, at DOUBLE PRECISION NOT NULL, entries INTEGER NOT NULL,
        room TEXT NOT NULL, seal TEXT NOT NULL, until DOUBLE PRECISION, by TEXT NOT NULL,
        PRIMARY KEY (session, kind, at)
    )
    """,
    "CREATE INDEX erasures_by_room ON erasures (room, at)",
)
