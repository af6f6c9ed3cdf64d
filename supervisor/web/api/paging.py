"""The part of a list that a request wants."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

from supervisor.web.api.values import Page

if TYPE_CHECKING:
    from collections.abc import Sequence

    from supervisor.web.api.operation import Call

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Part(Generic[T]):
    """Some items of ``total``; ``next``: the offset of the next part, None for the last one."""

    items: Sequence[T]
    total: int
    next: int | None


def bounds(call: Call) -> tuple[int, int]:
    """Offset and limit."""
    assert isinstance(call.query, Page)
    return call.query.offset, call.query.limit


def page(items: Sequence[T], call: Call) -> Part[T]:
    """Cut the wanted part out."""
    offset, limit = bounds(call)
    end = offset + limit
    return Part(items[offset:end], len(items), end if end < len(items) else None)
