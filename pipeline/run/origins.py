"""The form that a line of the generated code was rendered from.

The renderers keep the trace: a file belongs to a resource, a table or a test, and within a file a
declaration bears the name that its AST gave it. So the last such declaration at or above a line
leads to the form.
"""

from __future__ import annotations

from collections.abc import Mapping

from pipeline.node.compile import CompilerDiagnostic
from pipeline.project import Project
from pipeline.records.calls import Diagnostic
from pipeline.render.e2e.features import feature_path
from pipeline.render.nest.places import resources, row_type, schema_names, structure_file

TABLES = "src/database/tables.ts"


def blame(
    project: Project, files: Mapping[str, str], errors: tuple[CompilerDiagnostic, ...]
) -> dict[str, tuple[Diagnostic, ...]]:
    """Return the compiler's errors by the key of the form that caused them; some come from none.

    `files` are the rendered texts by path.
    """
    marks = landmarks(project)
    found: dict[str, tuple[Diagnostic, ...]] = {}
    for error in errors:
        key = form_at(marks.get(error.file, {}), files.get(error.file, ""), error.line)
        if key is not None:
            found[key] = (*found.get(key, ()), _annotated(error))
    return found


def landmarks(project: Project) -> dict[str, dict[str, str]]:
    """Return for each file the beginnings of its declarations and the form of each.

    The empty beginning stands for the whole file.
    """
    found: dict[str, dict[str, str]] = {
        feature_path(project, function): {"": function.form}
        for function in project.tests.functions
        if function.form is not None
    }
    for resource in resources(project):
        service = found.setdefault(resource.file("service"), {})
        controller = found.setdefault(resource.file("controller"), {})
        for operation in resource.operations:
            declared = f"public async {operation.method_name}("
            service[declared] = f"program/{operation.id}"
            controller[f"public {operation.method_name}("] = f"interface/{operation.table}"
    for schema in project.interface.schemas:
        if schema.table is not None:
            found.setdefault(structure_file(schema), {})[""] = f"interface/{schema.table}"
    taken = schema_names(project)
    found[TABLES] = {
        f"export interface {row_type(table, taken)} {{": f"database/table/{table.name}"
        for table in project.database.tables
    }
    return found


def form_at(marks: Mapping[str, str], text: str, line: int) -> str | None:
    """Return the form of a line (from 1): that of the last declaration at or above it."""
    for each in reversed(text.splitlines()[:line]):
        for begin, key in marks.items():
            if begin and each.lstrip().startswith(begin):
                return key
        if each.startswith("  private "):
            return None  # helpers that several methods share
    return marks.get("")


def _annotated(error: CompilerDiagnostic) -> Diagnostic:
    return Diagnostic(
        pointer="",
        expected="a form whose code type-checks",
        found=f"TS{error.code}",
        why=f"{error.file}, line {error.line}: {error.message}",
        suggestion=f"The compiler says: {error.message} Write this part another way.",
    )
