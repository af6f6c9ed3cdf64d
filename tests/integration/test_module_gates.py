"""Doors that keep people out do not keep the watcher out; without the real Jitsi modules Prosody's own stand in."""

import pytest

from supervisor.simulation import Focus, JoinRefusedError, Meeting, Person, PrivateProsody
from supervisor.simulation.configuration import quoted
from tests.integration.watcher import RawWatcher, mark, nick_of

SEATS = 4


@pytest.fixture
def server_options() -> dict[str, dict[str, str]]:
    return {
        "conference.meet.test": {
            "muc_max_occupants": str(SEATS),
            "muc_access_whitelist": '{ "auth.meet.test", "hidden.meet.test" }',
        }
    }


async def test_behind_closed_doors_the_watcher_sees_who_is_let_in(meeting: Meeting, watcher: RawWatcher) -> None:
    (first,) = await meeting.people(1)
    await first.close_doors()
    guest = Person(meeting.prosody, "Berta")
    await guest.open(meeting.prosody.c2s_port)
    with pytest.raises(JoinRefusedError) as refusal:
        await guest.join(meeting.room)
    assert refusal.value.condition == "registration-required"
    snapshot = await watcher.watch(meeting.room)
    assert {nick_of(one) for one in snapshot[:-2]} == {"focus", first.nick}
    first.forge(
        f"<message to='{meeting.room}'><x xmlns='http://jabber.org/protocol/muc#user'>"
        f"<invite to='{guest.real_jid}'/></x></message>"
    )
    await guest.wait_for(lambda: guest.invitations)
    await guest.join(meeting.room)
    seen = await watcher.until(lambda: watcher.presences(meeting.room, guest.nick))
    assert mark(seen[0])["count"] == "3"
    await guest.close()


async def test_a_full_room_is_seen_and_the_watcher_takes_no_seat(meeting: Meeting, watcher: RawWatcher) -> None:
    await watcher.watch(meeting.room)
    people = await meeting.people(SEATS)
    limited = meeting.prosody.jitsi_plugins is not None
    if limited:
        with pytest.raises(JoinRefusedError) as refusal:
            await meeting.person()
        assert refusal.value.condition == "service-unavailable"
    again = await watcher.watch(meeting.room)
    assert {nick_of(one) for one in again[:-2]} == {"focus", *(person.nick for person in people)}
    assert await meeting.prosody.occupants(meeting.room) == SEATS + 1


async def test_a_breakout_room_names_its_main_room(prosody: PrivateProsody, watcher: RawWatcher) -> None:
    async with Meeting(prosody, "sala1") as meeting:
        first, second = await meeting.people(2)
        breakout = await open_breakout(prosody, meeting.room)
        focus = Focus(prosody, "focus-breakout")
        await focus.open(prosody.c2s_port)
        await focus.open_room(breakout)
        await second.leave()
        await second.join(breakout)
        snapshot = await watcher.watch(breakout)
        assert {mark(one)["main"] for one in snapshot} == {meeting.room}
        assert {nick_of(one) for one in snapshot[:-2]} == {"focus", second.nick}
        main = await watcher.watch(meeting.room)
        assert {nick_of(one) for one in main[:-2]} == {"focus", first.nick}
        assert all("main" not in mark(one) for one in main)
        told = {one[1]["jid"]: one[1].get("main") for one in watcher.announcements() if one[0] == "opened"}
        assert told == {meeting.room: None, breakout: meeting.room}
        await focus.close()


async def test_a_room_of_the_breakout_host_without_a_main_room_names_none(
    prosody: PrivateProsody, watcher: RawWatcher
) -> None:
    focus = Focus(prosody)
    await focus.open(prosody.c2s_port)
    room = f"alone@{prosody.breakout}"
    if prosody.jitsi_plugins is None:
        await focus.open_room(room)
    snapshot = await watcher.watch(room)
    assert all("main" not in mark(one) for one in snapshot)
    await focus.close()


async def open_breakout(prosody: PrivateProsody, main: str) -> str:
    """Let a main room have a breakout room, through Jitsi's module where it is, else as that module would note it."""
    room = f"prosody.hosts[{quoted(prosody.muc)}].modules.muc.get_room_from_jid({quoted(main)})"
    breakout = f"0b1e2f3a-0000-4000-8000-000000000000@{prosody.breakout}"
    if prosody.jitsi_plugins is None:
        await prosody.shell(f">(function() {room}._data.breakout_rooms = {{ [{quoted(breakout)}] = 'Grup 1' }} end)()")
        return breakout
    module = f"prosody.hosts[{quoted(prosody.domain)}].modules.muc_breakout_rooms"
    await prosody.shell(f">{module}.create_breakout_room({room}, 'Grup 1')")
    answer = await prosody.shell(f">(next({room}._data.breakout_rooms))")
    return answer.removeprefix("Result: ")
