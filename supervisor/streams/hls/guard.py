"""Which addresses may be fetched. Bookings come from many hands, so a playlist's address could point anywhere.

Two gates, and both must be passed at every hop: `vet` looks at the address as written, before anything is resolved;
`VettedResolver` looks at what the name resolves to. aiohttp then connects to exactly the addresses that the resolver
gave it and asks nobody again, so a name that changes its mind between two look-ups gains nothing (DNS rebinding).
An address written as a number never comes to the resolver: the first gate is its only one.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from dataclasses import dataclass
from typing import TYPE_CHECKING

from aiohttp.abc import AbstractResolver, ResolveResult

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator, Sequence

    from yarl import URL

    Address = ipaddress.IPv4Address | ipaddress.IPv6Address
    LookUp = Callable[[str, int, socket.AddressFamily], Awaitable[Sequence[str]]]
    """Name, port and family to the addresses that it has."""

YOUTUBE = ("googlevideo.com", "youtube.com", "youtu.be", "youtube-nocookie.com", "ytimg.com")
"""YouTube's hosts; their subdomains are too."""

_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


class AddressRefusedError(OSError):
    """The address must not be fetched; the message says why and which key would permit it.

    An OSError, because that is what aiohttp expects of a resolver that found nothing.
    """


@dataclass(frozen=True, slots=True)
class Rules:
    """What the operator permits beyond public addresses: the keys of ``[streams]`` with these names."""

    allow_private_addresses: bool = False
    probe_youtube: bool = False


def vet(url: URL, rules: Rules, *, after: URL | None = None) -> None:
    """Look at an address before it is resolved.

    Args:
        url: The address.
        rules: What is permitted.
        after: The address that sent us here.

    Raises:
        AddressRefusedError: With the reason.
    """
    host = (url.host or "").lower().rstrip(".")
    if url.scheme not in {"http", "https"} or not host:
        raise AddressRefusedError("refused: neither http nor https")
    if after is not None and after.scheme == "https" and url.scheme == "http":
        raise AddressRefusedError("refused: a redirect from https to http")
    if not rules.probe_youtube and any(host == name or host.endswith(f".{name}") for name in YOUTUBE):
        raise AddressRefusedError(
            "refused: YouTube's policies forbid fetching its playlists (III.E.6, III.D.7, III.I.14); "
            "see streams.probe_youtube"
        )
    try:
        literal = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return
    vet_address(literal, rules)


def vet_address(address: Address, rules: Rules) -> None:
    """Look at a number. Raises AddressRefusedError where it is not public, and that is not permitted."""
    if rules.allow_private_addresses:
        return
    for one in _faces(address):
        kind = _kind(one)
        if kind:
            raise AddressRefusedError(f"refused: {kind} address; see streams.allow_private_addresses")


def _faces(address: Address) -> Iterator[Address]:
    """What is really connected to: an IPv4 address inside an IPv6 one counts as itself."""
    if isinstance(address, ipaddress.IPv4Address):
        yield address
    elif address.ipv4_mapped:
        yield address.ipv4_mapped
    elif address in _NAT64:
        yield ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    else:
        yield address
        if address.sixtofour:
            yield address.sixtofour
        yield from address.teredo or ()


def _kind(address: Address) -> str:
    """Why an address is not a public one; empty where it is. The narrower word comes first."""
    kinds = {
        "an unspecified": address.is_unspecified,
        "a loopback": address.is_loopback,
        "a link-local": address.is_link_local,
        "a multicast": address.is_multicast,
        "a reserved": address.is_reserved,
        "a private": not address.is_global,
    }
    return next((kind for kind, holds in kinds.items() if holds), "")


async def system_look_up(host: str, port: int, family: socket.AddressFamily) -> Sequence[str]:
    """Ask the system. Raises OSError where the name is not known."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM, family=family)
    return [str(sockaddr[0]) for *_, sockaddr in found]


class VettedResolver(AbstractResolver):
    """Resolves names for aiohttp, and refuses a name as a whole if one of its addresses must not be fetched."""

    def __init__(self, rules: Rules, look_up: LookUp = system_look_up) -> None:
        self._rules = rules
        self._look_up = look_up

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """The addresses of a host. Raises AddressRefusedError, or OSError where there are none."""
        results: list[ResolveResult] = []
        for text in await self._look_up(host, port, family):
            address = ipaddress.ip_address(text.partition("%")[0])
            vet_address(address, self._rules)
            results.append(
                ResolveResult(
                    hostname=host,
                    host=text,
                    port=port,
                    family=socket.AF_INET if address.version == 4 else socket.AF_INET6,
                    proto=socket.IPPROTO_TCP,
                    flags=socket.AI_NUMERICHOST,
                )
            )
        if not results:
            raise OSError("the host has no address")
        return results

    async def close(self) -> None:
        """Nothing is held."""
