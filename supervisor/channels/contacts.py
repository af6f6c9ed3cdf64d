"""Letters to a booking's contacts: by mail, and by SMS through a signed webhook of the operator's SMS service.

What is written is looked up and worded when it is sent: of a booking that was withdrawn or moved meanwhile nobody is
written to, and no address is ever stored outside its booking.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from email.message import EmailMessage
from email.utils import format_datetime
from typing import TYPE_CHECKING

import structlog
from babel.dates import format_datetime as words_of

from supervisor.channels.email import EmailSender, domain
from supervisor.channels.errors import Temporary
from supervisor.channels.http import Http
from supervisor.channels.webhook import key, signature
from supervisor.domain.letters import TARGET, Letter, Way, digest, key_of
from supervisor.domain.news import timestamp
from supervisor.domain.text import N_
from supervisor.ports import Sender

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from supervisor.domain.bookings import Booking
    from supervisor.domain.records import Outgoing
    from supervisor.settings.model import Email, Settings

log = structlog.get_logger()

AGAIN = 2.0
"""Seconds after which a booking is looked for again, while not every source has told its bookings."""

CONFIRMED = N_("Confirmed: %(what)s, %(when)s.")
LINK_FOLLOWS = N_("You will get the link %(minutes)d minutes before.")
REMINDER = N_("%(what)s begins %(when)s. Enter here: %(link)s")
PIN_FOLLOWS = N_("The PIN comes in a separate message.")
PIN = N_("The PIN for %(what)s, %(when)s: %(pin)s")
NOT_READY = N_("%(what)s, %(when)s: not all is ready for the live stream. %(why)s")
NO_TITLE = N_("Video meeting")


@dataclass(frozen=True, slots=True)
class Addressbook:
    """Finds what a letter is about.

    Attributes:
        find: A booking by id; None if there is none now.
        whole: Whether every source has told its bookings since the start: before, a missing one may yet come.
    """

    find: Callable[[str], Booking | None]
    whole: Callable[[], bool]

    def look_up(self, message: Outgoing) -> tuple[Booking, str] | None:
        """The booking and the contact that a letter is for; None where it is not to be written any more.

        Raises:
            Temporary: It is too early to say.
        """
        booking = self.find(str(message.payload.get("booking", "")))
        for contact in () if booking is None else booking.contacts:
            wanted = digest(contact) == message.payload.get("contact")
            if booking is not None and wanted and key_of(booking, Letter(message.kind), contact) == message.id:
                return booking, contact
        if not self.whole():
            raise Temporary("not all bookings are read yet", AGAIN)
        about = {"booking": message.payload.get("booking"), "letter": message.kind}
        log.info("letter not sent", reason="the booking was withdrawn or changed", **about)
        return None


@dataclass(frozen=True, slots=True)
class Writer:
    """Words letters. ``translators``: language → gettext function; ``url``: where Jitsi is, without a final slash."""

    translators: Mapping[str, Callable[[str], str]]
    url: str

    def text(self, message: Outgoing, booking: Booking) -> str:
        """The whole letter, on one line: it has to fit an SMS as well as it can."""
        letter = Letter(message.kind)
        if letter is Letter.NOT_READY:
            words = {"what": self._what(booking), "when": _when(booking), "why": str(message.payload.get("why", ""))}
            return self._word(booking, NOT_READY) % words
        said = [self._main(letter, booking)]
        if letter is Letter.CONFIRMATION and booking.reminder:
            said.append(self._word(booking, LINK_FOLLOWS) % {"minutes": round(booking.reminder / 60)})
        if letter is Letter.REMINDER and booking.password is not None:
            said.append(self._word(booking, PIN_FOLLOWS))
        return " ".join(said)

    def subject(self, booking: Booking) -> str:
        """The mail's subject; the same for all letters, so that a mail program shows them together."""
        return f"{self._what(booking)}, {_when(booking)}"

    def _main(self, letter: Letter, booking: Booking) -> str:
        words = {"what": self._what(booking), "when": _when(booking)}
        if letter is Letter.CONFIRMATION:
            return self._word(booking, CONFIRMED) % words
        if letter is Letter.PIN:
            return self._word(booking, PIN) % {**words, "pin": booking.password}
        room = booking.room if booking.tenant is None else f"{booking.tenant}/{booking.room}"
        return self._word(booking, REMINDER) % {**words, "link": f"{self.url}/{room}"}

    def _what(self, booking: Booking) -> str:
        title = booking.title or self._word(booking, NO_TITLE)
        return f"{title} ({booking.organisation})" if booking.organisation else title

    def _word(self, booking: Booking, text: str) -> str:
        return self.translators[booking.language](text)


class ContactMail(Sender):
    """Mails."""

    channel = Way.MAIL
    target = TARGET
    kinds = frozenset(Letter)

    def __init__(self, settings: Email, addressbook: Addressbook, writer: Writer) -> None:
        self._settings = settings
        self._addressbook = addressbook
        self._writer = writer

    async def send(self, message: Outgoing) -> None:
        """Write it, unless there is nothing to write any more."""
        found = self._addressbook.look_up(message)
        if found is not None:
            booking, contact = found
            await EmailSender(self._settings, contact).post(self._mail(message, booking, contact))

    async def close(self) -> None:
        """Nothing is held open between two mails."""

    def _mail(self, message: Outgoing, booking: Booking, contact: str) -> EmailMessage:
        content = EmailMessage()
        content["From"], content["To"] = self._settings.sender, contact
        content["Subject"] = self._writer.subject(booking)
        content["Date"] = format_datetime(datetime.fromtimestamp(message.created, UTC))
        content["Message-ID"] = f"<{message.id}@{domain(self._settings.sender)}>"
        content["Auto-Submitted"] = "auto-generated"
        content.set_content(self._writer.text(message, booking) + "\n")
        return content


class ContactSms(Sender):
    """Posts ``{"type", "timestamp", "data": {"to", "text", "booking"}}`` by Standard Webhooks."""

    channel = Way.SMS
    target = TARGET
    kinds = frozenset(Letter)

    def __init__(
        self, address: tuple[str, str], addressbook: Addressbook, writer: Writer, now: Callable[[], float]
    ) -> None:
        url, secret = address
        self._http = Http(url, now)
        self._key = key(secret)
        self._addressbook = addressbook
        self._writer = writer
        self._now = now

    async def send(self, message: Outgoing) -> None:
        """Post it, unless there is nothing to write any more."""
        found = self._addressbook.look_up(message)
        if found is None:
            return
        booking, contact = found
        data = {"to": contact, "text": self._writer.text(message, booking), "booking": booking.id}
        content = {"type": message.kind, "timestamp": timestamp(message.created), "data": data}
        body = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
        at = str(int(self._now()))
        signed = {
            "webhook-id": message.id,
            "webhook-timestamp": at,
            "webhook-signature": signature(self._key, message.id, at, body),
        }
        await self._http.post(body, signed)

    async def close(self) -> None:
        """Close the connection."""
        await self._http.close()


def _when(booking: Booking) -> str:
    """Day and time at the place, in the booking's language."""
    place = timezone(timedelta(seconds=booking.utc_offset))
    start = datetime.fromtimestamp(booking.start, place)
    return str(words_of(start, "EEEE d MMMM, HH:mm", locale=booking.language.value))


def senders(
    settings: Settings,
    addressbook: Addressbook,
    translators: Mapping[str, Callable[[str], str]],
    now: Callable[[], float],
) -> Iterator[Sender]:
    """Those that the configuration pays for; none without the address of Jitsi, which the link needs."""
    url, email, sms = settings.notices.meet_url, settings.alerts.email, settings.notices.sms
    if url is None:
        return
    writer = Writer(translators, url.rstrip("/"))
    if email is not None:
        yield ContactMail(email, addressbook, writer)
    if sms is not None:
        yield ContactSms((sms.url, sms.secret.get_secret_value()), addressbook, writer, now)
