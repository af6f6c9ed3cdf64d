"""Makes markup of what is known: the templates, and the files that the pages need, each read once at the start."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.resources import files
from math import isfinite
from typing import TYPE_CHECKING, Any

from jinja2 import DictLoader, Environment, StrictUndefined

from supervisor.alerts.wording import clock
from supervisor.domain.evidence import Phase
from supervisor.domain.occupants import Sort
from supervisor.web.api.wanted import LONGEST_MESSAGE
from supervisor.web.wall.texts import Texts

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

HERE = files("supervisor") / "web" / "wall"
ASSETS = {
    "wall.css": "text/css",
    "wall.js": "text/javascript",
    "icon.svg": "image/svg+xml",
}
NAMES = {"ca": "Català", "es": "Español", "en": "English", "it": "Italiano"}
"""Languages as their speakers call them."""
SILENCES = (15, 30, 60, 120, 240)
"""Minutes that a silence may be set for from the page."""
GOOD = frozenset({Phase.LIVE, Phase.STARTING})
BAD = frozenset({Phase.INTERRUPTED, Phase.STALLED, Phase.DEGRADED})
_BY_MODERATOR = re.compile(r"(\S+) \(moderator\)")


@dataclass(frozen=True, slots=True)
class Asset:
    """A file as it is served."""

    content: bytes
    kind: str


class Render:
    """Words and markup of every language. ``translators``: language → gettext function; ``version`` of the assets."""

    def __init__(self, translators: Mapping[str, Callable[[str], str]]) -> None:
        self.texts = {language: Texts(language, translate) for language, translate in translators.items()}
        self.assets = {name: Asset((HERE / "static" / name).read_bytes(), kind) for name, kind in ASSETS.items()}
        self.version = hashlib.sha256(b"".join(asset.content for asset in self.assets.values())).hexdigest()[:12]
        sources = {each.name: each.read_text() for each in (HERE / "templates").iterdir() if each.name[0] != "."}
        self._environment = Environment(
            loader=DictLoader(sources),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.globals.update(
            names=NAMES, sorts=list(Sort), good=GOOD, bad=BAD, longest=LONGEST_MESSAGE, silences_for=SILENCES
        )
        self._environment.globals["version"] = self.version
        self._environment.filters.update(clock=clock, iso=iso, finite=isfinite)

    def markup(self, template: str, language: str, **context: Any) -> str:
        """Fill a template. ``tx`` are the language's texts, ``t`` its words by key."""
        texts = self.texts[language]
        found = self._environment.get_template(template)
        return found.render(tx=texts, t=texts.words, language=language, who=_who(texts), **context)


def iso(instant: float) -> str:
    """An instant as HTML's ``datetime`` takes it."""
    return datetime.fromtimestamp(instant, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _who(texts: Texts) -> Callable[[str], str]:
    """Whoever did something, in the page's language: an occupant's id means nothing on a wall."""

    def who(by: str) -> str:
        return texts.words["who_moderator"] if _BY_MODERATOR.fullmatch(by) else by

    return who
