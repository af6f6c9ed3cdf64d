"""The stand-ins meet on the real server, and it treats them as it treats Jitsi's own."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from slixmpp.xmlstream import ET

from supervisor.simulation import (
    Focus,
    JoinRefusedError,
    Meeting,
    Person,
    PrivateProsody,
    Recorder,
    SimulationError,
)
from supervisor.simulation.stanzas import JIBRI


@pytest.fixture
async def meeting(plain_prosody: PrivateProsody) -> AsyncIterator[Meeting]:
    async with Meeting(plain_prosody, "sala1", keep=True) as opened:
        yield opened


async def test_the_first_person_becomes_moderator_and_the_others_do_not(meeting: Meeting) -> None:
    first, *others = await meeting.people(4)
    assert first.role == "moderator"
    assert {person.role for person in others} == {"participant"}


async def test_everybody_sees_everybody_with_real_addresses(meeting: Meeting) -> None:
    people = await meeting.people(3)
    for person in people:
        await person.wait_for(lambda one=person: len(one.occupants) == 4)
        assert {one.real_jid for one in people} < {seen.jid for seen in person.occupants.values()}
        assert person.occupants["focus"].jid.startswith(f"{meeting.prosody.focus_jid}/")


async def test_the_next_person_becomes_moderator_when_the_first_leaves(meeting: Meeting) -> None:
    first, second = await meeting.people(2)
    await meeting.dismiss(first)
    await second.wait_for(lambda: second.role == "moderator")


async def test_the_room_ends_when_the_last_person_leaves(meeting: Meeting) -> None:
    for person in await meeting.people(2):
        await meeting.dismiss(person)
    await meeting.focus.wait_for(lambda: not meeting.focus.views[meeting.room].joined)
    assert await meeting.prosody.occupants(meeting.room) == 0


async def test_a_crashed_person_leaves_too(meeting: Meeting) -> None:
    first, second = await meeting.people(2)
    await second.crash()
    await first.wait_for(lambda: second.nick not in first.occupants)


async def test_a_stream_is_seen_as_recorder_and_status(meeting: Meeting) -> None:
    (first,) = await meeting.people(1)
    session = await meeting.start_stream()
    await first.wait_for(lambda: _status(first))
    assert _status(first) == {
        "status": "on",
        "recording_mode": "stream",
        "session_id": session,
        "initiator": first.room_jid,
    }
    recorder = first.occupants[meeting.recorder.nick]
    assert recorder.presence.findtext("{jabber:client}session_id") == session
    assert recorder.jid.startswith(f"recorder@{meeting.prosody.hidden_domain}/")


async def test_a_stopped_stream_stays_in_what_focus_says(meeting: Meeting) -> None:
    first, second = await meeting.people(2)
    session = await meeting.start_stream()
    await meeting.stop_stream(by=second)
    await first.wait_for(lambda: _status(first).get("status") == "off" and len(first.occupants) == 3)
    meeting.focus.set_visitors(meeting.room, 37)
    await first.wait_for(lambda: 'value="37"' in _raw(first, "focus"))
    assert _status(first)["session_id"] == session
    assert _status(first)["initiator"] == second.room_jid


async def test_a_failover_changes_the_recorder_and_not_the_status(meeting: Meeting) -> None:
    (first,) = await meeting.people(1)
    session = await meeting.start_stream()
    before = meeting.recorder.nick
    await meeting.failover()
    await first.wait_for(lambda: before not in first.occupants and meeting.recorder.nick in first.occupants)
    await first.wait_for(lambda: "session_id" in _raw(first, meeting.recorder.nick))
    assert (_status(first)["status"], _status(first)["session_id"]) == ("on", session)


async def test_a_failed_stream_says_why(meeting: Meeting) -> None:
    (first,) = await meeting.people(1)
    await meeting.start_stream()
    await meeting.fail_stream()
    await first.wait_for(lambda: _status(first).get("status") == "off")
    assert _status(first)["failure_reason"] == "error"
    assert "initiator" not in _status(first)


async def test_a_recorder_is_never_made_moderator(meeting: Meeting) -> None:
    recorder = Recorder(meeting.prosody)
    await recorder.open(meeting.prosody.c2s_port)
    await recorder.join(meeting.room)
    (first,) = await meeting.people(1)
    assert first.occupants[recorder.nick].role == "participant"
    await recorder.close()


async def test_a_person_without_the_password_is_refused_with_the_condition(meeting: Meeting) -> None:
    (first,) = await meeting.people(1)
    await first.lock("sesame")
    with pytest.raises(JoinRefusedError) as refusal:
        await meeting.person()
    assert refusal.value.condition == "not-authorized"
    late = await meeting.person(password="sesame")
    assert late.role == "participant"


async def test_only_moderators_lock_the_room(meeting: Meeting) -> None:
    _, second = await meeting.people(2)
    with pytest.raises(SimulationError, match="forbidden"):
        await second.lock("sesame")


async def test_behind_closed_doors_nobody_new_comes_in(meeting: Meeting) -> None:
    (first,) = await meeting.people(1)
    await first.close_doors()
    with pytest.raises(JoinRefusedError) as refusal:
        await meeting.person()
    assert refusal.value.condition == "registration-required"


async def test_a_person_cannot_create_a_room(plain_prosody: PrivateProsody) -> None:
    person = Person(plain_prosody, "Aina")
    await person.open(plain_prosody.c2s_port)
    with pytest.raises(JoinRefusedError) as refusal:
        await person.join(plain_prosody.room("nobody"))
    assert refusal.value.condition == "not-allowed"
    await person.close()


async def test_people_talk_and_name_the_room(meeting: Meeting) -> None:
    first, second = await meeting.people(2)
    coming = asyncio.gather(second.next_message())
    first.say("Bon dia")
    (message,) = await coming
    assert (message.who, message.body, message.delayed) == (first.nick, "Bon dia", False)
    first.name_room("Ple municipal")
    await second.wait_for(lambda: second.subject == "Ple municipal")
    late = await meeting.person()
    await late.wait_for(lambda: late.messages and late.subject)
    assert [one.delayed for one in late.messages] == [True]


async def test_muting_and_raising_the_hand_reach_the_others(meeting: Meeting) -> None:
    first, second = await meeting.people(2)
    second.mute()
    await first.wait_for(lambda: '-a0":{"muted":true}' in _raw(first, second.nick))
    second.raise_hand()
    await first.wait_for(lambda: "raisedHand" in _raw(first, second.nick))
    second.unmute()
    await first.wait_for(lambda: '-a0":{"muted":false}' in _raw(first, second.nick))


async def test_one_focus_serves_several_rooms(plain_prosody: PrivateProsody) -> None:
    focus = Focus(plain_prosody)
    await focus.open(plain_prosody.c2s_port)
    async with (
        Meeting(plain_prosody, "sala1", focus=focus) as one,
        Meeting(plain_prosody, "sala2", focus=focus) as other,
    ):
        await asyncio.gather(one.people(2), other.people(3))
        assert await plain_prosody.occupants(one.room) == 3
        assert await plain_prosody.occupants(other.room) == 4
    await focus.close()


async def test_when_focus_crashes_its_rooms_lose_it(meeting: Meeting) -> None:
    (first,) = await meeting.people(1)
    await meeting.focus.crash()
    await first.wait_for(lambda: "focus" not in first.occupants)


async def test_a_killed_server_comes_back_on_the_same_ports(plain_prosody: PrivateProsody) -> None:
    person = Person(plain_prosody)
    await person.open(plain_prosody.c2s_port)
    await plain_prosody.kill()
    await person.wait_for(lambda: not person.transport)
    await person.close()
    await plain_prosody.start()
    again = Person(plain_prosody)
    await again.open(plain_prosody.c2s_port)
    await again.close()


async def test_a_restarted_server_has_no_rooms_and_the_same_ports(meeting: Meeting) -> None:
    await meeting.people(2)
    await meeting.prosody.restart()
    assert await meeting.prosody.occupants(meeting.room) == 0
    again = Person(meeting.prosody)
    await again.open(meeting.prosody.c2s_port)
    await again.close()


async def test_who_finds_no_server_says_where(plain_prosody: PrivateProsody) -> None:
    await plain_prosody.stop()
    person = Person(plain_prosody)
    with pytest.raises(SimulationError, match=str(plain_prosody.c2s_port)):
        await person.open(plain_prosody.c2s_port)


async def test_a_wrong_password_is_told_at_once(plain_prosody: PrivateProsody) -> None:
    plain_prosody.focus_password = "wrong"
    focus = Focus(plain_prosody)
    with pytest.raises(SimulationError, match="could not log in"):
        await focus.open(plain_prosody.c2s_port)


async def test_a_full_batch_fails_as_one(meeting: Meeting) -> None:
    (first,) = await meeting.people(1)
    await first.lock("sesame")
    with pytest.raises(JoinRefusedError):
        await meeting.people(3)
    assert meeting.persons == [first]


async def test_a_frozen_server_answers_nobody_until_it_thaws(meeting: Meeting) -> None:
    first, second = await meeting.people(2)
    meeting.prosody.freeze()
    first.say("Hi ha algú?")
    with pytest.raises(SimulationError):
        await second.next_message(within=0.3)
    meeting.prosody.thaw()
    await second.wait_for(lambda: second.messages)
    assert meeting.prosody.cpu_seconds() > 0


async def test_the_deaf_still_count(meeting: Meeting) -> None:
    (first,) = await meeting.people(1)
    deaf = Person(meeting.prosody)
    await deaf.open(meeting.prosody.c2s_port)
    deaf.deafen()
    await deaf.join(meeting.room)
    await first.wait_for(lambda: deaf.nick in first.occupants)
    await deaf.crash()


def _status(person: Person) -> dict[str, str]:
    """What focus says of the stream, empty while it says nothing."""
    found = person.occupants["focus"].presence.find(f"{{{JIBRI}}}jibri-recording-status")
    return {} if found is None else dict(found.attrib)


def _raw(person: Person, nick: str) -> str:
    """Somebody's presence as the person saw it last."""
    return ET.tostring(person.occupants[nick].presence, encoding="unicode")
