"""A monitor is a file, a line to register it, a page to explain it, a unit test, and a section of the settings."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from supervisor.alerts import sources
from supervisor.monitors import MONITORS, SERVER_MONITORS
from supervisor.report.words import MONITORS as REPORTED
from supervisor.settings.monitors import Monitors

if TYPE_CHECKING:
    from supervisor.domain.reading import Monitor, ServerMonitor
    from supervisor.settings.monitors import MonitorSettings

ROOT = Path(__file__).parents[2]
FILES = sorted(path.stem for path in (ROOT / "supervisor" / "monitors").glob("*.py") if path.stem != "__init__")
PAGES = ROOT / "docs" / "monitors"
SECTIONS = {field.alias: field.default for field in Monitors.model_fields.values()}
EVERY: tuple[type[Monitor | ServerMonitor], ...] = (*MONITORS, *SERVER_MONITORS)
DURATIONS = ("for", "grace", "after", "timeout", "before", "early")
NAMES = sorted(SECTIONS, key=str)


def in_camels(stem: str) -> str:
    """participant_limit → ParticipantLimit."""
    return "".join(word.capitalize() for word in stem.split("_"))


def page(name: str) -> str:
    return (PAGES / f"{name}.md").read_text()


def options(section: MonitorSettings) -> dict[str, object]:
    """The keys of a section as the operator writes them."""
    return {field.alias or name: getattr(section, name) for name, field in type(section).model_fields.items()}


@pytest.mark.parametrize("stem", FILES)
def test_every_file_is_registered_under_its_own_name(stem: str) -> None:
    assert in_camels(stem) in {monitor.name for monitor in EVERY}


def test_nothing_is_registered_twice_or_without_a_file() -> None:
    assert sorted(map(in_camels, FILES)) == sorted(monitor.name for monitor in EVERY)


@pytest.mark.parametrize("stem", FILES)
def test_every_monitor_has_a_unit_test(stem: str) -> None:
    path = ROOT / "tests" / "unit" / "monitors" / f"test_{stem}.py"
    assert "\ndef test_" in path.read_text()


@pytest.mark.parametrize("monitor", EVERY, ids=lambda monitor: monitor.name)
def test_every_monitor_takes_its_thresholds_from_its_section(monitor: type[Monitor | ServerMonitor]) -> None:
    thresholds = SECTIONS[monitor.name].thresholds()
    made = monitor(**thresholds)
    assert thresholds == {name: getattr(made, name) for name in thresholds}


@pytest.mark.parametrize("monitor", EVERY, ids=lambda monitor: monitor.name)
def test_every_monitor_has_a_stage_at_least_and_its_page_names_them_all_with_severity(
    monitor: type[Monitor | ServerMonitor],
) -> None:
    assert monitor.stages
    text = page(monitor.name)
    for stage in monitor.stages:
        assert stage.name in text
        assert str(stage.severity) in text


def test_every_section_is_that_of_a_monitor_or_of_the_sources() -> None:
    assert {monitor.name for monitor in EVERY} | {sources.NAME} == set(SECTIONS)


@pytest.mark.parametrize("name", NAMES)
def test_every_page_explains_what_support_does_and_how_it_resolves(name: str) -> None:
    text = page(name)
    assert text.startswith(f"# {name}\n")
    for heading in ("What people in the room read", "What support does", "How it resolves", "Options"):
        assert f"\n## {heading}\n" in text
    assert f"`[monitors.{name}]`" in text


@pytest.mark.parametrize("name", NAMES)
def test_every_page_has_the_options_with_the_defaults_of_the_code(name: str) -> None:
    rows = dict(re.findall(r"^\| `(\w+)` \| `([^`]+)` \|", page(name), re.MULTILINE))
    expected = {
        key: f'"{value:.0f}s"' if key.endswith(DURATIONS) else str(value).lower()
        for key, value in options(SECTIONS[name]).items()
    }
    assert expected == rows


def test_no_page_is_left_of_a_monitor_that_is_gone() -> None:
    assert {path.stem for path in PAGES.glob("*.md")} == set(SECTIONS)


@pytest.mark.parametrize("name", [monitor.name for monitor in MONITORS])
def test_every_monitor_of_a_session_has_words_in_the_report(name: str) -> None:
    assert name in REPORTED
