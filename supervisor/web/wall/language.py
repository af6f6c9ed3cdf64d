"""Which of our languages a visitor reads: the chosen one, else the browser's first that we have."""

from __future__ import annotations

from supervisor.i18n import LANGUAGES

FALLBACK = "en"
LONGEST = 400
"""Signs of the header that are read: the browser's first wishes are the ones that count."""


def choose(chosen: str | None, accepted: str | None) -> str:
    """Pick a language.

    Args:
        chosen: What the visitor once chose; None or anything else for nothing.
        accepted: The header ``Accept-Language``.
    """
    if chosen in LANGUAGES:
        return chosen
    wishes = []
    for number, part in enumerate((accepted or "")[:LONGEST].split(",")):
        tag, _, weight = part.strip().partition(";q=")
        wishes.append((-_weight(weight), number, tag.strip().lower().partition("-")[0]))
    return next((tag for weight, _, tag in sorted(wishes) if weight < 0 and tag in LANGUAGES), FALLBACK)


def _weight(text: str) -> float:
    try:
        return min(max(float(text), 0.0), 1.0) if text else 1.0
    except ValueError:
        return 0.0
