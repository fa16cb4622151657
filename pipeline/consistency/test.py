"""Checks of the tests."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from pipeline.ast import expression as ex
from pipeline.ast import test as ts
from pipeline.ast.interface import Operation
from pipeline.ast.walk import walk
from pipeline.consistency.invariant import Invariant, Place, repeated
from pipeline.project import Project


def _names(project: Project) -> Iterator[Place]:
    yield from repeated([f.name for f in project.tests.functions], "/functions/{}/name")


def _operations(project: Project) -> Mapping[str, Operation]:
    return {operation.id: operation for operation in project.interface.operations}


def _calls(project: Project) -> Iterator[tuple[str, ts.Call]]:
    for number, function in enumerate(project.tests.functions):
        for node in walk(function):
            if isinstance(node, ts.Call):
                yield f"/functions/{number}", node


def _known_operations(project: Project) -> Iterator[Place]:
    operations = _operations(project)
    for number, function in enumerate(project.tests.functions):
        if function.operation not in operations:
            yield f"/functions/{number}/operation", function.operation
    for pointer, call in _calls(project):
        if call.operation not in operations:
            yield pointer, call.operation


def _arguments(project: Project) -> Iterator[Place]:
    operations = _operations(project)
    schemas = {schema.name for schema in project.interface.schemas}
    for pointer, call in _calls(project):
        operation = operations.get(call.operation)
        if operation is None:
            continue
        if len(call.parameters) != len(operation.parameters):
            yield pointer, f"{len(call.parameters)} keys for {call.operation}"
        name = operation.request or operation.query_schema
        known: set[str] = set()
        if name is not None and name in schemas:
            known = {p.name for p in project.interface.object(name).properties}
        for value in call.values:
            if value.property not in known:
                yield pointer, f"{value.property} of {call.operation}"


def _statuses(project: Project) -> Iterator[Place]:
    operations = _operations(project)
    for number, function in enumerate(project.tests.functions):
        for node in walk(function):
            if isinstance(node, ts.ExpectError):
                operation = operations.get(node.call.operation)
                if operation is not None and node.status not in operation.statuses():
                    yield f"/functions/{number}", f"{node.status} of {operation.id}"
            elif isinstance(node, ts.AtOnce):
                for call in node.calls:
                    operation = operations.get(call.operation)
                    if operation is not None and node.refused not in operation.statuses():
                        yield f"/functions/{number}", f"{node.refused} of {operation.id}"


def _counts(project: Project) -> Iterator[Place]:
    for number, function in enumerate(project.tests.functions):
        for node in walk(function):
            if isinstance(node, ts.AtOnce) and node.succeed > node.times:
                yield f"/functions/{number}", f"{node.succeed} of {node.times} calls"


def _variables(project: Project) -> Iterator[Place]:
    for number, function in enumerate(project.tests.functions):
        for place, found in _unbound(function.statements, set()):
            yield f"/functions/{number}/statements{place}", found


def _unbound(statements: Sequence[ts.Statement], outer: set[str]) -> Iterator[Place]:
    bound = set(outer)
    for place, statement in enumerate(statements):
        pointer = f"/{place}"
        if isinstance(statement, ts.Repeat):
            for where, found in _unbound(statement.body, bound):
                yield f"{pointer}/body{where}", found
            inner = (getattr(each, "variable", None) for each in statement.body)
            bound |= {name for name in inner if name is not None}
            continue
        for node in walk(statement):
            spoken = [node.variable] if isinstance(node, ex.Property) else []
            spoken += [node.name] if isinstance(node, ex.Variable) else []
            spoken += [node.connection] if isinstance(node, ts.Call) and node.connection else []
            for name in spoken:
                if name not in bound:
                    yield pointer, name
        variable = getattr(statement, "variable", None)
        if variable is not None:
            bound.add(variable)


def _assertions(project: Project) -> Iterator[Place]:
    proof = (
        ts.Assert,
        ts.AssertEvery,
        ts.AssertSome,
        ts.AssertOrder,
        ts.ExpectError,
        ts.AtOnce,
    )
    for number, function in enumerate(project.tests.functions):
        if not any(isinstance(node, proof) for node in walk(function)):
            yield f"/functions/{number}", function.name


def _citations(project: Project) -> Iterator[Place]:
    known = {r.id for r in (*project.analysis.requirements, *project.analysis.rules)}
    for number, function in enumerate(project.tests.functions):
        for cited in (*function.requirements, *function.rules):
            if cited not in known:
                yield f"/functions/{number}", cited


INVARIANTS = (
    Invariant(
        "test.names",
        "test",
        "tests of different names",
        "Each test is a file of its own.",
        "Give each a name of its own.",
        _names,
    ),
    Invariant(
        "test.operations",
        "test",
        "an operation of the interface",
        "A test calls something that the backend does not have.",
        "Call one of the operations.",
        _known_operations,
    ),
    Invariant(
        "test.arguments",
        "test",
        "the keys and properties that the operation takes",
        "The call would not type-check.",
        "Give what the operation's schema has.",
        _arguments,
    ),
    Invariant(
        "test.statuses",
        "test",
        "a status that the operation promises",
        "The test waits for an answer that is not in the contract.",
        "Expect a promised status.",
        _statuses,
    ),
    Invariant(
        "test.counts",
        "test",
        "no more calls that succeed than calls at once",
        "The test can never pass.",
        "Let as many succeed as are made, or fewer.",
        _counts,
    ),
    Invariant(
        "test.variables",
        "test",
        "a variable that an earlier statement has bound",
        "A step speaks of an answer that is not there yet.",
        "Make the call first.",
        _variables,
    ),
    Invariant(
        "test.assertions",
        "test",
        "something that can fail",
        "A test that asserts nothing proves nothing.",
        "Check what the call changed.",
        _assertions,
    ),
    Invariant(
        "test.citations",
        "test",
        "ids of requirements and rules",
        "A test cites something that the analysis does not have.",
        "Cite an id of the analysis.",
        _citations,
    ),
)
