"""Stand-ins for the HTTP sides of Jicofo and of a bridge, on loopback, with the paths and names of the real ones.

Only what the daemon reads is there, among enough else that a reader has to look for it.
"""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self

from aiohttp import web

from supervisor.simulation.loopback import HOST, spare_ports

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import TracebackType

BREWERY = "jvbbrewery@internal.auth.meet.test"
JIBRI_BREWERY = "jibribrewery@internal.auth.meet.test"


class _Server(ABC):
    """An HTTP server that can be stopped and started again on the same port. An async context manager.

    Attributes:
        absent: Paths that are switched off: 404.
        slow: Accept questions and answer none.
        asked: How often each path was asked for.
    """

    def __init__(self) -> None:
        self.absent: set[str] = set()
        self.slow = False
        self.asked: dict[str, int] = {}
        self._port = spare_ports(1)[0]
        self._runner: web.AppRunner | None = None

    @property
    def url(self) -> str:
        """Its address, up to the port."""
        return f"http://{HOST}:{self._port}"

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    async def start(self) -> None:
        """Listen."""
        app = web.Application()
        app.router.add_get("/{path:.*}", self._serve)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, HOST, self._port, reuse_address=True).start()

    async def stop(self) -> None:
        """Die: connections are refused from now on."""
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    async def _serve(self, request: web.Request) -> web.Response:
        self.asked[request.path] = self.asked.get(request.path, 0) + 1
        if self.slow:
            await asyncio.sleep(3600)
        answer = None if request.path in self.absent else self.answer(request.path)
        return answer or web.Response(status=404)

    @abstractmethod
    def answer(self, path: str) -> web.Response | None:
        """What is answered; None for 404."""


@dataclass(slots=True)
class FakeBridge:
    """A bridge as Jicofo sees it."""

    operational: bool = True
    healthy: bool = True
    stress: float = 0.05
    graceful_shutdown: bool = False
    failing_ice: bool = False

    def state(self) -> dict[str, Any]:
        """Its object in ``/debug``."""
        return {
            "corrected-stress": self.stress,
            "drain": False,
            "endpoints": 3,
            "endpoint-restart-requests": 0,
            "failing-ice": self.failing_ice,
            "graceful-shutdown": self.graceful_shutdown,
            "healthy": self.healthy,
            "operational": self.operational,
            "overloaded": self.stress > 0.8,
            "region": "null",
            "relay-id": "null",
            "release": "null",
            "shutting-down": False,
            "stress": self.stress,
            "version": "2.3.315",
        }


class FakeJicofo(_Server):
    """Jicofo's HTTP side.

    Attributes:
        bridges: The bridges of its selector, by nickname.
        lost: How many it has lost so far.
        jibris: Health and busy status of each Jibri, by nickname; None where no brewery is configured.
        complaint: What its health check says; None where it is well.
    """

    def __init__(self) -> None:
        super().__init__()
        self.bridges: dict[str, FakeBridge] = {"jvb-1": FakeBridge()}
        self.lost = 0
        self.jibris: dict[str, tuple[str, str]] | None = {"jibri-1": ("HEALTHY", "IDLE")}
        self.complaint: str | None = None

    def answer(self, path: str) -> web.Response | None:
        """See the base class."""
        match path:
            case "/about/health":
                return web.Response(text=self.complaint or "OK", status=503 if self.complaint else 200)
            case "/debug":
                return web.json_response(self._debug())
            case "/metrics":
                return web.Response(text=page("jitsi_jicofo", self._numbers()))
        return None

    def _debug(self) -> dict[str, Any]:
        return {
            "focus_manager": {},
            "bridge_selector": {
                "strategy": "SingleBridgeSelectionStrategy",
                "bridge": {f"{BREWERY}/{name}": bridge.state() for name, bridge in self.bridges.items()},
            },
            "jibri_detector": self._detector(),
            "sip_jibri_detector": None,
            "jigasi_detector": None,
        }

    def _detector(self) -> dict[str, Any] | None:
        if self.jibris is None:
            return None
        never = "-1000000000-01-01T00:00:00Z"
        listed = {
            name: {
                "health_status": health,
                "busy_status": busy,
                "reports_available": (health, busy) == ("HEALTHY", "IDLE"),
                "last_failed": never,
                "last_selected": never,
            }
            for name, (health, busy) in self.jibris.items()
        }
        return {"is_sip": False, "brewery_jid": JIBRI_BREWERY, **listed}

    def _numbers(self) -> dict[str, float]:
        jibris = self.jibris or {}
        return {
            "conferences": 1,
            "bridge_selector_bridge_count": len(self.bridges),
            "bridge_selector_bridge_count_operational": sum(bridge.operational for bridge in self.bridges.values()),
            "bridge_selector_bridge_count_in_shutdown": 0,
            "bridge_selector_lost_bridges_total": self.lost,
            "jibri_instances": len(jibris),
            "jibri_instances_available": sum(state == ("HEALTHY", "IDLE") for state in jibris.values()),
        }


@dataclass(slots=True)
class FakeEndpoint:
    """A client as a bridge sees it: ``rtt`` in ms, 0 before one is measured; packets of the last minute."""

    rtt: float = 20.0
    received: int = 3000
    lost: int = 0
    sent: int = 3000
    sent_lost: int = 0

    def state(self) -> dict[str, Any]:
        """Its object in ``/debug/ID``."""
        stats = {
            "rtt": self.rtt,
            "incoming_loss_stats": {"packets_lost": self.lost, "packets_received": self.received},
            "outgoing_loss_stats": {"packets_lost": self.sent_lost, "packets_received": self.sent},
        }
        return {
            "receiver_video_constraints": {},
            "expired": False,
            "stats_id": "Ezra-Tzk",
            "ice_transport": {"closed": False, "iceWriteable": True, "iceConnected": True, "iceFailed": False},
            "dtls_transport": {"dtls_version": "DTLS 1.2"},
            "transceiver": {"media_sources": {}, "endpoint_connection_stats": stats, "receiver": {}, "sender": {}},
            "accept_audio": True,
            "accept_video": True,
        }


@dataclass(slots=True)
class FakeConference:
    """A conference on a bridge. ``name`` is the room's JID; ``endpoints`` are by the occupant's resource."""

    name: str
    meeting_id: str | None = None
    endpoints: dict[str, FakeEndpoint] = field(default_factory=dict)

    def state(self, id_: str, *, full: bool) -> dict[str, Any]:
        """Its object in ``/debug``."""
        listed = {nick: each.state() if full else "Ezra-Tzk" for nick, each in self.endpoints.items()}
        known = {} if self.meeting_id is None else {"meeting_id": self.meeting_id}
        return {"id": id_, "rtcstatsEnabled": False, "name": self.name, **known, "endpoints": listed, "relays": {}}


class FakeJvb(_Server):
    """The private HTTP side of a bridge.

    Attributes:
        complaint: What its health check says; None where it is well.
        stress: Its load.
        graceful_shutdown: Whether it takes no more conferences.
        conferences: By the bridge's own ids.
    """

    def __init__(self) -> None:
        super().__init__()
        self.conferences: dict[str, FakeConference] = {}
        self.complaint: str | None = None
        self.stress = 0.05
        self.graceful_shutdown = False

    def answer(self, path: str) -> web.Response | None:
        """See the base class."""
        healthy = self.complaint is None
        match path:
            case "/about/health":
                return web.Response(text=self.complaint or "", status=200 if healthy else 500)
            case "/metrics":
                numbers = {
                    "healthy": healthy,
                    "stress": self.stress,
                    "graceful_shutdown": self.graceful_shutdown,
                    "shutting_down": False,
                    "drain_mode": False,
                }
                return web.Response(text=page("jitsi_jvb", numbers))
            case "/colibri/stats":
                stats = {"healthy": healthy, "stress_level": self.stress, "graceful_shutdown": self.graceful_shutdown}
                return web.json_response({**stats, "shutting_down": False, "drain": False, "conferences": 1})
        return web.json_response(self._debug(path)) if f"{path}/".startswith("/debug/") else None

    def _debug(self, path: str) -> dict[str, Any]:
        asked = path.removeprefix("/debug").strip("/")
        ids = [asked] if asked else list(self.conferences)
        known = ((id_, self.conferences.get(id_)) for id_ in ids)
        # The bridge's word for a conference that it does not know is a text.
        listed = {id_: each.state(id_, full=bool(asked)) if each else "null" for id_, each in known}
        return {"shutdown_state": "RUNNING", "drain": False, "time": 1_788_454_800_000, "conferences": listed}


def page(prefix: str, numbers: Mapping[str, float]) -> str:
    """Prometheus' text format, with a labelled series that is none of the reader's."""
    lines = [f'{prefix}_version_info{{version="1.2.3"}} 1.0']
    for name, value in numbers.items():
        family = f"{prefix}_{name}"
        kind = "counter" if name.endswith("_total") else "gauge"
        lines += [f"# HELP {family} A number.", f"# TYPE {family} {kind}", f"{family} {float(value)}"]
    return "\n".join(lines) + "\n"
