"""Roll calls: a line for each occupant id of a session, with a name only where its booking turned attendance on."""

STATEMENTS = (
    """
    CREATE TABLE roll (
        booking TEXT NOT NULL, id TEXT NOT NULL, via TEXT NOT NULL, came DOUBLE PRECISION NOT NULL,
        "left" DOUBLE PRECISION, how TEXT NOT NULL, visits INTEGER NOT NULL, drops INTEGER NOT NULL,
        audio INTEGER, video INTEGER, name TEXT NOT NULL, ended DOUBLE PRECISION, PRIMARY KEY (booking, id)
    )
    """,
)
