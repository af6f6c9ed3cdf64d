"""The environment as a table: ``JITSI_SUPERVISOR__SECTION__KEY`` beats the file's ``section.key``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from supervisor.settings.shape import NAMED, known_keys, section
from supervisor.settings.shape import fields as fields_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pydantic import BaseModel

PREFIX = "JITSI_SUPERVISOR__"


def read_environment(model: type[BaseModel], environ: Mapping[str, str]) -> tuple[dict[str, Any], dict[str, str]]:
    """Collect the variables that are ours.

    Args:
        model: Whose keys they name; letter case does not matter.
        environ: All variables.

    Returns:
        A table of texts (unknown keys included: the model refuses them), and the path of each key to its variable.
    """
    table: dict[str, Any] = {}
    variables: dict[str, str] = {}
    for variable in sorted(environ):
        if variable.upper().startswith(PREFIX):
            path = list(_path(model, variable[len(PREFIX) :].split("__")))
            variables[".".join(path)] = variable
            _put(table, path, environ[variable])
    return table, variables


def _path(model: type[BaseModel] | None, parts: list[str]) -> Iterator[str]:
    """The keys as the file spells them."""
    named = False
    for part in parts:
        if model is None or named:
            named = False
            yield part.lower()
            continue
        spelled = {key.lower(): key for key in known_keys(model)}
        key = spelled.get(part.lower(), part.lower())
        yield key
        field = dict(fields_of(model)).get(key)
        found = section(field) if field else None
        named = found is not None and found[0] is NAMED
        model = found[1] if found else None


def _put(table: dict[str, Any], path: list[str], value: str) -> None:
    for key in path[:-1]:
        inner = table.get(key)
        if not isinstance(inner, dict):
            inner = table[key] = {}
        table = inner
    table[path[-1]] = value
