"""Read a project folder as text, within bounds, following no links out of it."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import cast

SKIPPED_FOLDERS = frozenset({"node_modules", "dist", "build", "coverage", "out", "__pycache__"})
"""Folders of installed or generated files; so are all whose name starts with a dot."""

READ_SUFFIXES = (
    ".ts", ".mts", ".cts", ".tsx", ".js", ".mjs", ".cjs", ".prisma", ".json", ".md",
)  # fmt: skip

_OF_CLIENTS = frozenset({"react", "vue", "svelte", "preact", "solid-js", "@angular/core"})
_OF_SERVERS = ("@nestjs/core", "@nestjs/common", "express", "fastify")

FILE_MAX_BYTES = 2_000_000
"""The largest source that makes sense, hand-written or generated; bigger files are not read."""
PROJECT_MAX_BYTES = 100_000_000
PROJECT_MAX_FILES = 20_000


class ScoringError(Exception):
    """A folder or a brief cannot be scored; the message is a sentence for the user."""


@dataclass(frozen=True)
class Unread:
    """A file that was left out, and why."""

    path: str
    reason: str


@dataclass(frozen=True)
class Folder:
    """The text of a project: path relative to the folder (forward slashes) → content."""

    texts: dict[str, str]
    unread: tuple[Unread, ...]


def read_folder(folder: Path) -> Folder:
    """Read every file that the rubric looks at, in sorted order.

    Links are not followed. Files above 2 MB, files that cannot be opened and bytes that are not
    UTF-8 are reported in `unread` (of the latter the readable rest is kept). Raises ScoringError
    if `folder` is no folder or cannot be listed.
    """
    if not folder.exists():
        raise ScoringError(f"{folder} does not exist; name the folder of a NestJS project.")
    if not folder.is_dir():
        raise ScoringError(f"{folder} is not a folder; name the folder of a NestJS project.")
    try:
        next(folder.iterdir(), None)
    except OSError as error:
        raise ScoringError(f"{folder} cannot be read ({error.strerror}).") from error
    texts: dict[str, str] = {}
    unread: list[Unread] = []
    total_bytes = 0
    for path in _candidates(folder):
        name = path.relative_to(folder).as_posix()
        if path.is_symlink():
            unread.append(Unread(name, "a link; links are not followed"))
            continue
        try:
            size = path.stat().st_size
            if size > FILE_MAX_BYTES:
                unread.append(Unread(name, f"larger than {FILE_MAX_BYTES // 1_000_000} MB"))
                continue
            total_bytes += size
            if total_bytes > PROJECT_MAX_BYTES or len(texts) >= PROJECT_MAX_FILES:
                unread.append(Unread(name, "this and all later files: the project is too large"))
                break
            data = path.read_bytes()
        except OSError as error:
            unread.append(Unread(name, f"cannot be opened ({error.strerror})"))
            continue
        text = data.decode("utf-8", errors="replace")
        if "\ufffd" in text and "\ufffd".encode() not in data:
            unread.append(Unread(name, "not valid UTF-8; the readable rest was scored"))
        texts[name] = text.removeprefix("\ufeff").replace("\r\n", "\n")
    return Folder(without_clients(texts), tuple(unread))


def _candidates(folder: Path) -> list[Path]:
    found: list[Path] = []
    for parent, folders, names in os.walk(folder):
        folders[:] = sorted(
            name for name in folders if name not in SKIPPED_FOLDERS and not name.startswith(".")
        )
        found += [Path(parent) / name for name in names if name.endswith(READ_SUFFIXES)]
        if len(found) > 2 * PROJECT_MAX_FILES:
            break
    return sorted(found)


def without_clients(texts: Mapping[str, str]) -> dict[str, str]:
    """Leave out the folders that show the backend to people, and documents aside, are none of it.

    Such a folder has a `package.json` of its own that names a library for pages, and no server's.
    """
    clients = tuple(
        path.removesuffix("package.json")
        for path, text in texts.items()
        if path.endswith("/package.json") and _is_client(text)
    )
    if not clients:
        return dict(texts)
    return {path: text for path, text in texts.items() if not path.startswith(clients)}


def _is_client(text: str) -> bool:
    try:
        package: object = json.loads(text)
    except ValueError:
        return False
    if not isinstance(package, dict):
        return False
    held = cast("dict[str, object]", package)
    named: set[str] = set()
    for kind in ("dependencies", "devDependencies", "peerDependencies"):
        listed = held.get(kind)
        named |= set(cast("dict[str, object]", listed)) if isinstance(listed, dict) else set()
    return bool(named & _OF_CLIENTS) and not named.intersection(_OF_SERVERS)
