"""Who is who; the first row that fits wins."""

import pytest

from supervisor.domain.occupants import JIBRI, JIGASI, TRANSCRIBER, Occupant, Site, Sort

SITE = Site("focus@auth.meet.test", "hidden.meet.test")
GUEST, HIDDEN = "1a2b@meet.test/r", "recorder@hidden.meet.test/r"


@pytest.mark.parametrize(
    ("expected", "occupant"),
    [
        (Sort.PERSON, Occupant("1a2b", GUEST)),
        (Sort.PERSON, Occupant("1a2b", GUEST, role="moderator", affiliation="owner")),
        (Sort.FOCUS, Occupant("focus", "focus@auth.meet.test/x")),
        (Sort.PERSON, Occupant("focus", GUEST)),
        (Sort.SERVICE, Occupant("1a2b", "focus@auth.meet.test/x")),
        (Sort.RECORDER, Occupant("9f", HIDDEN, features=frozenset({JIBRI}))),
        (Sort.RECORDER, Occupant("9f", HIDDEN, session_id="s1", mode="stream")),
        (Sort.PERSON, Occupant("9f", GUEST, features=frozenset({JIBRI}), session_id="s1", mode="stream")),
        (Sort.PERSON, Occupant("9f", "recorder@hidden.meet.test.evil.test/r", features=frozenset({JIBRI}))),
        (Sort.TRANSCRIBER, Occupant("9f", HIDDEN, features=frozenset({TRANSCRIBER}))),
        (Sort.PERSON, Occupant("9f", GUEST, features=frozenset({TRANSCRIBER}))),
        (Sort.DIAL_IN, Occupant("9f", HIDDEN, features=frozenset({JIGASI}), dial_in=True)),
        (Sort.DIAL_IN, Occupant("9f", GUEST, features=frozenset({JIGASI}))),
        (Sort.ROOM_SYSTEM, Occupant("9f", HIDDEN, features=frozenset({JIBRI}), room_system=True)),
        (Sort.SERVICE, Occupant("9f", "probe@hidden.meet.test/r")),
        (Sort.VISITOR, Occupant("9f", GUEST, role="visitor")),
        (Sort.PERSON, Occupant("9f")),
    ],
)
def test_an_occupant_is_what_its_real_jid_allows(expected: Sort, occupant: Occupant) -> None:
    assert expected is SITE.sort(occupant)


def test_people_dial_ins_and_room_systems_count_and_nobody_else() -> None:
    counted = {sort for sort in Sort if sort in {Sort.PERSON, Sort.DIAL_IN, Sort.ROOM_SYSTEM}}
    assert counted == {Sort.PERSON, Sort.DIAL_IN, Sort.ROOM_SYSTEM}
    assert SITE.counts(Occupant("1a2b", GUEST))
    assert not SITE.counts(Occupant("focus", "focus@auth.meet.test/x"))


def test_without_a_hidden_domain_nobody_is_hidden() -> None:
    assert Site("focus@auth.meet.test").sort(Occupant("9f", "@/r", features=frozenset({JIBRI}))) is Sort.PERSON
