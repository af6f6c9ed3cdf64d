"""Pseudonyms: who is one in the log stays one, and nobody can say who. The key is drawn at random and never stored.

A text that names somebody becomes a keyed hash of it. What a rule reads of a text stays readable: that an occupant is
focus, that a real JID is of the recorders' domain, that two titles share a word.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field, replace
from hashlib import blake2b
from secrets import token_bytes

from supervisor.domain.occupants import FOCUS_NICK, JIBRI, JIGASI, TRANSCRIBER, Site, written
from supervisor.domain.wishes import WORDS
from supervisor.monitors import MONITORS, SERVER_MONITORS

MUC, BREAKOUT, AUTH, HIDDEN, GUEST = (
    "muc.invalid",
    "breakout.invalid",
    "auth.invalid",
    "hidden.invalid",
    "guest.invalid",
)
"""Hosts as the log calls them."""

REMEMBERED = 2000
"""Pseudonyms that need not be made anew."""

FEATURES = frozenset({JIBRI, JIGASI, TRANSCRIBER})
MONITOR_NAMES = frozenset({"SessionPaused", "SourceLost", *(each.name for each in (*MONITORS, *SERVER_MONITORS))})
_MODERATOR = " (moderator)"
_WRITTEN = re.compile("~[0-9a-f]{8}")
_TOKEN = re.compile(r"[A-Za-z0-9_-]{0,64}", re.ASCII)
_NOTICE = re.compile(r"/[A-Za-z]{1,64}/[0-9]{1,9}/[0-9]{1,12}", re.ASCII)
_INCIDENT = re.compile(r"/[A-Za-z]{1,64}/[0-9]{1,12}\.[0-9]{3}", re.ASCII)
_TITLE_WORD = re.compile(r"[^\W_]{4,}")
_EDGE = "\\s;,()<>\"'\u2026"
_ADDRESS = re.compile(
    rf"[a-z][a-z0-9+.-]*://[^{_EDGE}]*|[^{_EDGE}]+@[^{_EDGE}]*|[0-9]{{1,3}}(?:\.[0-9]{{1,3}}){{3}}(?::[0-9]+)?"
    r"|(?:[0-9a-f]{1,4}:){3,}[0-9a-f:.]*",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Disguise:
    """One session's, for as long as one process watches it.

    Attributes:
        site: The operator's names.
        booking: The session's own booking's id, which stays as it is, as in every log line and metric.
        room: Its room's JID.
        key: Secret.
    """

    site: Site
    booking: str
    room: str
    key: bytes = field(default_factory=lambda: token_bytes(32), repr=False)
    _marks: dict[str, str] = field(default_factory=dict, repr=False, compare=False)

    def shown_site(self) -> Site:
        """The site as the log has it."""
        brewery = self.room_jid(self.site.brewery) if self.site.brewery else ""
        return replace(self.site, focus=self.jid(self.site.focus), hidden_domain=self._hidden, brewery=brewery)

    # --- one for each sort of text ---

    def mark(self, text: str) -> str:
        """Somebody or something of which only matters whether it is the same."""
        found = self._marks.get(text)
        if found is None:
            found = blake2b(text.encode("utf-8", "replace"), key=self.key, digest_size=6).hexdigest() if text else ""
            if len(self._marks) < REMEMBERED:
                self._marks[text] = found
        return found

    def nick(self, nick: str) -> str:
        """An occupant's resource, or what is written in its place; the same becomes of both, and looks like Jitsi's."""
        if nick == FOCUS_NICK:
            return nick
        return self.mark(nick if _WRITTEN.fullmatch(nick) else written(nick))[:8]

    def jid(self, jid: str) -> str:
        """A real JID: whose account it is nobody asks, only whether it is focus', and of whose domain."""
        if not jid:
            return ""
        bare = jid.partition("/")[0]
        host = self._host(bare.rpartition("@")[2], bare)
        return f"focus@{host}" if bare == self.site.focus else host

    def room_jid(self, jid: str) -> str:
        """A room's JID: the booked one keeps its name."""
        if jid == self.room:
            return f"{jid.partition('@')[0]}@{MUC}"
        return f"{self.mark(jid)}@{BREAKOUT}" if jid else ""

    def booking_id(self, id_: str) -> str:
        """A booking's id: the session's own stays."""
        return id_ if id_ == self.booking else self.mark(id_)

    def own(self, text: str) -> str:
        """An id that we have made out of the booking's: of a notice or an incident."""
        rest = text.removeprefix(self.booking)
        ours = rest != text and (_NOTICE.fullmatch(rest) or _INCIDENT.fullmatch(rest))
        return text if ours else self.mark(text)

    def by(self, by: str) -> str:
        """Who did something: a moderator's nick with its role, or a token's name."""
        nick = by.removesuffix(_MODERATOR)
        return by if not by else self.mark(by) if nick == by else f"{self.nick(nick)}{_MODERATOR}"

    def words(self, text: str) -> str:
        """A reason, in the words of the daemon or of a server: without addresses of people and machines."""
        return _ADDRESS.sub("[…]", text)

    def title(self, text: str) -> str:
        """A title: its words are only ever compared with another title's, see `supervisor.domain.preflight`."""
        plain = "".join(c for c in unicodedata.normalize("NFKD", text.lower()) if not unicodedata.combining(c))
        return " ".join(sorted({self.mark(word) for word in _TITLE_WORD.findall(plain)}))

    def token(self, text: str) -> str:
        """What a machine calls itself or its work; whatever does not look like that is hidden."""
        return text if _TOKEN.fullmatch(text) else self.mark(text)

    def monitor(self, name: str) -> str:
        """A monitor's name."""
        return name if name in MONITOR_NAMES else self.mark(name)

    def wish(self, word: str) -> str:
        """What was written in the chat, if it is a word of ours."""
        folded = unicodedata.normalize("NFC", word).lower()
        return folded if folded in WORDS else ""

    @property
    def _hidden(self) -> str:
        host = self.site.focus.rpartition("@")[2]
        return AUTH if host and host == self.site.hidden_domain else HIDDEN if self.site.hidden_domain else ""

    def _host(self, host: str, bare: str) -> str:
        if self.site.hidden_domain and host == self.site.hidden_domain:
            return self._hidden
        return AUTH if bare == self.site.focus else GUEST
