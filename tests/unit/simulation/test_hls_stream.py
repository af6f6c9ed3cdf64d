import asyncio
from pathlib import Path

import pytest

from supervisor.simulation.errors import SimulationError
from supervisor.simulation.hls import HlsStream


def test_without_ffmpeg_it_says_what_to_install_and_leaves_no_folder(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    async def enter() -> None:
        async with HlsStream():
            pass

    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with pytest.raises(SimulationError, match="apt install ffmpeg"):
        asyncio.run(enter())
    assert list(tmp_path.iterdir()) == []
