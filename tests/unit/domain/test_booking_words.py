from __future__ import annotations

import datetime as dt
from math import inf
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supervisor.domain.booking_words import KEYS, BookingRefused, read_booking
from supervisor.domain.bookings import Booking, Language, StreamSource
from supervisor.domain.kinds import DEFAULT_KINDS

START = dt.datetime(2026, 9, 3, 19, tzinfo=dt.timezone(dt.timedelta(hours=2)))
WORDS: dict[str, Any] = {
    "id": "almatret-2026-09-03",
    "room": "[Almatret]PleAlmatret",
    "kind": "plenary",
    "title": "Ple ordinari de setembre",
    "organisation": "Ajuntament d'Almatret",
    "start": START,
    "duration": "2h",
    "language": "ca",
    "limit": 25,
    "stream": {"youtube": "dQw4w9WgXcQ", "hls": "https://example.org/live/index.m3u8", "jibri": True},
}


def problems(**changes: object) -> dict[str, str]:
    """What is said about the words above with these changes; None takes a word away."""
    words = {key: value for key, value in {**WORDS, **changes}.items() if value is not None}
    with pytest.raises(BookingRefused) as caught:
        read_booking(words, DEFAULT_KINDS)
    return {problem.key: problem.text for problem in caught.value.problems}


def booking(**changes: object) -> Booking:
    return read_booking({key: value for key, value in {**WORDS, **changes}.items() if value is not None}, DEFAULT_KINDS)


def test_every_word_is_understood() -> None:
    expected = Booking(
        id="almatret-2026-09-03",
        room="plealmatret",
        tenant="almatret",
        kind=DEFAULT_KINDS["plenary"],
        title="Ple ordinari de setembre",
        organisation="Ajuntament d'Almatret",
        start=START.timestamp(),
        utc_offset=7200.0,
        duration=7200.0,
        language=Language.CATALAN,
        limit=25,
        stream=StreamSource("dQw4w9WgXcQ", "https://example.org/live/index.m3u8", jibri=True),
    )
    assert expected == booking()


def test_what_may_be_left_out_has_a_default() -> None:
    short = booking(title=None, organisation=None, language=None, limit=None, stream=None)
    assert (short.title, short.organisation, short.language) == ("", "", "ca")
    assert short.limit == DEFAULT_KINDS["plenary"].limit
    assert short.stream == StreamSource()


def test_everything_missing_is_said_at_once_and_in_order() -> None:
    missing = problems(id=None, room=None, kind=None, start=None, duration=None)
    assert list(missing) == ["id", "room", "kind", "start"]
    assert set(missing.values()) == {"missing; add it"}


def test_only_a_room_that_is_always_open_needs_no_duration() -> None:
    assert problems(duration=None) == {"duration": "missing; add it"}
    assert booking(kind="permanent", duration=None).end == inf


def test_an_unknown_key_names_its_path_and_the_known_ones() -> None:
    assert "the keys here are id, room" in problems(romo="x")["romo"]
    assert "youtube, hls, jibri" in problems(stream={"youtub": "x"})["stream.youtub"]


def test_a_start_without_its_offset_is_refused_with_an_example() -> None:
    naive = dt.datetime(2026, 9, 3, 19)  # noqa: DTZ001
    assert "2026-09-03T19:00:00+02:00" in problems(start=naive)["start"]
    assert "offset from UTC" in problems(start=naive)["start"]
    assert "without quotes" in problems(start="2026-09-03T19:00:00+02:00")["start"]
    assert "date with a time" in problems(start=naive.date())["start"]


def test_the_earliest_instant_that_can_be_written_is_read() -> None:
    assert booking(start=dt.datetime(1, 1, 1, tzinfo=dt.timezone(dt.timedelta(hours=14)))).start < 0


def test_an_unknown_kind_names_those_that_there_are() -> None:
    assert "plenary, test, unsupported, appointment, permanent" in problems(kind="plenari")["kind"]


def test_an_unknown_language_names_those_that_there_are() -> None:
    assert "ca, es, en, it" in problems(language="fr")["language"]


@pytest.mark.parametrize("name", ["", "a b", "à", "a" * 129, "a\nb", 7])
def test_an_id_that_breaks_the_rule_is_refused(name: object) -> None:
    assert list(problems(id=name)) == ["id"]


@pytest.mark.parametrize("limit", [0, -1, 10_001, True, "30", 3.5])
def test_a_limit_that_is_no_number_of_people_is_refused(limit: object) -> None:
    assert "whole number of people" in problems(limit=limit)["limit"]


def test_a_duration_of_nothing_is_refused() -> None:
    assert "longer than nothing" in problems(duration="0s")["duration"]
    assert '"1h30m"' in problems(duration=120)["duration"]


def test_a_line_break_in_a_title_is_refused() -> None:
    assert "one line" in problems(title="Ple\nordinari")["title"]
    assert "shorten" in problems(title="x" * 301)["title"]


def test_the_link_to_a_video_is_not_its_id() -> None:
    assert '"dQw4w9WgXcQ"' in problems(stream={"youtube": "https://youtu.be/abc"})["stream.youtube"]


@pytest.mark.parametrize(
    "address", ["", "index.m3u8", "ftp://example.org/x", "http://", "http://[::1", "http://a:99999/", "http://a b/", 5]
)
def test_an_address_that_is_not_whole_is_refused(address: object) -> None:
    assert "index.m3u8" in problems(stream={"hls": address})["stream.hls"]


def test_a_stream_that_is_no_table_is_refused_with_an_example() -> None:
    assert "jibri = true" in problems(stream="dQw4w9WgXcQ")["stream"]
    assert "true or false" in problems(stream={"jibri": "yes"})["stream.jibri"]


def test_a_kind_that_forbids_streaming_takes_no_stream() -> None:
    assert "forbids streaming" in problems(kind="appointment")["stream"]
    assert booking(kind="appointment", stream={"jibri": False}).stream == StreamSource()


_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.datetimes() | st.dates() | st.times(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


@given(st.dictionaries(st.sampled_from(KEYS) | st.text(), _values))
def test_no_words_raise_anything_but_a_refusal(words: dict[str, object]) -> None:
    try:
        read_booking(words, DEFAULT_KINDS)
    except BookingRefused as error:
        assert error.problems  # noqa: PT017


def test_an_ingest_and_an_obs_are_further_witnesses() -> None:
    stream = booking(stream={"ingest": "ple-almatret", "obs": "almatret"}).stream
    assert ("ple-almatret", "almatret") == (stream.ingest, stream.obs)


@pytest.mark.parametrize("name", ["", "s3cret b", "s3cret?token=x", "live/s3cret", "s3cret&b", "s3cret" * 40, 7])
def test_a_wrong_ingest_name_is_refused_without_being_repeated(name: object) -> None:
    found = problems(stream={"ingest": name})
    assert ["stream.ingest"] == list(found)
    assert "write only NAME" in found["stream.ingest"]
    assert "s3cret" not in found["stream.ingest"]


def test_an_ingest_name_is_not_shown_with_its_booking() -> None:
    assert "s3cret" not in repr(booking(stream={"ingest": "s3cret"}))


@pytest.mark.parametrize("name", ["", "Almatret", "a b"])
def test_an_obs_is_named_as_its_section(name: object) -> None:
    assert "[streams.obs.NAME]" in problems(stream={"obs": name})["stream.obs"]


def test_what_a_booking_says_about_its_room_and_its_people_is_read() -> None:
    made = booking(
        channel="consorci",
        password="482915",
        lobby=True,
        max_occupants=45,
        contacts=["oac@example.org", "+34600000000"],
        reminder="10m",
        quorum=7,
        attendance=True,
        expected=["Pol Pi"],
    )
    assert (made.channel, made.password, made.lobby, made.max_occupants) == ("consorci", "482915", True, 45)
    assert (made.contacts, made.reminder) == (("oac@example.org", "+34600000000"), 600.0)
    assert (made.quorum, made.attendance, made.expected) == (7, True, ("Pol Pi",))
    assert "482915" not in repr(made)
    assert "oac@" not in repr(made)


def test_a_kind_gives_lobby_and_reminder_and_the_booking_may_say_otherwise() -> None:
    assert (booking(stream=None, kind="appointment").lobby, booking(stream=None, kind="appointment").reminder) == (
        True,
        600.0,
    )
    assert booking(stream=None, kind="appointment", reminder="0s").reminder == 0.0


def test_a_contact_that_is_none_is_named_by_its_position_and_never_repeated() -> None:
    said = problems(contacts=["a@example.org", "Pol <pol@example.org>"])
    assert list(said) == ["contacts"]
    assert "entry 2" in said["contacts"]
    assert "pol" not in said["contacts"]


def test_names_without_attendance_are_refused() -> None:
    said = problems(expected=["Pol Pi"])
    assert list(said) == ["expected"]
    assert "attendance = true" in said["expected"]
