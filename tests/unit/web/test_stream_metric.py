from __future__ import annotations

import pytest
from prometheus_client import CollectorRegistry, generate_latest

from supervisor.alerts.desk import Policy
from supervisor.alerts.lifecycle import Rule
from supervisor.alerts.wording import Wording
from supervisor.domain.events import BookingsRead, EvidenceSeen
from supervisor.domain.evidence import Evidence, Side, Word
from supervisor.domain.occupants import Site
from supervisor.engine import Engine
from supervisor.web.metrics import EngineCollector
from tests.unit.builders import booking

AT = booking().start + 60.0


def states(*words: Word) -> dict[str, float]:
    """What is shown of the stream after a witness said these words."""
    engine = Engine("conference.x", Site("focus@x", "hidden.x"), Policy((), Wording({})), Rule())
    engine.handle(BookingsRead("file", (booking(),)), AT)
    for word in words:
        engine.handle(EvidenceSeen(Evidence(booking().id, "hls", Side.VIEWERS, word, AT, AT + 9.0)), AT)
    registry = CollectorRegistry()
    registry.register(EngineCollector(engine, lambda: AT))
    lines = generate_latest(registry).decode().splitlines()
    found = [line for line in lines if line.startswith("jitsi_supervisor_session_stream_state{")]
    return {line.partition('state="')[2].partition('"')[0]: float(line.rpartition(" ")[2]) for line in found}


@pytest.mark.parametrize(("words", "state"), [((), "scheduled"), ((Word.UP,), "live"), ((Word.DEGRADED,), "degraded")])
def test_the_state_that_the_stream_is_in_is_1_and_all_others_are_0(words: tuple[Word, ...], state: str) -> None:
    shown = states(*words)
    assert [name for name, value in shown.items() if value == 1.0] == [state]
    assert set(shown) == {"scheduled", "starting", "live", "degraded", "stalled", "interrupted", "ended"}


def test_a_stream_that_nobody_sees_any_more_is_absent_and_not_0() -> None:
    assert states(Word.UP, Word.UNKNOWN) == {}
