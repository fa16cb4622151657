"""The tests: a file for each."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.ast.test import TestFunction
from pipeline.names import kebab
from pipeline.project import Project
from pipeline.render.e2e.statements import TestPrinter, parentheses
from pipeline.render.layout import concat, layout
from pipeline.render.typescript import braces, jsdoc, quoted


def feature_path(project: Project, function: TestFunction) -> str:
    """Return the path of the file of a test."""
    return f"test/features/{feature_place(project, function)}.ts"


def feature_place(project: Project, function: TestFunction) -> str:
    """Return where a test lies in that folder, without an ending."""
    operation = project.interface.operation(function.operation)
    return f"{kebab(operation.resource)}/{kebab(function.name)}"


def feature(project: Project, function: TestFunction) -> tuple[str, set[str]]:
    """Print one test; also return the names that it takes from the harness."""
    printer = TestPrinter(project.interface)
    body = printer.body(function.statements)
    imports = (
        [named_import(sorted(printer.values.node_names), "node:crypto")]
        if printer.values.node_names
        else []
    )
    imports.append('import * as api from "../../../sdk/index.js";')
    if printer.values.harness_names:
        imports.append(
            named_import(sorted(printer.values.harness_names, key=str.lower), "../../harness.js")
        )
    tags = [f"@requirement {cited}" for cited in function.requirements]
    tags += [f"@rule {cited}" for cited in function.rules]
    name = f"export async function test_{function.name}"
    head = layout(concat(name, parentheses(["connection: api.Connection"]), ": Promise<void> {"))
    text = "\n".join([*imports, "", jsdoc([function.purpose], tags)])
    return f"{text}{head}\n{body}}}\n", printer.values.harness_names


def named_import(names: Sequence[str], module: str) -> str:
    """Print one import; a single name stays beside its braces, however long the line is."""
    if len(names) == 1:
        return f"import {{ {names[0]} }} from {quoted(module)};"
    return layout(concat("import ", braces(names), f" from {quoted(module)};"))
