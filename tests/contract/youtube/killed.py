"""Asks the fake YouTube as fast as it can until it is killed: ``killed.py API_URL STORE_URL DAILY_UNITS [suicide]``.

With ``suicide`` it kills itself between the third write and the third call.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import time
from typing import TYPE_CHECKING

from supervisor.store import Store
from supervisor.streams.youtube import KeptLedger, Ledger
from supervisor.streams.youtube.client import Credential, YoutubeApi
from supervisor.streams.youtube.faults import YoutubeError

if TYPE_CHECKING:
    from supervisor.streams.youtube.quota import Page


class DeadlyLedger(KeptLedger):
    saved = 0

    async def save(self, page: Page) -> None:
        await super().save(page)
        self.saved += 1
        if self.saved == 3:
            os.kill(os.getpid(), signal.SIGKILL)


async def main(url: str, address: str, units: str, suicide: str = "") -> None:
    store = Store.open(address)
    store.start(lambda _: None)
    kept = (DeadlyLedger if suicide else KeptLedger)(store.write, store.quota)
    ledger = Ledger(kept, int(units), time.time)
    async with YoutubeApi(url, "public", ledger) as api:
        while True:
            try:
                await api.videos(["a"], Credential(key="k"), doubt=True)
            except YoutubeError as error:
                sys.stdout.write(f"{error.fault}\n")
                sys.stdout.flush()
                if error.fault == "spent":
                    return


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
