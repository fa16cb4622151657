"""The models that the window offers: found in the background, judged for any context at once."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from PySide6.QtCore import QObject, QThread, Signal

from app.library.overrides import is_overridden
from app.work.memory_fit import fit_known, usable_bytes
from app.work.model_list import find_all
from app.work.peaks import Peaks, measured_peaks
from engines.context import trained_context
from engines.files.catalogue import Entry, entry_at
from engines.memory.fit import Fit
from pipeline.records.journal import RESULT

ADDED = "added"
"""Source of what a person dropped on the window."""


@dataclass(frozen=True)
class Measured:
    """What the latest finished run with a model measured; None where it did not."""

    score: float | None
    request: str
    decode_tok_per_s: float | None
    sha256: str


@dataclass(frozen=True)
class Shelved:
    """A model, or what only looks like one, with all that a list of models shows."""

    entry: Entry
    fit: Fit | None
    """None for what can't be run."""
    measured: Measured | None
    overridden: bool = False

    @property
    def usable(self) -> bool:
        """Whether it may be run: it is a model, and fits or its user says it does."""
        return self.fit is not None and (self.fit.verdict != "no" or self.overridden)


@dataclass(frozen=True)
class Found:
    """What one look at the disk found."""

    entries: tuple[Entry, ...] = ()
    peaks: Peaks = field(default_factory=dict)
    measured: dict[tuple[str, int], Measured] = field(default_factory=dict)
    """By the model's absolute path and size."""


class Shelf(QObject):
    """Holds the models; `scan` looks again without stopping the window."""

    changed = Signal()

    def __init__(self, runs: Path, parent: QObject | None = None) -> None:
        """Start empty; call `scan`."""
        super().__init__(parent)
        self.runs = runs
        self.folders: tuple[Path, ...] = ()
        self.files: tuple[Path, ...] = ()
        self.scanned = False
        """False until the first look at the disk is done."""
        self.usable_bytes = usable_bytes()
        self._found = Found()
        self._scan: _Scan | None = None
        self._again = False

    @property
    def entries(self) -> tuple[Entry, ...]:
        """All that was found, models first."""
        return self._found.entries

    def shelved(self, context_tokens: int) -> tuple[Shelved, ...]:
        """Judge everything for a context; models that allow less are judged for what they allow."""
        return tuple(self._judge(entry, context_tokens) for entry in self._found.entries)

    def models(self, context_tokens: int) -> tuple[Shelved, ...]:
        """Return the models alone."""
        return tuple(each for each in self.shelved(context_tokens) if each.fit is not None)

    def scan(self) -> None:
        """Look at the disk again, in a thread; `changed` follows when that is done."""
        if self._scan is not None:
            self._again = True
            return
        folders = tuple(each for each in self.folders if each.is_dir())
        self._scan = _Scan(folders, self.files, self.runs)
        self._scan.finished.connect(self._take)
        self._scan.start()

    def wait(self) -> None:
        """Let a scan end; for a window that closes."""
        if self._scan is not None:
            self._again = False
            self._scan.wait()
            self._take()

    def _take(self) -> None:
        if self._scan is None:
            return
        self._found, self._scan = self._scan.found, None
        self.scanned = True
        self.changed.emit()
        if self._again:
            self._again = False
            self.scan()

    def _judge(self, entry: Entry, context_tokens: int) -> Shelved:
        if entry.facts is None or entry.state != "model":
            return Shelved(entry, None, None)
        context = min(context_tokens, trained_context(entry.facts.context_train_tokens))
        found, facts = self._found, entry.facts
        return Shelved(
            entry,
            fit_known(entry.path, facts, found.peaks, self.usable_bytes, context),
            found.measured.get((str(entry.path.absolute()), facts.size_bytes)),
            is_overridden(entry.path, facts.size_bytes),
        )


class _Scan(QThread):
    def __init__(self, folders: Iterable[Path], files: Iterable[Path], runs: Path) -> None:
        super().__init__()
        self.found = Found()
        self._folders, self._files, self._runs = tuple(folders), tuple(files), runs

    def run(self) -> None:
        entries = list(find_all(self._folders))
        known = {entry.path for entry in entries}
        new = (file for file in self._files if file.exists() and file not in known)
        entries += [entry_at(file, ADDED) for file in new]
        entries.sort(key=lambda entry: (entry.state != "model", entry.name.lower()))
        peaks = measured_peaks(self._runs)
        self.found = Found(tuple(entries), peaks, measured_models(self._runs))


def measured_models(runs: Path) -> dict[tuple[str, int], Measured]:
    """Collect what the latest finished run of each model measured; the ids of runs sort by time."""
    latest: dict[tuple[str, int], Measured] = {}
    for file in sorted(runs.glob(f"*/{RESULT}")):
        try:
            result = json.loads(file.read_bytes())
            model = result["model"]
            if result["outcome"] != "finished":
                continue
            latest[(str(Path(model["path"]).absolute()), model["size_bytes"])] = Measured(
                score=result["score"]["score"] if result["score"] else None,
                request=result["request"],
                decode_tok_per_s=result["decode_tok_per_s"],
                sha256=model["sha256"],
            )
        except (OSError, ValueError, LookupError, TypeError):
            continue  # no result of ours; the list of runs names it as damaged
    return latest
