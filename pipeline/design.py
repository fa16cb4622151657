"""The design of a backend: what tests and programs are made from."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.ast.analysis import Analysis
from pipeline.ast.database import Database
from pipeline.ast.interface import Interface


@dataclass(frozen=True)
class Design:
    """The three ASTs that the later stages read, each consistent with the ones before it."""

    analysis: Analysis
    database: Database
    interface: Interface
