"""The files that operators start from are right."""

from __future__ import annotations

import dataclasses
import datetime as dt
import re
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from pydantic import BaseModel, SecretStr

from supervisor.bookings.files import read_bookings
from supervisor.bookings.repeat import Window
from supervisor.domain.diary import Diary
from supervisor.domain.kinds import DEFAULT_KINDS, Kind
from supervisor.settings import Settings, load_settings
from supervisor.settings.kinds import KindSettings
from supervisor.settings.shape import LISTED, NAMED, fields, is_secret, known_keys, section

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
WINDOW = Window(dt.date(2026, 9, 1), "Europe/Madrid")
EXAMPLE = ROOT / "deploy" / "jitsi-supervisor.toml"
REQUIRED = {
    "xmpp",
    "xmpp.component",
    "xmpp.secret",
    "xmpp.muc",
    "xmpp.focus",
    "jvb.main.url",
    "web.tokens.wall.token",
    "bookings.calendars.address",
    "streams.obs.almatret.url",
    "notices.sms.url",
    "notices.sms.secret",
    "alerts.webhooks.url",
    "alerts.webhooks.secret",
    "alerts.email.host",
    "alerts.email.from",
    "alerts.email.to",
    "alerts.alertmanager.url",
    "alerts.apprise.url",
}


def with_unset_keys() -> str:
    """The example as if each key that is commented out were set."""
    return re.sub(r"^#(?=[a-z\[])", "", EXAMPLE.read_text(), flags=re.MULTILINE)


def of_all_kinds(model: type[BaseModel]) -> set[str]:
    """The key of a kind that repeats a section which is in the example for all kinds."""
    return {"monitors"} if model is KindSettings else set()


def tables(model: type[BaseModel], table: dict[str, Any], path: str = "") -> Iterator[tuple[str, Any, dict[str, Any]]]:
    """Each model with the table of the example that it describes."""
    yield path, model, table
    for key, field in fields(model):
        found = section(field)
        if not found or key in of_all_kinds(model):
            continue
        how, inner = found
        value = table[key]
        named = value.items() if how is NAMED else [("", value[0] if how is LISTED else value)]
        for name, item in named:
            yield from tables(inner, item, f"{path}{key}.{name}." if name else f"{path}{key}.")


def models(model: BaseModel) -> Iterator[BaseModel]:
    """The model and all those inside it."""
    yield model
    for name in type(model).model_fields:
        value = getattr(model, name)
        inner = value.values() if isinstance(value, dict) else value if isinstance(value, tuple) else [value]
        for item in inner:
            if isinstance(item, BaseModel):
                yield from models(item)


ALL_TABLES = list(tables(Settings, tomllib.loads(with_unset_keys())))


def test_the_example_works_as_it_is() -> None:
    settings = load_settings(EXAMPLE, {})
    assert settings.all_kinds == DEFAULT_KINDS


@pytest.fixture
def everything(tmp_path: Path) -> Settings:
    """The example with every key set; of a secret and its file only one may be."""
    path = tmp_path / "all.toml"
    path.write_text(re.sub(r"^(?!token_file = .youtube)[a-z_]+_file = .*$", "", with_unset_keys(), flags=re.MULTILINE))
    return load_settings(path, {})


def test_the_example_works_with_every_key_set(everything: Settings) -> None:
    assert everything.all_kinds == DEFAULT_KINDS


@pytest.mark.parametrize(("path", "model", "table"), ALL_TABLES, ids=[path or "top" for path, *_ in ALL_TABLES])
def test_every_key_is_in_the_example(path: str, model: type[BaseModel], table: dict[str, Any]) -> None:
    assert set(known_keys(model)) - of_all_kinds(model) == set(table), path


def test_every_default_in_the_example_is_that_of_the_code(everything: Settings) -> None:
    checked = 0
    for model in models(everything):
        for name, field in type(model).model_fields.items():
            # None and a required key have no default to show; sections are checked on their own.
            if not (field.is_required() or field.default is None or section(field)):
                assert field.default == getattr(model, name), f"{type(model).__name__}.{name}"
                checked += 1
    assert checked > 25


def test_the_example_of_a_kind_s_own_thresholds_works(tmp_path: Path) -> None:
    path = tmp_path / "own.toml"
    path.write_text(re.sub(r"^#     ", "", EXAMPLE.read_text(), flags=re.MULTILINE))
    settings = load_settings(path, {})
    assert settings.monitor("QuorumLost", "plenary").for_ == 15.0
    assert not settings.monitor("ModeratorAbsent", "permanent").enabled


def test_only_these_keys_have_to_be_set() -> None:
    paths = {f"{path}{key}" for path, model, _ in ALL_TABLES for key, field in fields(model) if field.is_required()}
    assert paths == REQUIRED


DURATIONS = ("interrupted_after", "interrupted_after_auto_stop", "reminder", "preflight")
WORDS = tuple(field.name for field in dataclasses.fields(Kind) if field.name not in {"name", *DURATIONS})


def test_each_shipped_kind_is_in_the_example_key_by_key() -> None:
    kinds = tomllib.loads(with_unset_keys())["kinds"]
    expected = {
        name: {
            **{key: getattr(kind, key) for key in WORDS},
            **{key: f"{getattr(kind, key):.0f}s" for key in DURATIONS},
        }
        for name, kind in DEFAULT_KINDS.items()
    }
    assert expected == kinds


def test_no_secret_key_has_a_default() -> None:
    for _, model, _ in ALL_TABLES:
        for _, field in fields(model):
            assert not (is_secret(field) and isinstance(field.default, (SecretStr, str)))


def test_the_example_of_bookings_shows_every_kind_and_language() -> None:
    bookings = read_bookings(ROOT / "examples" / "bookings.toml", DEFAULT_KINDS, WINDOW)
    assert {booking.kind.name for booking in bookings} == set(DEFAULT_KINDS)
    assert {booking.language for booking in bookings} == {"ca", "es", "en", "it"}
    assert bookings[0].stream.youtube == "dQw4w9WgXcQ"
    assert bookings[2].room_node == "[vallfogona]pleextraordinari"


def test_the_example_of_permanent_rooms_has_two_hundred_for_fifty_people() -> None:
    bookings = read_bookings(ROOT / "examples" / "permanent.csv", DEFAULT_KINDS, WINDOW)
    assert {50} == {booking.limit for booking in bookings}
    assert 200 == len({booking.room for booking in bookings})
    assert {"permanent"} == {booking.kind.name for booking in bookings}


def test_the_example_of_appointments_comes_again_but_on_a_holiday() -> None:
    bookings = read_bookings(ROOT / "examples" / "appointments.toml", DEFAULT_KINDS, WINDOW)
    ids = [booking.id for booking in bookings]
    assert "servei-2026-10-05" in ids
    assert "servei-2026-10-12" not in ids
    assert 21 == len(ids)


def test_no_example_breaks_a_rule() -> None:
    diary = Diary()
    for name in ("bookings.toml", "appointments.toml", "permanent.csv"):
        bookings = read_bookings(ROOT / "examples" / name, DEFAULT_KINDS, WINDOW)
        assert [] == [str(each) for each in diary.read(name, bookings, 0.0)]
