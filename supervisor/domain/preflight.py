"""The preflight: is all ready to stream a session that must be public? Asked from some minutes before its start on.

An item is OK, WRONG or UNKNOWN. Only WRONG is trouble: who could not be asked is not ready and not unready. Each item
stands for a thing that somebody can still mend before the start, and says how.

    item        OK                                        WRONG
    ----------  ----------------------------------------  ----------------------------------------------------------
    recorder    one is idle, or is in the room            none is
    broadcast   it is upcoming or live                    it is not there, or over, or taken down, or no broadcast
    public      privacyStatus public                      private, unlisted
    stream key  a stream is bound to the broadcast        none is (only the owner's tier sees that)
    time        planned for about the booked start        planned for hours before or after
    title       it has a word of the booking's            - (UNKNOWN: a person should look)
    people      a moderator is in the room, or the        neither
                booking has contacts
    HLS, OBS    the witness answers                       it does not
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from supervisor.domain.evidence import Word
from supervisor.domain.reading import Message, first_after
from supervisor.domain.text import N_

if TYPE_CHECKING:
    from collections.abc import Iterator

    from supervisor.domain.bookings import Booking
    from supervisor.domain.evidence import Evidence, Page
    from supervisor.domain.session import Session

NO_RECORDER = N_("No recorder is free to stream this session: free one, or start another one, before it begins.")
NO_BROADCAST = N_(
    "The announced broadcast cannot be seen: it is private, was deleted, or the link is wrong. Correct it, or the link "
    "in the booking."
)
OVER = N_("The announced broadcast is over already: make a new one and put its link into the booking.")
NOT_PUBLIC = N_("The announced broadcast is not public: change its visibility in YouTube Studio.")
NOT_BOUND = N_("The announced broadcast has no stream key: choose one in YouTube Studio.")
OTHER_TIME = N_(
    "The announced broadcast is planned for another time (%(planned)s): check that the link is that of this session."
)
NOBODY = N_("No moderator is in the room yet and the booking has no contacts: ask the town whether all is ready.")
SILENT = N_("%(witness)s does not answer, so nobody would see how the stream is. Check its address, and that it is on.")

NEAR = 6 * 3600.0
"""Seconds by which the broadcast's planned start may differ from the session's: people plan roughly, and test early."""

MONITOR = "Preflight"
"""The monitor that alarms of it."""

OWNER, PUBLIC = "youtube owner", "youtube public"
RUNNING = frozenset({"live", "liveStarting", "testing", "testStarting"})
AHEAD = frozenset({"upcoming", "created", "ready"})
HIDDEN = frozenset({"private", "unlisted"})
ASKED = {"hls": "HLS", "obs": "OBS"}
"""Witnesses that have to answer before anything is streamed. Ingest and heartbeats say nothing before, by nature."""


class Check(StrEnum):
    """How an item stands."""

    OK = "ok"
    WRONG = "wrong"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that has to be right: what was seen, and what to do where it is wrong."""

    name: str
    check: Check
    reason: str
    remedy: Message | None = None


def due(booking: Booking, now: float) -> bool:
    """Whether it is time to check."""
    return booking.must_stream and booking.start - booking.kind.preflight <= now < booking.start


def wakes(booking: Booking, now: float) -> float:
    """The instant after ``now`` at which checking begins or ends; infinite if none."""
    if not booking.must_stream or not booking.kind.preflight:
        return first_after(now)
    return first_after(now, booking.start - booking.kind.preflight, booking.start)


def check(session: Session, now: float) -> tuple[Item, ...]:
    """Check everything that the booking's stream needs."""
    return tuple(_items(session, now))


def wrong(items: tuple[Item, ...]) -> tuple[Item, ...]:
    """What somebody has to mend."""
    return tuple(item for item in items if item.check is Check.WRONG)


def states(items: tuple[Item, ...]) -> dict[str, str]:
    """How each item stands, without its reason."""
    return {item.name: item.check.value for item in items}


def in_words(items: tuple[Item, ...]) -> str:
    """What is not OK in one line, for the log."""
    return "; ".join(f"{i.name} {i.check}: {i.reason}" for i in items if i.check is not Check.OK) or "all is ready"


def _items(session: Session, now: float) -> Iterator[Item]:
    stream = session.booking.stream
    if stream.jibri:
        yield _recorder(session, now)
    if stream.youtube:
        yield from _broadcast(session, now)
    yield _people(session, now)
    for witness, name in ASKED.items():
        if getattr(stream, witness) is not None:
            yield _answers(name, _heard(session, now, witness))


def _recorder(session: Session, now: float) -> Item:
    free = session.plant.free(now)
    if session.main.recorder_session is not None:
        return Item("recorder", Check.OK, "it is in the room")
    if free is None:
        return Item("recorder", Check.UNKNOWN, "no source tells of recorders")
    if free.idle:
        return Item("recorder", Check.OK, free.words)
    return Item("recorder", Check.WRONG, free.words, Message(NO_RECORDER))


def _people(session: Session, now: float) -> Item:
    if session.booking.contacts:
        return Item("people", Check.OK, "the booking has contacts")
    unknown = session.unknown(now)
    if unknown:
        return Item("people", Check.UNKNOWN, unknown)
    if session.moderators:
        return Item("people", Check.OK, "a moderator is in the room")
    return Item("people", Check.WRONG, "no moderator in the room, and no contacts in the booking", Message(NOBODY))


def _answers(name: str, heard: Evidence | None) -> Item:
    if heard is None:
        return Item(name, Check.UNKNOWN, "nothing said yet")
    if heard.word is Word.UNKNOWN:
        return Item(name, Check.WRONG, heard.detail or "no answer", Message(SILENT, {"witness": name}))
    return Item(name, Check.OK, heard.detail or str(heard.word))


def _broadcast(session: Session, now: float) -> Iterator[Item]:
    """What the page shows. The owner's tier goes first, if it knows the broadcast: it also sees what is private."""
    said = [heard for name in (OWNER, PUBLIC) if (heard := _heard(session, now, name)) is not None]
    telling = [heard for heard in said if heard.page is not None or heard.word is Word.MISSING]
    if not telling:
        # Who was refused by the API is told by SourceLost, with its remedy.
        why = "; ".join(heard.detail for heard in said) or "nobody asks YouTube"
        yield Item("broadcast", Check.UNKNOWN, why)
        return
    heard = telling[0]
    yield _life(heard)
    if heard.page is not None:
        yield from _page(heard.page, session.booking)


def _life(heard: Evidence) -> Item:
    state = heard.page.state if heard.page else ""
    if heard.word is Word.MISSING:
        return Item("broadcast", Check.WRONG, heard.detail, Message(NO_BROADCAST))
    if heard.word is Word.ENDED:
        return Item("broadcast", Check.WRONG, heard.wrong or heard.detail, Message(OVER))
    if state in AHEAD | RUNNING:
        return Item("broadcast", Check.OK, state)
    if heard.wrong and heard.word in {Word.DOWN, Word.UNKNOWN}:
        return Item("broadcast", Check.WRONG, heard.wrong, Message(NO_BROADCAST))
    return Item("broadcast", Check.UNKNOWN, heard.detail)


def _page(page: Page, booking: Booking) -> Iterator[Item]:
    if page.privacy == "public":
        yield Item("public", Check.OK, "public")
    elif page.privacy:
        told = page.privacy if page.privacy in HIDDEN else "not public"
        yield Item("public", Check.WRONG, told, Message(NOT_PUBLIC))
    if page.bound:
        yield Item("stream key", Check.OK, "bound")
    elif page.bound is False:
        yield Item("stream key", Check.WRONG, "no stream is bound", Message(NOT_BOUND))
    if page.planned is not None and page.state in AHEAD:
        yield _time(page.planned - booking.start, page.planned)
    if page.title:
        alike = bool(_words(page.title) & _words(f"{booking.title} {booking.organisation} {booking.room}"))
        told = "has a word of the booking's" if alike else "has no word of the booking's: look at the page yourself"
        yield Item("title", Check.OK if alike else Check.UNKNOWN, told)


def _time(late: float, planned: float) -> Item:
    hours = f"planned {abs(late) / 3600:.1f} h {'after' if late > 0 else 'before'} the booked start"
    if abs(late) <= NEAR:
        return Item("time", Check.OK, hours)
    return Item("time", Check.WRONG, hours, Message(OTHER_TIME, {"planned": planned}))


def _heard(session: Session, now: float, witness: str) -> Evidence | None:
    """A witness' fresh word."""
    said = session.evidence.get(witness)
    return said if said is not None and now < said.fresh_until else None


def _words(text: str) -> frozenset[str]:
    """The words of four letters and more, without accents and case."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", text.lower()) if not unicodedata.combining(c))
    return frozenset(re.findall(r"[^\W_]{4,}", plain))
