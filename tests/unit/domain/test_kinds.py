from __future__ import annotations

from supervisor.domain.kinds import DEFAULT_KINDS


def test_the_shipped_kinds_are_the_five_of_the_service() -> None:
    expected = {
        "plenary": (30, "required", "allowed", "recommended", True, False),
        "test": (30, "optional", "allowed", "recommended", True, False),
        "unsupported": (30, "optional", "allowed", "recommended", False, False),
        "appointment": (5, "forbidden", "forbidden", "required", True, False),
        "permanent": (50, "optional", "allowed", "optional", True, True),
    }
    assert expected == {
        name: (kind.limit, kind.stream, kind.recording, kind.password, kind.support, kind.always_open)
        for name, kind in DEFAULT_KINDS.items()
    }
    assert list(DEFAULT_KINDS) == [kind.name for kind in DEFAULT_KINDS.values()]
