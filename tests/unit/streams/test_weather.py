"""Healthy hours in bad weather, in virtual time: caches that lag, looks that are lost. Nothing of it is an outage."""

from __future__ import annotations

import random

import pytest
from yarl import URL

from supervisor.domain.evidence import Word
from supervisor.streams.hls.edge import Unreachable
from supervisor.streams.hls.followed import Followed
from supervisor.streams.hls.playlist import Media
from supervisor.tasks import Backoff

HOURS = 3


class Weather:
    """A stream that publishes every ``target`` seconds, of which viewers learn up to ``lag`` seconds later.

    ``loss`` is the share of looks that end in a time-out of 4 s; every other takes 10 to 200 ms.
    """

    def __init__(self, target: float, lag: float, loss: float) -> None:
        self._target, self._lag, self._loss = target, lag, loss
        self._dice = random.Random(7)
        self._seen = -1

    def look(self, now: float) -> tuple[Media | Unreachable | None, float]:
        """What a look at ``now`` brings, and when it is over."""
        if self._dice.random() < self._loss:
            return Unreachable("no answer within 4 s"), now + 4.0
        newest = int(now / self._target)
        if (newest * self._target) + self._late(newest) > now:
            newest -= 1
        over = now + self._dice.uniform(0.01, 0.2)
        if newest <= self._seen:
            return None, over
        self._seen = newest
        numbers = range(max(newest - 5, 0), newest + 1)
        addresses = tuple(f"{number}.ts" for number in numbers)
        return Media(self._target, numbers[0], len(numbers), 0, 0.0, (self._target,) * len(numbers), addresses), over

    def _late(self, number: int) -> float:
        return self._lag * ((number * 2654435761) % 1000) / 1000


@pytest.mark.parametrize("target", [1.0, 2.0, 5.0, 10.0])
@pytest.mark.parametrize(("lag", "loss"), [(0.9, 0.0), (0.75, 0.01), (0.75, 0.05)])
def test_a_healthy_stream_in_bad_weather_is_up_or_unknown(target: float, lag: float, loss: float) -> None:
    weather = Weather(target, lag * min(target, 2.0), loss)
    one = Followed("almatret", URL("http://example.org/a"), Backoff(1.0, 10.0))
    now, words = 0.0, set()
    while now < HOURS * 3600:
        seen, now = weather.look(now)
        one.take(seen, now)
        words.add(one.edge.word)
        now += one.wait(now)
    assert words <= {Word.UP, Word.UNKNOWN}
