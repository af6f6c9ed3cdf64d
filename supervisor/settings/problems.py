"""What is wrong with a configuration, in the words of the person who wrote it."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from supervisor.domain.words import shown
from supervisor.settings.shape import known_keys, model_at

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydantic import BaseModel, ValidationError
    from pydantic_core import ErrorDetails

_WHOLE_NUMBER = "must be a whole number; write it without quotes"
_NUMBER = "must be a number; write it without quotes"
_FLAG = "must be true or false; write one of them without quotes"
_TEXT = "must be text; put it in quotes"
_LIST = 'must be a list; write ["first", "second"]'
_SECTION = "must be a section; write its keys below a header in brackets"

_DAY = "must be a day; write it as 2026-12-25"

_TEXTS = {
    "date_from_datetime_inexact": _DAY,
    "date_from_datetime_parsing": _DAY,
    "date_parsing": _DAY,
    "date_type": _DAY,
    "missing": "missing; add it",
    "bool_parsing": _FLAG,
    "bool_type": _FLAG,
    "dict_type": _SECTION,
    "float_parsing": _NUMBER,
    "float_type": _NUMBER,
    "finite_number": _NUMBER,
    "int_from_float": _WHOLE_NUMBER,
    "int_parsing": _WHOLE_NUMBER,
    "int_parsing_size": _WHOLE_NUMBER,
    "int_type": _WHOLE_NUMBER,
    "model_type": _SECTION,
    "model_attributes_type": _SECTION,
    "path_type": _TEXT,
    "string_too_short": "is empty; write it or remove the key",
    "string_type": _TEXT,
    "too_short": "is empty; write it or remove the key",
    "tuple_type": _LIST,
}
_BOUNDS = {
    "greater_than": ("gt", "must be more than"),
    "greater_than_equal": ("ge", "must be at least"),
    "less_than": ("lt", "must be less than"),
    "less_than_equal": ("le", "must be at most"),
}


class ConfigurationError(Exception):
    """The configuration cannot be used.

    Attributes:
        problems: At least one; ``section.key: what is wrong; what to do``, or ``FILE:LINE: …`` where it is no TOML.
    """

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


def describe(error: ValidationError, model: type[BaseModel], variables: Mapping[str, str]) -> list[str]:
    """Spell out each problem.

    Args:
        error: What pydantic found.
        model: In which model.
        variables: Path of a key to the environment variable that gave it.

    Returns:
        ``section.key: what is wrong; what to do``, in the order found.
    """
    lines = []
    for problem in error.errors(include_url=False, include_input=False):
        path = _spelled(problem["loc"])
        origin = f" (from {variables[path]})" if path in variables else ""
        lines.append(f"{path}: {_text(problem, model)}{origin}")
    return lines


def _spelled(location: tuple[int | str, ...]) -> str:
    text = ""
    for part in location:
        text += f"[{part}]" if isinstance(part, int) else f".{shown(part)}"
    return text.removeprefix(".")


def _text(problem: ErrorDetails, model: type[BaseModel]) -> str:
    kind = problem["type"]
    context: dict[str, Any] = problem.get("ctx", {})
    if kind == "value_error":
        return str(context["error"])
    if kind == "extra_forbidden":
        return _unknown(problem["loc"], model)
    if kind in _BOUNDS:
        bound, text = _BOUNDS[kind]
        return f"{text} {context[bound]:g}; choose another number"
    if kind in {"literal_error", "enum"}:
        return f"is not possible here; choose {context['expected']}"
    return _TEXTS.get(kind, "is not a value that can stand here; see the example configuration")


def _unknown(location: tuple[int | str, ...], model: type[BaseModel]) -> str:
    owner = model_at(model, location[:-1])
    known = known_keys(owner) if owner else []
    meant = get_close_matches(str(location[-1]), known, n=1)
    hint = f"did you mean {meant[0]}? " if meant else ""
    return f"unknown key; {hint}the keys here are {', '.join(known)}"
