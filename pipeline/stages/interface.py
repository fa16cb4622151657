"""Stage 3, interface: one form for each table, its operations and what they expose."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, get_args

from engines.schema import FormSchema, SchemaNode
from pipeline.asking import prompts
from pipeline.asking.growth import growth_of
from pipeline.asking.harness import Ask, Harness
from pipeline.asking.narrow import Form, one_of
from pipeline.ast import interface as it
from pipeline.ast.analysis import Analysis
from pipeline.ast.database import Database, JsonType, Table, TextType
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
FILTER_TEXT_MAX_LENGTH = 300
"""Longer texts are read, not searched by a list's filter."""


def run(harness: Harness, request: str, analysis: Analysis, database: Database) -> it.Interface:
    """Turn analysis and tables into operations and schemas."""
    harness.begin("interface", len(database.tables))
    filled = harness.fill_all(
        [_ask(request, analysis, database, table) for table in database.tables]
    )
    forms = {
        table.name: found or it.ResourceForm(operations=(), exposure=derived_exposure(table))
        for table, found in zip(database.tables, filled, strict=True)
    }
    harness.end()
    return derive_interface(analysis, database, forms)


def _ask(
    request: str, analysis: Analysis, database: Database, table: Table
) -> Ask[it.ResourceForm]:
    own = (
        f"{slices.table(table)}\n{slices.demands(request, analysis, table.entity)}\n"
        f"{slices.ownership(analysis, table)}\n"
        f"{refusals.of_table(analysis, database, table)}\n"
        f"Write the operations of {table.name} and what they expose."
    )

    def read(form: Any) -> tuple[it.ResourceForm, tuple[Diagnostic, ...]]:
        settled, notes = settle_resource(table, it.ResourceForm.model_validate(form), analysis)
        return settled, notes.all()

    service = slices.service(request, analysis)
    shared = f"{slices.tables(database)}\n{refusals.by_kind()}"
    prompt = prompts.messages("interface-resource", shared, own, service)
    most = growth_of(request).operations(len(database.tables))
    schema = resource_schema(analysis, database, table, most)
    return Ask(f"interface/{table.name}", prompt, schema, read)


def derived_exposure(table: Table) -> it.Exposure:
    """Return what a table exposes when nobody says: everything shown, nothing filtered."""
    columns = tuple(column.name for column in writable(table))
    required = tuple(c.name for c in writable(table) if not has_default(table, c))
    return it.Exposure(
        shown=columns,
        writable_on_create=required,
        writable_on_update=columns,
        filters=(),
        sorts=(),
    )


def resource_schema(analysis: Analysis, database: Database, table: Table, most: int) -> FormSchema:
    """Narrow a table's form and its operations, `most` at most, to what exists."""
    form = Form(it.ResourceForm).at_most(it.ResourceForm, "operations", most)
    is_account = table.stance == "actor"
    kinds = list(get_args(it.Endpoint.model_fields["kind"].annotation))
    if is_account:
        kinds.remove("create")  # an account is made by joining
    else:
        kinds = [kind for kind in kinds if kind not in OF_ACCOUNTS]
    if not table.soft_delete:
        kinds.remove("restore")
    actors = [actor.name for actor in analysis.actors]
    scopes = ["any", "own"] if owners_of(table, tuple(actors)) else ["any"]
    requirements = [r.id for r in requirements_of(analysis, table.entity)]
    rules = [r.id for r in rules_of(analysis, table.entity)]
    for entry in (it.Endpoint, it.Action, it.Listing, it.Summary):
        form.choose(entry, "actors", actors).set(entry, "scope", one_of(scopes))
        form.choose(entry, "requirements", requirements).choose(entry, "rules", rules)
    owners = set(owners_of(table, tuple(actors)).values())
    given = [c.name for c in writable(table) if c.name not in owners]
    form.choose(it.Action, "input", given)
    form.choose(it.Action, "required_input", given)
    _detail(form, database, table, [actor.name for actor in analysis.accounts()])
    form.choose(it.Exposure, "nested", nestable(analysis, database, table))
    _expose(form, table, owners)
    entries = [
        form.node(it.Endpoint, {"kind": one_of(kinds)}),
        form.node(it.Action),
        form.node(it.Listing),
        _summary(form, table),
    ]
    form.list_of(it.ResourceForm, "operations", entries)
    is_given = any(table.name in nestable(analysis, database, each) for each in database.tables)
    if not is_account and not is_given:
        form.at_least(it.ResourceForm, "operations", 1)
    return form.schema()


def _summary(form: Form, table: Table) -> SchemaNode:
    """Narrow a summary to what rows can be grouped by, and what their values amount to."""
    columns = [c for c in table.physical() if c.origin in ("own", "stamp")]
    numbers = [c.name for c in columns if is_number(c.type)]
    times = [c.name for c in columns if is_time(c.type) and c.name != "deleted_at"]
    figures = [form.node(it.FigureChoice, {"column": one_of(numbers)})] if numbers else []
    ends = {"function": one_of(["minimum", "maximum"]), "column": one_of(times)}
    figures.append(form.node(it.FigureChoice, ends))
    form.list_of(it.Summary, "figures", figures)
    return form.node(it.Summary, {"group": one_of([EVERYTHING, *group_columns(table)])})


def _detail(form: Form, database: Database, table: Table, accounts: Sequence[str]) -> None:
    """Narrow what answers show beside columns to the tables that a row hangs together with."""
    form.choose(it.Exposure, "embedded", [relation.name for relation in table.relations])
    form.choose(it.Exposure, "counted", countable(database, table))
    flagged = flaggable(database, table, accounts)
    nodes = [form.node(it.Flag, {"table": one_of(flagged)})] if flagged else []
    form.list_of(it.Exposure, "flags", nodes)
    totals = [_total(form, table, child) for child in summable(database, table)]
    form.list_of(it.Exposure, "totals", totals)
    form.choose(it.Exposure, "lookups", lookup_columns(table))
    related = [
        form.node(it.RelatedFilter, {"table": one_of([child.name]), "column": one_of(columns)})
        for child, columns in related_columns(database, table)
    ]
    form.list_of(it.Exposure, "related_filters", related)


def _total(form: Form, table: Table, child: Table) -> SchemaNode:
    """Narrow a sum over the rows of another table to its numbers, days and moments."""
    times = [c.name for c in child.physical() if c.origin in ("own", "stamp") and is_time(c.type)]
    fields = {
        "table": one_of([child.name]),
        "column": one_of(numbers(child)),
        "time": one_of([name for name in times if name != "deleted_at"]),
    }
    limits = numbers(table)
    if limits:
        return form.node(it.RowTotal, {**fields, "limit": one_of(limits)})
    node = form.node(it.RowTotal, fields)
    members = {name: each for name, each in node.members.items() if name != "limit"}
    return replace(node, members=members)


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
    form.choose(it.Exposure, "shown", [c.name for c in columns if c.origin != "key"])
    form.choose(it.Exposure, "writable_on_create", own)
    form.choose(it.Exposure, "writable_on_update", [c for c in own if c not in owners])
    for listed in (it.Exposure, it.Listing):
        form.choose(listed, "filters", filters).choose(listed, "sorts", sorts)
    form.choose(it.Exposure, "ranges", [c.name for c in columns if has_range(c.type)])
    texts = [c.name for c in columns if c.origin == "own" and isinstance(c.type, TextType)]
    form.choose(it.Exposure, "search", texts)
