"""The demo's scenes about the live stream."""

import asyncio

from supervisor.monitors.stream_interrupted import BACK, FAILED
from supervisor.simulation.demo_daemon import GRACE
from supervisor.simulation.demo_stage import Stage

BACK_AFTER = 1.5


async def the_stream_runs(stage: Stage) -> None:
    """The stream starts, survives a failover, fails, comes back, and is stopped by a person."""
    stage.screen.chapter("The live stream")
    await _starts(stage)
    await _fails_over(stage)
    await stage.tell("The stream fails: the moderator is told to halt", FAILED, stage.meeting.fail_stream)
    with stage.screen.step("/metrics shows the interruption, as support staff see it") as step:
        metrics = await stage.daemon.until(lambda metrics: metrics.stream == "interrupted", "the interruption")
        step.expect(metrics.firing("StreamInterrupted"), "no StreamInterrupted in /metrics")
    await stage.tell("The stream is back: the session may go on", BACK, stage.meeting.start_stream)
    await _is_stopped(stage)


async def _starts(stage: Stage) -> None:
    with stage.screen.step("The technician starts the stream: live") as step:
        await stage.meeting.start_stream()
        with stage.screen.measured(step):
            await stage.daemon.until(lambda metrics: metrics.stream == "live", "the stream live")


async def _fails_over(stage: Stage) -> None:
    with stage.screen.step("The recorder dies, another takes over in time: no alert") as step:
        marks = stage.marks()
        with stage.screen.measured(step):
            await stage.meeting.lose_recorder()
            await stage.daemon.until(lambda metrics: metrics.stream == "stalled", "the stream stalled")
            await asyncio.sleep(BACK_AFTER)
            await stage.meeting.failover()
            await stage.daemon.until(lambda metrics: metrics.stream == "live", "the stream live again")
        # Past the instant at which the first recorder's absence would have become an interruption.
        await stage.quiet(step, marks, GRACE - BACK_AFTER)
        step.expect((await stage.daemon.metrics()).stream == "live", "the stream is not live")


async def _is_stopped(stage: Stage) -> None:
    with stage.screen.step("The technician stops it on purpose: nobody is told anything") as step:
        marks = stage.marks()
        await stage.meeting.stop_stream()
        await stage.daemon.until(lambda metrics: metrics.stream == "ended", "the stream ended")
        await stage.quiet(step, marks, GRACE)
        step.expect(not (await stage.daemon.metrics()).firing("StreamInterrupted"), "it is taken for an interruption")
