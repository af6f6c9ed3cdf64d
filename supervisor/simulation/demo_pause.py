"""The demo's scenes about the pause: the moderator halts the session, resumes it, and it stands in the record."""

from datetime import datetime
from typing import Any

from supervisor.alerts.chair import PAUSED, PAUSED_BY_YOU, RESUMED, RESUMED_BY_YOU, TITLE
from supervisor.simulation.demo_daemon import BOOKING
from supervisor.simulation.demo_stage import READ_WITHIN, Stage

OWN_TITLE = "Ple ordinari de setembre"
SHOWN = ("from", "detected", "told", "acknowledged_at", "paused_at", "to", "resumed_at")


async def the_session_is_halted(stage: Stage) -> None:
    """The moderator writes the word; the room's title says so, and everybody is told."""
    moderator = stage.meeting.moderator
    with stage.screen.step("The moderator writes !pausa: taken out of the chat, answered") as step:
        moderator.name_room(OWN_TITLE)
        await moderator.wait_for(lambda: moderator.subject == OWN_TITLE)
        marks = stage.marks()
        moderator.say("!pausa")
        shown = await stage.read(step, marks, moderator, PAUSED_BY_YOU)
        step.expect(
            not any(m.body == "!pausa" for p in stage.others() for m in marks.since(p)), "the chat shows !pausa"
        )
    await stage.screen.bubble(*shown)
    with stage.screen.step("Everybody reads it, and the room's title says it") as step:
        for person in stage.others():
            await stage.read(step, marks, person, PAUSED)
        other = stage.others()[0]
        flag = stage.pattern(TITLE)
        await other.wait_for(
            lambda: [flag.fullmatch(other.subject or "")] if flag.fullmatch(other.subject or "") else []
        )
        state = (await stage.daemon.api(f"sessions/{BOOKING}"))["state"]
        step.expect(state == "paused", f"the API says {state}")
    stage.screen.aside(f"title: {other.subject}")


async def the_session_goes_on(stage: Stage) -> None:
    """The moderator resumes; the title is what it was, and the incident is on record."""
    moderator = stage.meeting.moderator
    with stage.screen.step("The moderator writes !reprèn: the session goes on") as step:
        marks = stage.marks()
        moderator.say("!reprèn")
        shown = await stage.read(step, marks, moderator, RESUMED_BY_YOU)
        for person in stage.others():
            await stage.read(step, marks, person, RESUMED)
        await moderator.wait_for(lambda: moderator.subject == OWN_TITLE, READ_WITHIN)
    await stage.screen.bubble(*shown)
    with stage.screen.step("The incident is on record, from its first second to its last") as step:
        incident = await _incident(stage)
        missing = [name for name in SHOWN if incident.get(name) is None]
        step.expect(not missing, f"the record lacks {missing}")
    stage.screen.facts([(name, _shown(incident, name)) for name in SHOWN])


async def _incident(stage: Stage) -> dict[str, Any]:
    page = await stage.daemon.api(f"incidents?booking={BOOKING}")
    found = [incident for incident in page["incidents"] if incident["monitor"] == "StreamInterrupted"]
    return found[-1] if found else {}


def _shown(incident: dict[str, Any], name: str) -> str:
    at = incident.get(name)
    by = incident.get(name.replace("_at", "_by"), "") if name.endswith("_at") else ""
    clock = datetime.fromisoformat(at).astimezone().strftime("%H:%M:%S") if isinstance(at, str) else str(at)
    return f"{clock}{f' by {by}' if by else ''}"
