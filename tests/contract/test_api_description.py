"""The API does what its description says: schemathesis asks a running server, with every check that it has."""

import asyncio
import sys
from pathlib import Path

from tests.house import interrupted, open_house

CONFIGURATION = Path(__file__).with_name("schemathesis.toml")


async def test_the_api_keeps_to_its_description(tmp_path: Path) -> None:
    async with open_house(tmp_path, interrupted()) as house:
        description = f"{house.web.address}/api/v1/openapi.json"
        arguments = ["--config-file", CONFIGURATION, "run", description, "--max-examples", "15"]
        schemathesis = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "schemathesis.cli", *map(str, arguments)),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            cwd=tmp_path,
        )
        try:
            async with asyncio.timeout(180):
                told, _ = await schemathesis.communicate()
        finally:
            if schemathesis.returncode is None:
                schemathesis.kill()
        assert schemathesis.returncode == 0, told.decode()
