"""The whole of what a run makes, as data: five ASTs, and the files rendered from them."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.ast.analysis import Analysis
from pipeline.ast.database import Database
from pipeline.ast.interface import Interface
from pipeline.ast.program import Program
from pipeline.ast.test import TestSuite


@dataclass(frozen=True)
class Project:
    """The five ASTs of one backend, each consistent with the ones before it."""

    analysis: Analysis
    database: Database
    interface: Interface
    tests: TestSuite
    program: Program


@dataclass(frozen=True)
class File:
    """A file of the generated project; `path` is relative, with forward slashes."""

    path: str
    text: str
