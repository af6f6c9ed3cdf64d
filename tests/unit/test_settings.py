from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from supervisor.domain.kinds import DEFAULT_KINDS
from supervisor.monitors import MONITORS
from supervisor.settings import ConfigurationError, Settings, load_settings

if TYPE_CHECKING:
    from pathlib import Path

MINIMAL = """\
[xmpp]
component = "supervisor.example.org"
secret = "s3cret"
muc = ["conference.example.org", "breakout.example.org"]
focus = "focus@auth.example.org"
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "jitsi-supervisor.toml"


def load(path: Path, text: str = MINIMAL, **environ: str) -> Settings:
    path.write_text(text)
    return load_settings(path, environ)


def problems(path: Path, text: str = MINIMAL, **environ: str) -> list[str]:
    with pytest.raises(ConfigurationError) as caught:
        load(path, text, **environ)
    return [problem.replace(f"{path.parent}/", "") for problem in caught.value.problems]


def test_what_is_not_said_has_its_default(path: Path) -> None:
    settings = load(path)
    assert (settings.xmpp.host, settings.xmpp.port, settings.xmpp.hidden_domain) == ("127.0.0.1", 5347, None)
    assert settings.xmpp.muc == ("conference.example.org", "breakout.example.org")
    assert (settings.web.listen, settings.web.host, settings.web.port) == ("127.0.0.1:8870", "127.0.0.1", 8870)
    assert settings.bookings.files == ()
    assert settings.alerts.repeat_interval == 300.0
    assert settings.all_kinds == DEFAULT_KINDS


def test_the_monitors_have_their_thresholds(path: Path) -> None:
    monitors = load(path).monitors
    limit, stream, source = monitors.participant_limit, monitors.stream_interrupted, monitors.source_lost
    assert (limit.enabled, limit.for_, limit.keep_firing_for, limit.approaching, limit.margin) == (True, 60, 60, 0.8, 2)
    assert (stream.enabled, stream.for_, stream.keep_firing_for, stream.recorder_grace) == (True, 0, 5, 8)
    assert (source.enabled, source.for_, source.keep_firing_for) == (True, 10, 0)


def test_a_monitor_is_changed_by_its_name(path: Path) -> None:
    settings = load(path, MINIMAL + '[monitors.ParticipantLimit]\nfor = "90s"\nenabled = false\n')
    assert settings.monitors.participant_limit.for_ == 90.0
    assert settings.monitors.participant_limit.keep_firing_for == 60.0
    assert not settings.monitors.participant_limit.enabled


def test_an_unknown_monitor_names_the_known_ones(path: Path) -> None:
    (problem,) = problems(path, MINIMAL + "[monitors.ParticipantsLimit]\n")
    assert problem.startswith("monitors.ParticipantsLimit: unknown key; did you mean ParticipantLimit? ")
    for monitor in MONITORS:
        assert monitor.name in problem.partition("the keys here are ")[2]


def test_an_unknown_key_names_its_path_and_the_nearest_known_one(path: Path) -> None:
    (problem,) = problems(path, MINIMAL + "hiden_domain = 'x'\n")
    assert problem.startswith(
        "xmpp.hiden_domain: unknown key; did you mean hidden_domain? the keys here are component,"
    )


def test_an_unknown_section_is_an_error(path: Path) -> None:
    assert problems(path, MINIMAL + "[xnpp]\n")[0].startswith("xnpp: unknown key; did you mean xmpp? ")


def test_all_problems_are_reported_at_once(path: Path) -> None:
    text = '[xmpp]\nport = "x"\nmuc = []\n[web]\nlisten = "8870"\n[alerts]\nrepeat_interval = 300\n'
    text += "[kinds.plenary]\nlimit = 0\n"
    assert problems(path, text) == [
        "xmpp.component: missing; add it",
        "xmpp.secret: missing; add it",
        "xmpp.port: must be a whole number; write it without quotes",
        "xmpp.muc: is empty; name at least one",
        "xmpp.focus: missing; add it",
        'web.listen: is not HOST:PORT; write for example "127.0.0.1:8870", port 0 takes a free one',
        'alerts.repeat_interval: a duration needs its unit; write it in quotes, as "2h", "90m", "1h30m" or "90s"',
        "kinds.plenary.limit: must be at least 1; choose another number",
    ]


def test_nothing_at_all_lacks_the_section_that_is_needed(path: Path) -> None:
    assert problems(path, "") == ["xmpp: missing; add it"]


@pytest.mark.parametrize(
    ("expected", "added"),
    [
        ("kinds.plenary: must be a section;", "[kinds]\nplenary = 3"),
        ("kinds.plenary.stream: is not possible here; choose 'required'", "[kinds.plenary]\nstream = 'no'"),
        ("kinds.plenary.support: must be true or false;", "[kinds.plenary]\nsupport = 'perhaps'"),
        ('kinds: "plenari" is a new kind and needs limit and stream;', "[kinds.plenari]\nlimit = 20"),
        ("bookings.unbooked: is not possible here; choose 'allow', 'warn'", "[bookings]\nunbooked = 'no'"),
        ("bookings.files: must be a list;", "[bookings]\nfiles = 3"),
        ('bookings.files: has "a.toml" twice;', "[bookings]\nfiles = ['a.toml', './a.toml']"),
        ("bookings.calendars[1].address: is neither a web", "[bookings]\ncalendars = ['http://a/', 'ftp://b']"),
        ("bookings.calendars[0].address: missing;", "[[bookings.calendars]]\nname = 'a'"),
        ("bookings.timezone: is not the name of a time zone;", "[bookings]\ntimezone = 'Europe/Almatret'"),
        ("bookings.timezone: is not the name of a time zone;", "[bookings]\ntimezone = '../etc/passwd'"),
        ("bookings.holidays[0]: must be a day;", "[bookings]\nholidays = ['Christmas']"),
        ("bookings.rules.overlap: is not possible here; choose 'refuse'", "[bookings.rules]\noverlap = 'no'"),
        ("bookings.channels.tv.notice: a duration needs its unit;", "[bookings.channels.tv]\nnotice = 96"),
        ("alerts.webhooks[0].secret: missing; add it", "[[alerts.webhooks]]\nurl = 'http://a/'"),
        ("alerts.webhooks[0].secret: is not", "[[alerts.webhooks]]\nurl = 'http://a/'\nsecret = 'whsec_?'"),
        ("alerts.webhooks[0]: must be a section;", "[alerts]\nwebhooks = [3]"),
        (
            'alerts.alertmanager.kinds: there is no kind "plenari"',
            "[alerts.alertmanager]\nurl = 'http://a/'\nkinds = ['plenari']",
        ),
        ("alerts.repeat_interval: must be longer than nothing;", "[alerts]\nrepeat_interval = '0s'"),
        ('web.tokens: "a" and "b" have the same token', "[web.tokens]\na={token='t'}\nb={token='t'}"),
        ("web.tokens.wall.scopes[0]: is not possible", "[web.tokens.wall]\ntoken='t'\nscopes=['admin']"),
        ("web.listen: is not HOST:PORT;", "[web]\nlisten = '127.0.0.1:65536'"),
        ("web.listen: must be text;", "[web]\nlisten = 8870"),
        ("store.url: is empty;", "[store]\nurl = ''"),
        ("streams.allow_private_addresses: must be true", "[streams]\nallow_private_addresses = 3"),
        ("monitors.ParticipantLimit.approaching: must be at most 1;", "[monitors.ParticipantLimit]\napproaching = 80"),
        ("monitors.ParticipantLimit.approaching: must be more than 0;", "[monitors.ParticipantLimit]\napproaching = 0"),
        ("monitors.ParticipantLimit.margin: must be a whole number;", "[monitors.ParticipantLimit]\nmargin = 1.5"),
        ("monitors.SourceLost.for: 'soon' is not a duration;", "[monitors.SourceLost]\nfor = 'soon'"),
        ("xmpp.port: must be at most 65535;", "port = 65536"),
        ("xmpp.brewery: is not the address of a room;", "brewery = 'internal.auth.example.org'"),
        ("jicofo.url: is not a web address;", "[jicofo]\nurl = '127.0.0.1:8888'"),
        ("jvb.main.url: missing; add it", "[jvb.main]"),
        ("kinds.plenary.preflight: must be at most 1800", "[kinds.plenary]\npreflight = '2h'"),
        ("monitors.JibriUnavailable.before: must be at most 1800", "[monitors.JibriUnavailable]\nbefore = '31m'"),
    ],
)
def test_each_mistake_is_told_with_its_path_and_remedy(path: Path, expected: str, added: str) -> None:
    (problem,) = problems(path, MINIMAL + added)
    assert problem.startswith(expected)


@pytest.mark.parametrize(
    ("expected", "old", "new"),
    [
        ("kinds: must be a section;", "[xmpp]", "kinds = 3\n[xmpp]"),
        ("xmpp.secret: is empty;", "s3cret", ""),
        ("xmpp.component: is not a bare JID;", "supervisor.example", "supervisor example"),
        ("xmpp.focus: is not a bare JID;", "focus@", "focus@@"),
        ('xmpp.muc: has "conference.example.org" twice;', "breakout", "Conference"),
        ("xmpp.muc[1]: is not a host name;", "breakout.", "breakout@"),
    ],
)
def test_a_wrong_address_is_told_with_its_path(path: Path, expected: str, old: str, new: str) -> None:
    (problem,) = problems(path, MINIMAL.replace(old, new))
    assert problem.startswith(expected)


def test_a_file_that_is_no_toml_names_its_line(path: Path) -> None:
    assert problems(path, "[xmpp]\nsecret = \n")[0].startswith("jitsi-supervisor.toml:2: not valid TOML: ")


def test_a_file_that_is_not_there_is_a_problem(path: Path) -> None:
    with pytest.raises(ConfigurationError, match="cannot be read: No such file"):
        load_settings(path, {})


def test_the_environment_beats_the_file(path: Path) -> None:
    settings = load(
        path,
        MINIMAL + "[monitors.ParticipantLimit]\nfor = '90s'\nmargin = 3\n",
        JITSI_SUPERVISOR__XMPP__PORT="5348",
        JITSI_SUPERVISOR__XMPP__MUC="a.example, b.example",
        JITSI_SUPERVISOR__BOOKINGS__FILES='["one.toml", "two.toml"]',
        JITSI_SUPERVISOR__MONITORS__PARTICIPANTLIMIT__FOR="10s",
        JITSI_SUPERVISOR__KINDS__PLENARY__LIMIT="20",
        JITSI_SUPERVISOR__WEB__TOKENS__WALL__TOKEN="t0ken",
        UNRELATED__XMPP__PORT="1",
    )
    assert settings.xmpp.port == 5348
    assert settings.xmpp.muc == ("a.example", "b.example")
    assert [str(file) for file in settings.bookings.files] == ["one.toml", "two.toml"]
    assert settings.monitors.participant_limit.for_ == 10.0
    assert settings.monitors.participant_limit.margin == 3
    assert settings.all_kinds["plenary"].limit == 20
    assert settings.web.tokens["wall"].token.get_secret_value() == "t0ken"


def test_the_process_own_environment_is_read(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path.write_text(MINIMAL)
    monkeypatch.setenv("JITSI_SUPERVISOR__XMPP__HOST", "prosody.example.org")
    assert load_settings(path).xmpp.host == "prosody.example.org"


def test_a_mistake_in_the_environment_names_the_variable(path: Path) -> None:
    port, section = problems(path, JITSI_SUPERVISOR__XMPP__PORT="x", JITSI_SUPERVISOR__WEP="z")
    assert port == "xmpp.port: must be a whole number; write it without quotes (from JITSI_SUPERVISOR__XMPP__PORT)"
    assert section.startswith("wep: unknown key; did you mean web? ")
    assert section.endswith("(from JITSI_SUPERVISOR__WEP)")


def test_a_secret_may_be_in_a_file_beside_the_configuration(path: Path) -> None:
    (path.parent / "component").write_text("from the file\n")
    text = MINIMAL.replace('secret = "s3cret"', 'secret_file = "component"')
    assert load(path, text).xmpp.secret.get_secret_value() == "from the file"


def test_a_secret_given_twice_is_an_error(path: Path) -> None:
    assert problems(path, MINIMAL + 'secret_file = "component"\n') == [
        "xmpp.secret_file: is given together with secret; remove one of the two"
    ]


def test_a_secret_of_the_environment_beats_the_file_of_the_configuration(path: Path) -> None:
    text = MINIMAL.replace('secret = "s3cret"', 'secret_file = "not there"')
    assert load(path, text, JITSI_SUPERVISOR__XMPP__SECRET="mine").xmpp.secret.get_secret_value() == "mine"


def test_a_file_of_the_environment_beats_the_secret_of_the_configuration(path: Path) -> None:
    (path.parent / "component").write_text("mine")
    settings = load(path, JITSI_SUPERVISOR__XMPP__SECRET_FILE=str(path.parent / "component"))
    assert settings.xmpp.secret.get_secret_value() == "mine"


@pytest.mark.parametrize(
    ("expected", "name", "content"),
    [
        ("cannot be read: No such file or directory; check the path and its permissions", "absent", None),
        ("is empty or far too long; write the secret alone into it", "empty", b"\n"),
        ("is not text; write the secret alone into it", "binary", b"\xff\xfe"),
    ],
)
def test_a_secret_that_cannot_be_read_is_told_once(path: Path, expected: str, name: str, content: bytes | None) -> None:
    if content is not None:
        (path.parent / name).write_bytes(content)
    text = MINIMAL.replace('secret = "s3cret"', f'secret_file = "{name}"')
    assert problems(path, text) == [f"xmpp.secret_file: {name} {expected}"]


def test_secrets_of_lists_and_names_may_be_in_files_too(path: Path) -> None:
    (path.parent / "hook").write_text("whsec_aGVsbG8=")
    text = MINIMAL + "[[alerts.webhooks]]\nurl='http://a/'\nsecret_file='hook'\n[web.tokens.wall]\ntoken_file='hook'\n"
    settings = load(path, text)
    assert settings.alerts.webhooks[0].secret.get_secret_value() == "whsec_aGVsbG8="
    assert settings.web.tokens["wall"].token.get_secret_value() == "whsec_aGVsbG8="


def test_paths_are_relative_to_the_folder_of_the_file(path: Path) -> None:
    settings = load(
        path, MINIMAL + "[bookings]\nfiles = ['bookings.toml', '/srv/b.toml']\n[youtube]\ntoken_file = 't'\n"
    )
    assert [str(file) for file in settings.bookings.files] == [f"{path.parent}/bookings.toml", "/srv/b.toml"]
    assert settings.youtube.token_file == path.parent / "t"


def test_no_secret_is_ever_shown(path: Path) -> None:
    text = MINIMAL + (
        "[web.tokens.wall]\ntoken = 's3cret'\n[store]\nurl = 'postgresql+psycopg://me:s3cret@db/x'\n"
        "[bookings]\ncalendars = ['https://example.org/s3cret.ics']\n[youtube]\napi_key = 's3cret'\n"
        "client_secret = 's3cret'\n[[alerts.webhooks]]\nurl = 'http://a/'\nsecret = 'whsec_s3cretXX'\n"
    )
    assert "s3cret" not in repr(load(path, text))
    assert "s3cret" not in str(problems(path, text + "[xnpp]\n[web.tokens.x]\ntoken=['s3cret']\n"))


def test_a_kind_is_changed_key_by_key(path: Path) -> None:
    kinds = load(path, MINIMAL + "[kinds.plenary]\nlimit = 40\n").all_kinds
    assert kinds["plenary"].limit == 40
    assert kinds["plenary"].stream == "required"
    assert kinds["test"] == DEFAULT_KINDS["test"]


OWN = (
    MINIMAL
    + """
[monitors.QuorumLost]
keep_firing_for = "5s"
for = "40s"
[kinds.plenary.monitors.QuorumLost]
for = "20s"
[kinds.course]
limit = 20
stream = "forbidden"
[kinds.course.monitors.ParticipantLimit]
enabled = false
margin = 1
"""
)


def test_a_kind_s_own_thresholds_beat_the_usual_ones_key_by_key(path: Path) -> None:
    settings = load(path, OWN)
    plenary, usual = settings.monitor("QuorumLost", "plenary"), settings.monitor("QuorumLost", "test")
    assert (20.0, 5.0, True) == (plenary.for_, plenary.keep_firing_for, plenary.enabled)
    assert (40.0, 5.0) == (usual.for_, usual.keep_firing_for)
    assert {"approaching": 0.8, "margin": 1} == settings.monitor("ParticipantLimit", "course").thresholds()
    assert not settings.monitor("ParticipantLimit", "course").enabled
    assert settings.monitor("ParticipantLimit", "plenary").enabled
    assert settings.all_kinds["plenary"] == DEFAULT_KINDS["plenary"]


def test_a_kind_s_own_threshold_may_come_from_the_environment(path: Path) -> None:
    variable = "JITSI_SUPERVISOR__KINDS__PLENARY__MONITORS__QUORUMLOST__FOR"
    settings = load(path, OWN, **{variable: "25s"})
    assert 25.0 == settings.monitor("QuorumLost", "plenary").for_
    (problem,) = problems(path, OWN, **{variable: "soon"})
    assert problem.startswith("kinds.plenary.monitors.QuorumLost.for: 'soon' is not a duration;")


@pytest.mark.parametrize(
    ("expected", "added"),
    [
        (".QuorumLos: unknown key; did you mean QuorumLost? ", "[kinds.test.monitors.QuorumLos]"),
        (".SourceLost: unknown key; ", "[kinds.test.monitors.SourceLost]"),
        (".QuorumLost.four: unknown key; did you mean for? ", "[kinds.test.monitors.QuorumLost]\nfour = '1s'"),
        (".RoomCollision.early: must be at most 1800;", "[kinds.test.monitors.RoomCollision]\nearly = '31m'"),
        (".SessionOverrun.cut: must be true or false;", "[kinds.test.monitors.SessionOverrun]\ncut = 'x'"),
        (": must be a section;", "[kinds.test]\nmonitors = 3"),
    ],
)
def test_a_slip_in_a_kind_s_own_thresholds_is_told_with_its_path(path: Path, expected: str, added: str) -> None:
    (problem,) = problems(path, MINIMAL + added)
    assert problem.startswith(f"kinds.test.monitors{expected}")


def test_a_new_kind_is_as_a_session_without_support_but_for_what_it_says(path: Path) -> None:
    kind = load(path, MINIMAL + "[kinds.course]\nlimit = 20\nstream = 'forbidden'\n").all_kinds["course"]
    assert (kind.name, kind.limit, kind.stream, kind.recording) == ("course", 20, "forbidden", "allowed")
    assert (kind.password, kind.support, kind.always_open) == ("recommended", False, False)


def test_the_module_is_asked_for_on_the_brewerys_host_too_and_once(path: Path) -> None:
    muc = ("conference.example.org", "breakout.example.org")
    assert muc == load(path).xmpp.hosts
    away = load(path, MINIMAL + "brewery = 'JibriBrewery@internal.auth.example.org'\n").xmpp
    assert ("jibribrewery@internal.auth.example.org", (*muc, "internal.auth.example.org")) == (away.brewery, away.hosts)
    assert muc == load(path, MINIMAL + "brewery = 'jibris@conference.example.org'\n").xmpp.hosts


def test_settings_do_not_change(path: Path) -> None:
    settings = load(path)
    with pytest.raises(ValueError, match="frozen"):
        settings.xmpp.port = 1  # type: ignore[misc]


_text = st.lists(
    st.sampled_from(
        [*MINIMAL.splitlines(), "[kinds.x]", "[web.tokens]", "[[alerts.webhooks]]", "x = 1", "limit = 'a'"]
    ),
    max_size=9,
).map("\n".join)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.binary() | _text.map(str.encode))
def test_no_bytes_raise_anything_but_a_configuration_error(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    try:
        load_settings(path, {})
    except ConfigurationError as error:
        assert error.problems  # noqa: PT017 - some contents are fine


def test_an_obs_is_a_websocket_with_its_password_apart(path: Path) -> None:
    obs = load(path, MINIMAL + '[streams.obs.almatret]\nurl = "ws://10.0.0.7:4455"\npassword = "p"\n').streams.obs
    assert ("ws://10.0.0.7:4455", "p") == (obs["almatret"].url, obs["almatret"].password.get_secret_value())  # type: ignore[union-attr]
    (problem,) = problems(path, MINIMAL + '[streams.obs.a]\nurl = "http://10.0.0.7:4455"\n')
    assert problem.startswith("streams.obs.a.url: is not the address of a websocket")
    assert "p4ss" not in problems(path, MINIMAL + '[streams.obs.a]\nurl = "ws://u:p4ss@h:1"\n')[0]
