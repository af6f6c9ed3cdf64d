"""What the daemon does when it cannot see: it says so, holds what it knows, and is right again soon after."""

import asyncio
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from supervisor.simulation import Meeting, PrivateProsody
from tests.integration.daemon import Daemon, booking

RIGHT_AGAIN = 15.0
BLIND_WITHIN = 6.0


@pytest.fixture
async def daemon(prosody: PrivateProsody, tmp_path: Path) -> AsyncIterator[Daemon]:
    async with Daemon(prosody, tmp_path, booking()) as running:
        yield running


async def over_the_limit(meeting: Meeting, daemon: Daemon) -> int:
    """Six people, and the moderator has read about it. Returns the number of texts that he has now."""
    await meeting.people(6)
    moderator = meeting.moderator
    await moderator.wait_for(lambda: any("more than the recommended" in m.body for m in moderator.messages))
    await daemon.becomes(6.0, daemon.people)
    return len(moderator.messages)


async def test_a_killed_server_holds_the_alert_and_its_return_is_understood(
    daemon: Daemon, prosody: PrivateProsody, meeting: Meeting
) -> None:
    await over_the_limit(meeting, daemon)
    await prosody.kill()
    assert await daemon.becomes(0.0, daemon.source_up) < BLIND_WITHIN
    assert await daemon.people() is None
    assert {("ParticipantLimit", "warning"), ("SourceLost", "critical")} <= await daemon.alerts()
    await prosody.start()
    back = time.monotonic()
    async with Meeting(prosody, "sala1") as again:
        await again.people(6)
        await daemon.becomes(6.0, daemon.people, RIGHT_AGAIN)
        assert time.monotonic() - back < RIGHT_AGAIN
        assert await daemon.alerts() == {("ParticipantLimit", "warning")}
        heard = [message.body for person in again.persons for message in person.messages]
        assert not any("within the recommended" in body for body in heard), "a false all-clear"
        falls = [event for event in daemon.log_events("alert fell") if event["monitor"] != "SourceLost"]
        assert falls == []


async def test_a_cut_connection_is_made_again_and_nothing_is_told(
    daemon: Daemon, prosody: PrivateProsody, meeting: Meeting
) -> None:
    heard = await over_the_limit(meeting, daemon)
    synced = len(daemon.log_events("source synced"))
    session = f"prosody.hosts['{prosody.component_jid}'].modules.component.session"
    await prosody.shell(f">{session}:close()")

    async def synced_again() -> bool:
        return len(daemon.log_events("source synced")) > synced

    assert await daemon.until(synced_again, RIGHT_AGAIN) < RIGHT_AGAIN
    await daemon.becomes(6.0, daemon.people, RIGHT_AGAIN)
    assert len(daemon.log_events("source lost")) == 1
    assert len(meeting.moderator.messages) == heard


async def test_a_frozen_server_is_noticed_and_nothing_is_lost_when_it_goes_on(
    daemon: Daemon, prosody: PrivateProsody, meeting: Meeting
) -> None:
    heard = await over_the_limit(meeting, daemon)
    prosody.freeze()
    frozen = time.monotonic()
    try:
        assert await daemon.becomes(0.0, daemon.source_up) < BLIND_WITHIN
        assert await daemon.people() is None
        # 40 s is longer than every patience of ours: the connection has been given up and tried anew meanwhile.
        await asyncio.sleep(max(0.0, frozen + 40.0 - time.monotonic()))
        assert {("ParticipantLimit", "warning"), ("SourceLost", "critical")} <= await daemon.alerts()
    finally:
        prosody.thaw()
    assert await daemon.becomes(6.0, daemon.people, RIGHT_AGAIN) < RIGHT_AGAIN
    assert await daemon.alerts() == {("ParticipantLimit", "warning")}
    assert len(meeting.moderator.messages) == heard, "told something although nothing had changed"
    await meeting.dismiss(meeting.persons[-1])
    await daemon.becomes(5.0, daemon.people)


async def test_a_reloaded_module_is_noticed_and_joined_again(
    daemon: Daemon, prosody: PrivateProsody, meeting: Meeting
) -> None:
    heard = await over_the_limit(meeting, daemon)
    await prosody.reload_module()
    await meeting.person()
    await daemon.becomes(7.0, daemon.people)
    await meeting.dismiss(meeting.persons[-1])
    await daemon.becomes(6.0, daemon.people)
    assert len(meeting.moderator.messages) == heard


async def test_a_stream_that_a_server_restart_killed_is_an_interruption(
    daemon: Daemon, prosody: PrivateProsody, meeting: Meeting
) -> None:
    await meeting.people(3)
    await meeting.start_stream()
    await daemon.becomes("live", daemon.stream)
    await prosody.kill()
    await daemon.becomes(0.0, daemon.source_up)
    await prosody.start()
    async with Meeting(prosody, "sala1") as again:
        await again.people(3)
        moderator = again.moderator
        await moderator.wait_for(lambda: any("was restarted" in m.body for m in moderator.messages), 25.0)


async def test_a_wrong_secret_is_explained_and_the_daemon_goes_on_trying(
    prosody: PrivateProsody, tmp_path: Path
) -> None:
    daemon = Daemon(prosody, tmp_path, booking())
    configuration = tmp_path / "supervisor.toml"
    configuration.write_text(configuration.read_text().replace(prosody.component_secret, "wrong"))
    with pytest.raises(AssertionError, match="not within"):
        await asyncio.wait_for(start_without_waiting(daemon), 6)
    assert "xmpp.secret differs" in daemon.log_events("source lost")[-1]["reason"]
    assert daemon.running
    assert await daemon.stop() == 0


async def start_without_waiting(daemon: Daemon) -> None:
    async def explained() -> bool:
        return any("xmpp.secret" in event["reason"] for event in daemon.log_events("source lost"))

    ready, daemon.ready = daemon.ready, lambda: daemon.until(explained)  # type: ignore[method-assign]
    await daemon.start()
    daemon.ready = ready  # type: ignore[method-assign]

    async def never() -> bool:
        return False

    await daemon.until(never, 1.0)
