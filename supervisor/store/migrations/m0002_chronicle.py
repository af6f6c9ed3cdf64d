"""The sealed record of each session: a chain of entries, and its head."""

STATEMENTS = (
    """
    CREATE TABLE chronicle (
        session TEXT NOT NULL, seq INTEGER NOT NULL, at TEXT NOT NULL, what TEXT NOT NULL, detail TEXT NOT NULL,
        hash TEXT NOT NULL, PRIMARY KEY (session, seq)
    )
    """,
    "CREATE INDEX chronicle_by_time ON chronicle (session, at)",
    """
    CREATE TABLE chronicle_heads (
        session TEXT PRIMARY KEY NOT NULL, seq INTEGER NOT NULL, hash TEXT NOT NULL, room TEXT NOT NULL,
        starts DOUBLE PRECISION NOT NULL, until DOUBLE PRECISION NOT NULL
    )
    """,
    "CREATE INDEX chronicle_heads_by_room ON chronicle_heads (room, starts)",
)
