"""An evening with the fake YouTube and our witnesses, over real HTTP, in virtual time."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from supervisor.domain.bookings import Booking, Language, StreamSource
from supervisor.domain.events import EvidenceSeen, SourceLost, SourceSynced
from supervisor.domain.kinds import DEFAULT_KINDS
from supervisor.settings.model import Youtube as Section
from supervisor.simulation.virtual_time import run_virtually
from supervisor.simulation.youtube import FakeYoutube
from supervisor.simulation.youtube_stage import FakeBroadcast, Step
from supervisor.streams.youtube import build
from supervisor.streams.youtube.quota import MemoryLedger
from supervisor.tasks import Tasks
from tests.contract.youtube.discovery import check

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path
    from typing import Self

    from supervisor.domain.events import Event
    from supervisor.domain.evidence import Evidence, Word
    from supervisor.streams.youtube.quota import LedgerStore

START = 1_788_454_800.0  # 2026-09-03T17:00:00Z, ten in the morning Pacific time
PUBLIC, OWNER = "youtube public", "youtube owner"


def booking(name: str = "ple", video: str | None = "vid00000001", start: float = START, hours: float = 4.0) -> Booking:
    return Booking(
        id=name,
        room=name,
        tenant=None,
        kind=DEFAULT_KINDS["plenary"],
        title="",
        organisation="",
        start=start,
        duration=hours * 3600,
        language=Language.CATALAN,
        limit=30,
        stream=StreamSource(youtube=video),
    )


@dataclass
class Scene:
    """``at`` is seconds from the beginning, everywhere."""

    folder: Path
    tiers: str = "public owner"
    daily_units: int = 10_000
    store: LedgerStore = field(default_factory=MemoryLedger)
    events: list[tuple[float, Event]] = field(default_factory=list)

    async def __aenter__(self) -> Self:
        self.loop = asyncio.get_running_loop()
        self.fake = await FakeYoutube(clock=self.now, check=check).__aenter__()
        self.token_file = self.folder / "token.json"
        if not self.token_file.exists():
            self.write_token()
        self.tasks = Tasks()
        self.wire()
        return self

    def write_token(self, token: str | None = None, **more: Any) -> None:
        self.token_file.write_text(json.dumps({"refresh_token": token or self.fake.accounts.refresh_token, **more}))
        self.token_file.chmod(0o600)

    def wire(self) -> None:
        accounts = self.fake.accounts
        owner = "owner" in self.tiers
        section = Section(
            api_key=self.fake.api_key if "public" in self.tiers else None,
            api_url=self.fake.api_url,
            token_url=self.fake.token_url,
            device_url=self.fake.device_url,
            daily_units=self.daily_units,
            client_id=accounts.client_id if owner else None,
            client_secret=accounts.client_secret if owner else None,
            token_file=self.token_file if owner else None,
        )
        self.youtube = build(section, self.store, lambda event: self.events.append((self.at, event)), self.now)
        for name, witness in self.youtube.witnesses.items():
            self.tasks.start(name, witness.run())

    async def __aexit__(self, *_: object) -> None:
        await self.tasks.close()
        await self.fake.stop()

    def now(self) -> float:
        return START + self.loop.time()

    @property
    def at(self) -> float:
        return self.loop.time()

    async def until(self, at: float) -> None:
        await asyncio.sleep(at - self.at)

    def broadcast(self, *script: tuple[float, Step], number: int = 1, **more: Any) -> FakeBroadcast:
        made = FakeBroadcast(f"vid{number:08}", f"stream{number:08}", scheduled=START, **more)
        for at, step in script:
            made.then(START + at, step)
        return self.fake.add(made)

    def follow(self, *bookings: Booking) -> None:
        for one in bookings or (booking(),):
            for witness in self.youtube.witnesses.values():
                witness.follow(one)

    def doubt(self, name: str = "ple", *, doubt: bool = True) -> None:
        for witness in self.youtube.witnesses.values():
            witness.look_closer(name, doubt=doubt)

    # --- what was said ---

    def evidence(self, witness: str, name: str = "ple") -> list[tuple[float, Evidence]]:
        return [
            (at, event.evidence)
            for at, event in self.events
            if isinstance(event, EvidenceSeen) and (event.evidence.witness, event.evidence.booking) == (witness, name)
        ]

    def last(self, witness: str, name: str = "ple") -> Evidence:
        return self.evidence(witness, name)[-1][1]

    def words(self, witness: str, name: str = "ple") -> list[Word]:
        """Its words in order, repetitions left out."""
        words = [evidence.word for _, evidence in self.evidence(witness, name)]
        return [word for index, word in enumerate(words) if index == 0 or words[index - 1] != word]

    def first(self, witness: str, word: Word) -> float:
        """When it was said first."""
        return next(at for at, evidence in self.evidence(witness) if evidence.word is word)

    def sources(self) -> list[SourceLost | SourceSynced]:
        return [event for _, event in self.events if isinstance(event, (SourceLost, SourceSynced))]

    def losses(self) -> list[tuple[str, str]]:
        return [(event.source, event.reason) for event in self.sources() if isinstance(event, SourceLost)]


def play(folder: Path, act: Callable[[Scene], Awaitable[None]], **options: Any) -> Scene:
    """Play an evening and return it, for what was said."""

    async def evening() -> Scene:
        async with Scene(folder, **options) as scene:
            await act(scene)
        return scene

    return run_virtually(evening())
