"""Type-check what was read, and nothing else; packages that are not installed are stood in for.

The compiler sees a copy of the texts that the rubric read: no link leads out of it, no file is
larger than the bounds. For a package that is not installed, every imported name is declared as
`any`, value and type alike, and so are the globals of test frameworks; what is wrong then is wrong
in the project's own code.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pipeline.node.compile import CompilerDiagnostic, CompileReport, check_project
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
_MOCKS = " ".join(
    f"type {name}<{_TYPE_PARAMETERS}> = any;"
    for name in ("Mock", "Mocked", "MockedFunction", "SpyInstance")
)
_NAME_MISSING_CODES = frozenset({2304, 2503, 2582, 2593})
_MODULE_MISSING_CODES = frozenset({2307, 2792})
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
        for path, text in read.texts.items():
            target = copy / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8")
        copy.mkdir(exist_ok=True)
        packages = folder / "node_modules"
        if packages.is_dir():
            (copy / "node_modules").symlink_to(packages.resolve(), target_is_directory=True)
        first = check_project(copy, timeout_s=TIMEOUT_S)
        stubs = _stubs(read, first)
        if not stubs:
            return Checked(first, ())
        place = next((n for n in _STUB_FOLDERS if (copy / n).is_dir()), "")
        (copy / place / _STUB).write_text(stubs, encoding="utf-8")
        second = check_project(copy, timeout_s=TIMEOUT_S)
    absent = absent_packages(first)
    ours = [d for d in second.diagnostics if not d.file.endswith(_STUB)]
    follows = [d for d in ours if d.code in _UNTYPED_CODES]
    failed = {d.file for d in ours if d.code not in _UNTYPED_CODES}
    merged = sorted([*absent, *ours], key=lambda d: (d.file, d.line, d.column, d.code))
    report = CompileReport(
        units=first.units,
        failed_units=len(failed),
        diagnostics=tuple(merged),
        missing_packages=first.missing_packages,
        seconds=first.seconds + second.seconds,
    )
    return Checked(report, (*absent, *follows))


def absent_packages(report: CompileReport) -> tuple[CompilerDiagnostic, ...]:
    """Return the errors that only say that a package is not installed."""
    return tuple(
        d for d in report.diagnostics if d.code in _MODULE_MISSING_CODES and _names(d, report)
    )


def _names(diagnostic: CompilerDiagnostic, report: CompileReport) -> bool:
    return any(f"'{name}'" in diagnostic.message for name in report.missing_packages)


@dataclass
class _Package:
    """What a project uses of a package that is not there."""

    names: set[str] = field(default_factory=lambda: set())
    members: dict[str, set[str]] = field(default_factory=lambda: {})
    """Namespace → types named in it: `Prisma` → `TodoWhereInput`."""
    whole: bool = False
    """Whether it is imported with `import *` or `import x = require()`, perhaps to be called."""


def _stubs(read: Folder, report: CompileReport) -> str:
    """Write declarations for what is missing; empty if nothing is."""
    missing = set(report.missing_packages)
    texts = {
        path: text for path, text in read.texts.items() if path.endswith((".ts", ".mts", ".cts"))
    }
    packages: dict[str, _Package] = {name: _Package() for name in missing}
    for text in texts.values():
        if any(name in text for name in missing):
            _collect(parse(text), packages)
    blocks = [_module(name, package) for name, package in sorted(packages.items())]
    unknown = {
        match[1]
        for d in report.diagnostics
        if d.code in _NAME_MISSING_CODES
        and (match := re.match(r"Cannot find (?:name|namespace) '(\w+)'", d.message))
    }
    for name in _TEST_GLOBALS:
        if name in unknown:
            blocks.append(f"declare const {name}: any;\n")
    if "jest" in unknown:
        blocks.append(f"declare namespace jest {{ {_MOCKS} }}\n")
    return "".join(blocks)


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


def _module(name: str, package: _Package) -> str:
    """Declare a package: each name a value, a type and, if need be, a namespace."""
    named = {n for n in package.names if n not in ("*", "default")}
    if not named and not package.members:
        return f'declare module "{name}";\n'
    lines: list[str] = []
    for each in sorted(named):
        lines.append(f"export const {each}: any; export type {each}<{_TYPE_PARAMETERS}> = any;")
    for path, types in sorted(package.members.items()):
        head, *inner = path.split(".")
        body = " ".join(f"export type {t}<{_TYPE_PARAMETERS}> = any;" for t in sorted(types))
        for space in reversed(inner):
            body = f"export namespace {space} {{ {body} }}"
        if head == "*":
            lines.append(body)
        elif head == "default":
            lines.append(f"namespace standard {{ {body} }}")
        else:
            lines.append(f"export namespace {head} {{ {body} }}")
    lines.append("const standard: any; export default standard;")
    return f'declare module "{name}" {{\n' + "\n".join(lines) + "\n}\n"
