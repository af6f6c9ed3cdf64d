"""The sections of the configuration and their defaults.

Each secret may also be given as
``…_file``, see `supervisor.settings.secrets`.
"""

from __future__ import annotations

from collections.abc import Mapping  # noqa: TC003 - pydantic reads annotations at run time
from pathlib import Path  # noqa: TC003 - the same
from typing import Annotated, Literal

from pydantic import AfterValidator, Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from supervisor.domain.kinds import Kind  # noqa: TC001 - the same
from supervisor.settings.bookings import Bookings
from supervisor.settings.kinds import KindSettings, new_kinds_are_whole, resolve_kinds
from supervisor.settings.monitors import Monitors, MonitorSettings
from supervisor.settings.retention import Retention
from supervisor.settings.values import (
    BareJid,
    Host,
    Listed,
    Listen,
    NotEmpty,
    RoomJid,
    Secret,
    Section,
    SigningSecret,
    SocketAddress,
    SomeSeconds,
    Unique,
    WebAddress,
)

_Port = Annotated[int, Field(ge=1, le=65_535)]


class Xmpp(Section):
    """``[xmpp]``: the way into Prosody.

    Attributes:
        component: JID of the component.
        secret: Its password.
        host: Where Prosody listens for components.
        port: The port there.
        muc: MUC hosts; the booked rooms are on the first one, breakout rooms on the others.
        focus: Bare JID of Jicofo's account.
        hidden_domain: Domain of recorders and transcribers, if there is one.
        brewery: The room in which the Jibris are; our module has to be loaded on its host, too.
    """

    component: BareJid
    secret: Secret
    host: Host = "127.0.0.1"
    port: _Port = 5347
    muc: Annotated[tuple[Host, ...], Listed, NotEmpty, Unique]
    focus: BareJid
    hidden_domain: Host | None = None
    brewery: RoomJid | None = None

    @property
    def hosts(self) -> tuple[str, ...]:
        """All hosts on which our module has to be: those of rooms, and the brewery's."""
        brewery = self.brewery.rpartition("@")[2] if self.brewery else ""
        return (*self.muc, brewery) if brewery and brewery not in self.muc else self.muc


class Jicofo(Section):
    """``[jicofo]``: Jicofo's own HTTP side, usually ``http://127.0.0.1:8888``; without an address it is not asked."""

    url: WebAddress | None = Field(default=None, repr=False)


class Jvb(Section):
    """``[jvb.NAME]``: the private HTTP side of a bridge, usually ``http://127.0.0.1:8080``."""

    url: WebAddress = Field(repr=False)


class Token(Section):
    """``[web.tokens.NAME]``: somebody who may use the API."""

    token: Secret
    scopes: Annotated[tuple[Literal["read", "write"], ...], Listed, NotEmpty, Unique] = ("read",)


def _tokens_differ(tokens: dict[str, Token]) -> dict[str, Token]:
    """What is done goes on record under the token's name, so a token has one."""
    holders: dict[str, str] = {}
    for name, each in tokens.items():
        other = holders.setdefault(each.token.get_secret_value(), name)
        if other != name:
            raise ValueError(f'"{other}" and "{name}" have the same token; make another: openssl rand -hex 32')
    return tokens


class Web(Section):
    """``[web]``: what the daemon serves."""

    listen: Listen = "127.0.0.1:8870"
    tokens: Annotated[dict[str, Token], AfterValidator(_tokens_differ)] = Field(default={})

    @property
    def host(self) -> str:
        """The host of `listen`, an IPv6 address without its brackets."""
        return self.listen.rpartition(":")[0].strip("[]")

    @property
    def port(self) -> int:
        """The port of `listen`; 0 asks for a free one."""
        return int(self.listen.rpartition(":")[2])


class Store(Section):
    """``[store]``: what survives a restart. The address may carry a password, so it is not shown.

    Attributes:
        url: An SQLAlchemy address; without one, an SQLite file in the state directory.
        event_log_bytes: Most bytes of one session's event log, from which it can be replayed; 0 keeps none.
    """

    url: str | None = Field(default=None, min_length=1, repr=False)
    event_log_bytes: int = Field(default=8_000_000, ge=0)


class Youtube(Section):
    """``[youtube]``: the Data API. docs/youtube.md says how to get a key and a token.

    Attributes:
        api_key: For the public tier.
        api_url: The API's address up to ``/youtube/v3``.
        token_url: The OAuth token endpoint.
        device_url: The OAuth device authorisation endpoint, which ``youtube login`` asks for a code.
        daily_units: Never more quota units than these are spent in a day (which ends at midnight Pacific time).
        client_id: Of the OAuth client, for the owner's tier.
        client_secret: Its secret.
        token_file: Where ``youtube login`` puts the refresh token; mode 0600.
    """

    api_key: Secret | None = None
    api_url: WebAddress = "https://www.googleapis.com/youtube/v3"
    token_url: WebAddress = "https://oauth2.googleapis.com/token"  # noqa: S105 - an address
    device_url: WebAddress = "https://oauth2.googleapis.com/device/code"
    daily_units: int = Field(default=10_000, ge=0)
    client_id: str | None = None
    client_secret: Secret | None = None
    token_file: Path | None = None


class Obs(Section):
    """``[streams.obs.NAME]``: a town's OBS, which bookings name. The operator writes it, so it may be a private one."""

    url: SocketAddress
    password: Secret | None = None


class Streams(Section):
    """``[streams]``: how streams are looked at.

    Attributes:
        allow_private_addresses: Whether playlists may be fetched from loopback and private addresses.
        probe_youtube: Whether playlists may be fetched from YouTube's own hosts; see `supervisor.settings.notices`.
        obs: Name to the OBS of a town.
    """

    allow_private_addresses: bool = False
    probe_youtube: bool = False
    obs: dict[str, Obs] = Field(default={})


class Receiver(Section):
    """Somebody outside the room.

    Attributes:
        severities: Which alerts it is told of, by the worst that they have been; none named is all.
        kinds: Of which kinds of session; none named is all.
    """

    severities: Annotated[tuple[Literal["info", "warning", "critical"], ...], Listed, Unique] = ()
    kinds: Annotated[tuple[str, ...], Listed, Unique] = ()


class Webhook(Receiver):
    """``[[alerts.webhooks]]``: an address that is told of alerts; the secret is ``whsec_`` and a key in base64."""

    url: WebAddress
    secret: SigningSecret


class Email(Receiver):
    """``[alerts.email]``: mail to the support staff."""

    host: Host
    port: _Port = 587
    security: Literal["starttls", "tls", "none"] = "starttls"
    username: str | None = None
    password: Secret | None = None
    sender: Annotated[str, Field(alias="from", min_length=1)]
    to: Annotated[tuple[str, ...], Listed, NotEmpty, Unique]


class Alertmanager(Receiver):
    """``[alerts.alertmanager]``: a Prometheus Alertmanager."""

    url: WebAddress


class Apprise(Receiver):
    """``[[alerts.apprise]]``: one address in Apprise's own spelling, which is a secret as a whole."""

    url: Secret


class Sms(Section):
    """``[notices.sms]``: an SMS service's address, which gets a signed message for each text, docs/notices.md."""

    url: WebAddress
    secret: SigningSecret


class Notices(Section):
    """``[notices]``: what a booking's contacts are written; by mail where there is ``[alerts.email]``.

    Attributes:
        meet_url: Where Jitsi is, for the link; without it nobody is written to.
        sms: Who sends SMS.
    """

    meet_url: WebAddress | None = None
    sms: Sms | None = None


class Alerts(Section):
    """``[alerts]``: how alerts are told.

    Attributes:
        repeat_interval: Seconds after which an alert that still fires is told again.
        escalate_after: Seconds after which one that nobody acknowledged is told to more people.
        opening_line: Whether everybody in a room is told once that the session is supervised.
    """

    repeat_interval: SomeSeconds = 300.0
    escalate_after: SomeSeconds = 600.0
    opening_line: bool = True
    webhooks: Annotated[tuple[Webhook, ...], Listed] = ()
    email: Email | None = None
    alertmanager: Alertmanager | None = None
    apprise: Annotated[tuple[Apprise, ...], Listed] = ()


class Reports(Section):
    """``[reports]``: where the reports of sessions go whose kind has ``report = true``, when the session ends.

    Attributes:
        folder: Written there as ``ID.html`` and so on; must exist.
        formats: Those that are written there.
        mail: Whether the page is mailed to ``[alerts.email] to``.
    """

    folder: Path | None = None
    formats: Annotated[tuple[Literal["html", "json", "csv"], ...], Listed, NotEmpty, Unique] = ("html", "json")
    mail: bool = False


class Settings(BaseSettings):
    """The whole configuration. Made by `supervisor.settings.load_settings`."""

    model_config = SettingsConfigDict(extra="forbid", frozen=True)

    xmpp: Xmpp
    jicofo: Jicofo = Jicofo()
    jvb: dict[str, Jvb] = Field(default={})
    web: Web = Web()
    store: Store = Store()
    bookings: Bookings = Bookings()
    youtube: Youtube = Youtube()
    streams: Streams = Streams()
    alerts: Alerts = Alerts()
    notices: Notices = Notices()
    kinds: Annotated[dict[str, KindSettings], AfterValidator(new_kinds_are_whole)] = Field(default={})
    monitors: Monitors = Monitors()
    reports: Reports = Reports()
    retention: Retention = Retention()

    @property
    def all_kinds(self) -> Mapping[str, Kind]:
        """Every kind that there is, shipped and new, with the changes of `kinds`."""
        return resolve_kinds(self.kinds)

    def monitor(self, name: str, kind: str = "") -> MonitorSettings:
        """The settings of a monitor in sessions of a kind, or where no kind is named (or changed) the usual ones."""
        changed = self.kinds.get(kind)
        return self.monitors.named(name) if changed is None else changed.monitors.over(self.monitors, name)
