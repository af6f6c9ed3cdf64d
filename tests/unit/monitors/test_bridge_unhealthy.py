"""BridgeUnhealthy: one alert for the whole server, whatever is going on in the rooms."""

from math import inf

from supervisor.alerts.lifecycle import Rule
from supervisor.domain import events as ev
from supervisor.domain.plant import MISSED_FOR, Bridge
from supervisor.monitors.bridge_unhealthy import BridgeUnhealthy
from tests.unit.builders import Play, people

NAME = "BridgeUnhealthy"
SICK = Bridge("jvb2", works=False, trouble="not operational")


def play(wait: float = 0.0, keep: float = 0.0) -> Play:
    return Play(server=[(BridgeUnhealthy(), Rule(wait, keep))])


def seen(*bridges: Bridge, source: str = "jicofo", lost: int | None = None, complaint: str = "") -> ev.BridgesSeen:
    return ev.BridgesSeen(source, bridges, inf, lost, complaint)


def well(*names: str) -> tuple[Bridge, ...]:
    return tuple(Bridge(name, stress=0.1) for name in names)


def reason(play: Play) -> str:
    return next(alert.reason for alert in play.engine.source_alerts() if alert.monitor == NAME)


def test_one_sick_bridge_of_two_is_a_warning_that_names_it() -> None:
    fed = play().feed(seen(*well("jvb1"), SICK))
    assert ({NAME: "sick"}, "jvb2: not operational") == (fed.firing, reason(fed))


def test_it_belongs_to_no_booking_and_nobody_in_a_room_hears_of_it() -> None:
    fed = play().room(*people(3)).feed(seen(SICK)).at(600)
    (alert,) = fed.engine.source_alerts()
    assert ("", "critical", NAME, []) == (alert.booking, alert.severity, alert.id, fed.heard())


def test_without_any_bridge_that_works_it_is_critical() -> None:
    assert {NAME: "none works"} == play().feed(seen()).firing
    assert {NAME: "none works"} == play().feed(seen(SICK)).firing


def test_jicofos_word_decides_whether_any_works() -> None:
    fed = play().feed(seen(*well("jvb main"), source="jvb main"), seen())
    assert {NAME: "none works"} == fed.firing


def test_a_bridge_that_is_silent_may_work() -> None:
    a, b = seen(*well("jvb a"), source="jvb a"), seen(SICK, source="jvb b")
    fed = play().feed(a, b, ev.SourceLost("jvb a", "no connection"))
    assert "sick" == fed.firing[NAME]


def test_a_lost_source_holds_what_was_and_raises_nothing() -> None:
    fed = play().feed(seen(*well("jvb1")), ev.SourceLost("jicofo", "no connection")).at(600)
    assert {"SourceLost": "blind"} == fed.firing
    fed = play().feed(seen(SICK), ev.SourceLost("jicofo", "no connection")).at(600)
    assert {"SourceLost": "blind", NAME: "none works"} == fed.firing
    assert {} == fed.feed(seen(*well("jvb1")), ev.SourceSynced("jicofo")).firing


def test_a_word_that_nobody_renews_is_unknown() -> None:
    fed = play().feed(ev.BridgesSeen("jicofo", (SICK,), play().now + 30.0)).at(31)
    (alert,) = fed.engine.source_alerts()
    assert alert.held


def test_a_restart_of_some_seconds_stays_quiet() -> None:
    fed = play(wait=30.0).feed(seen(*well("jvb1"))).at(10).feed(seen()).at(39).feed(seen(*well("jvb1")))
    assert {} == fed.at(600).firing
    assert {NAME: "none works"} == fed.feed(seen()).at(630).firing


def test_a_bridge_that_was_lost_is_missed_until_there_are_as_many_again() -> None:
    fed = play().feed(seen(*well("jvb1", "jvb2"), lost=4)).at(10).feed(seen(*well("jvb1"), lost=5))
    assert ({NAME: "sick"}, "a bridge was lost: 1 of 2 are left") == (fed.firing, reason(fed))
    assert {} == fed.at(60).feed(seen(*well("jvb1", "jvb3"), lost=5)).firing


def test_a_bridge_that_was_lost_is_not_missed_for_ever() -> None:
    fed = play().feed(seen(*well("jvb1", "jvb2"), lost=4)).feed(seen(*well("jvb1"), lost=5))
    assert {NAME: "sick"} == fed.at(MISSED_FOR - 1).firing
    assert {} == fed.at(MISSED_FOR).firing


def test_a_bridge_that_was_taken_away_on_purpose_or_counted_anew_is_not_missed() -> None:
    assert {} == play().feed(seen(*well("jvb1", "jvb2"), lost=4)).feed(seen(*well("jvb1"), lost=4)).firing
    assert {} == play().feed(seen(*well("jvb1", "jvb2"), lost=4)).feed(seen(*well("jvb1"), lost=0)).firing


def test_stress_and_jicofos_own_complaint_are_troubles() -> None:
    assert "jvb1: stress 0.95" == reason(play().feed(seen(Bridge("jvb1", stress=0.95))))
    assert "jicofo: health check failed (503)" == reason(
        play().feed(seen(*well("jvb1"), complaint="health check failed (503)"))
    )


def test_a_reason_stays_readable_with_many_sick_bridges() -> None:
    many = (Bridge(f"jvb{n}", trouble="unhealthy") for n in range(20))
    assert reason(play().feed(seen(*many))).endswith("jvb4: unhealthy; 15 more")


def test_nothing_configured_is_nothing_said() -> None:
    assert {} == play().room(*people(3)).at(3600).firing


def test_support_is_told_once_of_the_beginning_and_once_of_the_end() -> None:
    fed = play(keep=30.0).feed(seen(SICK), seen(SICK), seen(*well("jvb1"))).at(60)
    told = [dict(record.about)["stage"] for record in (*fed.records("alert rose"), *fed.records("alert fell"))]
    assert ["2", "0"] == told
