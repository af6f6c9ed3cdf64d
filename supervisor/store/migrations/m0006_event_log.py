"""The event log of each session, to be played again: parts in the order of their writing."""

STATEMENTS = (
    """
    CREATE TABLE event_log (
        session TEXT NOT NULL, opened DOUBLE PRECISION NOT NULL, part INTEGER NOT NULL, at DOUBLE PRECISION NOT NULL,
        lines TEXT NOT NULL, PRIMARY KEY (session, opened, part)
    )
    """,
)
