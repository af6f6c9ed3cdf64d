"""Every query of the dashboards, asked of a real Prometheus that has watched a whole session with its troubles."""

from __future__ import annotations

import json
import re
import time
from typing import TYPE_CHECKING, Any

import pytest

from supervisor.simulation.youtube import FakeYoutube
from supervisor.simulation.youtube_stage import FakeBroadcast, Step
from tests.integration.conftest import SERVERS, Server
from tests.integration.daemon import Daemon, booking, hears
from tests.integration.prometheus import DEPLOY, Hooks, Prometheus

if TYPE_CHECKING:
    from pathlib import Path

    from supervisor.simulation import Meeting, PrivateProsody

VIDEO = "dQw4w9WgXcQ"
SECRET = "whsec_MTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0"
FILLED = {"$booking": "almatret-1", "$__rate_interval": "5s"}
STATE = 'jitsi_supervisor_session_stream_state{{state="{}"}} == 1'.format
PAUSED = "jitsi_supervisor_session_paused == {}".format


@pytest.fixture
def server() -> Server:
    return SERVERS[0]


def boards() -> dict[str, dict[str, Any]]:
    """Uid → dashboard."""
    read = [json.loads(path.read_text()) for path in (DEPLOY / "grafana" / "dashboards").glob("*.json")]
    return {board["uid"]: board for board in read}


def queries() -> dict[str, str]:
    """Where it stands → each expression, with the variables filled in."""
    found = {}
    for uid, board in boards().items():
        for panel in board["panels"]:
            found |= {f"{uid}: {panel['title']} {each['refId']}": each["expr"] for each in panel["targets"]}
        found |= {f"{uid}: {each['name']}": each["expr"] for each in board["annotations"]["list"]}
    for variable, value in FILLED.items():
        found = {place: expression.replace(variable, value) for place, expression in found.items()}
    assert "$" not in "".join(found.values())
    return found


def configured(hooks: Hooks, youtube: FakeYoutube, folder: Path) -> dict[str, dict[str, Any]]:
    """What makes the daemon show all that it can show: a webhook, and both tiers of YouTube."""
    token = folder / "youtube.json"
    token.touch(mode=0o600)
    token.write_text(json.dumps({"refresh_token": youtube.accounts.refresh_token}))
    return {
        "youtube": {"api_url": youtube.api_url, "token_url": youtube.token_url, "api_key": youtube.api_key},
        "[alerts.webhooks]": {"url": f"{hooks.url}/support", "secret": SECRET},
    }


async def play(meeting: Meeting, prometheus: Prometheus) -> None:
    """A session that streams, breaks, is halted and goes on; each step is waited for until Prometheus has seen it."""
    await meeting.people(3)
    moderator = meeting.moderator
    await meeting.start_stream()
    await prometheus.becomes(STATE("live"))
    await meeting.fail_stream()
    await prometheus.becomes(STATE("interrupted"))
    await hears(moderator, "!pausa")
    moderator.say("!pausa")
    await prometheus.becomes(PAUSED(1))
    await meeting.start_stream()
    await prometheus.becomes(STATE("live"))
    await hears(moderator, "!reprèn")
    moderator.say("!reprèn")
    await prometheus.becomes(PAUSED(0))
    await prometheus.becomes("rate(jitsi_supervisor_messages_sent_total[5s]) > 0")


async def test_every_query_of_both_dashboards_has_data(
    prosody: PrivateProsody, meeting: Meeting, tmp_path: Path
) -> None:
    began = time.time()
    async with FakeYoutube() as youtube, Hooks() as hooks:
        youtube.add(FakeBroadcast(VIDEO, "stream-1", began).then(began - 60.0, Step.START))
        plenary = booking(language="ca", stream={"jibri": True, "youtube": VIDEO})
        later = booking(id="later", room="sala2", start=plenary["start"].replace(year=plenary["start"].year + 1))
        sections = configured(hooks, youtube, tmp_path)
        async with (
            Daemon(prosody, tmp_path, plenary, later, sections=sections) as daemon,
            Prometheus(tmp_path / "prometheus", daemon.address) as prometheus,
        ):
            await play(meeting, prometheus)
            empty = {place: query for place, query in queries().items() if not await prometheus.history(query, began)}
            assert {} == empty
            await ranges(prometheus, began)
            variable = boards()["jitsi-supervisor-session"]["templating"]["list"][1]["query"]["query"]
            assert ["almatret-1"] == await values(prometheus, variable, began)
            assert [] == await prometheus.series('ALERTS{alertstate="firing", alertname=~"JitsiSupervisor.*"}')


async def values(prometheus: Prometheus, query: str, began: float) -> list[str]:
    """What Grafana offers for a variable: the values of a label, `label_values(series, label)`."""
    series, label = re.findall(r"\w+", query)[1:]
    found = await prometheus.asked("series", **{"match[]": series, "start": began, "end": time.time()})
    return sorted({each[label] for each in found})


async def ranges(prometheus: Prometheus, began: float) -> None:
    """The marks are where the interruption and the pause were, and the interruption came first."""
    session = boards()["jitsi-supervisor-session"]["annotations"]["list"]
    instants = {}
    for mark in session:
        (series,) = await prometheus.history(mark["expr"].replace("$booking", "almatret-1"), began)
        instants[mark["name"]] = [at for at, value in series["values"]]
    assert {"Interruption", "Pause"} == set(instants)
    assert min(instants["Interruption"]) <= min(instants["Pause"])
    assert max(instants["Interruption"]) <= max(instants["Pause"]) < time.time()
