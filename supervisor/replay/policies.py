"""The effective policy as JSON: who is told outside the room is no part of it, the texts aren't either."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any, get_type_hints

from supervisor.alerts.desk import Policy, Thresholds, Watchword
from supervisor.alerts.lifecycle import Rule
from supervisor.alerts.wording import Wording
from supervisor.monitors import MONITORS
from supervisor.replay.codec import UnfitError, number, plain

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from supervisor.domain.reading import Monitor

_KNOWN: dict[str, Callable[..., Monitor]] = {monitor.name: monitor for monitor in MONITORS}


def write_policy(policy: Policy) -> dict[str, Any]:
    """Write it."""
    return {
        "usual": _write(Thresholds(policy.watchwords, policy.grace)),
        "of_kinds": {kind: _write(thresholds) for kind, thresholds in policy.of_kinds.items()},
        "repeat": plain(policy.repeat),
        "escalate_after": plain(policy.escalate_after),
        "opening_line": policy.opening_line,
    }


def read_policy(given: Any) -> Policy:
    """Read it. Raises UnfitError."""
    usual = _read(_object(given, "policy").get("usual"), "policy.usual")
    kinds = _object(given.get("of_kinds"), "policy.of_kinds")
    return Policy(
        watchwords=usual.watchwords,
        wording=Wording({}),
        repeat=number(given.get("repeat"), "policy.repeat"),
        escalate_after=number(given.get("escalate_after"), "policy.escalate_after"),
        grace=usual.grace,
        opening_line=given.get("opening_line") is True,
        of_kinds={kind: _read(thresholds, f"policy.of_kinds.{kind[:64]}") for kind, thresholds in kinds.items()},
    )


def _write(thresholds: Thresholds) -> dict[str, Any]:
    monitors = {}
    for watchword in thresholds.watchwords:
        monitor, rule = watchword.monitor, watchword.rule
        options = {option.name: getattr(monitor, option.name) for option in _options(type(monitor))}
        patience = {"for": plain(rule.wait), "keep_firing_for": plain(rule.keep), "enabled": rule.enabled}
        monitors[monitor.name] = patience | {name: _plain(value) for name, value in options.items()}
    return {"recorder_grace": plain(thresholds.grace), "monitors": monitors}


def _read(given: Any, place: str) -> Thresholds:
    monitors = _object(_object(given, place).get("monitors"), f"{place}.monitors")
    watchwords = [_watchword(name, each, f"{place}.{name[:64]}") for name, each in monitors.items()]
    return Thresholds(tuple(watchwords), number(given.get("recorder_grace"), f"{place}.recorder_grace"))


def _watchword(name: str, given: Any, place: str) -> Watchword:
    cls = _KNOWN.get(name)
    if cls is None:
        raise UnfitError(f"{place}: this version has no such monitor")
    said = dict(_object(given, place))
    wait, keep = (number(said.pop(key, None), f"{place}.{key}") for key in ("for", "keep_firing_for"))
    enabled = said.pop("enabled", None) is True
    hints = get_type_hints(cls)
    options = {option.name: hints[option.name] for option in _options(cls)}
    if said.keys() != options.keys():
        other = ", ".join(sorted(said.keys() ^ options.keys()))[:200]
        raise UnfitError(f"{place}: this version's monitor has other options ({other})")
    values = {key: _option(options[key], value, f"{place}.{key}") for key, value in said.items()}
    return Watchword(cls(**values), Rule(wait, keep, enabled))


def _options(cls: Any) -> tuple[dataclasses.Field[Any], ...]:
    return dataclasses.fields(cls)


def _option(hint: Any, value: Any, place: str) -> float | bool | int:
    if hint is bool:
        return value is True
    found = number(value, place)
    return int(found) if hint is int else found


def _plain(value: Any) -> Any:
    return plain(value) if isinstance(value, float) else value


def _object(given: Any, place: str) -> Mapping[str, Any]:
    if not isinstance(given, dict):
        raise UnfitError(f"{place}: an object is wanted")
    return given
