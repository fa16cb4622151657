"""The package: its file for npm, and the versions that it is locked to."""

from __future__ import annotations

import functools
import json
import posixpath
from collections.abc import Iterable, Mapping
from importlib.resources import files

from pydantic import BaseModel, ConfigDict, JsonValue

from pipeline.names import to_snake
from pipeline.project import File, Project
from pipeline.render.nest.places import account_tables

_ACCOUNT_PACKAGES = ("jsonwebtoken", "@types/jsonwebtoken")
_NAME_CHARACTERS_MAX = 60
_VERSION = "0.1.0"
_ENGINES = {"node": ">=24"}
_MODULES = "node_modules/"
_SCRIPTS = {
    "build": "tsc",
    "check": "tsc --noEmit",
    "start": "node dist/src/main.js",
    "test": "node dist/test/run.js",
    "migrate": "node dist/src/migrate.js",
    "migration": "node src/database/new-migration.ts",
    "lint": "eslint .",
    "format": "prettier --write .",
    "format:check": "prettier --check .",
}


class _Locked(BaseModel):
    """A package in a lock file: what it needs, and all else, which is copied."""

    model_config = ConfigDict(extra="allow", frozen=True)

    dependencies: dict[str, str] = {}
    devDependencies: dict[str, str] = {}  # noqa: N815  (the name in the file)
    optionalDependencies: dict[str, str] = {}  # noqa: N815
    peerDependencies: dict[str, str] = {}  # noqa: N815

    def needs(self) -> Iterable[str]:
        """Return the names of the packages that it needs, or makes use of."""
        return [*self.dependencies, *self.optionalDependencies, *self.peerDependencies]


class _Lock(BaseModel):
    """A lock file of npm: packages by their folders, the project itself by the empty one."""

    packages: dict[str, _Locked]


@functools.cache
def _lock() -> _Lock:
    """Read the lock file of a project that needs every package."""
    place = files("resources").joinpath("scaffold", "package-lock.json")
    return _Lock.model_validate_json(place.read_text(encoding="utf-8"))


def package_files(project: Project) -> tuple[File, ...]:
    """Render `package.json` and `package-lock.json`, with the packages that are needed."""
    whole = _lock().packages[""]
    runtime = _kept(project, whole.dependencies)
    development = _kept(project, whole.devDependencies)
    name = package_name(project)
    package = {
        "name": name,
        "version": _VERSION,
        "private": True,
        "description": project.analysis.summary,
        "type": "module",
        "engines": _ENGINES,
        "scripts": _SCRIPTS,
        "dependencies": runtime,
        "devDependencies": development,
    }
    root: JsonValue = {
        "name": name,
        "version": _VERSION,
        "dependencies": {**runtime},
        "devDependencies": {**development},
        "engines": {**_ENGINES},
    }
    lock = {
        "name": name,
        "version": _VERSION,
        "lockfileVersion": 3,
        "requires": True,
        "packages": {"": root, **_locked([*runtime, *development])},
    }
    return (File("package.json", _json(package)), File("package-lock.json", _json(lock)))


def package_name(project: Project) -> str:
    """Name the package after the title, cut at the end of a word."""
    words = str(to_snake(project.analysis.title, len(project.analysis.title))).split("_")
    name = ""
    for word in filter(None, words):
        longer = f"{name}-{word}" if name else word
        if len(longer) > _NAME_CHARACTERS_MAX:
            break
        name = longer
    return f"{name or 'generated'}-backend"


def _kept(project: Project, packages: Mapping[str, str]) -> dict[str, str]:
    has_accounts = bool(account_tables(project))
    return {n: v for n, v in packages.items() if has_accounts or n not in _ACCOUNT_PACKAGES}


def _locked(names: Iterable[str]) -> dict[str, JsonValue]:
    """Return the entries of the packages, and of all that they need, in the order of the lock."""
    packages = _lock().packages
    used: set[str] = set()
    waiting = [_MODULES + name for name in names]
    while waiting:
        place = waiting.pop()
        if place not in used:
            used.add(place)
            found = (_resolve(place, name) for name in packages[place].needs())
            waiting += [each for each in found if each is not None]
    return {
        place: package.model_dump(mode="json", exclude_unset=True)
        for place, package in packages.items()
        if place in used
    }


def _resolve(place: str, name: str) -> str | None:
    """Find the package that code at a place gets by a name, as Node does; None if there is none."""
    packages, folder = _lock().packages, place
    while True:
        found = posixpath.join(folder, _MODULES + name)
        if found in packages:
            return found
        if not folder:
            return None  # an optional peer that is not installed
        folder = folder.rpartition(_MODULES)[0].rstrip("/")


def _json(document: object) -> str:
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"
