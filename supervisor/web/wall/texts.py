"""What the wall says. The templates name these texts by their keys; the catalogues have them in every language."""

from __future__ import annotations

from typing import TYPE_CHECKING

from supervisor.alerts.chair import STREAMS
from supervisor.domain.text import N_

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

WORDS: Mapping[str, str] = {
    "wall": N_("Session wall"),
    "skip": N_("Skip to the sessions"),
    "skip_main": N_("Skip to the content"),
    "language": N_("Language"),
    "leave": N_("Log out"),
    "as_of": N_("Data from"),
    "stale": N_("No news for %(age)s: what you see may no longer be true."),
    "lost": N_("The supervisor does not answer; perhaps it is being restarted. This page goes on trying."),
    "found": N_("The supervisor answers again."),
    "no_script": N_("Without JavaScript this page does not renew itself: load it again to see what is new."),
    "all_calm": N_("All in order"),
    "none_now": N_("No session now"),
    "n_trouble": N_("%(count)d in trouble"),
    "n_look": N_("%(count)d to look at"),
    "n_paused": N_("%(count)d paused"),
    "n_blind": N_("%(count)d not seen"),
    "n_calm": N_("%(count)d in order"),
    "watch_blind": N_("The supervisor is blind"),
    "source_lost": N_("No news from %(source)s"),
    "source_hint": N_("What depends on it is shown as it last was, or as not seen."),
    "sec_trouble": N_("Need attention"),
    "sec_calm": N_("Now"),
    "sec_coming": N_("Later today"),
    "nothing_booked": N_("Nothing more is booked for today."),
    "sec_over": N_("Earlier today"),
    "report": N_("Report"),
    "no_report": N_("There is no report"),
    "no_report_404": N_("Nothing was recorded of this session. Rooms that are always open have no record."),
    "no_report_409": N_(
        "The record was changed after it was written, and can't be read. The operator can find out where."
    ),
    "no_report_503": N_("The record can't be read at the moment. Try again in a moment."),
    "lv_alarm": N_("Trouble"),
    "lv_handled": N_("Being dealt with"),
    "lv_warning": N_("Look at this"),
    "lv_paused": N_("On pause"),
    "lv_blind": N_("Not seen"),
    "lv_calm": N_("In order"),
    "st_scheduled": N_("not begun"),
    "st_waiting": N_("nobody has come yet"),
    "st_open": N_("under way"),
    "st_paused": N_("paused"),
    "st_overrun": N_("past its end"),
    "st_unknown": N_("not seen"),
    "people": N_("People"),
    "people_named": N_("%(people)d people, %(limit)d recommended"),
    "not_known": N_("not known"),
    "stream": N_("Live stream"),
    "no_stream": N_("none owed"),
    "since": N_("since %(time)s"),
    "side_encoder": N_("encoder side"),
    "side_platform": N_("platform side"),
    "side_viewers": N_("viewers' side"),
    "says": N_("says %(witnesses)s"),
    "nobody_heard": N_("no witness is heard"),
    "moderator": N_("Moderator"),
    "mod_here": N_("present"),
    "mod_none": N_("absent"),
    "mod_later": N_("nobody yet"),
    "told_mods": N_("Moderators told"),
    "told_all": N_("Everybody in the room told"),
    "told_nobody": N_("Nobody told yet"),
    "told_silent": N_("Silenced until %(time)s"),
    "answered_by": N_("%(by)s answered at %(time)s"),
    "answered_none": N_("Nobody has answered"),
    "held": N_("nothing new is known"),
    "paused_by": N_("Paused since %(time)s by %(by)s"),
    "who_moderator": N_("a moderator"),
    "no_end": N_("always open"),
    "say_better": N_("%(name)s: in order again"),
    "back": N_("All sessions"),
    "timeline": N_("People and stream over time"),
    "timeline_desc": N_("From %(start)s to %(end)s: at most %(most)d people, now %(now)s; recommended %(limit)d."),
    "timeline_none": N_("There is no history of this session yet."),
    "seen_since": N_("What the supervisor has seen since it was started."),
    "key_people": N_("people"),
    "key_limit": N_("recommended"),
    "key_on": N_("stream runs"),
    "key_off": N_("stream in trouble"),
    "key_paused": N_("session paused"),
    "sorts": N_("Who is connected"),
    "sorts_hint": N_("Counts only. Names are not shown anywhere."),
    "so_person": N_("people in a browser"),
    "so_dial-in": N_("by telephone"),
    "so_room system": N_("room systems"),
    "so_visitor": N_("visitors, not counted"),
    "so_recorder": N_("recorders"),
    "so_transcriber": N_("transcribers"),
    "so_focus": N_("focus (Jicofo)"),
    "so_service": N_("other services"),
    "breakouts": N_("breakout rooms"),
    "preflight": N_("Check before the start"),
    "pf_item": N_("What"),
    "pf_ok": N_("ready"),
    "pf_wrong": N_("not ready"),
    "pf_unknown": N_("not known"),
    "evidence": N_("What the witnesses say"),
    "evidence_none": N_("No witness has said anything yet."),
    "witness": N_("Witness"),
    "side": N_("Side"),
    "word": N_("Word"),
    "age": N_("Age"),
    "in_its_words": N_("In its own words"),
    "expired": N_("too old, not heard"),
    "wo_up": N_("runs"),
    "wo_degraded": N_("runs badly"),
    "wo_down": N_("does not run"),
    "wo_ended": N_("has ended"),
    "wo_starting": N_("is starting"),
    "wo_missing": N_("is not there"),
    "wo_unknown": N_("cannot tell"),
    "incidents": N_("Incidents"),
    "incidents_none": N_("Nothing has gone wrong in this session."),
    "incidents_unread": N_("The record can't be read at present."),
    "in_open": N_("still open"),
    "in_from_to": N_("%(start)s to %(end)s"),
    "ln_told": N_("told: %(whom)s"),
    "ln_acknowledged": N_("answered for by %(by)s"),
    "ln_paused": N_("session paused by %(by)s"),
    "ln_resumed": N_("session resumed by %(by)s"),
    "ln_message": N_("%(by)s wrote to the moderators"),
    "ln_recovered": N_("over"),
    "ln_eased": N_("less bad"),
    "who_moderators": N_("moderators"),
    "who_everybody": N_("everybody in the room"),
    "actions": N_("What you can do"),
    "do_ack_of": N_("Answer for: %(alert)s"),
    "do_ack_hint": N_("No more reminders, no escalation. It goes on record."),
    "do_pause": N_("Pause the session"),
    "do_pause_hint": N_("The title says PAUSED and everybody in the room reads it."),
    "do_resume": N_("Resume the session"),
    "do_force": N_("although the stream is not verified: the public may see nothing"),
    "do_message": N_("Message to the moderators"),
    "do_message_hint": N_("They read it in the room at once. Up to %(most)d signs, on one line; it is not stored."),
    "do_send": N_("Send"),
    "do_silence": N_("Silence"),
    "do_silence_what": N_("What"),
    "do_silence_long": N_("For how long"),
    "do_silence_all": N_("all alerts of this session"),
    "do_silence_hint": N_("Nothing is told of it, in the room or outside. It is still shown here."),
    "silences": N_("Silences"),
    "silence_line": N_("%(what)s until %(time)s, set by %(by)s"),
    "do_lift": N_("Lift"),
    "do_lift_of": N_("Lift the silence: %(what)s"),
    "minutes": N_("%(count)d min"),
    "sent_wait": N_("%(time)s, %(by)s: not confirmed yet"),
    "sent_read": N_("%(time)s, %(by)s: handed to %(count)d"),
    "sent_none": N_("%(time)s, %(by)s: reached nobody"),
    "read_only": N_("Your token may look, but not act."),
    "ok_ack": N_("On record: you answer for it."),
    "ok_pause": N_("The session is paused."),
    "ok_resume": N_("The session goes on."),
    "ok_message": N_("The message is on its way to the moderators."),
    "ok_silence": N_("The silence is set."),
    "ok_lift": N_("The silence is lifted."),
    "no_ack": N_("It was not done: this alert is not open any more, or needs no answer."),
    "no_pause": N_("It was not done: the session is paused already."),
    "no_resume": N_(
        "It was not done: the session is not paused, or its stream is not verified. Tick the box to go on all the same."
    ),
    "no_message": N_("It was not sent: the room is not seen, or no moderator is in it."),
    "no_silence": N_("It was not done: there are too many silences."),
    "no_lift": N_("It was not done: there is no such silence any more."),
    "bad_text": N_("It was not sent: write one line with words, %(most)d signs at most."),
    "bad_form": N_("It was not done: the form was not complete. Try again."),
    "login": N_("Log in"),
    "login_hint": N_(
        "Paste the token of your desk, one of [web.tokens] of the configuration. This browser stays "
        "logged in for a while."
    ),
    "token": N_("Token"),
    "login_wrong": N_("This token is none of ours. Check that it is whole."),
    "login_scope": N_('This token may not look: it lacks the scope "read".'),
    "login_slow": N_("Too many tries. Wait %(seconds)d seconds, then try again."),
    "login_again": N_("Your login has ended. Log in again."),
    "refused": N_("Refused"),
    "refused_hint": N_(
        "This did not come from the wall's own page, so nothing was done. Open the wall and try again. "
        "Behind a web server, it has to hand on the header Host unchanged."
    ),
    "gone": N_("This session is not under supervision"),
    "gone_hint": N_("It is over, has not come yet, or there is none of this name."),
    "no_tokens": N_("The wall is not set up yet"),
    "no_tokens_hint": N_(
        "Nobody may look at the sessions until there is a token. Add one to the configuration and restart the daemon:"
    ),
}

TITLES: Mapping[str, str] = {
    "ParticipantLimit.approaching": N_("Close to the recommended number"),
    "ParticipantLimit.reached": N_("Recommended number reached"),
    "ParticipantLimit": N_("Too many people"),
    "StreamInterrupted.stalled": N_("Stream in doubt"),
    "StreamInterrupted": N_("Stream interrupted"),
    "StreamNotStarted": N_("Stream not started"),
    "StreamDegraded": N_("Stream runs badly"),
    "StreamSelfStop": N_("Stream about to stop: all are muted"),
    "WrongBroadcast": N_("Public page shows something else"),
    "StreamBlind": N_("Stream not seen by anybody"),
    "ModeratorAbsent": N_("No moderator in the room"),
    "RecordingForbidden": N_("Recorded although forbidden"),
    "RecordingMissing": N_("Recording is missing"),
    "RoomUnprotected": N_("Room without password"),
    "LobbyUnattended": N_("Somebody waits in the lobby"),
    "SessionNotStarted": N_("Nobody has come"),
    "SessionOverrun": N_("Past its booked end"),
    "QuorumLost": N_("Quorum lost"),
    "RoomCollision": N_("Room used by somebody else"),
    "FocusMissing": N_("Jicofo left the room"),
    "JibriUnavailable": N_("No idle recorder"),
    "BridgeUnhealthy": N_("The video bridges are sick"),
    "Preflight": N_("Before the start, something was not ready"),
    "SourceLost": N_("The supervisor is blind"),
    "SessionPaused": N_("Session paused by hand"),
}
"""What an alert is about, by monitor, or by monitor and stage where the stages are different troubles."""


class Texts:
    """The texts of one language. ``words`` by key."""

    def __init__(self, language: str, translate: Callable[[str], str]) -> None:
        self.language = language
        self.words = {key: translate(text) for key, text in WORDS.items()}
        self._titles = {key: translate(text) for key, text in TITLES.items()}
        self._phases = {str(phase): translate(text) for phase, text in STREAMS.items()}

    def title(self, monitor: str, stage: str = "") -> str:
        """What an alert is about; a monitor without a text of its own is called by its name."""
        return self._titles.get(f"{monitor}.{stage}") or self._titles.get(monitor) or monitor

    def phase(self, phase: str) -> str:
        """What the public gets."""
        return self._phases.get(phase, phase)

    def put(self, key: str, **params: str | float) -> str:
        """A text with its places filled."""
        return self.words[key] % params
