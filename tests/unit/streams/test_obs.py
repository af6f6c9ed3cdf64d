from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supervisor.domain.bookings import StreamSource
from supervisor.domain.evidence import Side, Word
from supervisor.simulation.obs import FakeObs
from supervisor.streams import obs
from supervisor.streams.obs import ObsError, ObsWitness, Place, authentication, decode, decode_event, decode_status
from supervisor.tasks import Tasks
from tests.unit.streams.server import Inbox, booking

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

SOON = 3.0
PASSWORD = "p4ssw0rd"


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(obs, "BEAT", 0.05)
    monkeypatch.setattr(obs, "ANSWER_WITHIN", 0.5)


@pytest.fixture
async def fake() -> AsyncIterator[FakeObs]:
    async with FakeObs(PASSWORD) as running:
        yield running


@pytest.fixture
def inbox() -> Inbox:
    return Inbox()


@pytest.fixture
async def witness(fake: FakeObs, inbox: Inbox) -> AsyncIterator[ObsWitness]:
    places = {"almatret": Place(fake.url, PASSWORD), "wrong": Place(fake.url, "x"), "none": Place(fake.url)}
    made = ObsWitness({**places, "closed": Place("ws://127.0.0.1:1")}, inbox)
    tasks = Tasks()
    tasks.start("obs", made.run())
    yield made
    await tasks.close()


def test_the_answer_to_the_challenge_is_that_of_the_protocol() -> None:
    """The protocol's own example: password, salt and challenge of its text, the answer computed by its steps."""
    salt, challenge = "lM1GncleQOaCu9lT1yeUZhFYnqhsLLP1G5lAGo3ixaI=", "+IxH4CnCiqpX1rM9scsNynZzbOe4KhDeYcTNS3PDaeY="
    answer = authentication("supersecretpassword", salt, challenge)
    assert answer == "1Ct943GAT+6YQUUX47Ia/ncufilbe6+oD6lY+5kaCu4="


async def test_start_and_stop_are_told_from_the_encoders_side(fake: FakeObs, witness: ObsWitness, inbox: Inbox) -> None:
    witness.follow(booking(StreamSource(obs="almatret")))
    assert (await inbox.wait(Word.UNKNOWN, SOON)).detail == "OBS is not streaming yet"
    await fake.state("STARTED")
    up = await inbox.wait(Word.UP, SOON)
    assert ("obs", Side.ENCODER, True) == (up.witness, up.side, up.direct)
    await fake.state("STOPPING")
    await fake.state("STOPPED")
    assert (await inbox.wait(Word.ENDED, SOON)).planned


async def test_an_obs_that_gives_up_is_down(fake: FakeObs, witness: ObsWitness, inbox: Inbox) -> None:
    witness.follow(booking(StreamSource(obs="almatret")))
    await inbox.wait(Word.UNKNOWN, SOON)
    await fake.state("STARTED")
    await inbox.wait(Word.UP, SOON)
    await fake.state("STOPPED")
    assert not (await inbox.wait(Word.DOWN, SOON)).planned


async def test_a_lost_connection_is_unknown_and_made_again(fake: FakeObs, witness: ObsWitness, inbox: Inbox) -> None:
    await fake.state("STARTED")
    witness.follow(booking(StreamSource(obs="almatret")))
    await inbox.wait(Word.UP, SOON)
    await fake.drop()
    assert (await inbox.wait(Word.UNKNOWN, SOON)).detail == "OBS closed the connection"
    await inbox.wait(Word.UP, SOON)


async def test_an_obs_that_no_longer_answers_is_unknown(fake: FakeObs, witness: ObsWitness, inbox: Inbox) -> None:
    await fake.state("STARTED")
    witness.follow(booking(StreamSource(obs="almatret")))
    await inbox.wait(Word.UP, SOON)
    fake.mute = True
    assert "does not answer" in (await inbox.wait(Word.UNKNOWN, SOON)).detail


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("wrong", "OBS refuses the password; correct streams.obs.wrong.password"),
        ("none", "OBS asks for a password; write streams.obs.none.password"),
        ("closed", "no connection to OBS (ClientConnectorError)"),
        ("nowhere", "there is no [streams.obs.nowhere] in the configuration"),
    ],
)
async def test_what_is_wrong_with_the_configuration_is_unknown_with_the_remedy(
    witness: ObsWitness, inbox: Inbox, name: str, text: str
) -> None:
    witness.follow(booking(StreamSource(obs=name)))
    assert (await inbox.wait(Word.UNKNOWN, SOON)).detail == text


async def test_an_obs_that_nobody_follows_is_left_alone(fake: FakeObs, witness: ObsWitness, inbox: Inbox) -> None:
    witness.follow(booking(StreamSource(obs="almatret")))
    await inbox.wait(Word.UNKNOWN, SOON)
    witness.unfollow("almatret")
    witness.unfollow("nobody")
    await asyncio.sleep(0.2)
    asked = fake.asked
    inbox.heard.clear()
    await asyncio.sleep(0.2)
    assert (inbox.heard, asked) == ([], fake.asked)


async def test_doubt_doubles_the_questions(fake: FakeObs, witness: ObsWitness, inbox: Inbox) -> None:
    witness.follow(booking(StreamSource(obs="almatret")))
    witness.look_closer("almatret", doubt=True)
    await inbox.wait(Word.UNKNOWN, SOON)
    before = fake.asked
    await asyncio.sleep(0.5)
    assert fake.asked - before > 12


def test_the_password_is_not_shown_with_its_place() -> None:
    assert PASSWORD not in repr(Place("ws://h:1", PASSWORD))


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["op", "d", "eventData", "outputState", "outputBytes", "responseData"]), inner
        )
    ),
)


@given(st.text())
def test_any_text_is_a_message_or_an_obs_error(text: str) -> None:
    try:
        code, data = decode(text)
    except ObsError:
        return
    assert isinstance(code, int)
    assert isinstance(data, dict)


@given(_JSON)
def test_any_data_is_decoded_or_refused(inner: object) -> None:
    assert decode_event({"eventType": "StreamStateChanged", "eventData": inner}) is None or isinstance(inner, dict)
    try:
        found = decode_status({"requestType": "GetStreamStatus", "responseData": inner})
    except ObsError:
        return
    assert found is not None
