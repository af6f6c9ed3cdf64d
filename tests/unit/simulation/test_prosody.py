"""What can be told about the private Prosody before it runs."""

from pathlib import Path

import pytest

from supervisor.simulation import PrivateProsody, SimulationError
from supervisor.simulation.configuration import Layout, listed, quoted, render
from supervisor.simulation.loopback import spare_ports
from supervisor.simulation.places import Places


def test_a_missing_executable_is_named_with_the_remedy() -> None:
    with pytest.raises(SimulationError, match="no no-such-server to run: install Prosody"):
        PrivateProsody(executable="no-such-server", with_module=False)


def test_a_missing_module_is_named_with_the_place(tmp_path: Path) -> None:
    with pytest.raises(SimulationError, match=f"no mod_muc_supervisor.lua in {tmp_path}"):
        PrivateProsody(executable="sh", module_path=tmp_path)


def test_lua_strings_cannot_be_left() -> None:
    assert quoted('a"b\\c\nd') == '"a\\"b\\\\c\\nd"'
    assert listed([]) == "{ }"
    assert listed(["a", "b"]) == '{ "a", "b" }'


def test_ports_of_one_call_differ() -> None:
    assert len(set(spare_ports(20))) == 20


def test_nothing_listens_beyond_the_loopback_interface(tmp_path: Path) -> None:
    written = render(layout(tmp_path))
    assert 'interfaces = { "127.0.0.1" }' in written
    assert "0.0.0.0" not in written  # noqa: S104
    assert "https_ports = { }" in written
    assert '"s2s"' in written.partition("modules_disabled")[2].partition("\n")[0]


def test_without_the_module_no_host_loads_it(tmp_path: Path) -> None:
    assert "muc_supervisor" not in render(layout(tmp_path))
    assert render(layout(tmp_path, plugins=tmp_path)).count('modules_enabled = { "muc_supervisor" }') == 3


def test_an_option_of_a_host_stands_in_its_section(tmp_path: Path) -> None:
    written = render(layout(tmp_path, options={"conference.meet.test": {"muc_max_occupants": "3"}}))
    rooms = written.partition('Component "conference.meet.test" "muc"')[2].partition("Component")[0]
    assert "    muc_max_occupants = 3" in rooms


def layout(folder: Path, plugins: Path | None = None, options: dict[str, dict[str, str]] | None = None) -> Layout:
    return Layout(
        places=Places(),
        folder=folder,
        c2s_port=1,
        component_port=2,
        http_port=3,
        plugins=plugins,
        jitsi=None,
        options=options or {},
    )
