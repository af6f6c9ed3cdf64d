"""Guests who speak the component's language get what Prosody without our module answers, and change nothing."""

from collections.abc import AsyncIterator

import pytest

from supervisor.simulation import Meeting, Person, PrivateProsody
from tests.integration.watcher import NS, RawWatcher, child, condition, mark, name

FORGED = {
    "deliver": f"<iq type='set' to='ROOM'><deliver xmlns='{NS}' audience='everybody'><body>x</body></deliver></iq>",
    "subject": f"<iq type='set' to='ROOM'><subject xmlns='{NS}'>ha</subject></iq>",
    "status": f"<iq type='get' to='HOST'><status xmlns='{NS}'/></iq>",
    "rooms": f"<iq type='get' to='HOST'><rooms xmlns='{NS}'/></iq>",
    "ping": "<iq type='get' to='ROOM/supervisor'><ping xmlns='urn:xmpp:ping'/></iq>",
    "message": f"<message type='groupchat' to='ROOM'><deliver xmlns='{NS}' audience='everybody'/></message>",
    "second": "<presence to='ROOM/supervisor'><x xmlns='http://jabber.org/protocol/muc'/></presence>",
    "error": "<presence type='error' to='ROOM/supervisor'><error type='cancel'/></presence>",
}


@pytest.fixture
async def plain_meeting(plain_prosody: PrivateProsody) -> AsyncIterator[Meeting]:
    async with Meeting(plain_prosody, "sala1", keep=True) as opened:
        yield opened


@pytest.mark.parametrize("forged", FORGED, ids=str)
async def test_a_guest_gets_what_plain_prosody_answers(
    meeting: Meeting, plain_meeting: Meeting, watcher: RawWatcher, forged: str
) -> None:
    with_module = await forge(meeting, FORGED[forged])
    without = await forge(plain_meeting, FORGED[forged])
    assert with_module == without
    assert await meeting.prosody.occupants(meeting.room) == await plain_meeting.prosody.occupants(plain_meeting.room)
    assert (await watcher.still()).get("watches") == "0"
    assert meeting.persons[0].messages == []
    assert not meeting.persons[0].subject


async def test_a_guest_cannot_end_the_supervisors_watch(meeting: Meeting, watcher: RawWatcher) -> None:
    first, second = await meeting.people(2)
    await watcher.watch(meeting.room)
    second.forge(f"<presence type='unavailable' to='{meeting.room}/{watcher.nick}'/>")
    second.forge(f"<presence type='error' to='{meeting.room}/{watcher.nick}'/>")
    await settled(second)
    assert (await watcher.still()).get("watches") == "1"
    await meeting.person()
    await watcher.until(lambda: watcher.presences(meeting.room, meeting.persons[-1].nick))
    assert first.role == "moderator"


async def test_a_guest_under_the_watchers_nick_is_a_guest(meeting: Meeting, watcher: RawWatcher) -> None:
    (first,) = await meeting.people(1)
    await watcher.watch(meeting.room)
    intruder = Person(meeting.prosody, "Berta")
    await intruder.open(meeting.prosody.c2s_port)
    await intruder.enter(meeting.room, watcher.nick, intruder.state.children())
    await first.wait_for(lambda: watcher.nick in first.occupants)
    await watcher.still()
    numbers = [int(mark(one)["seq"]) for one in watcher.of(meeting.room)]
    assert numbers == list(range(1, len(numbers) + 1))
    ping = await watcher.ask(f"{meeting.room}/{watcher.nick}", "get", "<ping xmlns='urn:xmpp:ping'/>")
    assert ping.get("type") == "result"
    await intruder.close()


async def test_what_a_guest_claims_arrives_as_the_guests_claim_and_cut(meeting: Meeting, watcher: RawWatcher) -> None:
    first, second = await meeting.people(2)
    await watcher.watch(meeting.room)
    second.forge(
        f"<presence to='{second.room_jid}'><nick xmlns='http://jabber.org/protocol/nick'>Ningú</nick>"
        "<jibri-recording-status xmlns='http://jitsi.org/protocol/jibri' status='on' session_id='"
        f"{'x' * 5000}'><secret/>text</jibri-recording-status>"
        "<conference-properties xmlns='http://jitsi.org/protocol/focus'>"
        "<property key='visitor-count' value='999'/></conference-properties>"
        f"<supervision xmlns='{NS}' boot='mine' seq='1' meeting='mine' count='99'/>"
        f"<session_id>{'y' * 5000}</session_id></presence>"
    )
    await watcher.until(lambda: watcher.presences(meeting.room, second.nick)[1:])
    claim = watcher.presences(meeting.room, second.nick)[-1]
    status = child(claim, "jibri-recording-status")
    assert status is not None
    assert (len(status), status.text, status.get("session_id")) == (0, None, "x" * 256)
    assert [name(one) for one in claim].count("supervision") == 1
    assert mark(claim)["count"] == "3"
    assert "secret" not in watcher.text()
    assert "Ningú" not in watcher.text()
    assert first.role == "moderator"


async def forge(meeting: Meeting, stanza: str) -> list[tuple[str, str, str]]:
    """Let the second of two people send a stanza; return kind, type and error of what comes back to that person."""
    _, second = await meeting.people(2)
    await settled(second)
    assert second.heard is not None
    known = len(second.heard)
    sent = stanza.replace("ROOM", meeting.room).replace("HOST", meeting.prosody.muc)
    second.forge(sent.replace(" to=", " id='forged' to=", 1))
    await settled(second)
    answers = [one for one in second.heard[known:] if one.get("id") == "forged" or name(one) == "presence"]
    return [(name(one), one.get("type", ""), condition(one) if one.get("type") == "error" else "") for one in answers]


async def settled(person: Person) -> None:
    """Let the server answer the person once: all that was sent before has been dealt with."""
    mark_id = f"settled-{len(person.heard or [])}"
    person.forge(f"<iq type='get' id='{mark_id}' to='{person.room_jid}'><ping xmlns='urn:xmpp:ping'/></iq>")
    await person.wait_for(lambda: any(one.get("id") == mark_id for one in person.heard or []))
