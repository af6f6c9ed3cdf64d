from __future__ import annotations

import dataclasses
import datetime as dt
from math import inf

import pytest

from supervisor.domain.bookings import Booking, Language, StreamSource
from supervisor.domain.kinds import DEFAULT_KINDS

START = dt.datetime(2026, 9, 3, 17, tzinfo=dt.UTC).timestamp()

PLENARY = Booking(
    id="almatret-2026-09-03",
    room="plealmatret",
    tenant=None,
    kind=DEFAULT_KINDS["plenary"],
    title="Ple ordinari de setembre",
    organisation="Ajuntament d'Almatret",
    start=START,
    duration=7200.0,
    language=Language.CATALAN,
    limit=30,
    stream=StreamSource(youtube="dQw4w9WgXcQ"),
)


def test_a_session_ends_after_its_duration() -> None:
    expected = START + 7200
    assert expected == PLENARY.end


def test_a_room_that_is_always_open_has_no_end() -> None:
    permanent = dataclasses.replace(PLENARY, kind=DEFAULT_KINDS["permanent"])
    assert permanent.end == inf
    assert dataclasses.replace(permanent, duration=None).end == inf


def test_a_session_is_supervised_from_half_an_hour_before() -> None:
    expected = START - 1800
    assert expected == PLENARY.supervised_from


def test_the_room_has_its_internal_jid_on_a_muc_host() -> None:
    assert PLENARY.room_jid("conference.example") == "plealmatret@conference.example"
    of_a_tenant = dataclasses.replace(PLENARY, tenant="almatret")
    assert of_a_tenant.room_jid("conference.example") == "[almatret]plealmatret@conference.example"


@pytest.mark.parametrize(("expected", "kind"), [(True, "plenary"), (False, "test"), (False, "appointment")])
def test_the_kind_says_whether_it_must_stream(expected: bool, kind: str) -> None:  # noqa: FBT001
    assert expected is dataclasses.replace(PLENARY, kind=DEFAULT_KINDS[kind]).must_stream
