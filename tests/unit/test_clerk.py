"""`jitsi-supervisor bookings`: what an operator types, reads and gets as an exit code."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from typing import TYPE_CHECKING, Any

import pytest

from supervisor.clerk import WORDS
from supervisor.cli import main
from supervisor.domain.booking_words import KEYS
from tests.house import open_house
from tests.unit.builders import Play

if TYPE_CHECKING:
    from pathlib import Path

CONFIGURATION = """\
[xmpp]
component = "supervisor.example.org"
secret = "s3cret"
muc = ["conference.example.org"]
focus = "focus@auth.example.org"
[store]
url = "sqlite:///{folder}/state.db"
[bookings]
files = ["towns.toml"]
"""
FILED = '[[booking]]\nid = "filed"\nroom = "sala1234"\nkind = "unsupported"\nstart = {start}\nduration = "1h"\n'


def workday() -> dt.datetime:
    """A working day some weeks ahead, at seven in the evening."""
    day = dt.datetime.now(dt.UTC).replace(hour=19, minute=0, second=0, microsecond=0) + dt.timedelta(days=21)
    return day + dt.timedelta(days=max(0, 7 - day.weekday()) if day.weekday() > 4 else 0)


START = workday()


@pytest.fixture
def config(tmp_path: Path) -> Path:
    (tmp_path / "towns.toml").write_text(FILED.format(start=START.isoformat()))
    path = tmp_path / "jitsi-supervisor.toml"
    path.write_text(CONFIGURATION.format(folder=tmp_path))
    return path


class Shell:
    """Types commands; keeps what they print."""

    def __init__(self, config: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self._config = config
        self._capsys = capsys
        self.out, self.err = "", ""

    def __call__(self, *words: str) -> int:
        code = main(["bookings", *words, "--config", str(self._config)])
        self.out, self.err = self._capsys.readouterr()
        return code

    def add(self, **words: str) -> int:
        usual = {"room": "plealmatret", "kind": "plenary", "start": START.isoformat(), "duration": "2h"}
        options = [part for key, value in {**usual, **words}.items() for part in (f"--{key.replace('_', '-')}", value)]
        return self("add", *options)

    def listed(self) -> list[dict[str, Any]]:
        assert 0 == self("list", "--format", "json")
        return list(json.loads(self.out))


@pytest.fixture
def shell(config: Path, capsys: pytest.CaptureFixture[str]) -> Shell:
    return Shell(config, capsys)


def test_a_booking_is_made_listed_and_cancelled(shell: Shell) -> None:
    assert 0 == shell.add(id="ple-1", title="Ple ordinari", limit="12", stream_youtube="abc", password="482915")
    assert ("ple-1\n", "") == (shell.out, shell.err)
    assert [("filed", "towns.toml"), ("ple-1", "made")] == [
        (each["id"], each["origin"].rpartition("/")[2]) for each in shell.listed()
    ]
    (made,) = (each for each in shell.listed() if each["id"] == "ple-1")
    assert ("plealmatret", 12, "abc", True) == (
        made["room"],
        made["limit"],
        made["stream"]["youtube"],
        made["has_password"],
    )
    assert "482915" not in shell.out
    assert 0 == shell("remove", "ple-1")
    assert ["filed"] == [each["id"] for each in shell.listed()]


def test_every_word_of_a_booking_has_an_option(shell: Shell) -> None:
    assert {word.partition(".")[0] for word in WORDS} == set(KEYS)
    with pytest.raises(SystemExit) as left:
        shell("add", "--help")
    assert 0 == left.value.code


def test_several_contacts_and_flags(shell: Shell) -> None:
    options = ("--contact", "a@example.org", "--contact", "+34600000000", "--lobby", "--stream-jibri")
    start = ("--start", START.isoformat(), "--duration", "1h")
    assert 0 == shell("add", "--room", "plealmatret", "--kind", "plenary", *start, *options)
    (made,) = (each for each in shell.listed() if each["origin"] == "made")
    assert (2, True, True) == (made["contacts"], made["lobby"], made["stream"]["jibri"])
    assert f"plealmatret-{START:%Y-%m-%d}" == made["id"]


def test_wrong_words_are_bad_usage_and_all_are_named(shell: Shell) -> None:
    assert 2 == shell.add(room="sala ú", start="tomorrow", limit="many")
    assert ["room", "start", "limit"] == [line.partition(":")[0] for line in shell.err.splitlines()]


@pytest.mark.parametrize(
    ("words", "text"),
    [
        ({"room": "sala1234"}, 'room: "sala1234" is taken by the booking "filed"'),
        ({"id": "filed"}, 'id: the id "filed" is used by a booking from'),
        ({"kind": "appointment"}, "password: missing"),
        ({"channel": "consorci"}, 'channel: there is no shared channel "consorci"'),
    ],
)
def test_what_breaks_a_rule_fails_with_the_rules_words(shell: Shell, words: dict[str, str], text: str) -> None:
    assert 1 == shell.add(**words)
    assert text in shell.err
    assert ["filed"] == [each["id"] for each in shell.listed()]


def test_a_warning_is_said_and_the_booking_made(shell: Shell) -> None:
    assert 0 == shell.add(id="p", room="prova")
    assert ("p\n", True) == (shell.out, shell.err.startswith("p: warning: room: "))


def test_what_is_in_a_file_is_cancelled_there(shell: Shell) -> None:
    assert 1 == shell("remove", "filed")
    assert "change it there" in shell.err
    assert 1 == shell("remove", "nothing")
    assert 'there is no booking "nothing"' in shell.err


def toml(*bookings: tuple[str, str, dt.datetime]) -> str:
    row = '[[booking]]\nid = "{}"\nroom = "{}"\nkind = "plenary"\nstart = {}\nduration = "1h"\n'
    return "".join(row.format(id_, room, start.isoformat()) for id_, room, start in bookings)


def test_a_file_is_imported_whole(shell: Shell, tmp_path: Path) -> None:
    file = tmp_path / "new.toml"
    file.write_text(toml(("a", "plealmatret", START), ("b", "plebellpuig", START)))
    assert (0, "a\nb\n") == (shell("import", str(file)), shell.out)
    table = tmp_path / "new.csv"
    table.write_text(f"id,room,kind,start,duration\nc,plecervera,plenary,{START.isoformat()},1h\n")
    assert 0 == shell("import", str(table))
    assert {"a", "b", "c", "filed"} == {each["id"] for each in shell.listed()}


def test_a_file_with_a_problem_is_not_imported_at_all(shell: Shell, tmp_path: Path) -> None:
    file = tmp_path / "new.toml"
    file.write_text(toml(("a", "plealmatret", START), ("b", "plealmatret", START), ("filed", "plebellpuig", START)))
    assert 1 == shell("import", str(file))
    assert ["b: room", "filed: id"] == [": ".join(line.split(": ")[:2]) for line in shell.err.splitlines()]
    file.write_text(toml(("a", "plealmatret", START)) + "[[booking]]\nid = 3\n")
    assert 2 == shell("import", str(file))
    assert f"{file}:8: booking 2: " in shell.err
    assert 2 == shell("import", str(tmp_path / "new.xlsx"))
    assert ["filed"] == [each["id"] for each in shell.listed()]


def test_the_list_is_for_people_and_for_spreadsheets(shell: Shell) -> None:
    shell.add(id="ple-1", title="=1+1")
    assert 0 == shell("list")
    assert 2 == len(shell.out.splitlines())
    assert 0 == shell("list", "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(shell.out)))
    assert ("ple-1", "'=1+1") == (rows[1]["id"], rows[1]["title"])


def test_a_store_that_can_not_be_opened_is_said(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config.write_text(config.read_text().replace("/state.db", "/no/such/folder/state.db"))
    assert 1 == main(["bookings", "list", "--config", str(config)])
    assert "make the folder" in capsys.readouterr().err


async def test_the_api_and_the_command_line_say_the_same_words(
    tmp_path: Path, shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    for wrong in ({"room": "sala ú", "start": "2026"}, {"kind": "appointment", "room": "prova"}, {"duration": "2"}):
        play = Play()
        monkeypatch.setattr("time.time", lambda: play.now)  # noqa: B023
        words = {"id": "x", "room": "plealmatret", "kind": "plenary", "start": "2026-10-01T19:00:00+02:00"}
        words |= {"duration": "2h", **wrong}
        (tmp_path / "api").mkdir(exist_ok=True)
        async with open_house(tmp_path / "api", play) as house:
            status, problem = await house.post("/bookings", words)
        assert 422 == status
        shell.add(**words)
        said = [line for line in shell.err.splitlines() if not line.startswith("warning: ")]
        assert [f"{each['key']}: {each['text']}" for each in problem["errors"]] == said
