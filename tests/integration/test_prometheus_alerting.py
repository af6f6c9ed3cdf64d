"""From a room and from Prometheus' rules through Alertmanager to whoever has to know, by severity."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

import pytest

from supervisor.simulation.loopback import spare_ports
from tests.integration.conftest import SERVERS, Server
from tests.integration.daemon import Daemon, booking
from tests.integration.prometheus import Alertmanager, Hooks, Prometheus

if TYPE_CHECKING:
    from pathlib import Path

    from supervisor.simulation import Meeting, PrivateProsody


@pytest.fixture
def server() -> Server:
    return SERVERS[0]


async def is_told(hooks: Hooks, *expected: tuple[str, str, str], within: float = 20.0) -> None:
    """Wait until each receiver has got its alert."""
    deadline = time.monotonic() + within
    while missing := set(expected) - hooks.got:
        assert time.monotonic() < deadline, f"missing {missing}, there are {hooks.got}"
        await asyncio.sleep(0.1)


async def test_each_severity_reaches_its_receiver_and_a_dead_daemon_wakes_somebody(
    prosody: PrivateProsody, meeting: Meeting, tmp_path: Path
) -> None:
    async with (
        Hooks() as hooks,
        Alertmanager(tmp_path / "alertmanager", hooks.url) as alertmanager,
    ):
        sections = {
            "alerts.alertmanager": {"url": f"http://{alertmanager.address}"},
            "web": {"listen": f"127.0.0.1:{spare_ports(1)[0]}"},  # the same after its end
        }
        async with (
            Daemon(prosody, tmp_path, booking(limit=3), sections=sections) as daemon,
            Prometheus(tmp_path / "prometheus", daemon.address, alertmanager.address) as prometheus,
        ):
            # The daemon's own, which Prometheus' copy must not double.
            await meeting.people(3)
            await is_told(hooks, ("info", "ParticipantLimit", "firing"))
            await meeting.people(1)
            await meeting.start_stream()
            await daemon.becomes("live", daemon.stream)
            await meeting.fail_stream()
            await is_told(hooks, ("ticket", "ParticipantLimit", "firing"), ("page", "StreamInterrupted", "firing"))
            await prometheus.becomes('count_over_time(jitsi_supervisor_alerts{monitor="StreamInterrupted"}[9s]) >= 5')
            await is_told(hooks, ("deadman", "Watchdog", "firing"))
            await meeting.start_stream()
            await is_told(hooks, ("page", "StreamInterrupted", "resolved"))
            assert "JitsiSessionInTrouble" not in {name for _, name, _ in hooks.got}
            await daemon.kill()
            await is_told(hooks, ("page", "JitsiSupervisorDown", "firing"))
            await daemon.start()
            await is_told(hooks, ("page", "JitsiSupervisorDown", "resolved"))
    assert {"page", "ticket", "info", "deadman"} == {receiver for receiver, _, _ in hooks.got}
