"""A file from anybody: whatever is in it, it is replayed or refused with its line and a remedy."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING

import pytest

from supervisor.cli import main
from supervisor.replay import files
from supervisor.replay.files import BadFileError, Reader
from supervisor.replay.player import Outcome, play
from tests.unit.builders import booking, focus, people
from tests.unit.replay.tape import RecordedPlay, exported

if TYPE_CHECKING:
    from pathlib import Path

PLAY = RecordedPlay(booking(), began=-60.0).room(focus(), *people(3)).at(30.0)
assert isinstance(PLAY, RecordedPlay)
WHOLE = exported(PLAY.write_down()).decode().splitlines()


def tried(*lines: str) -> Outcome:
    return play(Reader(io.BytesIO("".join(f"{line}\n" for line in lines).encode()), "f"))


def changed(number: int, line: str) -> list[str]:
    return [*WHOLE[: number - 1], line, *WHOLE[number:]]


def test_the_whole_file_is_fine() -> None:
    assert tried(*WHOLE).same


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ([], "it is empty"),
        (["{}"], "line 1: this is no event log"),
        (["[" * 1_000_000], "line 1: it is no JSON"),
        (['{"a":' * 700_000], "line 1: it is no JSON"),
        (["x" * (files.LONGEST + 5)], "line 1: it is longer than"),
        (changed(1, WHOLE[0].replace('"version":1', '"version":2')), "its format is 2, this version reads 1"),
        (changed(1, WHOLE[0].replace('"session"', '"sesion"')), "line 1: session and lives are wanted"),
        (WHOLE[:-1], "the file ends here, before its end"),
        ([*WHOLE[:4], *WHOLE[5:]], "lines come before the last one"),
        ([*WHOLE, "x"], "something comes after the last line"),
        (changed(4, "nonsense"), "line 4: it is no JSON"),
        (changed(4, "[]"), "line 4: an object is wanted"),
        (changed(4, '{"at": 1e999, "tick": "time"}'), "line 4: at: a number"),
        (changed(4, f'{{"at": 1, "event": "{"x" * 100}"}}'), "line 4: event: 'xxx"),
        (changed(4, '{"at": 1, "event": ["x"]}'), "line 4: event:"),
        (changed(4, '{"at": 1, "event": "RoomClosed", "is": {"room": 7}}'), "line 4: RoomClosed.room: a text"),
        (changed(4, '{"at": 1' + "1" * 5000 + "}"), "line 4: it is no JSON"),
        (changed(4, '{"at": 1, "tick": "time", "then": 5}'), "line 4: then: a list"),
        (changed(2, WHOLE[1].replace("ParticipantLimit", "Limit")), "this version has no such monitor"),
        (changed(2, WHOLE[1].replace('"margin"', '"margins"')), "this version's monitor has other options"),
        ([WHOLE[0], *WHOLE[2:]], "line 2: a step without an opening before it"),
    ],
)
def test_what_is_no_event_log_is_refused_with_line_and_remedy(lines: list[str], said: str) -> None:
    with pytest.raises(BadFileError) as error:
        tried(*lines)
    assert said in str(error.value)


def test_a_file_of_another_version_is_to_be_replayed_with_that_one() -> None:
    other = json.dumps({**json.loads(WHOLE[0]), "program": "9.9"})
    with pytest.raises(BadFileError, match=r"line 4: .*written by version 9\.9, replay it with that one"):
        tried(other, *changed(4, '{"at": 1, "event": "TeaServed"}')[1:])


def test_an_endless_file_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "LARGEST", 5_000)
    with pytest.raises(BadFileError, match="it is longer than an event log can be"):
        tried(*WHOLE[:3], *[WHOLE[3]] * 1000)


def test_the_command_says_so_and_ends_with_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "log.jsonl"
    assert main(["replay", str(path)]) == 2
    path.write_text("nothing\n")
    assert main(["replay", str(path)]) == 2
    said = capsys.readouterr().err.splitlines()
    assert [f"{path}: No such file or directory", f"{path}: line 1: it is no JSON; export it again"] == said


def test_the_command_ends_with_0_if_it_is_the_same_else_with_1(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "log.jsonl"
    path.write_text("\n".join(WHOLE) + "\n")
    assert main(["replay", str(path)]) == 0
    path.write_text("\n".join(line.replace('[{"what":"session opened"}]', "[]") for line in WHOLE) + "\n")
    assert main(["replay", str(path), "--format", "json"]) == 1
    assert "Same as recorded" in capsys.readouterr().out


def test_what_a_file_says_cannot_command_the_terminal(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "log.jsonl"
    path.write_text("\n".join(line.replace('"room":"sala1"', '"room":"\\u001b[2J\\u009b"') for line in WHOLE) + "\n")
    main(["replay", str(path)])
    assert not {"\x1b", "\x9b"} & set(capsys.readouterr().out)
