"""The pause protocol, with a clock in the test's hand."""

from dataclasses import replace

from supervisor.alerts.chair import INSIST
from supervisor.domain import events as ev
from supervisor.domain.commands import Audience, Keep, Moderate, Notify, Retitle
from supervisor.domain.kinds import DEFAULT_KINDS
from supervisor.domain.occupants import written
from supervisor.domain.records import AlertEnded, AlertRow, Incident, Saved, Silence, StreamRow, TimelineEntry
from supervisor.domain.wishes import Wish
from supervisor.engine import XMPP
from tests.unit.builders import ROOM, Play, booking, focus, off, on, people, recorder

P0 = f"{written('p0')} (moderator)"


def interrupted() -> Play:
    play = Play().room(focus(), *people(3)).come(recorder(), focus(on()))
    play.at(60.0).come(focus(off(failure="error")))
    play.heard()
    return play


def says(play: Play, word: str, nick: str = "p0") -> list[Notify]:
    """A moderator writes a word; returns the notices that follow."""
    before = len(play.commands)
    play.feed(ev.CommandGiven(ROOM, nick, word))
    return [command for command in play.commands[before:] if isinstance(command, Notify)]


def incidents(play: Play) -> dict[str, Incident]:
    """The last state of each incident that was to be kept."""
    kept = [c.change for c in play.commands if isinstance(c, Keep) and isinstance(c.change, Incident)]
    return {incident.monitor: incident for incident in kept}


def lines(play: Play) -> list[str]:
    return [c.change.what for c in play.commands if isinstance(c, Keep) and isinstance(c.change, TimelineEntry)]


def titles(play: Play) -> list[Retitle]:
    return [command for command in play.commands if isinstance(command, Retitle)]


def test_a_pause_is_on_record_and_everybody_is_told() -> None:
    play = interrupted()
    to_all, to_sender = says(play.at(90.0), "!pausa")
    assert (Audience.EVERYBODY, "The session is paused since 19:01.") == (to_all.audience, to_all.text[:34])
    assert (Audience.OCCUPANTS, ("p0",)) == (to_sender.audience, to_sender.nicks)
    assert "!resume" in to_sender.text
    incident = incidents(play)["StreamInterrupted"]
    assert (P0, 90.0) == (incident.paused_by, (incident.paused_at or 0.0) - play.now + 90.0)
    assert incident.acknowledged_by == P0
    assert [Retitle(ROOM, "SESSION PAUSED since 19:01")] == titles(play)


def test_a_second_pause_only_says_since_when() -> None:
    play = interrupted()
    says(play, "!pause")
    (answer,) = says(play.at(200.0), "!pausa", "p1")
    assert "has been paused since 19:01" in answer.text
    assert len(titles(play)) == 1


def test_every_languages_word_works_whatever_its_case_and_accents() -> None:
    for word in ("!PAUSA", "!Pause"):
        assert len(says(interrupted(), word)) == 2
    play = interrupted()
    says(play, "!pausa")
    assert "not back yet" in says(play, "!repre\u0300n")[0].text


def test_a_word_that_is_none_of_ours_changes_nothing() -> None:
    assert says(interrupted(), "!dance") == []


def test_resume_is_not_taken_until_the_stream_is_verified_or_it_is_asked_twice() -> None:
    play = interrupted()
    says(play, "!pausa")
    (answer,) = says(play.at(100.0), "!resume")
    assert "not back yet" in answer.text
    (again,) = says(play.at(100.0 + INSIST + 1.0), "!resume")
    assert "not back yet" in again.text
    assert len(says(play.at(120.0 + INSIST), "!resume")) == 2


def test_after_the_stream_is_back_resume_restores_the_title_exactly() -> None:
    play = interrupted()
    says(play, "!pausa")
    play.feed(ev.Retitled(ROOM, changed=True, text="Ple ordinari", by=f"{ROOM}/p1"))
    play.at(200.0).go("jibri1").come(recorder("s2", "jibri2"), focus(on("s2")))
    to_all, to_sender = says(play.at(240.0), "!resume")
    assert "goes on since 19:04" in to_all.text
    assert "after 3 min" in to_sender.text
    assert Retitle(ROOM, "Ple ordinari", "SESSION PAUSED since 19:01", f"{ROOM}/p1") == titles(play)[-1]
    incident = incidents(play)["StreamInterrupted"]
    assert incident.closed is not None
    assert incident.resumed_by == P0
    assert ["interrupted", "told", "acknowledged", "paused", "titled", "recovered", "told", "resumed"] == lines(play)


def test_one_outage_is_one_incident_though_it_ends_while_the_session_is_paused() -> None:
    play = interrupted()
    says(play, "!pausa")
    play.at(200.0).go("jibri1").come(recorder("s2", "jibri2"), focus(on("s2")))
    play.at(230.0).come(focus(off("s2", failure="error")))
    kept = {c.change.id for c in play.commands if isinstance(c, Keep) and isinstance(c.change, Incident)}
    assert len(kept) == 1


def test_a_pause_without_a_trouble_is_a_record_of_its_own() -> None:
    play = Play().room(focus(), *people(3)).come(recorder(), focus(on()))
    says(play, "!pausa")
    says(play.at(60.0), "!resume")
    incident = incidents(play)["SessionPaused"]
    assert incident.resumed_at is not None
    assert incident.closed is not None


def test_the_flag_is_set_again_when_the_room_is_made_anew() -> None:
    play = interrupted()
    says(play, "!pausa")
    play.feed(ev.SourceLost(XMPP, "killed"), ev.RoomRead(ROOM, "m2", (focus(), *people(3))), ev.SourceSynced(XMPP))
    assert [Retitle(ROOM, "SESSION PAUSED since 19:01")] * 2 == titles(play)


def test_support_staff_can_do_it_without_a_place_in_the_room() -> None:
    play = interrupted().feed(ev.WishMade("almatret-1", Wish.PAUSE, "desk"))
    assert incidents(play)["StreamInterrupted"].paused_by == "desk"
    assert [Audience.EVERYBODY] == [c.audience for c in play.commands if isinstance(c, Notify)][-1:]


def test_over_the_api_asking_twice_is_not_insisting_but_force_is() -> None:
    play = interrupted().feed(ev.WishMade("almatret-1", Wish.PAUSE, "desk"))
    for _ in range(2):
        play.feed(ev.WishMade("almatret-1", Wish.RESUME, "desk"))
    assert incidents(play)["StreamInterrupted"].resumed_at is None
    play.feed(ev.WishMade("almatret-1", Wish.RESUME, "desk", force=True))
    assert "desk" == incidents(play)["StreamInterrupted"].resumed_by


def test_a_try_over_the_api_does_not_make_the_chats_first_try_a_second_one() -> None:
    play = interrupted().feed(
        ev.WishMade("almatret-1", Wish.PAUSE, "desk"), ev.WishMade("almatret-1", Wish.RESUME, "x")
    )
    (answer,) = says(play, "!resume")
    assert "not back yet" in answer.text


def test_no_two_open_alerts_have_one_id() -> None:
    play = interrupted().come(*people(31)).feed(ev.SourceLost("store", "full"), ev.SourceLost("hls", "down"))
    alerts = [a for view in play.engine.sessions(play.now) for a in view.alerts] + list(play.engine.source_alerts())
    assert {
        "almatret-1:ParticipantLimit",
        "almatret-1:StreamInterrupted",
        "SourceLost:hls",
        "SourceLost:store",
    } == {alert.id for alert in alerts}


def test_an_alert_names_its_incident_only_while_that_is_open() -> None:
    play = Play().room(focus(), *people(31))
    (alert,) = next(play.engine.sessions(play.now)).alerts
    assert [alert.incident] == [incident.id for incident in play.engine.incidents()]
    play.go(*(f"p{n}" for n in range(31))).at(120.0).come(*people(25)).at(240.0)
    (alert,) = next(play.engine.sessions(play.now)).alerts
    assert ("approaching", "", []) == (alert.stage.name, alert.incident, list(play.engine.incidents()))


def test_who_set_and_who_lifted_a_silence_is_in_the_log() -> None:
    play = Play().feed(ev.SilenceSet(Silence("s1", "almatret-1", "", play_end(600.0), "desk")))
    play.feed(ev.SilenceLifted("s1", "night"))
    assert ["desk", "night"] == [dict(play.records(what)[0].about)["by"] for what in ("silence set", "silence lifted")]


def test_an_acknowledged_trouble_is_not_told_again_but_its_end_is() -> None:
    play = interrupted()
    (answer,) = says(play.at(90.0), "!ok")
    assert "on record" in answer.text
    play.heard()
    play.at(2000.0)
    assert play.heard() == []
    play.go("jibri1").come(recorder("s2", "jibri2"), focus(on("s2")))
    assert ["The live stream is back"] == [text[:23] for text in play.heard()]


def test_an_unanswered_trouble_is_told_to_everybody_after_ten_minutes() -> None:
    play = interrupted().at(60.0 + 599.0)
    assert {Audience.MODERATORS} == {c.audience for c in play.commands if isinstance(c, Notify)} or not play.texts
    play.heard()
    play.at(60.0 + 601.0)
    assert [Audience.EVERYBODY] == [c.audience for c in play.commands if isinstance(c, Notify)]


def test_status_is_told_to_the_one_who_asks() -> None:
    (answer,) = says(interrupted(), "!estat")
    assert answer.text == "3 people are connected (recommended: 30). Live stream: INTERRUPTED."


def test_a_silence_keeps_quiet_and_what_still_holds_afterwards_is_told() -> None:
    play = Play().feed(ev.SilenceSet(Silence("s1", "almatret-1", "", play_end(600.0), "desk")))
    play.room(focus(), *people(31)).at(500.0)
    assert play.heard() == []
    play.at(620.0)
    assert len(play.heard()) == 1


def play_end(seconds: float) -> float:
    return Play().now + seconds


def test_a_restart_forgets_neither_the_alert_nor_what_was_told_nor_the_pause() -> None:
    first = interrupted()
    says(first, "!pausa")
    rows = [c.change for c in first.commands if isinstance(c, Keep)]
    alerts = {(r.booking, r.monitor): r for r in rows if isinstance(r, AlertRow | AlertEnded)}
    open_alerts = tuple(r for r in alerts.values() if isinstance(r, AlertRow))
    open_incidents = tuple(i for i in incidents(first).values() if i.closed is None or i.resumed_at is None)

    streams = tuple(r for r in rows if isinstance(r, StreamRow))[-1:]

    second = Play(saved=Saved(alerts=open_alerts, incidents=open_incidents, streams=streams))
    second.at(100.0).room(focus(off(failure="error")), *people(3))
    assert second.firing["StreamInterrupted"] == "interrupted"
    second.at(400.0)
    assert second.heard() == []
    second.come(recorder("s2", "jibri2"), focus(on("s2")))
    assert ["The live stream is back"] == [text[:23] for text in second.heard()]
    assert len(says(second, "!resume")) == 2
    assert incidents(first)["StreamInterrupted"].id == incidents(second)["StreamInterrupted"].id


def test_nobody_is_greeted_twice_in_one_meeting() -> None:
    play = Play(booking(), opening_line=True).room(focus(), *people(2)).at(5.0)
    (line,) = [c for c in play.commands if isinstance(c, Notify)]
    assert ("p0", "p1") == line.nicks
    assert "supervised" in line.text
    play.go("p1").at(10.0).come(people(2)[1]).at(20.0)
    assert len([c for c in play.commands if isinstance(c, Notify)]) == 1


def test_a_pause_mutes_everybody_where_the_kind_says_so() -> None:
    kind = replace(DEFAULT_KINDS["plenary"], pause_mutes=True)
    play = Play(booking(kind=kind)).room(focus(), *people(3))
    says(play, "!pausa")
    says(play, "!resume")
    says(play, "!resume")
    orders = [command for command in play.commands if isinstance(command, Moderate)]
    assert [Moderate(ROOM, "p0", enable=True), Moderate(ROOM, "p0", enable=False)] == orders
    play.feed(ev.Moderated(ROOM, changed=False, reason="av_moderation is not loaded"))
    assert ("reason", "av_moderation is not loaded") in play.records("audio moderation")[0].about
