from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supervisor.domain.events import SourceLost, SourceSynced
from supervisor.streams.youtube.faults import Fault, YoutubeError, classify
from supervisor.streams.youtube.hold import Holds, Voice

NOON = 1_788_462_000.0


def envelope(reason: str) -> dict[str, Any]:
    return {"error": {"code": 0, "message": "API key canary", "errors": [{"reason": reason, "message": "canary"}]}}


@pytest.mark.parametrize(
    ("status", "reason", "fault"),
    [
        (403, "quotaExceeded", Fault.QUOTA),
        (403, "dailyLimitExceeded", Fault.QUOTA),
        (403, "rateLimitExceeded", Fault.RATE),
        (403, "userRateLimitExceeded", Fault.RATE),
        (403, "userRequestsExceedRateLimit", Fault.RATE),
        (429, "anything", Fault.RATE),
        (400, "keyInvalid", Fault.CONFIG),
        (400, "badRequest", Fault.CONFIG),
        (403, "accessNotConfigured", Fault.CONFIG),
        (403, "forbidden", Fault.CONFIG),
        (403, "ipRefererBlocked", Fault.CONFIG),
        (403, "whatNobodyKnows", Fault.CONFIG),
        (401, "authError", Fault.AUTH),
        (401, "", Fault.AUTH),
        (403, "insufficientPermissions", Fault.DENIED),
        (403, "insufficientLivePermissions", Fault.DENIED),
        (403, "liveStreamingNotEnabled", Fault.DENIED),
        (401, "youtubeSignupRequired", Fault.DENIED),
        (401, "NoLinkedYouTubeAccount", Fault.DENIED),
        (404, "videoNotFound", Fault.ROW),
        (404, "liveBroadcastNotFound", Fault.ROW),
        (404, "liveStreamNotFound", Fault.ROW),
        (404, "", Fault.TRANSIENT),
        (302, "", Fault.TRANSIENT),
        (500, "internalError", Fault.TRANSIENT),
        (503, "backendError", Fault.TRANSIENT),
        (403, "backendError", Fault.TRANSIENT),
        (502, "", Fault.TRANSIENT),
    ],
)
def test_each_error_has_its_class_and_its_text_is_ours(status: int, reason: str, fault: Fault) -> None:
    error = classify(status, envelope(reason))
    assert fault is error.fault
    assert str(status) in error.reason
    assert "canary" not in repr(error) + str(error)


@given(
    st.integers(100, 599),
    st.recursive(
        st.none() | st.integers() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(["error", "errors", "reason"]), inner),
    ),
)
def test_whatever_the_body_there_is_a_class(status: int, body: Any) -> None:
    assert classify(status, body).fault in Fault


def failed(fault: Fault, retry_after: float | None = None, *, doubt: bool = False) -> Holds:
    holds = Holds()
    holds.failed(YoutubeError(fault, "r", retry_after), NOON, doubt=doubt)
    return holds


@pytest.mark.parametrize(
    ("fault", "least", "most"),
    [
        (Fault.TRANSIENT, 15, 30),
        (Fault.RATE, 15, 30),
        (Fault.ROW, 15, 30),
        (Fault.CONFIG, 1800, 1800),
        (Fault.DENIED, 1800, 1800),
        (Fault.DEAD, 60, 60),
        (Fault.SPENT, 300, 300),
        (Fault.QUOTA, 12 * 3600 + 15, 12 * 3600 + 30),
    ],
)
def test_each_class_has_its_own_patience(fault: Fault, least: float, most: float) -> None:
    assert least <= failed(fault).until(doubt=False) - NOON <= most


def test_retry_after_is_the_least() -> None:
    assert 700 <= failed(Fault.RATE, 700.0).until(doubt=False) - NOON <= 703


def test_doubt_may_ask_when_only_our_own_limit_stands_in_the_way() -> None:
    assert failed(Fault.SPENT).standing(NOON, doubt=True) is None
    assert failed(Fault.SPENT).standing(NOON, doubt=False) is not None
    assert failed(Fault.SPENT, doubt=True).standing(NOON, doubt=True) is not None
    assert failed(Fault.QUOTA).standing(NOON, doubt=True) is not None


def test_an_answer_ends_the_patience() -> None:
    holds = failed(Fault.TRANSIENT)
    holds.heard()
    assert holds.standing(NOON, doubt=False) is None


def said(*outcomes: Fault | None) -> list[str]:
    """What the voice says of a row of outcomes; None is an answer."""
    events: list[Any] = []
    voice = Voice("youtube", events.append)
    for outcome in outcomes:
        if outcome is None:
            voice.heard()
        else:
            voice.failed(YoutubeError(outcome, outcome.name))
    return [event.reason if isinstance(event, SourceLost) else type(event).__name__ for event in events]


SYNCED = SourceSynced.__name__


def test_it_complains_once_and_rejoices_once() -> None:
    noise = [Fault.TRANSIENT] * 9
    assert said(None, None, *noise, None, None) == [SYNCED, "TRANSIENT", SYNCED]


def test_one_failure_that_may_pass_is_nothing() -> None:
    assert said(None, Fault.TRANSIENT, None, Fault.RATE, None) == [SYNCED]


def test_what_a_person_has_to_mend_is_said_at_once_and_also_in_the_middle_of_noise() -> None:
    assert said(Fault.DEAD, Fault.DEAD) == ["DEAD"]
    assert said(Fault.TRANSIENT, Fault.TRANSIENT, Fault.DEAD, Fault.TRANSIENT, None) == ["TRANSIENT", "DEAD", SYNCED]
