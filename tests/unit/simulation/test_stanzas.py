"""What the stand-ins send, compared with what Jitsi's own programs were seen to send."""

from collections.abc import Iterable

import pytest
from slixmpp.xmlstream import ET

from supervisor.simulation import stanzas
from supervisor.simulation.person import endpoint_id
from supervisor.simulation.stanzas import PersonState, RecordingStatus, element, with_children

ROOM = "sala1@conference.meet.test"


def test_a_person_sends_what_lib_jitsi_meet_sends() -> None:
    state = PersonState(
        endpoint="1a2b3c4d",
        display_name="Aina",
        email="aina@mail.invalid",
        avatar_url="https://pictures.invalid/a.png",
        video_muted=True,
        raised_hand_ms=1724932800123,
    )
    assert written(state.children()) == canonical(
        "<c xmlns='http://jabber.org/protocol/caps' hash='sha-1' node='https://jitsi.org/jitsi-meet'"
        " ver='cvjWXufsg4xT62Ec2mlATkFZ9lk='/>"
        "<stats-id>Ezra-Tzk</stats-id>"
        "<features><feature var='https://jitsi.org/meet/e2ee'/></features>"
        "<nick xmlns='http://jabber.org/protocol/nick'>Aina</nick>"
        "<email>aina@mail.invalid</email>"
        "<avatar-url>https://pictures.invalid/a.png</avatar-url>"
        "<jitsi_participant_region>eu</jitsi_participant_region>"
        "<jitsi_participant_codecList>av1,vp9,vp8,h264</jitsi_participant_codecList>"
        "<jitsi_participant_raisedHand>1724932800123</jitsi_participant_raisedHand>"
        '<SourceInfo>{"1a2b3c4d-a0":{"muted":false},"1a2b3c4d-v0":{"muted":true}}</SourceInfo>'
    )


def test_who_gives_no_name_sends_an_empty_one_and_no_mail() -> None:
    sent = written(PersonState("1a2b3c4d").children())
    assert ":nick" in sent
    assert "email" not in sent
    assert "raisedHand" not in sent


@pytest.mark.parametrize(
    ("password", "expected"),
    [
        (None, "<x xmlns='http://jabber.org/protocol/muc'/>"),
        ("sesame", "<x xmlns='http://jabber.org/protocol/muc'><password>sesame</password></x>"),
    ],
)
def test_a_join_carries_the_password_if_there_is_one(password: str | None, expected: str) -> None:
    assert written([stanzas.join(password)]) == canonical(expected)


def test_focus_tells_of_bridges_and_visitors() -> None:
    assert written(stanzas.focus_children(ROOM, 37, None)) == canonical(
        "<etherpad xmlns='http://jitsi.org/jitmeet/etherpad'>sala1</etherpad>"
        "<versions xmlns='http://jitsi.org/jitmeet'><component name='focus'>1.0</component></versions>"
        "<conference-properties xmlns='http://jitsi.org/protocol/focus'><property key='bridge-count' value='1'/>"
        "<property key='visitor-count' value='37'/></conference-properties>"
    )


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (
            RecordingStatus("on", "0b1e", f"{ROOM}/1a2b3c4d"),
            f"status='on' recording_mode='stream' session_id='0b1e' initiator='{ROOM}/1a2b3c4d'",
        ),
        (
            RecordingStatus("off", "0b1e", failure_reason="error"),
            "status='off' recording_mode='stream' session_id='0b1e' failure_reason='error'",
        ),
        (RecordingStatus("off", "0b1e"), "status='off' recording_mode='stream' session_id='0b1e'"),
    ],
    ids=["started by somebody", "failed", "ended by itself"],
)
def test_focus_tells_the_streams_status_in_attributes(status: RecordingStatus, expected: str) -> None:
    sent = stanzas.focus_children(ROOM, 0, status)[-1]
    assert written([sent]) == canonical(f"<jibri-recording-status xmlns='http://jitsi.org/protocol/jibri' {expected}/>")


def test_a_recorder_has_the_feature_first_and_the_session_later() -> None:
    feature = "<features><feature var='http://jitsi.org/protocol/jibri'/></features>"
    assert written(stanzas.recorder_children(None, None)) == canonical(feature)
    assert written(stanzas.recorder_children("0b1e", "http://video.invalid/abc")) == canonical(
        f"{feature}<session_id>0b1e</session_id><mode>stream</mode>"
        "<live-stream-view-url>http://video.invalid/abc</live-stream-view-url>"
    )


def test_focus_makes_an_owner_and_shows_real_addresses() -> None:
    assert written([stanzas.ownership("1a2b@meet.test")]) == canonical(
        "<query xmlns='http://jabber.org/protocol/muc#admin'><item affiliation='owner' jid='1a2b@meet.test'/></query>"
    )
    form = written([stanzas.room_form({"muc#roomconfig_whois": "anyone"})])
    assert "muc#roomconfig_whois" in form
    assert "anyone" in form


def test_the_endpoint_is_the_head_of_the_accounts_uuid() -> None:
    assert endpoint_id("1a2b3c4d-5e6f-4a7b-8c9d-0e1f2a3b4c5d") == "1a2b3c4d"


def test_an_account_without_uuid_has_an_endpoint_of_the_same_shape() -> None:
    made = endpoint_id("gt-qzpbvnod50bdq5bapo6yf")
    assert len(made) == 8
    assert int(made, 16) >= 0


def written(children: Iterable[ET.Element]) -> str:
    return ET.canonicalize(ET.tostring(with_children(element("presence"), children)), rewrite_prefixes=True)


def canonical(children: str) -> str:
    return ET.canonicalize(f"<presence xmlns='jabber:client'>{children}</presence>", rewrite_prefixes=True)
