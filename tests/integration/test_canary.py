"""The canary: whatever a person brings along is found nowhere, once a real session with all its troubles is over."""

import base64
import datetime as dt
import gzip
import json
import sys
from asyncio import create_subprocess_exec, subprocess
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from supervisor.simulation import Meeting, PrivateProsody
from tests.integration.canary import (
    CANARIES,
    CHAT,
    NAME,
    TITLE,
    Planted,
    Visitor,
    files,
    found,
    mail,
    planted,
)  # fmt: skip
from tests.integration.daemon import CEST, Daemon, booking, hears
from tests.integration.receivers import SECRET, Mailbox, Receiver, smtp
from tests.integration.test_api import DESK, Support

ALL = {**CANARIES, "title": TITLE, "author": "Quaxtitolina"}
WORDS = {"stream": {"jibri": True, "ingest": "ple"}, "limit": 2, "expected": []}


def sections(folder: Path, receiver: Receiver, mail_port: int) -> dict[str, dict[str, Any]]:
    (folder / "reports").mkdir(exist_ok=True)
    server = {"host": "127.0.0.1", "port": mail_port, "security": "none", "from": "supervisor@example.org"}
    return {
        "web.tokens.desk": {"token": DESK, "scopes": ["read", "write"]},
        "alerts": {"opening_line": True, "repeat_interval": "1s", "escalate_after": "1s"},
        "alerts.email": {**server, "to": ["support@example.org"]},
        "alerts.alertmanager": {"url": receiver.url},
        "[alerts.webhooks]": {"url": receiver.url, "secret": SECRET},
        "reports": {"folder": str(folder / "reports"), "formats": ["html", "json", "csv"], "mail": True},
    }


def over(daemon: Daemon, **words: Any) -> None:
    """The booking ends now."""
    began = dt.datetime.now(CEST).replace(microsecond=0) - dt.timedelta(minutes=2)
    daemon.book(booking(**{**WORDS, **words}, start=began, duration="1m"))


async def trouble(daemon: Daemon, meeting: Meeting) -> Planted:
    """Too many people; a stream that fails; a moderator who chats, answers, halts."""
    person = await planted(meeting)
    await person.wait_for(lambda: person.role == "moderator")
    await meeting.people(2)
    await hears(person, "recommended", 30)
    person.name_room(TITLE)
    await person.wait_for(lambda: person.subject == TITLE)
    person.say(CHAT)
    await meeting.start_stream()
    await daemon.becomes("live", daemon.stream, 30)
    await meeting.fail_stream()
    await hears(person, "LIVE STREAM INTERRUPTED", 30)
    person.say("!ok")
    await hears(person, "Thank you, that is on record", 30)
    person.say("!pausa")
    await hears(person, "On record: you paused", 30)
    await person.wait_for(lambda: (person.subject or "").startswith("SESSION PAUSED since"), 30)
    return person


async def test_nothing_of_a_person_is_found_again(
    prosody: PrivateProsody, meeting: Meeting, receiver: Receiver, tmp_path: Path
) -> None:
    mailbox = Mailbox()
    async with smtp(mailbox) as port:
        daemon = Daemon(prosody, tmp_path, booking(**WORDS), sections=sections(tmp_path, receiver, port))
        async with daemon:
            person = await trouble(daemon, meeting)

            async def told() -> bool:
                return b"session.paused" in b"".join(body for _, body in receiver.got)

            await daemon.until(told, 30)
            seen = await Visitor(daemon.address, DESK).all("almatret-1") | files(tmp_path)
            places = {f"paused {path}": content for path, content in seen.items()}
            await daemon.kill()
            await daemon.start()
            await meeting.start_stream()
            await hears(person, "The live stream is back", 30)
            person.say("!reprèn")
            await hears(person, "On record: you resumed", 30)
            await person.wait_for(lambda: person.subject == TITLE, 30)
            for each in list(meeting.persons):
                await meeting.dismiss(each)
            over(daemon)

            async def reported() -> bool:
                mailed = any(b"report" in envelope.original_content.lower() for envelope in mailbox.got)
                return len(list((tmp_path / "reports").glob("almatret-1.*"))) == 3 and mailed

            await daemon.until(reported, 60)
            places |= await Visitor(daemon.address, DESK).all("almatret-1", shown=False)
        assert await daemon.stop() == 0
    # What may be kept for as long as the pause lasts is the title: it has to be put back exactly.
    assert "" == "\n".join(found(places))
    places |= files(tmp_path)
    places |= {f"message {n}": repr(heads).encode() + body for n, (heads, body) in enumerate(receiver.got)}
    places |= {f"mail {number}": mail(each.original_content or b"") for number, each in enumerate(mailbox.got)}
    assert {"daemon.log", "state.db", "reports/almatret-1.html"} <= places.keys()
    assert [] == found({place: seen for place, seen in places.items() if not place.startswith("paused")}, ALL)
    # It was all there to be found: the record has the trouble, and who paused by a digest.
    record = json.loads(places["reports/almatret-1.json"])["record"]
    assert {"closed", "paused", "told"} <= {entry["what"] for entry in record}
    assert b"(moderator)" in places["incidents"]
    assert mailbox.got


async def erase(folder: Path, session: str) -> tuple[int, str, str]:
    """Exit code, output and complaints of ``jitsi-supervisor erase``."""
    arguments = ("-m", "supervisor", "erase", session, "--config", str(folder / "supervisor.toml"))
    process = await create_subprocess_exec(sys.executable, *arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    out, err = await process.communicate()
    assert process.returncode is not None
    return process.returncode, out.decode(), err.decode()


async def test_with_attendance_the_name_is_where_the_docs_say_until_the_session_is_erased(
    prosody: PrivateProsody, meeting: Meeting, receiver: Receiver, tmp_path: Path
) -> None:
    words = {"kind": "test", "attendance": True}
    mailbox = Mailbox()
    async with smtp(mailbox) as port:
        daemon = Daemon(prosody, tmp_path, booking(**WORDS, **words), sections=sections(tmp_path, receiver, port))
        async with daemon:
            await trouble(daemon, meeting)

            async def called() -> bool:
                return NAME in repr(await Support(daemon).ask("GET", "/sessions/almatret-1/roll-call"))

            await daemon.until(called, 30)
            places = await Visitor(daemon.address, DESK).all("almatret-1") | files(tmp_path)
            status, refusal = await Support(daemon).ask("DELETE", "/sessions/almatret-1/record")
            assert (409, True) == (status, "under supervision" in refusal["detail"])
            code, _, complaint = await erase(tmp_path, "almatret-1")
            assert (1, True) == (code, "under supervision" in complaint)
            for each in list(meeting.persons):
                await meeting.dismiss(each)
            over(daemon, **words)

            async def erased() -> bool:
                # What is on its way to support staff has to arrive first.
                code, _, complaint = await erase(tmp_path, "almatret-1")
                assert code == 0 or "wait" in complaint or "supervision" in complaint, complaint
                return code == 0

            await daemon.until(erased, 60)

            async def heard() -> bool:
                return bool(daemon.log_events("session erased"))

            await daemon.until(heard, 30)
            (line,) = daemon.log_events("session erased")
            assert ("almatret-1", "command line") == (line["session"], line["by"])
            status, gone = await Support(daemon).ask("GET", "/sessions/almatret-1/report")
            assert (410, True) == (status, "erased" in gone["detail"])
            assert [] == (await Support(daemon).get("/incidents"))["incidents"]
            assert 404 == (await Support(daemon).ask("GET", "/sessions/almatret-1/roll-call"))[0]
            left = files(tmp_path)
            # A restart reads the booking again; what was erased stays so.
            await daemon.kill()
            await daemon.start()
            status, gone = await Support(daemon).ask("DELETE", "/sessions/almatret-1/record")
            assert (410, []) == (status, daemon.log_events("session opened"))
    names = {sort: CANARIES[sort] for sort in ("display name", "first name", "family name")}
    hits = {hit.partition(":")[0] for hit in found(places, names)}
    assert "sessions/almatret-1/roll-call" in hits
    assert hits <= {"sessions/almatret-1/roll-call", "state.db", "state.db-wal"}
    assert hits & {"state.db", "state.db-wal"}
    assert [] == found(places, {sort: text for sort, text in CANARIES.items() if sort not in names})
    assert [] == found(left | files(tmp_path), ALL)


@pytest.mark.parametrize("sort", sorted(ALL))
def test_the_search_finds_what_is_there(sort: str) -> None:
    text = ALL[sort]
    written = {
        "raw": text.encode(),
        "capitals": text.upper().encode(),
        "JSON": json.dumps({"x": text}).encode(),
        "URL": quote(text).encode(),
        "mail": base64.encodebytes(f"a mail about {text}, and a line that is long enough to be broken".encode()),
    }
    for offset in range(3):
        written[f"base64 {offset}"] = base64.b64encode(b"x" * offset + text.encode() + b"yz")
    assert set(written) == {hit.partition(":")[0] for hit in found(written, ALL)}
    assert [] == found({"none": gzip.compress(b"nobody"), "other": b"Zimbel Quax"}, ALL)
