"""What an operator should know about a configuration that is right, but has consequences outside this daemon."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from supervisor.settings.model import Settings

YOUTUBE = (
    "streams.probe_youtube: playlists of YouTube's own hosts are fetched. YouTube's Developer Policies forbid scraping "
    "(III.E.6), undocumented APIs (III.D.7) and any other technology than its API for API data (III.I.14); a project "
    "that does so may lose its API key. Remove the key unless YouTube has agreed in writing"
)
"""Said where ``streams.probe_youtube`` is true. Source: developers.google.com/youtube/terms/developer-policies."""

NO_MAIL = "reports.mail: no report is mailed, since there is no [alerts.email]; add that section, or remove the key"


def notices(settings: Settings) -> tuple[str, ...]:
    """The notices about this configuration, each ``section.key: what it does; what to do``."""
    found = [YOUTUBE] if settings.streams.probe_youtube else []
    if settings.reports.mail and settings.alerts.email is None:
        found.append(NO_MAIL)
    return tuple(found)
