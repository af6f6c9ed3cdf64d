"""What becomes of each field in the log. A field that is not named here can't be written: tests ask for each of them.

`PLAIN` is for numbers, truth values and words of a closed list; every text has a treatment of its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from supervisor.domain import bookings, evidence, kinds, occupants, preflight, records, room_state
from supervisor.domain import events as ev
from supervisor.domain.jibri import Cause
from supervisor.domain.plant import BREWERY, JICOFO
from supervisor.replay.circumstances import Circumstances, DiaryPage, RoomBefore
from supervisor.replay.disguise import FEATURES, Disguise

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Treatment = Callable[[Disguise, Any], Any]
    """Gets the field's value. Returns what is written in its place: of the same type, or an object still to be done."""


def PLAIN(_: Disguise, value: Any) -> Any:  # noqa: N802 - stands in a table of constants
    """As it is; objects are done field by field."""
    return value


def LEFT_OUT(_: Disguise, value: Any) -> Any:  # noqa: N802 - the same
    """Nothing of that sort."""
    return None if value is None else type(value)()


def SET(_: Disguise, value: Any) -> Any:  # noqa: N802 - the same
    """Only whether there is one."""
    return "set" if value and isinstance(value, str) else ("set",) if value else value


def _one_of(*known: str) -> Treatment:
    return lambda disguise, value: value if value in known else disguise.mark(value)


def _each(treatment: Treatment) -> Treatment:
    return lambda disguise, values: tuple(treatment(disguise, value) for value in values)


def _maybe(treatment: Treatment) -> Treatment:
    return lambda disguise, value: None if value is None else treatment(disguise, value)


MARK, NICK, JID, ROOM = Disguise.mark, Disguise.nick, Disguise.jid, Disguise.room_jid
BOOKING, OWN, BY, WORDS = Disguise.booking_id, Disguise.own, Disguise.by, Disguise.words
TITLE, TOKEN, MONITOR = Disguise.title, Disguise.token, Disguise.monitor
PHASES = _one_of("", *evidence.Phase)
PAGE_STATES = _one_of("", "complete", "revoked", *preflight.AHEAD, *preflight.RUNNING)
PRIVACIES = _one_of("", "public", *preflight.HIDDEN)
WITNESSES = _one_of("jibri", "jibri heartbeat", "ingest", "obs", "hls", "content", preflight.OWNER, preflight.PUBLIC)
SOURCES = _one_of("xmpp", "store", "youtube", JICOFO, BREWERY, preflight.OWNER, preflight.PUBLIC)
"""Others, as calendars and bridges, have names of the operator's."""


def _features(_: Disguise, value: frozenset[str]) -> frozenset[str]:
    return value & FEATURES


def _codes(_: Disguise, value: frozenset[str]) -> frozenset[str]:
    return frozenset(code for code in value if code.isascii() and code.isdigit() and len(code) == 3)


FIELDS: Mapping[type, Mapping[str, Treatment]] = {
    # --- events ---
    ev.SourceLost: {"source": SOURCES, "reason": WORDS},
    ev.SourceSynced: {"source": SOURCES},
    ev.RoomOpened: {"room": ROOM, "main": ROOM},
    ev.RoomClosed: {"room": ROOM},
    ev.RoomRead: {"room": ROOM, "meeting": MARK, "occupants": PLAIN, "main": ROOM},
    ev.MeetingBegan: {"room": ROOM, "meeting": MARK, "main": ROOM},
    ev.OccupantSeen: {"room": ROOM, "occupant": PLAIN},
    ev.OccupantLeft: {"room": ROOM, "nick": NICK, "codes": _codes, "dropped": PLAIN},
    ev.MeetingEnded: {"room": ROOM, "reason": LEFT_OUT},
    ev.RoomStateSeen: {"room": ROOM, "state": PLAIN},
    ev.SubjectChanged: {"room": ROOM, "subject": LEFT_OUT},
    ev.Told: {"notice": OWN, "nicks": _each(NICK)},
    ev.NotTold: {"notice": OWN, "reason": LEFT_OUT},
    # What of the bookings concerns a session is in its DiaryPage.
    ev.BookingsRead: {"source": SOURCES, "bookings": LEFT_OUT, "notes": LEFT_OUT, "places": LEFT_OUT},
    ev.BookingsUnreadable: {"source": SOURCES, "problems": LEFT_OUT},
    ev.EvidenceSeen: {"evidence": PLAIN},
    ev.CommandGiven: {"room": ROOM, "nick": NICK, "word": Disguise.wish},
    ev.WishMade: {"booking": BOOKING, "wish": PLAIN, "by": BY, "monitor": MONITOR, "force": PLAIN},
    ev.MessageWritten: {"booking": BOOKING, "text": LEFT_OUT, "by": BY},
    ev.Retitled: {"room": ROOM, "changed": PLAIN, "text": MARK, "by": MARK},
    ev.Moderated: {"room": ROOM, "changed": PLAIN, "reason": LEFT_OUT},
    ev.SilenceSet: {"silence": PLAIN},
    ev.SilenceLifted: {"id": MARK, "by": BY},
    ev.SessionErased: {"booking": BOOKING, "at": PLAIN},
    ev.BridgesSeen: {"source": SOURCES, "bridges": LEFT_OUT, "until": PLAIN, "lost": PLAIN, "complaint": LEFT_OUT},
    ev.RecordersSeen: {"source": SOURCES, "idle": PLAIN, "busy": PLAIN, "unhealthy": PLAIN, "until": PLAIN},
    ev.EndpointsSeen: {"source": SOURCES, "room": ROOM, "endpoints": LEFT_OUT},
    # --- what they carry ---
    occupants.Occupant: {
        "nick": NICK,
        "jid": JID,
        "role": _one_of("moderator", "participant", "visitor", "none"),
        "affiliation": _one_of("owner", "admin", "member", "none", "outcast"),
        "features": _features,
        "dial_in": PLAIN,
        "room_system": PLAIN,
        "session_id": TOKEN,
        "mode": _one_of("", "file", "stream"),
        "recording": PLAIN,
        "visitors": PLAIN,
        "audio": PLAIN,
        "video": PLAIN,
        "brewery": PLAIN,
        "local_recording": PLAIN,
        "region": LEFT_OUT,
        "name": LEFT_OUT,
    },
    occupants.RecordingStatus: {
        "status": PLAIN,
        "session_id": TOKEN,
        "mode": _one_of("", "file", "stream"),
        "initiator": SET,
        "failure_reason": SET,
    },
    occupants.BreweryStatus: {"busy": PLAIN, "healthy": PLAIN},
    room_state.RoomState: dict.fromkeys(("password", "lobby", "waiting", "waited", "transcribing"), PLAIN),
    evidence.Evidence: {
        "booking": BOOKING,
        "witness": WITNESSES,
        "side": PLAIN,
        "word": PLAIN,
        "at": PLAIN,
        "fresh_until": PLAIN,
        "direct": PLAIN,
        "detail": WORDS,
        "planned": PLAIN,
        "auto_stop": PLAIN,
        "wrong": WORDS,
        "since": PLAIN,
        "advisory": PLAIN,
        "page": PLAIN,
    },
    evidence.Page: {"state": PAGE_STATES, "privacy": PRIVACIES, "bound": PLAIN, "planned": PLAIN, "title": TITLE},
    records.Silence: {
        "id": MARK,
        "booking": BOOKING,
        "monitor": MONITOR,
        "until": PLAIN,
        "by": BY,
        "comment": LEFT_OUT,
    },
    # --- the booking ---
    bookings.Booking: {
        "id": BOOKING,
        "room": PLAIN,
        "tenant": PLAIN,
        "kind": PLAIN,
        "title": TITLE,
        "organisation": TITLE,
        "start": PLAIN,
        "duration": PLAIN,
        "language": PLAIN,
        "limit": PLAIN,
        "stream": PLAIN,
        "utc_offset": PLAIN,
        "password": LEFT_OUT,
        "lobby": PLAIN,
        "max_occupants": LEFT_OUT,
        "channel": LEFT_OUT,
        "contacts": SET,
        "reminder": LEFT_OUT,
        "quorum": PLAIN,
        "attendance": LEFT_OUT,
        "expected": LEFT_OUT,
    },
    bookings.StreamSource: {
        "youtube": _maybe(MARK),
        "hls": _maybe(MARK),
        "jibri": PLAIN,
        "ingest": _maybe(MARK),
        "obs": _maybe(MARK),
    },
    kinds.Kind: {name: TOKEN if name == "name" else PLAIN for name in kinds.Kind.__dataclass_fields__},
    # --- how things stood ---
    DiaryPage: {"booking": PLAIN, "rival": MARK, "kin": PLAIN, "followed": PLAIN},
    RoomBefore: {
        "jid": ROOM,
        "meeting": MARK,
        "main": ROOM,
        "read_once": PLAIN,
        "settling_until": PLAIN,
        "occupants": PLAIN,
        "password": PLAIN,
        "lobby": PLAIN,
        "waiting": PLAIN,
        "waiting_since": PLAIN,
        "transcribing": PLAIN,
    },
    Circumstances: {name: _each(ROOM) if name == "breakouts" else PLAIN for name in Circumstances.__dataclass_fields__},
    occupants.Site: dict.fromkeys(("focus", "hidden_domain", "brewery"), PLAIN),  # disguised as a whole
    records.AlertRow: {
        "booking": BOOKING,
        "monitor": MONITOR,
        "stage": PLAIN,
        "severity": _one_of("info", "warning", "critical"),
        "began": PLAIN,
        "since": PLAIN,
        "heard": PLAIN,
        "owed": PLAIN,
        "incident": OWN,
        "reason": WORDS,
        "acknowledged_by": BY,
        "acknowledged_at": PLAIN,
    },
    records.Incident: {
        "id": OWN,
        "booking": BOOKING,
        "room": ROOM,
        "monitor": MONITOR,
        "opened": PLAIN,
        "closed": PLAIN,
        "told": PLAIN,
        "acknowledged_by": BY,
        "acknowledged_at": PLAIN,
        "paused_by": BY,
        "paused_at": PLAIN,
        "resumed_by": BY,
        "resumed_at": PLAIN,
        "title": _maybe(MARK),
        "titled_by": MARK,
        "began": PLAIN,
    },
    records.StreamRow: {
        "booking": BOOKING,
        "phase": PHASES,
        "cause": _one_of(*Cause),
        "session_id": TOKEN,
        "since": PLAIN,
        "broken_at": PLAIN,
    },
}
