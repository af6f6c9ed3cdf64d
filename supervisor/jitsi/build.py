"""Makes who asks: a poller for each server that the configuration names, for a bridge a survey of lines, too."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from supervisor.domain.plant import JICOFO
from supervisor.jitsi import jicofo, jvb
from supervisor.jitsi.ask import Asker
from supervisor.jitsi.poll import Poller
from supervisor.jitsi.survey import Survey

if TYPE_CHECKING:
    from supervisor.jitsi.survey import Called
    from supervisor.ports import Emit
    from supervisor.settings import Settings


def build(settings: Settings, emit: Emit, called: Called) -> dict[str, Poller | Survey]:
    """Task's name → who asks. Nothing configured, nobody asked. ``called``: the rooms of which more is asked."""
    pollers: dict[str, Poller | Survey] = {}
    if settings.jicofo.url is not None:
        asker = Asker(settings.jicofo.url)
        pollers[JICOFO] = Poller(JICOFO, asker, jicofo.PATHS, read=jicofo.events, emit=emit)
    for name, section in settings.jvb.items():
        source = f"jvb {name}"
        read = partial(jvb.events, source)
        pollers[source] = Poller(source, Asker(section.url), jvb.PATHS, read=read, emit=emit)
        pollers[f"{source} endpoints"] = Survey(source, Asker(section.url), called, emit)
    return pollers
