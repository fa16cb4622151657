"""A generated backend as its owner starts it: compiled, with Node, on a free port of loopback."""

from __future__ import annotations

import http.client
import json
import queue
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pipeline.node import toolchain
from pipeline.node.compile import emit_project

START_TIMEOUT_S = 60.0
REQUEST_TIMEOUT_S = 20.0
END_TIMEOUT_S = 30.0
PASSWORD = "correct horse battery"
QUICK = {"PORT": "0", "DATABASE_PATH": ":memory:", "PASSWORD_COST": "1024"}
"""A free port, no file of data, and passwords that are quick to hash."""


@dataclass(frozen=True)
class Answer:
    """What the backend answered to one request."""

    status: int
    headers: Mapping[str, str]
    """By their names in lower case."""
    body: Any
    """The decoded JSON; the text of anything else."""
    seconds: float


@dataclass
class LiveBackend:
    """A running backend."""

    process: subprocess.Popen[str]
    host: str
    port: int
    lines: list[str]
    """What it has printed so far."""
    last: http.client.HTTPConnection | None = field(default=None)

    def request(
        self,
        method: str,
        path: str,
        body: object = None,
        raw: bytes | None = None,
        /,
        **headers: str,
    ) -> Answer:
        """Send one request; `raw` is a body that is no JSON, underscores in headers are hyphens."""
        data = raw if raw is not None else None if body is None else json.dumps(body).encode()
        sent = {"content-type": "application/json"} if data is not None else {}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        connection = http.client.HTTPConnection(self.host, self.port, timeout=REQUEST_TIMEOUT_S)
        began = time.perf_counter()
        try:
            connection.request(method, path, data, sent)
            response = connection.getresponse()
            text = response.read().decode("utf-8")
        finally:
            connection.close()
        found = {name.lower(): value for name, value in response.getheaders()}
        is_json = "json" in found.get("content-type", "")
        seconds = time.perf_counter() - began
        return Answer(response.status, found, json.loads(text) if is_json else text, seconds)

    def join(self, email: str, **headers: str) -> Answer:
        """Make a member's account."""
        return self.request(
            "POST", "/members/join", {"email": email, "password": PASSWORD}, **headers
        )


def build(folder: Path, out: Path) -> Path:
    """Compile a project into a folder from which Node can start it; return that folder."""
    report = emit_project(folder, out / "dist")
    assert report.diagnostics == ()
    (out / "package.json").write_text((folder / "package.json").read_text("utf-8"), "utf-8")
    (out / "node_modules").symlink_to(toolchain.node_modules_dir(), target_is_directory=True)
    return out


def start(
    project: Path, environment: Mapping[str, str], *, entry: str = "src/main"
) -> subprocess.Popen[str]:
    """Start a program of a built project, with nothing but the given environment."""
    return subprocess.Popen(
        [str(toolchain.node_path()), f"dist/{entry}.js"],
        cwd=project,
        env=dict(environment),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def outcome(
    project: Path, environment: Mapping[str, str], *, entry: str = "src/main"
) -> tuple[int, str]:
    """Start a program that ends by itself; return its exit code and what it printed."""
    process = start(project, environment, entry=entry)
    try:
        text, _ = process.communicate(timeout=START_TIMEOUT_S)
    finally:
        process.kill()
    return process.returncode, text


@contextmanager
def running(project: Path, environment: Mapping[str, str]) -> Iterator[LiveBackend]:
    """Run a built backend as long as the block lasts."""
    process = start(project, environment)
    assert process.stdout is not None
    lines: list[str] = []
    printed: queue.Queue[str | None] = queue.Queue()

    def read() -> None:
        assert process.stdout is not None
        for line in process.stdout:
            lines.append(line.rstrip("\n"))
            printed.put(lines[-1])
        printed.put(None)

    reader = threading.Thread(target=read)
    reader.start()
    try:
        line: str | None = ""
        while line is not None and not line.startswith("Listening on "):
            line = printed.get(timeout=START_TIMEOUT_S)
        assert line is not None, lines
        address = urlsplit(line.removeprefix("Listening on "))
        assert address.hostname is not None
        assert address.port is not None
        yield LiveBackend(process, address.hostname, address.port, lines)
    finally:
        process.kill()
        process.wait(END_TIMEOUT_S)
        reader.join(END_TIMEOUT_S)
        process.stdout.close()
