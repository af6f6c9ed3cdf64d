"""Bookings, alerts, how streams stood, incidents with their timeline, the outbox, silences and the quota ledger."""

STATEMENTS = (
    "CREATE TABLE meta (key TEXT PRIMARY KEY NOT NULL, value TEXT NOT NULL)",
    """
    CREATE TABLE bookings (
        id TEXT PRIMARY KEY NOT NULL, room TEXT NOT NULL, starts DOUBLE PRECISION NOT NULL, ends DOUBLE PRECISION,
        words TEXT NOT NULL
    )
    """,
    """
    CREATE TABLE alerts (
        booking TEXT NOT NULL, monitor TEXT NOT NULL, stage INTEGER NOT NULL, severity TEXT NOT NULL,
        began DOUBLE PRECISION NOT NULL, since DOUBLE PRECISION NOT NULL, heard INTEGER NOT NULL, owed INTEGER,
        incident TEXT NOT NULL, reason TEXT NOT NULL, acknowledged_by TEXT NOT NULL, acknowledged_at DOUBLE PRECISION,
        PRIMARY KEY (booking, monitor)
    )
    """,
    """
    CREATE TABLE streams (
        booking TEXT PRIMARY KEY NOT NULL, phase TEXT NOT NULL, cause TEXT NOT NULL, session_id TEXT NOT NULL,
        since DOUBLE PRECISION NOT NULL, broken_at DOUBLE PRECISION NOT NULL
    )
    """,
    """
    CREATE TABLE incidents (
        id TEXT PRIMARY KEY NOT NULL, booking TEXT NOT NULL, room TEXT NOT NULL, monitor TEXT NOT NULL,
        opened DOUBLE PRECISION NOT NULL, closed DOUBLE PRECISION, told DOUBLE PRECISION,
        acknowledged_by TEXT NOT NULL, acknowledged_at DOUBLE PRECISION,
        paused_by TEXT NOT NULL, paused_at DOUBLE PRECISION, resumed_by TEXT NOT NULL, resumed_at DOUBLE PRECISION,
        title TEXT, titled_by TEXT NOT NULL, began DOUBLE PRECISION
    )
    """,
    "CREATE INDEX incidents_by_time ON incidents (opened)",
    """
    CREATE TABLE timeline (
        incident TEXT NOT NULL REFERENCES incidents (id) ON DELETE CASCADE,
        at DOUBLE PRECISION NOT NULL, what TEXT NOT NULL, detail TEXT NOT NULL,
        PRIMARY KEY (incident, at, what, detail)
    )
    """,
    """
    CREATE TABLE outbox (
        id TEXT PRIMARY KEY NOT NULL, channel TEXT NOT NULL, target TEXT NOT NULL, subject TEXT NOT NULL,
        kind TEXT NOT NULL, payload TEXT NOT NULL, created DOUBLE PRECISION NOT NULL,
        not_before DOUBLE PRECISION NOT NULL, expires DOUBLE PRECISION, attempts INTEGER NOT NULL,
        state TEXT NOT NULL, settled DOUBLE PRECISION, reason TEXT NOT NULL
    )
    """,
    "CREATE INDEX outbox_by_state ON outbox (state, created)",
    """
    CREATE TABLE silences (
        id TEXT PRIMARY KEY NOT NULL, booking TEXT NOT NULL, monitor TEXT NOT NULL, until DOUBLE PRECISION NOT NULL,
        by TEXT NOT NULL, comment TEXT NOT NULL
    )
    """,
    """
    CREATE TABLE quota (
        project TEXT NOT NULL, day TEXT NOT NULL, units INTEGER NOT NULL, tripped INTEGER NOT NULL,
        PRIMARY KEY (project, day)
    )
    """,
)
