"""Orders to stanzas, as deploy/prosody/PROTOCOL.md has them. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.sax.saxutils import escape, quoteattr

from supervisor.xmpp.names import MUC, NICK, NS

if TYPE_CHECKING:
    from supervisor.domain.commands import Notify, Retitle
    from supervisor.domain.occupants import Site


def join(component: str, room: str, *, media: bool = False) -> str:
    """An XEP-0045 join. ``media``: ask for everybody's media states, too."""
    asked = f"<x xmlns='{MUC}'/>" + (f"<media xmlns='{NS}'/>" if media else "")
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


def retitle(order: Retitle) -> str:
    """A new title in the room's own name, or the old one put back if ours still stands."""
    back = "" if order.expected is None else f" by={quoteattr(order.by)} expected={quoteattr(order.expected)}"
    return f"<subject xmlns='{NS}'{back}>{escape(order.text)}</subject>"
