"""The messages that wait for one target: in order within a subject, while subjects do not hold each other up."""

from __future__ import annotations

import heapq
from collections import deque
from dataclasses import replace
from itertools import count
from typing import TYPE_CHECKING

from supervisor.channels.pace import LONGEST

if TYPE_CHECKING:
    from supervisor.domain.records import Outgoing


class Queue:
    """Of each subject the oldest message is a candidate; the candidate that was due first is next.

    So a resolved alert never overtakes its firing, and a message that is refused again and again delays its own
    subject only.
    """

    def __init__(self) -> None:
        self._subjects: dict[str, deque[Outgoing]] = {}
        self._heads: list[tuple[float, int, str]] = []
        self._waiting: dict[str, float] = {}
        self._order = count()

    def __len__(self) -> int:
        return len(self._waiting)

    @property
    def oldest(self) -> float | None:
        """The instant of the oldest fact that has not been told."""
        return min(self._waiting.values(), default=None)

    def put(self, message: Outgoing) -> None:
        """Add a message, unless its key waits already."""
        if message.id in self._waiting:
            return
        self._waiting[message.id] = message.created
        line = self._subjects.setdefault(message.subject, deque())
        line.append(message)
        if len(line) == 1:
            self._push(message)

    def due(self) -> float | None:
        """The instant of the next candidate; None when nothing waits."""
        return self._heads[0][0] if self._heads else None

    def ready(self, now: float) -> bool:
        """Whether a candidate is due."""
        due = self.due()
        # Nobody is put off for longer than LONGEST: what seems so comes of a clock that was set back.
        return due is not None and (due <= now or due > now + LONGEST)

    def take(self) -> Outgoing:
        """The next candidate. Its subject waits until it is settled or put off."""
        _, _, subject = heapq.heappop(self._heads)
        return self._subjects[subject][0]

    def settled(self, message: Outgoing) -> None:
        """A message that was taken is done with."""
        line = self._subjects[message.subject]
        del self._waiting[line.popleft().id]
        if line:
            self._push(line[0])
        else:
            del self._subjects[message.subject]

    def put_off(self, message: Outgoing, until: float) -> None:
        """A message that was taken is to be tried again then."""
        waiting = replace(message, not_before=until)
        self._subjects[message.subject][0] = waiting
        self._push(waiting)

    def _push(self, message: Outgoing) -> None:
        heapq.heappush(self._heads, (message.not_before, next(self._order), message.subject))
