"""The ways of a finished report: a folder, a mail server; what fails for now is tried again, what is not over waits."""

import csv
from dataclasses import replace
from email import message_from_bytes, policy
from io import StringIO
from pathlib import Path

import pytest

from supervisor.alerts.outside import Outside, Route
from supervisor.channels.email import EmailSender
from supervisor.channels.errors import Permanent, Temporary
from supervisor.domain.chronicle import Chronicle
from supervisor.domain.commands import Keep
from supervisor.domain.kinds import DEFAULT_KINDS
from supervisor.domain.news import REPORT
from supervisor.domain.records import Outgoing
from supervisor.report.reports import Reports
from supervisor.report.senders import FolderSender, MailSender
from supervisor.report.verify import check_file
from supervisor.web.api.report import preferred
from tests.integration.receivers import Mailbox, settings, smtp
from tests.unit.builders import Play, booking, people
from tests.unit.report.evening import evening, sealed

ORDER = Outgoing("msg_1", "report", "folder", "almatret-1/report", REPORT, {"booking": "almatret-1"}, 100.0)


def reports(chronicle: Chronicle) -> Reports:
    async def read(session: str) -> Chronicle:
        return chronicle if session == chronicle.session else Chronicle(session, ())

    async def erased(_: str) -> None:
        return None

    return Reports(read, erased)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


async def test_the_folder_has_each_form_whole_and_nothing_else(tmp_path: Path) -> None:
    record = sealed(evening().at(8000.0).commands)
    sender = FolderSender(reports(record), tmp_path, ("html", "json", "csv"))
    await sender.send(ORDER)
    await sender.send(ORDER)
    await sender.close()
    assert ["almatret-1.csv", "almatret-1.html", "almatret-1.json"] == names(tmp_path)
    found, _ = check_file((tmp_path / "almatret-1.json").read_bytes())
    assert ((), len(record.links)) == (found.problems, found.entries)
    assert 3 == len(list(csv.DictReader(StringIO((tmp_path / "almatret-1.csv").read_text()))))


async def test_a_folder_that_is_not_there_is_tried_again(tmp_path: Path) -> None:
    sender = FolderSender(reports(sealed(evening().at(8000.0).commands)), tmp_path / "none", ("html",))
    with pytest.raises(Temporary, match="No such file or directory"):
        await sender.send(ORDER)
    (tmp_path / "none").mkdir()
    await sender.send(ORDER)
    await sender.close()
    assert (tmp_path / "none" / "almatret-1.html").exists()


async def test_a_record_without_its_end_waits_and_a_broken_one_is_given_up(tmp_path: Path) -> None:
    whole = sealed(evening().at(8000.0).commands)
    for unfinished in (Chronicle("almatret-1", whole.links[:-1]), Chronicle("another", whole.links)):
        with pytest.raises(Temporary, match="not complete yet"):
            await FolderSender(reports(unfinished), tmp_path, ("html",)).send(ORDER)
    with pytest.raises(Permanent, match="cannot be read"):
        await FolderSender(reports(Chronicle("almatret-1", whole.links[5:])), tmp_path, ("html",)).send(ORDER)
    assert [] == names(tmp_path)


async def test_the_mail_has_the_seal_in_it_and_the_page_with_it() -> None:
    mailbox, record = Mailbox(), sealed(evening().at(8000.0).commands)
    async with smtp(mailbox) as port:
        await MailSender(reports(record), EmailSender(settings(port), "ana@example.org")).send(ORDER)
    (envelope,) = mailbox.got
    mail = message_from_bytes(envelope.original_content or b"", policy=policy.default)
    assert "Informe de la sessió: Ajuntament d'Almatret – Ple ordinari de setembre" in mail["Subject"]
    body, page = mail.get_body(("plain",)), next(iter(mail.iter_attachments()))
    assert body is not None
    assert record.links[-1].hash in body.get_content()
    assert ("almatret-1.html", "text/html") == (page.get_filename(), page.get_content_type())
    assert record.links[-1].hash in page.get_content()


def orders(play: Play) -> list[str]:
    changes = [command.change for command in play.commands if isinstance(command, Keep)]
    return [change.id for change in changes if isinstance(change, Outgoing) and change.kind == REPORT]


def over(kind: str, **words: float) -> Play:
    play = Play(booking(kind=DEFAULT_KINDS[kind], **words))
    supervised = play.engine._supervised["almatret-1"]
    outside = Outside(
        (Route("report", "folder", frozenset({REPORT})), Route("webhook", "x", frozenset({"alert.firing"})))
    )
    supervised.desk.policy = replace(supervised.desk.policy, outside=outside)
    play.room(*people(2)).at(7300.0).go("p0", "p1")
    return play


def test_a_report_is_ordered_once_at_the_end_where_the_kind_asks_for_it() -> None:
    (first,) = orders(over("plenary"))
    assert [first] == orders(over("plenary")), "the same session, closed again after a restart, has the same key"
    assert [] == orders(over("test"))


@pytest.mark.parametrize(
    ("form", "accept"),
    [
        ("json", ""),
        ("json", "*/*"),
        ("html", "text/html,application/xhtml+xml,*/*;q=0.8"),
        ("csv", "text/csv;q=0.9, application/json;q=0.1"),
        ("json", "text/csv;q=0, application/json;q=0.1"),
        ("json", "image/png, ;;q=x,"),
    ],
)
def test_the_client_gets_what_it_likes_best(form: str, accept: str) -> None:
    assert form == preferred(accept)
