"""The demo's scenes about people: the booking, the room, the head count, and the end."""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial

from slixmpp.xmlstream import tostring

from supervisor.monitors.participant_limit import APPROACHING, CALM, EXCEEDED, REACHED
from supervisor.simulation.demo_daemon import BOOKING, LIMIT
from supervisor.simulation.demo_stage import Stage
from supervisor.simulation.demo_story import Step
from supervisor.simulation.meeting import FIRST_NAMES
from supervisor.simulation.person import Person

AT_FIRST = 23
LEAVING = 4
LATECOMER = "Montserrat"
LOOKS = 10


async def before_the_session(stage: Stage) -> None:
    """The booking's time has come; the room is not there yet."""
    stage.screen.chapter("Before the session")
    daemon = stage.daemon
    with stage.screen.step("The booking is read and its session opened") as step:
        read, opened = await daemon.logged("bookings read"), await daemon.logged("session opened")
        step.expect(read["bookings"] == "1", f"it read {read['bookings']} bookings")
        step.expect(opened["booking"] == BOOKING, f"it opened {opened['booking']}")
    with stage.screen.step("The supervisor has joined a room that does not exist yet") as step:
        await daemon.until(lambda metrics: metrics.heard and metrics.people == 0, "0 people and the server heard")
        step.expect(not await stage.prosody.has_room(stage.room), "its join has created the room")


async def the_room_fills(stage: Stage) -> None:
    """The room opens and people come in; nobody sees the supervisor."""
    stage.screen.chapter("The room")
    daemon, screen = stage.daemon, stage.screen
    with screen.step("The room opens, and the supervisor sees it at once") as step:
        await stage.open_room()
        with screen.measured(step):  # only focus tells of visitors, be it that there are none
            await daemon.until(lambda metrics: metrics.value("session_visitors") == 0, "what focus says")
    with screen.step(f"{AT_FIRST} people come in, the first is moderator") as step:
        await stage.meeting.people(AT_FIRST)
        metrics = await daemon.until(lambda metrics: metrics.people == AT_FIRST, f"{AT_FIRST} people")
        step.expect(metrics.value("session_moderators") == 1, "/metrics does not show one moderator")
        step.expect(metrics.value("session_participant_limit") == LIMIT, "/metrics does not show the limit")
    with screen.step("Nobody sees the supervisor: it is no occupant and said nothing") as step:
        await _unseen(stage, step)
    screen.aside(f"the moderator's client lists focus and {AT_FIRST} people, and Prosody counts {AT_FIRST + 1}")
    with screen.step("Everybody reads once that the session is supervised"):
        for person in stage.meeting.persons:
            await person.wait_for(partial(_greeted, person))
    await screen.pause()


async def thirty_are_recommended(stage: Stage) -> None:
    """The limit comes near, is reached, is crossed, and all is clear again."""
    stage.screen.chapter(f"{LIMIT} people are recommended")
    marks = stage.marks()
    await stage.tell("The 24th comes: the moderator hears that the limit is near", APPROACHING, await _one_more(stage))
    await stage.meeting.people(LIMIT - AT_FIRST - 2)
    await stage.tell("The 30th comes: the limit is reached", REACHED, await _one_more(stage))
    await stage.tell("The 31st comes: too many, and what to do", EXCEEDED, await _one_more(stage))
    with stage.screen.step("The other 30 have been told nothing, /metrics shows the alert") as step:
        for person in stage.others():
            step.expect(not marks.since(person), "a participant was told of the limit")
        await stage.daemon.until(lambda metrics: metrics.people == LIMIT + 1, "31 people")
        metrics = await stage.daemon.metrics()
        step.expect(metrics.firing("ParticipantLimit"), "no ParticipantLimit in /metrics")
    await stage.tell("Four leave: all clear", CALM, partial(_some_leave, stage))


async def everybody_leaves(stage: Stage) -> None:
    """The room ends with its last person, and the daemon with SIGTERM."""
    stage.screen.chapter("The end")
    with stage.screen.step("Everyone leaves: the room ends, although it was watched") as step:
        with stage.screen.measured(step):
            await asyncio.gather(*(stage.meeting.dismiss(person) for person in list(stage.meeting.persons)))
            await stage.daemon.until(lambda metrics: metrics.people == 0, "0 people")
        step.expect(await _gone(stage), "the room is still there")
    with stage.screen.step("Its log and its metrics hold nobody's name or address") as step:
        written = stage.daemon.log.read_text() + (await stage.daemon.metrics()).text
        found = [name for name in (*FIRST_NAMES, LATECOMER, "mail.invalid") if name.lower() in written.lower()]
        step.expect(not found, f"they hold {found}")
    with stage.screen.step("SIGTERM: the daemon ends with exit code 0") as step:
        with stage.screen.measured(step):
            code = await stage.daemon.stop()
        step.expect(code == 0, f"it ended with {code}")


async def _one_more(stage: Stage) -> Callable[[], Awaitable[None]]:
    """Connect one more person; what is returned lets it join, so that only this is measured."""
    person = Person(stage.prosody, LATECOMER, keep=True)
    await person.open(stage.prosody.c2s_port)

    async def join() -> None:
        await person.join(stage.room)
        stage.meeting.persons.append(person)

    return join


async def _some_leave(stage: Stage) -> None:
    await asyncio.gather(*(stage.meeting.dismiss(person) for person in stage.meeting.persons[-LEAVING:]))


async def _gone(stage: Stage) -> bool:
    """Tell whether the server ends the room; focus is the last to leave, a moment after the last person."""
    for _ in range(LOOKS):  # each takes the shell some tenths of a second
        if not await stage.prosody.has_room(stage.room):
            return True
    return False


def _greeted(person: Person) -> list[str]:
    return [message.body for message in person.messages if "/opening/" in message.id]


async def _unseen(stage: Stage, step: Step) -> None:
    moderator, persons = stage.meeting.moderator, stage.meeting.persons
    expected = {"focus"} | {person.nick for person in persons}
    await moderator.wait_for(lambda: len(moderator.occupants) >= len(expected))
    step.expect(set(moderator.occupants) == expected, f"the moderator sees {sorted(moderator.occupants)}")
    counted = await stage.prosody.occupants(stage.room)
    step.expect(counted == len(expected), f"Prosody counts {counted} occupants")
    for person in persons:
        for stanza in person.heard or ():
            step.expect(stage.prosody.component_jid not in tostring(stanza), "a stanza names the supervisor")
