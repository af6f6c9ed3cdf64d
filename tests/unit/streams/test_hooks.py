from __future__ import annotations

import aiohttp
import pytest
from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st

from supervisor.domain.bookings import StreamSource
from supervisor.domain.evidence import Side, Word
from supervisor.streams.hook_routes import routes
from supervisor.streams.hooks import IngestHooks, JibriHeartbeats, JibriStatus, decode_jibri, decode_publishing
from tests.unit.streams.server import Inbox, booking

NAME = "ple-s3cret"


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def inbox() -> Inbox:
    return Inbox()


@pytest.fixture
def ingest(inbox: Inbox, clock: Clock) -> IngestHooks:
    hooks = IngestHooks(inbox, clock)
    hooks.follow(booking(StreamSource(ingest=NAME)))
    return hooks


def notification(call: str, name: str = NAME, client: str = "1") -> list[tuple[str, str]]:
    """As nginx-rtmp 1.2.2 writes them."""
    fields = {"app": "live", "flashver": "FMLE/3.0", "swfurl": "", "tcurl": "rtmp://s/live", "pageurl": ""}
    return [*fields.items(), ("addr", "10.0.0.9"), ("clientid", client), ("call", call), ("name", name)]


def beat(busy: str = "BUSY", health: str = "HEALTHY", jibri: str = "jibri-1") -> dict[str, object]:
    return {"jibriId": jibri, "status": {"busyStatus": busy, "health": {"healthStatus": health, "details": {}}}}


def test_a_publisher_is_up_and_its_end_is_down(ingest: IngestHooks, inbox: Inbox) -> None:
    ingest.notified(notification("publish"))
    ingest.notified(notification("publish_done"))
    up, down = inbox.heard
    assert (Word.UP, Side.ENCODER, True) == (up.word, up.side, up.direct)
    assert (Word.DOWN, True, False) == (down.word, down.direct, down.planned)


def test_a_publisher_that_is_not_heard_of_is_unknown_after_three_updates(ingest: IngestHooks, inbox: Inbox) -> None:
    ingest.notified(notification("update_publish"))
    assert inbox.heard[0].fresh_until == 1090.0


def test_the_end_holds_until_somebody_publishes_again(ingest: IngestHooks, inbox: Inbox) -> None:
    ingest.notified(notification("publish_done"))
    assert inbox.heard[0].fresh_until > 1000.0 + 6 * 3600
    ingest.notified(notification("publish", client="2"))
    assert inbox.heard[1].word is Word.UP


def test_the_end_of_a_second_publisher_that_was_refused_is_not_the_streams(ingest: IngestHooks, inbox: Inbox) -> None:
    ingest.notified(notification("publish", client="1"))
    ingest.notified(notification("publish", client="2"))
    ingest.notified(notification("publish_done", client="2"))
    assert inbox.words[-1] is Word.UP
    ingest.notified(notification("publish_done", client="1"))
    assert inbox.words[-1] is Word.DOWN


def test_a_publisher_of_an_nginx_that_crashed_does_not_hide_the_next_end(
    ingest: IngestHooks, inbox: Inbox, clock: Clock
) -> None:
    ingest.notified(notification("publish", client="7"))
    clock.now += 100
    ingest.notified(notification("publish", client="1"))
    ingest.notified(notification("publish_done", client="1"))
    assert inbox.words[-1] is Word.DOWN


def test_a_publisher_cannot_write_nginxs_fields_into_its_own_address(ingest: IngestHooks, inbox: Inbox) -> None:
    ingest.notified([*notification("publish"), ("call", "publish_done"), ("name", "another")])
    assert inbox.words == [Word.UP]


def test_names_of_no_booking_and_other_calls_are_passed_over(ingest: IngestHooks, inbox: Inbox) -> None:
    ingest.notified(notification("publish", name="another"))
    ingest.notified(notification("play"))
    ingest.notified([])
    ingest.unfollow("almatret")
    ingest.notified(notification("publish"))
    assert inbox.heard == []


def test_the_name_is_nowhere_in_the_evidence(ingest: IngestHooks, inbox: Inbox) -> None:
    ingest.notified(notification("publish"))
    ingest.notified(notification("publish_done"))
    assert "s3cret" not in repr(inbox.heard)


@given(st.lists(st.tuples(st.text(), st.text())))
def test_any_form_is_a_publishing_or_nothing(form: list[tuple[str, str]]) -> None:
    found = decode_publishing(form)
    assert found is None or found.name


# --- Jibri ---


@pytest.fixture
def jibri(inbox: Inbox, clock: Clock) -> JibriHeartbeats:
    hooks = JibriHeartbeats(inbox, clock)
    hooks.follow(booking(StreamSource(jibri=True)))
    return hooks


@pytest.mark.parametrize(
    ("busy", "health", "word"),
    [
        ("BUSY", "HEALTHY", Word.UP),
        ("IDLE", "HEALTHY", Word.UNKNOWN),
        ("EXPIRED", "HEALTHY", Word.UNKNOWN),
        ("BUSY", "UNHEALTHY", Word.DEGRADED),
    ],
)
def test_the_only_jibri_speaks_for_the_only_booking_but_only_as_advice(
    jibri: JibriHeartbeats, inbox: Inbox, busy: str, health: str, word: Word
) -> None:
    assert jibri.notified(beat(busy, health))
    (heard,) = inbox.heard
    assert (word, True, False) == (heard.word, heard.advisory, heard.direct)


def test_two_jibris_speak_for_nobody(jibri: JibriHeartbeats, inbox: Inbox) -> None:
    jibri.notified(beat())
    inbox.heard.clear()
    jibri.notified(beat(jibri="jibri-2"))
    jibri.notified(beat())
    assert inbox.heard == []
    assert set(jibri.states()) == {"jibri-1", "jibri-2"}


def test_one_jibri_does_not_speak_for_two_bookings(jibri: JibriHeartbeats, inbox: Inbox) -> None:
    jibri.follow(booking(StreamSource(jibri=True), "another"))
    jibri.notified(beat())
    assert inbox.heard == []


def test_a_jibri_that_is_silent_for_two_and_a_half_minutes_is_unknown(
    jibri: JibriHeartbeats, inbox: Inbox, clock: Clock
) -> None:
    jibri.notified(beat())
    clock.now += 149
    jibri.check()
    assert inbox.words == [Word.UP]
    clock.now += 2
    jibri.check()
    jibri.check()
    assert inbox.words == [Word.UP, Word.UNKNOWN]
    assert jibri.states() == {"jibri-1": None}
    jibri.notified(beat())
    assert inbox.words[-1] is Word.UP
    assert jibri.states() == {"jibri-1": JibriStatus("jibri-1", "BUSY", "HEALTHY")}


_JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["jibriId", "status", "health"]), inner)
    ),
)


@given(_JSON)
def test_any_json_is_a_status_or_nothing(body: object) -> None:
    assert isinstance(decode_jibri(body), JibriStatus | None)


# --- over HTTP ---


async def test_hooks_over_http(ingest: IngestHooks, jibri: JibriHeartbeats, inbox: Inbox) -> None:
    app = web.Application()
    app.add_routes(routes(ingest, jibri))
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    base = f"http://127.0.0.1:{runner.addresses[0][1]}/hooks"
    async with aiohttp.ClientSession() as client:
        statuses = [
            (await client.post(f"{base}/nginx-rtmp", data=notification("publish"))).status,
            (await client.post(f"{base}/nginx-rtmp", data=b"\xff" * 20_000)).status,
            (await client.post(f"{base}/nginx-rtmp", data=b"call=play")).status,
            (await client.post(f"{base}/jibri/v1/status", json=beat())).status,
            (await client.post(f"{base}/jibri/v1/status", data=b"[" * 10_000)).status,
            (await client.post(f"{base}/jibri/v1/status", json={})).status,
        ]
    await runner.cleanup()
    assert statuses == [204, 204, 204, 204, 400, 400]
    assert inbox.words == [Word.UP, Word.UP]
