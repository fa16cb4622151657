"""What an import's specifier means: a file of the project, or nothing of it."""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import cast

_COMMENT = re.compile(r'("(?:\\.|[^"\\])*")|//[^\n]*|/\*.*?\*/', re.DOTALL)
_TRAILING_COMMA = re.compile(r'("(?:\\.|[^"\\])*")|,(?=\s*[}\]])')
_CODE_SUFFIXES = (".js", ".mjs", ".ts")
_PACKAGE_ENTRIES = ("src", "lib", "")


@dataclass(frozen=True)
class Aliases:
    """The path aliases of `tsconfig.json` and the packages of a monorepo.

    `patterns` maps an alias (`@api/*`) to its targets (`src/api/*`), `packages` a package's name
    to its folder; all paths are relative to the project.
    """

    patterns: Mapping[str, tuple[str, ...]]
    packages: Mapping[str, str]

    def targets(self, specifier: str) -> list[str]:
        """Return the paths, without suffix, that a specifier which is not relative may mean."""
        found: list[str] = []
        for pattern, targets in sorted(self.patterns.items(), key=lambda item: -len(item[0])):
            head, star, tail = pattern.partition("*")
            if not star and specifier == pattern:
                found += targets
            elif star and specifier.startswith(head) and specifier.endswith(tail):
                middle = specifier[len(head) : len(specifier) - len(tail)]
                found += [target.replace("*", middle) for target in targets]
        for name, folder in self.packages.items():
            if specifier == name:
                found += [posixpath.join(folder, entry) for entry in _PACKAGE_ENTRIES]
            elif specifier.startswith(f"{name}/"):
                rest = specifier[len(name) + 1 :]
                found += [posixpath.join(folder, rest)]
                found += [posixpath.join(folder, "src", rest.removeprefix("lib/"))]
        tail = specifier.split("/", 1)[1] if "/" in specifier else specifier
        return [posixpath.normpath(target) for target in (*found, specifier, f"src/{tail}")]


def read_aliases(texts: Mapping[str, str]) -> Aliases:
    """Read aliases from the project's `tsconfig*.json` and the names of its packages."""
    patterns: dict[str, tuple[str, ...]] = {}
    packages: dict[str, str] = {}
    for path, text in sorted(texts.items()):
        name = posixpath.basename(path)
        if not name.endswith(".json"):
            continue
        if name == "package.json" and "/" in path:
            title = _object(text).get("name")
            if isinstance(title, str) and title:
                packages[title] = posixpath.dirname(path)
        elif re.fullmatch(r"tsconfig(\.\w+)?\.json", name):
            options = _mapping(_object(text).get("compilerOptions"))
            base = posixpath.join(posixpath.dirname(path), str(options.get("baseUrl", ".")))
            for alias, targets in _mapping(options.get("paths")).items():
                if isinstance(targets, list):
                    kept = [t for t in cast("list[object]", targets) if isinstance(t, str)]
                    found = tuple(posixpath.normpath(posixpath.join(base, t)) for t in kept)
                    patterns.setdefault(alias, found)
    return Aliases(patterns, packages)


def _object(text: str) -> Mapping[str, object]:
    """Parse JSON that may hold comments and trailing commas; what is none is empty."""
    bare = _TRAILING_COMMA.sub(lambda m: m[1] or "", _COMMENT.sub(lambda m: m[1] or "", text))
    try:
        found: object = json.loads(bare)
    except (ValueError, RecursionError):
        return {}
    return _mapping(found)


def _mapping(value: object) -> Mapping[str, object]:
    return cast("Mapping[str, object]", value) if isinstance(value, dict) else {}


def resolve_specifier(
    importer: str, specifier: str, modules: Collection[str], aliases: Aliases
) -> str | None:
    """Return the module that `importer` means by `specifier`; None if it is no project file."""
    if specifier.startswith("."):
        folder = posixpath.dirname(importer)
        starts = [posixpath.normpath(posixpath.join(folder, specifier))]
    else:
        starts = aliases.targets(specifier)
    for start in starts:
        bare = start
        for suffix in _CODE_SUFFIXES:
            bare = bare.removesuffix(suffix)
        for candidate in (f"{bare}.ts", f"{bare}.mts", f"{bare}/index.ts", f"{start}.ts"):
            if candidate in modules:
                return candidate
    return None
