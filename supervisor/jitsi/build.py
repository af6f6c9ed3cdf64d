"""Makes a poller for each server that the configuration names."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from supervisor.domain.plant import JICOFO
from supervisor.jitsi import jicofo, jvb
from supervisor.jitsi.ask import Asker
from supervisor.jitsi.poll import Poller

if TYPE_CHECKING:
    from supervisor.ports import Emit
    from supervisor.settings import Settings


def build(settings: Settings, emit: Emit) -> dict[str, Poller]:
    """Source → who asks it. Nothing configured, nobody asked."""
    pollers = {}
    if settings.jicofo.url is not None:
        asker = Asker(settings.jicofo.url)
        pollers[JICOFO] = Poller(JICOFO, asker, jicofo.PATHS, read=jicofo.events, emit=emit)
    for name, section in settings.jvb.items():
        source = f"jvb {name}"
        read = partial(jvb.events, source)
        pollers[source] = Poller(source, Asker(section.url), jvb.PATHS, read=read, emit=emit)
    return pollers
