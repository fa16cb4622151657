"""Score texts that are in memory, without asking the compiler."""

from __future__ import annotations

from collections.abc import Mapping

from pipeline.node.compile import CompileReport
from scoring.brief import Brief
from scoring.environment import Checked
from scoring.project import read_project
from scoring.project.folder import Folder
from scoring.report import Scorecard
from scoring.rubric import score_facts

CLEAN = CompileReport(units=60, failed_units=0, diagnostics=(), missing_packages=(), seconds=0.0)
"""The report of a project without a type error; these tests are not about the compiler."""


def score_texts(texts: Mapping[str, str], brief: Brief) -> Scorecard:
    """Score a project given as path → text."""
    read = Folder(dict(texts), ())
    return score_facts(read, read_project(read), brief, Checked(CLEAN, ()))
