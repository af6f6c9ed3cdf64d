"""The demo's scenes about the live stream: two witnesses look at it, Jibri in the room and the playlist's edge."""

import asyncio

from supervisor.monitors.stream_interrupted import BACK, CHECKING, FAILED
from supervisor.simulation.demo_daemon import GRACE
from supervisor.simulation.demo_pause import the_session_goes_on, the_session_is_halted
from supervisor.simulation.demo_stage import Stage

BOTH = {"jibri", "hls"}
SEEN_WITHIN = 15.0
"""A playlist that is not there yet is looked at every 5 s, and its first two segments take 4 s."""
BACK_WITHIN = 15.0
BACK_AFTER = 1.5
SECOND_WITNESS_AFTER = 3.0


async def the_stream_runs(stage: Stage) -> None:
    """The stream starts, survives a failover, is cut, fails, comes back, and is stopped by a person."""
    stage.screen.chapter("The live stream")
    await _starts(stage)
    await _fails_over(stage)
    await _is_cut(stage)
    await _fails(stage)
    await the_session_is_halted(stage)
    await stage.tell("Both are back, and verified: the session may go on", BACK, lambda: _start(stage), BACK_WITHIN)
    with stage.screen.step("Two witnesses say live again") as step:
        await stage.daemon.verdict("live", BOTH)
        metrics = await stage.daemon.metrics()
        step.expect(not metrics.firing("StreamInterrupted"), "StreamInterrupted still fires")
    await the_session_goes_on(stage)
    await _is_stopped(stage)


async def _start(stage: Stage) -> None:
    await asyncio.gather(stage.meeting.start_stream(), stage.public.encoder.start())


async def _starts(stage: Stage) -> None:
    with stage.screen.step("The technician starts the stream: two witnesses say live") as step:
        with stage.screen.measured(step):
            await _start(stage)
            await stage.daemon.verdict("live", BOTH, SEEN_WITHIN)
        step.expect((await stage.daemon.metrics()).stream == "live", "/metrics does not show it live")
    stage.screen.aside("Jibri says on in the room, and the public's playlist grows")


async def _fails_over(stage: Stage) -> None:
    with stage.screen.step("The recorder dies, another takes over in time: no alert") as step:
        marks = stage.marks()
        await stage.meeting.lose_recorder()
        await asyncio.sleep(BACK_AFTER)
        await stage.meeting.failover()
        # Past the instant at which the first recorder's absence would have become an interruption.
        await stage.quiet(step, marks, GRACE - BACK_AFTER)
        step.expect((await stage.daemon.metrics()).stream == "live", "the stream is not live")


async def _is_cut(stage: Stage) -> None:
    text = "The picture is cut, Jibri goes on: it is being checked"
    await stage.tell(text, CHECKING, stage.public.encoder.kill)
    with stage.screen.step("One witness of two: stalled, and no more than a warning") as step:
        await stage.daemon.verdict("stalled", {"hls"})
        metrics = await stage.daemon.metrics()
        step.expect(metrics.stream == "stalled", f"/metrics shows the stream {metrics.stream}")
        step.expect(metrics.firing("StreamInterrupted", severity="warning"), "there is no warning in /metrics")


async def _fails(stage: Stage) -> None:
    await asyncio.sleep(SECOND_WITNESS_AFTER)
    await stage.tell("Jibri fails, too: the moderator is told to halt", FAILED, stage.meeting.fail_stream)
    with stage.screen.step("Two witnesses agree: interrupted, and it is critical") as step:
        await stage.daemon.verdict("interrupted", BOTH)
        metrics = await stage.daemon.metrics()
        step.expect(metrics.stream == "interrupted", f"/metrics shows the stream {metrics.stream}")
        step.expect(metrics.firing("StreamInterrupted", severity="critical"), "it is not critical in /metrics")


async def _is_stopped(stage: Stage) -> None:
    with stage.screen.step("The technician stops it on purpose: nobody is told anything") as step:
        marks = stage.marks()
        await stage.meeting.stop_stream()
        await stage.daemon.until(lambda metrics: metrics.stream == "ended", "the stream ended")
        await stage.public.encoder.terminate()
        await stage.quiet(step, marks, GRACE)
        metrics = await stage.daemon.metrics()
        step.expect(metrics.stream == "ended", f"/metrics shows the stream {metrics.stream}")
        step.expect(not metrics.firing("StreamInterrupted"), "it is taken for an interruption")
