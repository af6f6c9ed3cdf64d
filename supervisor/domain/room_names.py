"""Room names: which are allowed, and how two spellings of one room are found to be the same."""

from __future__ import annotations

import re
import unicodedata

_ROOM = re.compile(r"[a-z0-9]+")
# A tenant is a part of the web address and of a host name: hyphens are usual inside.
_TENANT = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_WITH_TENANT = re.compile(r"\[([^\[\]]*)\](.*)", re.DOTALL)
# RFC 7622: a localpart has at most 1023 bytes; ours are ASCII.
_LONGEST_NODE = 1023

RULE = (
    'a room name has letters and digits only, no accents, spaces or signs, as in "plealmatret" or "[tenant]plealmatret"'
)


def parse_room(value: str) -> tuple[str | None, str]:
    """Read a room's name as Jitsi compares it: NFKC, then lower case.

    Args:
        value: A name (``PleAlmatret``) or one with its tenant (``[tenant]plealmatret``).

    Returns:
        The tenant, or None, and the name; both in lower case.

    Raises:
        ValueError: The name breaks the rule; the message says the rule with an example.
    """
    text = unicodedata.normalize("NFKC", value).lower()
    found = _WITH_TENANT.fullmatch(text)
    tenant, name = (found.group(1), found.group(2)) if found else (None, text)
    if not _ROOM.fullmatch(name) or (tenant is not None and not _TENANT.fullmatch(tenant)):
        raise ValueError(f'"{value[:60]}" cannot be a room; {RULE}')
    if len(room_node(tenant, name)) > _LONGEST_NODE:
        raise ValueError(f"is longer than the {_LONGEST_NODE} bytes that XMPP allows; choose a shorter name")
    return tenant, name


def room_node(tenant: str | None, name: str) -> str:
    """The part of the room's JID before the ``@``, e.g. ``[tenant]plealmatret``."""
    return name if tenant is None else f"[{tenant}]{name}"
