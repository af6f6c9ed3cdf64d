from __future__ import annotations

from bench.kill import drill

KILLS = 20


async def test_a_daemon_that_is_killed_again_and_again_loses_nothing_and_opens_nothing_twice() -> None:
    found = await drill(KILLS, rooms=4)
    assert ([], 0) == (found.lost, found.twice)
    assert found.troubles > KILLS
    assert found.repeated <= KILLS
    assert found.worst <= 1
    assert found.repeated_in_rooms <= KILLS
