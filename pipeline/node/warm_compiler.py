"""A compiler that stays: type-check a project again in milliseconds after a file was edited.

``tsc --api --async`` of TypeScript 7.0.2 is a server that speaks JSON-RPC over its standard input
and output, framed as in the Language Server Protocol. Its API is not stable, so the version is
pinned; what a finished project is judged by is ``compile.check_project``, which starts
afresh.
"""

import itertools
import json
import posixpath
import re
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self, cast

from pipeline.node.compile import (
    COMPILER_TIMEOUT_S,
    OUT_OF_MEMORY,
    PROJECT_LINK,
    CompilerDiagnostic,
    CompileReport,
    CompilerFailure,
    compiler_command,
    compiler_options,
    make_report,
    out_of_memory,
    source_files,
    timed_out,
    workspace_of,
    write_settings,
)

MANY_FILES = 24
"""From this number on, one question about all files is faster than one about each."""

_SETTINGS = ("tsconfig.json", "package.json")
_IMPORT = re.compile(r"""(?:\bfrom|\bimport)\s*\(?\s*["'](\.{1,2}/[^"']+)["']""")
_SUFFIX = re.compile(r"\.[cm]?[jt]sx?$")
_ERROR = 1
"""The category of diagnostics that are errors."""
_ERROR_TAIL_CHARACTERS = 400

Stamp = tuple[int, int, int]
"""What shows that a file was written: time of change, size, inode."""


@dataclass(frozen=True)
class _Look:
    """What was on disk at one moment."""

    sources: Mapping[str, Stamp]
    settings: tuple[Stamp | None, ...]


class WarmCompiler:
    """One compiler process that remembers a project; close it, or use it in a ``with``."""

    def __init__(self, folder: Path, *, timeout_s: float = COMPILER_TIMEOUT_S) -> None:
        """Start the compiler for a folder, which may still be empty; nothing is read yet.

        ``timeout_s`` bounds each question. Raises CompilerFailure, and ToolchainError before
        ``make setup``.
        """
        self._folder = folder
        self._timeout_s = timeout_s
        self._stack = ExitStack()
        self._workspace = self._stack.enter_context(workspace_of(folder))
        self._server = _Server(self._workspace, folder, timeout_s)
        self._stack.callback(self._server.close)
        self._known = _Look({}, ())
        self._imports: dict[str, tuple[str, ...]] = {}
        self._snapshot: int | None = None
        self._project = ""
        try:
            self._server.ask("initialize", None)
        except CompilerFailure:
            self.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the process and take its workspace away."""
        self._stack.close()

    def check(self) -> CompileReport:
        """Type-check the whole project as it is on disk now.

        The answer is that of ``check_project``. Raises CompilerFailure, CompileTimeout.
        """
        started = time.perf_counter()
        self._look()
        sources = tuple(self._known.sources)
        return make_report(sources, self._errors(None) if sources else (), started)

    def recheck(self) -> CompileReport:
        """Type-check the files that were written since the last look, and those importing them.

        These files are the report's units; errors further away are found by ``check``. Raises as
        ``check`` does.
        """
        started = time.perf_counter()
        changed = self._look()
        concerned = sorted(
            name
            for name, targets in self._imports.items()
            if name in changed or not changed.isdisjoint(targets)
        )
        return make_report(concerned, self._errors(concerned) if concerned else (), started)

    def _look(self) -> set[str]:
        """Pass on to the compiler what was written since the last look; return these files."""
        before = self._known
        now = _Look(
            {name: _stamp(self._folder / name) for name in source_files(self._folder)},
            tuple(
                _stamp(path) if (path := self._folder / name).is_file() else None
                for name in _SETTINGS
            ),
        )
        created = now.sources.keys() - before.sources.keys()
        deleted = before.sources.keys() - now.sources.keys()
        changed = {
            name
            for name in now.sources.keys() & before.sources.keys()
            if now.sources[name] != before.sources[name]
        }
        for name in deleted:
            del self._imports[name]
        for name in created | changed:
            self._imports[name] = _imported(self._folder, name)
        new_settings = self._snapshot is None or now.settings != before.settings
        if not now.sources or not (created or deleted or changed or new_settings):
            self._known = now
            return set()
        settings = str(self._workspace / "tsconfig.json")
        if created or deleted or new_settings:
            options = compiler_options(self._folder, self._workspace, self._timeout_s)
            write_settings(self._workspace, {**options, "noEmit": True}, tuple(now.sources))
        if self._snapshot is None:
            news: dict[str, object] = {"openProjects": [settings]}
        else:
            rewritten = [settings] if created or deleted or new_settings else []
            news = {
                "fileChanges": {
                    "changed": [*map(self._path, sorted(changed)), *rewritten],
                    "created": [*map(self._path, sorted(created))],
                    "deleted": [*map(self._path, sorted(deleted))],
                }
            }
        answer = self._server.ask("updateSnapshot", news)
        if self._snapshot is not None:
            self._server.ask("release", {"snapshot": self._snapshot})
        self._snapshot, self._project = answer["snapshot"], answer["projects"][0]["id"]
        self._known = now
        return created | changed | deleted

    def _errors(self, files: Sequence[str] | None) -> list[CompilerDiagnostic]:
        """Ask for the errors of some files, or of all: those of syntax, if any, before others."""
        if files is None:
            for kind in ("Program", "Syntactic", "Global", "Semantic"):
                found = self._ask(kind, None)
                if found:
                    return found
            return []
        each = files if len(files) < MANY_FILES else None
        for kind in ("Syntactic", "Semantic"):
            found = [error for error in self._ask(kind, each) if error.file in files]
            if found:
                return found
        return []

    def _ask(self, kind: str, files: Sequence[str] | None) -> list[CompilerDiagnostic]:
        place = {"snapshot": self._snapshot, "project": self._project}
        questions = [place]
        if files is not None:
            questions = [{**place, "file": self._path(name)} for name in files]
        texts: dict[str, str] = {}
        return [
            self._read(found, texts)
            for question in questions
            for found in self._server.ask(f"get{kind}Diagnostics", question) or ()
            if found["category"] == _ERROR
        ]

    def _read(self, found: Mapping[str, Any], texts: dict[str, str]) -> CompilerDiagnostic:
        file, line, column = found.get("fileName") or "", 0, 0
        if file:
            if file not in texts:
                texts[file] = Path(file).read_bytes().decode(errors="replace")
            line, column = _position(texts[file], found["pos"])
        return CompilerDiagnostic(
            file=file.removeprefix(f"{self._workspace / PROJECT_LINK}/"),
            line=line,
            column=column,
            code=found["code"],
            message=_message(found, 0),
        )

    def _path(self, name: str) -> str:
        return str(self._workspace / PROJECT_LINK / name)


class _Server:
    """The compiler's process: one question, one answer."""

    def __init__(self, workspace: Path, folder: Path, timeout_s: float) -> None:
        self._folder = folder
        self._timeout_s = timeout_s
        self._numbers = itertools.count(1)
        self._log = (workspace / "stderr.log").open("w+b")
        self._process = subprocess.Popen(
            compiler_command("--api", "--async", "--cwd", str(workspace)),
            cwd=workspace,
            env={},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
        )

    def close(self) -> None:
        self._process.kill()
        self._process.communicate()
        self._log.close()

    def ask(self, method: str, parameters: Mapping[str, object] | None) -> Any:
        """Ask and wait. Raises CompilerFailure where the compiler breaks down, CompileTimeout."""
        number = next(self._numbers)
        question = {"jsonrpc": "2.0", "id": number, "method": method, "params": parameters}
        late = threading.Event()
        watchdog = threading.Timer(self._timeout_s, self._stop, (late,))
        watchdog.start()
        try:
            self._send(json.dumps(question).encode())
            answer = self._receive()
            while answer.get("id") != number:
                answer = self._receive()
        except (OSError, EOFError, ValueError) as error:
            raise self._failure(method, late.is_set()) from error
        finally:
            watchdog.cancel()
        if "error" in answer:
            raise CompilerFailure(
                f"The TypeScript compiler refused {method} for {self._folder}: "
                f"{answer['error'].get('message', '')}"
            )
        return answer.get("result")

    def _stop(self, late: threading.Event) -> None:
        late.set()
        self._process.kill()

    def _failure(self, method: str, late: bool) -> CompilerFailure:
        if late:
            return timed_out(self._timeout_s)
        self._process.wait()
        self._log.seek(0)
        words = self._log.read().decode(errors="replace")
        if OUT_OF_MEMORY.search(words):
            return out_of_memory(self._folder)
        return CompilerFailure(
            f"The TypeScript compiler ended with code {self._process.returncode} at {method} for "
            f"{self._folder}: {words.strip()[-_ERROR_TAIL_CHARACTERS:]}"
        )

    def _send(self, message: bytes) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(b"Content-Length: %d\r\n\r\n%b" % (len(message), message))
        self._process.stdin.flush()

    def _receive(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        length = 0
        while (line := self._process.stdout.readline()) not in (b"\r\n", b"\n"):
            if not line:
                raise EOFError
            name, _, value = line.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
        return cast("dict[str, Any]", json.loads(self._process.stdout.read(length)))


def _stamp(path: Path) -> Stamp:
    status = path.stat()
    return status.st_mtime_ns, status.st_size, status.st_ino


def _imported(folder: Path, name: str) -> tuple[str, ...]:
    """List the files that a file may mean by its relative imports."""
    text = (folder / name).read_bytes().decode(errors="replace")
    base = posixpath.dirname(name)
    found: list[str] = []
    for target in dict.fromkeys(_IMPORT.findall(text)):
        stem = _SUFFIX.sub("", posixpath.normpath(posixpath.join(base, target)))
        found += [f"{stem}{end}" for end in (".ts", ".tsx", ".mts", ".cts", "/index.ts")]
    return tuple(found)


def _position(text: str, place: int) -> tuple[int, int]:
    """Turn a place, counted in UTF-16 units, into line and column, both from 1."""
    before = text.encode("utf-16-le", "surrogatepass")[: 2 * place].decode("utf-16-le", "replace")
    lines = re.split(r"\r\n|[\n\r\u2028\u2029]", before)
    return len(lines), len(lines[-1].encode("utf-16-le", "surrogatepass")) // 2 + 1


def _message(found: Mapping[str, Any], depth: int) -> str:
    """Join a message and what explains it, indented as ``tsc`` does."""
    parts = ["  " * depth + found["text"]]
    parts += [_message(each, depth + 1) for each in found.get("messageChain") or ()]
    return "\n".join(parts)
