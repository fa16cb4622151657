"""From a folder's text to `ProjectFacts`."""

from __future__ import annotations

import re
from collections.abc import Mapping

from scoring.project.answers import infer_answers
from scoring.project.controllers import read_operations
from scoring.project.docs import read_citations, read_statements
from scoring.project.facts import ProjectFacts, Table
from scoring.project.folder import Folder
from scoring.project.layers import read_layers
from scoring.project.openapi import read_openapi
from scoring.project.prisma import read_tables
from scoring.project.quality import read_smells
from scoring.project.schemas import read_schemas
from scoring.project.sdk import is_sdk_path, read_clients
from scoring.project.shapes import read_shapes
from scoring.project.tests import is_test_path, read_tests
from scoring.typescript.declarations import Declarations
from scoring.typescript.modules import Program, read_program
from scoring.typescript.specifiers import read_aliases
from scoring.typescript.syntax import without_collector

_DOCUMENT = re.compile(r"^docs?/.*\.md$")


def read_project(folder: Folder) -> ProjectFacts:
    """Read everything that the checks know; nothing of the project is run or imported."""
    with without_collector():
        return _read(folder)


def _read(folder: Folder) -> ProjectFacts:
    texts = folder.texts
    sources = {
        path: text
        for path, text in texts.items()
        if path.endswith((".ts", ".mts", ".cts")) and not path.endswith(".d.ts")
    }
    program = read_program(sources, read_aliases(texts))
    sdk_paths = [p for p in sources if is_sdk_path(p) and not is_test_path(p)]
    server = [p for p in sources if p not in set(sdk_paths) and not is_test_path(p)]
    openapi = read_openapi(texts)
    declarations = Declarations(program.modules[p] for p in (*server, *sdk_paths))
    tables = _tables(texts, program, declarations)
    shapes = read_shapes((program.modules[p] for p in server), declarations)
    sdk_shapes = read_shapes((program.modules[p] for p in sdk_paths), declarations)
    for shape in (*sdk_shapes.values(), *(openapi.shapes if openapi is not None else ())):
        shapes.setdefault(shape.name, shape)
    clients = read_clients(program)
    documents = {p: t for p, t in texts.items() if _DOCUMENT.match(p)}
    statements = read_statements(documents)
    others = {p: t for p, t in texts.items() if p not in documents and not p.endswith(".md")}
    functions, smells = read_smells(program, server)
    operations, answers = infer_answers(read_operations(program, tables), tables)
    return ProjectFacts(
        tables=tables,
        operations=operations,
        shapes=shapes | answers,
        sdk_shapes=sdk_shapes or shapes,
        clients=clients,
        sdk_files=tuple(sorted({client.file for client in clients})),
        tests=read_tests(program),
        statements=statements,
        openapi=openapi,
        functions=functions,
        smells=smells,
        cited=read_citations(statements, others),
        violated=_violated(program),
        unread=read_layers(program, tables, operations, server),
        program=program,
        problems=tuple((unread.path, unread.reason) for unread in folder.unread),
    )


def _tables(
    texts: Mapping[str, str], program: Program, declarations: Declarations
) -> tuple[Table, ...]:
    """Return the tables of the Prisma schema; if there is none, those that TypeScript declares."""
    prisma = read_tables({p: t for p, t in texts.items() if p.endswith(".prisma")})
    return prisma or read_schemas(program, declarations)


_MAPPED = re.compile(r"@Catch\(|ExceptionFilter")
_CONFLICT = re.compile(r"\b409\b|CONFLICT|ConflictException")


def _violated(program: Program) -> int:
    """Return the status by which a filter of the project answers a broken key; -1 if none does."""
    for module in program.modules.values():
        if _MAPPED.search(module.text) and _CONFLICT.search(module.text):
            return 409
    return -1
