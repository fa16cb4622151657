"""Find the models that are on this machine already; nothing is ever downloaded.

Every place where programs keep models is walked at any depth, through symbolic links. A model is
listed once, however many names it has: what counts is the file behind them. What only looks like a
model (adapters, projectors, embedders, downloads that stopped) is listed as what it is.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from engines.files import gguf, mlx_folder, ollama
from engines.files.facts import NOT_USABLE, Facts, Kind
from engines.files.gguf_header import PART_NAME, IncompleteFileError, read_header
from engines.protocol import ModelFileError

DEPTH_LIMIT = 16
GGUF = ".gguf"
SKIPPED_FOLDERS = frozenset(
    ".git .venv .locks .no_exist node_modules __pycache__ blobs manifests refs".split()
)
UNFINISHED = re.compile(
    r"\.(part|partial|incomplete|crdownload|download|downloading|downloadInProgress|aria2)$"
    r"|-partial(-\d+)?$"
)
"""How browsers and model managers name a file that is still arriving."""
REPOSITORY = "models--"  # of the Hugging Face cache

State = Literal["incomplete", "damaged"] | Kind


@dataclass(frozen=True)
class Place:
    """A folder where models are looked for, and the program it belongs to."""

    source: str
    folder: Path


@dataclass(frozen=True)
class Entry:
    """Something found: a model if `state` is `model`, else what it is instead."""

    name: str
    """As its program calls it: file, repository, or Ollama's `name:tag`."""
    path: Path
    """What to open: the (first) GGUF file, or the MLX folder."""
    source: str
    state: State
    facts: Facts | None
    """None for what is incomplete or damaged."""
    problem: str | None
    """Why it can't be used, in a sentence."""


def places(home: Path, environment: Mapping[str, str]) -> tuple[Place, ...]:
    """List where programs keep their models, on macOS and Linux; only folders that exist."""

    def chosen(variable: str, *defaults: Path) -> tuple[Path, ...]:
        return (Path(environment[variable]),) if environment.get(variable) else defaults

    library = home / "Library"
    cache = home / ".cache"
    hub = Path(environment.get("HF_HOME") or cache / "huggingface") / "hub"
    known = {
        "Hugging Face": chosen("HF_HUB_CACHE", hub),
        "LM Studio": (home / ".lmstudio/models", cache / "lm-studio/models"),
        "Ollama": chosen("OLLAMA_MODELS", home / ".ollama/models"),
        "llama.cpp": chosen("LLAMA_CACHE", cache / "llama.cpp", library / "Caches/llama.cpp"),
        "Jan": (
            library / "Application Support/Jan/data",
            home / ".config/Jan/data",
            home / "jan/models",
        ),
        "GPT4All": (
            library / "Application Support/nomic.ai/GPT4All",
            home / ".local/share/nomic.ai/GPT4All",
        ),
        "folder": (home / "models",),
    }
    return tuple(
        Place(source, folder)
        for source, folders in known.items()
        for folder in folders
        if folder.is_dir()
    )


def find_models(where: Iterable[Place]) -> tuple[Entry, ...]:
    """List all that is found below some places, each model once, sorted by source and name."""
    seen: set[tuple[int, int]] = set()
    found: list[Entry] = []
    for place in where:
        for candidate in _candidates(place):
            key = _identity(candidate.path)
            if key is None or key not in seen:
                found.append(candidate.entry())
            if key is not None:
                seen.add(key)
    return tuple(sorted(found, key=lambda entry: (entry.source, entry.name.lower(), entry.path)))


def entry_at(path: Path, source: str) -> Entry:
    """Describe one file or folder that a person named, whatever it is."""
    name = mlx_folder.folder_name(path) if path.is_dir() else _stem(path.name)
    return _Candidate(name, path, source).entry()


@dataclass(frozen=True)
class _Candidate:
    """A path that may be a model, before it is read."""

    name: str
    path: Path
    source: str
    problem: str | None = None
    state: State = "incomplete"
    """What it is if it has a problem."""

    def entry(self) -> Entry:
        if self.problem is not None:
            return self._refused(self.state, self.problem)
        try:
            if self.path.is_dir():
                known = mlx_folder.read_facts(self.path)
            else:
                header = read_header(self.path)
                kind = gguf.kind_of(header, self.path)
                if kind in ("adapter", "projector", "other"):
                    return Entry(self.name, self.path, self.source, kind, None, NOT_USABLE[kind])
                known = gguf.describe(header, self.path)
        except IncompleteFileError as error:
            return self._refused("incomplete", str(error))
        except ModelFileError as error:
            return self._refused("damaged", str(error))
        problem = NOT_USABLE.get(known.kind)
        return Entry(self.name, self.path, self.source, known.kind, known, problem)

    def _refused(self, state: State, problem: str) -> Entry:
        return Entry(self.name, self.path, self.source, state, None, problem)


def _candidates(place: Place) -> Iterator[_Candidate]:
    if (place.folder / ollama.MANIFESTS).is_dir():
        for model in ollama.models(place.folder):
            problem = None
            if not model.blob.is_file():
                problem = f"Ollama has not finished loading {model.name}. Pull it again."
            yield _Candidate(model.name, model.blob, "Ollama", problem)
    for folder, files in _folders(place.folder):
        for file in _unfinished(folder, files):
            problem = f"{file} is a download that has not finished."
            yield _Candidate(_name(file, place), file, place.source, problem)
        if mlx_folder.is_model_folder(folder):
            yield _Candidate(mlx_folder.folder_name(folder), folder, place.source)
        elif (folder / mlx_folder.ADAPTER_CONFIG).is_file():
            name, why = mlx_folder.folder_name(folder), NOT_USABLE["adapter"]
            yield _Candidate(name, folder, place.source, why, "adapter")
        for file in _models(folder, files):
            yield _Candidate(_name(file, place), file, place.source)


def _folders(top: Path) -> Iterator[tuple[Path, list[str]]]:
    """Walk all folders below one, each once, through links, in the order of their names."""
    visited: set[tuple[int, int]] = set()
    for folder, below, files in os.walk(top, followlinks=True):
        here = Path(folder)
        key = _identity(here)
        if key is None or key in visited or len(here.relative_to(top).parts) > DEPTH_LIMIT:
            below.clear()
            continue
        visited.add(key)
        below[:] = sorted(set(below) - SKIPPED_FOLDERS)
        yield here, sorted(files)


def _models(folder: Path, files: list[str]) -> Iterator[Path]:
    """Pick the GGUF files; of a split model its first part, whether it is there or not."""
    firsts: set[Path] = set()
    for name in files:
        if not name.lower().endswith(GGUF):
            continue
        part = PART_NAME.fullmatch(name)
        if part is None:
            yield folder / name
            continue
        first = folder / f"{part['stem']}-00001-of-{part['count']}.gguf"
        if first not in firsts:
            firsts.add(first)
            yield first


def _unfinished(folder: Path, files: list[str]) -> Iterator[Path]:
    for name in files:
        if UNFINISHED.search(name) and (".gguf" in name or ".safetensors" in name):
            yield folder / name
    if folder.name.startswith(REPOSITORY) and (folder / "blobs").is_dir():
        yield from sorted((folder / "blobs").glob("*.incomplete"))


def _stem(name: str) -> str:
    return name[: -len(GGUF)] if name.lower().endswith(GGUF) else name


def _name(file: Path, place: Place) -> str:
    """Return a file's name: its repository or the folders below its place, and its stem."""
    part = PART_NAME.fullmatch(file.name)
    stem = part["stem"] if part else _stem(file.name)
    for parent in file.parents:
        if parent.name.startswith(REPOSITORY):
            return f"{parent.name.removeprefix(REPOSITORY).replace('--', '/')}/{stem}"
    return str(file.relative_to(place.folder).parent / stem)


def _identity(path: Path) -> tuple[int, int] | None:
    """Return what identifies a file whatever its name; of an MLX folder, its first weights."""
    try:
        if mlx_folder.is_model_folder(path):
            weights = sorted(path.glob(mlx_folder.WEIGHTS))
            path = weights[0] if weights else path
        status = path.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino
