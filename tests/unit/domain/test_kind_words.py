"""What one booking changes of its kind: the words, and what is said of wrong ones, are those of the section."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

import pytest

from supervisor.domain.booking_words import BookingRefused
from supervisor.domain.kind_words import KIND_KEYS
from supervisor.domain.kinds import DEFAULT_KINDS, Kind
from supervisor.settings import ConfigurationError, load_settings
from tests.unit.domain.test_booking_words import booking, problems
from tests.unit.test_settings import MINIMAL

if TYPE_CHECKING:
    from pathlib import Path

GOOD = {
    "limit": "12",
    "stream": '"optional"',
    "recording": '"forbidden"',
    "password": '"required"',
    "support": "false",
    "always_open": "true",
    "pause_mutes": "true",
    "interrupted_after": '"30s"',
    "interrupted_after_auto_stop": '"5s"',
    "lobby": "true",
    "confirmation": "true",
    "reminder": '"10m"',
    "preflight": '"0s"',
    "preflight_notice": "true",
    "roll_call": "true",
    "report": "false",
}
VALUES: dict[str, Any] = {
    "12": 12,
    '"optional"': "optional",
    '"forbidden"': "forbidden",
    '"required"': "required",
    "true": True,
    "false": False,
    '"30s"': "30s",
    '"5s"': "5s",
    '"10m"': "10m",
    '"0s"': "0s",
}


def configured(path: Path, key: str, value: str) -> Kind:
    file = path / "jitsi-supervisor.toml"
    file.write_text(f"{MINIMAL}[kinds.plenary]\n{key} = {value}\n")
    return load_settings(file, {}).all_kinds["plenary"]


def refused(path: Path, key: str, value: str) -> str:
    with pytest.raises(ConfigurationError) as caught:
        configured(path, key, value)
    (problem,) = caught.value.problems
    return problem.removeprefix(f"kinds.plenary.{key}: ")


def test_the_words_are_those_of_a_kind() -> None:
    assert {field.name for field in dataclasses.fields(Kind)} - {"name"} == set(KIND_KEYS) == set(GOOD)


@pytest.mark.parametrize("key", KIND_KEYS)
def test_each_word_changes_this_booking_s_kind_as_the_section_changes_all(tmp_path: Path, key: str) -> None:
    changed = booking(override={key: VALUES[GOOD[key]]}).kind
    assert configured(tmp_path, key, GOOD[key]) == changed
    assert DEFAULT_KINDS["plenary"] != changed


@pytest.mark.parametrize(
    ("key", "toml", "value"),
    [
        ("limit", "0", 0),
        ("limit", "10001", 10_001),
        ("limit", '"many"', "many"),
        ("support", '"perhaps"', "perhaps"),
        ("stream", '"no"', "no"),
        ("recording", "3", 3),
        ("password", '"never"', "never"),
        ("interrupted_after", '"0s"', "0s"),
        ("interrupted_after", "30", 30),
        ("reminder", '"soon"', "soon"),
        ("preflight", '"31m"', "31m"),
    ],
)
def test_a_wrong_value_is_told_in_the_section_s_words(tmp_path: Path, key: str, toml: str, value: object) -> None:
    assert {f"override.{key}": refused(tmp_path, key, toml)} == problems(override={key: value})


def test_an_unknown_word_names_the_nearest_known_one() -> None:
    text = problems(override={"recordings": "forbidden"})["override.recordings"]
    assert text.startswith("unknown key; did you mean recording? the keys here are limit, stream, recording,")


def test_a_kind_s_tables_and_its_name_are_no_words() -> None:
    assert ["override.name", "override.monitors"] == list(problems(override={"name": "x", "monitors": {}}))


def test_what_is_no_table_is_refused_with_an_example() -> None:
    assert '{ recording = "forbidden" }' in problems(override="recording")["override"]


def test_what_is_wrong_is_said_even_where_the_kind_is() -> None:
    assert ["kind", "override.limit"] == list(problems(kind="plenari", override={"limit": 0}))


def test_the_booking_s_own_words_follow_from_the_changed_kind() -> None:
    changed = booking(override={"limit": 12, "lobby": True, "reminder": "5m"}, limit=None)
    assert (12, True, 300.0) == (changed.limit, changed.lobby, changed.reminder)
    assert 25 == booking(override={"limit": 12}).limit


def test_a_room_that_is_always_open_by_its_booking_needs_no_duration() -> None:
    assert booking(override={"always_open": True}, duration=None).kind.always_open


def test_a_stream_that_the_booking_itself_forbids_may_not_be_named() -> None:
    with pytest.raises(BookingRefused, match="forbids streaming"):
        booking(override={"stream": "forbidden"})


def test_two_bookings_of_a_kind_do_not_share_their_changes() -> None:
    booking(override={"limit": 12})
    assert DEFAULT_KINDS["plenary"].limit == 30
