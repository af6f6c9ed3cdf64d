"""Makes the witnesses that the configuration pays for."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import structlog

from supervisor.streams.youtube.client import Credential, YoutubeApi
from supervisor.streams.youtube.hold import Voice
from supervisor.streams.youtube.oauth import Access, Client
from supervisor.streams.youtube.owner import OwnerTier
from supervisor.streams.youtube.public import PublicTier
from supervisor.streams.youtube.quota import Ledger
from supervisor.streams.youtube.schedule import Budget
from supervisor.streams.youtube.sweep import Sweeper, Tier

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from supervisor.ports import Emit
    from supervisor.settings.model import Youtube as Section
    from supervisor.streams.youtube.quota import LedgerStore

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Youtube:
    """What is to be run and what is to be shown.

    Attributes:
        witnesses: Name to witness; none where the configuration has neither a key nor a client.
        ledger: Its ``sent`` and ``remaining`` are for the metrics.
    """

    witnesses: dict[str, Sweeper]
    ledger: Ledger


def build(section: Section, store: LedgerStore, emit: Emit, clock: Callable[[], float] = time.time) -> Youtube:
    """Make the witnesses.

    The source of the public tier is called ``youtube``, the owner's ``youtube owner``: a dead token must be told while
    the other tier goes on. The owner's alone is ``youtube``.

    Args:
        section: ``[youtube]``.
        store: Where the ledger survives.
        emit: Gets all events.
        clock: Seconds since the epoch.
    """
    ledger = Ledger(store, section.daily_units, clock)
    budget = Budget(ledger)
    witnesses: dict[str, Sweeper] = {}
    for tier in _tiers(section, ledger, clock):
        voice = Voice("youtube" if not witnesses else f"youtube {tier.name}", emit)
        witnesses[f"youtube {tier.name}"] = Sweeper(tier, budget, voice, emit, clock)
    return Youtube(witnesses, ledger)


def oauth_client(section: Section) -> Client | None:
    """The OAuth client, if the configuration has one."""
    if section.client_id is None or section.client_secret is None:
        return None
    return Client(section.client_id, section.client_secret.get_secret_value(), section.token_url)


def _tiers(section: Section, ledger: Ledger, clock: Callable[[], float]) -> Iterator[Tier]:
    if section.api_key is not None:
        key = Credential(key=section.api_key.get_secret_value())
        yield PublicTier(YoutubeApi(section.api_url, "public", ledger), key)
    client = oauth_client(section)
    if client is not None and section.token_file is not None:
        access = Access(client, section.token_file, clock)
        yield OwnerTier(YoutubeApi(section.api_url, "owner", ledger), access)
    elif client is not None or section.token_file is not None or section.client_id is not None:
        log.warning("youtube: the owner's tier is off: client_id, client_secret and token_file go together")
