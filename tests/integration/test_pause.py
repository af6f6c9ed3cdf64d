"""The pause protocol on a real Prosody: words in the chat, the title, who reads what."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from supervisor.simulation import Meeting, Person, PrivateProsody
from tests.integration.conftest import Server
from tests.integration.daemon import Daemon, booking


@pytest.fixture
async def daemon(prosody: PrivateProsody, tmp_path: Path) -> AsyncIterator[Daemon]:
    async with Daemon(prosody, tmp_path, booking(language="ca", limit=30)) as running:
        yield running


def texts(person: Person) -> list[str]:
    return [message.body for message in person.messages]


async def reads(person: Person, words: str, within: float = 10.0) -> None:
    await person.wait_for(lambda: [body for body in texts(person) if words in body], within)


async def interrupted(daemon: Daemon, meeting: Meeting) -> Person:
    await meeting.people(3)
    moderator = meeting.moderator
    moderator.name_room("Ple ordinari")
    await moderator.wait_for(lambda: moderator.subject == "Ple ordinari")
    await meeting.start_stream()
    await daemon.becomes("live", daemon.stream)
    await meeting.fail_stream()
    await reads(moderator, "!pausa")
    return moderator


async def test_from_the_interruption_to_the_record(daemon: Daemon, meeting: Meeting) -> None:
    moderator = await interrupted(daemon, meeting)
    other = next(person for person in meeting.persons if person is not moderator)
    moderator.say("!pausa")
    await reads(moderator, "Consta en acta")
    await reads(other, "La sessió està aturada")
    await other.wait_for(lambda: "SESSIÓ ATURADA" in (other.subject or ""))
    assert "!pausa" not in texts(other), "the word is for us, not for the chat"
    moderator.say("!reprèn")
    await reads(moderator, "encara no ha tornat")
    await meeting.start_stream()
    await reads(moderator, "!reprèn per continuar")
    moderator.say("!REPRÈN")
    await reads(other, "La sessió continua")
    await other.wait_for(lambda: other.subject == "Ple ordinari")


async def test_a_participant_who_says_the_word_has_spoken_in_the_chat_and_nothing_else(
    daemon: Daemon, meeting: Meeting
) -> None:
    moderator = await interrupted(daemon, meeting)
    guest = next(person for person in meeting.persons if person is not moderator)
    guest.say("!pausa")
    await reads(moderator, "!pausa")
    await moderator.wait_for(lambda: [m for m in moderator.messages if m.body == "!pausa" and m.who == guest.nick])
    moderator.say("!estat")
    await reads(moderator, "3 persones")
    assert moderator.subject == "Ple ordinari"
    assert not any("aturada" in body for body in texts(guest))


async def test_a_daemon_that_is_killed_while_paused_goes_on_where_it_was(daemon: Daemon, meeting: Meeting) -> None:
    moderator = await interrupted(daemon, meeting)
    moderator.say("!pausa")
    await reads(moderator, "Consta en acta")
    await daemon.kill()
    await daemon.start()
    told = len(texts(moderator))
    await meeting.start_stream()
    await reads(moderator, "!reprèn per continuar")
    moderator.say("!reprèn")
    await moderator.wait_for(lambda: moderator.subject == "Ple ordinari")
    assert sum("INTERROMPUDA" in body for body in texts(moderator)[told:]) <= 1


async def test_audio_moderation_is_asked_for_and_its_absence_is_only_a_note(
    prosody: PrivateProsody, server: Server, meeting: Meeting, tmp_path: Path
) -> None:
    async with Daemon(prosody, tmp_path, booking(), sections={"kinds.plenary": {"pause_mutes": True}}) as daemon:
        await meeting.people(2)
        meeting.moderator.say("!pausa")

        async def noted() -> bool:
            return bool(daemon.log_events("audio moderation"))

        await daemon.until(noted)
        (event,) = daemon.log_events("audio moderation")
        if server.jitsi is None:
            assert event["reason"] == "av_moderation is not loaded"
        else:
            assert event["changed"] == "True", event
        await reads(meeting.moderator, "The session is paused")
