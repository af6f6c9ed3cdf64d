from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
from aiohttp import web
from yarl import URL

from supervisor.domain.bookings import StreamSource
from supervisor.domain.evidence import Evidence, Side, Word
from supervisor.streams.hls.edge import Unreachable
from supervisor.streams.hls.followed import Followed
from supervisor.streams.hls.guard import Rules
from supervisor.streams.hls.playlist import Media
from supervisor.streams.hls.probe import HlsProbe
from supervisor.tasks import Backoff, Tasks
from tests.unit.streams.server import Inbox, Server, booking

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

LOOSE = Rules(allow_private_addresses=True)
SOON = 3.0


def playlist(edge: int, *, target: float = 1, ended: bool = False) -> str:
    head = f"#EXTM3U\n#EXT-X-TARGETDURATION:{target}\n#EXT-X-MEDIA-SEQUENCE:{edge - 3}\n"
    segments = "".join(f"#EXTINF:{target},\n{number}.ts\n" for number in range(edge - 3, edge))
    return head + segments + ("#EXT-X-ENDLIST\n" if ended else "")


class Growing:
    """A playlist with one more segment at every look."""

    def __init__(self) -> None:
        self.edge = 10

    async def __call__(self, _: web.Request) -> web.StreamResponse:
        self.edge += 1
        return web.Response(text=playlist(self.edge))


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    async with Server() as running:
        yield running


@pytest.fixture
def inbox() -> Inbox:
    return Inbox()


@pytest.fixture
async def probe(inbox: Inbox) -> AsyncIterator[HlsProbe]:
    """A running probe that may look at loopback."""
    made = HlsProbe(LOOSE, inbox)
    tasks = Tasks()
    tasks.start("probe", made.run())
    yield made
    await tasks.close()


async def test_a_moving_edge_is_told_as_direct_evidence_of_the_viewers_side(
    server: Server, probe: HlsProbe, inbox: Inbox
) -> None:
    server.answers["/a.m3u8"] = Growing()
    probe.follow(booking(StreamSource(hls=server.url("/a.m3u8"))))
    heard = await inbox.wait(Word.UP, SOON)
    assert ("hls", Side.VIEWERS, True, False) == (heard.witness, heard.side, heard.direct, heard.advisory)
    assert heard.fresh_until - heard.at == 6.0


async def test_a_refused_address_is_unknown_with_the_reason(inbox: Inbox, server: Server) -> None:
    strict = HlsProbe(Rules(), inbox)
    tasks = Tasks()
    tasks.start("probe", strict.run())
    strict.follow(booking(StreamSource(hls=server.url("/a.m3u8"))))
    heard = await inbox.wait(Word.UNKNOWN, SOON)
    assert heard.detail == "refused: a loopback address; see streams.allow_private_addresses"
    assert server.asked == []
    await tasks.close()


async def test_a_booking_without_playlist_is_not_looked_at(probe: HlsProbe, inbox: Inbox) -> None:
    probe.follow(booking(StreamSource(youtube="dQw4w9WgXcQ")))
    probe.look_closer("almatret", doubt=True)
    probe.unfollow("nobody")
    await asyncio.sleep(0.05)
    assert inbox.heard == []


@pytest.mark.parametrize("address", ["http://[::1/a", "http://exa mple.org/", "", "http://a:99999/"])
async def test_an_impossible_address_is_unknown_and_no_error(probe: HlsProbe, inbox: Inbox, address: str) -> None:
    probe.follow(booking(StreamSource(hls=address)))
    await inbox.wait(Word.UNKNOWN, SOON)


async def test_behind_a_master_the_cheapest_variant_is_looked_at(server: Server, probe: HlsProbe, inbox: Inbox) -> None:
    server.text(
        "/live/master.m3u8",
        "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=2\nhigh.m3u8\n#EXT-X-STREAM-INF:BANDWIDTH=1\nlow.m3u8\n",
    )
    server.answers["/live/low.m3u8"] = Growing()
    probe.follow(booking(StreamSource(hls=server.url("/live/master.m3u8"))))
    await inbox.wait(Word.UP, SOON)
    assert ["/live/master.m3u8", "/live/low.m3u8"] == list(dict.fromkeys(request.path for request in server.asked))


async def test_a_variant_that_vanishes_is_looked_for_in_the_master_again(
    server: Server, probe: HlsProbe, inbox: Inbox
) -> None:
    server.text("/master.m3u8", "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\none.m3u8\n")
    server.answers["/one.m3u8"] = server.answers["/two.m3u8"] = Growing()
    probe.follow(booking(StreamSource(hls=server.url("/master.m3u8"))))
    await inbox.wait(Word.UP, SOON)
    server.text("/master.m3u8", "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\ntwo.m3u8\n")
    del server.answers["/one.m3u8"]
    while server.asked[-1].path != "/two.m3u8":
        await asyncio.wait_for(asyncio.sleep(0.02), SOON)
    assert Word.UNKNOWN not in inbox.words


async def test_a_master_that_names_masters_is_no_playlist(server: Server, probe: HlsProbe, inbox: Inbox) -> None:
    server.text("/m.m3u8", "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\nm.m3u8\n")
    probe.follow(booking(StreamSource(hls=server.url("/m.m3u8"))))
    assert "names a master" in (await inbox.wait(Word.UNKNOWN, SOON)).detail


@pytest.mark.parametrize(("status", "word"), [(404, Word.MISSING), (410, Word.MISSING), (503, Word.UNKNOWN)])
async def test_what_is_not_there_is_missing_and_what_fails_is_unknown(
    server: Server, probe: HlsProbe, inbox: Inbox, status: int, word: Word
) -> None:
    server.text("/a.m3u8", "", status)
    probe.follow(booking(StreamSource(hls=server.url("/a.m3u8"))))
    assert str(status) in (await inbox.wait(word, SOON)).detail


async def test_a_page_with_200_is_unknown(server: Server, probe: HlsProbe, inbox: Inbox) -> None:
    server.text("/a.m3u8", "<html>please log in</html>")
    probe.follow(booking(StreamSource(hls=server.url("/a.m3u8"))))
    assert "not a playlist" in (await inbox.wait(Word.UNKNOWN, SOON)).detail


async def test_the_end_of_the_list_is_told(server: Server, probe: HlsProbe, inbox: Inbox) -> None:
    growing = Growing()
    server.answers["/a.m3u8"] = growing
    probe.follow(booking(StreamSource(hls=server.url("/a.m3u8"))))
    await inbox.wait(Word.UP, SOON)
    server.text("/a.m3u8", playlist(growing.edge, ended=True))
    assert (await inbox.wait(Word.ENDED, SOON)).planned


async def test_an_unfollowed_booking_is_not_heard_of_again(server: Server, probe: HlsProbe, inbox: Inbox) -> None:
    server.answers["/a.m3u8"] = Growing()
    probe.follow(booking(StreamSource(hls=server.url("/a.m3u8"))))
    await inbox.wait(Word.UP, SOON)
    probe.unfollow("almatret")
    asked = len(server.asked)
    inbox.heard.clear()
    await asyncio.sleep(1.3)
    assert (inbox.heard, asked) == ([], len(server.asked))


async def test_another_address_replaces_the_first(server: Server, probe: HlsProbe, inbox: Inbox) -> None:
    server.answers["/a.m3u8"] = server.answers["/b.m3u8"] = Growing()
    probe.follow(booking(StreamSource(hls=server.url("/a.m3u8"))))
    await inbox.wait(Word.UP, SOON)
    probe.follow(booking(StreamSource(hls=server.url("/b.m3u8"))))
    await inbox.wait(Word.UP, SOON)
    assert server.asked[-1].path == "/b.m3u8"


async def test_servers_that_hang_do_not_hold_up_the_others(server: Server, probe: HlsProbe, inbox: Inbox) -> None:
    over = asyncio.Event()

    async def hang(_: web.Request) -> web.StreamResponse:
        await over.wait()
        return web.Response(status=503)

    server.answers["/a.m3u8"] = Growing()
    async with Server() as hanging:
        hanging.answers["/h.m3u8"] = hang
        for number in range(40):
            probe.follow(booking(StreamSource(hls=hanging.url("/h.m3u8")), f"hanging {number}"))
        probe.follow(booking(StreamSource(hls=server.url("/a.m3u8"))))
        await inbox.wait(Word.UP, SOON)
        assert hanging.widest == 16
        over.set()


async def test_doubt_is_answered_with_a_look_at_once(server: Server, probe: HlsProbe, inbox: Inbox) -> None:
    server.text("/a.m3u8", "", 404)
    probe.follow(booking(StreamSource(hls=server.url("/a.m3u8"))))
    await inbox.wait(Word.MISSING, SOON)
    probe.look_closer("almatret", doubt=True)
    await inbox.wait(Word.MISSING, 0.5)


# --- the pace, in virtual time ---


def media(newest: int, target: float) -> Media:
    return Media(target, newest, 1, durations=(target,), addresses=(f"{newest}.ts",))


def followed(target: float, moves: int = 3) -> tuple[Followed, float]:
    one = Followed("almatret", URL("http://example.org/a"), Backoff(1.0, 10.0))
    now = 100.0
    for number in range(moves):
        now += target
        one.take(media(number, target), now)
    return one, now


@pytest.mark.parametrize(
    ("target", "after_a_move", "unmoved"), [(2, 1.8, 1.0), (5, 4.5, 1.5), (1, 1.0, 1.0), (10, 9.0, 1.5)]
)
def test_a_new_segment_is_waited_for_and_then_looked_for_often(
    target: float, after_a_move: float, unmoved: float
) -> None:
    one, now = followed(target)
    assert one.wait(now) == pytest.approx(after_a_move)
    one.take(None, now + after_a_move)
    assert one.wait(now + after_a_move) == pytest.approx(unmoved)


@pytest.mark.parametrize("target", [1, 2, 5, 6, 10])
def test_a_stall_is_looked_at_just_when_it_is_one(target: float) -> None:
    one, now = followed(target)
    moved = now
    while one.edge.word is not Word.DOWN:
        now += one.wait(now)
        one.take(None, now)
    assert now - moved == pytest.approx(max(3 * target, 1.5 * target + 2.5), abs=0.01)


def test_what_cannot_be_reached_is_asked_less_and_less_but_never_forgotten() -> None:
    one, now = followed(2)
    waits = []
    for _ in range(8):
        one.take(Unreachable("x"), now)
        waits.append(one.wait(now))
        now += waits[-1]
    assert 0.5 <= waits[0] <= 1.0
    assert 5.0 <= waits[-1] <= 10.0


def test_doubt_bounds_every_wait() -> None:
    one, now = followed(10)
    one.doubt = True
    assert one.wait(now) <= 2.0
    for _ in range(8):
        one.take(Unreachable("x"), now)
    assert one.wait(now) <= 2.0


def test_evidence_outlives_the_time_of_one_look_that_fails() -> None:
    one, _ = followed(5)
    assert one.interval * 3 > 4.0
    assert isinstance(Evidence("a", "hls", Side.VIEWERS, Word.UP, 0.0, one.interval * 3), Evidence)
