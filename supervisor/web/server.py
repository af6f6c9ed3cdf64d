"""The HTTP side: /metrics for Prometheus, /healthz and /readyz for whoever keeps the daemon alive, and others' routes.

These three need no token: they say nothing of a person, and are asked by machines of the house.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import web
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from supervisor.web.exposition import text
from supervisor.web.problems import problems
from supervisor.workers import Worker

if TYPE_CHECKING:
    from collections.abc import Iterable

    from prometheus_client import CollectorRegistry

    from supervisor.web.ready import Readiness


class WebServer:
    """Serves on ``host``:``port`` (0: a spare one, then told by ``address``). ``routes`` are other parts' own."""

    def __init__(
        self,
        host: str,
        port: int,
        registry: CollectorRegistry,
        readiness: Readiness,
        routes: Iterable[web.RouteDef] = (),
    ) -> None:
        self._host = host
        self._port = port
        self._registry = registry
        self._readiness = readiness
        self._routes = tuple(routes)
        self._runner: web.AppRunner | None = None
        self._writer = Worker("metrics")

    @property
    def address(self) -> str:
        """The base address, once started."""
        host, port = (
            self._runner.addresses[0][:2] if self._runner and self._runner.addresses else (self._host, self._port)
        )
        return f"http://{f'[{host}]' if ':' in host else host}:{port}"

    async def start(self) -> None:
        """Open the port. Raises OSError where it is taken."""
        app = web.Application(middlewares=[problems])
        app.add_routes(
            [
                web.get("/metrics", self._metrics),
                web.get("/healthz", self._healthz),
                web.get("/readyz", self._readyz),
            ]
        )
        app.add_routes(self._routes)
        self._runner = web.AppRunner(app, access_log=None)
        await self._runner.setup()
        await web.TCPSite(self._runner, self._host, self._port).start()

    async def stop(self) -> None:
        """Close the port."""
        if self._runner is not None:
            await self._runner.cleanup()
        self._writer.close()

    async def _metrics(self, _: web.Request) -> web.Response:
        # Read at once, written as text beside the loop: with many sessions that takes longer than an alert may.
        snapshot = tuple(self._registry.collect())
        body = await self._writer.do(lambda: text(snapshot))
        return web.Response(body=body, headers={"Content-Type": CONTENT_TYPE_LATEST})

    async def _healthz(self, _: web.Request) -> web.Response:
        return web.json_response({"status": "alive"})

    async def _readyz(self, _: web.Request) -> web.Response:
        missing = self._readiness.missing()
        if missing:
            return web.json_response({"status": "not ready", "missing": missing}, status=503)
        return web.json_response({"status": "ready"})
