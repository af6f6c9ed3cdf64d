"""The roll call of real people: what the module tells of them, and what a real daemon makes of it."""

import datetime as dt
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from supervisor.simulation import Meeting, Person, PrivateProsody
from supervisor.simulation.servers import FakeConference, FakeEndpoint, FakeJvb
from tests.integration.conftest import SERVERS
from tests.integration.daemon import Daemon, booking
from tests.integration.test_api import TOKENS, Support
from tests.integration.watcher import NS, RawWatcher, nick_of

CALL = "/sessions/almatret-1/roll-call"


def name(presence: ET.Element) -> str | None:
    """The name that the module tells; its children are of the stream's namespace or ours."""
    return presence.findtext(f"{{{NS}}}name")


def leaves(watcher: RawWatcher, room: str, nick: str) -> list[ET.Element]:
    return [presence for presence in watcher.presences(room, nick) if presence.get("type") == "unavailable"]


def written(folder: Path) -> bytes:
    return b"".join([path.read_bytes() for path in folder.glob("state.db*")])


def dropped(presence: ET.Element) -> bool:
    return presence.find(f"{{{NS}}}dropped") is not None


@pytest.fixture
def server_options() -> dict[str, dict[str, str]]:
    """As Jitsi's: whoever loses the connection is waited for; here not for a minute."""
    modules = '{ "saslauth", "disco", "admin_shell", "smacks" }'
    return {"*": {"modules_enabled": modules, "smacks_hibernation_time": "1"}}


async def lose(person: Person) -> None:
    """The connection of a client that can resume it, as Jitsi's can, ends without a word."""
    person.forge("<enable xmlns='urn:xmpp:sm:3' resume='true'/>")
    await person.wait_for(lambda: any(stanza.tag == "{urn:xmpp:sm:3}enabled" for stanza in person.heard or ()))
    await person.crash()


async def test_a_name_leaves_the_server_only_for_a_watch_that_asked(meeting: Meeting, watcher: RawWatcher) -> None:
    person = await meeting.person("Núria Puig")
    plain = await watcher.watch(meeting.room)
    assert {None} == {name(presence) for presence in plain}
    assert "Puig" not in "".join(ET.tostring(stanza, "unicode") for stanza in watcher.heard)
    named = {nick_of(presence): name(presence) for presence in await watcher.watch(meeting.room, names=True)}
    assert ("Núria Puig", None) == (named[person.nick], named["focus"])


async def test_a_new_name_is_told_to_who_asked_and_mutes_are_not(meeting: Meeting, watcher: RawWatcher) -> None:
    await meeting.people(1)
    person = await meeting.person("Núria")
    await watcher.watch(meeting.room, names=True)
    person.mute()
    nick = "<nick xmlns='http://jabber.org/protocol/nick'>Núria Puig</nick>"
    person.forge(f"<presence to='{meeting.room}/{person.nick}'>{nick}</presence>")
    await watcher.until(lambda: len(watcher.presences(person.room, person.nick)) > 1)
    await watcher.still()
    assert ["Núria", "Núria Puig"] == [name(presence) for presence in watcher.presences(person.room, person.nick)]


async def test_a_leave_says_whether_the_client_said_good_bye(meeting: Meeting, watcher: RawWatcher) -> None:
    _, polite, cut_off = await meeting.people(3)
    await watcher.watch(meeting.room)
    room, good, bad = meeting.room, polite.nick, cut_off.nick
    await polite.leave()
    await lose(cut_off)
    (good_bye,) = await watcher.until(lambda: leaves(watcher, room, good))
    (silence,) = await watcher.until(lambda: leaves(watcher, room, bad), within=15.0)
    assert (False, True) == (dropped(good_bye), dropped(silence))


def region(presence: ET.Element) -> str | None:
    """Of the stream's namespace, which servers write differently."""
    return next((child.text for child in presence if child.tag.endswith("}jitsi_participant_region")), None)


async def test_a_region_is_told_to_a_watch_that_asked_for_media_states(meeting: Meeting, watcher: RawWatcher) -> None:
    near, odd = await meeting.people(2)
    for person, text in ((near, "eu-1"), (odd, "nowhere near")):
        element = f"<jitsi_participant_region>{text}</jitsi_participant_region>"
        person.forge(f"<presence to='{meeting.room}/{person.nick}'>{element}</presence>")
    await watcher.watch(meeting.room, media=True)

    def last(person: Person) -> str | None:
        told = watcher.presences(meeting.room, person.nick)
        return region(told[-1]) if told else "nothing yet"

    await watcher.until(lambda: (last(near), last(odd)) == ("eu-1", None))
    assert {None} == {region(presence) for presence in await watcher.watch(meeting.room)}


@pytest.mark.parametrize("server", SERVERS[:1], ids=lambda server: server.name)
async def test_a_bridge_tells_whose_line_is_slow_and_lossy(
    prosody: PrivateProsody, meeting: Meeting, tmp_path: Path
) -> None:
    """Three looks ten seconds apart: it lasts so long."""
    async with FakeJvb() as jvb:
        sections = {**TOKENS, "jvb.main": {"url": jvb.url}}
        async with Daemon(prosody, tmp_path, booking(kind="test"), sections=sections) as daemon:
            support = Support(daemon)
            good, bad, elsewhere = await meeting.people(3)
            told = "<jitsi_participant_region>eu-1</jitsi_participant_region>"
            bad.forge(f"<presence to='{meeting.room}/{bad.nick}'>{told}</presence>")
            lines = {good.nick: FakeEndpoint(18.4), bad.nick: FakeEndpoint(412.0, received=900, lost=100)}
            jvb.conferences = {"5f2b9c41": FakeConference(meeting.room, endpoints=lines)}

            async def answers() -> dict[str, tuple[Any, ...]]:
                status, answer = await support.ask("GET", CALL)
                people = answer["people"] if status == 200 else []
                keys = ("region", "rtt_ms", "loss")
                line = {"slow line", "lossy line"}
                return {one["ids"][0]: (*(one[key] for key in keys), line & set(one["why"])) for one in people}

            expected = {
                good.nick: ("eu", 18, 0.0, set()),
                bad.nick: ("eu-1", 412, 0.1, {"slow line", "lossy line"}),
                elsewhere.nick: ("eu", None, None, set()),
            }
            await daemon.becomes(expected, answers, within=90.0)
            assert {"5f2b9c41"} == {path.removeprefix("/debug/") for path in jvb.asked if path.startswith("/debug/")}


async def test_a_test_session_s_roll_call_says_who_is_ready_and_who_never_came(
    prosody: PrivateProsody, meeting: Meeting, tmp_path: Path
) -> None:
    words = {"kind": "test", "attendance": True, "expected": ["Nuria Puig", "Joan Serra", "Pere Roca"]}
    async with Daemon(prosody, tmp_path, booking(**words), sections=TOKENS) as daemon:
        support = Support(daemon)
        ready = await meeting.person("Núria PUIG")
        silent = await meeting.person("Joan Serra")

        async def why() -> dict[str, list[str]]:
            status, answer = await support.ask("GET", CALL)
            return {each["name"]: each["why"] for each in answer["people"]} if status == 200 else {}

        await daemon.becomes({"Núria PUIG": [], "Joan Serra": []}, why)
        assert ["Pere Roca"] == (await support.get(CALL))["missing"]
        await lose(silent)
        await daemon.becomes({"Núria PUIG": [], "Joan Serra": ["dropped once"]}, why, within=15.0)
        back = await meeting.person("joan  serra")

        async def answer_of(person: Person) -> dict[str, Any]:
            people = (await support.get(CALL))["people"]
            return next((each for each in people if person.nick in each["ids"]), {})

        async def together() -> bool:
            return len((await answer_of(back)).get("ids", [])) == 2

        await daemon.eventually(together, 10.0)
        answer = await answer_of(back)
        assert (2, None) == (answer["visits"], answer["left"])
        assert ready.nick in (await answer_of(ready))["ids"]
        assert "Puig" not in daemon.log_text()
        assert "PUIG" not in daemon.log_text()
        # The session is over; its roll call is not forgotten.
        started = dt.datetime.now(dt.UTC).replace(microsecond=0) - dt.timedelta(hours=3)
        daemon.book(booking(**words, start=started, duration="1h"))
        for person in (ready, back):
            await person.leave()

        async def over() -> tuple[bool, list[str]]:
            answer = await support.get(CALL)
            return answer["over"], answer["missing"]

        await daemon.becomes((True, ["Pere Roca"]), over, within=15.0)


async def test_without_attendance_no_name_gets_as_far_as_the_daemon(
    prosody: PrivateProsody, meeting: Meeting, tmp_path: Path
) -> None:
    async with Daemon(prosody, tmp_path, booking(kind="test"), sections=TOKENS) as daemon:
        support = Support(daemon)
        person = await meeting.person("Canary Planted")
        person.mute()

        async def names() -> list[str | None]:
            status, answer = await support.ask("GET", CALL)
            return [each["name"] for each in answer["people"]] if status == 200 else []

        await daemon.becomes([None], names)
        assert "Canary" not in daemon.log_text()
    assert b"Canary" not in written(tmp_path)
