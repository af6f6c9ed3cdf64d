"""Mail to the support staff: plain text, one message to each person, so that one wrong address stops nobody else's."""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import format_datetime
from typing import TYPE_CHECKING

import aiosmtplib

from supervisor.channels.errors import Permanent, Temporary, harmless
from supervisor.channels.http import target_of
from supervisor.domain.news import Kind
from supervisor.ports import Sender

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Iterator

    from supervisor.domain.records import Outgoing
    from supervisor.settings.model import Alerts, Email, Receiver

STEP = 10.0
"""Seconds that one step of the conversation with the server may take; the whole has the lane's deadline."""

_FACTS = ("monitor", "severity", "booking", "room", "reason", "starts_at", "ends_at", "incident")
_ASIDE = 60.0


class EmailSender(Sender):
    """One person's mail.

    Args:
        settings: The server and the sender.
        to: The person.
        context: For TLS; None trusts what the system trusts.
    """

    channel = "email"
    kinds = frozenset(Kind)

    def __init__(self, settings: Email, to: str, context: ssl.SSLContext | None = None) -> None:
        self.target = target_of(to)
        self.sender, self.to = settings.sender, to
        self._settings = settings
        self._context = context

    async def send(self, message: Outgoing) -> None:
        """Hand it to the server, which takes over from there."""
        await self.post(mail(message, self.sender, self.to))

    async def post(self, content: EmailMessage) -> None:
        """The same for a mail that is written already."""
        settings = self._settings
        client = aiosmtplib.SMTP(
            hostname=settings.host,
            port=settings.port,
            # Without it the library asks DNS for our own name, which may take long.
            local_hostname=domain(settings.sender),
            timeout=STEP,
            use_tls=settings.security == "tls",
            start_tls=settings.security == "starttls",
            tls_context=self._context,
        )
        try:
            await self._connect(client)
            await self._hand_over(client, content)
            with contextlib.suppress(aiosmtplib.SMTPException, OSError, TimeoutError):
                await client.quit(timeout=1.0)
        finally:
            client.close()

    async def close(self) -> None:
        """Nothing is held open between two mails."""

    async def _connect(self, client: aiosmtplib.SMTP) -> None:
        """Get as far as the login. A refusal here is about us, not about this message: it may be mended in time."""
        settings = self._settings
        try:
            await client.connect()
            if settings.username is not None:
                password = settings.password.get_secret_value() if settings.password is not None else ""
                await client.login(settings.username, password)
        except aiosmtplib.SMTPResponseException as error:
            raise Temporary(f"server refuses us: {error.code} {harmless(error.message)}", _ASIDE) from None
        except aiosmtplib.SMTPException as error:
            raise Temporary(harmless(f"{type(error).__name__}: {error.message}")) from None
        except OSError as error:  # also what is wrong with TLS
            raise Temporary(harmless(error.strerror or type(error).__name__)) from None

    async def _hand_over(self, client: aiosmtplib.SMTP, content: EmailMessage) -> None:
        try:
            await client.send_message(content)
        except aiosmtplib.SMTPRecipientsRefused as error:
            refused = error.recipients[0]
            raise _sorted(refused.code, refused.message) from None
        except aiosmtplib.SMTPResponseException as error:
            raise _sorted(error.code, error.message) from None
        except aiosmtplib.SMTPNotSupported as error:
            raise Permanent(harmless(error.message)) from None
        except (aiosmtplib.SMTPException, OSError) as error:
            raise Temporary(type(error).__name__) from None


def senders(alerts: Alerts, _: Callable[[], float]) -> Iterator[tuple[Sender, Receiver]]:
    """One for each address in ``[alerts.email] to``."""
    if alerts.email is not None:
        for to in alerts.email.to:
            yield EmailSender(alerts.email, to), alerts.email


def mail(message: Outgoing, sender: str, to: str) -> EmailMessage:
    """Write the mail."""
    payload = message.payload
    summary = str(payload.get("summary") or message.kind)
    content = EmailMessage()
    content["From"], content["To"] = _line(sender), _line(to)
    content["Subject"] = _line(f"[{_state(message)}] {payload.get('room', '')}: {summary}")[:200]
    content["Date"] = format_datetime(datetime.fromtimestamp(message.created, UTC))
    # The same at each try: a mail program shows a repetition as one mail.
    content["Message-ID"] = f"<{message.id}@{domain(sender)}>"
    # RFC 3834: no holiday notice shall answer.
    content["Auto-Submitted"] = "auto-generated"
    facts = [f"{name}: {payload[name]}" for name in _FACTS if payload.get(name)]
    content.set_content("\n".join([summary, "", *facts]) + "\n")
    return content


def _state(message: Outgoing) -> str:
    return str(message.payload.get("severity", "")) if message.kind == Kind.FIRING else message.kind.rpartition(".")[2]


def domain(address: str) -> str:
    """The part of an address that names its server."""
    return address.rpartition("@")[2].rstrip("> ") or "localhost"


def _line(text: str) -> str:
    return " ".join(text.split())


def _sorted(code: int, text: str) -> Permanent | Temporary:
    reason = f"{code} {harmless(text)}".strip()
    return Permanent(reason) if code >= 500 else Temporary(reason)
