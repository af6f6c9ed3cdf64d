"""The configuration file of the private Prosody, as text.

Written as Debian's and docker's Jitsi packages write theirs, minus TLS, other servers and everything that is not about
rooms. The real Jitsi modules are used only where their folder is given: they are not part of this project.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from supervisor.simulation.loopback import HOST
from supervisor.simulation.places import Places

MODULE = "muc_supervisor"

# Modules of a host, as Jitsi's packages enable them, where the real ones are at hand.
JITSI_MAIN = ("muc_lobby_rooms", "muc_breakout_rooms", "features_identity", "jiconop", "conference_duration")
JITSI_MUC = ("muc_hide_all", "muc_meeting_id", "muc_domain_mapper", "muc_max_occupants", "muc_password_whitelist")
JITSI_BREAKOUT = ("muc_hide_all", "muc_meeting_id", "muc_domain_mapper")
JITSI_INTERNAL = ("muc_hide_all", "muc_filter_access")

Options = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Layout:
    """All that the configuration file depends on.

    Attributes:
        folder: where the data, the log and the shell's socket live.
        plugins: folder of our module, or None to run without it.
        jitsi: folder of the real Jitsi modules, or None to run without them.
        component: whether the supervisor's component exists.
        options: further options by host (`*` is the global section), each value written as Lua.
        root: whether the server will run as uid 0, which it refuses unless told.
        strangers: secrets of further external components, by domain; nobody treats those specially.
    """

    places: Places
    folder: Path
    c2s_port: int
    component_port: int
    http_port: int
    plugins: Path | None
    jitsi: Path | None
    component: bool = True
    log_level: str = "info"
    root: bool = False
    options: Mapping[str, Options] = field(default_factory=dict)
    strangers: Mapping[str, str] = field(default_factory=dict)


def render(layout: Layout) -> str:
    """Write the configuration file."""
    sections = [_global(layout), *_virtual_hosts(layout), *_rooms(layout)]
    components = dict(layout.strangers)
    if layout.component:
        components[layout.places.component_jid] = layout.places.component_secret
    sections += [_external(layout, domain, secret) for domain, secret in components.items()]
    return "\n\n".join(sections) + "\n"


def quoted(text: object) -> str:
    """Write a Lua string."""
    escaped = str(text).replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def listed(items: Sequence[object]) -> str:
    """Write a Lua list of strings."""
    return "{ " + ", ".join(quoted(item) for item in items) + " }" if items else "{ }"


def _section(layout: Layout, head: str, host: str, options: Options) -> str:
    merged = {**options, **layout.options.get(host, {})}
    indent = "" if host == "*" else "    "
    lines = [f"{indent}{name} = {value}" for name, value in merged.items()]
    return "\n".join([head, *lines])


def _external(layout: Layout, domain: str, secret: str) -> str:
    options = {"component_secret": quoted(secret), "component_conflict_resolve": '"kick_old"'}
    return _section(layout, f'Component "{domain}"', domain, options)


def _global(layout: Layout) -> str:
    folder = layout.folder
    options = {
        "data_path": quoted(folder / "data"),
        "pidfile": quoted(folder / "prosody.pid"),
        "admin_socket": quoted(folder / "shell.sock"),
        "log": f'{{ {{ levels = {{ min = "{layout.log_level}" }}, to = "file", filename = "{folder}/prosody.log" }} }}',
        "plugin_paths": listed([path for path in (layout.plugins, layout.jitsi) if path]),
        "modules_enabled": listed(["saslauth", "disco", "admin_shell"]),
        "modules_disabled": listed(["s2s", "s2s_auth_certs", "offline", "tls"]),
        "interfaces": listed([HOST]),
        "c2s_ports": f"{{ {layout.c2s_port} }}",
        "c2s_direct_tls_ports": "{ }",
        "component_ports": f"{{ {layout.component_port} }}",
        "component_interfaces": listed([HOST]),
        # Jitsi's modules pull in Prosody's web server whether they are asked anything or not.
        "http_ports": f"{{ {layout.http_port} }}" if layout.jitsi else "{ }",
        "http_interfaces": listed([HOST]),
        "https_ports": "{ }",
        "c2s_require_encryption": "false",
        "allow_unencrypted_plain_auth": "true",
        "storage": '"internal"',
    }
    if layout.root:
        options["run_as_root"] = "true"
    if layout.jitsi:
        options |= {
            # Jitsi's modules of the main host ask for the administrators there, too.
            "admins": listed([layout.places.focus_jid]),
            "muc_mapper_domain_base": quoted(layout.places.domain),
            "muc_mapper_domain_prefix": '"conference"',
            "recorder_prefixes": listed([f"recorder@{layout.places.hidden_domain}"]),
        }
    return _section(layout, "", "*", options).lstrip()


def _virtual_hosts(layout: Layout) -> list[str]:
    places = layout.places
    main = {"authentication": '"anonymous"', "allow_anonymous_s2s": "false"}
    if layout.jitsi:
        main = {
            "authentication": '"jitsi-anonymous"',
            "modules_enabled": listed(JITSI_MAIN),
            "main_muc": quoted(places.muc),
            "lobby_muc": quoted(places.lobby),
            "breakout_rooms_muc": quoted(places.breakout),
        }
    account = {"authentication": '"internal_plain"'}
    return [
        _section(layout, f'VirtualHost "{places.domain}"', places.domain, main),
        _section(layout, f'VirtualHost "{places.auth_domain}"', places.auth_domain, account),
        _section(layout, f'VirtualHost "{places.hidden_domain}"', places.hidden_domain, account),
    ]


def _rooms(layout: Layout) -> list[str]:
    places, jitsi = layout.places, layout.jitsi
    ours = [MODULE] if layout.plugins else []
    sections = [
        _muc(layout, places.muc, [*ours, *(JITSI_MUC if jitsi else ())]),
        _muc(layout, places.breakout, [*ours, *(JITSI_BREAKOUT if jitsi else ())]),
        _muc(layout, places.internal, [*ours, *(JITSI_INTERNAL if jitsi else ())]),
    ]
    if jitsi:
        sections.append(_muc(layout, places.lobby, ["muc_hide_all"]))
        sections += _jitsi_components(layout)
    return sections


def _jitsi_components(layout: Layout) -> list[str]:
    """Audio moderation, and the room's metadata that it writes to."""
    places = layout.places
    rooms = {"muc_component": quoted(places.muc), "breakout_rooms_component": quoted(places.breakout)}
    components = {"avmoderation": "av_moderation_component", "metadata": "room_metadata_component"}
    hosts = {f"{name}.{places.domain}": module for name, module in components.items()}
    return [_section(layout, f'Component "{host}" "{module}"', host, rooms) for host, module in hosts.items()]


def _muc(layout: Layout, host: str, modules: Sequence[str]) -> str:
    options = {
        "modules_enabled": listed(modules),
        "storage": '"memory"',
        "admins": listed([layout.places.focus_jid]),
        "restrict_room_creation": "true",
        "component_admins_as_room_owners": "true",
        "muc_room_locking": "false",
        "muc_room_default_public_jids": "true",
    }
    if "muc_filter_access" in modules:
        options["muc_filter_whitelist"] = listed([layout.places.auth_domain])
    if MODULE in modules:
        options["muc_supervisor_component"] = quoted(layout.places.component_jid)
    return _section(layout, f'Component "{host}" "muc"', host, options)
