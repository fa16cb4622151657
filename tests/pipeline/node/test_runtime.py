"""Small projects, good and bad, run in the real sandbox."""

import json
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.node import sandbox
from pipeline.node.runtime import (
    SandboxError,
    VerifyReport,
    network_namespace_permitted,
    verify_project,
)

REPORTER = """
let passed = 0, total = 0;
export async function attempt(name: string, task: () => unknown): Promise<void> {
  total += 1;
  try {
    await task();
    passed += 1;
    console.log(JSON.stringify({ name, ok: true, ms: 1.5 }));
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    console.log(JSON.stringify({ name, ok: false, ms: 1.5, error: `${code}: ${message}` }));
  }
}
export function finish(): void {
  console.log(JSON.stringify({ passed, total, bootMs: 12, totalMs: 34 }));
}
"""


def verify(folder: Path, run: str, timeout_s: float = 60) -> VerifyReport:
    """Write a project whose ``test/run.ts`` is the given text, and verify it."""
    (folder / "test").mkdir(parents=True)
    (folder / "package.json").write_text('{"type": "module"}')
    (folder / "test" / "reporter.ts").write_text(REPORTER)
    head = 'import { attempt, finish } from "./reporter.js";\n'
    (folder / "test" / "run.ts").write_text(head + run)
    return verify_project(folder, timeout_s=timeout_s)


def test_a_green_project(tmp_path: Path):
    """NestJS boots on loopback, answers fetch, and a database in memory works."""
    report = verify(
        tmp_path / "a project",
        """
        import "reflect-metadata";
        import { DatabaseSync } from "node:sqlite";
        import { Controller, Get, Module } from "@nestjs/common";
        import { NestFactory } from "@nestjs/core";

        @Controller("health")
        class HealthController {
          @Get()
          public get(): { rows: number } {
            const database = new DatabaseSync(":memory:");
            database.exec("CREATE TABLE t (a); INSERT INTO t VALUES (1); VACUUM");
            return { rows: database.prepare("SELECT * FROM t").all().length };
          }
        }
        @Module({ controllers: [HealthController] })
        class AppModule {}

        console.log("not a report");
        const app = await NestFactory.create(AppModule, { logger: false });
        await app.listen(0, "127.0.0.1");
        const url = await app.getUrl();
        await attempt("answers", async () => {
          const body = (await (await fetch(url + "/health")).json()) as { rows: number };
          if (body.rows !== 1) throw new Error(`${body.rows} rows`);
        });
        await app.close();
        finish();
        """,
    )
    assert report.green, report
    assert [(test.name, test.ok, test.ms) for test in report.tests] == [("answers", True, 1.5)]
    assert (report.passed, report.total, report.boot_ms) == (1, 1, 12)
    assert report.failed_units == 0
    assert report.log_tail == "not a report\n"
    assert report.message == "The backend booted and passed 1 of 1 tests."


def test_a_red_project_is_reported_as_it_says(tmp_path: Path):
    report = verify(
        tmp_path,
        """
        await attempt("good", () => undefined);
        await attempt("bad", () => { throw new Error("expected 404, found 200"); });
        finish();
        process.exitCode = 1;
        """,
    )
    assert report.ending == "finished"
    assert not report.green
    assert (report.passed, report.total) == (1, 2)
    assert report.tests[1].error == "undefined: expected 404, found 200"


ESCAPES = {
    "read a file outside": 'readFileSync("/etc/passwd")',
    "list a folder outside": 'readdirSync("/")',
    "read the home folder": "readdirSync(HOME)",
    "write a file in the sandbox": 'writeFileSync("note.txt", "x")',
    "start a process": 'execFileSync("/bin/true")',
    "start a worker": 'new Worker("0", { eval: true })',
    "use an internal binding": '(process as any).binding("tcp_wrap")',
    "connect out": 'connected({ host: "192.0.2.1", port: 80 })',
    "connect out by options first": 'connected({ port: 80, host: "192.0.2.1", family: 4 })',
    "connect out over IPv6": 'connected({ host: "2001:db8::1", port: 80 })',
    "connect with its own look-up": (
        'connected({ host: "localhost", port: 80,'
        ' lookup: (_n: any, _o: any, done: any) => done(null, "192.0.2.1", 4) })'
    ),
    "connect to a local socket": 'connected({ path: "/run/docker.sock" })',
    "fetch": 'fetch("http://192.0.2.1/").catch((error) => { throw error.cause; })',
    "look a name up": 'dns.promises.lookup("example.org")',
    "resolve a name": 'dns.promises.resolve4("example.org")',
    "make a resolver": "new dns.Resolver()",
    "listen on all interfaces": "new Promise(() => net.createServer().listen(0))",
    "listen on a file": 'new Promise(() => net.createServer().listen("a.sock"))',
    "send UDP": 'dgram.createSocket("udp4")',
    "signal another process": "process.kill(process.ppid, 0)",
    "open a database outside": 'new DatabaseSync("/tmp/sixfold-escape.db")',
    "open a database by URI": 'new DatabaseSync("file:/tmp/sixfold-escape.db")',
    "open a database by URL": 'new DatabaseSync(new URL("file:///tmp/sixfold-escape.db"))',
    "attach a database": 'new DatabaseSync(":memory:").exec("ATTACH \'/tmp/e.db\' AS e")',
    "vacuum into a file": 'new DatabaseSync(":memory:").exec("VACUUM INTO \'/tmp/e.db\'")',
    "remove the authorizer": 'new DatabaseSync(":memory:").setAuthorizer(null)',
    "load an extension": (
        'new DatabaseSync(":memory:", { allowExtension: true }).loadExtension("x")'
    ),
}

REFUSALS = (
    "ERR_ACCESS_DENIED",
    "ERR_SQLITE_ERROR: not authorized",
    "ERR_SQLITE_ERROR: authorization denied",
    "extension loading is not allowed",
)
"""By Node and its guard, and by SQLite for ATTACH, VACUUM INTO and extensions."""

ESCAPE_TOOLS = """
import { execFileSync } from "node:child_process";
import dgram from "node:dgram";
import dns from "node:dns";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import net from "node:net";
import { DatabaseSync } from "node:sqlite";
import { Worker } from "node:worker_threads";
const connected = (options: net.NetConnectOpts) => new Promise((resolve, reject) => {
  net.connect(options).on("connect", resolve).on("error", reject);
});
"""


@pytest.fixture(scope="module")
def escapes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str | None]:
    """Try every escape in one run; the error of each, None for one that succeeded."""
    attempts = "\n".join(
        f"await attempt({json.dumps(name)}, () => {code});" for name, code in ESCAPES.items()
    )
    report = verify(
        tmp_path_factory.mktemp("escapes"),
        f"{ESCAPE_TOOLS}\nconst HOME = {json.dumps(str(Path.home()))};\n{attempts}\nfinish();",
    )
    assert report.ending == "finished", report
    assert report.total == len(ESCAPES)
    return {test.name: None if test.ok else test.error for test in report.tests}


@pytest.mark.parametrize("name", ESCAPES)
def test_escapes_are_refused(name: str, escapes: dict[str, str | None]):
    error = escapes[name]
    assert error is not None, f"the sandbox let a project {name}"
    assert any(word in error for word in REFUSALS), error


def test_the_environment_is_empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("A_SECRET", "hunter2")
    report = verify(tmp_path, "console.log(Object.keys(process.env).join()); finish();")
    assert report.log_tail == "\n"


@pytest.mark.parametrize(
    ("run", "ending"),
    [
        ("while (true) {}", "timeout"),
        ("setInterval(() => undefined, 1000);", "timeout"),
        ("const all: string[][] = []; while (true) all.push(Array(1e4).fill('x'));", "memory"),
        ("const all: Buffer[] = []; while (true) all.push(Buffer.alloc(1e7, 1));", "memory"),
        ("throw new Error('no such table');", "crashed"),
        ("process.exit(0);", "crashed"),
        ("process.abort();", "crashed"),
    ],
)
def test_runs_that_do_not_end_well(tmp_path: Path, run: str, ending: str):
    report = verify(tmp_path, run, timeout_s=3 if ending == "timeout" else 60)
    assert report.ending == ending, report
    assert not report.booted
    assert not report.green
    assert report.message.startswith("The backend ")


def test_tests_before_a_crash_are_kept(tmp_path: Path):
    report = verify(tmp_path, "await attempt('first', () => 1); throw new Error('broken pipe');")
    assert (report.ending, report.booted, report.passed, report.total) == ("crashed", True, 1, 1)
    assert "broken pipe" in report.log_tail


def test_endless_output_is_cut(tmp_path: Path):
    report = verify(
        tmp_path, "const line = 'x'.repeat(1 << 20); while (true) console.log(line);", timeout_s=10
    )
    assert report.ending != "finished"
    assert len(report.log_tail) <= 4000


def test_a_summary_that_is_none_is_log(tmp_path: Path):
    report = verify(tmp_path, 'console.log(\'{"bootMs": "soon"}\'); console.log("[1]");')
    assert report.ending == "crashed"
    assert report.log_tail == '{"bootMs": "soon"}\n[1]\n'


def test_type_errors_are_counted_and_run_all_the_same(tmp_path: Path):
    report = verify(tmp_path, "const n: number = 'text'; await attempt('runs', () => n); finish();")
    assert report.green
    assert report.failed_units == 1


def test_a_project_without_tests_to_run(tmp_path: Path):
    with pytest.raises(SandboxError, match=r"has no test/run\.ts"):
        verify_project(tmp_path)


def confined(command: list[str], *, network_namespace: bool) -> "subprocess.CompletedProcess[str]":
    limits = sandbox.Confinement(
        cpu_s=30, memory_bytes=1 << 30, file_bytes=4096, network_namespace=network_namespace
    )
    return subprocess.run(
        [sys.executable, "-I", "-S", sandbox.__file__, json.dumps(limits), *command],
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.skipif(not network_namespace_permitted(), reason="no network namespaces here")
def test_the_namespace_has_another_loopback():
    """A server on our loopback is reached without the namespace, and not from within it."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = server.getsockname()
        probe = f"import socket; socket.create_connection({address}, 5); print('reached')"
        command = [sys.executable, "-c", probe]
        assert confined(command, network_namespace=False).stdout == "reached\n"
        inside = confined(command, network_namespace=True)
    assert "ConnectionRefusedError" in inside.stderr
    assert inside.stdout == ""


def test_the_kernel_bounds_files(tmp_path: Path):
    probe = f"import pathlib; pathlib.Path({str(tmp_path / 'large')!r}).write_bytes(bytes(8192))"
    completed = confined([sys.executable, "-c", probe], network_namespace=False)
    assert completed.returncode != 0
    assert (tmp_path / "large").stat().st_size == 4096
