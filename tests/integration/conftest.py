"""A private Prosody for each test, in every version and company at hand."""

import os
import re
import shutil
import subprocess
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from pathlib import Path

import pytest

from supervisor.simulation import Meeting, PrivateProsody
from tests.integration.receivers import receiver
from tests.integration.watcher import RawWatcher

__all__ = ["receiver"]

ROOT = Path(__file__).parents[2]
UNPACKED_13 = ROOT / ".cache" / "prosody13" / "prosody"


@dataclass(frozen=True)
class Server:
    """One way to run Prosody: which executable, and with the real Jitsi modules or without."""

    name: str
    executable: str
    jitsi: Path | None


def _version(executable: str) -> str:
    about = subprocess.run(
        [Path(executable).with_name("prosodyctl"), "about"], capture_output=True, text=True, check=False
    )
    found = re.search(r"^Prosody (\d+\S*)", about.stdout, re.MULTILINE)
    return found[1] if found else "of unknown version"


def _executables() -> dict[str, str]:
    """The executables to test on, by version."""
    system = shutil.which("prosody")
    if system is None:
        raise pytest.UsageError("no prosody on PATH: the integration tests need a real one (apt install prosody)")
    found = {_version(system): system}
    newer = os.environ.get("PROSODY13") or (str(UNPACKED_13) if UNPACKED_13.is_file() else None)
    if newer and not _has_13(found):
        found["13"] = newer
    if os.environ.get("CI") == "true" and not _has_13(found):
        raise pytest.UsageError("no Prosody 13: `make prosody13` unpacks it, or PROSODY13 names its executable")
    return found


def _has_13(versions: Iterable[str]) -> bool:
    return any(version.partition(".")[0] == "13" for version in versions)


def _jitsi_plugins() -> Path | None:
    folder = os.environ.get("JITSI_PLUGINS")
    if not folder:
        return None
    if not (Path(folder) / "mod_muc_meeting_id.lua").is_file():
        raise pytest.UsageError(f"JITSI_PLUGINS={folder} holds no mod_muc_meeting_id.lua")
    return Path(folder)


EXECUTABLES = _executables()
JITSI_PLUGINS = _jitsi_plugins()
SERVERS = [
    Server(f"{version}{'-jitsi' if jitsi else ''}", executable, jitsi)
    for version, executable in EXECUTABLES.items()
    for jitsi in ([None, JITSI_PLUGINS] if JITSI_PLUGINS else [None])
]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    # Not in the header: quiet runs have none, and what was left out must be seen in those too.
    terminalreporter.write_line(f"Prosody: {', '.join(EXECUTABLES)}")
    if not _has_13(EXECUTABLES):
        terminalreporter.write_line("Prosody 13: not tested, `make prosody13` unpacks it", yellow=True)
    if JITSI_PLUGINS is None:
        terminalreporter.write_line("real Jitsi modules: not loaded, set JITSI_PLUGINS", yellow=True)
    else:
        terminalreporter.write_line(f"real Jitsi modules: {JITSI_PLUGINS}")


@pytest.fixture(params=SERVERS, ids=lambda server: server.name)
def server(request: pytest.FixtureRequest) -> Server:
    chosen: Server = request.param
    return chosen


@pytest.fixture
def server_options() -> dict[str, dict[str, str]]:
    """Further options by host; a test module or a test's parameter overrides it."""
    return {}


@pytest.fixture
async def plain_prosody(server: Server) -> AsyncIterator[PrivateProsody]:
    """Prosody without our module."""
    async with PrivateProsody(executable=server.executable, jitsi_plugins=server.jitsi, with_module=False) as running:
        yield running


@pytest.fixture
async def prosody(server: Server, server_options: dict[str, dict[str, str]]) -> AsyncIterator[PrivateProsody]:
    """Prosody with our module; whatever a test does to it, its log stays free of errors."""
    async with PrivateProsody(
        executable=server.executable, jitsi_plugins=server.jitsi, options=server_options
    ) as running:
        yield running
        assert running.log_complaints() == []


@pytest.fixture
async def watcher(prosody: PrivateProsody) -> AsyncIterator[RawWatcher]:
    """The supervisor's component, connected."""
    async with RawWatcher(prosody) as connected:
        yield connected


@pytest.fixture
async def meeting(prosody: PrivateProsody) -> AsyncIterator[Meeting]:
    """A meeting with its focus and nobody else, whose people keep all they receive."""
    async with Meeting(prosody, "sala1", keep=True) as opened:
        yield opened
