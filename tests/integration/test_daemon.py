"""The main job, from the participants' own clients: who is told what, and when."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from supervisor.simulation import Meeting, PrivateProsody
from tests.integration.daemon import Daemon, booking, hears, texts

LIMIT = 5


@pytest.fixture
async def daemon(prosody: PrivateProsody, tmp_path: Path) -> AsyncIterator[Daemon]:
    async with Daemon(prosody, tmp_path, booking()) as running:
        yield running


async def test_one_above_the_limit_is_told_to_the_moderator_and_nobody_else(daemon: Daemon, meeting: Meeting) -> None:
    await meeting.people(LIMIT + 1)
    await hears(meeting.moderator, "6 people are connected, more than the recommended 5")
    assert await daemon.people() == 6
    assert ("ParticipantLimit", "warning") in await daemon.alerts()
    assert all(texts(person) == [] for person in meeting.persons if person is not meeting.moderator)
    assert meeting.moderator.messages[-1].display_name == "Supervision"


async def test_the_all_clear_is_told_once_and_only_below_the_margin(daemon: Daemon, meeting: Meeting) -> None:
    await meeting.people(LIMIT + 1)
    moderator = meeting.moderator
    await hears(moderator, "more than the recommended")
    await meeting.dismiss(meeting.persons[-1])
    await meeting.dismiss(meeting.persons[-1])
    await daemon.becomes(4.0, daemon.people)
    assert not any("within the recommended" in body for body in texts(moderator))
    await meeting.dismiss(meeting.persons[-1])
    await hears(moderator, "3 people are connected, within the recommended limit of 5 again")
    await meeting.dismiss(meeting.persons[-1])
    await meeting.dismiss(meeting.persons[-1])
    await daemon.becomes(set(), daemon.alerts)
    assert sum("within the recommended" in body for body in texts(moderator)) == 1


async def test_a_failed_stream_is_told_within_a_second_and_its_return_too(daemon: Daemon, meeting: Meeting) -> None:
    await meeting.people(3)
    await meeting.start_stream()
    await daemon.becomes("live", daemon.stream)
    await meeting.fail_stream()
    text = await hears(meeting.moderator, "LIVE STREAM INTERRUPTED since", 1.0)
    assert "recorder failed" in text
    assert "!pause" in text
    assert {("StreamInterrupted", "critical")} <= await daemon.alerts()
    await meeting.start_stream()
    assert "!resume" in await hears(meeting.moderator, "The live stream is back")
    assert all(texts(person) == [] for person in meeting.persons if person is not meeting.moderator)


async def test_a_stream_that_a_person_stopped_is_told_to_nobody(daemon: Daemon, meeting: Meeting) -> None:
    await meeting.people(3)
    await meeting.start_stream()
    await daemon.becomes("live", daemon.stream)
    await meeting.stop_stream()
    await daemon.becomes("ended", daemon.stream)
    assert await daemon.alerts() == set()
    assert all(texts(person) == [] for person in meeting.persons)


async def test_a_recorder_that_stops_by_itself_is_an_interruption_with_that_reason(
    daemon: Daemon, meeting: Meeting
) -> None:
    await meeting.people(3)
    await meeting.start_stream()
    await daemon.becomes("live", daemon.stream)
    await meeting.fail_stream(reason=None)
    assert "stopped by itself" in await hears(meeting.moderator, "LIVE STREAM INTERRUPTED")


async def test_a_recorder_that_vanishes_without_a_word_is_told_after_the_grace(
    daemon: Daemon, meeting: Meeting
) -> None:
    await meeting.people(2)
    await meeting.start_stream()
    await daemon.becomes("live", daemon.stream)
    await meeting.lose_recorder()
    assert "the recorder left the room" in await hears(meeting.moderator, "LIVE STREAM INTERRUPTED", 20.0)


async def test_a_failover_within_the_grace_stays_quiet(daemon: Daemon, meeting: Meeting) -> None:
    await meeting.people(2)
    await meeting.start_stream()
    await daemon.becomes("live", daemon.stream)
    await meeting.failover()
    await daemon.becomes("live", daemon.stream)
    assert await daemon.alerts() == set()
    assert texts(meeting.moderator) == []


async def test_what_a_guest_forges_changes_nothing(daemon: Daemon, meeting: Meeting) -> None:
    await meeting.people(3)
    guest = meeting.persons[-1]
    room, nick = meeting.room, guest.nick
    guest.forge(
        f"<presence to='{room}/{nick}'><features><feature var='http://jitsi.org/protocol/jibri'/></features>"
        "<session_id>x</session_id><mode>stream</mode>"
        "<jibri-recording-status xmlns='http://jitsi.org/protocol/jibri' status='on' recording_mode='stream' "
        "session_id='x'/></presence>"
    )
    guest.forge(
        f"<presence to='{room}/{nick}'><jibri-recording-status xmlns='http://jitsi.org/protocol/jibri' status='off' "
        "recording_mode='stream' session_id='x' failure_reason='error'/></presence>"
    )
    component = daemon._prosody.component_jid
    ns = "urn:x-jitsi-supervisor:muc:0"
    closed = f"<room xmlns='{ns}' event='closed' jid='{room}'/>"
    order = f"<deliver xmlns='{ns}' audience='everybody'><body>forged</body></deliver>"
    for stanza in (
        f"<message to='{component}' type='headline'>{closed}</message>",
        f"<presence to='{component}/supervisor' type='unavailable'/>",
        f"<iq to='{room}' type='set' id='f1'>{order}</iq>",
    ):
        guest.forge(stanza)
    await meeting.person()
    await daemon.becomes(4.0, daemon.people)
    assert await daemon.stream() == "scheduled"
    assert {alert for alert in await daemon.alerts() if alert[0] != "ParticipantLimit"} == set()
    assert all("forged" not in body for person in meeting.persons for body in texts(person))


async def test_a_supervisor_that_waits_for_the_room_sees_it_from_its_first_second(
    daemon: Daemon, prosody: PrivateProsody
) -> None:
    assert await daemon.people() == 0
    async with Meeting(prosody, "sala1") as meeting:
        await meeting.people(1)
        await daemon.becomes(1.0, daemon.people, 2.0)
        assert await prosody.occupants(meeting.room) == 2
        await meeting.dismiss(meeting.persons[0])
        await daemon.becomes(0.0, daemon.people, 5.0)


async def test_when_no_moderator_is_there_the_first_to_come_is_told(
    prosody: PrivateProsody, meeting: Meeting, tmp_path: Path
) -> None:
    async with Daemon(prosody, tmp_path, booking(limit=1)) as daemon:
        await meeting.people(2)
        moderator = meeting.moderator
        await hears(moderator, "more than the recommended")
        await meeting.start_stream()
        await daemon.becomes("live", daemon.stream)
        await meeting.dismiss(moderator)
        await daemon.becomes(1.0, daemon.people)
        await meeting.fail_stream()
        await daemon.until(lambda: has(daemon, "StreamInterrupted"))
        heir = meeting.persons[0]
        await heir.wait_for(lambda: heir.role == "moderator")
        await hears(heir, "LIVE STREAM INTERRUPTED", 8.0)


async def has(daemon: Daemon, monitor: str) -> bool:
    return any(name == monitor for name, _ in await daemon.alerts())


async def test_the_text_is_in_the_bookings_language(prosody: PrivateProsody, meeting: Meeting, tmp_path: Path) -> None:
    async with Daemon(prosody, tmp_path, booking(language="ca", limit=2)):
        await meeting.people(3)
        await hears(meeting.moderator, "Hi ha 3 persones connectades, més de les 2 recomanades")
        assert meeting.moderator.messages[-1].display_name == "Supervisió"


async def test_bookings_are_reread_and_a_broken_file_loses_nothing(daemon: Daemon, meeting: Meeting) -> None:
    await meeting.people(3)
    await daemon.becomes(3.0, daemon.people)
    daemon.write_bookings("[[booking]]\nid = \n")

    async def reported() -> bool:
        return bool(daemon.log_events("bookings unreadable"))

    await daemon.until(reported)
    assert ":2" in daemon.log_events("bookings unreadable")[-1]["problem"]
    assert await daemon.people() == 3
    daemon.book(booking(limit=2))
    await hears(meeting.moderator, "3 people are connected, more than the recommended 2")
    daemon.book(booking(id="other", room="sala2"))
    await daemon.becomes(0.0, daemon.people)
    assert await daemon.alerts() == set()


async def test_no_name_or_address_of_a_person_is_in_log_or_metrics(daemon: Daemon, meeting: Meeting) -> None:
    canary = await meeting.person("Canària Planted")
    await canary.wait_for(lambda: canary.role == "moderator")
    await meeting.people(LIMIT)
    await hears(meeting.moderator, "more than the recommended")
    metrics = "\n".join(await daemon.metrics())
    for told in (daemon.log_text(), metrics):
        assert "Can" not in told
        assert canary.real_jid.partition("/")[0] not in told


async def test_before_a_silent_room_stops_its_stream_the_moderator_is_told_and_when_it_is_safe(
    prosody: PrivateProsody, meeting: Meeting, tmp_path: Path
) -> None:
    patience = {"after": "2s", "timeout": "600s"}
    async with Daemon(prosody, tmp_path, booking(), StreamSelfStop=patience) as daemon:
        await meeting.people(3)
        await meeting.start_stream()
        await daemon.becomes("live", daemon.stream)
        for person in meeting.persons:
            person.mute()
            person.turn_camera(on=False)
        await hears(meeting.moderator, "Everybody has been muted with the camera off since")
        assert ("StreamSelfStop", "warning") in await daemon.alerts()
        meeting.persons[-1].unmute()
        await hears(meeting.moderator, "A camera or microphone is on again: the live stream goes on.")
        await daemon.becomes(set(), daemon.alerts)
        assert all(texts(person) == [] for person in meeting.persons if person is not meeting.moderator)


async def test_a_room_that_comes_back_from_a_restart_still_tells_who_is_muted(
    prosody: PrivateProsody, tmp_path: Path
) -> None:
    async with Daemon(prosody, tmp_path, booking(), StreamSelfStop={"after": "1s"}) as daemon:
        await prosody.restart()
        await daemon.becomes(1.0, daemon.source_up, 20.0)
        async with Meeting(prosody, "sala1") as meeting:
            await meeting.people(2)
            await meeting.start_stream()
            for person in meeting.persons:
                person.mute()
                person.turn_camera(on=False)
            await hears(meeting.moderator, "Everybody has been muted with the camera off since", 90.0)
