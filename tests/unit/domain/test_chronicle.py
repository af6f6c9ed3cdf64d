"""The chain: whatever is done to it is found."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supervisor.domain.chronicle import Chronicle, Head, Link, append, canonical, clean, problems, seconds, stamp, whose
from supervisor.domain.records import ChronicleEntry

FACTS = {
    "organisation": "Ajuntament d'Almatret",
    "title": "Ple · ñ",
    "room": "[tenant]ple",
    "kind": "plenary",
    "start": "2026-09-03T17:00:00.000Z",
    "end": None,
    "must_stream": True,
}
DETAILS = st.dictionaries(
    st.text(max_size=5), st.none() | st.booleans() | st.integers() | st.text(max_size=8), max_size=3
)
MORE = st.lists(
    st.builds(
        ChronicleEntry,
        st.just("s1"),
        st.floats(1.7e9, 1.8e9),
        st.sampled_from(("people", "stream", "told")),
        DETAILS.map(lambda words: {k: v for k, v in words.items() if fits(k) and (not isinstance(v, str) or fits(v))}),
    ),
    min_size=2,
    max_size=8,
)


def fits(text: str) -> bool:
    return clean(text) == text


def chain(entries: Sequence[ChronicleEntry]) -> Chronicle:
    links: list[Link] = []
    head: Head | None = None
    for entry in [ChronicleEntry("s1", 1.7e9, "opened", FACTS), *entries]:
        link, head = append(head, links[-1] if links else None, entry)
        links.append(link)
    return Chronicle("s1", tuple(links), head)


@given(MORE)
def test_what_nobody_touched_is_whole(entries: list[ChronicleEntry]) -> None:
    assert [] == problems(chain(entries))


@given(MORE, st.data())
def test_a_changed_character_anywhere_is_found(entries: list[ChronicleEntry], data: st.DataObject) -> None:
    whole = chain(entries)
    place = data.draw(st.integers(0, len(whole.links) - 1))
    name = data.draw(st.sampled_from(("session", "seq", "at", "what", "detail", "hash")))
    links = list(whole.links)
    before = getattr(links[place], name)
    after: Any = 99
    if isinstance(before, str):
        at = data.draw(st.integers(0, len(before) - 1))
        other = data.draw(st.characters(codec="utf-8", exclude_characters=before[at]))
        after = data.draw(st.sampled_from((before[:at] + other + before[at + 1 :], before[:at] + before[at + 1 :])))
    links[place] = replace(links[place], **{name: after})
    assert problems(replace(whole, links=tuple(links)))


@given(MORE, st.data())
def test_a_missing_a_repeated_or_a_moved_entry_is_found(entries: list[ChronicleEntry], data: st.DataObject) -> None:
    whole = chain(entries)
    one, two = data.draw(st.lists(st.integers(0, len(whole.links) - 1), min_size=2, max_size=2, unique=True))
    dropped, twice, swapped = list(whole.links), list(whole.links), list(whole.links)
    del dropped[one]
    twice.insert(two, twice[one])
    swapped[one], swapped[two] = swapped[two], swapped[one]
    for links in (dropped, twice, swapped):
        assert problems(replace(whole, links=tuple(links)))


@given(MORE)
def test_an_end_that_was_cut_off_is_found_by_the_head(entries: list[ChronicleEntry]) -> None:
    whole = chain(entries)
    for cut in range(len(whole.links)):
        assert problems(replace(whole, links=whole.links[:cut]))
    assert problems(replace(whole, head=None))


@pytest.mark.parametrize("change", [{"room": "other"}, {"starts": 0.0}, {"until": 0.0}, {"seq": 9}, {"hash": "0" * 64}])
def test_a_head_that_says_something_else_is_found(change: dict[str, Any]) -> None:
    whole = chain([ChronicleEntry("s1", 1.7e9 + 5, "closed", {"reason": "over"})])
    assert whole.head is not None
    assert problems(replace(whole, head=replace(whole.head, **change)))


def test_a_cut_chain_that_is_written_on_stays_broken() -> None:
    whole = chain([ChronicleEntry("s1", 1.7e9 + n, "people", {"people": n}) for n in range(5)])
    cut = whole.links[:3]
    link, head = append(whole.head, cut[-1], ChronicleEntry("s1", 1.8e9, "closed", {"reason": "over"}))
    assert 7 == link.seq
    assert problems(Chronicle("s1", (*cut, link), head))


def test_the_first_hash_is_as_documented() -> None:
    """Computed apart, with ``sha256sum``'s algorithm on the documented text: what a stranger would do."""
    import hashlib  # noqa: PLC0415 - only here

    (first,) = chain([]).links
    facts = (
        '{"end":null,"kind":"plenary","must_stream":true,"organisation":"Ajuntament d\'Almatret","room":"[tenant]ple",'
        '"start":"2026-09-03T17:00:00.000Z","title":"Ple · ñ"}'
    )
    genesis = hashlib.sha256(f'{{"facts":{facts},"format":1,"session":"s1"}}'.encode()).hexdigest()
    text = (
        f'{{"at":"2023-11-14T22:13:20.000Z","detail":{facts},"previous":"{genesis}","seq":1,"session":"s1",'
        '"what":"opened"}'
    )
    assert hashlib.sha256(text.encode()).hexdigest() == first.hash


def test_json_has_one_spelling() -> None:
    assert '{"a":"·","b":[1,null,true]}' == canonical({"b": [1, None, True], "a": "·"})
    with pytest.raises(ValueError, match="not JSON compliant"):
        canonical(float("nan"))


def test_an_instant_is_read_as_it_was_written() -> None:
    assert "2026-09-03T17:00:00.250Z" == stamp(1_788_454_800.25)
    assert 1_788_454_800.25 == seconds("2026-09-03T17:00:00.250Z")


@pytest.mark.parametrize(
    ("shown", "by"),
    [
        ("a1b2c3d4 (moderator)", "a1b2c3d4 (moderator)"),
        ("a moderator", "Maria Planted (moderator)"),
        ("a moderator", "maria@example.org (moderator)"),
        ("support", "support"),
        ("somebody", "maria@example.org"),
    ],
)
def test_a_name_that_somebody_chose_is_not_written(shown: str, by: str) -> None:
    assert shown == whose(by)
