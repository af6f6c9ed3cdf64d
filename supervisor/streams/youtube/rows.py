"""Rows by id, whatever way the API tells that some are not there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from supervisor.streams.youtube.decode import Malformed
from supervisor.streams.youtube.faults import Fault, YoutubeError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence

_Row = TypeVar("_Row")


async def rows(
    ids: Sequence[str],
    fetch: Callable[[Sequence[str]], Awaitable[Any]],
    decode: Callable[[Any], Mapping[str, _Row]],
) -> dict[str, _Row]:
    """Ask for rows.

    A missing id is left out of the items, as a rule; should it be answered by 404 for the whole call, the call is
    halved until the culprit is alone, so that one deleted video cannot blind the others.

    Args:
        ids: Which; one that comes twice is asked for once.
        fetch: Makes the call.
        decode: Reads its answer.

    Returns:
        The rows that are there.

    Raises:
        YoutubeError: For everything that says nothing about single rows.
    """
    unique = list(dict.fromkeys(ids))
    if not unique:
        return {}
    try:
        return dict(decode(await fetch(unique)))
    except Malformed as error:
        raise YoutubeError(Fault.TRANSIENT, str(error)) from None
    except YoutubeError as error:
        if error.fault is not Fault.ROW:
            raise
    if len(unique) == 1:
        return {}
    half = len(unique) // 2
    return {**await rows(unique[:half], fetch, decode), **await rows(unique[half:], fetch, decode)}
