"""What the component can ask and order, and that nobody else can."""

import asyncio

import pytest

from supervisor.simulation import Focus, Meeting, Person, PrivateProsody
from tests.integration.watcher import NS, RawWatcher, child, condition, name


async def test_moderators_are_told_and_nobody_else(meeting: Meeting, watcher: RawWatcher) -> None:
    first, second = await meeting.people(2)
    await meeting.start_stream()
    coming = asyncio.gather(first.next_message())
    delivered = await watcher.order(meeting.room, deliver("moderators", "31 persones", meeting.prosody))
    (message,) = await coming
    assert [one.get("nick") for one in delivered] == [first.nick]
    assert (message.who, message.body, message.display_name) == ("", "31 persones", "Supervisió")
    assert (message.id, message.delayed) == ("n-17", False)
    await nothing_said(second)
    assert meeting.focus.views[meeting.room].messages == []
    assert meeting.recorder is not None
    assert meeting.recorder.views[meeting.room].messages == []


async def test_every_moderator_is_told(meeting: Meeting, watcher: RawWatcher) -> None:
    first, second, third = await meeting.people(3)
    first.forge(
        f"<iq type='set' id='own' to='{meeting.room}'><query xmlns='http://jabber.org/protocol/muc#admin'>"
        f"<item affiliation='owner' jid='{second.boundjid.bare}'/></query></iq>"
    )
    await second.wait_for(lambda: second.role == "moderator")
    delivered = await watcher.order(meeting.room, deliver("moderators", "Atenció", meeting.prosody))
    assert {one.get("nick") for one in delivered} == {first.nick, second.nick}
    for person in (first, second):
        await person.wait_for(lambda one=person: one.messages)
    await nothing_said(third)


async def test_what_moderators_were_told_is_not_in_the_history(meeting: Meeting, watcher: RawWatcher) -> None:
    (first,) = await meeting.people(1)
    await watcher.order(meeting.room, deliver("moderators", "Atenció", meeting.prosody))
    await first.wait_for(lambda: first.messages)
    late = await meeting.person()
    await late.wait_for(lambda: late.subject is not None)
    await nothing_said(late)


async def test_everybody_is_told_but_focus_and_recorders(meeting: Meeting, watcher: RawWatcher) -> None:
    people = await meeting.people(3)
    await meeting.start_stream()
    delivered = await watcher.order(meeting.room, deliver("everybody", "Pausa", meeting.prosody))
    assert {one.get("nick") for one in delivered} == {person.nick for person in people}
    for person in people:
        await person.wait_for(lambda one=person: [said.body for said in one.messages] == ["Pausa"])
    await meeting.focus.wait_for(lambda: meeting.focus.views[meeting.room].subject is not None)
    assert meeting.focus.views[meeting.room].messages == []
    assert meeting.recorder is not None
    assert meeting.recorder.views[meeting.room].messages == []


async def test_chosen_occupants_are_told_and_those_gone_are_left_out(meeting: Meeting, watcher: RawWatcher) -> None:
    first, second, third = await meeting.people(3)
    chosen = f"<occupant nick='{second.nick}'/><occupant nick='deadbeef'/><occupant nick='focus'/>"
    delivered = await watcher.order(meeting.room, deliver("occupants", "Hola", meeting.prosody, chosen))
    assert [one.get("nick") for one in delivered] == [second.nick]
    await second.wait_for(lambda: second.messages)
    await nothing_said(first)
    await nothing_said(third)


async def test_markup_in_a_text_arrives_as_text(meeting: Meeting, watcher: RawWatcher) -> None:
    (first,) = await meeting.people(1)
    await watcher.order(meeting.room, deliver("everybody", "a &lt;b&gt; &amp; c ⚠", meeting.prosody))
    await first.wait_for(lambda: first.messages)
    assert first.messages[0].body == "a <b> & c ⚠"


async def test_the_subject_is_set_and_put_back(meeting: Meeting, watcher: RawWatcher) -> None:
    first, second = await meeting.people(2)
    first.name_room("Ple municipal")
    await second.wait_for(lambda: second.subject == "Ple municipal")
    answer = await watcher.order(meeting.room, f"<subject xmlns='{NS}'>SESSIÓ ATURADA</subject>")
    assert answer.get("changed") == "true"
    previous = child(answer, "previous")
    assert previous is not None
    assert (previous.get("by"), previous.text) == (first.room_jid, "Ple municipal")
    await second.wait_for(lambda: second.subject == "SESSIÓ ATURADA")
    back = f"<subject xmlns='{NS}' by='{first.room_jid}' expected='SESSIÓ ATURADA'>Ple municipal</subject>"
    assert (await watcher.order(meeting.room, back)).get("changed") == "true"
    await second.wait_for(lambda: second.subject == "Ple municipal")


async def test_a_subject_somebody_has_changed_meanwhile_stays(meeting: Meeting, watcher: RawWatcher) -> None:
    first, second = await meeting.people(2)
    await watcher.order(meeting.room, f"<subject xmlns='{NS}'>SESSIÓ ATURADA</subject>")
    first.name_room("Comissió")
    await second.wait_for(lambda: second.subject == "Comissió")
    back = f"<subject xmlns='{NS}' by='{first.room_jid}' expected='SESSIÓ ATURADA'>Ple municipal</subject>"
    answer = await watcher.order(meeting.room, back)
    assert answer.get("changed") == "false"
    present = child(answer, "previous")
    assert present is not None
    assert present.text == "Comissió"
    assert second.subject == "Comissió"


async def test_a_changed_subject_reaches_the_watcher(meeting: Meeting, watcher: RawWatcher) -> None:
    (first,) = await meeting.people(1)
    await watcher.watch(meeting.room)
    first.name_room("Ple municipal")
    await watcher.until(lambda: child(watcher.of(meeting.room)[-1], "subject") is not None and _subjects(watcher)[1:])
    assert _subjects(watcher) == [None, "Ple municipal"]


@pytest.mark.parametrize(
    "payload", [f"<subject xmlns='{NS}'>x</subject>", f"<deliver xmlns='{NS}' audience='everybody'/>"]
)
async def test_a_command_for_an_absent_room_finds_nothing(
    prosody: PrivateProsody, watcher: RawWatcher, payload: str
) -> None:
    answer = await watcher.ask(prosody.room("nobody"), "set", payload)
    assert (answer.get("type"), condition(answer)) == ("error", "item-not-found")


@pytest.mark.parametrize(
    "payload",
    [
        f"<dance xmlns='{NS}'/>",
        f"<deliver xmlns='{NS}' id='n-1'><body>x</body></deliver>",
        f"<deliver xmlns='{NS}' audience='cats' id='n-1'><body>x</body></deliver>",
        f"<deliver xmlns='{NS}' audience='everybody' id='n-1'/>",
    ],
)
async def test_what_is_not_understood_is_a_bad_request(meeting: Meeting, watcher: RawWatcher, payload: str) -> None:
    await meeting.people(1)
    assert condition(await watcher.ask(meeting.room, "set", payload)) == "bad-request"


async def test_rooms_are_announced_when_they_open_and_close_by_address_only(
    prosody: PrivateProsody, watcher: RawWatcher
) -> None:
    await watcher.until(lambda: [told for told in watcher.announcements() if told[0] == "ready"])
    async with Meeting(prosody, "sala1") as meeting:
        (first,) = await meeting.people(1)
        first.name_room("Ple municipal")
        await meeting.dismiss(first)
        await watcher.until(lambda: [told for told in watcher.announcements() if told[0] == "closed"])
    told = [one for one in watcher.announcements() if one[0] != "ready"]
    boot = (await watcher.still()).get("boot", "")
    assert told == [
        (event, {"event": event, "jid": prosody.room("sala1"), "boot": boot}) for event in ("opened", "closed")
    ]
    assert first.display_name not in watcher.text()
    assert "Ple municipal" not in watcher.text()


async def test_health_checks_are_neither_announced_nor_listed(prosody: PrivateProsody, watcher: RawWatcher) -> None:
    focus = Focus(prosody)
    await focus.open(prosody.c2s_port)
    await focus.open_room(prosody.room("__jicofo-health-check-1"))
    await focus.open_room(prosody.room("sala1"))
    await watcher.until(lambda: [told for told in watcher.announcements() if told[0] == "opened"])
    rooms = (await watcher.ask(prosody.muc, "get", f"<rooms xmlns='{NS}'/>"))[0]
    assert [room.get("jid") for room in rooms] == [prosody.room("sala1")]
    await focus.close_room(prosody.room("__jicofo-health-check-1"))
    await watcher.still()
    assert "health-check" not in watcher.text()
    await focus.close()


async def test_rooms_and_watches_are_counted(prosody: PrivateProsody, watcher: RawWatcher) -> None:
    async with Meeting(prosody, "sala1") as one, Meeting(prosody, "sala2") as other:
        await asyncio.gather(one.people(1), other.people(1))
        await watcher.watch(one.room)
        rooms = (await watcher.ask(prosody.muc, "get", f"<rooms xmlns='{NS}'/>"))[0]
        assert {room.get("jid") for room in rooms} == {one.room, other.room}
        status = await watcher.still()
        assert (status.get("rooms"), status.get("watches")) == ("2", "1")
        assert status.get("boot") == rooms.get("boot")


async def test_a_reloaded_module_says_so_and_begins_anew(meeting: Meeting, watcher: RawWatcher) -> None:
    (first,) = await meeting.people(1)
    before = (await watcher.still()).get("boot")
    await watcher.watch(meeting.room)
    known = len(watcher.announcements())
    await meeting.prosody.reload_module()
    await watcher.until(lambda: len(watcher.announcements()) >= known + 2)
    assert {told[0] for told in watcher.announcements()[known:]} == {"ready"}
    after = (await watcher.still()).get("boot")
    assert after not in {None, before}
    snapshot = await watcher.watch(meeting.room)
    assert [told[1]["boot"] for told in watcher.announcements()[known:]].count(str(after)) == 1
    assert len(snapshot) == 4
    await watcher.order(meeting.room, deliver("moderators", "Encara hi som", meeting.prosody))
    await first.wait_for(lambda: first.messages)


async def test_the_component_is_told_that_the_module_is_ready_when_it_connects(
    prosody: PrivateProsody, watcher: RawWatcher
) -> None:
    await watcher.until(lambda: len(watcher.announcements()) >= 3)
    await watcher.close()
    await watcher.open()
    await watcher.until(lambda: len(watcher.announcements()) >= 3)
    assert [told[0] for told in watcher.announcements()] == ["ready"] * 3
    senders = {one.get("from") for one in watcher.heard if name(one) == "message"}
    assert senders == {prosody.muc, prosody.breakout, prosody.internal}


def deliver(audience: str, text: str, prosody: PrivateProsody, chosen: str = "") -> str:
    return (
        f"<deliver xmlns='{NS}' audience='{audience}' id='n-17'><body>{text}</body><name>Supervisió</name>{chosen}"
        f"<except jid='{prosody.focus_jid}'/><except host='{prosody.hidden_domain}'/></deliver>"
    )


async def nothing_said(person: Person) -> None:
    """Let the server answer the person once, and see that no message came before."""
    person.forge(f"<iq type='get' id='still' to='{person.room}'><ping xmlns='urn:xmpp:ping'/></iq>")
    await person.wait_for(lambda: any(one.get("id") == "still" for one in person.heard or []))
    assert person.messages == []


def _subjects(watcher: RawWatcher) -> list[str | None]:
    found = [child(one, "subject") for one in watcher.heard if name(one) == "message"]
    return [one.text for one in found if one is not None]
