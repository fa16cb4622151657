"""Slices of tests: operations with all that a call gives, gets and is refused by."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pipeline import names
from pipeline.asking.typed import is_nullable, schema_type
from pipeline.ast import test as ts
from pipeline.ast.interface import KeysSource, Operation, RowsSource, SchemaProperty
from pipeline.derive.e2e.rows import NAMED_OTHERS, NAMED_ROWS, entry_of, relation_target
from pipeline.derive.e2e.samples import scalar
from pipeline.design import Design
from pipeline.stages.refusals import OF_ALL, refusals
from pipeline.stages.slices import callers

PAGING = ("page", "limit")
"""What every list takes, so that it is said once."""
OFFERED = 16
"""Operations that the tests of a resource may call: all of its own, then those near by."""


def near(design: Design, table_name: str) -> list[Operation]:
    """Return the operations of a table and, where there is room, of those a relation away.

    Accounts come last: tests rarely call their operations.
    """
    operations = design.interface.operations
    own = [o for o in operations if o.table == table_name]
    table = design.database.table(table_name)
    parents = [relation.target for relation in table.relations]
    children = [
        other.name
        for other in design.database.tables
        if any(relation.target == table_name for relation in other.relations)
    ]
    around = dict.fromkeys(name for name in (*parents, *children) if name != table_name)
    found = list(own)
    for name in sorted(around, key=lambda each: design.database.table(each).stance == "actor"):
        others = [o for o in operations if o.table == name]
        if len(found) + len(others) <= OFFERED:
            found += others
    return found


def general(design: Design) -> str:
    """Return what holds for all operations: refusals in their order, and what lists take."""
    queries = [each.query for each in design.interface.operations if each.query is not None]
    if not queries:
        return OF_ALL
    most, usual = queries[0].max_limit, queries[0].default_limit
    return (
        f"{OF_ALL}\nLists also take a page from 1 and a limit 1..{most}, {usual} by default; they "
        "find texts in any case and begin with the newest unless sorted. Rows made one after "
        "another differ in time."
    )


def operations(design: Design, offered: Sequence[Operation]) -> str:
    """Return the operations with their bodies, answers and refusals but those of all."""
    lines = ["Operations:", *(_operation(design, each) for each in offered), "Answers:"]
    responses = dict.fromkeys(o.response for o in offered if o.response is not None)
    lines += [_answer(design, response) for response in responses]
    return "\n".join(lines)


def all_operations(design: Design) -> str:
    """Return the names of all operations, those of a resource in a line."""
    resources: dict[str, list[str]] = {}
    for operation in design.interface.operations:
        resource, _, method = operation.id.partition(".")
        resources.setdefault(resource, []).append(method)
    listed = [f"{resource}: {', '.join(methods)}" for resource, methods in resources.items()]
    return "\n".join(["All operations:", *listed])


def freely_called(design: Design, table_name: str) -> str:
    """Return the resources whose operations the tests of a table call without naming them."""
    found = near(design, table_name)
    if len(found) == len(design.interface.operations):
        return "All operations are called without `uses`, which stays empty."
    resources = dict.fromkeys(each.id.partition(".")[0] for each in found)
    return f"Called without `uses`: all of {', '.join(resources)}."


def _operation(design: Design, one: Operation) -> str:
    answer = f" {one.response}" if one.response else ""
    refused = refusals(one, general=False)
    head = f"- {one.id} by {callers(design, one)}: {one.success}{answer}; refused: {refused}"
    schema = one.request or one.query_schema
    if schema is None:
        return head
    given = [p for p in design.interface.object(schema).properties if p.name not in PAGING]
    return f"{head}\n  takes {', '.join(_given(design, one, each) for each in given)}"


def _given(design: Design, one: Operation, property_: SchemaProperty) -> str:
    target = relation_target(design, one, property_.name)
    kind = f"key of {names.words(target)}" if target else _type(property_)
    if isinstance(property_.source, RowsSource):
        entry = entry_of(design.interface, property_)
        kind = f"list of ({', '.join(_given(design, one, each) for each in entry)})"
    elif isinstance(property_.source, KeysSource):
        kind = "list of keys"
    null = " or null" if is_nullable(property_.schema_) else ""
    optional = "" if property_.required or one.kind == "list" else "?"
    return f"{property_.name}{optional} {kind}{null}"


def _type(property_: SchemaProperty) -> str:
    schema = scalar(property_.schema_)
    type_ = schema_type(schema)
    if type_ is None:
        return schema.type
    if type_.kind == "enum":
        return "/".join(type_.values)
    lengths = (getattr(schema, "min_length", None), getattr(schema, "max_length", None))
    bounds = (getattr(schema, "minimum", None), getattr(schema, "maximum", None))
    for least, most in (lengths, bounds):
        if least is not None or most is not None:
            return f"{type_.kind} {'' if least is None else least}..{'' if most is None else most}"
    return type_.kind


def _answer(design: Design, response: str) -> str:
    shown = ", ".join(
        f"{each.name}{'?' if is_nullable(each.schema_) else ''}"
        for each in design.interface.object(response).properties
    )
    return f"- {response}: {shown}"


def nameable() -> str:
    """Return how many answers of each type a test can name."""
    return f"Numbers of named answers: 1 to {NAMED_ROWS} of a row, 1 to {NAMED_OTHERS} of others."


def existing(functions: Iterable[ts.TestFunction]) -> str:
    """Return what the tests that there are already are for."""
    listed = [f"- {each.purpose}" for each in functions]
    return "\n".join(["Tests that there are already:", *(listed or ["- none"])])


def asked(scenarios: Sequence[ts.Scenario]) -> str:
    """Return the tests whose steps are asked for, numbered."""
    return "\n".join(
        f"{number}. {each.name} ({each.operation}): {each.purpose}"
        for number, each in enumerate(scenarios, start=1)
    )
