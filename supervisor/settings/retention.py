"""``[retention]``: how long what is stored is kept. The kinds and defaults: `supervisor.domain.retention`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from pydantic import AfterValidator, BeforeValidator

from supervisor.domain.durations import parse_duration
from supervisor.domain.retention import KINDS, SHORTEST
from supervisor.settings.values import Section

if TYPE_CHECKING:
    from collections.abc import Mapping

LONGEST = 36_525 * 86_400.0
"""A hundred years: reckoning with more leads before every calendar."""


def _long(seconds: float) -> float:
    if not SHORTEST <= seconds <= LONGEST:
        raise ValueError('must be a day at least, and a hundred years at most; write for example "30d"')
    return seconds


_Period = Annotated[float, BeforeValidator(parse_duration), AfterValidator(_long)]
_USUAL = {kind.name: kind.period for kind in KINDS}


class Retention(Section):
    """One key for each kind of what is stored; docs/privacy.md says what each holds."""

    records: _Period = _USUAL["records"]
    roll_call: _Period = _USUAL["roll_call"]
    event_log: _Period = _USUAL["event_log"]
    bookings: _Period = _USUAL["bookings"]
    messages: _Period = _USUAL["messages"]
    silences: _Period = _USUAL["silences"]
    states: _Period = _USUAL["states"]
    quota: _Period = _USUAL["quota"]
    copies: _Period = _USUAL["copies"]
    proofs: _Period = _USUAL["proofs"]

    @property
    def periods(self) -> Mapping[str, float]:
        """Seconds by kind."""
        return self.model_dump()
