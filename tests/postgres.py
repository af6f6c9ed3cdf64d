"""A private PostgreSQL on a spare port of loopback, run by an unprivileged user, gone afterwards."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Self

import pytest


class PrivatePostgres:
    """Use as a context; `database` gives the address of a new, empty database."""

    def __init__(self) -> None:
        self._tools = _tools()
        self._user = "postgres" if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name
        self._made = 0

    def __enter__(self) -> Self:
        self._folder = Path(tempfile.mkdtemp(prefix="supervisor-postgres-"))
        if os.geteuid() == 0:
            shutil.chown(self._folder, self._user)
        self._run("initdb", "-D", self._folder / "data", "-U", "supervisor", "-A", "trust", "-N", "-E", "UTF8")
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        shutil.rmtree(self._folder)

    def start(self, port: int = 0) -> None:
        with socket.create_server(("127.0.0.1", port)) as spare:
            self.port = spare.getsockname()[1]
        arguments = ["-D", self._folder / "data", "-p", str(self.port), "-k", self._folder, "-F"]
        with (self._folder / "log").open("w") as log:
            self._server = subprocess.Popen(
                [self._tools / "postgres", *arguments, "-c", "listen_addresses=127.0.0.1"],
                cwd=self._folder,
                stderr=log,
                user=self._user if os.geteuid() == 0 else None,
            )
        deadline = time.monotonic() + 20
        while not self._answers():
            assert self._server.poll() is None, (self._folder / "log").read_text()
            assert time.monotonic() < deadline, "PostgreSQL did not start in 20 s"
            time.sleep(0.05)

    def stop(self) -> None:
        self._server.terminate()
        try:
            self._server.wait(10)
        except subprocess.TimeoutExpired:
            self._server.kill()
            self._server.wait()

    def database(self) -> str:
        self._made += 1
        name = f"test{self._made}"
        self._run("createdb", "-h", "127.0.0.1", "-p", str(self.port), "-U", "supervisor", name)
        return f"postgresql+psycopg://supervisor:s3cret@127.0.0.1:{self.port}/{name}"

    def _answers(self) -> bool:
        ready = [self._tools / "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(self.port)]
        return subprocess.run(ready, check=False).returncode == 0

    def _run(self, tool: str, *arguments: str | Path) -> None:
        done = subprocess.run(
            [self._tools / tool, *arguments],
            cwd=self._folder,
            capture_output=True,
            text=True,
            check=False,
            user=self._user if os.geteuid() == 0 else None,
        )
        assert done.returncode == 0, done.stderr


def _tools() -> Path:
    """Debian keeps them apart by version; the newest."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: float(path.parent.name))
    if not found:
        raise pytest.UsageError("no PostgreSQL server: the store's contract needs a real one (apt install postgresql)")
    return found[-1]
