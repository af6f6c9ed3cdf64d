from __future__ import annotations

import pytest

from supervisor.domain.room_names import parse_room, room_node


@pytest.mark.parametrize(
    ("expected", "written"),
    [
        ((None, "plealmatret"), "plealmatret"),
        ((None, "plealmatret"), "PleAlmatret"),
        ((None, "sala1"), "\uff33\uff21\uff2c\uff21\uff11"),
        (("almatret", "ple"), "[almatret]ple"),
        (("conca-de-barbera", "ple"), "[Conca-de-Barbera]Ple"),
    ],
)
def test_spellings_of_one_room_become_one(expected: tuple[str | None, str], written: str) -> None:
    assert expected == parse_room(written)


@pytest.mark.parametrize(
    "written",
    [
        "",
        "ple almatret",
        "sessió",
        "ple-almatret",
        "ple_1",
        "[]ple",
        "[a]",
        "[a b]ple",
        "[-a]ple",
        "ple\n",
        "pl%C3%A9",
        "a@b",
        "[a][b]c",
    ],
)
def test_other_names_are_refused_with_the_rule_and_an_example(written: str) -> None:
    with pytest.raises(ValueError, match=r'letters and digits only.*"plealmatret"'):
        parse_room(written)


def test_a_name_that_xmpp_cannot_carry_is_refused() -> None:
    with pytest.raises(ValueError, match="shorter name"):
        parse_room("a" * 1024)


def test_the_node_puts_the_tenant_in_brackets() -> None:
    assert room_node("almatret", "ple") == "[almatret]ple"
    assert room_node(None, "ple") == "ple"
