"""What is shown of bookings and sessions: it comes and goes with them, and what is unknown is absent."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry

from supervisor.channels.room import RoomChannel
from supervisor.domain import events as ev
from supervisor.domain.commands import Audience, Notify
from supervisor.domain.evidence import Word
from supervisor.domain.wishes import Wish
from supervisor.engine import XMPP, Engine
from supervisor.web.metrics import EngineCollector
from supervisor.web.timings import Core, Delivery
from tests.unit.builders import OUTSIDE, START, Play, booking, focus, on, people, recorder

if TYPE_CHECKING:
    from collections.abc import Mapping

PREFIX = "jitsi_supervisor_"


def shown(engine: Engine, now: float) -> dict[str, float]:
    """Series → value: the name without prefix, then the labels' values but booking and room."""
    registry = CollectorRegistry()
    registry.register(EngineCollector(engine, lambda: now))
    samples = [sample for family in registry.collect() for sample in family.samples]
    return {_name(sample.name, sample.labels): sample.value for sample in samples}


def _name(name: str, labels: Mapping[str, str]) -> str:
    rest = [value for label, value in labels.items() if label not in {"booking", "room"}]
    return " ".join([name.removeprefix(PREFIX), *rest])


def look(play: Play) -> dict[str, float]:
    return shown(play.engine, play.now)


def test_what_is_booked_is_absent_until_bookings_were_read() -> None:
    play = Play()
    fresh = Engine("conference.meet.test", play.engine._site, play.engine._policy, play.engine._sources.rule)
    agenda = {"sessions", "bookings_ahead", "next_start_timestamp_seconds"}
    assert set() == agenda & set(shown(fresh, play.now))
    assert {"sessions", "bookings_ahead"} == agenda & set(look(play))


def test_the_next_session_is_the_first_of_those_that_are_not_supervised_yet() -> None:
    later = [booking(id=f"b{hours}", room=f"r{hours}", start=START + hours * 3600.0) for hours in (9, 5)]
    series = look(Play(booking(), *later))
    assert (1.0, 2.0) == (series["sessions"], series["bookings_ahead"])
    assert START + 5 * 3600.0 == series["next_start_timestamp_seconds"]


def test_all_series_of_a_session_vanish_with_it() -> None:
    play = Play().room(focus(on()), recorder(), *people(3))
    assert [name for name in look(play) if name.startswith("session_")]
    play.feed(ev.BookingsRead("file", ()))
    assert [] == [name for name in look(play) if name.startswith("session_")]
    assert 0.0 == look(play)["sessions"]


def test_a_blind_daemon_shows_what_is_booked_and_paused_but_counts_nobody() -> None:
    play = Play().room(focus(on()), recorder(), *people(3))
    play.feed(ev.WishMade("almatret-1", Wish.PAUSE, "support")).feed(ev.SourceLost(XMPP, "killed"))
    series = look(play)
    assert 1.0 == series["session_paused"]
    assert (START, START + 7200.0) == (
        series["session_start_timestamp_seconds"],
        series["session_end_timestamp_seconds"],
    )
    unknown = {"session_participants", "session_moderators", "session_stream_since_timestamp_seconds"}
    assert set() == unknown & set(series)
    assert "session_witness_up jibri" not in series


def test_a_witness_is_up_or_down_while_its_word_is_fresh() -> None:
    play = Play(booking(stream=OUTSIDE)).room(*people(2))
    play.hear("hls", Word.UP, 10.0).hear("youtube owner", Word.DOWN, 10.0).hear("youtube public", Word.MISSING, 10.0)
    series = look(play)
    assert (1.0, 0.0) == (series["session_witness_up hls"], series["session_witness_up youtube owner"])
    assert "session_witness_up youtube public" not in series
    play.at(11.0)
    assert [] == [name for name in look(play) if name.startswith("session_witness_up")]


def test_since_when_the_stream_is_in_its_state() -> None:
    play = Play(booking(stream=OUTSIDE)).room(*people(2))
    assert "session_stream_since_timestamp_seconds" not in look(play)
    play.at(30.0).hear("hls", Word.UP)
    play.at(60.0)
    assert START + 30.0 == look(play)["session_stream_since_timestamp_seconds"]


async def test_each_try_counts_and_only_what_was_told_has_a_delay() -> None:
    registry, now = CollectorRegistry(), 107.0
    answers: list[asyncio.Future[tuple[str, ...]]] = [asyncio.get_running_loop().create_future() for _ in range(3)]
    answers[0].set_result(("ana",))
    answers[1].set_result(())
    answers[2].set_exception(ConnectionError("the server is gone"))
    queue = iter(answers)

    class Server:
        def deliver(self, _: Notify) -> asyncio.Future[tuple[str, ...]]:
            return next(queue)

    events: list[ev.Event] = []
    channel = RoomChannel(Server(), events.append, Delivery(registry, lambda: now).tried)
    for number in range(3):
        channel.send(Notify(f"n{number}", "sala1@x", Audience.MODERATORS, "Supervisor", "text", 100.0))
    while len(events) < 3:
        await asyncio.sleep(0)
    read = registry.get_sample_value
    tries = [read(f"{PREFIX}notices_total", {"outcome": outcome}) for outcome in ("told", "nobody", "failed")]
    assert [1.0, 1.0, 1.0] == tries
    assert (1.0, 7.0) == (read(f"{PREFIX}alert_delivery_seconds_count"), read(f"{PREFIX}alert_delivery_seconds_sum"))


def test_a_clock_that_was_set_back_makes_no_negative_time() -> None:
    registry = CollectorRegistry()
    core = Core(registry)
    core.took(-3.0)
    core.took(0.5)
    assert 0.5 == registry.get_sample_value(f"{PREFIX}inbox_seconds_sum")
