"""The ways of a finished report: into a folder, and by mail. Both are receivers of the outbox, so neither is forgotten.

The record is drawn when it is sent, not when it is ordered. Until the closing entry is stored, that has to wait.
"""

from __future__ import annotations

import os
import re
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import format_datetime
from functools import partial
from typing import TYPE_CHECKING

import structlog

from supervisor.channels.email import EmailSender, domain
from supervisor.channels.errors import Permanent, Temporary
from supervisor.domain.chronicle import UnreadableChronicleError
from supervisor.domain.news import REPORT
from supervisor.ports import Sender
from supervisor.report.formats import FORMATS
from supervisor.report.page import words_of
from supervisor.workers import Worker

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from supervisor.domain.records import Outgoing
    from supervisor.report.formats import Format, Rendered
    from supervisor.report.reports import Reports
    from supervisor.settings import Settings

log = structlog.get_logger()

CHANNEL = "report"
PLAIN = re.compile(r"[A-Za-z0-9._-]{1,128}", re.ASCII)
"""Ids of bookings: no part of a path but a name."""
KINDS = frozenset({REPORT})
SOON = 5.0
"""Seconds until it is looked again whether a record has its closing entry."""


async def finished(reports: Reports, message: Outgoing, form: Format) -> Rendered:
    """The report of a session that is over.

    Raises:
        Temporary: Its record does not end yet, or can't be read now.
        Permanent: It can't be drawn at all.
    """
    try:
        found = await reports.report(str(message.payload.get("booking", "")), form)
    except UnreadableChronicleError as error:
        raise Permanent(str(error)) from None
    if found is None or found.account.closed is None:
        raise Temporary("the record is not complete yet", SOON)
    return found


class FolderSender(Sender):
    """Writes each report into a folder, whole or not at all."""

    channel = CHANNEL
    kinds = KINDS

    def __init__(self, reports: Reports, folder: Path, formats: tuple[Format, ...]) -> None:
        self.target = "folder"
        self._reports = reports
        self._folder = folder
        self._formats = formats
        self._worker = Worker("report folder")

    async def send(self, message: Outgoing) -> None:
        """Write the files; again, they are the same."""
        for form in self._formats:
            rendered = await finished(self._reports, message, form)
            try:
                await self._worker.do(partial(write, self._folder / rendered.name, rendered.body))
            except OSError as error:
                raise Temporary(f"reports.folder: {error.strerror or type(error).__name__}") from None

    async def close(self) -> None:
        """End the thread."""
        self._worker.close()


class MailSender(Sender):
    """Mails each report to one person, with the page attached."""

    channel = CHANNEL
    kinds = KINDS

    def __init__(self, reports: Reports, mail: EmailSender) -> None:
        self.target = mail.target
        self._reports = reports
        self._mail = mail

    async def send(self, message: Outgoing) -> None:
        """Hand it to the server."""
        rendered = await finished(self._reports, message, "html")
        await self._mail.post(letter(message, rendered, self._mail.sender, self._mail.to))

    async def close(self) -> None:
        """Nothing is held open between two mails."""


def letter(message: Outgoing, rendered: Rendered, sender: str, to: str) -> EmailMessage:
    """Write the mail. The seal is in it, so a mailbox is a second place where it is kept."""
    told = rendered.account
    words = words_of(told)
    what = " – ".join(part for part in (told.facts.organisation, told.facts.title or told.facts.room) if part)
    content = EmailMessage()
    content["From"], content["To"] = " ".join(sender.split()), " ".join(to.split())
    content["Subject"] = f"{words.say('title')}: {what} ({words.date(told.facts.start)})"[:200]
    content["Date"] = format_datetime(datetime.fromtimestamp(message.created, UTC))
    content["Message-ID"] = f"<{message.id}@{domain(sender)}>"
    content["Auto-Submitted"] = "auto-generated"
    head = told.links[-1].hash
    content.set_content(words.say("attached", title=what, head=head) + "\n")
    content.add_attachment(rendered.body, maintype="text", subtype="html", filename=rendered.name)
    return content


def write(path: Path, content: bytes) -> None:
    """Put a file in its place in one step, on the disk for good. Raises OSError."""
    part = path.with_name(f".{path.name}.part")
    try:
        with part.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def remove(folder: Path | None, session: str) -> list[str]:
    """Delete the files that were written of a session. Returns their names; one that can't be deleted is not there."""
    gone: list[str] = []
    if folder is None or not PLAIN.fullmatch(session):
        return gone
    for form in FORMATS:
        path = folder / f"{session}.{form}"
        try:
            path.unlink()
        except FileNotFoundError:
            continue
        except OSError as error:
            log.warning("report not deleted", path=str(path), reason=error.strerror or type(error).__name__)
        else:
            gone.append(path.name)
    return gone


def senders(settings: Settings, reports: Reports) -> Iterator[Sender]:
    """Those that ``[reports]`` asks for."""
    section, mail = settings.reports, settings.alerts.email
    if section.folder is not None:
        yield FolderSender(reports, section.folder, section.formats)
    if section.mail and mail is not None:
        for to in mail.to:
            yield MailSender(reports, EmailSender(mail, to))
