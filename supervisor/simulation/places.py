"""The names of the simulated installation: its hosts, accounts and secrets."""

from dataclasses import dataclass


@dataclass(eq=False)
class Places:
    """JIDs of one Jitsi installation under `domain`, by the names Jitsi's own documentation gives them."""

    domain: str = "meet.test"
    focus_password: str = "focus-password"
    recorder_password: str = "recorder-password"
    jibri_password: str = "jibri-password"
    component_secret: str = "component-secret"

    @property
    def auth_domain(self) -> str:
        """Virtual host of Jicofo's account."""
        return f"auth.{self.domain}"

    @property
    def hidden_domain(self) -> str:
        """Virtual host of the recorders: browsers draw no tile for who comes from it."""
        return f"hidden.{self.domain}"

    @property
    def muc(self) -> str:
        """Host of the rooms."""
        return f"conference.{self.domain}"

    @property
    def breakout(self) -> str:
        """Host of the breakout rooms."""
        return f"breakout.{self.domain}"

    @property
    def lobby(self) -> str:
        """Host of the waiting rooms; it exists only with the real Jitsi modules."""
        return f"lobby.{self.domain}"

    @property
    def internal(self) -> str:
        """Host of the rooms in which Jitsi's servers meet."""
        return f"internal.{self.auth_domain}"

    @property
    def brewery(self) -> str:
        """The room in which Jicofo finds the Jibris."""
        return f"jibribrewery@{self.internal}"

    @property
    def jibri_jid(self) -> str:
        """Bare JID of the account with which all Jibris enter the brewery."""
        return f"jibri@{self.auth_domain}"

    @property
    def component_jid(self) -> str:
        """Address of the supervisor, an external component."""
        return f"supervisor.{self.domain}"

    @property
    def focus_jid(self) -> str:
        """Bare JID of Jicofo's account."""
        return f"focus@{self.auth_domain}"

    @property
    def recorder_jid(self) -> str:
        """Bare JID of the account that all recorders share, as Jibris do."""
        return f"recorder@{self.hidden_domain}"

    def room(self, name: str) -> str:
        """Return the JID of the room called `name` (a node, already in lower case)."""
        return f"{name}@{self.muc}"
