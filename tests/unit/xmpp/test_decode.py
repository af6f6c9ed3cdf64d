"""Nothing that comes in makes the decoder raise; only what the module says is understood."""

import random
from copy import deepcopy
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from supervisor.domain.occupants import BreweryStatus
from supervisor.domain.room_state import RoomState
from supervisor.xmpp import encode
from supervisor.xmpp.decode import Announced, Answer, Asked, Joined, Presence, Ready, Refused, Unavailable, decode

HOSTS = ("conference.meet.test", "breakout.meet.test")
ROOM = "sala1@conference.meet.test"
NS = "urn:x-jitsi-supervisor:muc:0"
USER = "http://jabber.org/protocol/muc#user"
TAG = f"<supervision xmlns='{NS}' boot='b' seq='1' count='0' meeting='m'/>"
ITEM = "<item affiliation='owner' role='moderator' jid='a@meet.test/r'/>"

GOOD = {
    "presence": f"<presence from='{ROOM}/a'><x xmlns='{USER}'>{ITEM}</x>{TAG}</presence>",
    "own": f"<presence from='{ROOM}/supervisor'><x xmlns='{USER}'>{ITEM}<status code='110'/></x>{TAG}</presence>",
    "left": f"<presence type='unavailable' from='{ROOM}/a'><x xmlns='{USER}'>{ITEM}</x>{TAG}</presence>",
    "error": f"<presence type='error' from='{ROOM}/a'><error><forbidden "
    "xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></presence>",
    "subject": f"<message type='groupchat' from='{ROOM}'><subject>Ple</subject>{TAG}</message>",
    "opened": "<message from='conference.meet.test'>"
    f"<room xmlns='{NS}' event='opened' jid='{ROOM}' boot='b'/></message>",
    "ready": f"<message from='conference.meet.test'><ready xmlns='{NS}' boot='b'/></message>",
    "answer": f"<iq type='result' id='1' from='{ROOM}'><delivered xmlns='{NS}'><occupant nick='a'/></delivered></iq>",
    "ping": "<iq type='get' id='2' from='x@y'><ping xmlns='urn:xmpp:ping'/></iq>",
    "recording": f"<presence from='{ROOM}/focus'><x xmlns='{USER}'>{ITEM}</x><features><feature var='a'/></features>"
    "<jibri-recording-status xmlns='http://jitsi.org/protocol/jibri' status='on' session_id='s'/>"
    "<conference-properties xmlns='http://jitsi.org/protocol/focus'><property key='visitor-count' value='3'/>"
    f"</conference-properties><session_id>s</session_id><mode>stream</mode>{TAG}</presence>",
}


def parse(xml: str) -> ET.Element:
    return ET.fromstring(f"<stream xmlns='jabber:component:accept'>{xml}</stream>")[0]


@pytest.mark.parametrize(
    ("expected", "attributes"),
    [
        ((True, False), "audio='true' video='false'"),
        ((False, True), "audio='false' video='true'"),
        ((None, None), "audio='1' video=''"),
        ((None, True), "video='true'"),
    ],
)
def test_media_states_are_what_the_room_tells(expected: tuple[bool | None, bool | None], attributes: str) -> None:
    told = decode(parse(GOOD["presence"].replace(TAG, f"<media xmlns='{NS}' {attributes}/>{TAG}")), HOSTS)
    assert isinstance(told, Presence)
    assert expected == (told.occupant.audio, told.occupant.video)


@pytest.mark.parametrize("media", ["", "<media audio='true' video='true'/>"])
def test_without_our_own_element_the_media_states_are_unknown(media: str) -> None:
    told = decode(parse(GOOD["presence"].replace(TAG, media + TAG)), HOSTS)
    assert isinstance(told, Presence)
    assert (None, None) == (told.occupant.audio, told.occupant.video)


def test_a_name_is_what_the_room_tells_and_is_never_shown() -> None:
    told = decode(parse(GOOD["presence"].replace(TAG, f"<name xmlns='{NS}'>Ana</name>{TAG}")), HOSTS)
    assert isinstance(told, Presence)
    assert "Ana" == told.occupant.name
    assert "Ana" not in repr(told)


def test_a_leave_says_whether_the_connection_had_ended() -> None:
    plain = decode(parse(GOOD["left"]), HOSTS)
    told = decode(parse(GOOD["left"].replace(TAG, f"<dropped xmlns='{NS}'/>{TAG}")), HOSTS)
    assert isinstance(plain, Unavailable)
    assert isinstance(told, Unavailable)
    assert (False, True) == (plain.dropped, told.dropped)


def test_a_join_asks_for_names_only_where_they_are_wanted() -> None:
    tags = [child.tag for child in parse(encode.join("sup.meet.test", ROOM, media=True, names=True))]
    assert [f"{{{NS}}}media", f"{{{NS}}}names"] == tags[-2:]


@pytest.mark.parametrize(
    ("expected", "inside"),
    [
        (BreweryStatus(busy=False, healthy=True), "<busy-status status='idle'/><health-status status='healthy'/>"),
        (BreweryStatus(busy=True, healthy=False), "<h:health-status status='unhealthy'/><busy-status status='busy'/>"),
        (BreweryStatus(busy=True, healthy=True), "<busy-status status='expired'/><health-status status='healthy'/>"),
        (None, "<busy-status status='idle'/>"),
        (None, "<busy-status status='asleep'/><health-status status='healthy'/>"),
        (None, "<busy-status/><health-status/>"),
        (None, ""),
    ],
)
def test_a_jibri_is_what_it_says_in_its_brewery(expected: BreweryStatus | None, inside: str) -> None:
    status = f"<jibri-status xmlns='http://jitsi.org/protocol/jibri' xmlns:h='urn:h'>{inside}</jibri-status>"
    told = decode(parse(GOOD["presence"].replace(TAG, status + TAG)), HOSTS)
    assert isinstance(told, Presence)
    assert expected == told.occupant.brewery


@pytest.mark.parametrize(
    ("expected", "attributes"),
    [
        (RoomState(password=False, lobby=False), "password='false' lobby='false'"),
        (
            RoomState(password=True, lobby=True, waiting=2, waited=95.0, transcribing=True),
            "password='true' lobby='true' waiting='2' waited='95' transcribing='true'",
        ),
        (None, "password='true'"),
        (None, "password='1' lobby='true'"),
        (None, "password='true' lobby='true' waiting='-1'"),
        (None, "password='true' lobby='true' waiting='1' waited='99999999999999999'"),
        (None, ""),
    ],
)
def test_how_a_room_is_protected_is_read_whole_or_not_at_all(expected: RoomState | None, attributes: str) -> None:
    told = decode(parse(GOOD["own"].replace(TAG, f"<room-state xmlns='{NS}' {attributes}/>{TAG}")), HOSTS)
    assert isinstance(told, Joined)
    assert expected == told.state


@pytest.mark.parametrize(("expected", "text"), [(True, "true"), (False, "false"), (False, "")])
def test_a_local_recording_is_a_flag(expected: bool, text: str) -> None:  # noqa: FBT001
    flag = f"<jitsi_participant_localRecording>{text}</jitsi_participant_localRecording>"
    told = decode(parse(GOOD["presence"].replace(TAG, flag + TAG)), HOSTS)
    assert isinstance(told, Presence)
    assert expected == told.occupant.local_recording


@pytest.mark.parametrize(
    ("expected", "text"),
    [("eu-central-1", "eu-central-1"), ("", ""), ("", "EU"), ("", "a" * 33), ("", "eu\n"), ("", "à"), ("", "eu west")],
)
def test_a_region_is_a_short_word_or_none(expected: str, text: str) -> None:
    told = f"<jitsi_participant_region>{text}</jitsi_participant_region>"
    seen = decode(parse(GOOD["presence"].replace(TAG, told + TAG)), HOSTS)
    assert isinstance(seen, Presence)
    assert expected == seen.occupant.region


def test_a_join_asks_for_media_states_only_where_they_are_wanted() -> None:
    plain, asking = (parse(encode.join("sup.meet.test", ROOM, media=media)) for media in (False, True))
    assert [f"{ROOM}/supervisor"] * 2 == [plain.get("to"), asking.get("to")]
    always = ["{http://jabber.org/protocol/muc}x", f"{{{NS}}}commands"]
    assert always == [child.tag for child in plain]
    assert [*always, f"{{{NS}}}media"] == [child.tag for child in asking]


def test_our_words_are_asked_for_in_each_spelling_that_ascii_case_can_not_fold() -> None:
    assert {"!pausa", "!repr\u00e8n", "!repr\u00c8n", "!repre\u0300n", "!reprE\u0300n".lower()} <= set(
        encode.spellings()
    )


@pytest.mark.parametrize(
    ("expected", "name"),
    [
        (Presence, "presence"),
        (Joined, "own"),
        (Refused, "error"),
        (Announced, "opened"),
        (Ready, "ready"),
        (Answer, "answer"),
        (Asked, "ping"),
        (Presence, "recording"),
    ],
)
def test_what_the_module_says_is_understood(expected: type, name: str) -> None:
    assert isinstance(decode(parse(GOOD[name]), HOSTS), expected)


@pytest.mark.parametrize("name", ["presence", "own", "left", "error", "subject", "opened", "ready"])
def test_the_same_from_anybody_else_is_not(name: str) -> None:
    for liar in ("guest@meet.test/r", "meet.test", "conference.meet.test.evil.test", "x@conference.meet.test.evil/y"):
        stanza = parse(GOOD[name])
        stanza.set("from", liar)
        assert decode(stanza, HOSTS) is None


def test_a_room_of_another_host_is_not_announced() -> None:
    stanza = parse(GOOD["opened"].replace(f"jid='{ROOM}'", "jid='a@elsewhere.test'"))
    assert decode(stanza, HOSTS) is None


def test_a_stanza_without_our_element_means_nothing() -> None:
    assert decode(parse(GOOD["presence"].replace(TAG, "")), HOSTS) is None


def test_long_texts_are_cut() -> None:
    stanza = parse(GOOD["recording"].replace("<session_id>s<", f"<session_id>{'x' * 5000}<"))
    decoded = decode(stanza, HOSTS)
    assert isinstance(decoded, Presence)
    assert len(decoded.occupant.session_id) == 256


NAMES = st.sampled_from(
    [
        "presence",
        "message",
        "iq",
        f"{{{NS}}}supervision",
        f"{{{NS}}}room",
        f"{{{USER}}}x",
        f"{{{USER}}}item",
        f"{{{USER}}}status",
        "{http://jitsi.org/protocol/jibri}jibri-recording-status",
        "{http://jitsi.org/protocol/focus}conference-properties",
        "error",
        "subject",
        "features",
        "session_id",
    ]
)
KEYS = st.sampled_from(["from", "to", "type", "id", "boot", "seq", "count", "jid", "status", "code", "key", "value"])
VALUES = st.one_of(
    st.text(max_size=8),
    st.sampled_from(
        [ROOM, f"{ROOM}/a", *HOSTS, "unavailable", "error", "result", "get", "-1", "²", "9" * 40, "110", "on"]
    ),
)
ELEMENTS = st.recursive(
    st.builds(ET.Element, NAMES, st.dictionaries(KEYS, VALUES, max_size=5)),
    lambda children: st.builds(
        lambda *parts: _element(*parts),
        NAMES,
        st.dictionaries(KEYS, VALUES, max_size=5),
        st.none() | st.text(max_size=8),
        st.lists(children, max_size=4),
    ),
    max_leaves=6,
)


def _element(name: str, attributes: dict[str, str], text: str | None, inner: list[ET.Element]) -> ET.Element:
    element = ET.Element(name, attributes)
    element.text = text
    element.extend(inner)
    return element


@settings(max_examples=5000, deadline=None)
@given(ELEMENTS)
def test_no_random_stanza_makes_it_raise(stanza: ET.Element) -> None:
    decode(stanza, HOSTS)


@settings(max_examples=5000, deadline=None)
@given(st.sampled_from(sorted(GOOD)), st.integers(0, 2**32), st.integers(1, 6))
def test_no_mutated_stanza_makes_it_raise(name: str, seed: int, times: int) -> None:
    stanza, chance = parse(GOOD[name]), random.Random(seed)
    for _ in range(times):
        _mutate(stanza, chance)
    decode(stanza, HOSTS)


def _mutate(stanza: ET.Element, chance: random.Random) -> None:
    target = chance.choice(list(stanza.iter()))
    match chance.randrange(5):
        case 0 if target.attrib:
            del target.attrib[chance.choice(list(target.attrib))]
        case 1:
            target.set(chance.choice(["type", "from", "seq", "code", "jid", "status", "value"]), chance.choice(JUNK))
        case 2:
            target.text = chance.choice(JUNK)
        case 3 if len(target):
            target.remove(chance.choice(list(target)))
        case _:
            target.append(deepcopy(chance.choice(list(stanza.iter()))))


JUNK = [
    "",
    "0",
    "-5",
    "²",
    "1e9",
    "unavailable",
    "error",
    "result",
    "110",
    "a@b",
    "@",
    "/",
    f"{ROOM}/",
    "\u202e",
    "9" * 50,
]
