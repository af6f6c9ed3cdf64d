"""Dataclasses as JSON and back. What equals its default is not written; what is read has the types that are declared.

Infinity is no JSON number, so it is the text ``"inf"`` or ``"-inf"``.
"""

from __future__ import annotations

import dataclasses
import types
from collections.abc import Mapping
from enum import Enum
from functools import cache
from math import inf, isinf
from typing import TYPE_CHECKING, Any, Union, get_args, get_origin, get_type_hints

from supervisor.domain.bookings import Language
from supervisor.domain.commands import Audience
from supervisor.domain.evidence import Side, Word
from supervisor.domain.kinds import PasswordPolicy, RecordingPolicy, StreamPolicy
from supervisor.domain.occupants import Occupant, Site, Status
from supervisor.domain.plant import Bridge, Endpoint
from supervisor.domain.wishes import Wish
from supervisor.replay.fields import FIELDS, LEFT_OUT

if TYPE_CHECKING:
    from collections.abc import Callable

    from supervisor.replay.disguise import Disguise
    from supervisor.replay.fields import Treatment

LONGEST = 4096
"""Signs of a text that is read."""
GREATEST = 1e11
"""The greatest number that is read, beside infinity: as an instant it is some thousand years away."""

_ENUMS = (Language, Side, Word, StreamPolicy, RecordingPolicy, PasswordPolicy, Status, Wish, Audience)
NAMES = {each.__name__: each for each in (*FIELDS, *_ENUMS, Mapping, Bridge, Endpoint)}
"""What annotations may name: modules import it for the type checker only."""
_MISSING = dataclasses.MISSING


class UnfitError(ValueError):
    """The text says what is wrong, and where in the object."""


def encode(thing: Any, disguise: Disguise) -> Any:
    """Write anything whose class is in `FIELDS`. Raises KeyError for one that is not."""
    plan = _plan(type(thing))  # type: ignore[arg-type]
    if isinstance(thing, Occupant):
        thing = _believed(thing, disguise.site)
    found = {}
    for name, default, treatment in plan:
        value = getattr(thing, name)
        if value is default or value == default:
            continue
        value = treatment(disguise, value)
        if value is not default and value != default:
            found[name] = value if type(value) in _ATOMS else _value(value, disguise)
    return found


def plain(number: float) -> float | str:
    """Write a number."""
    return number if not isinf(number) else "inf" if number > 0 else "-inf"


def decode(cls: type[Any], given: Any) -> Any:
    """Read an object of a class.

    Raises:
        UnfitError: It is none.
    """
    if not isinstance(given, dict):
        raise UnfitError(f"{cls.__name__}: an object is wanted, this is {_sort(given)}")
    hints, needed, left_out = _hints(cls)  # type: ignore[arg-type]
    for name in given:
        if name not in hints:
            raise UnfitError(f"{cls.__name__}: {name[:64]!r} is not known here")
    for name in needed:
        if name not in given:
            raise UnfitError(f"{cls.__name__}: {name} is missing")
    values = {name: _read(hints[name], value, f"{cls.__name__}.{name}") for name, value in given.items()}
    return cls(**{**left_out, **values})


# --- to write ---

_ATOMS = frozenset({str, bool, int, type(None)})


@cache
def _plan(cls: type[Any]) -> tuple[tuple[str, Any, Treatment], ...]:
    treatments = FIELDS[cls]
    plan = []
    for field in dataclasses.fields(cls):
        treatment = treatments[field.name]
        default = field.default
        if default is _MISSING and field.default_factory is not _MISSING:
            default = field.default_factory()
        if treatment is not LEFT_OUT:
            plan.append((field.name, default, treatment))
    return tuple(plan)


def _value(value: Any, disguise: Disguise) -> Any:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, float):
        return plain(value)
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, tuple):
        return [each if type(each) in _ATOMS else _value(each, disguise) for each in value]
    return encode(value, disguise)


def _believed(occupant: Occupant, site: Site) -> Occupant:
    """Without what a guest says of itself that only a recorder or focus is believed."""
    trusted = occupant.bare_jid == site.focus or (site.hidden_domain and occupant.host == site.hidden_domain)
    if trusted or not (occupant.session_id or occupant.mode or occupant.recording):
        return occupant
    return dataclasses.replace(occupant, session_id="", mode="", recording=None)


# --- to read ---


@cache
def _hints(cls: type[Any]) -> tuple[dict[str, Any], tuple[str, ...], dict[str, Any]]:
    """The fields' types, which of them have to be given, and what stands for those that are never written."""
    hints = get_type_hints(cls, localns=NAMES)
    fields, treatments = dataclasses.fields(cls), FIELDS.get(cls, {})
    needed = [f.name for f in fields if f.default is _MISSING and f.default_factory is _MISSING]
    left_out = {name: _empty(hints[name]) for name in needed if treatments.get(name) is LEFT_OUT}
    return {f.name: hints[f.name] for f in fields}, tuple(n for n in needed if n not in left_out), left_out


def _empty(hint: Any) -> Any:
    return (get_origin(hint) or hint)()


def _read(hint: Any, value: Any, place: str) -> Any:
    if dataclasses.is_dataclass(hint):
        return decode(hint, value)  # type: ignore[arg-type]
    if isinstance(hint, type) and issubclass(hint, Enum):
        return _word(hint, value, place)
    reader = _ATOM_READERS.get(hint)
    if reader is not None:
        return reader(value, place)
    origin = get_origin(hint)
    if origin in {Union, types.UnionType}:
        if value is None:
            return None
        (inner,) = (each for each in get_args(hint) if each is not type(None))
        return _read(inner, value, place)
    if origin in {tuple, frozenset}:
        if not isinstance(value, list):
            raise UnfitError(f"{place}: a list is wanted, this is {_sort(value)}")
        return origin(_read(get_args(hint)[0], each, place) for each in value)
    raise UnfitError(f"{place}: has no place in an event log")


def _word(hint: type[Enum], value: Any, place: str) -> Enum:
    try:
        return hint(value)
    except ValueError:
        known = ", ".join(repr(each.value) for each in hint)
        raise UnfitError(f"{place}: one of {known} is wanted") from None


def _text(value: Any, place: str) -> str:
    if not isinstance(value, str) or len(value) > LONGEST:
        raise UnfitError(f"{place}: a text of at most {LONGEST} signs is wanted, this is {_sort(value)}")
    return value


def _truth(value: Any, place: str) -> bool:
    if not isinstance(value, bool):
        raise UnfitError(f"{place}: true or false is wanted, this is {_sort(value)}")
    return value


def _whole(value: Any, place: str) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or abs(value) > GREATEST:
        raise UnfitError(f"{place}: a whole number is wanted, this is {_sort(value)}")
    return value


def number(value: Any, place: str) -> float:
    """Read a number. Raises UnfitError."""
    if value in {"inf", "-inf"} if isinstance(value, str) else False:
        return inf if value == "inf" else -inf
    # NaN is not less than anything.
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) <= GREATEST:
        raise UnfitError(f"{place}: a number up to {GREATEST:.0e} is wanted, this is {_sort(value)}")
    return float(value)


_ATOM_READERS: dict[Any, Callable[[Any, str], Any]] = {str: _text, bool: _truth, int: _whole, float: number}


def _sort(value: Any) -> str:
    named: dict[type, str] = {dict: "an object", list: "a list", str: "a text", bool: "a truth value"}
    return "null" if value is None else named.get(type(value), "a number that does not fit")
