"""The fake YouTube is worth something only if it is as strict as the real one."""

from __future__ import annotations

import copy
from typing import Any

import aiohttp
import pytest
from jsonschema import ValidationError

from supervisor.simulation import youtube_answers as answers
from supervisor.simulation.virtual_time import run_virtually
from supervisor.simulation.youtube import FakeYoutube
from supervisor.simulation.youtube_rules import METHODS
from supervisor.simulation.youtube_stage import FakeBroadcast, Step
from tests.contract.youtube.discovery import check, document
from tests.contract.youtube.scene import START

VIDEOS = "VideoListResponse"


def a_page() -> dict[str, Any]:
    broadcast = FakeBroadcast("v", "s", START).then(START, Step.START)
    return answers.page("video", [answers.video(broadcast, START + 9)], {"snippet", "status", "liveStreamingDetails"})


def test_a_good_answer_validates_against_the_discovery_document() -> None:
    check(VIDEOS, a_page())


@pytest.mark.parametrize(
    ("part", "field", "value"),
    [
        ("liveStreamingDetails", "concurrentViewers", 42),
        ("snippet", "liveBroadcastContent", "ended"),
        ("snippet", "invented", "x"),
        ("liveStreamingDetails", "actualStartTime", "yesterday"),
        ("status", "embeddable", "yes"),
    ],
)
def test_the_validation_bites(part: str, field: str, value: Any) -> None:
    page = copy.deepcopy(a_page())
    page["items"][0][part][field] = value
    with pytest.raises(ValidationError):
        check(VIDEOS, page)


@pytest.mark.parametrize("name", METHODS)
def test_the_rules_of_the_fake_are_those_of_the_discovery_document(name: str) -> None:
    method = METHODS[name]
    official = document()["resources"][name]["methods"]["list"]
    parameters = official["parameters"]
    assert set(parameters) == method.parameters
    assert {key: set(one["enum"]) for key, one in parameters.items() if "enum" in one} == method.enums
    assert int(parameters["maxResults"]["minimum"]) == method.smallest
    assert official["response"]["$ref"] == method.schema
    assert [key for key, one in parameters.items() if one.get("required")] == ["part"]
    rows = document()["schemas"][method.schema.removesuffix("ListResponse")]["properties"]
    assert method.parts <= set(rows)


@pytest.mark.parametrize("step", Step)
@pytest.mark.parametrize("auto_stop", [True, False])
def test_whatever_happens_to_a_broadcast_its_rows_validate(step: Step, *, auto_stop: bool) -> None:
    broadcast = FakeBroadcast("v", "s", START, auto_stop=auto_stop, completed=auto_stop)
    broadcast.then(START + 60, Step.START).then(START + 120, step)
    parts = {"id", "snippet", "status", "contentDetails", "liveStreamingDetails"}
    for at in (0, 60, 119, 121, 200, 9_000):
        now = START + at
        check(VIDEOS, answers.page("video", [answers.video(broadcast, now)], parts))
        check(
            "LiveBroadcastListResponse", answers.page("liveBroadcast", [answers.broadcast_row(broadcast, now)], parts)
        )
        check("LiveStreamListResponse", answers.page("liveStream", [answers.stream_row(broadcast, now)], parts))


GOOD = {"part": "snippet", "id": "a"}


@pytest.mark.parametrize(
    ("method", "query", "key", "status"),
    [
        ("videos", GOOD, True, 200),
        ("videos", {"id": "a"}, True, 400),
        ("videos", {"part": "snipet", "id": "a"}, True, 400),
        ("videos", {**GOOD, "ids": "a"}, True, 400),
        ("videos", {"part": "snippet"}, True, 400),
        ("videos", {**GOOD, "chart": "mostPopular"}, True, 400),
        ("videos", {"part": "snippet", "chart": "best"}, True, 400),
        ("videos", {**GOOD, "maxResults": "50"}, True, 400),
        ("videos", {"part": "snippet", "id": ",".join(map(str, range(51)))}, True, 400),
        ("videos", {"part": "snippet", "id": ",".join(map(str, range(50)))}, True, 200),
        ("videos", GOOD, False, 400),
        ("liveBroadcasts", {"part": "id", "id": "a"}, True, 401),
        ("liveStreams", {"part": "cdn", "id": "a"}, True, 401),
        ("liveStreams", {"part": "cdn", "id": "a"}, None, 400),
        ("liveStreams", {"part": "id", "mine": "true", "id": "a"}, None, 400),
        ("liveBroadcasts", {"part": "id", "id": "a", "broadcastType": "any"}, None, 400),
        ("liveBroadcasts", {"part": "id", "id": "a", "maxResults": "51"}, None, 400),
        ("liveBroadcasts", {"part": "id", "id": "a", "broadcastType": "all", "maxResults": "50"}, None, 200),
        ("search", {"part": "snippet", "q": "a"}, True, 404),
    ],
)
def test_a_wrong_request_is_refused_and_costs_a_unit(
    method: str,
    query: dict[str, str],
    key: bool | None,  # noqa: FBT001 - a column of the table
    status: int,
) -> None:
    async def act() -> None:
        async with FakeYoutube(clock=lambda: START, check=check) as fake, aiohttp.ClientSession() as session:
            headers = {}
            if key is None:
                accounts = fake.accounts
                form = {
                    "client_id": accounts.client_id,
                    "client_secret": accounts.client_secret,
                    "refresh_token": accounts.refresh_token,
                    "grant_type": "refresh_token",
                }
                async with session.post(fake.token_url, data=form) as answer:
                    headers = {"Authorization": f"Bearer {(await answer.json())['access_token']}"}
            credential = {"key": fake.api_key if key else "wrong"} if key is not None else {}
            async with session.get(f"{fake.api_url}/{method}", params={**query, **credential}, headers=headers) as got:
                assert status == got.status, await got.text()
            assert fake.total_units == 1

    run_virtually(act())
