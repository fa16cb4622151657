"""Stage 3, interface: one form for each table, its operations and what they expose."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any, get_args

from engines.schema import Array, FormSchema, Named, Object, SchemaNode
from pipeline.asking import prompts
from pipeline.asking.growth import growth_of
from pipeline.asking.harness import Ask, Harness
from pipeline.asking.narrow import Form, any_of, one_of, without
from pipeline.ast import resource as rs
from pipeline.ast.analysis import Analysis
from pipeline.ast.database import Database, JsonType, Table, TextType
from pipeline.ast.interface import Interface
from pipeline.derive.dto import has_default, writable
from pipeline.derive.interface import derive_interface
from pipeline.derive.nested.offers import nestable
from pipeline.derive.ownership import owners_of
from pipeline.derive.reads.details import countable, flaggable, numbers, summable
from pipeline.derive.reads.lists import has_range, related_columns
from pipeline.derive.reads.lookups import lookup_columns
from pipeline.derive.reads.summaries import EVERYTHING, group_columns, is_number, is_time
from pipeline.records.calls import Diagnostic
from pipeline.settle.analysis import requirements_of, rules_of
from pipeline.settle.interface import settle_resource
from pipeline.stages import refusals, slices

OF_ACCOUNTS = ("me", "reset")
"""Kinds of operations that accounts alone have."""
NAMED = {rs.Listing: "listings", rs.Summary: "summaries", rs.Action: "actions"}
"""Operations with a name of their own, and the member of the form that lists them."""
FILTER_TEXT_MAX_LENGTH = 300
"""Longer texts are read, not searched by a list's filter."""


def run(harness: Harness, request: str, analysis: Analysis, database: Database) -> Interface:
    """Turn analysis and tables into operations and schemas."""
    harness.begin("interface", len(database.tables))
    filled = harness.fill_all(
        [_ask(request, analysis, database, table) for table in database.tables]
    )
    forms = {
        table.name: found or rs.ResourcePlan(operations=(), exposure=derived_exposure(table))
        for table, found in zip(database.tables, filled, strict=True)
    }
    harness.end()
    return derive_interface(analysis, database, forms)


def _ask(
    request: str, analysis: Analysis, database: Database, table: Table
) -> Ask[rs.ResourcePlan]:
    own = (
        f"{slices.table(table)}\n{slices.demands(request, analysis, table.entity)}\n"
        f"{slices.ownership(analysis, table)}\n"
        f"{refusals.of_table(analysis, database, table)}\n"
        f"Write the operations of {table.name} and what they expose."
    )

    def read(form: Any) -> tuple[rs.ResourcePlan, tuple[Diagnostic, ...]]:
        filled = rs.ResourceForm.model_validate(form)
        settled, notes = settle_resource(table, filled, analysis)
        return settled, notes.all()

    service = slices.service(request, analysis)
    shared = f"{slices.tables(database)}\n{refusals.by_kind()}"
    prompt = prompts.messages("interface-resource", shared, own, service)
    most = growth_of(request).operations(len(database.tables))
    schema = resource_schema(analysis, database, table, most)
    return Ask(f"interface/{table.name}", prompt, schema, read)


def derived_exposure(table: Table) -> rs.Exposure:
    """Return what a table exposes when nobody says: everything shown, nothing filtered."""
    columns = tuple(column.name for column in writable(table))
    required = tuple(c.name for c in writable(table) if not has_default(table, c))
    return rs.Exposure(
        shown=columns,
        writable_on_create=required,
        writable_on_update=columns,
        filters=(),
        sorts=(),
    )


def resource_schema(analysis: Analysis, database: Database, table: Table, most: int) -> FormSchema:
    """Narrow a table's form and its operations, `most` at most, to what exists."""
    form = Form(rs.ResourceForm)
    is_account = table.stance == "actor"
    actors = [actor.name for actor in analysis.actors]
    scopes = ["any", "own"] if owners_of(table, tuple(actors)) else ["any"]
    requirements = [r.id for r in requirements_of(analysis, table.entity)]
    rules = [r.id for r in rules_of(analysis, table.entity)]
    for entry in (rs.Standard, rs.Action, rs.Listing, rs.Summary):
        form.choose(entry, "actors", actors).set(entry, "scope", one_of(scopes))
        form.choose(entry, "requirements", requirements).choose(entry, "rules", rules)
    owners = set(owners_of(table, tuple(actors)).values())
    given = [c.name for c in writable(table) if c.name not in owners]
    form.choose(rs.Action, "input", given)
    form.choose(rs.Action, "required_input", given)
    _detail(form, database, table, [actor.name for actor in analysis.accounts()])
    form.choose(rs.Exposure, "nested", nestable(analysis, database, table))
    _expose(form, table, owners)
    _summarise(form, table)
    for kind in get_args(rs.EndpointKind):
        form.set(rs.Operations, kind, Named(rs.Standard.__name__))
    for named, members in NAMED.items():
        form.omit(named, "kind").at_most(rs.Operations, members, most)
        form.list_of(rs.Operations, members, [form.node(named)])
    form.omit(rs.Operations, *_impossible(table, is_account))
    operations = form.node(rs.Operations)
    is_given = any(table.name in nestable(analysis, database, each) for each in database.tables)
    may_lack = is_account or is_given  # a row given with another needs none of its own
    some = operations if may_lack else any_of(list(_beginnings(operations)))
    return form.set(rs.ResourceForm, "operations", some).schema()


def _beginnings(operations: Object) -> Iterator[Object]:
    """Yield the object once for each operation that it may begin with, so that it is not empty.

    Actions alone are none: nobody would make or see a row.
    """
    names = list(operations.members)
    for place, name in enumerate(names):
        if name == NAMED[rs.Action]:
            continue
        members = {each: operations.members[each] for each in names[place:]}
        first = members[name]
        members[name] = replace(first, least=1) if isinstance(first, Array) else first
        yield replace(operations, members=members, required=(name,))


def _impossible(table: Table, is_account: bool) -> Iterator[str]:
    """Yield the kinds of operations that a table can't have: an account is made by joining."""
    yield from ("create",) if is_account else OF_ACCOUNTS
    if not table.soft_delete:
        yield "restore"


def _summarise(form: Form, table: Table) -> None:
    """Narrow summaries to what rows can be grouped by, and what their values amount to."""
    columns = [c for c in table.physical() if c.origin in ("own", "stamp")]
    numbers = [c.name for c in columns if is_number(c.type)]
    times = [c.name for c in columns if is_time(c.type) and c.name != "deleted_at"]
    figures = [form.node(rs.FigureChoice, {"column": one_of(numbers)})] if numbers else []
    ends = {"function": one_of(["minimum", "maximum"]), "column": one_of(times)}
    figures.append(form.node(rs.FigureChoice, ends))
    form.list_of(rs.Summary, "figures", figures)
    form.set(rs.Summary, "group", one_of([EVERYTHING, *group_columns(table)]))


def _detail(form: Form, database: Database, table: Table, accounts: Sequence[str]) -> None:
    """Narrow what answers show beside columns to the tables that a row hangs together with."""
    form.choose(rs.Exposure, "embedded", [relation.name for relation in table.relations])
    form.choose(rs.Exposure, "counted", countable(database, table))
    flagged = flaggable(database, table, accounts)
    nodes = [form.node(rs.Flag, {"table": one_of(flagged)})] if flagged else []
    form.list_of(rs.Exposure, "flags", nodes)
    children = summable(database, table)
    totals = [node for child in children for node in _totals(form, table, child)]
    form.list_of(rs.Exposure, "totals", totals)
    form.choose(rs.Exposure, "lookups", lookup_columns(table))
    related = [
        form.node(rs.RelatedFilter, {"table": one_of([child.name]), "column": one_of(columns)})
        for child, columns in related_columns(database, table)
    ]
    form.list_of(rs.Exposure, "related_filters", related)


def _totals(form: Form, table: Table, child: Table) -> tuple[SchemaNode, SchemaNode]:
    """Narrow a sum, and an average, of another table's rows to its numbers, days and moments."""
    times = [c.name for c in child.physical() if c.origin in ("own", "stamp") and is_time(c.type)]
    fields: dict[str, SchemaNode] = {
        "table": one_of([child.name]),
        "column": one_of(numbers(child)),
        "time": one_of([name for name in times if name != "deleted_at"]),
    }
    limits = numbers(table)
    limited = {"limit": one_of(limits)} if limits else {}
    sum_ = form.node(rs.RowTotal, fields | limited)
    average = form.node(rs.RowTotal, fields | {"function": one_of(["average"])})
    stated = replace(average, required=("function", *average.required))
    return (
        without(sum_, ["function"] if limits else ["function", "limit"]),
        without(stated, ["limit"]),
    )


def _expose(form: Form, table: Table, owners: set[str]) -> None:
    """Narrow what is exposed to the columns that can be shown, written, filtered or sorted by."""
    columns = [c for c in table.physical() if c.origin != "secret" and c.name != "deleted_at"]
    own = [c.name for c in writable(table)]
    filters = [
        c.name
        for c in columns
        if c.origin in ("own", "relation")
        and not isinstance(c.type, JsonType)
        and not (isinstance(c.type, TextType) and c.type.max_length > FILTER_TEXT_MAX_LENGTH)
    ]
    sorts = [
        c.name for c in columns if c.origin in ("own", "stamp") and not isinstance(c.type, JsonType)
    ]
    form.choose(rs.Exposure, "shown", [c.name for c in columns if c.origin != "key"])
    form.choose(rs.Exposure, "writable_on_create", own)
    form.choose(rs.Exposure, "writable_on_update", [c for c in own if c not in owners])
    for listed in (rs.Exposure, rs.Listing):
        form.choose(listed, "filters", filters).choose(listed, "sorts", sorts)
    form.choose(rs.Exposure, "ranges", [c.name for c in columns if has_range(c.type)])
    texts = [c.name for c in columns if c.origin == "own" and isinstance(c.type, TextType)]
    form.choose(rs.Exposure, "search", texts)
