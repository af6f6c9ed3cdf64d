"""Orders to stanzas, as deploy/prosody/PROTOCOL.md has them. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING
from unicodedata import normalize
from xml.sax.saxutils import escape, quoteattr

from supervisor.domain.wishes import WORDS
from supervisor.xmpp.names import MUC, NICK, NS

if TYPE_CHECKING:
    from supervisor.domain.commands import Moderate, Notify, Retitle
    from supervisor.domain.occupants import Site


def spellings() -> tuple[str, ...]:
    """Our words in every spelling that the module, which knows only ASCII's letter case, may come across."""
    forms = {f for word in WORDS for f in (word, word.upper())}
    return tuple(sorted({_ascii_lower(normalize(form, f)) for f in forms for form in ("NFC", "NFD")}))


def _ascii_lower(word: str) -> str:
    return "".join(sign.lower() if sign.isascii() else sign for sign in word)


def join(component: str, room: str, *, media: bool = False, names: bool = False) -> str:
    """An XEP-0045 join that asks for our words in the chat. ``media``, ``names``: ask for everybody's, too."""
    words = f"<commands xmlns='{NS}'>{escape(' '.join(spellings()))}</commands>"
    more = "".join(f"<{what} xmlns='{NS}'/>" for what, wanted in (("media", media), ("names", names)) if wanted)
    asked = f"<x xmlns='{MUC}'/>{words}{more}"
    return f"<presence from={quoteattr(component)} to={quoteattr(f'{room}/{NICK}')}>{asked}</presence>"


def leave(component: str, room: str) -> str:
    """The end of a watch."""
    return f"<presence from={quoteattr(component)} to={quoteattr(f'{room}/{NICK}')} type='unavailable'/>"


def question(what: str) -> str:
    """A question to a MUC host: ``status`` or ``rooms``."""
    return f"<{what} xmlns='{NS}'/>"


def deliver(notice: Notify, site: Site) -> str:
    """A text for people of a room. Focus, and recorders (their sound is the stream's), are always excepted."""
    nicks = "".join(f"<occupant nick={quoteattr(nick)}/>" for nick in notice.nicks)
    hidden = f"<except host={quoteattr(site.hidden_domain)}/>" if site.hidden_domain else ""
    return (
        f"<deliver xmlns='{NS}' audience='{notice.audience}' id={quoteattr(notice.notice)}>"
        f"<body>{escape(notice.text)}</body><name>{escape(notice.name)}</name>{nicks}"
        f"<except jid={quoteattr(site.focus)}/>{hidden}</deliver>"
    )


def moderate(order: Moderate) -> str:
    """Audio moderation on or off."""
    nick = f" nick={quoteattr(order.nick)}" if order.nick else ""
    return f"<moderate xmlns='{NS}' enable='{str(order.enable).lower()}'{nick}/>"


def retitle(order: Retitle) -> str:
    """A new title in the room's own name, or the old one put back if ours still stands."""
    by = f" by={quoteattr(order.by)}" if order.by else ""
    back = "" if order.expected is None else f"{by} expected={quoteattr(order.expected)}"
    return f"<subject xmlns='{NS}'{back}>{escape(order.text)}</subject>"
