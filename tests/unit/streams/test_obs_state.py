from __future__ import annotations

from dataclasses import dataclass, field, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supervisor.domain.evidence import Word
from supervisor.streams.obs_state import Changed, Lost, Output, Status, advance

IDLE = Status(active=False)
LOST = Lost("OBS closed the connection")


@dataclass
class Obs:
    output: Output = field(default_factory=Output)
    now: float = 1000.0
    status: Status = field(default_factory=lambda: Status(active=True))

    def told(self, what: Changed | Status | Lost, after: float = 0.0) -> Word:
        self.now += after
        self.output = advance(self.output, what, self.now)
        return self.output.word

    def state(self, name: str, after: float = 0.0) -> Word:
        return self.told(Changed(f"OBS_WEBSOCKET_OUTPUT_{name}"), after)

    def stream(self, seconds: float, *, skipped: int = 0, congestion: float = 0.0) -> Word:
        """Stream for some seconds at 60 frames in two seconds, asked every two seconds."""
        for _ in range(int(seconds / 2)):
            old = self.status
            self.status = replace(
                old,
                bytes=old.bytes + 1000,
                total_frames=old.total_frames + 60,
                skipped_frames=old.skipped_frames + skipped,
                congestion=congestion,
            )
            self.told(self.status, 2.0)
        return self.output.word


@pytest.fixture
def live() -> Obs:
    obs = Obs()
    obs.state("STARTING")
    obs.state("STARTED", 1.0)
    assert obs.stream(6) is Word.UP
    return obs


@pytest.fixture
def down(live: Obs) -> Obs:
    assert live.state("STOPPED") is Word.DOWN
    return live


def test_starting_and_started_are_said_as_such() -> None:
    obs = Obs()
    assert obs.state("STARTING") is Word.STARTING
    assert obs.state("STARTED") is Word.UP


def test_an_obs_that_streams_already_is_up_once_its_bytes_grow() -> None:
    obs = Obs()
    assert obs.told(Status(active=True, bytes=10)) is Word.UNKNOWN
    assert obs.told(Status(active=True, bytes=20), 2.0) is Word.UP


def test_an_obs_that_does_not_stream_yet_is_unknown() -> None:
    obs = Obs()
    assert obs.told(IDLE) is Word.UNKNOWN
    assert obs.output.detail == "OBS is not streaming yet"


def test_stop_pressed_by_a_person_is_a_planned_end(live: Obs) -> None:
    assert live.state("STOPPING") is Word.UP
    assert live.told(IDLE, 0.5) is Word.UP
    assert live.state("STOPPED", 0.5) is Word.ENDED
    assert live.output.planned
    assert live.told(IDLE, 60.0) is Word.ENDED
    assert live.output.planned


def test_an_obs_that_gives_up_is_down(live: Obs) -> None:
    assert live.state("STOPPED") is Word.DOWN
    assert not live.output.planned


def test_reconnecting_is_down_after_five_seconds(live: Obs) -> None:
    assert live.state("RECONNECTING") is Word.UP
    assert live.told(Status(active=True, reconnecting=True), 4.9) is Word.UP
    assert live.told(Status(active=True, reconnecting=True), 0.2) is Word.DOWN


def test_a_short_reconnection_stays_quiet(live: Obs) -> None:
    live.state("RECONNECTING")
    assert live.state("RECONNECTED", 3.0) is Word.UP
    assert live.stream(10) is Word.UP


def test_bytes_that_do_not_grow_are_a_stuck_uplink(live: Obs) -> None:
    assert live.told(live.status, 4.0) is Word.UP
    assert live.told(live.status, 1.0) is Word.DOWN
    assert live.output.detail == "OBS sent nothing for 5 s"


def test_one_sign_of_life_is_no_recovery_two_are(down: Obs) -> None:
    assert down.state("STARTED", 10.0) is Word.DOWN
    assert down.stream(2) is Word.UP


def test_congestion_over_half_a_minute_is_degraded(live: Obs) -> None:
    assert live.stream(20, congestion=0.8) is Word.UP
    assert live.stream(40, congestion=0.8) is Word.DEGRADED
    assert "congestion" in live.output.detail
    assert live.stream(60) is Word.UP


def test_skipped_frames_over_half_a_minute_are_degraded(live: Obs) -> None:
    assert live.stream(40, skipped=2) is Word.UP
    assert live.stream(40, skipped=6) is Word.DEGRADED
    assert live.output.detail == "10% of frames skipped over 30 s"


def test_a_new_stream_counts_from_nothing(live: Obs) -> None:
    live.stream(40)
    live.status = Status(active=True)
    assert live.stream(40) is Word.UP


def test_a_lost_connection_is_unknown_however_long(live: Obs) -> None:
    for _ in range(10):
        assert live.told(LOST, 60.0) is Word.UNKNOWN
    assert live.output.detail == LOST.reason


def test_an_obs_that_streamed_on_while_we_did_not_hear_is_up_again(live: Obs) -> None:
    live.told(LOST)
    live.stream(2)
    assert live.stream(2) is Word.UP


def test_an_obs_that_stopped_while_we_did_not_hear_is_down(live: Obs) -> None:
    live.told(LOST)
    assert live.told(IDLE, 30.0) is Word.DOWN


_TOLD = st.lists(
    st.tuples(
        st.floats(0, 20),
        st.one_of(
            st.sampled_from(
                ["STARTING", "STARTED", "STOPPING", "STOPPED", "RECONNECTING", "RECONNECTED", "PAUSED", "new"]
            ).map(Changed),
            st.builds(Status, st.booleans(), st.booleans(), st.floats(0, 1), st.integers(0, 3)),
            st.just(LOST),
        ),
    )
)


@given(_TOLD)
def test_whatever_is_told_a_lost_connection_is_unknown_and_only_an_end_is_planned(
    told: list[tuple[float, Changed | Status | Lost]],
) -> None:
    obs = Obs()
    for after, what in told:
        word = obs.told(what, after)
        assert not isinstance(what, Lost) or word is Word.UNKNOWN
        assert not obs.output.planned or word is Word.ENDED
