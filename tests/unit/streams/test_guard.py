from __future__ import annotations

import asyncio
import ipaddress
from typing import TYPE_CHECKING

import pytest
from aiohttp import web
from yarl import URL

from supervisor.streams.hls import fetch
from supervisor.streams.hls.fetch import Answer, Fetcher, FetchError
from supervisor.streams.hls.guard import AddressRefusedError, Rules, VettedResolver, vet, vet_address
from tests.unit.streams.server import Server

if TYPE_CHECKING:
    import socket
    from collections.abc import AsyncIterator, Sequence

STRICT = Rules()
LOOSE = Rules(allow_private_addresses=True)
NOT_PUBLIC = [
    "127.0.0.1",
    "127.9.9.9",
    "10.0.0.1",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "0.0.0.1",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "fe80::1",
    "fd00::1",
    "ff02::1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "64:ff9b::7f00:1",
    "2002:7f00:1::",
    "2001:db8::1",
]


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    async with Server() as running:
        yield running


class Names:
    """A resolver whose answers a test writes, one after another; the last one stays."""

    def __init__(self, *answers: list[str]) -> None:
        self.answers = list(answers)
        self.asked = 0

    async def __call__(self, host: str, port: int, family: socket.AddressFamily) -> Sequence[str]:
        assert host
        assert port
        assert family is not None
        self.asked += 1
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


async def get(url: str, rules: Rules, names: Names | None = None) -> Answer:
    fetcher = Fetcher(rules, names) if names else Fetcher(rules)
    try:
        return await fetcher.get(URL(url))
    finally:
        await fetcher.close()


@pytest.mark.parametrize("text", NOT_PUBLIC)
def test_an_address_that_is_not_public_is_refused(text: str) -> None:
    with pytest.raises(AddressRefusedError, match=r"streams\.allow_private_addresses"):
        vet_address(ipaddress.ip_address(text), STRICT)
    vet_address(ipaddress.ip_address(text), LOOSE)


@pytest.mark.parametrize("text", ["9.9.9.9", "2620:fe::fe", "64:ff9b::808:808"])
def test_a_public_address_is_not(text: str) -> None:
    vet_address(ipaddress.ip_address(text), STRICT)


@pytest.mark.parametrize("url", ["ftp://example.org/a", "file:///etc/passwd", "gopher://example.org", "/a.m3u8"])
def test_only_http_is_fetched(url: str) -> None:
    with pytest.raises(AddressRefusedError, match="neither http nor https"):
        vet(URL(url), LOOSE)


@pytest.mark.parametrize(
    "host", ["youtube.com", "www.youtube.com", "WWW.YouTube.com.", "youtu.be", "rr3---sn-h5q7dnz7.googlevideo.com"]
)
def test_youtube_stays_closed_unless_switched_on(host: str) -> None:
    with pytest.raises(AddressRefusedError, match=r"III\.E\.6, III\.D\.7, III\.I\.14"):
        vet(URL(f"https://{host}/a.m3u8"), LOOSE)
    vet(URL(f"https://{host}/a.m3u8"), Rules(probe_youtube=True))


def test_another_host_that_ends_alike_is_not_youtube() -> None:
    vet(URL("https://notyoutube.com/a.m3u8"), STRICT)


async def test_a_name_that_resolves_to_a_private_address_is_refused(server: Server) -> None:
    with pytest.raises(AddressRefusedError, match="loopback"):
        await get(server.url("/a", "town.example"), STRICT, Names(["127.0.0.1"]))
    assert server.asked == []


async def test_one_private_address_among_public_ones_refuses_the_name(server: Server) -> None:
    with pytest.raises(AddressRefusedError, match="loopback"):
        await get(server.url("/a", "town.example"), STRICT, Names(["9.9.9.9", "127.0.0.1"]))
    assert server.asked == []


async def test_a_loopback_literal_is_refused_although_nothing_resolves_it(server: Server) -> None:
    for host in ("127.0.0.1", "[::ffff:127.0.0.1]", "[::1]"):
        with pytest.raises(AddressRefusedError):
            await get(server.url("/a", host), STRICT)
    assert server.asked == []


@pytest.mark.parametrize("host", ["127.1", "2130706433", "0x7f000001", "localhost"])
async def test_other_spellings_of_loopback_are_refused(server: Server, host: str) -> None:
    with pytest.raises((AddressRefusedError, FetchError)):
        await get(server.url("/a", host), STRICT)
    assert server.asked == []


async def test_what_was_vetted_is_what_is_connected_to(server: Server) -> None:
    """DNS rebinding: had the name been asked twice, the second answer would have refused the connection."""
    server.text("/a", "hello")
    names = Names(["127.0.0.1"], ["127.0.0.2"])
    assert (await get(server.url("/a", "town.example"), LOOSE, names)).body == b"hello"
    assert names.asked == 1


async def test_a_name_that_turns_private_later_is_refused_then() -> None:
    resolver = VettedResolver(STRICT, Names(["9.9.9.9"], ["127.0.0.1"]))
    assert [found["host"] for found in await resolver.resolve("town.example", 80)] == ["9.9.9.9"]
    with pytest.raises(AddressRefusedError):
        await resolver.resolve("town.example", 80)


async def test_a_redirect_is_vetted_as_well(server: Server) -> None:
    server.redirect("/youtube", "https://www.youtube.com/a.m3u8")
    server.redirect("/file", "file:///etc/passwd")
    for path in ("/youtube", "/file"):
        with pytest.raises(AddressRefusedError):
            await get(server.url(path), LOOSE)


async def test_a_redirect_to_a_private_address_is_refused(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    # The first hop has to be on loopback here, so it is declared public; the metadata service's address is not.
    monkeypatch.setattr(
        "supervisor.streams.hls.guard._kind", lambda address: "" if address.is_loopback else "a private"
    )
    server.redirect("/a", "http://169.254.169.254/latest/meta-data/")
    with pytest.raises(AddressRefusedError, match="private"):
        await get(server.url("/a"), STRICT)


def test_a_redirect_from_https_to_http_is_refused() -> None:
    with pytest.raises(AddressRefusedError, match="from https to http"):
        vet(URL("http://example.org/"), STRICT, after=URL("https://example.org/"))


async def test_three_redirects_are_followed_and_a_loop_is_not(server: Server) -> None:
    for number in range(3):
        server.redirect(f"/{number}", f"/{number + 1}")
    server.text("/3", "there")
    answer = await get(server.url("/0"), LOOSE)
    assert (b"there", "/3") == (answer.body, answer.url.path)
    server.redirect("/loop", "/loop")
    with pytest.raises(FetchError, match="more than 3 redirects"):
        await get(server.url("/loop"), LOOSE)


async def test_a_body_of_ten_megabytes_is_cut_off(server: Server) -> None:
    sent = 0

    async def endless(request: web.Request) -> web.StreamResponse:
        nonlocal sent
        response = web.StreamResponse()
        await response.prepare(request)
        for _ in range(160):
            await response.write(b"#" * 65_536)
            sent += 65_536
        return response

    server.answers["/endless"] = endless
    server.text("/announced", "#" * 10_000_000)
    for path in ("/endless", "/announced"):
        with pytest.raises(FetchError, match="larger than"):
            await get(server.url(path), LOOSE)
    assert sent < 10_000_000


async def test_a_server_that_drips_bytes_gets_no_more_than_the_time_of_a_look(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetch, "TIMEOUT", 0.3)
    over = asyncio.Event()

    async def drip(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        while not over.is_set():
            await response.write(b"#")
            await asyncio.wait([asyncio.ensure_future(over.wait())], timeout=0.05)
        return response

    server.answers["/drip"] = drip
    loop = asyncio.get_running_loop()
    began = loop.time()
    with pytest.raises(FetchError, match="no answer"):
        await get(server.url("/drip"), LOOSE)
    assert loop.time() - began < 1.0
    over.set()


async def test_a_compressed_body_is_not_unfolded(server: Server) -> None:
    server.text("/bomb", "x", **{"Content-Encoding": "gzip"})
    with pytest.raises(FetchError, match="compressed"):
        await get(server.url("/bomb"), LOOSE)


@pytest.mark.parametrize("status", [400, 401, 403, 429, 500, 502, 503])
async def test_an_error_of_the_server_is_no_answer(server: Server, status: int) -> None:
    server.text("/a", "", status)
    with pytest.raises(FetchError, match=str(status)):
        await get(server.url("/a"), LOOSE)


async def test_a_refused_connection_names_neither_host_nor_address(server: Server) -> None:
    with pytest.raises(FetchError) as caught:
        await get("http://127.0.0.1:1/secret.m3u8", LOOSE)
    assert "secret" not in str(caught.value)
    assert "127.0.0.1" not in str(caught.value)
    assert server.asked == []


async def test_what_is_known_is_asked_for_only_if_it_changed(server: Server) -> None:
    server.text("/a", "one", ETag='"1"')
    fetcher = Fetcher(LOOSE)
    known = await fetcher.get(URL(server.url("/a")))
    server.text("/a", "", 304)
    assert (await fetcher.get(URL(server.url("/a")), known)).status == 304
    assert server.asked[-1].headers["If-None-Match"] == '"1"'
    await fetcher.close()
