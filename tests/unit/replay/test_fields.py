"""What gets into an event log: of each field of each event it is decided, and nobody's name is in what is written."""

from __future__ import annotations

import dataclasses
import io
import json
from enum import Enum
from typing import Any, get_args, get_origin, get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supervisor.domain import events as ev
from supervisor.domain.occupants import Occupant, Site
from supervisor.replay import steps
from supervisor.replay.circumstances import Circumstances
from supervisor.replay.codec import NAMES, UnfitError, decode, encode
from supervisor.replay.disguise import Disguise
from supervisor.replay.fields import FIELDS, PLAIN

EVENTS: tuple[type, ...] = get_args(ev.Event)
SITE = Site("focus@auth.meet.test", "hidden.meet.test", "brewery@internal.meet.test")
ROOM = "sala1@conference.meet.test"
CANARIES = (
    "Núria Canari Puig",
    "nuria.canari@correu.example",
    "canari1234@meet.test/Zk9canari",
    "https://tv.example/live.m3u8?token=canari",
    "10.77.66.55",
    "2001:db8:ca:4a:51::7",
)
PUBLIC = {("Booking", "room"), ("Booking", "tenant"), ("Site", "focus"), ("Site", "hidden_domain"), ("Site", "brewery")}
"""Texts that stay: the room's name, as in logs and metrics. A site is disguised as a whole."""
OUR_WORDS = {"words"}
"""A reason is in the words of the daemon or a server: what is an address in it goes, the rest stays."""


def disguise() -> Disguise:
    return Disguise(SITE, "almatret-1", ROOM)


def reached(*classes: type) -> set[type]:
    """The dataclasses that these are made of."""
    found: set[type] = set()
    waiting = list(classes)
    while waiting:
        cls = waiting.pop()
        if cls not in found:
            found.add(cls)
            for hint in hints(cls).values():
                waiting += [part for part in parts(hint) if dataclasses.is_dataclass(part)]
    return found


def hints(cls: type) -> dict[str, Any]:
    known = get_type_hints(cls, localns=NAMES)
    return {field.name: known[field.name] for field in dataclasses.fields(cls)}


def parts(hint: Any) -> list[Any]:
    return [hint, *(inner for each in get_args(hint) for inner in parts(each))] if get_args(hint) else [hint]


WRITTEN = sorted(reached(*EVENTS, Circumstances) - {NAMES["Bridge"], NAMES["Endpoint"]}, key=lambda cls: cls.__name__)


@pytest.mark.parametrize("cls", WRITTEN, ids=lambda cls: cls.__name__)
def test_of_each_field_it_is_decided_what_becomes_of_it(cls: type) -> None:
    assert cls in FIELDS, (
        f"{cls.__name__} is part of an event now: say in supervisor/replay/fields.py what becomes of it"
    )
    assert [field.name for field in dataclasses.fields(cls)] == list(FIELDS[cls]), (
        f"say in supervisor/replay/fields.py what becomes of each field of {cls.__name__}"
    )


@pytest.mark.parametrize("cls", WRITTEN, ids=lambda cls: cls.__name__)
def test_no_text_is_written_as_it_is_unless_it_names_nobody(cls: type) -> None:
    plain = {name for name, treatment in FIELDS[cls].items() if treatment is PLAIN}
    texts = {name for name, hint in hints(cls).items() if str in parts(hint)}
    assert set() == {(cls.__name__, name) for name in plain & texts} - PUBLIC


def planted(hint: Any, canary: str) -> Any:  # noqa: PLR0911 - a table: one line per type
    """A value of that type with the canary wherever a text can be."""
    if hint is str:
        return canary
    if hint in {int, float}:
        return 3
    if hint is bool:
        return True
    if isinstance(hint, type) and issubclass(hint, Enum):
        return next(iter(hint))
    if dataclasses.is_dataclass(hint):
        return hint(**{name: planted(inner, canary) for name, inner in hints(hint).items()})  # type: ignore[operator]
    origin, inner = get_origin(hint), get_args(hint)
    if origin in {tuple, frozenset}:
        return origin([planted(inner[0], canary)])
    if inner and type(None) in inner:
        return planted(next(each for each in inner if each is not type(None)), canary)
    return {canary: canary}


@pytest.mark.parametrize("canary", CANARIES)
@pytest.mark.parametrize("cls", [*EVENTS, Circumstances], ids=lambda cls: cls.__name__)
def test_nobody_is_named_by_what_is_written(cls: type, canary: str) -> None:
    thing = planted(cls, canary)
    written = json.dumps(encode(thing, disguise()), ensure_ascii=False)
    if cls is Circumstances:
        booking = {"room": canary, "tenant": canary}
        written = json.dumps(without(json.loads(written), booking), ensure_ascii=False)
    name_in_a_reason = canary == CANARIES[0] and OUR_WORDS & set(used(cls))
    if not name_in_a_reason:
        assert canary not in written
        assert "canari" not in written.lower()


def without(value: Any, named: dict[str, str]) -> Any:
    """The same but for the room's name in the booking."""
    if isinstance(value, dict):
        return {k: without(v, named) for k, v in value.items() if named.get(k) != v or "kind" not in value}
    return [without(each, named) for each in value] if isinstance(value, list) else value


def used(cls: type) -> list[str]:
    return [
        treatment.__name__
        for each in reached(cls)
        if each in FIELDS
        for treatment in FIELDS[each].values()
        if hasattr(treatment, "__name__")
    ]


def test_what_a_guest_says_of_itself_is_not_written_either() -> None:
    guest = Occupant("a1", "x@meet.test/r", session_id="nuria", mode="stream", features=frozenset({"nuria"}), name="N")
    written = encode(guest, disguise())
    assert {"nick", "jid"} == set(written)
    assert "nuria" not in json.dumps(written)


def test_who_an_occupant_is_can_still_be_told() -> None:
    hidden = disguise()
    site = hidden.shown_site()
    occupants = [
        Occupant("focus", "focus@auth.meet.test/focus"),
        Occupant("focus", "impostor@meet.test/focus"),
        Occupant("a", "recorder@hidden.meet.test/x", session_id="s1"),
        Occupant("b", "other@hidden.meet.test/x"),
        Occupant("c", "c@meet.test/x", dial_in=True),
        Occupant("d", "d@meet.test/x", role="visitor"),
        Occupant("e", ""),
        Occupant("f", "focus@auth.meet.test/2"),
    ]
    shown = [decode(Occupant, json.loads(json.dumps(encode(each, hidden)))) for each in occupants]
    assert [SITE.sort(each) for each in occupants] == [site.sort(each) for each in shown]


def test_a_pseudonym_is_the_same_within_one_log_and_another_in_the_next() -> None:
    one, other = disguise(), disguise()
    assert one.nick("a1b2c3d4") == one.nick("a1b2c3d4")
    assert one.nick("a1b2c3d4") != other.nick("a1b2c3d4")
    assert one.by("a1b2c3d4 (moderator)") == f"{one.nick('a1b2c3d4')} (moderator)"


def test_two_titles_that_share_a_word_still_do() -> None:
    hidden = disguise()
    booked, shown = hidden.title("Ple ordinari de SETEMBRE"), hidden.title("Setembre: el ple")
    assert set(booked.split()) & set(shown.split())
    assert not set(booked.split()) & set(hidden.title("Concert").split())


# --- there and back ---

TEXT = st.text(max_size=12) | st.sampled_from(["almatret-1", ROOM, "focus", "xmpp", "file", "StreamInterrupted"])
NUMBERS = st.floats(-1e11, 1e11) | st.sampled_from([float("inf"), float("-inf")])


def anything(hint: Any) -> st.SearchStrategy[Any]:  # noqa: PLR0911 - a table: one line per type
    """Any value of a type."""
    atoms = {str: TEXT, int: st.integers(-(10**9), 10**9), float: NUMBERS, bool: st.booleans()}
    if hint in atoms:
        return atoms[hint]
    if isinstance(hint, type) and issubclass(hint, Enum):
        return st.sampled_from(hint)
    if dataclasses.is_dataclass(hint):
        return st.builds(hint, **{name: anything(inner) for name, inner in hints(hint).items()})  # type: ignore[arg-type]
    origin, inner = get_origin(hint), get_args(hint)
    if origin is tuple:
        return st.lists(anything(inner[0]), max_size=2).map(tuple)
    if origin is frozenset:
        return st.frozensets(anything(inner[0]), max_size=2)
    if inner and type(None) in inner:
        return st.none() | anything(next(each for each in inner if each is not type(None)))
    return st.just({})


RECORDED = sorted(steps.RECORDED, key=lambda cls: cls.__name__)


@pytest.mark.parametrize("cls", [*RECORDED, Circumstances], ids=lambda cls: cls.__name__)
def test_what_was_written_is_read_again(cls: type) -> None:
    @given(anything(cls))
    def there_and_back(thing: Any) -> None:
        written = encode(thing, disguise())
        line = json.loads(json.dumps(written, allow_nan=False))
        read = decode(cls, line)
        assert line == json.loads(json.dumps(undisguised(read), allow_nan=False))

    there_and_back()


def undisguised(thing: Any) -> Any:
    """All fields that differ from their defaults, as they are."""
    if dataclasses.is_dataclass(thing):
        found = {}
        for field in dataclasses.fields(thing):
            value = getattr(thing, field.name)
            default = field.default if field.default_factory is dataclasses.MISSING else field.default_factory()
            if FIELDS[type(thing)][field.name].__name__ != "LEFT_OUT" and value != default:
                found[field.name] = undisguised(value)
        return found
    if isinstance(thing, Enum):
        return thing.value
    if isinstance(thing, frozenset):
        return sorted(thing)
    if isinstance(thing, tuple):
        return [undisguised(each) for each in thing]
    return ("inf" if thing > 0 else "-inf") if thing in {float("inf"), float("-inf")} else thing


@pytest.mark.parametrize(
    ("given_", "said"),
    [
        ([], "an object is wanted, this is a list"),
        ({"room": "a"}, "occupant is missing"),
        ({"room": 1, "occupant": {"nick": "a"}}, "OccupantSeen.room: a text"),
        ({"room": "a", "occupant": {"nick": "a", "shoe": 1}}, "'shoe' is not known here"),
        ({"room": "a", "occupant": {"nick": "a", "visitors": 1e300}}, "Occupant.visitors: a whole number"),
        ({"room": "a", "occupant": {"nick": "a", "audio": 1}}, "Occupant.audio: true or false"),
        ({"room": "a" * 5000, "occupant": {"nick": "a"}}, "a text of at most 4096 signs"),
        ({"room": "a", "occupant": {"nick": "a", "features": "x"}}, "a list is wanted"),
        ({"room": "a", "occupant": {"nick": "a", "recording": {"status": "x"}}}, "one of 'on', 'off', 'pending'"),
    ],
)
def test_what_is_no_event_is_refused_with_its_place(given_: Any, said: str) -> None:
    with pytest.raises(UnfitError) as error:
        decode(ev.OccupantSeen, given_)
    assert said in str(error.value)


def test_not_a_number_is_no_instant() -> None:
    nan = json.load(io.StringIO("NaN"))
    with pytest.raises(UnfitError, match=r"until: a number up to"):
        decode(ev.RecordersSeen, {"source": "brewery", "idle": 0, "busy": 0, "unhealthy": 0, "until": nan})
