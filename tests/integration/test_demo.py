"""The demo as a newcomer runs it: true to its end, and gone without a trace, also when it is broken off."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.integration.conftest import Server

ROOT = Path(__file__).parents[2]
TOLD_WITHIN = 180.0
ENDED_WITHIN = 30.0


@pytest.fixture
def environment(server: Server, tmp_path: Path) -> dict[str, str]:
    """All that the demo writes goes below the test's own folder, where leftovers are seen."""
    path = f"{Path(server.executable).parent}{os.pathsep}{os.environ['PATH']}"
    changed = {**os.environ, "PATH": path, "TMPDIR": str(tmp_path), "COLUMNS": "80"}
    changed.pop("JITSI_PLUGINS", None)
    return changed if server.jitsi is None else {**changed, "JITSI_PLUGINS": str(server.jitsi)}


def demo(environment: dict[str, str]) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "supervisor", "demo"]
    return subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment, cwd=ROOT
    )


def processes_of(folder: Path) -> list[str]:
    """Command lines that name the folder: server and daemon have their configuration in it, ffmpeg its segments."""
    found = []
    for entry in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            line = entry.read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:  # it ended while we looked
            continue
        if str(folder) in line:
            found.append(line)
    return found


def untracked() -> str:
    command = ["git", "-C", str(ROOT), "status", "--porcelain"]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout


def test_every_step_of_the_story_comes_true_and_nothing_is_left(environment: dict[str, str], tmp_path: Path) -> None:
    before = untracked()
    with demo(environment) as running:
        printed, _ = running.communicate(timeout=TOLD_WITHIN)
    assert running.returncode == 0, printed
    assert "✗" not in printed
    assert "steps came true" in printed
    assert "/metrics" in printed.partition("Before the session")[0]
    assert "\x1b" not in printed
    assert max(len(line) for line in printed.splitlines()) <= 80
    assert list(tmp_path.iterdir()) == []
    assert processes_of(tmp_path) == []
    assert before == untracked()


@pytest.mark.parametrize(
    ("number", "after", "processes"),
    [
        (signal.SIGINT, "The 24th comes", {"prosody", "jitsi-supervisor"}),
        (signal.SIGTERM, "The technician starts the stream", {"prosody", "jitsi-supervisor", "ffmpeg"}),
        (signal.SIGHUP, "The 24th comes", {"prosody", "jitsi-supervisor"}),
    ],
)
def test_broken_off_in_the_middle_it_leaves_nothing_and_says_that_it_failed(
    environment: dict[str, str], tmp_path: Path, number: signal.Signals, after: str, processes: set[str]
) -> None:
    with demo(environment) as running:
        assert running.stdout is not None
        for line in running.stdout:
            if after in line:
                break
        found = processes_of(tmp_path)
        assert len(found) == len(processes)
        assert all(any(name in line for line in found) for name in processes)
        running.send_signal(number)
        printed, _ = running.communicate(timeout=ENDED_WITHIN)
    assert running.returncode == 1
    assert "Interrupted" in printed
    assert "Traceback" not in printed
    assert list(tmp_path.iterdir()) == []
    assert processes_of(tmp_path) == []


def test_without_a_server_to_run_it_says_what_to_install(environment: dict[str, str], tmp_path: Path) -> None:
    with demo({**environment, "PATH": str(tmp_path)}) as running:
        printed, _ = running.communicate(timeout=ENDED_WITHIN)
    assert running.returncode == 1
    assert "install Prosody" in printed
    assert list(tmp_path.iterdir()) == []
