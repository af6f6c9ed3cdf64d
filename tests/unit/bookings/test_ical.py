from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from supervisor.bookings.ical import Defaults, Sessions, read_feed
from supervisor.bookings.ical_text import NoCalendarError
from supervisor.bookings.repeat import Window
from supervisor.domain.kinds import DEFAULT_KINDS

WINDOW = Window(dt.date(2026, 9, 1), "Europe/Madrid")
KINDS = tuple(DEFAULT_KINDS)
DEFAULTS = Defaults("unsupported", KINDS, "ca", "Consorci", ())
OURS = Defaults("unsupported", KINDS, "ca", "", ("meet.example.org",))
OUTLOOK_ZONE = """BEGIN:VTIMEZONE
TZID:{name}
BEGIN:STANDARD
DTSTART:16010101T030000
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=10
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:16010101T020000
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=3
END:DAYLIGHT
END:VTIMEZONE
"""


def event(*lines: str, uid: str = "u1", start: str = "DTSTART;TZID=Europe/Madrid:20260903T190000") -> str:
    whole = ["BEGIN:VEVENT", f"UID:{uid}", start, *lines, "END:VEVENT"]
    return "".join(f"{line}\n" for line in whole)


def feed(*events: str) -> bytes:
    text = "BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//x//EN\n" + "".join(events) + "END:VCALENDAR\n"
    return text.replace("\n", "\r\n").encode()


def read(*events: str, defaults: Defaults = DEFAULTS, window: Window = WINDOW) -> Sessions:
    return read_feed(feed(*events), defaults, window)


def cells(*events: str, defaults: Defaults = DEFAULTS) -> list[dict[str, str]]:
    sessions = read(*events, defaults=defaults)
    assert [] == sessions.notes
    return [words for _, words in sessions.cells]


def starts(*events: str) -> list[str]:
    utc = (dt.datetime.fromisoformat(words["start"]).astimezone(dt.UTC) for words in cells(*events))
    return [f"{start:%Y-%m-%d %H:%M}" for start in utc]


ROOM = "LOCATION:https://meet.example.org/PleAlmatret"
TWO_HOURS = "DURATION:PT2H"


def test_an_event_is_the_words_of_a_booking() -> None:
    (words,) = cells(
        event(
            "DTEND;TZID=Europe/Madrid:20260903T210000",
            "SUMMARY:Ple ordinari\\, setembre",
            "CATEGORIES:Town hall,PLENARY",
            ROOM,
            "ORGANIZER;CN=Secret Person:mailto:secret@example.org",
            "ATTENDEE;CN=Secret Guest:mailto:guest@example.org",
        )
    )
    assert words.pop("id").startswith("cal-")
    assert words == {
        "kind": "plenary",
        "title": "Ple ordinari, setembre",
        "organisation": "Consorci",
        "language": "ca",
        "room": "PleAlmatret",
        "start": "2026-09-03T19:00:00+02:00",
        "duration": "7200s",
    }


def test_every_word_may_be_a_property() -> None:
    own = {
        "ROOM": "[almatret]ple1",
        "KIND": "test",
        "LANGUAGE": "es",
        "LIMIT": "25",
        "STREAM-YOUTUBE": "dQw4w9WgXcQ",
        "STREAM-JIBRI": "true",
        "MAX-OCCUPANTS": "40",
        "CONTACTS": "a@example.org\\;b@example.org",
        "ORGANISATION": "Ajuntament",
        "ID": "almatret",
    }
    (words,) = cells(event(TWO_HOURS, *(f"X-JITSI-SUPERVISOR-{name}:{text}" for name, text in own.items())))
    assert (words["id"], words["room"], words["kind"], words["limit"]) == ("almatret", "[almatret]ple1", "test", "25")
    assert (words["stream.youtube"], words["stream.jibri"], words["max_occupants"]) == ("dQw4w9WgXcQ", "true", "40")
    assert (words["contacts"], words["organisation"]) == ("a@example.org;b@example.org", "Ajuntament")


@pytest.mark.parametrize(
    ("room", "line"),
    [
        ("PleAlmatret", "LOCATION:https://meet.example.org/PleAlmatret"),
        ("[almatret]ple1", "LOCATION:https://meet.example.org/almatret/ple1#config.startWithAudioMuted=true"),
        ("PleAlmatret", "LOCATION:Sala de plens\\; https://meet.example.org/PleAlmatret?jwt=x"),
        ("plealmatret", "LOCATION:plealmatret"),
        ("PleAlmatret", "URL:https://meet.example.org/PleAlmatret"),
        ("PleAlmatret", "CONFERENCE;VALUE=URI;FEATURE=VIDEO:https://meet.example.org/PleAlmatret"),
    ],
)
def test_a_room_is_an_address_of_jitsi_or_a_bare_name(room: str, line: str) -> None:
    assert [room] == [words["room"] for words in cells(event(TWO_HOURS, line))]
    assert [room] == [words["room"] for words in cells(event(TWO_HOURS, line), defaults=OURS)]


@pytest.mark.parametrize(
    "line",
    [
        "LOCATION:Sala de plens de l'Ajuntament",
        "LOCATION:https://zoom.us/j/123456789",
        "LOCATION:https://teams.microsoft.com/l/meetup-join/19%3ameeting",
        "LOCATION:https://cloud.example.org/call/ab12cd34",
        "LOCATION:https://meet.example.org/",
        "LOCATION:",
        "URL:https://[half",
        "SUMMARY:nothing",
    ],
)
def test_an_event_without_a_room_of_ours_is_counted_and_left_out(line: str) -> None:
    sessions = read(event(TWO_HOURS, line))
    assert ([], [], 1) == (sessions.cells, sessions.notes, sessions.elsewhere)


def test_where_our_sites_are_configured_only_their_addresses_count_and_those_in_the_description_too() -> None:
    assert 1 == read(event(TWO_HOURS, "LOCATION:https://other.example.org/Room"), defaults=OURS).elsewhere
    add_in = "DESCRIPTION:Join the meeting:\\nhttps://meet.example.org/PleAlmatret\\nor call"
    assert ["PleAlmatret"] == [words["room"] for words in cells(event(TWO_HOURS, add_in), defaults=OURS)]
    wrong = event(TWO_HOURS, "LOCATION:https://meet.example.org/Ple%20d%27Almatret")
    assert ["Ple d'Almatret"] == [words["room"] for words in cells(wrong, defaults=OURS)]
    assert 1 == read(wrong).elsewhere


@pytest.mark.parametrize(
    ("zone", "before"),
    [
        ("Europe/Madrid", ""),
        ("Romance Standard Time", ""),
        ("Romance Standard Time", OUTLOOK_ZONE.format(name="Romance Standard Time")),
        ('"(UTC+01:00) Brussels, Madrid"', OUTLOOK_ZONE.format(name="(UTC+01:00) Brussels\\, Madrid")),
        ("Ajuntament", OUTLOOK_ZONE.format(name="Ajuntament")),
    ],
)
def test_time_zones_of_the_feed_and_of_windows_keep_their_clock_over_the_night_of_october(
    zone: str, before: str
) -> None:
    start = f"DTSTART;TZID={zone}:20261022T190000"
    found = starts(before, event(TWO_HOURS, ROOM, "RRULE:FREQ=WEEKLY;COUNT=2", start=start))
    assert ["2026-10-22 17:00", "2026-10-29 18:00"] == found


def test_times_in_utc_and_times_without_a_zone() -> None:
    assert ["2026-09-03 19:00"] == starts(event(TWO_HOURS, ROOM, start="DTSTART:20260903T190000Z"))
    assert ["2026-09-03 17:00"] == starts(event(TWO_HOURS, ROOM, start="DTSTART:20260903T190000"))


def test_a_session_over_the_night_of_october_lasts_as_long_as_it_says() -> None:
    start = "DTSTART;TZID=Europe/Madrid:20261025T003000"
    (words,) = cells(event("DTEND;TZID=Europe/Madrid:20261025T043000", ROOM, start=start))
    assert "18000s" == words["duration"]


def test_a_moved_a_cancelled_and_an_excepted_occurrence() -> None:
    master = event(TWO_HOURS, ROOM, "RRULE:FREQ=MONTHLY;BYDAY=1TH;COUNT=5", "EXDATE;TZID=Europe/Madrid:20261203T190000")
    moved = event(
        "RECURRENCE-ID;TZID=Europe/Madrid:20261001T190000",
        TWO_HOURS,
        "LOCATION:https://meet.example.org/AnotherRoom",
        start="DTSTART;TZID=Europe/Madrid:20261002T200000",
    )
    cancelled = event(
        "RECURRENCE-ID;TZID=Europe/Madrid:20261105T190000",
        "STATUS:CANCELLED",
        TWO_HOURS,
        start="DTSTART;TZID=Europe/Madrid:20261105T190000",
    )
    found = [(words["id"][-15:], words["room"], words["start"][:16]) for words in cells(master, moved, cancelled)]
    assert [
        ("2026-09-03-1900", "PleAlmatret", "2026-09-03T19:00"),
        ("2026-10-01-1900", "AnotherRoom", "2026-10-02T20:00"),
        ("2027-01-07-1900", "PleAlmatret", "2027-01-07T19:00"),
    ] == found


def test_an_event_that_is_cancelled_is_gone_and_so_is_a_feed_that_cancels() -> None:
    assert [] == cells(event(TWO_HOURS, ROOM, "STATUS:CANCELLED"))
    assert [] == cells("METHOD:CANCEL\n", event(TWO_HOURS, ROOM))


def test_the_id_stays_when_the_event_is_moved_and_shows_nothing_of_the_uid() -> None:
    (first,) = cells(event(TWO_HOURS, ROOM, uid="secret.person@example.org"))
    moved = event(TWO_HOURS, ROOM, uid="secret.person@example.org", start="DTSTART:20261001T190000Z")
    (second,) = cells(moved)
    assert first["id"] == second["id"]
    assert "secret" not in first["id"]
    assert cells(event(TWO_HOURS, ROOM, uid="another"))[0]["id"] != first["id"]


def test_events_without_a_time_of_day_are_counted_and_left_out() -> None:
    sessions = read(event(ROOM, start="DTSTART;VALUE=DATE:20260903"), event(TWO_HOURS, ROOM, uid="u2"))
    assert (1, 1, []) == (len(sessions.cells), sessions.all_day, sessions.notes)


def test_only_the_window_exists() -> None:
    long_ago = event(TWO_HOURS, ROOM, start="DTSTART:20100903T190000Z")
    far = event(TWO_HOURS, ROOM, uid="u2", start="DTSTART:20300903T190000Z")
    assert [] == cells(long_ago, far)
    endless = event(TWO_HOURS, ROOM, "RRULE:FREQ=WEEKLY", start="DTSTART:20100902T170000Z")
    assert 60 < len(cells(endless)) < 65


def test_folded_lines_alarms_and_several_calendars_in_one_feed() -> None:
    alarm = "BEGIN:VALARM\nTRIGGER:-PT15M\nDESCRIPTION:x\nDTSTART:19700101T000000Z\nEND:VALARM"
    folded = "LOCATION:https://meet.exa\n mple.org/PleAlm\n\tatret"
    assert ["PleAlmatret"] == [words["room"] for words in cells(event(TWO_HOURS, folded, alarm))]
    two = event(TWO_HOURS, ROOM) + "END:VCALENDAR\nBEGIN:VCALENDAR\n" + event(TWO_HOURS, ROOM, uid="u2")
    assert 2 == len(cells(two))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<!DOCTYPE html><html><body>Log in</body></html>",
        b"404",
        feed(event(TWO_HOURS, ROOM))[:-20],
        b"\xff\xfe\x00\x00",
    ],
)
def test_what_is_no_whole_calendar_is_refused(content: bytes) -> None:
    with pytest.raises(NoCalendarError, match=";"):
        read_feed(content, DEFAULTS, WINDOW)


def test_one_broken_event_leaves_the_others_and_names_its_line_alone() -> None:
    broken = event(TWO_HOURS, ROOM, "SUMMARY:Secret", uid="secret", start="DTSTART:20269999T990000")
    sessions = read(broken, event(TWO_HOURS, ROOM, "RRULE:FREQ=MONTHLY;BYDAY=9XX", uid="u3"), event(TWO_HOURS, ROOM))
    assert 1 == len(sessions.cells)
    assert ["line 4", "line 11"] == [note.partition(":")[0] for note in sessions.notes]
    assert "ecret" not in str(sessions.notes)


@pytest.mark.parametrize("frequency", ["SECONDLY;COUNT=1000000", "MINUTELY", "HOURLY;INTERVAL=1", "DAILY;BYHOUR=1,2"])
def test_a_rule_that_nobody_means_is_left_out_before_it_is_worked_out(frequency: str) -> None:
    sessions = read(event(TWO_HOURS, ROOM, f"RRULE:FREQ={frequency}"), event(TWO_HOURS, ROOM, uid="u2"))
    assert 1 == len(sessions.cells)
    assert "more than once a day" in sessions.notes[0]


def test_an_occurrence_limit_holds_for_each_event() -> None:
    first = dt.datetime(2026, 9, 3, tzinfo=dt.UTC)
    dates = [f"RDATE:{first + dt.timedelta(hours=6 * i):%Y%m%dT%H%M%SZ}" for i in range(1, 1100)]
    sessions = read(event("DURATION:PT1H", ROOM, *dates, start="DTSTART:20260903T000000Z"))
    assert 1000 == len(sessions.cells)
    assert "only its next 1000" in sessions.notes[0]


_line = st.sampled_from(
    [
        "BEGIN:VEVENT",
        "END:VEVENT",
        "UID:a",
        "DTSTART:20260903T190000Z",
        "DTSTART;TZID=Nowhere:20260903T190000",
        "DTEND:20260903T180000Z",
        "DURATION:-PT2H",
        "RRULE:FREQ=DAILY;COUNT=3",
        "RRULE:FREQ=WEEKLY;UNTIL=2026",
        "RECURRENCE-ID:20260904T190000Z",
        "EXDATE:20260904",
        "RDATE;VALUE=PERIOD:20260905T190000Z/PT1H",
        "LOCATION:ple1234",
        "STATUS:CANCELLED",
        "CATEGORIES:",
        "X-JITSI-SUPERVISOR-LINE:x",
        "BEGIN:VTIMEZONE",
        "TZID:Nowhere",
        "END:VTIMEZONE",
        "BEGIN:VALARM",
        " folded",
        ":",
    ]
)


@settings(deadline=None, max_examples=60)
@given(st.lists(_line, max_size=25))
def test_no_feed_raises_anything(lines: list[str]) -> None:
    sessions = read("".join(f"{line}\n" for line in lines))
    assert all(words["room"] and words["start"] for _, words in sessions.cells)


@given(st.binary(max_size=200))
def test_no_bytes_raise_anything_but_that_they_are_no_calendar(content: bytes) -> None:
    with pytest.raises(NoCalendarError):
        read_feed(content, DEFAULTS, WINDOW)
