"""What a watcher sees of a room, and what nobody in the room sees of the watcher."""

import asyncio

import pytest
from slixmpp.xmlstream import ET

from supervisor.simulation import JoinRefusedError, Meeting, PrivateProsody
from tests.integration.watcher import RawWatcher, child, codes, condition, item, mark, name, nick_of

JIBRI = "http://jitsi.org/protocol/jibri"


async def test_a_join_is_answered_with_occupants_self_presence_and_subject(
    meeting: Meeting, watcher: RawWatcher
) -> None:
    first, second = await meeting.people(2)
    first.name_room("Ple municipal")
    await second.wait_for(lambda: second.subject == "Ple municipal")
    snapshot = await watcher.watch(meeting.room)
    *occupants, own, subject = snapshot
    assert {nick_of(one) for one in occupants} == {"focus", first.nick, second.nick}
    assert {nick_of(one): item(one)["jid"] for one in occupants}[first.nick] == first.real_jid
    assert {nick_of(one): item(one)["role"] for one in occupants}[first.nick] == "moderator"
    assert nick_of(own) == watcher.nick
    assert "110" in codes(own)
    assert subject.findtext("{jabber:component:accept}subject") == "Ple municipal"
    assert [mark(one)["seq"] for one in snapshot] == ["1", "2", "3", "4", "5"]
    assert {mark(one)["count"] for one in snapshot} == {"3"}
    assert len({(mark(one)["boot"], mark(one)["meeting"]) for one in snapshot}) == 1


async def test_a_room_without_subject_has_an_empty_one(meeting: Meeting, watcher: RawWatcher) -> None:
    await meeting.people(1)
    snapshot = await watcher.watch(meeting.room)
    subject = child(snapshot[-1], "subject")
    assert subject is not None
    assert not subject.text


async def test_watching_an_absent_room_creates_nothing(prosody: PrivateProsody, watcher: RawWatcher) -> None:
    own, subject = await watcher.watch(prosody.room("later"))
    assert "110" in codes(own)
    assert name(subject) == "message"
    assert mark(own)["count"] == "0"
    assert "meeting" not in mark(own)
    assert await prosody.occupants(prosody.room("later")) == 0


async def test_a_watched_room_is_seen_from_its_first_second(prosody: PrivateProsody, watcher: RawWatcher) -> None:
    room = prosody.room("later")
    await watcher.watch(room)
    async with Meeting(prosody, "later") as meeting:
        (first,) = await meeting.people(1)
        await watcher.until(lambda: watcher.presences(room, first.nick))
        await watcher.still()
        assert nick_of(watcher.presences(room)[1]) == "focus"
        repeated = watcher.presences(room, watcher.nick)[-1]
        assert mark(repeated)["meeting"]
        assert [int(mark(one)["seq"]) for one in watcher.of(room)] == list(range(1, len(watcher.of(room)) + 1))


async def test_the_head_count_stays_what_it_was(meeting: Meeting, watcher: RawWatcher) -> None:
    await meeting.people(3)
    before = await meeting.prosody.occupants(meeting.room)
    await watcher.watch(meeting.room)
    assert await meeting.prosody.occupants(meeting.room) == before == 4


async def test_nobody_in_the_room_hears_anything_of_the_supervisor(meeting: Meeting, watcher: RawWatcher) -> None:
    await meeting.people(2)
    await watcher.watch(meeting.room)
    late = await meeting.person()
    late.mute()
    await watcher.until(lambda: watcher.presences(meeting.room, late.nick))
    watcher.leave(meeting.room)
    await watcher.still()
    for person in meeting.persons:
        person.say("and now the chat")
        await person.wait_for(lambda one=person: any(said.who == one.nick for said in one.messages))
        assert set(person.occupants) == {"focus", *(one.nick for one in meeting.persons)}
        assert all("supervis" not in ET.tostring(heard, encoding="unicode") for heard in person.heard or [])


async def test_people_never_become_other_than_they_were(meeting: Meeting, watcher: RawWatcher) -> None:
    await watcher.watch(meeting.room)
    first, second = await meeting.people(2)
    await second.wait_for(lambda: len(second.occupants) == 3)
    affiliations = {one.nick: one.affiliation for one in second.occupants.values()}
    assert affiliations == {"focus": "owner", first.nick: "owner", second.nick: "none"}
    assert watcher.prosody.component_jid not in await _affiliated(meeting)


async def test_a_password_is_no_obstacle_and_no_secret_leaks(meeting: Meeting, watcher: RawWatcher) -> None:
    (first,) = await meeting.people(1)
    await first.lock("sesame")
    snapshot = await watcher.watch(meeting.room)
    late = await meeting.person(password="sesame")
    await watcher.until(lambda: watcher.presences(meeting.room, late.nick))
    assert nick_of(snapshot[0]) in {"focus", first.nick}
    assert "sesame" not in watcher.text()


async def test_closed_doors_are_no_obstacle(meeting: Meeting, watcher: RawWatcher) -> None:
    (first,) = await meeting.people(1)
    await first.close_doors()
    with pytest.raises(JoinRefusedError):
        await meeting.person()
    snapshot = await watcher.watch(meeting.room)
    assert first.nick in {nick_of(one) for one in snapshot}


async def test_a_room_ends_when_the_last_person_leaves_although_watched(meeting: Meeting, watcher: RawWatcher) -> None:
    (first,) = await meeting.people(1)
    await watcher.watch(meeting.room)
    await meeting.dismiss(first)
    end = await watcher.until(lambda: [x for x in watcher.presences(meeting.room, watcher.nick) if _destroys(x)])
    assert codes(end[0]) == {"110"}
    assert item(end[0]) == {"affiliation": "none", "role": "none"}
    assert await meeting.prosody.occupants(meeting.room) == 0
    gone = [nick_of(one) for one in watcher.presences(meeting.room) if one.get("type") == "unavailable"]
    assert set(gone) == {first.nick, "focus", watcher.nick}
    assert gone[-1] == watcher.nick


async def test_the_watch_waits_for_the_next_room_of_that_name(meeting: Meeting, watcher: RawWatcher) -> None:
    (first,) = await meeting.people(1)
    old = mark((await watcher.watch(meeting.room))[0])["meeting"]
    await meeting.dismiss(first)
    await watcher.until(lambda: [x for x in watcher.presences(meeting.room) if _destroys(x)])
    async with Meeting(meeting.prosody, "sala1") as again:
        (other,) = await again.people(1)
        (seen, *_) = await watcher.until(lambda: watcher.presences(meeting.room, other.nick))
        assert mark(seen)["meeting"] not in {"", old}


async def test_mute_and_raised_hands_cost_nothing(meeting: Meeting, watcher: RawWatcher) -> None:
    first, second = await meeting.people(2)
    await watcher.watch(meeting.room)
    await watcher.still()
    known = len(watcher.of(meeting.room))
    for _ in range(5):
        second.mute()
        second.unmute()
        second.raise_hand()
    second.say("enough")
    await first.wait_for(lambda: first.messages)
    await watcher.still()
    assert len(watcher.of(meeting.room)) == known


async def test_numbers_have_no_gaps_and_begin_anew_with_each_join(meeting: Meeting, watcher: RawWatcher) -> None:
    people = await meeting.people(3)
    await watcher.watch(meeting.room)
    await meeting.start_stream()
    await meeting.dismiss(people[2])
    await meeting.people(2)
    await watcher.until(lambda: len(watcher.presences(meeting.room)) >= 11)
    await watcher.still()
    numbers = [int(mark(one)["seq"]) for one in watcher.of(meeting.room)]
    assert numbers == list(range(1, len(numbers) + 1))
    again = await watcher.watch(meeting.room)
    assert [int(mark(one)["seq"]) for one in again] == list(range(1, len(again) + 1))


async def test_the_stream_is_seen_and_its_status_keeps_to_attributes(meeting: Meeting, watcher: RawWatcher) -> None:
    (first,) = await meeting.people(1)
    await watcher.watch(meeting.room)
    session = await meeting.start_stream()
    on = await watcher.until(lambda: _statuses(watcher, meeting.room))
    assert on[-1] == {
        "status": "on",
        "recording_mode": "stream",
        "session_id": session,
        "initiator": first.room_jid,
    }
    assert meeting.recorder is not None
    recorder = watcher.presences(meeting.room, meeting.recorder.nick)[-1]
    assert item(recorder)["jid"].startswith(f"recorder@{meeting.prosody.hidden_domain}/")
    sent = {name(one): one.text for one in recorder}
    assert (sent["session_id"], sent["mode"]) == (session, "stream")
    await meeting.fail_stream()
    await watcher.until(lambda: _statuses(watcher, meeting.room)[-1]["status"] == "off")
    assert _statuses(watcher, meeting.room)[-1]["failure_reason"] == "error"


async def test_visitors_are_told_by_focus_alone(meeting: Meeting, watcher: RawWatcher) -> None:
    await meeting.people(1)
    await watcher.watch(meeting.room)
    meeting.focus.set_visitors(meeting.room, 37)
    await watcher.until(lambda: "'37'" in watcher.text().replace('"', "'"))
    focus = watcher.presences(meeting.room, "focus")[-1]
    properties = child(focus, "conference-properties")
    assert properties is not None
    assert [dict(one.attrib) for one in properties] == [{"key": "visitor-count", "value": "37"}]
    assert {name(one) for one in focus} == {"x", "conference-properties", "supervision"}


async def test_no_name_mail_or_picture_leaves_prosody(meeting: Meeting, watcher: RawWatcher) -> None:
    people = await meeting.people(2)
    await watcher.watch(meeting.room)
    people += await meeting.people(2)
    await watcher.until(lambda: watcher.presences(meeting.room, people[-1].nick))
    for person in people:
        person.say(f"I am {person.display_name}")
    await people[0].wait_for(lambda: len(people[0].messages) == len(people))
    await watcher.still()
    told = watcher.text()
    for person in people:
        for private in (person.display_name, person.state.email, person.state.avatar_url):
            assert private
            assert private not in told


async def test_a_self_ping_tells_whether_one_watches(meeting: Meeting, watcher: RawWatcher) -> None:
    await meeting.people(1)
    ping = "<ping xmlns='urn:xmpp:ping'/>"
    before = await watcher.ask(f"{meeting.room}/{watcher.nick}", "get", ping)
    assert (before.get("type"), condition(before)) == ("error", "not-acceptable")
    await watcher.watch(meeting.room)
    assert (await watcher.ask(f"{meeting.room}/{watcher.nick}", "get", ping)).get("type") == "result"
    other = await watcher.ask(f"{meeting.room}/another", "get", ping)
    assert condition(other) == "not-acceptable"


async def test_after_leaving_nothing_more_comes(meeting: Meeting, watcher: RawWatcher) -> None:
    await meeting.people(1)
    await watcher.watch(meeting.room)
    watcher.leave(meeting.room)
    farewell = await watcher.until(lambda: watcher.presences(meeting.room, watcher.nick)[1:])
    assert farewell[0].get("type") == "unavailable"
    assert "110" in codes(farewell[0])
    known = len(watcher.of(meeting.room))
    await meeting.people(2)
    await watcher.still()
    assert len(watcher.of(meeting.room)) == known


async def test_the_component_killed_in_mid_leave_leaves_no_trace(meeting: Meeting, watcher: RawWatcher) -> None:
    people = await meeting.people(20)
    await watcher.watch(meeting.room)
    await asyncio.gather(watcher.crash(), *(person.crash() for person in people))
    await meeting.focus.wait_for(lambda: not meeting.focus.views[meeting.room].joined)
    assert await meeting.prosody.occupants(meeting.room) == 0
    await watcher.open()
    assert (await watcher.still()).get("watches") == "0"


async def test_a_component_that_comes_back_watches_nothing_until_it_asks(meeting: Meeting, watcher: RawWatcher) -> None:
    await meeting.people(1)
    await watcher.watch(meeting.room)
    await watcher.close()
    await watcher.open()
    await meeting.people(1)
    assert (await watcher.still()).get("watches") == "0"
    assert watcher.of(meeting.room) == []
    assert len(await watcher.watch(meeting.room)) == 5


async def test_a_crashed_person_is_seen_leaving(meeting: Meeting, watcher: RawWatcher) -> None:
    _, second = await meeting.people(2)
    await watcher.watch(meeting.room)
    await second.crash()
    await watcher.until(lambda: watcher.presences(meeting.room, second.nick)[-1].get("type") == "unavailable")
    left = watcher.presences(meeting.room, second.nick)[-1]
    assert item(left)["role"] == "none"
    assert mark(left)["count"] == "2"


def _destroys(presence: ET.Element) -> bool:
    extension = child(presence, "x")
    return extension is not None and child(extension, "destroy") is not None


def _statuses(watcher: RawWatcher, room: str) -> list[dict[str, str]]:
    found = [one.find(f"{{{JIBRI}}}jibri-recording-status") for one in watcher.presences(room, "focus")]
    return [dict(one.attrib) for one in found if one is not None]


async def _affiliated(meeting: Meeting) -> str:
    lookup = f'prosody.hosts["{meeting.prosody.muc}"].modules.muc.get_room_from_jid("{meeting.room}")'
    return await meeting.prosody.shell(f'>require "util.serialization".serialize({lookup}._affiliations)')
