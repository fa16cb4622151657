"""A PostgreSQL server for the tests: a new cluster in a temporary folder, reached by its socket."""

from __future__ import annotations

import getpass
import itertools
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

DEBIAN_FOLDERS = "/usr/lib/postgresql/*/bin"
OWNER = "postgres"
"""PostgreSQL refuses to run as root; packages bring this account."""
SETTINGS = ("listen_addresses=", "fsync=off", "max_connections=20")
START_TIMEOUT_S = 60.0


class PostgresServer:
    """A running server."""

    def __init__(self, folder: Path, programs: Path, user: str) -> None:
        self._folder = folder
        self._programs = programs
        self._user = user
        self._numbers = itertools.count(1)

    def run(self, program: str, *arguments: str, text: str | None = None) -> str:
        """Run a client; return what it prints."""
        command = [str(self._programs / program), "-h", str(self._folder), "-U", self._user]
        done = subprocess.run(
            [*command, *arguments], input=text, capture_output=True, encoding="utf-8", check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def new_database(self) -> str:
        """Make an empty database; return its URL, by a role that may do nothing else."""
        name = f"made_{next(self._numbers)}"
        self.run("createuser", name)
        self.run("createdb", f"--owner={name}", name)
        return f"postgres://{name}@/{name}?host={self._folder}"


def missing() -> str | None:
    """Say why no server can be started here, None if one can."""
    if _programs() is None:
        return "PostgreSQL is not installed (Debian: apt-get install postgresql)"
    if os.geteuid() == 0:
        try:
            pwd.getpwnam(OWNER)
        except KeyError:
            return f"PostgreSQL does not run as root, and there is no account {OWNER}"
    return None


@contextmanager
def postgres_server() -> Iterator[PostgresServer]:
    """Run a server as long as the block lasts."""
    programs = _programs()
    assert programs is not None
    user = OWNER if os.geteuid() == 0 else getpass.getuser()
    account = user if os.geteuid() == 0 else None
    group = pwd.getpwnam(user).pw_gid if account else None
    # The path of a socket has 107 characters at most, which pytest's folders may use up.
    folder = Path(tempfile.mkdtemp(prefix="sixfold-pg-"))
    folder.chmod(0o755)
    if account:
        shutil.chown(folder, user)
    try:
        data = folder / "data"
        subprocess.run(
            [programs / "initdb", "-D", data, "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8"],
            cwd=folder,
            check=True,
            capture_output=True,
            user=account,
            group=group,
        )
        settings = [part for setting in SETTINGS for part in ("-c", setting)]
        process = subprocess.Popen(
            [programs / "postgres", "-D", data, "-k", folder, *settings],
            cwd=folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            user=account,
            group=group,
        )
        try:
            server = PostgresServer(folder, programs, user)
            _wait(server, process)
            yield server
        finally:
            process.send_signal(signal.SIGINT)  # "fast": connections are closed
            process.wait(START_TIMEOUT_S)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _wait(server: PostgresServer, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_TIMEOUT_S
    while True:
        assert process.poll() is None, "PostgreSQL ended at once"
        try:
            server.run("pg_isready")
        except AssertionError:
            assert time.monotonic() < deadline, "PostgreSQL does not answer"
            time.sleep(0.1)
        else:
            return


def _programs() -> Path | None:
    found = shutil.which("initdb")
    if found is not None:
        return Path(found).resolve().parent
    folders = sorted(Path("/").glob(DEBIAN_FOLDERS[1:]))
    return folders[-1] if folders else None


REASON = missing()
needs_postgres = pytest.mark.skipif(REASON is not None, reason=REASON or "")
"""Marks a test that is left out, with the reason, where no server can be started."""
