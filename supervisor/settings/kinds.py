"""``[kinds.NAME]``: changes to the shipped kinds, and new ones."""

from __future__ import annotations

import dataclasses
from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from supervisor.domain.bookings import SUPERVISED_BEFORE
from supervisor.domain.kinds import DEFAULT_KINDS, HIGHEST_LIMIT, Kind, PasswordPolicy, RecordingPolicy, StreamPolicy
from supervisor.settings.monitors import SessionMonitors
from supervisor.settings.values import Seconds, Section, SomeSeconds

if TYPE_CHECKING:
    from collections.abc import Mapping

# A new kind says its limit and stream itself, see `new_kinds_are_whole`; the rest is as in a session without support.
_NEW = DEFAULT_KINDS["unsupported"]


class KindSettings(Section):
    """One kind; a key that is absent stays as shipped."""

    limit: int | None = Field(default=None, ge=1, le=HIGHEST_LIMIT)
    stream: StreamPolicy | None = None
    recording: RecordingPolicy | None = None
    password: PasswordPolicy | None = None
    support: bool | None = None
    always_open: bool | None = None
    pause_mutes: bool | None = None
    interrupted_after: SomeSeconds | None = None
    interrupted_after_auto_stop: SomeSeconds | None = None
    lobby: bool | None = None
    confirmation: bool | None = None
    reminder: Seconds | None = None
    preflight: Annotated[Seconds, Field(le=SUPERVISED_BEFORE)] | None = None
    preflight_notice: bool | None = None
    roll_call: bool | None = None
    report: bool | None = None
    monitors: SessionMonitors = Field(default=SessionMonitors())


def new_kinds_are_whole(changes: dict[str, KindSettings]) -> dict[str, KindSettings]:
    """Refuse a new kind without a limit or a stream policy: it is more often a slip in a shipped one's name.

    Raises:
        ValueError: With the name and the remedy.
    """
    for name, change in changes.items():
        if name not in DEFAULT_KINDS and (change.limit is None or change.stream is None):
            known = ", ".join(DEFAULT_KINDS)
            raise ValueError(f'"{name}" is a new kind and needs limit and stream; add them, or change one of {known}')
    return changes


def resolve_kinds(changes: Mapping[str, KindSettings]) -> Mapping[str, Kind]:
    """All kinds that there are: the shipped ones with their changes, then the new ones."""
    kinds = dict(DEFAULT_KINDS)
    for name, change in changes.items():
        before = kinds.get(name) or dataclasses.replace(_NEW, name=name)
        kinds[name] = dataclasses.replace(before, **change.model_dump(exclude_none=True, exclude={"monitors"}))
    return MappingProxyType(kinds)
