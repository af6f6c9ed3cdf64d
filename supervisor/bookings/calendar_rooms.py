"""Which room an event of a calendar means: an address of Jitsi, or a bare name."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from supervisor.domain.room_names import parse_room

if TYPE_CHECKING:
    from collections.abc import Iterable

_ADDRESS = re.compile(r"https?://[^\s<>\"',;]+", re.IGNORECASE)
# Where no site is configured: meetings that are held elsewhere, whose addresses look like ours.
_OTHERS = re.compile(
    r"(?:^|\.)(?:zoom\.us|zoom\.com|microsoft\.com|live\.com|google\.com|goo\.gl|webex\.com|gotomeeting\.com|goto\.com"
    r"|whereby\.com|youtube\.com|youtu\.be|facebook\.com|openstreetmap\.org|bluejeans\.com)$"
)
# First steps of addresses of Nextcloud Talk, BigBlueButton, Teams and the like.
_OTHER_PATHS = frozenset(
    {"apps", "b", "call", "gl", "index.php", "j", "join", "l", "maps", "meetup-join", "rooms", "s"}
)
_LONGEST_PATH = 2  # tenant and room


def room_of(texts: Iterable[str], prose: str, sites: tuple[str, ...]) -> str | None:
    """Find the room that an event means.

    Args:
        texts: Its places and addresses, the most telling first.
        prose: Its description: an address of one of the sites within it counts, if nothing before does.
        sites: Hosts of our Jitsi, in lower case; empty if any may be.

    Returns:
        The room as bookings write it, not necessarily a right one; None for an event that is none of ours.
    """
    for text in texts:
        for address in _ADDRESS.findall(text):
            if room := _of_address(address, sites):
                return room
        if not _ADDRESS.search(text) and (name := _bare(text)):
            return name
    for address in _ADDRESS.findall(prose) if sites else ():
        if room := _of_address(address, sites):
            return room
    return None


def _bare(text: str) -> str | None:
    try:
        parse_room(text.strip())
    except ValueError:
        return None
    return text.strip()


def _of_address(address: str, sites: tuple[str, ...]) -> str | None:
    try:
        parts = urlsplit(address)
        host = (parts.hostname or "").lower()
    except ValueError:
        return None
    path = [unquote(step) for step in parts.path.split("/") if step]
    if not 1 <= len(path) <= _LONGEST_PATH or (sites and host not in sites):
        return None
    room = path[0] if len(path) == 1 else f"[{path[0]}]{path[1]}"
    if sites:
        return room  # ours for sure: a wrong name is to be reported, not passed over
    elsewhere = _OTHERS.search(host) or (len(path) > 1 and path[0].lower() in _OTHER_PATHS)
    return None if elsewhere else _bare(room)
