from __future__ import annotations

import subprocess
import sys
from types import ModuleType
from typing import TYPE_CHECKING

import pytest

from supervisor import __version__
from supervisor.cli import main

if TYPE_CHECKING:
    from pathlib import Path

    from supervisor.settings import Settings

CONFIGURATION = """\
[xmpp]
component = "supervisor.example.org"
secret = "s3cret"
muc = ["conference.example.org", "breakout.example.org"]
focus = "focus@auth.example.org"
[bookings]
files = ["first.toml", "second.toml"]
"""
# A Tuesday in a far year, so that no test depends on today.
BOOKING = (
    '[[booking]]\nid = "{0}"\nroom = "salaplens{0}"\nkind = "test"\nstart = 2126-09-03T19:00:00Z\nduration = "1h"\n'
)


@pytest.fixture
def config(tmp_path: Path) -> Path:
    (tmp_path / "first.toml").write_text(BOOKING.format("a"))
    (tmp_path / "second.toml").write_text(BOOKING.format("b") + BOOKING.format("c"))
    path = tmp_path / "jitsi-supervisor.toml"
    path.write_text(CONFIGURATION)
    return path


def test_a_good_configuration_is_summed_up(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check-config", "--config", str(config)]) == 0
    out, err = capsys.readouterr()
    assert out.splitlines() == [
        "rooms are on conference.example.org, breakout rooms on breakout.example.org",
        f"{config.parent}/first.toml: 1 booking",
        f"{config.parent}/second.toml: 2 bookings",
    ]
    assert err == ""


def test_nothing_to_supervise_is_said_aloud(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config.write_text(CONFIGURATION.partition("[bookings]")[0])
    assert main(["check-config", "--config", str(config)]) == 0
    assert "bookings.files is empty: no session will be supervised" in capsys.readouterr().out


def test_every_problem_of_the_configuration_has_a_line_on_stderr(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config.write_text(CONFIGURATION + "[xnpp]\n[web]\nlisten = 'x'\n")
    assert main(["check-config", "--config", str(config)]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert [line.partition(":")[0] for line in err.splitlines()] == ["web.listen", "xnpp"]


def test_every_problem_of_every_bookings_file_has_a_line_on_stderr(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (config.parent / "first.toml").write_text(BOOKING.format("a") + BOOKING.format("b").replace("1h", "1"))
    (config.parent / "second.toml").unlink()
    assert main(["check-config", "--config", str(config)]) == 2
    first, second = capsys.readouterr().err.splitlines()
    assert first.startswith(f'{config.parent}/first.toml:12: booking "b": duration: ')
    assert second.startswith(f"{config.parent}/second.toml: cannot be read: ")


def test_an_id_in_two_files_is_a_problem(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (config.parent / "second.toml").write_text(BOOKING.format("a"))
    assert main(["check-config", "--config", str(config)]) == 2
    assert f"also used at {config.parent}/first.toml:2" in capsys.readouterr().err


def test_run_hands_the_settings_to_the_daemon_and_ends_with_its_code(
    config: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    seen: list[Settings] = []

    def run(settings: Settings) -> int:
        seen.append(settings)
        return 1

    app = ModuleType("supervisor.app")
    app.run = run  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "supervisor.app", app)
    config.write_text(CONFIGURATION + "[reports]\nmail = true\n")
    assert main(["run", "--config", str(config)]) == 1
    assert seen[0].xmpp.component == "supervisor.example.org"
    assert "reports.mail: no report is mailed" in capsys.readouterr().err


def test_run_with_a_bad_configuration_starts_nothing(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config.write_text("")
    assert main(["run", "--config", str(config)]) == 2
    assert capsys.readouterr().err == "xmpp: missing; add it\n"


def test_demo_ends_with_the_code_of_the_demonstration(monkeypatch: pytest.MonkeyPatch) -> None:
    demo = ModuleType("supervisor.simulation.demo")
    demo.main = lambda: 1  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "supervisor.simulation", ModuleType("supervisor.simulation"))
    monkeypatch.setitem(sys.modules, "supervisor.simulation.demo", demo)
    assert main(["demo"]) == 1


@pytest.mark.parametrize("arguments", [[], ["run"], ["check-config", "--confg", "x"], ["fly"]])
def test_bad_usage_ends_with_two(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 2
    assert capsys.readouterr().err.startswith("usage: jitsi-supervisor")


def test_the_package_runs_as_a_module() -> None:
    done = subprocess.run([sys.executable, "-m", "supervisor", "--version"], capture_output=True, text=True, check=True)
    assert done.stdout == f"jitsi-supervisor {__version__}\n"


def test_two_sessions_in_one_room_are_refused_with_both_places(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (config.parent / "second.toml").write_text(BOOKING.format("b").replace("salaplensb", "SalaPlensA"))
    assert main(["check-config", "--config", str(config)]) == 2
    (problem,) = capsys.readouterr().err.splitlines()
    assert problem.startswith(
        f'{config.parent}/second.toml:2: booking "b": room: "salaplensa" is taken by the booking "a"'
    )
    assert f"the other one is at {config.parent}/first.toml:2" in problem


def test_a_broken_rule_is_said_and_is_no_error(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (config.parent / "second.toml").write_text(BOOKING.format("b").replace("2126-09-03", "2126-09-07"))
    assert main(["check-config", "--config", str(config)]) == 0
    (warning,) = [line for line in capsys.readouterr().out.splitlines() if "rule:" in line]
    assert warning.startswith(f'{config.parent}/second.toml:2: booking "b": start: Saturday 2126-09-07')
    assert "2126-09-09 19:00 (rule: working_days); it is supervised all the same" in warning


def test_the_notice_of_a_shared_channel_is_said_as_if_it_were_booked_now(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config.write_text(CONFIGURATION + '[bookings.channels.consorci]\nnotice = "9999999h"\n')
    (config.parent / "second.toml").write_text(BOOKING.format("b") + 'channel = "consorci"\n')
    assert main(["check-config", "--config", str(config)]) == 0
    assert "(rule: notice)" in capsys.readouterr().out


def test_a_calendars_file_is_read_and_an_address_is_not_asked(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config.write_text(CONFIGURATION + "calendars = ['towns.ics', 'https://s3cret.example.org/x', 'missing.ics']\n")
    event = (
        "BEGIN:VEVENT\nUID:x\nDTSTART:20260903T190000Z\nRRULE:FREQ=DAILY\nDURATION:PT1H\nLOCATION:ple1234\nEND:VEVENT"
    )
    (config.parent / "towns.ics").write_text(f"BEGIN:VCALENDAR\n{event}\nEND:VCALENDAR\n")
    assert main(["check-config", "--config", str(config)]) == 2
    assert capsys.readouterr().err.startswith(f"{config.parent}/missing.ics: cannot be read: No such file")
    config.write_text(CONFIGURATION + "calendars = ['towns.ics', 'https://s3cret.example.org/x']\n")
    assert main(["check-config", "--config", str(config)]) == 0
    out = capsys.readouterr().out
    assert f"{config.parent}/towns.ics: 4" in out
    assert "calendars that were not asked: 1; run fetches them" in out


def test_a_report_from_a_store_that_is_not_there_says_which(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config.write_text(f'{CONFIGURATION}[store]\nurl = "sqlite:///{config.parent}/none.db"\n')
    assert main(["report", "sala", "--config", str(config)]) == 1
    assert "none.db: there is no such file; check store.url" in capsys.readouterr().err
    assert not (config.parent / "none.db").exists()


def test_a_file_is_checked_without_a_configuration(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    exported = tmp_path / "report.json"
    exported.write_text("{}")
    assert main(["report", str(exported), "--verify"]) == 1
    assert "is no report of this format" in capsys.readouterr().err


def test_a_form_that_there_is_none_of_is_bad_usage() -> None:
    with pytest.raises(SystemExit) as ended:
        main(["report", "sala", "--format", "pdf"])
    assert ended.value.code == 2
