"""Makes all witnesses of streams that the configuration allows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from supervisor.streams.hls import content
from supervisor.streams.hls.content import Sampler
from supervisor.streams.hls.guard import Rules
from supervisor.streams.hls.probe import HlsProbe
from supervisor.streams.hook_routes import routes
from supervisor.streams.hooks import IngestHooks, JibriHeartbeats
from supervisor.streams.obs import ObsWitness, Place
from supervisor.streams.youtube import build as youtube

if TYPE_CHECKING:
    from aiohttp import web

    from supervisor.ports import Emit, Witness
    from supervisor.settings import Settings
    from supervisor.streams.youtube.quota import Ledger, LedgerStore


@dataclass(frozen=True, slots=True)
class Streams:
    """Everything that looks at streams.

    Attributes:
        witnesses: By the name of the task that runs each.
        sampler: Looks into segments, beside the HLS probe; None where PyAV is not installed.
        routes: Where encoders report to.
        ledger: YouTube's quota, for the metrics; None where YouTube is not asked.
    """

    witnesses: dict[str, Witness]
    sampler: Sampler | None
    routes: list[web.RouteDef]
    ledger: Ledger | None


def build(settings: Settings, ledger_store: LedgerStore, emit: Emit) -> Streams:
    """Make them; ``emit`` gets all evidence, ``ledger_store`` keeps YouTube's quota."""
    section = settings.streams
    rules = Rules(section.allow_private_addresses, section.probe_youtube)
    sampler = Sampler(rules, emit) if content.available() else None
    ingest, jibri = IngestHooks(emit), JibriHeartbeats(emit)
    places = {
        name: Place(obs.url, obs.password.get_secret_value() if obs.password else None)
        for name, obs in section.obs.items()
    }
    tube = youtube(settings.youtube, ledger_store, emit)
    witnesses: dict[str, Witness] = {
        "hls": HlsProbe(rules, emit, sampler=sampler),
        "ingest": ingest,
        "jibri heartbeat": jibri,
        "obs": ObsWitness(places, emit),
        **tube.witnesses,
    }
    return Streams(witnesses, sampler, routes(ingest, jibri), tube.ledger if tube.witnesses else None)
