"""The mirror of one room: XML in, events out."""

from xml.etree import ElementTree as ET

from hypothesis import given
from hypothesis import strategies as st

from supervisor.domain import events as ev
from supervisor.domain.occupants import RecordingStatus, Status
from supervisor.domain.room_state import RoomState
from supervisor.xmpp.decode import Joined, Left, Mirrored, Presence, Subject, Unavailable, decode
from supervisor.xmpp.mirror import Health, Mirror

HOSTS = ("conference.meet.test",)
ROOM = "sala1@conference.meet.test"
NS = "urn:x-jitsi-supervisor:muc:0"
USER = "http://jabber.org/protocol/muc#user"


def tag(seq: int, count: int = 0, meeting: str = "m1", boot: str = "b1") -> str:
    return f"<supervision xmlns='{NS}' boot='{boot}' seq='{seq}' count='{count}' meeting='{meeting}'/>"


def read(xml: str) -> Mirrored:
    element = ET.fromstring(f"<stream xmlns='jabber:component:accept'>{xml}</stream>")[0]
    decoded = decode(element, HOSTS)
    assert isinstance(decoded, Presence | Unavailable | Joined | Left | Subject)
    return decoded


def occupant(nick: str, seq: int, count: int = 0, *, extra: str = "", boot: str = "b1") -> Mirrored:
    item = f"<item affiliation='none' role='participant' jid='{nick}@meet.test/r'/>"
    return read(
        f"<presence from='{ROOM}/{nick}'><x xmlns='{USER}'>{item}</x>{extra}{tag(seq, count, boot=boot)}</presence>"
    )


def own(seq: int, count: int = 0, meeting: str = "m1", state: str = "") -> Mirrored:
    me = f"<x xmlns='{USER}'><item affiliation='none' role='none'/><status code='110'/></x>"
    return read(f"<presence from='{ROOM}/supervisor'>{me}{state}{tag(seq, count, meeting)}</presence>")


def left(nick: str, seq: int, count: int = 0, code: str = "") -> Mirrored:
    status = f"<status code='{code}'/>" if code else ""
    x = f"<x xmlns='{USER}'><item role='none' affiliation='none'/>{status}</x>"
    return read(f"<presence type='unavailable' from='{ROOM}/{nick}'>{x}{tag(seq, count)}</presence>")


def destroyed(seq: int) -> Mirrored:
    x = f"<x xmlns='{USER}'><item role='none'/><destroy><reason>over</reason></destroy><status code='110'/></x>"
    return read(f"<presence type='unavailable' from='{ROOM}/supervisor'>{x}{tag(seq, meeting='')}</presence>")


def joined() -> Mirror:
    mirror = Mirror(ROOM)
    mirror.joining()
    events = [
        event for stanza in (occupant("a", 1, 2), occupant("b", 2, 2), own(3, 2)) for event in take(mirror, stanza)
    ]
    assert [("a", "b")] == [tuple(o.nick for o in e.occupants) for e in events if isinstance(e, ev.RoomRead)]
    return mirror


def take(mirror: Mirror, *stanzas: Mirrored) -> list[ev.Event]:
    return [event for stanza in stanzas for event in mirror.take(stanza, "b1")]


def test_a_snapshot_is_one_event() -> None:
    assert joined().health is Health.JOINED


def test_an_absent_room_is_read_as_empty() -> None:
    mirror = Mirror(ROOM)
    mirror.joining()
    assert [ev.RoomRead(ROOM, "", ())] == take(mirror, own(1, meeting=""))


def test_changes_follow_the_snapshot() -> None:
    mirror = joined()
    came, went = take(mirror, occupant("c", 4, 3), left("a", 5, 2, "307"))
    assert isinstance(came, ev.OccupantSeen)
    assert came.occupant.nick == "c"
    assert ev.OccupantLeft(ROOM, "a", frozenset({"307"})) == went


def test_a_gap_makes_it_stale_and_nothing_is_said_until_it_is_read_again() -> None:
    mirror = joined()
    assert take(mirror, occupant("d", 5, 4)) == []
    assert mirror.health is Health.STALE
    assert take(mirror, occupant("e", 6, 5)) == []
    mirror.joining()
    assert take(mirror, occupant("e", 7, 5)) == []
    events = take(mirror, occupant("e", 1, 1), own(2, 1))
    assert ["e"] == [o.nick for e in events if isinstance(e, ev.RoomRead) for o in e.occupants]


def test_another_boot_makes_it_stale() -> None:
    mirror = joined()
    assert take(mirror, occupant("c", 4, 3, boot="b2")) == []
    assert mirror.health is Health.STALE


def test_a_room_that_ends_is_waited_for() -> None:
    mirror = joined()
    assert [ev.MeetingEnded(ROOM, "over")] == take(mirror, destroyed(4))
    focus, began = take(mirror, occupant("focus", 5, 1), own(6, 1, "m2"))
    assert isinstance(focus, ev.OccupantSeen)
    assert ev.MeetingBegan(ROOM, "m2") == began


def test_a_count_that_is_not_ours_is_noticed() -> None:
    mirror = joined()
    take(mirror, occupant("c", 4, 7))
    assert mirror.differs
    take(mirror, left("c", 5, 2))
    assert not mirror.differs


def test_what_focus_publishes_is_carried_over() -> None:
    status = (
        "<jibri-recording-status xmlns='http://jitsi.org/protocol/jibri' status='off' recording_mode='stream' "
        f"session_id='s1' initiator='{ROOM}/1a2b3c4d' failure_reason='error'/>"
        "<conference-properties xmlns='http://jitsi.org/protocol/focus'>"
        "<property key='visitor-count' value='37'/></conference-properties>"
    )
    presence = occupant("focus", 4, extra=status)
    assert isinstance(presence, Presence)
    assert RecordingStatus(Status.OFF, "s1", "stream", "1a2b3c4d", "error") == presence.occupant.recording
    assert presence.occupant.visitors == 37


@given(st.lists(st.tuples(st.sampled_from("abc"), st.booleans(), st.integers(0, 12)), max_size=30))
def test_a_mirror_is_never_wrong_without_knowing_it(steps: list[tuple[str, bool, int]]) -> None:
    """Lose and reorder stanzas at will: either the mirror is stale, or it shows what the events said."""
    mirror, shown, seq = joined(), {"a", "b"}, 4
    for nick, there, lost in steps:
        seq += 1 if lost == 12 else 0
        for event in take(mirror, occupant(nick, seq) if there else left(nick, seq)):
            if isinstance(event, ev.OccupantSeen):
                shown.add(event.occupant.nick)
            elif isinstance(event, ev.OccupantLeft):
                shown.discard(event.nick)
        seq += 1
        assert mirror.health is Health.STALE or shown == set(mirror.occupants)
        assert mirror.health is Health.STALE or not any(
            number == 12 for *_, number in steps[: steps.index((nick, there, lost)) + 1]
        )


OPEN = f"<room-state xmlns='{NS}' password='false' lobby='false' waiting='0' transcribing='false'/>"
LOCKED = OPEN.replace("password='false'", "password='true'")


def test_how_a_room_is_protected_comes_with_the_snapshot_and_then_when_it_changes() -> None:
    mirror = Mirror(ROOM)
    mirror.joining()
    is_open, is_locked = RoomState(password=False, lobby=False), RoomState(password=True, lobby=False)
    assert [ev.RoomRead(ROOM, "m1", ()), ev.RoomStateSeen(ROOM, is_open)] == take(mirror, own(1, state=OPEN))
    assert [] == take(mirror, own(2, state=OPEN))
    assert [ev.RoomStateSeen(ROOM, is_locked)] == take(mirror, own(3, state=LOCKED))
    took = take(mirror, own(4, meeting="m2", state=LOCKED))
    assert [ev.MeetingBegan(ROOM, "m2"), ev.RoomStateSeen(ROOM, is_locked)] == took


def test_the_next_room_of_the_name_is_told_of_even_if_it_is_protected_like_the_last() -> None:
    mirror = Mirror(ROOM)
    mirror.joining()
    take(mirror, own(1, state=LOCKED))
    take(mirror, destroyed(2))
    told = ev.RoomStateSeen(ROOM, RoomState(password=True, lobby=False))
    assert [ev.MeetingBegan(ROOM, "m2"), told] == take(mirror, own(3, meeting="m2", state=LOCKED))


def test_an_older_module_says_nothing_of_it() -> None:
    mirror = Mirror(ROOM)
    mirror.joining()
    assert [ev.RoomRead(ROOM, "m1", ())] == take(mirror, own(1))
