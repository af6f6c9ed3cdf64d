"""Reads the configuration: the file, the environment above it, secrets from their files, all problems at once."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError
from pydantic_settings import InitSettingsSource

from supervisor.settings.environment import read_environment
from supervisor.settings.model import Settings
from supervisor.settings.problems import ConfigurationError, describe
from supervisor.settings.receivers import strange_kinds
from supervisor.settings.secrets import SecretFiles, anchored
from supervisor.tomlfile import TomlUnreadable, read_toml

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from pydantic_settings import BaseSettings, PydanticBaseSettingsSource


def load_settings(path: Path, environ: Mapping[str, str] | None = None) -> Settings:
    """Read the configuration.

    Args:
        path: The TOML file. Its relative paths are relative to its folder, the environment's to the working one.
        environ: Variables that win over the file; the process's own if None.

    Raises:
        ConfigurationError: With every problem at once.
    """
    try:
        file = read_toml(path)
    except TomlUnreadable as error:
        raise ConfigurationError((str(error),)) from error
    variables, names = read_environment(Settings, os.environ if environ is None else environ)
    secrets = SecretFiles()
    above = secrets.read(Settings, variables, {})
    below = secrets.read(Settings, anchored(file.table, path.parent), above)
    problems = list(secrets.problems)
    try:
        settings = _validated(above, below)
        problems += strange_kinds(settings)
    except ValidationError as error:
        problems += describe(error, Settings, names)
    if problems:
        raise ConfigurationError(tuple(problems))
    return settings


def _validated(above: dict[str, Any], below: dict[str, Any]) -> Settings:
    class Sourced(Settings):
        """The settings with these two sources: arguments of the constructor would beat the environment."""

        @classmethod
        def settings_customise_sources(
            cls, settings_cls: type[BaseSettings], *_: Any, **__: Any
        ) -> tuple[PydanticBaseSettingsSource, ...]:
            return InitSettingsSource(settings_cls, above), InitSettingsSource(settings_cls, below)

    return Sourced()
