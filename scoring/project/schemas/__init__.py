"""Tables that TypeScript declares: entity classes, Drizzle's tables, Mongoose's schemas."""

from __future__ import annotations

from scoring.project.facts import Table
from scoring.project.schemas.drizzle import read_drizzle
from scoring.project.schemas.entities import read_entities
from scoring.project.schemas.mongoose import read_mongoose
from scoring.typescript.declarations import Declarations
from scoring.typescript.modules import Program


def read_schemas(program: Program, declarations: Declarations) -> tuple[Table, ...]:
    """Return the tables of all libraries whose schemas are TypeScript."""
    return (
        *read_entities(program, declarations),
        *read_drizzle(program, declarations),
        *read_mongoose(program, declarations),
    )
