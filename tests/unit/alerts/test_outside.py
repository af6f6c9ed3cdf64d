from __future__ import annotations

from supervisor.alerts.outside import Occasion, Outside, Route
from supervisor.domain.news import Kind, News, Selection
from supervisor.domain.records import Outgoing

NEWS = News("ParticipantLimit", "warning", "b1", "ple", "31 people", "too many", 100.0, None, "i1")


def route(target: str, *, last: bool = False, **selection: set[str]) -> Route:
    wanted = Selection(**{name: frozenset(values) for name, values in selection.items()})
    return Route("webhook", target, frozenset(Kind), last, wanted)


def told(occasion: Occasion, *routes: Route) -> set[str]:
    keeps = Outside(routes).tell(Kind.FIRING, NEWS, 100.0, occasion)
    return {keep.change.target for keep in keeps if isinstance(keep.change, Outgoing)}


def test_who_chose_nothing_is_told_of_everything() -> None:
    assert told(Occasion(session="plenary"), route("all")) == {"all"}


def test_a_route_hears_only_of_its_severities() -> None:
    routes = route("bad", severities={"critical"}), route("middling", severities={"warning", "critical"})
    assert told(Occasion(), *routes) == {"middling"}


def test_the_worst_that_an_alert_has_been_decides() -> None:
    assert told(Occasion(worst="critical"), route("bad", severities={"critical"})) == {"bad"}


def test_a_route_hears_only_of_its_kinds_and_of_what_belongs_to_no_session() -> None:
    routes = route("plenaries", kinds={"plenary"}), route("tests", kinds={"test"})
    assert told(Occasion(session="plenary"), *routes) == {"plenaries"}
    assert told(Occasion(session=""), *routes) == {"plenaries", "tests"}


def test_a_last_route_hears_only_what_escalated() -> None:
    assert told(Occasion(), route("mail", last=True)) == set()
    assert told(Occasion(escalated=True), route("mail", last=True)) == {"mail"}
