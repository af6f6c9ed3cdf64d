"""Media states: mirrored to a watcher that asks for them, as they are, and to nobody else."""

from supervisor.simulation import Meeting, Person
from tests.integration.watcher import RawWatcher, media, nick_of

OPEN, MUTED = ("true", "true"), ("false", "false")


def presence(meeting: Meeting, person: Person, inside: str) -> str:
    return f"<presence to='{meeting.room}/{person.nick}'>{inside}</presence>"


async def seen_of(watcher: RawWatcher, person: Person, count: int) -> list[tuple[str | None, str | None] | None]:
    """Wait for so many presences of a person, and that there are no more; return their media states."""
    await watcher.until(lambda: len(watcher.presences(person.room, person.nick)) >= count)
    await watcher.still()
    return [media(xml) for xml in watcher.presences(person.room, person.nick)]


async def test_a_join_that_asks_is_answered_with_everybodys_media_states(meeting: Meeting, watcher: RawWatcher) -> None:
    first, second = await meeting.people(2)
    second.mute()
    await watcher.still()
    snapshot = await watcher.watch(meeting.room, media=True)
    told = {nick_of(xml): media(xml) for xml in snapshot}
    assert told[first.nick] == OPEN
    assert told[second.nick] == ("false", "true")
    assert told["focus"] is None


async def test_each_mute_is_told_to_who_asked_and_raised_hands_are_not(meeting: Meeting, watcher: RawWatcher) -> None:
    _, person = await meeting.people(2)
    await watcher.watch(meeting.room, media=True)
    person.mute()
    person.raise_hand()
    person.turn_camera(on=False)
    person.lower_hand()
    person.unmute()
    assert await seen_of(watcher, person, 4) == [OPEN, ("false", "true"), MUTED, ("true", "false")]


async def test_who_joins_again_without_asking_hears_no_more_of_it(meeting: Meeting, watcher: RawWatcher) -> None:
    _, person = await meeting.people(2)
    await watcher.watch(meeting.room, media=True)
    snapshot = await watcher.watch(meeting.room)
    assert {media(xml) for xml in snapshot} == {None}
    person.mute()
    person.unmute()
    assert await seen_of(watcher, person, 2) == [OPEN, None]


async def test_what_cannot_be_understood_is_no_media_state(meeting: Meeting, watcher: RawWatcher) -> None:
    _, person = await meeting.people(2)
    await watcher.watch(meeting.room, media=True)
    for text in ("{", "[]", "null", '{"x-a0":{"muted":false}}' + " " * 5000, "[" * 3000, '{"x-a0":' * 400):
        person.forge(presence(meeting, person, f"<SourceInfo>{text}</SourceInfo>"))
    person.forge(presence(meeting, person, ""))
    person.forge(presence(meeting, person, '<SourceInfo>{"x-v1":{"muted":false,"videoType":"desktop"}}</SourceInfo>'))
    person.forge(presence(meeting, person, "<SourceInfo>{}</SourceInfo>"))
    assert await seen_of(watcher, person, 4) == [OPEN, None, ("false", "true"), MUTED]


async def test_a_telephones_flags_count(meeting: Meeting, watcher: RawWatcher) -> None:
    _, person = await meeting.people(2)
    await watcher.watch(meeting.room, media=True)
    audio = "<audiomuted xmlns='http://jitsi.org/jitmeet/audio'>{}</audiomuted>"
    person.forge(presence(meeting, person, audio.format("false")))
    person.forge(presence(meeting, person, audio.format("true")))
    assert await seen_of(watcher, person, 3) == [OPEN, ("true", "false"), MUTED]
