"""The keys that are accepted so that a configuration can be written once, but that have no effect in this version.

A key leaves this list with the change that gives it its effect.
"""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from pydantic import BaseModel

if TYPE_CHECKING:
    from collections.abc import Iterator

    from supervisor.settings.model import Settings

INERT = (
    "kinds.*.confirmation",
    "kinds.*.reminder",
)


def inert_keys(settings: Settings) -> tuple[str, ...]:
    """The keys that somebody set and that have no effect, sorted, e.g. ``store.url``."""
    return tuple(sorted({key for path in _set_paths(settings, ()) for key in _matching(path)}))


def _matching(path: tuple[str, ...]) -> Iterator[str]:
    for pattern in INERT:
        parts = pattern.split(".")
        if len(path) >= len(parts) and all(map(fnmatchcase, path, parts)):
            yield ".".join(path[: len(parts)])


def _set_paths(model: BaseModel, path: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    for name in model.model_fields_set:
        here = (*path, type(model).model_fields[name].alias or name)
        value = getattr(model, name)
        if isinstance(value, BaseModel):
            yield from _set_paths(value, here)
        elif isinstance(value, dict):
            for key, item in value.items():
                yield from _set_paths(item, (*here, key))
        else:
            yield here
