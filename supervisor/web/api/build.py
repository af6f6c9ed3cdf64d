"""All operations of the API, and the routes that they make together with their description."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import web

from supervisor.web.api import report, shapes, wanted
from supervisor.web.api.live import Live
from supervisor.web.api.openapi import describe
from supervisor.web.api.operation import BASE, Operation
from supervisor.web.api.past import Past
from supervisor.web.api.rolls import Rolls
from supervisor.web.api.silences import Silences
from supervisor.web.api.values import Nothing, Page

if TYPE_CHECKING:
    from collections.abc import Callable

    from supervisor.engine import Engine
    from supervisor.web.api.live import Take
    from supervisor.web.api.past import Records
    from supervisor.web.api.report import Reports
    from supervisor.web.auth import Guard

READ, WRITE = "read", "write"
UNREADABLE = {503: "The store can't be read at present."}


def routes(guard: Guard, operations: list[Operation]) -> list[web.RouteDef]:
    """The routes of the operations, and that of their description, which needs no token."""
    document = describe(operations)

    async def on_description(_: web.Request) -> web.Response:
        return web.json_response(document)

    return [web.get(f"{BASE}/openapi.json", on_description), *(operation.route(guard) for operation in operations)]


def operations(
    engine: Engine, clock: Callable[[], float], take: Take, records: Records, reports: Reports
) -> list[Operation]:
    """Make them.

    Args:
        engine: Is read, never changed.
        clock: Seconds since the epoch.
        take: Hands an event to the engine.
        records: What is stored.
        reports: Draws the sessions' reports.
    """
    live, past = Live(engine, clock, take), Past(records, engine.incidents)
    rolls = Rolls(engine, clock, records)
    silences = Silences(engine, clock, take)
    return [
        *_sessions(live),
        _roll_call(rolls),
        *report.operations(reports),
        *_alerts(live),
        *_past(past),
        *_silences(silences),
    ]


def _sessions(live: Live) -> list[Operation]:
    booking = "The booking's id."
    unknown = {404: "No session of this booking is under supervision now."}
    return [
        Operation(
            "GET",
            "/sessions",
            READ,
            "List the sessions",
            "The sessions that are under supervision now, by their start.",
            live.sessions,
            shapes.Sessions,
            query=Page,
        ),
        Operation(
            "GET",
            "/sessions/{id}",
            READ,
            "Show a session",
            "One session that is under supervision now.",
            live.session,
            shapes.Session,
            id=booking,
            refusals=unknown,
        ),
        Operation(
            "POST",
            "/sessions/{id}/pause",
            WRITE,
            "Pause a session",
            "The room's title says PAUSED, everybody in it reads a line, and it goes on record with your token's name. "
            "What fires counts as acknowledged.",
            live.pause,
            shapes.Session,
            body=Nothing,
            id=booking,
            refusals={**unknown, 409: "It is paused already."},
        ),
        Operation(
            "POST",
            "/sessions/{id}/resume",
            WRITE,
            "Resume a session",
            "The room's title is put back, everybody in it reads a line, and it goes on record with your token's name. "
            "Refused while the stream is not verified, that is while the public may see nothing, unless you force it.",
            live.resume,
            shapes.Session,
            body=wanted.ResumeWanted,
            id=booking,
            refusals={**unknown, 409: "It is not paused, or its stream is not verified."},
        ),
        Operation(
            "POST",
            "/sessions/{id}/message",
            WRITE,
            "Write to the moderators",
            "Those who are moderators at this moment read it in the room, as they read an alert. It is sent once and "
            "stored nowhere; on record is that your token has written.",
            live.message,
            shapes.Session,
            status=202,
            body=wanted.MessageWanted,
            body_needed=True,
            id=booking,
            refusals={**unknown, 409: "The room is not seen, or no moderator is in it."},
        ),
    ]


def _roll_call(rolls: Rolls) -> Operation:
    return Operation(
        "GET",
        "/sessions/{id}/roll-call",
        READ,
        "Show a session's roll call",
        "Who came, who is ready, who is not and why, who is missing; during the session and after it. Names are in it "
        "only where the booking turned attendance on.",
        rolls.roll_call,
        shapes.RollCall,
        id="The booking's id.",
        refusals={404: "There is no roll call of this booking.", **UNREADABLE},
    )


def _alerts(live: Live) -> list[Operation]:
    return [
        Operation(
            "GET",
            "/alerts",
            READ,
            "List the open alerts",
            "What is wrong now, in all sessions and in the supervisor's own sources; the newest first.",
            live.alerts,
            shapes.Alerts,
            query=Page,
        ),
        Operation(
            "POST",
            "/alerts/{id}/ack",
            WRITE,
            "Acknowledge an alert",
            "It is not repeated and not escalated any more, and it goes on record with your token's name. If somebody "
            "did so before, that stands. An alert that gets worse has to be acknowledged anew.",
            live.acknowledge,
            shapes.Alert,
            body=Nothing,
            id="The alert's `id`.",
            refusals={404: "No alert of this id is open.", 409: "It is a lost source's, which nobody is reminded of."},
        ),
    ]


def _past(past: Past) -> list[Operation]:
    return [
        Operation(
            "GET",
            "/incidents",
            READ,
            "List the incidents",
            "What went wrong, open or over: when, who answered, who paused and who resumed; the newest first.",
            past.incidents,
            shapes.Incidents,
            query=wanted.IncidentsWanted,
            refusals=UNREADABLE,
        ),
        Operation(
            "GET",
            "/incidents/{id}",
            READ,
            "Show an incident",
            "One incident, with every line of its record.",
            past.incident,
            shapes.IncidentRecord,
            id="The incident's `id`.",
            refusals={404: "There is no such incident on record.", **UNREADABLE},
        ),
        Operation(
            "GET",
            "/dead-letters",
            READ,
            "List the dead letters",
            "Messages to receivers outside the rooms that were given up, the last one first.",
            past.dead_letters,
            shapes.DeadLetters,
            query=Page,
            refusals=UNREADABLE,
        ),
    ]


def _silences(silences: Silences) -> list[Operation]:
    return [
        Operation(
            "GET",
            "/silences",
            READ,
            "List the silences",
            "The silences whose time is not over.",
            silences.listed,
            shapes.Silences,
            query=Page,
        ),
        Operation(
            "POST",
            "/silences",
            WRITE,
            "Set a silence",
            "Nothing is told of a booking's alerts, of a monitor's, or of one monitor's in one booking, for 30 days at "
            "most. Alerts open and incidents are recorded all the same.",
            silences.add,
            shapes.Silence,
            status=201,
            body=wanted.SilenceWanted,
            body_needed=True,
            refusals={409: "There are too many silences."},
        ),
        Operation(
            "DELETE",
            "/silences/{id}",
            WRITE,
            "Lift a silence",
            "It ends now. What still holds is told.",
            silences.lift,
            None,
            status=204,
            id="The silence's `id`.",
            refusals={404: "There is no silence of this id."},
        ),
    ]
