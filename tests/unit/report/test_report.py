"""The report against a plenary whose course is known: figures, forms, checks."""

import csv
import json
import re
from dataclasses import replace
from functools import cache
from io import StringIO
from typing import Any

import pytest

from supervisor.domain.chronicle import Chronicle, UnreadableChronicleError
from supervisor.domain.records import ChronicleEntry
from supervisor.report.account import Account, account
from supervisor.report.document import document
from supervisor.report.formats import render
from supervisor.report.table import COLUMNS, harmless, table
from supervisor.report.verify import check, check_file
from tests.unit.builders import START, Play, booking, focus, on, people, recorder
from tests.unit.report.evening import EXAMPLE, MODERATOR, SECOND, evening, sealed

LANGUAGES = ("ca", "es", "en", "it")


@cache
def record() -> Chronicle:
    return sealed(evening().commands)


@pytest.fixture
def told() -> Account:
    return account("almatret-1", record().links)


def test_the_two_interruptions_are_told_with_all_that_was_done(told: Account) -> None:
    first, second = told.interruptions
    after = [at - START for at in (first.start, first.detected, first.tellings[0].at, first.end or 0)]
    assert [1984.0, 1984.0, 1984.0, 2153.0] == after
    (pause,) = first.pauses
    assert (2011.0, 2171.0) == (pause.start - START, (pause.end or 0) - START)
    assert [f"{MODERATOR} (moderator)"] * 3 == [pause.by, pause.resumed_by, first.acknowledged_by]
    assert ("encoder", 5105.0, 5113.0) == (second.side, second.start - START, second.detected - START)
    assert f"{SECOND} (moderator)" == second.acknowledged_by


def test_the_figures_are_what_happened(told: Account) -> None:
    summary = told.summary
    assert (2, 2) == (summary.interruptions, summary.pauses)
    assert (2153 - 1984) + (5420 - 5105) == summary.stream["down"]
    assert (2171 - 2011) + (5433 - 5140) == summary.paused
    assert 33 == summary.peak
    assert (95.0, 7979.0) == ((summary.first_in or 0) - START, (summary.last_out or 0) - START)
    assert 4429 - 4395 == summary.people_unknown == summary.stream["unknown"]
    assert told.until - told.opened == pytest.approx(sum(summary.stream.values()))


def test_the_time_over_the_limit_is_from_the_crossing_to_the_return() -> None:
    play = Play(booking(limit=5)).room(*people(5)).at(100.0)
    play.come(people(6)[5]).at(410.0).go("p5").at(500.0)
    assert 310.0 == account("almatret-1", sealed(play.commands).links).summary.over_limit


def test_counts_that_change_all_the_time_are_few_entries_and_keep_the_peak() -> None:
    play = Play(booking(limit=500)).room(*people(2))
    for second in range(600):
        play.at(second + 0.5).come(people(250)[200 + second % 50])
        if second % 50 == 49:
            play.go(*(f"p{n}" for n in range(200, 250)))
    chronicle = sealed(play.at(610.0).commands)
    assert 62 >= sum(link.what == "people" for link in chronicle.links)
    assert 52 == account("almatret-1", chronicle.links).summary.peak


def test_a_person_who_only_speaks_is_no_entry() -> None:
    play = Play().room(*people(3)).at(5.0)
    before = len(sealed(play.commands).links)
    for muted in (True, False) * 20:
        play.come(replace(people(1)[0], audio=muted))
    assert before == len(sealed(play.commands).links)


def test_a_process_that_was_killed_leaves_a_gap_that_is_told() -> None:
    play = Play().room(focus(), *people(3)).come(recorder(), focus(on())).at(100.0)
    later = Play()
    later.now = START + 130.0
    links = sealed(play.commands)
    again = [
        replace(command.change, at=START + 130.0)
        for command in later.commands
        if isinstance(getattr(command, "change", None), ChronicleEntry)
    ]
    chronicle = extended(links, again)
    gap = next(gap for gap in account("almatret-1", chronicle.links).gaps if gap.what == "supervisor")
    assert (links.links[-1].instant, START + 130.0) == (gap.start, gap.end)


def extended(chronicle: Chronicle, entries: list[ChronicleEntry]) -> Chronicle:
    from supervisor.domain.chronicle import append  # noqa: PLC0415 - the store's part, only here

    links, head = list(chronicle.links), chronicle.head
    for entry in entries:
        link, head = append(head, links[-1], entry)
        links.append(link)
    return Chronicle(chronicle.session, tuple(links), head)


def test_a_room_that_is_always_open_has_no_record() -> None:
    from supervisor.domain.kinds import DEFAULT_KINDS  # noqa: PLC0415

    play = Play(booking(kind=DEFAULT_KINDS["permanent"], duration=None)).room(*people(3)).at(300.0)
    assert () == sealed(play.commands).links


# --- forms ---


def test_the_same_record_gives_the_same_bytes_and_they_are_whole() -> None:
    exported = render(record(), "json").body
    assert exported == render(record(), "json").body
    found, held = check_file(exported)
    assert ((), record().links) == (found.problems, held.links if held else None)
    assert found.head == record().links[-1].hash == json.loads(exported)["seal"]["head"]


def leaves(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    if isinstance(value, dict):
        return [leaf for key, inner in value.items() for leaf in leaves(inner, (*path, key))]
    if isinstance(value, list):
        return [leaf for n, inner in enumerate(value[:3]) for leaf in leaves(inner, (*path, n))]
    return [path]


def test_every_value_of_an_exported_report_that_is_changed_is_found() -> None:
    exported = render(record(), "json").body
    every = leaves(json.loads(exported))
    assert len(every) > 100
    for path in every:
        changed = json.loads(exported)
        inner = changed
        for key in path[:-1]:
            inner = inner[key]
        before = inner[path[-1]]
        inner[path[-1]] = before + 1 if isinstance(before, (int, float)) else f"{before}x" if before else "x"
        assert check_file(json.dumps(changed).encode())[0].problems, path


@pytest.mark.parametrize("nonsense", [b"", b"[]", b"{}", b"\xff", b'{"format": 1, "format": 1}', b"[" * 100_000])
def test_a_file_that_is_no_report_is_said_to_be_none(nonsense: bytes) -> None:
    assert "no report" in check_file(nonsense)[0].problems[0]


def test_a_damaged_record_is_told_on_the_page() -> None:
    links = list(record().links)
    links[20] = replace(links[20], at="2026-09-03T17:11:11.111Z")
    damaged = replace(record(), links=tuple(links))
    assert check(damaged).problems
    assert "ATTENTION" in render(damaged, "html", "en").body.decode()
    assert "ATTENTION" not in render(record(), "html", "en").body.decode()


def test_a_record_of_nothing_is_refused() -> None:
    with pytest.raises(UnreadableChronicleError):
        account("almatret-1", ())


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_is_whole_in_every_language_and_fetches_nothing(language: str) -> None:
    text = render(record(), "html", language).body.decode()
    assert f'<html lang="{language}">' in text
    assert record().links[-1].hash in text
    assert text.count("<svg") >= 1
    assert not re.findall(r"<script|<link|<img|<iframe|(?:src|href)=|url\((?!#)|@import", text)


def test_what_a_booking_says_is_text_on_the_page_and_no_markup() -> None:
    play = Play(booking(title="<script>alert(1)</script>", organisation='"><b>&')).room(*people(2)).at(60.0)
    text = render(sealed(play.commands), "html").body.decode()
    assert "<script>" not in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text


def test_the_table_has_a_line_for_each_incident(told: Account) -> None:
    rows = list(csv.DictReader(StringIO(table(told), newline="")))
    assert ["StreamInterrupted", "ParticipantLimit", "StreamInterrupted"] == [row["monitor"] for row in rows]
    assert ["169.000", "315.000"] == [row["seconds"] for row in rows if row["interruption"] == "yes"]
    assert table(told).count("\r\n") == 4
    assert list(COLUMNS) == list(rows[0])


@pytest.mark.parametrize("formula", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "  =1", "＝1"])
def test_no_cell_is_a_formula(formula: str) -> None:
    assert f"'{formula}" == harmless(formula)
    assert "none" == harmless("none")


def test_the_schema_is_the_documents(told: Account) -> None:
    shown = document(told)
    assert shown.model_validate_json(shown.model_dump_json(by_alias=True)) == shown


def test_the_example_of_the_documents_is_todays() -> None:
    renewed = "python -m tests.unit.report.evening docs/report-example.html renews it"
    assert render(sealed(evening().at(8000.0).commands), "html").body.decode() == EXAMPLE.read_text(), renewed


def test_no_nick_of_a_person_but_the_moderators_sign_is_anywhere() -> None:
    text = render(record(), "json").body.decode() + render(record(), "html").body.decode()
    assert MODERATOR in text
    assert not re.search(
        r"p00000|meet\.test/r|@", text.replace("@page", "").replace("@bottom", "").replace("@media", "")
    )
