"""A scripted plenary of two hours: a real Prosody, real people, a real store, and a clock that the test turns.

The whole daemon runs in this process as `supervisor.app` wires it. Twenty troubles are planted, and some that are none:
all that follows is compared with the script, and nothing else may follow. What the report says is worked out anew from
the script (`plenary/expected.py`).
"""

import asyncio
import datetime as dt
import json
from collections.abc import Iterable, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from supervisor.app import App
from supervisor.replay.command import write_log
from supervisor.replay.happened import Happened
from supervisor.replay.player import replay
from supervisor.replay.show import as_text
from supervisor.settings import load_settings
from supervisor.simulation import PrivateProsody
from tests.integration.conftest import SERVERS
from tests.integration.daemon import Daemon
from tests.integration.plenary import checks, tampering
from tests.integration.plenary.hall import WITHIN, open_hall
from tests.integration.plenary.lobby import LOBBY
from tests.integration.plenary.rows import SUMMER, Row, at
from tests.integration.plenary.script import BEGIN, LIMIT, QUORUM, SCRIPT, START
from tests.integration.plenary.stage import ID, ROOM, TITLE, Stage
from tests.integration.plenary.tape import CHANGES, AlertChange, Tape, Turn, again
from tests.integration.plenary.witnesses import watchers

FORMS = ("html", "json", "csv")


@dataclass(frozen=True)
class Played:
    """What came of it: ``read`` is what the secretary's clients read, ``nicks`` theirs in the room."""

    rows: list[Row]
    tape: Tape
    read: list[tuple[float, str]]
    nicks: list[str]
    report: dict[str, str]


class House:
    """The configuration with its bookings' file."""

    def __init__(self, prosody: PrivateProsody, folder: Path) -> None:
        self.folder, self.reports = folder, folder / "reports"
        self.reports.mkdir()
        sections: dict[str, dict[str, Any]] = {
            "alerts": {},
            "kinds.plenary": {"recording": "forbidden"},
            "reports": {"folder": str(self.reports), "formats": list(FORMS)},
        }
        usual: dict[str, dict[str, str]] = {"ParticipantLimit": {}, "StreamInterrupted": {}, "SourceLost": {}}
        self._files = Daemon(prosody, folder, sections=sections, brewery=prosody.brewery, **usual)
        self.book(twice=True)

    @property
    def configuration(self) -> Path:
        return self.folder / "supervisor.toml"

    def book(self, *, twice: bool) -> None:
        """Write the bookings; by mistake another one in the same room."""
        booked = {
            "id": ID,
            "room": ROOM,
            "kind": "plenary",
            "title": TITLE,
            "organisation": "Ajuntament d'Almatret",
            "start": dt.datetime.fromtimestamp(at(START), SUMMER),
            "duration": "2h",
            "language": "ca",
            "limit": LIMIT,
            "quorum": QUORUM,
            "contacts": ["secretaria@almatret.example"],
            "stream": {"youtube": "dQw4w9WgXcQ", "hls": "https://video.example.org/almatret.m3u8", "jibri": True},
        }
        later = dt.datetime.fromtimestamp(at("20:00:00"), SUMMER)
        mistaken = {**booked, "id": "junta", "title": "Junta de govern", "start": later}
        self._files.book(booked, *([mistaken] if twice else []))

    async def report(self) -> dict[str, str]:
        """The files that appear by themselves when the session is over."""
        files = {form: self.reports / f"{ID}.{form}" for form in FORMS}
        async with asyncio.timeout(WITHIN):
            while not all(file.exists() for file in files.values()):
                await asyncio.sleep(0.02)
        return {form: file.read_text() for form, file in files.items()}


async def play(prosody: PrivateProsody, house: House) -> Played:
    """Let the evening happen."""
    rows = sorted([*SCRIPT, *(LOBBY if prosody.jitsi_plugins else ())], key=lambda row: row.time)
    async with open_hall(house.configuration, at(BEGIN), watchers(at(START))) as hall, AsyncExitStack() as clients:
        stage = Stage(hall, prosody, house.book, clients)
        await stage.open()
        for row in rows:
            await hall.forward(at(row.time))
            await row.does(stage)
        await hall.forward(at(rows[-1].time, 120.0))
        report = await house.report()
    read = [one for listener in hall.listeners for one in listener.read]
    return Played(rows, hall.tape, read, [listener.person.nick for listener in hall.listeners], report)


@pytest.mark.parametrize("server", SERVERS[-1:], indirect=True, ids=lambda server: server.name)
async def test_two_hours_with_twenty_troubles_give_what_the_script_says_and_nothing_else(
    prosody: PrivateProsody, tmp_path: Path
) -> None:
    house = House(prosody, tmp_path)
    played = await play(prosody, house)
    assert checks.due_alerts(played.rows) == checks.seen_alerts(played.tape.changes())
    checks.check_readings(played.rows, played.read)
    report = json.loads(played.report["json"])
    checks.check_json(played.rows, report, played.nicks)
    checks.check_csv(played.rows, played.report["csv"])
    checks.check_page(played.rows, played.report["html"], report["summary"]["over_limit_seconds"])
    assert [] == tampering.unnoticed(tmp_path / "state.db", ID, report["seal"]["entries"])
    assert [] == tampering.unnoticed_bytes(played.report["json"].encode(), step=997)
    assert played.tape.turns == await replayed(house, played.tape)
    assert of_session(played.tape.changes()) == of_session(from_its_log(tmp_path))


def of_session(changes: Iterable[AlertChange]) -> list[AlertChange]:
    """A lost source is no session's own, and not in its event log."""
    return [change for change in changes if change.monitor != "SourceLost"]


def from_its_log(folder: Path) -> Iterator[AlertChange]:
    """What `jitsi-supervisor export` and `replay` make of it: without anybody's name, and the same."""
    write_log(f"sqlite:///{folder / 'state.db'}", ID, folder / "events.jsonl")
    outcome = replay(folder / "events.jsonl")
    assert outcome.same, "".join(as_text(outcome))
    for step in outcome.played:
        if isinstance(step.what, Happened) and step.what.what in CHANGES:
            change = step.what
            yield AlertChange(step.at, change.what.removeprefix("alert "), change.monitor, change.stage)


async def replayed(house: House, tape: Tape) -> list[Turn]:
    """What a daemon of the same configuration that has seen nothing else makes of the same events."""
    app = App(
        load_settings(house.configuration, {"JITSI_SUPERVISOR__STORE__URL": f"sqlite:///{house.folder}/other.db"})
    )
    played = again(app.engine, tape.turns)
    await app.stop()
    return played
