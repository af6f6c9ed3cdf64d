"""The whole daemon and what the room itself shows: its door, its lobby, what records it, focus."""

import secrets
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from supervisor.simulation import JoinRefusedError, Meeting, Person, PrivateProsody, Recorder
from tests.integration.conftest import Server
from tests.integration.daemon import Daemon, booking, hears, texts

SOON = {
    "RoomUnprotected": {"for": "1s"},
    "LobbyUnattended": {"after": "2s"},
    "RecordingForbidden": {"keep_firing_for": "0s"},
    "FocusMissing": {"after": "1s", "room_after": "3s"},
}
APPOINTMENT = booking(kind="appointment", id="cita-1")


@pytest.fixture
async def daemon(prosody: PrivateProsody, tmp_path: Path) -> AsyncIterator[Daemon]:
    async with Daemon(prosody, tmp_path, APPOINTMENT, **SOON) as running:
        yield running


async def test_an_open_room_that_must_not_be_is_told_until_it_has_a_password(daemon: Daemon, meeting: Meeting) -> None:
    first, second = await meeting.people(2)
    await hears(first, "THIS ROOM IS OPEN and must not be")
    assert {("RoomUnprotected", "warning")} == await daemon.alerts()
    await first.lock("sesame")
    await hears(first, "The room is protected now.")
    await daemon.becomes(set(), daemon.alerts)
    assert [] == texts(second), "it is the moderators' to set one"
    assert "sesame" not in daemon.log_text()


async def test_everybody_reads_that_a_file_is_recorded_where_that_is_forbidden(
    daemon: Daemon, meeting: Meeting
) -> None:
    people = await meeting.people(3)
    await people[0].lock("sesame")
    recorder = Recorder(meeting.prosody, f"jibri-{secrets.token_hex(2)}")
    await recorder.open(meeting.prosody.c2s_port)
    await recorder.enter(meeting.room, recorder.nick, [], "sesame")
    recorder.room = meeting.room
    recorder.record("s1")
    meeting.focus.record(meeting.room, "s1", on=True)
    for person in people:
        await hears(person, "THIS SESSION IS BEING RECORDED")
    await daemon.becomes({("RecordingForbidden", "critical")}, daemon.alerts)
    meeting.focus.record(meeting.room, "s1", on=False)
    await recorder.leave()
    for person in people:
        await hears(person, "Nothing records this session any more.")
    await recorder.close()


async def test_a_recording_on_somebodys_own_computer_is_seen_too(daemon: Daemon, meeting: Meeting) -> None:
    first, second = await meeting.people(2)
    second.record(on=True)
    await hears(first, "A PARTICIPANT IS RECORDING THIS SESSION")
    await hears(second, "A PARTICIPANT IS RECORDING THIS SESSION")
    assert ("RecordingForbidden", "critical") in await daemon.alerts()
    second.record(on=False)
    await hears(first, "Nothing records this session any more.")


async def test_without_focus_support_staff_know_first_and_then_the_moderators(daemon: Daemon, meeting: Meeting) -> None:
    (first,) = await meeting.people(1)
    await first.lock("sesame")
    await meeting.focus.close_room(meeting.room)
    await daemon.becomes({("FocusMissing", "warning")}, daemon.alerts)
    assert not any("conference service" in text for text in texts(first))
    await hears(first, "the conference service has been out of order in this room")
    assert {("FocusMissing", "critical")} == await daemon.alerts()
    await first.lock("")  # Jicofo has no password; in a real installation it needs none
    await meeting.focus.open_room(meeting.room)
    await hears(first, "The conference service is working in this room again.")


async def test_the_moderators_read_how_many_wait_in_the_lobby(server: Server, daemon: Daemon, meeting: Meeting) -> None:
    if server.jitsi is None:
        pytest.skip("lobbies are Jitsi's: set JITSI_PLUGINS")
    (first,) = await meeting.people(1)
    await first.close_doors()
    guest = Person(meeting.prosody, "Berta")
    await guest.open(meeting.prosody.c2s_port)
    with pytest.raises(JoinRefusedError):
        await guest.join(meeting.room)
    lobby = f"{meeting.room.partition('@')[0]}@{meeting.prosody.lobby}"
    await guest.knock(lobby)
    await hears(first, "People waiting in the lobby: 1,")
    assert {("LobbyUnattended", "warning")} == await daemon.alerts()
    first.admit(guest)
    await guest.wait_for(lambda: guest.invitations)
    await guest.join(meeting.room)
    await guest.depart(lobby)
    await daemon.becomes(set(), daemon.alerts)
    assert "Berta" not in daemon.log_text()
    await guest.close()
