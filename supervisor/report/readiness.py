"""What the check before the start found, thing by thing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from supervisor.domain import chronicle
from supervisor.report.words import ITEMS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from supervisor.domain.chronicle import Link


@dataclass(frozen=True, slots=True)
class Checked:
    """One thing: how it stood at the last check (``ok``, ``wrong``, ``unknown``), and since when.

    ``was_wrong``: it was not ready at some earlier check.
    """

    item: str
    state: str
    since: float
    was_wrong: bool = False


def checked(links: Sequence[Link]) -> tuple[Checked, ...]:
    """All that was looked at in the last check, in the order of `ITEMS`; empty where nothing had to be checked."""
    found: dict[str, Checked] = {}
    for link in links:
        if link.what != chronicle.PREFLIGHT:
            continue
        before, found = found, {}
        for item, state in link.told.items():
            known = before.get(item)
            same = known is not None and known.state == state
            since = known.since if known is not None and same else link.instant
            was_wrong = known is not None and (known.was_wrong or known.state == "wrong")
            found[item] = Checked(item, str(state), since, was_wrong)
    order = {item: number for number, item in enumerate(ITEMS)}
    return tuple(sorted(found.values(), key=lambda one: order.get(one.item, len(order))))
