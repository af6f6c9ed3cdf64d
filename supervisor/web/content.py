"""Takes in what a client sends, as much as may be and for as long as may be."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from supervisor.web.problems import Problem

if TYPE_CHECKING:
    from aiohttp import web

LARGEST = 64 * 1024
"""Bytes of a body: ours are some hundreds."""
PATIENCE = 10.0
"""Seconds for a body to arrive."""


async def content_of(request: web.Request, largest: int = LARGEST) -> bytes:
    """The body as it came, of at most so many bytes.

    Raises:
        Problem: 408, 413.
    """
    content = bytearray()
    try:
        async with asyncio.timeout(PATIENCE):
            async for chunk in request.content.iter_any():
                content += chunk
                if len(content) > largest:
                    raise Problem(413, f"The body is larger than {largest} bytes; nothing here needs as much.")
    except TimeoutError:
        raise Problem(408, f"The body did not arrive within {PATIENCE:g} s; send it again.") from None
    return bytes(content)
