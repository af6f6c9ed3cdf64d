"""The brewery: what its Jibris say of themselves, as it changes, and nothing else of them."""

from collections.abc import AsyncIterator

import pytest

from supervisor.domain.occupants import BreweryStatus
from supervisor.simulation import Focus, Jibri, PrivateProsody
from supervisor.xmpp.decode import Presence, decode
from tests.integration.watcher import RawWatcher, mark, nick_of

IDLE = BreweryStatus(busy=False, healthy=True)
BUSY = BreweryStatus(busy=True, healthy=True)
ILL = BreweryStatus(busy=False, healthy=False)


@pytest.fixture
async def jibris(prosody: PrivateProsody) -> AsyncIterator[list[Jibri]]:
    """Two Jibris in their brewery, opened by Jicofo."""
    clients = [Focus(prosody, "focus-brewery"), Jibri(prosody, "jibri-1"), Jibri(prosody, "jibri-2")]
    focus, *found = clients
    for client in clients:
        await client.open(prosody.c2s_port)
    assert isinstance(focus, Focus)
    await focus.open_brewery(prosody.brewery)
    jibris = [one for one in found if isinstance(one, Jibri)]
    for jibri in jibris:
        await jibri.offer()
    yield jibris
    for client in clients:
        await client.close()


def told_by(watcher: RawWatcher, jibri: Jibri) -> list[BreweryStatus | None]:
    read = [decode(xml, [watcher.prosody.internal]) for xml in watcher.presences(jibri.brewery, jibri.nick)]
    return [one.occupant.brewery for one in read if isinstance(one, Presence)]


async def test_a_join_is_answered_with_each_jibris_status(jibris: list[Jibri], watcher: RawWatcher) -> None:
    jibris[1].tell(busy=True)
    await jibris[1].wait_for(lambda: told_busy(jibris[1]))
    snapshot = await watcher.watch(jibris[0].brewery)
    assert {nick_of(one) for one in snapshot[:-2]} == {"focus", "jibri-1", "jibri-2"}
    assert [IDLE] == told_by(watcher, jibris[0])
    assert [BUSY] == told_by(watcher, jibris[1])
    assert {mark(one)["count"] for one in snapshot} == {"3"}


async def test_each_change_is_told_once_and_a_leave_too(jibris: list[Jibri], watcher: RawWatcher) -> None:
    jibri = jibris[0]
    await watcher.watch(jibri.brewery)
    for status in (BUSY, BUSY, IDLE, ILL):
        jibri.tell(busy=status.busy, healthy=status.healthy)
    await watcher.until(lambda: len(told_by(watcher, jibri)) == 4)
    await jibris[1].depart(jibri.brewery)
    await watcher.until(lambda: watcher.presences(jibri.brewery, "jibri-2")[-1].get("type") == "unavailable")
    assert [IDLE, BUSY, IDLE, ILL] == told_by(watcher, jibri)


async def test_the_brewery_hears_nothing_of_the_watcher(jibris: list[Jibri], watcher: RawWatcher) -> None:
    await watcher.watch(jibris[0].brewery)
    assert 3 == await watcher.prosody.occupants(jibris[0].brewery)
    assert {"focus", "jibri-1", "jibri-2"} == set(jibris[1].views[jibris[0].brewery].occupants)


def told_busy(jibri: Jibri) -> bool:
    mine = jibri.views[jibri.brewery].me
    assert mine is not None
    status = mine.presence.find("{http://jitsi.org/protocol/jibri}jibri-status")
    return status is not None and status[0].get("status") == "busy"
