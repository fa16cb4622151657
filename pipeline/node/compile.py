"""The wrapper of the TypeScript 7 compiler: type-check or emit a NestJS project.

A scored folder is never written to and need not have ``node_modules``. Each call makes a
workspace in a temporary folder::

    workspace/tsconfig.json     written here: the compiler options, the files to compile
    workspace/project           symbolic link to the folder
    workspace/node_modules      symbolic link to our npm packages

The compiler is started there and sees the project's files as ``project/...``. A package that the
project brings in its own ``node_modules`` is found first, ours after it.
"""

import json
import os
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Generator, Iterable, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import cast

from pydantic import BaseModel, ConfigDict

from pipeline.node import toolchain

UNIT_FOLDERS = ("src", "sdk", "test", "tests", "apps", "libs", "packages")
"""Where the usual NestJS layouts keep code; a project with none of them is taken as a whole."""

SKIPPED_FOLDERS = frozenset({"node_modules", "dist"})
"""Folders of installed and of generated files, skipped like those whose name begins with a dot."""

COMPILER_TIMEOUT_S = 120.0
"""A project of 940 files takes 2 s on two cores; this is for far slower machines."""

COMPILER_MEMORY_BYTES = 4_000_000_000
"""Address space of the compiler, where the system can bound it (Linux); 940 files take 1.2 GB."""

PROJECT_LINK = "project"
"""What the folder is called in the compiler's workspace."""

_SOURCE_SUFFIXES = (".ts", ".mts", ".cts", ".tsx")
_DECLARATION_SUFFIXES = (".d.ts", ".d.mts", ".d.cts")
_NODE_MODULE_KINDS = frozenset({"node16", "node18", "node20", "nodenext"})

_DIALECT_OPTIONS = (
    "allowUnreachableCode",
    "allowUnusedLabels",
    "emitDecoratorMetadata",
    "erasableSyntaxOnly",
    "exactOptionalPropertyTypes",
    "isolatedModules",
    "noFallthroughCasesInSwitch",
    "noImplicitAny",
    "noImplicitOverride",
    "noImplicitReturns",
    "noImplicitThis",
    "noPropertyAccessFromIndexSignature",
    "noUncheckedIndexedAccess",
    "noUnusedLocals",
    "noUnusedParameters",
    "resolveJsonModule",
    "strict",
    "strictBindCallApply",
    "strictBuiltinIteratorReturn",
    "strictFunctionTypes",
    "strictNullChecks",
    "strictPropertyInitialization",
    "useUnknownInCatchVariables",
    "verbatimModuleSyntax",
)
"""Options taken over from the project's own tsconfig: its author's choice of dialect."""

_DIAGNOSTIC = re.compile(
    r"^(?:(?P<file>.+?)\((?P<line>\d+),(?P<column>\d+)\): )?error TS(?P<code>\d+): (?P<message>.*)$"
)
OUT_OF_MEMORY = re.compile(r"out of memory|cannot allocate memory")
_MISSING_MODULE = re.compile(r"^Cannot find module '([^'./][^']*)'")
_MISSING_MODULE_CODES = frozenset({2307, 2792})


class CompilerFailure(Exception):
    """The compiler could not do its work; type errors in a project are no such reason."""


class CompileTimeout(CompilerFailure):
    """The compiler was stopped because it took too long."""


class CompilerDiagnostic(BaseModel):
    """One error of the compiler; ``file`` is relative to the project, empty if it names none."""

    model_config = ConfigDict(frozen=True)

    file: str
    line: int
    """Counted from 1; 0 if the error names no file."""
    column: int
    """Counted from 1; 0 if the error names no file."""
    code: int
    """The number in ``TS2322``."""
    message: str


class CompileReport(BaseModel):
    """What the compiler found in one project."""

    model_config = ConfigDict(frozen=True)

    units: int
    """Source files compiled, declaration files not counted."""
    failed_units: int
    """Source files with at least one error."""
    diagnostics: tuple[CompilerDiagnostic, ...]
    """Ordered by file, line and column."""
    missing_packages: tuple[str, ...]
    """Modules imported by name that are not installed: a fault of the environment, perhaps."""
    seconds: float
    """Wall time; the only field that differs between two runs on the same files."""

    @property
    def share(self) -> float:
        """Return the share of units without an error, 0.0 for a project without any unit."""
        return (self.units - self.failed_units) / self.units if self.units else 0.0


def check_project(
    folder: Path,
    *,
    files: Sequence[str] | None = None,
    config: str = "tsconfig.json",
    timeout_s: float = COMPILER_TIMEOUT_S,
) -> CompileReport:
    """Type-check a project without writing into its folder.

    ``files`` (paths relative to the folder) narrows the check to these units and what they
    import; by default every source file of the project is a unit. ``config`` is the tsconfig,
    relative to the folder, whose dialect rules them.
    Raises CompilerFailure when the folder is not there or the compiler breaks down, CompileTimeout
    when it takes longer than ``timeout_s``, ToolchainError before ``make setup``.
    """
    return _compile(folder, files, {"noEmit": True}, timeout_s, config)


def emit_project(
    folder: Path, out_dir: Path, *, timeout_s: float = COMPILER_TIMEOUT_S
) -> CompileReport:
    """Compile a project to JavaScript below ``out_dir``, laid out like the project.

    JavaScript is written in spite of type errors, and ``package.json`` is copied along because it
    says which kind of modules Node loads. Raises as ``check_project`` does.
    """
    out_dir.mkdir(parents=True, exist_ok=True)
    options = {"noEmit": False, "outDir": str(out_dir.resolve()), "sourceMap": False}
    report = _compile(folder, None, options, timeout_s)
    package = folder / "package.json"
    if package.is_file():
        shutil.copyfile(package, out_dir / "package.json")
    return report


def source_files(folder: Path) -> tuple[str, ...]:
    """List the TypeScript files of a project, declaration files among them.

    Paths are relative to the folder, with forward slashes, in sorted order.
    """
    starts = [folder / name for name in UNIT_FOLDERS if (folder / name).is_dir()] or [folder]
    found: list[str] = []
    for start in starts:
        for parent, folders, names in os.walk(start):
            folders[:] = [
                name for name in folders if name not in SKIPPED_FOLDERS and not name.startswith(".")
            ]
            found += [
                (Path(parent) / name).relative_to(folder).as_posix()
                for name in names
                if name.endswith(_SOURCE_SUFFIXES)
            ]
    return tuple(sorted(found))


def _compile(
    folder: Path,
    files: Sequence[str] | None,
    overrides: Mapping[str, object],
    timeout_s: float,
    config: str = "tsconfig.json",
) -> CompileReport:
    started = time.perf_counter()
    if not folder.is_dir():
        raise CompilerFailure(f"{folder} is not a folder; name the folder of a NestJS project.")
    sources = source_files(folder) if files is None else tuple(files)
    if not count_units(sources):
        return make_report(sources, (), started)
    with workspace_of(folder) as workspace:
        options = {**compiler_options(folder, workspace, timeout_s, config), **overrides}
        write_settings(workspace, options, sources)
        completed = _run_compiler(["-p", ".", "--pretty", "false"], workspace, timeout_s)
    diagnostics = _parse_diagnostics(completed.stdout)
    if OUT_OF_MEMORY.search(completed.stderr):
        raise out_of_memory(folder)
    if completed.returncode != 0 and not diagnostics:
        raise CompilerFailure(
            f"The TypeScript compiler ended with code {completed.returncode} and no diagnostics "
            f"on {folder}: {(completed.stderr or completed.stdout).strip()[-400:]}"
        )
    return make_report(sources, diagnostics, started)


def count_units(sources: Sequence[str]) -> int:
    """Count the files that are code, not declarations."""
    return sum(not name.endswith(_DECLARATION_SUFFIXES) for name in sources)


def make_report(
    sources: Sequence[str], diagnostics: Iterable[CompilerDiagnostic], started: float
) -> CompileReport:
    """Sum up what was found in some files; ``started`` is of ``time.perf_counter``."""
    found = tuple(sorted(diagnostics, key=lambda d: (d.file, d.line, d.column, d.code)))
    units = {name for name in sources if not name.endswith(_DECLARATION_SUFFIXES)}
    return CompileReport(
        units=count_units(sources),
        failed_units=len({each.file for each in found}.intersection(units)),
        diagnostics=found,
        missing_packages=_missing_packages(found),
        seconds=time.perf_counter() - started,
    )


def write_settings(workspace: Path, options: Mapping[str, object], sources: Sequence[str]) -> None:
    """Write the workspace's ``tsconfig.json``."""
    files = [f"{PROJECT_LINK}/{name}" for name in sources]
    config = {"compilerOptions": options, "files": files}
    (workspace / "tsconfig.json").write_text(json.dumps(config), encoding="utf-8")


def out_of_memory(folder: Path) -> CompilerFailure:
    """Say that the compiler ran out of memory."""
    return CompilerFailure(
        f"The TypeScript compiler needed more than {COMPILER_MEMORY_BYTES // 10**9} GB on "
        f"{folder}; look for types that multiply, such as all permutations of a union."
    )


def timed_out(timeout_s: float) -> CompileTimeout:
    """Say that the compiler was stopped."""
    return CompileTimeout(
        f"The TypeScript compiler was stopped after {timeout_s:g} s; "
        "check the project in smaller parts or allow more time."
    )


@contextmanager
def workspace_of(folder: Path) -> Generator[Path]:
    """Lend a temporary folder from which the compiler sees the project and our packages."""
    with tempfile.TemporaryDirectory(prefix="sixfold-compile-") as name:
        workspace = Path(name).resolve()
        (workspace / PROJECT_LINK).symlink_to(folder.resolve(), target_is_directory=True)
        (workspace / "node_modules").symlink_to(
            toolchain.node_modules_dir(), target_is_directory=True
        )
        yield workspace


def compiler_options(
    folder: Path, workspace: Path, timeout_s: float, config: str = "tsconfig.json"
) -> dict[str, object]:
    """Choose the options: ours for the platform, the project's own for its dialect.

    TypeScript 7 refuses options that older projects still name (``baseUrl``, ``node10``
    resolution, ES5), so a foreign tsconfig is read for what we take over, never used as it is.
    """
    own = _own_options(folder, workspace, timeout_s, config)
    own_module = str(own.get("module", "")).lower()
    is_esm_package = _is_esm_package(folder)
    is_node = own_module in _NODE_MODULE_KINDS or (not own and is_esm_package)
    options: dict[str, object] = {
        "target": "ES2023",
        "lib": ["ES2024", "DOM", "DOM.Iterable"],
        "types": ["node"],
        "rootDir": PROJECT_LINK,
        "strict": not own,
        "skipLibCheck": True,
        "experimentalDecorators": True,
        "resolveJsonModule": True,
    }
    options |= {name: own[name] for name in _DIALECT_OPTIONS if name in own}
    if is_node:
        options |= {"module": "nodenext", "moduleResolution": "nodenext"}
    else:
        is_esm = is_esm_package or own_module.startswith("es")
        module = own_module if own_module == "preserve" else "esnext" if is_esm else "commonjs"
        options |= {"module": module, "moduleResolution": "bundler"}
    paths = _paths(own, PurePosixPath(config).parent.as_posix())
    if paths:
        options["paths"] = paths
    return options


def _own_options(folder: Path, workspace: Path, timeout_s: float, config: str) -> dict[str, object]:
    """Read the project's compiler options, ``extends`` and comments resolved; empty if none."""
    if not (folder / config).is_file():
        return {}
    arguments = ["-p", f"{PROJECT_LINK}/{config}", "--showConfig"]
    shown = _run_compiler(arguments, workspace, timeout_s)
    try:
        read = cast("dict[str, dict[str, object]]", json.loads(shown.stdout))
    except json.JSONDecodeError:
        return {}
    return read.get("compilerOptions", {})


def _paths(own: Mapping[str, object], place: str) -> dict[str, list[str]]:
    """Turn the project's path aliases, and its ``baseUrl``, into aliases of the workspace.

    Both are relative to ``place``, the folder of the tsconfig.
    """
    base = os.path.normpath(f"{PROJECT_LINK}/{place}/{own.get('baseUrl', '.')}")
    aliases = cast("Mapping[str, list[str]]", own.get("paths", {}))
    paths = {
        alias: [f"./{os.path.normpath(f'{base}/{target}')}" for target in targets]
        for alias, targets in aliases.items()
    }
    if "baseUrl" in own:
        paths.setdefault("*", [f"./{base}/*"])
    return paths


def _is_esm_package(folder: Path) -> bool:
    """Whether the project's ``package.json`` makes its files ECMAScript modules."""
    try:
        package: object = json.loads((folder / "package.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(package, dict) and cast("dict[str, object]", package).get("type") == "module"


def compiler_command(*arguments: str) -> list[str]:
    """Return the command of the compiler under its limit of memory."""
    bounded = f'ulimit -v {COMPILER_MEMORY_BYTES // 1024} 2>/dev/null; exec "$@"'
    return ["/bin/sh", "-c", bounded, "tsc", str(toolchain.tsc_path()), *arguments]


def _run_compiler(
    arguments: Sequence[str], workspace: Path, timeout_s: float
) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(
            compiler_command(*arguments),
            cwd=workspace,
            env={},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            timeout=timeout_s,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise timed_out(timeout_s) from error


def _parse_diagnostics(output: str) -> tuple[CompilerDiagnostic, ...]:
    """Read the plain output of ``tsc``; an indented line continues the message before it."""
    found: list[CompilerDiagnostic] = []
    for line in output.splitlines():
        match = _DIAGNOSTIC.match(line)
        if match:
            found.append(
                CompilerDiagnostic(
                    file=(match["file"] or "").removeprefix(f"{PROJECT_LINK}/"),
                    line=int(match["line"] or 0),
                    column=int(match["column"] or 0),
                    code=int(match["code"]),
                    message=match["message"],
                )
            )
        elif found and line.startswith(" "):
            message = f"{found[-1].message}\n{line}"
            found[-1] = found[-1].model_copy(update={"message": message})
    return tuple(found)


def _missing_packages(diagnostics: Sequence[CompilerDiagnostic]) -> tuple[str, ...]:
    names = {
        match[1]
        for each in diagnostics
        if each.code in _MISSING_MODULE_CODES
        if (match := _MISSING_MODULE.match(each.message))
    }
    return tuple(sorted(names))
