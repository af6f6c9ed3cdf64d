"""The tables as the present version knows them. How a database gets there is in ``migrations/``.

The types are those that SQLite and PostgreSQL spell alike. JSON is text here: nothing is searched in it.
"""

from __future__ import annotations

from sqlalchemy import Column, Double, ForeignKey, Index, Integer, MetaData, Table, Text

metadata = MetaData()

meta = Table(
    "meta",
    metadata,
    Column("key", Text, primary_key=True),
    Column("value", Text, nullable=False),
)

bookings = Table(
    "bookings",
    metadata,
    Column("id", Text, primary_key=True),
    Column("room", Text, nullable=False),
    Column("starts", Double, nullable=False),
    Column("ends", Double),
    Column("words", Text, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("changed", Double, nullable=False),
    Column("changed_by", Text, nullable=False),
)

alerts = Table(
    "alerts",
    metadata,
    Column("booking", Text, primary_key=True),
    Column("monitor", Text, primary_key=True),
    Column("stage", Integer, nullable=False),
    Column("severity", Text, nullable=False),
    Column("began", Double, nullable=False),
    Column("since", Double, nullable=False),
    Column("heard", Integer, nullable=False),
    Column("owed", Integer),
    Column("incident", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("acknowledged_by", Text, nullable=False),
    Column("acknowledged_at", Double),
)

streams = Table(
    "streams",
    metadata,
    Column("booking", Text, primary_key=True),
    Column("phase", Text, nullable=False),
    Column("cause", Text, nullable=False),
    Column("session_id", Text, nullable=False),
    Column("since", Double, nullable=False),
    Column("broken_at", Double, nullable=False),
)

roll = Table(
    "roll",
    metadata,
    Column("booking", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("via", Text, nullable=False),
    Column("came", Double, nullable=False),
    Column("left", Double),
    Column("how", Text, nullable=False),
    Column("visits", Integer, nullable=False),
    Column("drops", Integer, nullable=False),
    Column("audio", Integer),
    Column("video", Integer),
    Column("name", Text, nullable=False),
    Column("ended", Double),
    Column("region", Text),
    Column("rtt_ms", Integer),
    Column("loss", Double),
)

incidents = Table(
    "incidents",
    metadata,
    Column("id", Text, primary_key=True),
    Column("booking", Text, nullable=False),
    Column("room", Text, nullable=False),
    Column("monitor", Text, nullable=False),
    Column("opened", Double, nullable=False),
    Column("closed", Double),
    Column("told", Double),
    Column("acknowledged_by", Text, nullable=False),
    Column("acknowledged_at", Double),
    Column("paused_by", Text, nullable=False),
    Column("paused_at", Double),
    Column("resumed_by", Text, nullable=False),
    Column("resumed_at", Double),
    Column("title", Text),
    Column("titled_by", Text, nullable=False),
    Column("began", Double),
    Index("incidents_by_time", "opened"),
)

timeline = Table(
    "timeline",
    metadata,
    Column("incident", Text, ForeignKey("incidents.id", ondelete="CASCADE"), primary_key=True),
    Column("at", Double, primary_key=True),
    Column("what", Text, primary_key=True),
    Column("detail", Text, primary_key=True),
)

chronicle = Table(
    "chronicle",
    metadata,
    Column("session", Text, primary_key=True),
    Column("seq", Integer, primary_key=True),
    Column("at", Text, nullable=False),
    Column("what", Text, nullable=False),
    Column("detail", Text, nullable=False),
    Column("hash", Text, nullable=False),
    Index("chronicle_by_time", "session", "at"),
)

chronicle_heads = Table(
    "chronicle_heads",
    metadata,
    Column("session", Text, primary_key=True),
    Column("seq", Integer, nullable=False),
    Column("hash", Text, nullable=False),
    Column("room", Text, nullable=False),
    Column("starts", Double, nullable=False),
    Column("until", Double, nullable=False),
    Index("chronicle_heads_by_room", "room", "starts"),
)

event_log = Table(
    "event_log",
    metadata,
    Column("session", Text, primary_key=True),
    Column("opened", Double, primary_key=True),
    Column("part", Integer, primary_key=True),
    Column("at", Double, nullable=False),
    Column("lines", Text, nullable=False),
)

# A row's state is WAITING, SENT or DEAD: a dead letter is a message that nobody tries to send any more.
WAITING, SENT, DEAD = "waiting", "sent", "dead"

outbox = Table(
    "outbox",
    metadata,
    Column("id", Text, primary_key=True),
    Column("channel", Text, nullable=False),
    Column("target", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("payload", Text, nullable=False),
    Column("created", Double, nullable=False),
    Column("not_before", Double, nullable=False),
    Column("expires", Double),
    Column("attempts", Integer, nullable=False),
    Column("state", Text, nullable=False),
    Column("settled", Double),
    Column("reason", Text, nullable=False),
    Index("outbox_by_state", "state", "created"),
)

silences = Table(
    "silences",
    metadata,
    Column("id", Text, primary_key=True),
    Column("booking", Text, nullable=False),
    Column("monitor", Text, nullable=False),
    Column("until", Double, nullable=False),
    Column("by", Text, nullable=False),
    Column("comment", Text, nullable=False),
)

quota = Table(
    "quota",
    metadata,
    Column("project", Text, primary_key=True),
    Column("day", Text, primary_key=True),
    Column("units", Integer, nullable=False),
    Column("tripped", Integer, nullable=False),
)

supervised = Table(
    "supervised",
    metadata,
    Column("booking", Text, primary_key=True),
    Column("until", Double, nullable=False),
    Column("endless", Integer, nullable=False),
)

erasures = Table(
    "erasures",
    metadata,
    Column("session", Text, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("at", Double, primary_key=True),
    Column("entries", Integer, nullable=False),
    Column("room", Text, nullable=False),
    Column("seal", Text, nullable=False),
    Column("until", Double),
    Column("by", Text, nullable=False),
    Index("erasures_by_room", "room", "at"),
)
