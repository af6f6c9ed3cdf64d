"""How a room is protected and who waits before it: told with each snapshot and at each change, without a secret."""

import asyncio

import pytest
from slixmpp.xmlstream import ET

from supervisor.domain.room_state import RoomState
from supervisor.simulation import JoinRefusedError, Meeting, Person, PrivateProsody
from supervisor.simulation.configuration import quoted
from supervisor.xmpp.decode import Joined, decode
from tests.integration.watcher import NS, RawWatcher, child, mark, nick_of

OPEN = RoomState(password=False, lobby=False)
LOCKED = RoomState(password=True, lobby=False)
LOBBY = RoomState(password=False, lobby=True)


def states(watcher: RawWatcher, room: str) -> list[RoomState | None]:
    """What the watcher's own presences told, oldest first."""
    read = [decode(xml, [watcher.prosody.muc]) for xml in watcher.presences(room, watcher.nick)]
    return [one.state for one in read if isinstance(one, Joined)]


def room_state(xml: ET.Element) -> dict[str, str]:
    found = xml.find(f"{{{NS}}}room-state")
    assert found is not None
    return dict(found.attrib)


async def test_a_snapshot_says_that_a_room_is_open_and_each_change_follows_once(
    meeting: Meeting, watcher: RawWatcher
) -> None:
    (first,) = await meeting.people(1)
    snapshot = await watcher.watch(meeting.room)
    expected = {"password": "false", "lobby": "false", "waiting": "0", "transcribing": "false"}
    assert expected == room_state(snapshot[-2])
    await first.lock("sesame")
    await first.lock("sesame")
    await first.lock("")
    await watcher.still()
    assert [OPEN, LOCKED, OPEN] == states(watcher, meeting.room)
    assert "sesame" not in watcher.text()
    numbers = [int(mark(xml)["seq"]) for xml in watcher.of(meeting.room)]
    assert list(range(1, len(numbers) + 1)) == numbers


async def test_nothing_is_told_of_a_room_that_is_not_there_and_all_of_the_one_that_comes(
    prosody: PrivateProsody, watcher: RawWatcher
) -> None:
    room = prosody.room("later")
    await watcher.watch(room)
    assert [None] == states(watcher, room)
    async with Meeting(prosody, "later") as meeting:
        (first,) = await meeting.people(1)
        await first.lock("sesame")
        await watcher.still()
        assert LOCKED == states(watcher, room)[-1]
    await watcher.until(lambda: watcher.presences(room, watcher.nick)[-1].get("type") == "unavailable")
    async with Meeting(prosody, "later"):
        await watcher.until(lambda: states(watcher, room)[-1] == OPEN)


async def test_a_change_that_no_event_tells_of_is_seen_at_the_next_question(
    meeting: Meeting, watcher: RawWatcher
) -> None:
    await meeting.people(1)
    await watcher.watch(meeting.room)
    await meeting.prosody.shell(f">{room_on_server(meeting)}:set_password('sesame')")
    await watcher.still()
    assert [OPEN, LOCKED] == states(watcher, meeting.room)


async def test_muted_microphones_and_raised_hands_repeat_nothing_of_it(meeting: Meeting, watcher: RawWatcher) -> None:
    (first,) = await meeting.people(1)
    await watcher.watch(meeting.room)
    first.mute()
    first.raise_hand()
    first.name_room("Ple")
    await watcher.until(lambda: watcher.of(meeting.room)[-1].tag.endswith("}message"))
    await watcher.still()
    assert [OPEN] == states(watcher, meeting.room)


async def test_a_door_that_admits_members_only_is_a_lobby_where_jitsi_has_one(
    meeting: Meeting, watcher: RawWatcher
) -> None:
    (first,) = await meeting.people(1)
    await watcher.watch(meeting.room)
    await first.close_doors()
    await first.close_doors(closed=False)
    await watcher.still()
    expected = [OPEN, LOBBY, OPEN] if meeting.prosody.jitsi_plugins else [OPEN]
    assert expected == states(watcher, meeting.room)


def with_lobbies(prosody: PrivateProsody) -> str:
    if prosody.jitsi_plugins is None:
        pytest.skip("lobbies are Jitsi's: set JITSI_PLUGINS")
    return prosody.lobby


async def knocking(meeting: Meeting, name: str) -> Person:
    """Somebody who was turned away at the door and waits in the lobby."""
    guest = Person(meeting.prosody, name)
    await guest.open(meeting.prosody.c2s_port)
    with pytest.raises(JoinRefusedError) as refusal:
        await guest.join(meeting.room)
    assert refusal.value.condition == "registration-required"
    await guest.knock(lobby_of(meeting))
    return guest


def lobby_of(meeting: Meeting) -> str:
    return f"{meeting.room.partition('@')[0]}@{meeting.prosody.lobby}"


def room_on_server(meeting: Meeting) -> str:
    muc = f"prosody.hosts[{quoted(meeting.prosody.muc)}].modules.muc"
    return f"{muc}.get_room_from_jid({quoted(meeting.room)})"


async def test_those_who_wait_are_counted_until_they_are_let_in(meeting: Meeting, watcher: RawWatcher) -> None:
    with_lobbies(meeting.prosody)
    (first,) = await meeting.people(1)
    await watcher.watch(meeting.room)
    await first.close_doors()
    await first.knock(lobby_of(meeting))
    one, two = await knocking(meeting, "Berta"), await knocking(meeting, "Carles")
    await watcher.until(lambda: waiting(watcher, meeting.room) == [0, 0, 1, 2])
    first.admit(one)
    await one.wait_for(lambda: one.invitations)
    await one.join(meeting.room)
    await one.depart(lobby_of(meeting))
    await watcher.until(lambda: waiting(watcher, meeting.room) == [0, 0, 1, 2, 1])
    await two.depart(lobby_of(meeting))
    await watcher.until(lambda: waiting(watcher, meeting.room) == [0, 0, 1, 2, 1, 0])
    assert one.nick in {nick_of(xml) for xml in watcher.presences(meeting.room)}
    for secret in ("Berta", "Carles", two.real_jid, two.nick):
        assert secret not in watcher.text()
    await one.close()
    await two.close()


async def test_since_when_somebody_waits_survives_a_reload_and_a_later_join(
    meeting: Meeting, watcher: RawWatcher
) -> None:
    with_lobbies(meeting.prosody)
    (first,) = await meeting.people(1)
    await first.close_doors()
    guest = await knocking(meeting, "Berta")
    async with asyncio.timeout(10):
        while await waited(watcher, meeting.room) < 2:
            await asyncio.sleep(0.1)
    watcher.leave(meeting.room)
    await meeting.prosody.reload_module()
    assert await waited(watcher, meeting.room) >= 2
    await guest.close()
    await watcher.until(lambda: waiting(watcher, meeting.room)[-1] == 0)


async def test_a_lobby_that_another_module_opens_and_closes_is_told_too(meeting: Meeting, watcher: RawWatcher) -> None:
    with_lobbies(meeting.prosody)
    await meeting.people(1)
    await watcher.watch(meeting.room)
    for event in ("create-lobby-room", "destroy-lobby-room"):
        await meeting.prosody.shell(
            f">prosody.events.fire_event({quoted(event)}, {{ room = {room_on_server(meeting)} }})"
        )
    await watcher.still()
    assert [OPEN, LOBBY, OPEN] == states(watcher, meeting.room)


async def test_jicofos_own_transcription_is_told_from_the_rooms_metadata(meeting: Meeting, watcher: RawWatcher) -> None:
    await meeting.people(1)
    await watcher.watch(meeting.room)
    metadata = "{ asyncTranscription = true, recording = { isTranscribingEnabled = true } }"
    host = f"prosody.hosts[{quoted(meeting.prosody.muc)}]"
    await meeting.prosody.shell(
        f">(function() local r = {room_on_server(meeting)} r.jitsiMetadata = {metadata} "
        f"{host}.events.fire_event('room-metadata-changed', {{ room = r }}) end)()"
    )
    await watcher.until(lambda: [one.transcribing for one in states(watcher, meeting.room) if one] == [False, True])


async def test_a_recording_on_the_own_computer_is_told_and_its_end_too(meeting: Meeting, watcher: RawWatcher) -> None:
    _, person = await meeting.people(2)
    await watcher.watch(meeting.room)
    person.record(on=True)
    person.raise_hand()
    person.record(on=False)
    await watcher.until(lambda: len(watcher.presences(meeting.room, person.nick)) == 3)
    flags = [child(xml, "jitsi_participant_localRecording") for xml in watcher.presences(meeting.room, person.nick)]
    assert [None, "true", None] == [None if flag is None else flag.text for flag in flags]


async def test_who_is_told_of_the_door_hears_nothing_while_it_does_not_watch(
    meeting: Meeting, watcher: RawWatcher
) -> None:
    (first,) = await meeting.people(1)
    await watcher.watch(meeting.room)
    watcher.leave(meeting.room)
    await watcher.still()
    known = len(watcher.of(meeting.room))
    await first.lock("sesame")
    await watcher.still()
    assert known == len(watcher.of(meeting.room))


async def waited(watcher: RawWatcher, room: str) -> int:
    """Ask with a new join for how long the first one has waited."""
    snapshot = await watcher.watch(room)
    return int(room_state(snapshot[-2])["waited"])


def waiting(watcher: RawWatcher, room: str) -> list[int]:
    return [state.waiting for state in states(watcher, room) if state is not None]
