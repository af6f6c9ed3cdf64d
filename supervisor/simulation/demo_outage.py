"""The demo's scenes about an outage of the server: the supervisor is blind, says so, and recovers."""

import asyncio

from supervisor.simulation.demo_daemon import Metrics
from supervisor.simulation.demo_stage import Stage

BLIND_WITHIN = 6.0
RIGHT_WITHIN = 15.0
DOWN_FOR = 2.0
COMING_BACK = 28


async def the_server_dies(stage: Stage) -> None:
    """Prosody is killed and comes back."""
    stage.screen.chapter("The server dies")
    with stage.screen.step("Prosody is killed: blind, and the head count absent, not 0") as step:
        with stage.screen.measured(step):
            await stage.prosody.kill()
            metrics = await stage.daemon.until(lambda metrics: not metrics.heard, "source_up 0", BLIND_WITHIN)
        step.expect(metrics.people is None, f"/metrics shows {metrics.people} people")
        # Nobody has to see the room to know that its stream was stopped on purpose.
        step.expect(metrics.stream == "ended", f"/metrics shows the stream {metrics.stream}")
    with stage.screen.step("SourceLost fires, for the support staff") as step, stage.screen.measured(step):
        await stage.daemon.until(lambda metrics: metrics.firing("SourceLost"), "SourceLost")
    await stage.disconnect()
    await asyncio.sleep(DOWN_FOR)
    await _returns(stage)


async def _returns(stage: Stage) -> None:
    counts: set[float] = set()

    def right(metrics: Metrics) -> bool:
        counts.update(() if metrics.people is None else (metrics.people,))
        return metrics.heard and metrics.people == COMING_BACK and not metrics.firing("SourceLost")

    with stage.screen.step("Prosody is back, people come back: all is right again") as step:
        await stage.prosody.start()
        with stage.screen.measured(step):
            await asyncio.gather(_people_return(stage), stage.daemon.until(right, "all of it right", RIGHT_WITHIN))
    with stage.screen.step("Meanwhile no wrong number, no false alert, no false all-clear") as step:
        step.expect(counts == {COMING_BACK}, f"/metrics showed {sorted(counts)} people")
        for person in stage.meeting.persons:
            step.expect(not person.messages, f"somebody read {[message.body for message in person.messages]}")


async def _people_return(stage: Stage) -> None:
    await stage.open_room()
    await stage.meeting.people(COMING_BACK)
