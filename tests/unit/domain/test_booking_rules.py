from __future__ import annotations

import dataclasses
import datetime as dt
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supervisor.domain.agenda import Agenda, Good
from supervisor.domain.booking_rules import HouseRules, Weight, review
from supervisor.domain.bookings import Booking, StreamSource
from supervisor.domain.kinds import DEFAULT_KINDS
from tests.unit import builders
from tests.unit.builders import START

HOUR, DAY = 3600.0, 86_400.0
LONG_AGO = START - 100 * DAY
PLAIN = HouseRules()
SHARED = HouseRules(channels={"consorci": 96 * HOUR, "lliure": 0.0})


def booking(**changes: Any) -> Booking:
    """A plenary on Thursday, 3 September 2026, from 19:00 to 21:00 at its place."""
    return builders.booking(**{"room": "plealmatret", "stream": StreamSource(), **changes})


def found(
    subject: Booking, *others: Booking, rules: HouseRules = PLAIN, now: float = LONG_AGO
) -> dict[str, tuple[str, Weight, str]]:
    return {each.rule: (each.key, each.weight, each.text) for each in review(subject, others, rules, now)}


def test_a_usual_booking_breaks_no_rule() -> None:
    assert found(booking(), booking(id="other", room="plevallfogona")) == {}


def test_two_sessions_in_one_room_at_one_time_are_refused_with_the_next_free_start() -> None:
    other = booking(id="earlier", start=START - HOUR)
    text = (
        '"plealmatret" is taken by the booking "earlier" from 2026-09-03 18:00 to 2026-09-03 20:00; '
        "choose another room, or a start from 2026-09-03 20:00 (rule: overlap)"
    )
    assert found(booking(), other) == {"overlap": ("room", Weight.REFUSAL, text)}


def test_the_next_free_start_is_after_all_that_follow_each_other() -> None:
    row = [booking(id=f"n{i}", start=START + i * 2 * HOUR) for i in range(3)]
    assert "a start from 2026-09-04 01:00" in found(booking(), *row)["overlap"][2]


def test_a_gap_that_is_too_short_is_no_next_free_start() -> None:
    row = [booking(id="a"), booking(id="b", start=START + 3 * HOUR)]
    assert "a start from 2026-09-04 00:00" in found(booking(), *row)["overlap"][2]


@pytest.mark.parametrize("start", [START - 2 * HOUR, START + 2 * HOUR])
def test_sessions_may_follow_each_other_without_a_break(start: float) -> None:
    assert found(booking(), booking(id="other", start=start)) == {}


def test_one_room_of_two_tenants_is_two_rooms() -> None:
    assert found(booking(tenant="almatret"), booking(id="other", tenant="vallfogona"), booking(id="third")) == {}


def test_a_room_that_is_always_open_is_never_free() -> None:
    permanent = booking(id="sala", kind=DEFAULT_KINDS["permanent"], start=LONG_AGO, duration=None)
    text = '"plealmatret" is taken by the booking "sala" always; choose another room (rule: overlap)'
    assert text == found(booking(), permanent)["overlap"][2]
    assert found(dataclasses.replace(permanent, id="new"), booking())["overlap"][0] == "room"


def test_a_booking_that_is_changed_is_not_compared_with_itself() -> None:
    assert found(booking(duration=HOUR), booking()) == {}


def test_a_shared_channel_takes_one_session_at_a_time() -> None:
    other = booking(id="other", room="another1", channel="consorci", start=START - HOUR)
    key, weight, text = found(booking(channel="consorci"), other, rules=SHARED)["channel_clash"]
    assert (key, weight) == ("channel", Weight.REFUSAL)
    assert 'the same channel is used by the booking "other"' in text
    assert "a start from 2026-09-03 20:00" in text
    assert found(booking(channel="consorci"), dataclasses.replace(other, channel="lliure"), rules=SHARED) == {}
    assert found(booking(), dataclasses.replace(other, channel=""), rules=SHARED) == {}


def test_a_video_shows_one_session_at_a_time() -> None:
    stream = StreamSource(youtube="dQw4w9WgXcQ")
    other = booking(id="other", room="another1", stream=stream)
    assert found(booking(stream=stream), other)["video_clash"][0] == "stream.youtube"
    assert found(booking(stream=stream), dataclasses.replace(other, start=START + 7 * DAY)) == {}


def test_a_channel_that_nobody_configured_is_refused_and_those_that_are_there_are_named() -> None:
    text = (
        'there is no shared channel "consrci"; choose one of consorci, lliure, or configure [bookings.channels.NAME] '
        "(rule: channel)"
    )
    assert found(booking(channel="consrci"), rules=SHARED) == {"channel": ("channel", Weight.REFUSAL, text)}
    assert "remove it, or configure" in found(booking(channel="consorci"))["channel"][2]


def test_a_shared_channel_is_owed_its_notice_to_the_second() -> None:
    subject = booking(channel="consorci")
    assert found(subject, rules=SHARED, now=START - 96 * HOUR) == {}
    late = found(subject, rules=SHARED, now=START - 96 * HOUR + 1)
    assert late["notice"][0] == "start"
    assert "96 h of notice; the next possible start is 2026-09-03 19:01" in late["notice"][2]
    assert found(booking(channel="lliure"), rules=SHARED, now=START) == {}
    assert found(booking(), rules=SHARED, now=START) == {}


def test_the_start_after_the_notice_is_on_a_working_day_where_the_kind_has_support() -> None:
    # Four days after Wednesday is Sunday.
    wednesday = START - DAY
    assert "is 2026-09-07 19:00" in found(booking(channel="consorci"), rules=SHARED, now=wednesday)["notice"][2]
    alone = booking(channel="consorci", kind=DEFAULT_KINDS["unsupported"])
    assert "is 2026-09-06 19:00" in found(alone, rules=SHARED, now=wednesday)["notice"][2]


def test_support_is_there_on_working_days_and_the_next_one_is_named() -> None:
    saturday = START + 2 * DAY
    text = (
        'Saturday 2026-09-05 is no working day, and the kind "plenary" has support on working days only; '
        "the next possible start is 2026-09-07 19:00 (rule: working_days)"
    )
    assert found(booking(start=saturday)) == {"working_days": ("start", Weight.REFUSAL, text)}
    assert found(booking(start=saturday, kind=DEFAULT_KINDS["unsupported"])) == {}
    assert found(booking(start=saturday, kind=DEFAULT_KINDS["permanent"], duration=None)) == {}


def test_a_holiday_is_no_working_day() -> None:
    rules = HouseRules(holidays=frozenset({dt.date(2026, 9, 3), dt.date(2026, 9, 4)}))
    assert "the next possible start is 2026-09-07 19:00" in found(booking(), rules=rules)["working_days"][2]


def test_the_day_is_that_of_the_place() -> None:
    # Half past midnight on Saturday in Catalonia is Friday in UTC.
    assert "working_days" in found(booking(start=START + DAY + 5.5 * HOUR))
    assert found(booking(start=START + DAY + 5.5 * HOUR, utc_offset=0.0)) == {}


def test_a_kind_that_requires_a_password_is_refused_without_one() -> None:
    appointment = booking(kind=DEFAULT_KINDS["appointment"])
    assert found(appointment)["password"][:2] == ("password", Weight.REFUSAL)
    assert found(dataclasses.replace(appointment, password="482915")) == {}
    assert found(booking()) == {}


def test_what_is_over_is_not_booked_any_more() -> None:
    assert found(booking(), now=START + 2 * HOUR - 1) == {}
    text = "the session was over at 2026-09-03 21:00; choose a start after 2026-09-03 21:00 (rule: past)"
    assert found(booking(), now=START + 2 * HOUR) == {"past": ("start", Weight.REFUSAL, text)}
    assert found(booking(kind=DEFAULT_KINDS["permanent"], duration=None), now=START + 900 * DAY) == {}


@pytest.mark.parametrize("room", ["prova", "test12", "reunio2026", "20260903", "12", "almat"])
def test_a_name_that_strangers_try_is_warned_of_with_a_better_one(room: str) -> None:
    (finding,) = review(booking(room=room, organisation="Ajuntament d'Almatret"), [], PLAIN, LONG_AGO)
    assert (finding.key, finding.rule, finding.weight) == ("room", "guessable", Weight.WARNING)
    better = finding.text.rpartition('choose for example "')[2].partition('"')[0]
    assert better.endswith("almatret")
    assert found(booking(room=better)) == {}


def test_a_better_name_is_found_without_an_organisation() -> None:
    text = found(booking(room="ple", organisation=""))["guessable"][2]
    better = text.rpartition('choose for example "')[2].partition('"')[0]
    assert found(booking(room=better)) == {}


def test_within_a_tenant_the_usual_names_are_the_towns() -> None:
    assert found(booking(room="reunio", tenant="almatret")) == {}


def test_the_operator_says_what_a_rule_does() -> None:
    other = booking(id="other")
    milder = HouseRules(weights={"overlap": Weight.WARNING})
    assert found(booking(), other, rules=milder)["overlap"][1] is Weight.WARNING
    assert found(booking(), other, rules=HouseRules(weights={"overlap": None})) == {}
    harder = HouseRules(weights={"guessable": Weight.REFUSAL})
    assert found(booking(room="prova"), rules=harder)["guessable"][1] is Weight.REFUSAL


def test_refusals_come_before_warnings_and_each_names_its_rule() -> None:
    subject = booking(room="ple", kind=DEFAULT_KINDS["appointment"], start=START + 2 * DAY, channel="x")
    findings = review(subject, [booking(id="other", room="ple", start=START + 2 * DAY)], PLAIN, START + 9 * DAY)
    assert [Weight.REFUSAL] * 5 + [Weight.WARNING] == [each.weight for each in findings]
    assert {"past", "overlap", "channel", "working_days", "password", "guessable"} == {each.rule for each in findings}
    assert all(each.text.endswith(f"(rule: {each.rule})") for each in findings)


def test_a_booking_of_the_last_year_there_is_reviewed_too() -> None:
    far = dt.datetime(9999, 12, 31, 23, tzinfo=dt.UTC).timestamp()
    subject = booking(start=far, duration=1000 * DAY)
    assert "overlap" in found(subject, booking(id="other", start=far - HOUR, duration=1000 * DAY))


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(1, 12), st.booleans()), max_size=30))
def test_the_agenda_finds_what_comparing_all_with_all_finds(spans: list[tuple[int, int, bool]]) -> None:
    bookings = [
        booking(
            id=f"n{number}",
            start=START + start,
            duration=float(length),
            kind=DEFAULT_KINDS["permanent" if endless and length > 10 else "plenary"],
        )
        for number, (start, length, endless) in enumerate(spans)
    ]
    agenda = Agenda(bookings)
    for one in bookings:
        clashing = [two.id for two in bookings if two.id != one.id and two.start < one.end and one.start < two.end]
        holder = agenda.holder(Good.ROOM, one)
        assert (holder is None) == (not clashing)
        assert holder is None or holder.id in clashing
