"""Type-check what was read, and nothing else; packages that are not installed are stood in for.

The compiler sees a copy of the texts that the rubric read: no link leads out of it, no file is
larger than the bounds. For a package that is not installed, every imported name is declared as
`any`, value and type alike, and so are the globals of test frameworks. What is wrong then may be
wrong because `any` is no class, no namespace and no generic function. So the check is made again
with names that are each a class, a namespace and a generic function whose results are such again:
only what is wrong both times is wrong in the project's own code.
"""

from __future__ import annotations

import re
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pipeline.node.compile import (
    CompilerDiagnostic,
    CompileReport,
    CompilerFailure,
    check_project,
    source_files,
)
from scoring.project.folder import Folder
from scoring.typescript.syntax import SyntaxNode, parse, string_value, walk

TIMEOUT_S = 60.0
"""A project of 940 files takes 2 s; one that takes longer than this is not meant to be checked."""
_STUB = "sixfold-environment.d.ts"
_STUB_FOLDERS = ("src", "sdk", "test", "tests", "apps", "libs", "packages")
_TYPE_PARAMETERS = ", ".join(f"{letter} = any" for letter in "ABCDEF")
_TEST_GLOBALS = (
    "describe", "it", "test", "expect", "jest", "vi", "beforeAll", "beforeEach", "afterAll",
    "afterEach",
)  # fmt: skip
_SHAPE = "SixfoldStandIn"
_SHAPE_DECLARED = (
    f"interface {_SHAPE} {{ <{_TYPE_PARAMETERS}>(...given: any[]): {_SHAPE};"
    f" new <{_TYPE_PARAMETERS}>(...given: any[]): {_SHAPE}; [member: string]: {_SHAPE}; }}\n"
)
"""Stands for anything that can be called with types, made with `new`, or extended."""
_MOCKS = " ".join(
    f"type {name}<{_TYPE_PARAMETERS}> = any;"
    for name in ("Mock", "Mocked", "MockedFunction", "SpyInstance")
)
_NAME_MISSING_CODES = frozenset({2304, 2503, 2582, 2593})
_SIDE_EFFECT_CODE = 2882
"""An import of nothing but what a package does when it is loaded."""
_MODULE_MISSING_CODES = frozenset({2307, 2792, _SIDE_EFFECT_CODE})
_SETTING_CODES = frozenset({5097, 17004, 6142, 7026})
"""Endings of imports and JSX, which depend on settings that the compiler is run without."""
_SHAPE_CODES = frozenset(
    {2339, 2347, 2349, 2351, 2416, 2420, 2503, 2551, 2694, 2709, 2749, 4112, 4113, 4114, 7009}
)
"""Errors that say that something has no such member, is no type, no function or no class."""
_CALL_CODES = frozenset({2349, 2351})
_INTEROP = re.compile(r'"esModuleInterop"\s*:\s*true')
_GLOBAL_SPACE = re.compile(r"[Nn]amespace '(global\.)?(Express|NodeJS|jest)'")
"""Namespaces to which packages add, in a way that nobody imports."""
_HEIR = re.compile(r"\bclass\s+(\w+)(?:<[^{]*?>)?\s+extends\s+(\w+)")
_BUSY = "Text file busy"
BUSY_WAITS_S = (0.1, 0.3, 1.0, 2.0)
GROUPS_MAX = 8
"""Folders with a tsconfig of their own; each takes a run of the compiler."""
_UNTYPED_CODES = frozenset({7005, 7006, 7016, 7022, 7023, 7024, 7031, 7034, 7053, 18046, 2571})
"""Implicit `any` and unknown errors: they follow from a package whose types are not there."""


@dataclass(frozen=True)
class Checked:
    """What the compiler found; `environment` are the errors that no author made."""

    report: CompileReport
    environment: tuple[CompilerDiagnostic, ...]

    @property
    def own(self) -> CompileReport:
        """Return the report without the errors of the environment."""
        kept = tuple(d for d in self.report.diagnostics if d not in self.environment)
        return self.report.model_copy(update={"diagnostics": kept})


def type_check(read: Folder, folder: Path) -> Checked:
    """Type-check the texts; packages in the folder's own `node_modules` are used.

    Raises CompilerFailure and ToolchainError as `check_project` does.
    """
    with tempfile.TemporaryDirectory(prefix="sixfold-compile-") as name:
        copy = Path(name).resolve() / "project"
        _write_copy(read, folder, copy)
        groups = _groups(read)
        first = _check(copy, groups)
        stubs = list(_stubs(read, first))
        if not any(stubs):
            always = tuple(d for d in first.diagnostics if not _is_own(d, read))
            return Checked(first, always)
        place = next((n for n in _STUB_FOLDERS if (copy / n).is_dir()), "")
        stub = Path(place) / _STUB
        reports = [first]
        for text in stubs:
            (copy / stub).write_text(text, encoding="utf-8")
            reports.append(_check(copy, groups, stub.as_posix()))
            if not any(_is_own(d, read) for d in reports[-1].diagnostics):
                break
    return _merged(read, reports)


def _write_copy(read: Folder, folder: Path, copy: Path) -> None:
    """Write the texts that were read, and link to the packages that the folder has installed."""
    copy.mkdir(parents=True)
    for path, text in read.texts.items():
        target = copy / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
    places = {Path(), *(Path(path).parent for path in read.texts if path.endswith("package.json"))}
    for place in places:
        packages = folder / place / "node_modules"
        if packages.is_dir():
            target = copy / place / "node_modules"
            target.symlink_to(packages.resolve(), target_is_directory=True)


def _groups(read: Folder) -> dict[str, str]:
    """Return the folders, with a slash, whose files a tsconfig of their own rules → that file."""
    own = {
        path.removesuffix("tsconfig.json"): path
        for path in sorted(read.texts)
        if path.endswith("/tsconfig.json")
    }
    return dict(list(own.items())[:GROUPS_MAX])


def _check(copy: Path, groups: Mapping[str, str], stub: str = "") -> CompileReport:
    """Type-check each file by the tsconfig that is nearest to it."""
    files: dict[str, list[str]] = {}
    for path in source_files(copy):
        near = [folder for folder in groups if path.startswith(folder)]
        files.setdefault(groups[max(near, key=len)] if near else "tsconfig.json", []).append(path)
    reports: list[CompileReport] = []
    for config, listed in sorted(files.items()):
        beside = [stub] if stub and stub not in listed else []
        found = _patiently(copy, [*listed, *beside], config)
        kept = tuple(d for d in found.diagnostics if not d.file or d.file in listed)
        reports.append(found.model_copy(update={"diagnostics": kept}))
    if not reports:
        return check_project(copy, timeout_s=TIMEOUT_S)
    diagnostics = sorted(
        (d for report in reports for d in report.diagnostics),
        key=lambda d: (d.file, d.line, d.column, d.code),
    )
    return CompileReport(
        units=sum(report.units for report in reports),
        failed_units=len({d.file for d in diagnostics if d.file}),
        diagnostics=tuple(diagnostics),
        missing_packages=tuple(sorted({n for r in reports for n in r.missing_packages})),
        seconds=sum(report.seconds for report in reports),
    )


def _patiently(copy: Path, files: Sequence[str], config: str) -> CompileReport:
    """Type-check files; a compiler that is just being written is waited for."""
    for wait_s in BUSY_WAITS_S:
        try:
            return check_project(copy, files=files, config=config, timeout_s=TIMEOUT_S)
        except (CompilerFailure, OSError) as error:
            if _BUSY not in str(error):
                raise
            time.sleep(wait_s)
    return check_project(copy, files=files, config=config, timeout_s=TIMEOUT_S)


def _merged(read: Folder, reports: Sequence[CompileReport]) -> Checked:
    """Return what was found with stubs; own is only what is found with each of them."""
    first, *others = reports
    absent = absent_packages(first)
    found = [[d for d in report.diagnostics if not d.file.endswith(_STUB)] for report in others]
    shared = set[tuple[str, int, int, int, str]].intersection(
        *({_identity(d) for d in listed} for listed in found)
    )
    ours = [d for d in found[0] if d not in absent]
    opaque = _Opaque(read, first.missing_packages)
    follows = [
        d for d in ours if not _is_own(d, read) or _identity(d) not in shared or opaque.touches(d)
    ]
    failed = {d.file for d in ours if d not in follows}
    merged = sorted([*absent, *ours], key=lambda d: (d.file, d.line, d.column, d.code))
    report = CompileReport(
        units=first.units,
        failed_units=len(failed),
        diagnostics=tuple(merged),
        missing_packages=first.missing_packages,
        seconds=sum(report.seconds for report in reports),
    )
    return Checked(report, (*absent, *follows))


def _identity(diagnostic: CompilerDiagnostic) -> tuple[str, int, int, int, str]:
    """Return what makes two errors of two runs the same one."""
    place = (diagnostic.file, diagnostic.line, diagnostic.column)
    return (*place, diagnostic.code, diagnostic.message)


def _is_own(diagnostic: CompilerDiagnostic, read: Folder) -> bool:
    """Whether an error is of a kind that an author can make."""
    return diagnostic.code not in _UNTYPED_CODES | _SETTING_CODES and not _is_interop(
        diagnostic, read
    )


def _is_interop(diagnostic: CompilerDiagnostic, read: Folder) -> bool:
    """Whether a package imported with `import *` is called, as it may be without `esModuleInterop`.

    Our compiler has no other way than to compile with it.
    """
    if diagnostic.code not in _CALL_CODES:
        return False
    if any(p.endswith("tsconfig.json") and _INTEROP.search(t) for p, t in read.texts.items()):
        return False
    text = read.texts.get(diagnostic.file, "")
    lines = text.splitlines()
    line = lines[diagnostic.line - 1] if 0 < diagnostic.line <= len(lines) else ""
    called = re.match(r"[\w$]+", line[diagnostic.column - 1 :])
    imported = rf"import \* as {re.escape(called[0])} from [\"'][^.]" if called else None
    return imported is not None and re.search(imported, text) is not None


class _Opaque:
    """The names of a project that stand for something of a package that is not there."""

    def __init__(self, read: Folder, missing: Sequence[str]) -> None:
        self._texts = read.texts
        self._missing = tuple(missing)
        self._names: dict[str, frozenset[str]] = {}
        self._classes: frozenset[str] | None = None

    def touches(self, diagnostic: CompilerDiagnostic) -> bool:
        """Whether what an error is about is a member of such a name, or one used as a type."""
        if diagnostic.code not in _SHAPE_CODES:
            return False
        if _GLOBAL_SPACE.search(diagnostic.message):
            return True
        lines = self._texts.get(diagnostic.file, "").splitlines()
        line = lines[diagnostic.line - 1] if 0 < diagnostic.line <= len(lines) else ""
        before = re.search(r"([\w$]+)(?:[\w$.?!]|\([^()]*\))*\.$", line[: diagnostic.column - 1])
        after = re.match(r"[\w$]+", line[diagnostic.column - 1 :])
        named = {match[1] for match in (before,) if match} | {m[0] for m in (after,) if m}
        quoted = set(re.findall(r"'(?:typeof )?([\w$]+)[^']*'", diagnostic.message))
        return bool((named | quoted) & self._opaque_in(diagnostic.file))

    def _opaque_in(self, path: str) -> frozenset[str]:
        if path not in self._names:
            self._names[path] = self._imported(path) | self._heirs()
        return self._names[path]

    def _imported(self, path: str) -> frozenset[str]:
        text = self._texts.get(path, "")
        if not any(name in text for name in self._missing):
            return frozenset()
        return frozenset(
            alias
            for statement in parse(text).children
            if string_value(statement.get("source")) in self._missing
            for _, alias in _imported(statement)
        )

    def _heirs(self) -> frozenset[str]:
        """Return the classes whose bases lead out of the project."""
        if self._classes is None:
            bases: dict[str, tuple[str, str]] = {}
            for path, text in self._texts.items():
                if path.endswith((".ts", ".mts", ".cts")):
                    bases |= {name: (base, path) for name, base in _HEIR.findall(text)}
            found = {name for name, (base, path) in bases.items() if base in self._imported(path)}
            while True:
                more = {name for name, (base, _) in bases.items() if base in found} - found
                if not more:
                    break
                found |= more
            self._classes = frozenset(found)
        return self._classes


def absent_packages(report: CompileReport) -> tuple[CompilerDiagnostic, ...]:
    """Return the errors that only say that a package is not installed."""
    return tuple(
        d for d in report.diagnostics if d.code in _MODULE_MISSING_CODES and _names(d, report)
    )


def _names(diagnostic: CompilerDiagnostic, report: CompileReport) -> bool:
    if diagnostic.code == _SIDE_EFFECT_CODE:
        return re.search(r"'[^'./]", diagnostic.message) is not None
    return any(f"'{name}'" in diagnostic.message for name in report.missing_packages)


@dataclass
class _Package:
    """What a project uses of a package that is not there."""

    names: set[str] = field(default_factory=lambda: set())
    members: dict[str, set[str]] = field(default_factory=lambda: {})
    """Namespace → types named in it: `Prisma` → `TodoWhereInput`."""
    whole: bool = False
    """Whether it is imported with `import *` or `import x = require()`, perhaps to be called."""


def _stubs(read: Folder, report: CompileReport) -> Iterator[str]:
    """Yield declarations for what is missing, in one form and then the other; empty if nothing."""
    missing = set(report.missing_packages)
    texts = {
        path: text for path, text in read.texts.items() if path.endswith((".ts", ".mts", ".cts"))
    }
    packages: dict[str, _Package] = {name: _Package() for name in missing}
    for text in texts.values():
        if any(name in text for name in missing):
            _collect(parse(text), packages)
    unknown = {
        match[1]
        for d in report.diagnostics
        if d.code in _NAME_MISSING_CODES
        and (match := re.match(r"Cannot find (?:name|namespace) '(\w+)'", d.message))
    }
    needed = [name for name in _TEST_GLOBALS if name in unknown]
    for value in ("any", _SHAPE):
        blocks = [_module(name, package, value) for name, package in sorted(packages.items())]
        blocks += [f"declare const {name}: {value};\n" for name in needed]
        if "jest" in unknown:
            blocks.append(f"declare namespace jest {{ {_MOCKS} }}\n")
        if blocks and value == _SHAPE:
            blocks.append(_SHAPE_DECLARED)
        yield "".join(blocks)


def _collect(root: SyntaxNode, packages: Mapping[str, _Package]) -> None:
    """Note which names of the packages a file imports, and what types it takes from them."""
    local: dict[str, tuple[_Package, str]] = {}
    for statement in root.children:
        source = string_value(statement.get("source"))
        if source is None:
            required = next(
                (n for n in statement.children if n.type == "import_require_clause"), None
            )
            source = string_value(required.get("source")) if required is not None else None
            if source is not None and source in packages:
                packages[source].whole = True
            continue
        if source not in packages:
            continue
        package = packages[source]
        for name, alias in _imported(statement):
            if name == "*":
                package.whole = True
            package.names.add(name)
            local[alias] = (package, name)
    for node in walk(root):
        if node.type == "nested_type_identifier" and node.children:
            parts = node.text.split(".")
            if parts[0] in local:
                package, name = local[parts[0]]
                path = ".".join([name, *parts[1:-1]])
                package.members.setdefault(path, set()).add(parts[-1])


def _imported(statement: SyntaxNode) -> Iterable[tuple[str, str]]:
    """Yield name and local name of each import, `*` for all, of re-exports as well."""
    clause = statement.child("import_clause")
    for item in clause.children if clause is not None else ():
        if item.type == "identifier":
            yield "default", item.text
        elif item.type == "namespace_import" and item.children:
            yield "*", item.children[0].text
        elif item.type == "named_imports":
            for one in item.all("import_specifier"):
                name, alias = one.get("name"), one.get("alias")
                if name is not None:
                    yield name.text, (alias or name).text
    exported = statement.child("export_clause")
    for one in exported.all("export_specifier") if exported is not None else ():
        name = one.get("name")
        if name is not None:
            yield name.text, name.text


def _module(name: str, package: _Package, value: str) -> str:
    """Declare a package: each name a value, a type and, if need be, a namespace."""
    named = {n for n in package.names if n not in ("*", "default")}
    if not named and not package.members and value == "any":
        return f'declare module "{name}";\n'
    lines: list[str] = []
    for each in sorted(named):
        lines.append(
            f"export const {each}: {value}; export type {each}<{_TYPE_PARAMETERS}> = {value};"
        )
    for path, types in sorted(package.members.items()):
        head, *inner = path.split(".")
        body = " ".join(f"export type {t}<{_TYPE_PARAMETERS}> = {value};" for t in sorted(types))
        for space in reversed(inner):
            body = f"export namespace {space} {{ {body} }}"
        if head == "*":
            lines.append(body)
        elif head == "default":
            lines.append(f"namespace standard {{ {body} }}")
        else:
            lines.append(f"export namespace {head} {{ {body} }}")
    lines.append(f"const standard: {value}; type standard<{_TYPE_PARAMETERS}> = {value};")
    lines.append("export default standard;")
    return f'declare module "{name}" {{\n' + "\n".join(lines) + "\n}\n"
