"""Secrets from files: a key ``secret_file`` beside a ``secret`` of the model names a file that holds it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from supervisor.settings.shape import FILE, LISTED, NAMED, fields, is_secret, section

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pydantic import BaseModel

_LARGEST = 65_536

# Keys of paths that are no secrets; a calendar is one or a web address.
_PATHS = ("bookings.files", "bookings.calendars", "bookings.calendars.address")

# Stands for a secret that could not be read, so that it is not also reported as missing; nothing is started with it.
_UNREAD = "unread"


class SecretFiles:
    """Puts secrets in the place of their files.

    Attributes:
        problems: ``section.key: what is wrong; what to do``.
    """

    def __init__(self) -> None:
        self.problems: list[str] = []

    def read(
        self, model: type[BaseModel], table: Mapping[str, Any], above: Mapping[str, Any], path: str = ""
    ) -> dict[str, Any]:
        """Read the secrets of a table.

        Args:
            model: What the table should be; whatever does not fit is left as it is, for the model to refuse.
            table: Keys and values.
            above: The table of a source that wins: a secret there makes the file superfluous.
            path: Where the table is, with a final point.

        Returns:
            A new table in which ``…_file`` of secrets is replaced by the secret.
        """
        result = dict(table)
        for key, field in fields(model):
            if is_secret(field) and key + FILE in result:
                self._take(result, key, above, path)
            found = section(field)
            if found and key in result:
                how, inner = found
                result[key] = self._descend(how, inner, result[key], _table(above, key), f"{path}{key}")
        return result

    def _descend(self, how: str, model: type[BaseModel], value: Any, above: Mapping[str, Any], path: str) -> Any:
        if how is LISTED and isinstance(value, list):
            return [self._descend("", model, item, {}, f"{path}[{index}]") for index, item in enumerate(value)]
        if not isinstance(value, dict):
            return value
        if how is NAMED:
            return {
                name: self._descend("", model, item, _table(above, name), f"{path}.{name}")
                for name, item in value.items()
            }
        return self.read(model, value, above, f"{path}.")

    def _take(self, table: dict[str, Any], key: str, above: Mapping[str, Any], path: str) -> None:
        name = table.pop(key + FILE)
        if key in above:
            return
        if key in table:
            self.problems.append(f"{path}{key}{FILE}: is given together with {key}; remove one of the two")
            return
        table[key] = _UNREAD
        try:
            table[key] = _content(name)
        except ValueError as error:
            self.problems.append(f"{path}{key}{FILE}: {error}")


def anchored(table: Mapping[str, Any], folder: Path) -> dict[str, Any]:
    """The file's table with its relative paths made relative to the file's folder."""
    return dict(_anchored(table, folder, ""))


def _anchored(table: Mapping[str, Any], folder: Path, path: str) -> Iterator[tuple[str, Any]]:
    for key, value in table.items():
        here = f"{path}{key}"
        if isinstance(value, dict):
            yield key, dict(_anchored(value, folder, f"{here}."))
        elif isinstance(value, list):
            yield key, [_anchored_item(item, folder, here) for item in value]
        elif isinstance(value, str) and key.endswith(FILE) and value:
            yield key, str(folder / value)
        elif isinstance(value, str) and here in _PATHS:
            yield key, _path_in(value, folder)
        else:
            yield key, value


def _anchored_item(item: Any, folder: Path, path: str) -> Any:
    if isinstance(item, dict):
        return dict(_anchored(item, folder, f"{path}."))
    return _path_in(item, folder) if path in _PATHS and isinstance(item, str) else item


def _path_in(text: str, folder: Path) -> str:
    return text if "://" in text else str(folder / text)


def _table(table: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = table.get(key)
    return value if isinstance(value, dict) else {}


def _content(name: Any) -> str:
    if not isinstance(name, str) or not name:
        raise ValueError("must be a path; put it in quotes")
    try:
        with Path(name).open(encoding="utf-8") as file:
            content = file.read(_LARGEST + 1).strip()
    except UnicodeDecodeError as error:
        raise ValueError(f"{name} is not text; write the secret alone into it") from error
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "not a possible path"
        raise ValueError(f"{name} cannot be read: {reason}; check the path and its permissions") from error
    if not content or len(content) > _LARGEST:
        raise ValueError(f"{name} is empty or far too long; write the secret alone into it")
    return content
