"""The only place where generated code runs: boot a project and run its own tests, in a sandbox.

The walls, from the outside in: a time limit after which the whole process group is killed; limits
on processor time, memory and file size; on Linux, where the system permits it, a network namespace
with nothing but loopback; Node's permission model (no file outside the sandbox, no process, no
worker, no addon); and ``sandbox_guard.cjs`` for what that model leaves open. The environment is
empty. None of it is a defence against an exploit of Node itself.

The project's ``test/run.ts`` prints one JSON object a line: ``{"name", "ok", "ms", "error"}`` for
each test and at last ``{"passed", "total", "bootMs", "totalMs"}``; other lines are log.
"""

import contextlib
import functools
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, cast
from urllib.parse import parse_qsl, unquote, urlsplit

import psutil
from pydantic import BaseModel, ConfigDict

from pipeline.node import sandbox, toolchain
from pipeline.node.compile import emit_project

VERIFY_TIMEOUT_S = 120.0
"""A project of 370 endpoints and 125 tests takes 9 s on two cores."""

MEMORY_BYTES = 1 << 30
"""Node needs 80 MB to boot NestJS; test data is small."""

HEAP_BYTES = MEMORY_BYTES // 2
"""JavaScript objects; the rest is for buffers, code and SQLite."""

FILE_BYTES = 32 << 20
"""Size of any one file that the sandboxed program writes, its output among them."""

_LOG_TAIL_CHARACTERS = 4000
_OUT_OF_MEMORY = re.compile(
    r"heap out of memory|allocation failed|ERR_MEMORY_ALLOCATION_FAILED|bad_alloc", re.IGNORECASE
)
_POLL_S = 0.02
_TEST_ENTRY = "test/run"
_POSTGRES_PORT = 5432
_LOOPBACK_HOSTS = ("127.0.0.1", "localhost")

Ending = Literal["finished", "crashed", "timeout", "memory"]


class SandboxError(Exception):
    """Say why a project cannot be run at all; failing tests are no such reason."""


class CaseOutcome(BaseModel):
    """One test of the project, as it reported it."""

    model_config = ConfigDict(frozen=True)

    name: str
    ok: bool
    ms: float
    error: str | None = None


class VerifyReport(BaseModel):
    """What happened when the project was booted and its tests were run."""

    model_config = ConfigDict(frozen=True)

    booted: bool
    """Whether a test or the summary was reported: both come after the boot."""
    boot_ms: float | None
    """Milliseconds from the start of ``test/run`` to listening; None without a summary."""
    tests: tuple[CaseOutcome, ...]
    passed: int
    total: int
    """The number of tests in the summary; of those reported, if there is no summary."""
    ending: Ending
    message: str
    """One sentence for the user."""
    failed_units: int
    """Source files with a type error; they are run anyway."""
    isolation: Literal["namespace", "guard"]
    """What kept the network out: its own namespace, or only the guard inside Node."""
    seconds: float
    log_tail: str
    """The last characters that were printed and were no report."""

    @property
    def green(self) -> bool:
        """Whether the project booted and every one of its tests, at least one, passed."""
        return self.ending == "finished" and self.booted and 0 < self.total == self.passed


class _Summary(BaseModel):
    passed: int
    total: int
    bootMs: float  # noqa: N815  (the name in the report)


@dataclass(frozen=True)
class _Execution:
    ending: Ending
    return_code: int
    stdout: str
    stderr: str


@dataclass(frozen=True)
class _Server:
    """The database server that the sandboxed program may use; without a URL, it has SQLite."""

    url: str | None = None
    socket: str | None = None
    """Its socket in the file system; None if it is reached through loopback."""

    def permits_namespace(self) -> bool:
        """Whether the program can have its own network, where nobody else is."""
        return (self.url is None or self.socket is not None) and network_namespace_permitted()

    def environment(self) -> dict[str, str]:
        """Return the environment variables of the program and its guard."""
        variables = {"DATABASE_URL": self.url, "SIXFOLD_SOCKET": self.socket}
        return {name: value for name, value in variables.items() if value is not None}


def verify_project(
    folder: Path,
    *,
    timeout_s: float = VERIFY_TIMEOUT_S,
    on_test: Callable[[CaseOutcome], None] | None = None,
    database_url: str | None = None,
) -> VerifyReport:
    """Compile a project, boot it and run its tests inside the sandbox.

    The folder is only read. ``timeout_s`` bounds the run, not the compilation. ``on_test`` hears
    of each test as soon as it is done. ``database_url`` names an empty PostgreSQL database on this
    machine that the project is to use; by its socket, the network stays out as before.
    Raises SandboxError when the folder has no ``test/run.ts`` or the database is elsewhere,
    CompilerFailure when the compiler breaks down, ToolchainError before ``make setup``.
    """
    started = time.perf_counter()
    server = _Server() if database_url is None else _server(database_url)
    if not (folder / f"{_TEST_ENTRY}.ts").is_file():
        raise SandboxError(
            f"{folder} has no {_TEST_ENTRY}.ts; "
            "only a project that brings this program for its tests can be verified."
        )
    with tempfile.TemporaryDirectory(prefix="sixfold-run-") as name:
        workspace = Path(name).resolve()
        (workspace / "node_modules").symlink_to(
            toolchain.node_modules_dir(), target_is_directory=True
        )
        compiled = emit_project(folder, workspace / "project")
        execution = _run_confined(workspace, f"{_TEST_ENTRY}.js", timeout_s, server, on_test)
    tests, summary, log = _read_report(execution.stdout)
    booted = summary is not None or bool(tests)
    passed = summary.passed if summary else sum(test.ok for test in tests)
    total = summary.total if summary else len(tests)
    ending = execution.ending
    if ending == "finished" and summary is None:
        ending = "crashed"
    return VerifyReport(
        booted=booted,
        boot_ms=summary.bootMs if summary else None,
        tests=tests,
        passed=passed,
        total=total,
        ending=ending,
        message=_message(ending, execution.return_code, booted, passed, total, timeout_s),
        failed_units=compiled.failed_units,
        isolation="namespace" if server.permits_namespace() else "guard",
        seconds=time.perf_counter() - started,
        log_tail=(log + execution.stderr)[-_LOG_TAIL_CHARACTERS:],
    )


def _server(url: str) -> _Server:
    """Find out how a PostgreSQL URL reaches its server. Raises SandboxError if it may not."""
    parts = urlsplit(url)
    options = dict(parse_qsl(parts.query))
    host = options.get("host") or unquote(parts.netloc.rpartition("@")[2].partition(":")[0])
    port = options.get("port") or parts.netloc.rpartition("@")[2].partition(":")[2]
    if parts.scheme not in ("postgres", "postgresql"):
        raise SandboxError(
            f"{url} is not the URL of a PostgreSQL database: postgres://user@host/db"
        )
    if host.startswith("/"):
        return _Server(url, f"{host.rstrip('/')}/.s.PGSQL.{port or _POSTGRES_PORT}")
    if host not in _LOOPBACK_HOSTS:
        raise SandboxError(
            f"Generated code may reach a database on this machine only, not on {host or 'no host'};"
            " name one of 127.0.0.1, or better one by its socket: postgres://user@/db?host=/folder"
        )
    return _Server(url)


@functools.cache
def network_namespace_permitted() -> bool:
    """Whether this system lets us make a network namespace; only Linux knows them."""
    if sys.platform != "linux":
        return False
    probe = subprocess.run(
        [*_confined(5, network_namespace=True), "/bin/true"],
        env={},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=30,
        check=False,
    )
    return probe.returncode == 0


def _confined(cpu_s: int, *, network_namespace: bool) -> list[str]:
    limits = sandbox.Confinement(
        cpu_s=cpu_s,
        memory_bytes=MEMORY_BYTES,
        file_bytes=FILE_BYTES,
        network_namespace=network_namespace,
    )
    if getattr(sys, "frozen", False):
        return [sys.executable, sandbox.CONFINE, json.dumps(limits)]
    return [sys.executable, "-I", "-S", sandbox.__file__, json.dumps(limits)]


class _Follower:
    """Reads the lines that a program has written to its log so far, each once."""

    def __init__(self, log: Path, on_test: Callable[[CaseOutcome], None]) -> None:
        self._log = log
        self._on_test = on_test
        self._offset = 0

    def __call__(self) -> None:
        """Report the tests that ended since the last time."""
        with self._log.open("rb") as file:
            file.seek(self._offset)
            lines, _, _ = file.read().rpartition(b"\n")
        if not lines:
            return
        self._offset += len(lines) + 1
        for test in _read_report(lines.decode("utf-8", "replace"))[0]:
            self._on_test(test)


def _run_confined(
    workspace: Path,
    entry: str,
    timeout_s: float,
    server: _Server,
    on_test: Callable[[CaseOutcome], None] | None = None,
) -> _Execution:
    """Run ``entry`` of ``workspace/project`` with Node; nothing it started outlives the call."""
    project = workspace / "project"
    guard = toolchain.sandbox_guard_path()
    # All cores may be busy all the time; a loop in one thread is for the clock to stop.
    cpu_s = int(timeout_s * (os.cpu_count() or 1)) + 1
    command = [
        *_confined(cpu_s, network_namespace=server.permits_namespace()),
        str(toolchain.node_path()),
        "--permission",
        f"--allow-fs-read={workspace}/*",
        f"--allow-fs-read={toolchain.node_modules_dir()}/*",
        f"--allow-fs-read={guard}",
        f"--max-old-space-size={HEAP_BYTES >> 20}",
        f"--require={guard}",
        entry,
    ]
    stdout_path, stderr_path = workspace / "stdout.log", workspace / "stderr.log"
    with stdout_path.open("wb") as stdout, stderr_path.open("wb") as stderr:
        process = subprocess.Popen(
            command,
            cwd=project,
            env={"SIXFOLD_SANDBOX": str(project), **server.environment()},
            stdin=subprocess.DEVNULL,
            stdout=stdout,
            stderr=stderr,
            start_new_session=True,
        )
        follow = _Follower(stdout_path, on_test or (lambda _: None))
        try:
            ending = _watch(process, timeout_s, follow)
        finally:
            _kill_group(process)
        follow()
    errors = stderr_path.read_text(encoding="utf-8", errors="replace")
    if process.returncode == -signal.SIGXCPU:
        ending = "timeout"
    elif process.returncode != 0 and _OUT_OF_MEMORY.search(errors):
        ending = "memory"
    return _Execution(
        ending=ending,
        return_code=process.returncode,
        stdout=stdout_path.read_text(encoding="utf-8", errors="replace"),
        stderr=errors,
    )


def _watch(
    process: "subprocess.Popen[bytes]", timeout_s: float, follow: Callable[[], None]
) -> Ending:
    """Wait for the end of the program, its time or its memory, whichever comes first."""
    deadline = time.monotonic() + timeout_s
    while time.monotonic() < deadline:
        try:
            return "crashed" if process.wait(_POLL_S) < 0 else "finished"
        except subprocess.TimeoutExpired:
            follow()
            if _resident_bytes(process.pid) > MEMORY_BYTES:
                return "memory"
    return "timeout"


def _resident_bytes(process_id: int) -> int:
    try:
        return psutil.Process(process_id).memory_info().rss
    except psutil.Error:
        return 0


def _kill_group(process: "subprocess.Popen[bytes]") -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _read_report(stdout: str) -> tuple[tuple[CaseOutcome, ...], _Summary | None, str]:
    """Separate the reports of tests and the summary from the lines of log between them."""
    tests: list[CaseOutcome] = []
    summary: _Summary | None = None
    log: list[str] = []
    for line in stdout.splitlines():
        fields = _json_object(line)
        try:
            if "ok" in fields:
                tests.append(CaseOutcome.model_validate(fields))
                continue
            if "bootMs" in fields:
                summary = _Summary.model_validate(fields)
                continue
        except ValueError:
            pass  # looked like a report and is none: it belongs to the log
        log.append(line + "\n")
    return tuple(tests), summary, "".join(log)


def _json_object(line: str) -> dict[str, object]:
    try:
        value: object = json.loads(line)
    except ValueError:
        return {}
    return cast("dict[str, object]", value) if isinstance(value, dict) else {}


def _message(
    ending: Ending, return_code: int, booted: bool, passed: int, total: int, timeout_s: float
) -> str:
    stage = f"after {passed} of {total} tests had passed" if booted else "before it had booted"
    match ending:
        case "finished":
            return f"The backend booted and passed {passed} of {total} tests."
        case "timeout":
            return f"The backend was stopped {stage}: it ran for {timeout_s:g} s."
        case "memory":
            return f"The backend was stopped {stage}: it used more than {MEMORY_BYTES >> 20} MiB."
        case "crashed":
            return f"The backend ended {stage}, with code {return_code}; the log says why."
