"""What is watched for in sessions of one kind, from the operator's file to the alert."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from supervisor.alerts.desk import Thresholds, Watchword
from supervisor.alerts.lifecycle import Rule
from supervisor.alerts.outside import Outside
from supervisor.app import policy
from supervisor.domain import events as ev
from supervisor.domain.kinds import DEFAULT_KINDS
from supervisor.monitors import MONITORS
from supervisor.monitors.participant_limit import ParticipantLimit
from supervisor.monitors.quorum_lost import QuorumLost
from supervisor.settings import load_settings
from tests.unit.builders import Play, booking, focus, people
from tests.unit.test_settings import MINIMAL

if TYPE_CHECKING:
    from pathlib import Path

    from supervisor.alerts.desk import Policy

OWN = """
[kinds.plenary.monitors.ParticipantLimit]
approaching = 0.5
for = "5s"
[kinds.plenary.monitors.StreamInterrupted]
recorder_grace = "3s"
[kinds.test.monitors.QuorumLost]
enabled = false
"""


def made(path: Path, text: str) -> Policy:
    file = path / "jitsi-supervisor.toml"
    file.write_text(MINIMAL + text)
    return policy(load_settings(file, {}), Outside())


def named(thresholds: Thresholds) -> dict[str, Watchword]:
    return {each.monitor.name: each for each in thresholds.watchwords}


def test_every_monitor_is_watched_for_in_every_kind_unless_switched_off(tmp_path: Path) -> None:
    told = made(tmp_path, OWN)
    everything = {monitor.name for monitor in MONITORS}
    assert everything == set(named(told.thresholds("plenary")))
    assert everything - {"QuorumLost"} == set(named(told.thresholds("test")))
    assert everything == set(named(told.thresholds("appointment")))


def test_a_kind_has_its_own_thresholds_patience_and_grace(tmp_path: Path) -> None:
    told = made(tmp_path, OWN)
    assert (
        Watchword(ParticipantLimit(approaching=0.5), Rule(5, 60))
        == named(told.thresholds("plenary"))["ParticipantLimit"]
    )
    assert Watchword(ParticipantLimit(), Rule(60, 60)) == named(told.thresholds("test"))["ParticipantLimit"]
    assert (3.0, 8.0) == (told.thresholds("plenary").grace, told.thresholds("test").grace)


PLENARY, TEST = (DEFAULT_KINDS[name] for name in ("plenary", "test"))
SMALL = Thresholds((Watchword(ParticipantLimit(approaching=0.5), Rule()),))


def play(kind: str) -> Play:
    monitors = (ParticipantLimit(), QuorumLost())
    both = (booking(), booking(id="trial", room="sala2", kind=TEST))
    return Play(*both, monitors=monitors, of_kinds={kind: SMALL}).room(focus(), *people(15))


def test_two_sessions_of_two_kinds_are_judged_each_by_its_own() -> None:
    played = play("plenary").feed(ev.RoomRead("sala2@conference.meet.test", "m2", people(15)))
    alerts = {v.booking.id: [alert.monitor for alert in v.alerts] for v in played.engine.sessions(played.now)}
    assert {"almatret-1": ["ParticipantLimit"], "trial": []} == alerts


def test_a_booking_that_changes_its_kind_is_judged_by_the_new_one_at_once() -> None:
    played = play("test")
    assert {} == played.firing
    played.feed(ev.BookingsRead("file", (booking(kind=TEST),)))
    assert {"ParticipantLimit": "approaching"} == played.firing


def test_an_alert_ends_when_its_monitor_is_not_watched_for_in_the_new_kind() -> None:
    played = Play(booking(quorum=4), monitors=(QuorumLost(),), of_kinds={"test": Thresholds(())}).room(*people(5))
    played.go("p4", "p3")
    assert {"QuorumLost": "lost"} == played.firing
    played.heard()
    changed = dataclasses.replace(booking(quorum=4), kind=TEST)
    assert {} == played.feed(ev.BookingsRead("file", (changed,))).at(3000).firing
    assert [] == played.heard()
