"""The run folder: the one truth about a run; a crash at any point leaves it readable."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self, TypeVar, cast

from pydantic import BaseModel, ValidationError
from ulid import ULID

from engines.remedy import UserError
from pipeline.records.calls import CallRecord
from pipeline.records.events import LIVE_ONLY, Event, parse_event
from pipeline.records.measurements import Outcome
from pipeline.records.record import Record
from pipeline.records.spec import RECORD_VERSION, RunSpec
from pipeline.records.stages import StageName

R = TypeVar("R", bound=BaseModel)

SPEC, EVENTS, SCORE, RESULT = "spec.json", "events.jsonl", "score.json", "result.json"
CALLS, ASTS, ARTIFACTS, STDERR, LOCK = "calls", "ast", "artifacts", "stderr.log", ".lock"


class RunFolderError(UserError):
    """A run folder can't be made, read or written."""


class _Ended(BaseModel):
    """All that is needed of a `result.json` to know whether a run is done."""

    outcome: Outcome


class OtherVersionError(RunFolderError):
    """A run folder was made by another version; its artifacts can be scored again, no more."""

    def __init__(self, path: Path, version: int) -> None:
        """Take the file that says so, and the record version in it."""
        self.age: Literal["older", "newer"] = "older" if version < RECORD_VERSION else "newer"
        super().__init__(
            f"{path} was written by {'an' if self.age == 'older' else 'a'} {self.age} version of "
            "Sixfold; the artifacts beside it can be scored again"
        )


def write_atomic(path: Path, data: str | bytes) -> None:
    """Replace a file so that a reader, or a crash, sees the old bytes or the new, never a mix.

    A temporary file in the same folder is written, flushed to the disk and renamed over `path`;
    then the folder itself is flushed. Raises RunFolderError (disk full, no permission).
    """
    payload = data.encode() if isinstance(data, str) else data
    temporary: Path | None = None
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        temporary = Path(name)
        with os.fdopen(handle, "wb") as file:
            file.write(payload)
            file.flush()
            os.fchmod(file.fileno(), 0o644)
            os.fsync(file.fileno())
        temporary.replace(path)
        _sync_folder(path.parent)
    except OSError as error:
        if temporary is not None:
            temporary.unlink(missing_ok=True)
        raise _unwritable(path, error) from error


def write_files(folder: Path, files: Mapping[str, str]) -> None:
    """Write files into a folder: relative path → text.

    Raises RunFolderError if one can't be written, or for a path that would leave the folder.
    """
    root = folder.resolve()
    for name, text in files.items():
        target = (root / name).resolve()
        if not target.is_relative_to(root) or target == root:
            raise RunFolderError(f"The path {name!r} leaves the folder {root}")
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise _unwritable(target.parent, error) from error
        write_atomic(target, text)


def new_run_id() -> str:
    """Make the id of a new run: a ULID, so that names sort by time."""
    return str(ULID())


def check_target(path: Path) -> None:
    """Say whether a run could be written to `path`, without leaving a trace.

    Raises RunFolderError if it is a file, not empty, or lies where nothing can be written.
    """
    if path.exists() and not path.is_dir():
        raise RunFolderError(f"{path} is a file; name a folder that does not exist yet or is empty")
    try:
        if path.is_dir() and any(path.iterdir()):
            raise RunFolderError(
                f"The folder {path} is not empty; name one that does not exist yet or is empty"
            )
        nearest = next(parent for parent in (path, *path.absolute().parents) if parent.exists())
        if not nearest.is_dir():
            raise RunFolderError(f"{path} can't be made: {nearest} is a file")
        with tempfile.TemporaryFile(dir=nearest):
            pass
    except OSError as error:
        raise _unwritable(path, error) from error


def create_run(spec: RunSpec, path: Path) -> RunFolder:
    """Make a run folder and lock it for this process; on failure nothing of it stays.

    Raises RunFolderError if `path` is not empty, can't be written or is in use.
    """
    check_target(path)
    existed = path.exists()
    try:
        path.mkdir(parents=True, exist_ok=True)
        lock = _lock(path)
    except OSError as error:
        raise _unwritable(path, error) from error
    try:
        for name in (CALLS, ASTS, ARTIFACTS):
            (path / name).mkdir()
        write_atomic(path / SPEC, _json(spec))
        events = os.open(path / EVENTS, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    except (OSError, RunFolderError) as error:
        os.close(lock)
        _remove_new(path, keep_folder=existed)
        if isinstance(error, OSError):
            raise _unwritable(path, error) from error
        raise
    return RunFolder(path, spec, lock, events)


def open_stopped(path: Path) -> RunFolder:
    """Open a run folder to read it, if the run can be resumed.

    Raises RunFolderError if it is no run folder, or finished.
    """
    reader = open_run(path)
    if reader.outcome() == "finished":
        raise RunFolderError(f"The run {path} is finished; there is nothing left to do")
    return reader


def resume_run(path: Path) -> RunFolder:
    """Open the folder of a run that was stopped, to resume it, locked for this process.

    A line of `events.jsonl` that a crash cut off is taken away, and so is the result of the
    attempt that was stopped. Raises RunFolderError if it is no run folder, finished, in use, or
    can't be written.
    """
    reader = open_stopped(path)
    lock = _lock(path)
    try:
        for name in (RESULT, SCORE):
            (path / name).unlink(missing_ok=True)
        events = os.open(path / EVENTS, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o644)
        log = (path / EVENTS).read_bytes()
        os.ftruncate(events, log.rfind(b"\n") + 1)
    except OSError as error:
        os.close(lock)
        raise _unwritable(path, error) from error
    return RunFolder(path, reader.spec, lock, events)


def open_run(path: Path) -> RunFolder:
    """Open a run folder to read it.

    Raises RunFolderError if it is none or damaged, OtherVersionError if it is of another version.
    """
    if not (path / SPEC).is_file():
        raise RunFolderError(f"{path} is not a run folder: it has no {SPEC}")
    return RunFolder(path, _load(path / SPEC, RunSpec), None, None)


class RunFolder:
    """One run on disk. Made by `create_run` it can be written; by `open_run` only read."""

    def __init__(self, path: Path, spec: RunSpec, lock: int | None, events: int | None) -> None:
        """Use `create_run` or `open_run`."""
        self.path = path
        self.spec = spec
        self._lock = lock
        self._events = events

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Flush the events and give the lock back; may be called twice."""
        if self._events is not None:
            os.fsync(self._events)
            os.close(self._events)
            self._events = None
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    @property
    def artifacts(self) -> Path:
        """Folder of the generated project."""
        return self.path / ARTIFACTS

    @property
    def stderr_log(self) -> Path:
        """File for what libraries print and for tracebacks."""
        return self.path / STDERR

    # --- writing

    def append(self, event: Event) -> None:
        """Append an event to `events.jsonl`; events that are only shown live are left out."""
        if isinstance(event, LIVE_ONLY):
            return
        if self._events is None:
            raise RunFolderError(f"The run folder {self.path} is open for reading only")
        line = event.model_dump_json().encode() + b"\n"
        try:
            while line:
                line = line[os.write(self._events, line) :]
        except OSError as error:
            raise _unwritable(self.path / EVENTS, error) from error

    def write_call(self, call: CallRecord) -> None:
        """Keep one answer of the model as `calls/<n>.json`."""
        write_atomic(self.path / CALLS / f"{call.n}.json", _json(call))

    def write_ast(self, stage: StageName, ast: BaseModel) -> None:
        """Keep the AST of a stage as `ast/<stage>.json`."""
        write_atomic(self.path / ASTS / f"{stage}.json", _json(ast))

    def write_inspection(self, inspection: BaseModel) -> None:
        """Keep what does not fit together in and between the ASTs as `ast/findings.json`."""
        write_atomic(self.path / ASTS / "findings.json", _json(inspection))

    def write_artifacts(self, files: Mapping[str, str]) -> None:
        """Write files of the generated project: path inside `artifacts/` → text."""
        write_files(self.artifacts, files)

    def write_score(self, score: str) -> None:
        """Write `score.json`, as the scorer spells it."""
        write_atomic(self.path / SCORE, score)

    def write_result(self, result: Record) -> None:
        """Write `result.json`: the last thing a run writes; with it the run has ended."""
        write_atomic(self.path / RESULT, _json(result))

    # --- reading

    def events(self) -> Iterator[Event]:
        """Read the events in order; a last line cut off by a crash is left out."""
        try:
            raw = (self.path / EVENTS).read_bytes()
        except OSError as error:
            raise RunFolderError(f"{self.path / EVENTS} can't be read: {_reason(error)}") from error
        for number, line in enumerate(raw.split(b"\n")[:-1], start=1):
            try:
                yield parse_event(line)
            except ValidationError as error:
                raise RunFolderError(
                    f"Line {number} of {self.path / EVENTS} is not an event of this version"
                ) from error

    def calls(self) -> Iterator[CallRecord]:
        """Read the answers of the model in order."""
        files = (file for file in (self.path / CALLS).glob("*.json") if file.stem.isdecimal())
        for file in sorted(files, key=lambda file: int(file.stem)):
            yield _load(file, CallRecord)

    def result(self, kind: type[R]) -> R | None:
        """Read `result.json` as a record of some kind, None if the run has not ended."""
        path = self.path / RESULT
        return _load(path, kind) if path.is_file() else None

    def outcome(self) -> Outcome | None:
        """Return how the run ended, None if it has not."""
        path = self.path / RESULT
        return _load(path, _Ended).outcome if path.is_file() else None

    def is_locked(self) -> bool:
        """Whether a process is writing this run now."""
        if self._lock is not None:
            return True
        try:
            handle = os.open(self.path / LOCK, os.O_RDWR)
        except OSError:
            return False
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        finally:
            os.close(handle)
        return False


def hash_files(folder: Path, pattern: str = "*") -> str | None:
    """Hash the files of a folder: sha256 over sorted paths and contents; None if it has none."""
    files = sorted(path for path in folder.rglob(pattern) if path.is_file())
    if not files:
        return None
    digest = hashlib.sha256()
    for file in files:
        content = hashlib.sha256(file.read_bytes()).hexdigest()
        digest.update(f"{file.relative_to(folder).as_posix()}\0{content}\n".encode())
    return digest.hexdigest()


def _load(path: Path, kind: type[R]) -> R:
    try:
        raw: Any = json.loads(path.read_bytes())
    except OSError as error:
        raise RunFolderError(f"{path} can't be read: {_reason(error)}") from error
    except ValueError as error:
        raise RunFolderError(f"{path} is damaged: it is not JSON") from error
    fields = cast("dict[str, object]", raw) if isinstance(raw, dict) else {}
    version = fields.get("version")
    if isinstance(version, int) and version != RECORD_VERSION:
        raise OtherVersionError(path, version)
    try:
        return kind.model_validate(raw)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"]) or "the whole"
        raise RunFolderError(f"{path} is damaged at {place}: {first['msg']}") from error


def _json(record: BaseModel) -> str:
    return record.model_dump_json(indent=2) + "\n"


def _lock(path: Path) -> int:
    handle = os.open(path / LOCK, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        os.close(handle)
        raise RunFolderError(f"The run folder {path} is in use by another process") from error
    return handle


def _remove_new(path: Path, *, keep_folder: bool) -> None:
    for name in (SPEC, EVENTS, LOCK):
        (path / name).unlink(missing_ok=True)
    for name in (CALLS, ASTS, ARTIFACTS):
        if (path / name).is_dir():
            (path / name).rmdir()
    if not keep_folder:
        path.rmdir()


def _sync_folder(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _reason(error: OSError) -> str:
    return (error.strerror or str(error)).lower()


def _unwritable(path: Path, error: OSError) -> RunFolderError:
    return RunFolderError(
        f"{path} can't be written: {_reason(error)}; free space or choose another folder"
    )
