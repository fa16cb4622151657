"""A cache of the list of runs, so that a thousand of them open at once; the folders are the truth.

One SQLite file in the folder of runs, a line for each run that has ended, valid as long as its
`spec.json` and `result.json` are the same files. It may be deleted at any time. Where it can't be
written, the list is kept in memory and read again at the next start.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from app.library.runs import RunEntry, read_entry
from pipeline.records.journal import RESULT, SPEC
from pipeline.records.spec import RECORD_VERSION

FILE = ".index.sqlite"
FORMAT = 3000 + RECORD_VERSION
"""Raised by 1000 when `RunEntry` changes; an index of another format or record is replaced."""
ENTRY = TypeAdapter(RunEntry)
TABLE = "CREATE TABLE IF NOT EXISTS runs (name TEXT PRIMARY KEY, stamp TEXT, entry TEXT)"

Kept = dict[str, tuple[str, RunEntry]]


class RunIndex:
    """The runs below one folder; what has not changed is not read again."""

    def __init__(self, root: Path) -> None:
        """Read the index file, if there is one."""
        self.root = root
        self._kept: Kept = _load(root / FILE)

    def entries(self) -> tuple[RunEntry, ...]:
        """List the run folders, the newest first."""
        if not self.root.is_dir():
            return ()
        listed: list[RunEntry] = []
        kept: Kept = {}
        with os.scandir(self.root) as folders:
            names = sorted((each.name for each in folders if each.is_dir()), reverse=True)
        for name in names:
            folder = self.root / name
            stamp = _stamp(folder)
            if stamp is None:
                continue
            known = self._kept.get(name)
            entry = known[1] if known is not None and known[0] == stamp else read_entry(folder)
            if entry.state in ("finished", "failed", "cancelled"):
                kept[name] = (stamp, entry)
            listed.append(entry)
        if kept != self._kept:
            self._kept = kept
            _save(self.root / FILE, kept)
        return tuple(listed)


def _stamp(folder: Path) -> str | None:
    """Return what tells one state of the folder's records from another; None without a run."""
    parts: list[str] = []
    for name in (SPEC, RESULT):
        try:
            facts = os.stat(f"{folder}/{name}")  # noqa: PTH116 - thousands of them
        except OSError:
            if name == SPEC:
                return None
            continue
        parts.append(f"{facts.st_mtime_ns}:{facts.st_size}:{facts.st_ino}")
    return " ".join(parts)


def _load(file: Path) -> Kept:
    if not file.is_file():
        return {}
    try:
        with contextlib.closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as database:
            (version,) = database.execute("PRAGMA user_version").fetchone()
            if version != FORMAT:
                return {}
            rows = database.execute("SELECT name, stamp, entry FROM runs").fetchall()
        return {name: (stamp, ENTRY.validate_json(entry)) for name, stamp, entry in rows}
    except (sqlite3.Error, ValidationError):
        return {}


def _save(file: Path, kept: Kept) -> None:
    """Write the index in one transaction; a damaged one is replaced, an unwritable place left."""
    rows = [(name, stamp, ENTRY.dump_json(entry)) for name, (stamp, entry) in kept.items()]
    for attempt in range(2):
        try:
            with contextlib.closing(sqlite3.connect(file)) as database, database:
                (version,) = database.execute("PRAGMA user_version").fetchone()
                if version != FORMAT:
                    database.execute("DROP TABLE IF EXISTS runs")
                database.execute(TABLE)
                database.execute("DELETE FROM runs")
                database.executemany("INSERT INTO runs VALUES (?, ?, ?)", rows)
                database.execute(f"PRAGMA user_version = {FORMAT}")
            return
        except sqlite3.DatabaseError:
            if attempt or not os.access(file.parent, os.W_OK):
                return
            with contextlib.suppress(OSError):
                file.unlink(missing_ok=True)
