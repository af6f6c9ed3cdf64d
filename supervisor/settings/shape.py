"""What a model's keys are, as the file spells them: asked by whatever walks tables beside their models."""

from __future__ import annotations

from types import UnionType
from typing import TYPE_CHECKING, Any, Union, get_args, get_origin

from pydantic import BaseModel, SecretStr

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic.fields import FieldInfo

# How a key holds the model of its section: itself, by names ([kinds.NAME]) or in a list ([[alerts.webhooks]]).
ONE, NAMED, LISTED = "one", "named", "listed"

FILE = "_file"


def fields(model: type[BaseModel]) -> Iterator[tuple[str, FieldInfo]]:
    """The keys as in the file, with their fields."""
    for name, field in model.model_fields.items():
        yield field.alias or name, field


def known_keys(model: type[BaseModel]) -> list[str]:
    """The keys that a table of this model may have, those for secrets in files included."""
    keys = []
    for key, field in fields(model):
        keys += [key, key + FILE] if is_secret(field) else [key]
    return keys


def is_secret(field: FieldInfo) -> bool:
    """Whether the value must never be shown."""
    return _essence(field.annotation) is SecretStr


def section(field: FieldInfo) -> tuple[str, type[BaseModel]] | None:
    """How the field holds a section and which; None for a plain value."""
    annotation = _essence(field.annotation)
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is dict:
        return _model(NAMED, arguments[1])
    if origin is tuple:
        return _model(LISTED, _essence(arguments[0]))
    return _model(ONE, annotation)


def model_at(model: type[BaseModel], path: tuple[int | str, ...]) -> type[BaseModel] | None:
    """The model of the table at a path of keys, names and positions; None where there is none."""
    if not path:
        return model
    found = section(dict(fields(model))[str(path[0])]) if str(path[0]) in dict(fields(model)) else None
    if found is None:
        return None
    how, inner = found
    return model_at(inner, path[1:] if how is ONE else path[2:])


def _essence(annotation: Any) -> Any:
    """The annotation without ``| None`` and metadata."""
    if get_origin(annotation) in (Union, UnionType):
        return _essence(next(part for part in get_args(annotation) if part is not type(None)))
    if hasattr(annotation, "__metadata__"):
        return _essence(get_args(annotation)[0])
    return annotation


def _model(how: str, annotation: Any) -> tuple[str, type[BaseModel]] | None:
    return (how, annotation) if isinstance(annotation, type) and issubclass(annotation, BaseModel) else None
