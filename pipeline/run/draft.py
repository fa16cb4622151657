"""The project during a run: rendered as far as it is known, and type-checked.

From the interface on there is something to compile. What is not designed yet is taken as if the
model had said nothing: programs are those that derivation makes alone, and there are no tests.
The draft lies in a temporary folder; a run's artifacts are written when all is known.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Self, cast

from pydantic import BaseModel

from pipeline.ast.analysis import Analysis
from pipeline.ast.database import Database
from pipeline.ast.interface import Interface
from pipeline.ast.program import Program
from pipeline.ast.test import TestSuite
from pipeline.derive.program import derive_function
from pipeline.design import Design
from pipeline.node.compile import CompilerDiagnostic, CompilerFailure
from pipeline.node.toolchain import ToolchainError
from pipeline.node.warm_compiler import WarmCompiler
from pipeline.project import Project
from pipeline.records.events import Event, Logged
from pipeline.records.stages import StageName
from pipeline.render.project import render

MILLISECONDS_PER_SECOND = 1000


class Draft:
    """Follows a run: each AST that is finished is rendered, and what changed is type-checked."""

    def __init__(self, emit: Callable[[Event], None]) -> None:
        """Take what is called with the events."""
        self._emit = emit
        self._known: dict[StageName, BaseModel] = {}
        self._written: dict[str, str] = {}
        self.errors: tuple[CompilerDiagnostic, ...] = ()
        """What the compiler said last."""
        self._stack = ExitStack()
        self._folder = Path()
        self._compiler: WarmCompiler | None = None
        self._is_broken = False

    def __enter__(self) -> Self:
        name = self._stack.enter_context(tempfile.TemporaryDirectory(prefix="sixfold-draft-"))
        self._folder = Path(name)
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def add(self, stage: StageName, ast: BaseModel) -> None:
        """Take the AST of a stage that has ended, and check what it adds to the project.

        A compiler that breaks down is reported and not asked again; the run continues.
        """
        self._known[stage] = ast
        if "interface" not in self._known or self._is_broken:
            return
        try:
            if self._compiler is None:
                self._compiler = self._stack.enter_context(WarmCompiler(self._folder))
            self._write({file.path: file.text for file in render(self.project())})
            report = self._compiler.recheck()
        except (CompilerFailure, ToolchainError) as error:
            self._is_broken = True
            self._emit(Logged(level="warning", text=f"The draft is not type-checked: {error}"))
            return
        self.errors = report.diagnostics
        took = f"{report.seconds * MILLISECONDS_PER_SECOND:.0f} ms"
        text = f"Type-checked {report.units} files of the draft, no errors ({took})"
        if report.diagnostics:
            first = report.diagnostics[0]
            text = (
                f"Type-checked {report.units} files of the draft, {len(report.diagnostics)} errors "
                f"({took}); the first in {first.file}:{first.line}: {first.message}"
            )
        self._emit(Logged(level="warning" if report.diagnostics else "info", text=text))

    def project(self) -> Project:
        """Return the project as far as it is known. Raises KeyError before the interface is."""
        design = Design(
            cast("Analysis", self._known["analysis"]),
            cast("Database", self._known["database"]),
            cast("Interface", self._known["interface"]),
        )
        tests = cast("TestSuite", self._known.get("test", TestSuite(functions=())))
        program = self._known.get("program")
        if program is None:
            program = Program(
                functions=tuple(
                    derive_function(design, operation) for operation in design.interface.operations
                )
            )
        return Project(
            design.analysis, design.database, design.interface, tests, cast("Program", program)
        )

    @property
    def files(self) -> dict[str, str]:
        """Texts by path, as they were checked last."""
        return self._written

    def _write(self, files: dict[str, str]) -> None:
        for path, text in files.items():
            if self._written.get(path) != text:
                target = self._folder / path
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_text(text, encoding="utf-8")
        for path in self._written.keys() - files.keys():
            (self._folder / path).unlink()
        self._written = files
