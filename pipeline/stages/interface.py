"""Stage 3, interface: two forms for each table, its operations and what its DTOs expose."""

from __future__ import annotations

from typing import Any, get_args

from engines.schema import Array, FormSchema, SchemaNode
from pipeline.asking import prompts
from pipeline.asking.growth import Growth
from pipeline.asking.harness import Ask, Harness
from pipeline.asking.narrow import Form, one_of
from pipeline.ast import interface as it
from pipeline.ast.analysis import Analysis
from pipeline.ast.database import Database, Table, TextType
from pipeline.derive.dto import has_default, writable
from pipeline.derive.interface import derive_interface
from pipeline.derive.ownership import owners_of
from pipeline.records.calls import Diagnostic
from pipeline.settle.analysis import requirements_of, rules_of
from pipeline.settle.interface import settle_exposure, settle_operations
from pipeline.stages import slices

FILTER_TEXT_MAX_LENGTH = 300
"""Longer texts are read, not searched by a list's filter."""


def run(harness: Harness, analysis: Analysis, database: Database, growth: Growth) -> it.Interface:
    """Turn analysis and tables into operations and schemas."""
    harness.begin("interface", 2 * len(database.tables))
    tables = database.tables
    listed = harness.fill_all(
        [_ask_operations(analysis, database, table, growth) for table in tables]
    )
    entries = {table.name: found or [] for table, found in zip(tables, listed, strict=True)}
    exposed = harness.fill_all(
        [_ask_exposure(analysis, table, entries[table.name]) for table in tables]
    )
    exposures = {
        table.name: found or derived_exposure(table)
        for table, found in zip(tables, exposed, strict=True)
    }
    harness.end()
    return derive_interface(analysis, database, entries, exposures)


def _ask_operations(
    analysis: Analysis, database: Database, table: Table, growth: Growth
) -> Ask[list[it.OperationEntry]]:
    shared = slices.tables(database)
    own = (
        f"{slices.demands(analysis, table.entity)}\n{slices.table(table)}\n"
        f"Write the operations of {table.name}."
    )

    def read(form: Any) -> tuple[list[it.OperationEntry], tuple[Diagnostic, ...]]:
        listed = it.OperationList.model_validate(form)
        settled, notes = settle_operations(table, listed.operations, analysis)
        return settled, notes.all()

    prompt = prompts.messages("interface-operations", shared, own, slices.service(analysis))
    key = f"interface/operations/{table.name}"
    schema = operations_schema(analysis, table, growth.operations(len(database.tables)))
    return Ask(key, prompt, schema, read)


def _ask_exposure(
    analysis: Analysis, table: Table, entries: list[it.OperationEntry]
) -> Ask[it.Exposure]:
    kinds = ", ".join(entry.name for entry in entries) or "none"
    own = (
        f"{slices.table(table)}\n{slices.demands(analysis, table.entity)}\nOperations: {kinds}.\n"
        f"Write what {table.name} exposes."
    )

    def read(form: Any) -> tuple[it.Exposure, tuple[Diagnostic, ...]]:
        return settle_exposure(it.Exposure.model_validate(form)), ()

    prompt = prompts.messages("interface-exposure", "", own, slices.service(analysis))
    key = f"interface/exposure/{table.name}"
    return Ask(key, prompt, exposure_schema(analysis, table), read)


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


def operations_schema(analysis: Analysis, table: Table, most: int) -> FormSchema:
    """Narrow a table's operations, `most` at most, to its actors, scopes, rules and the like."""
    form = Form(it.OperationList).at_most(it.OperationList, "operations", most)
    is_account = table.stance == "actor"
    kinds = list(get_args(it.OperationEntry.model_fields["kind"].annotation))
    kinds.remove("action")
    if is_account:
        kinds.remove("create")  # an account is made by joining
    if not table.soft_delete:
        kinds.remove("restore")
    actors = [actor.name for actor in analysis.actors]
    scopes = ["any", "own"] if owners_of(table, tuple(actors)) else ["any"]
    owners = {r.column for r in table.relations if r.target in actors}
    form.choose(it.OperationEntry, "input", [])
    form.choose(it.OperationEntry, "actors", actors)
    form.set(it.OperationEntry, "scope", one_of(scopes))
    form.choose(
        it.OperationEntry, "requirements", [r.id for r in requirements_of(analysis, table.entity)]
    )
    form.choose(it.OperationEntry, "rules", [r.id for r in rules_of(analysis, table.entity)])
    input_ = [c.name for c in writable(table) if c.name not in owners]
    fields: dict[str, SchemaNode] = {"kind": one_of(["action"])}
    if input_:
        fields["input"] = Array(one_of(input_), most=min(6, len(input_)))
    entries = [
        form.node(it.OperationEntry, {"kind": one_of(kinds)}),
        form.node(it.OperationEntry, fields),
    ]
    form.list_of(it.OperationList, "operations", entries)
    if not is_account:
        form.at_least(it.OperationList, "operations", 1)
    return form.schema()


def exposure_schema(analysis: Analysis, table: Table) -> FormSchema:
    """Narrow a table's exposure to the columns that can be shown, written, filtered or sorted."""
    accounts = {actor.name for actor in analysis.accounts()}
    columns = [c for c in table.physical() if c.origin != "secret" and c.name != "deleted_at"]
    own = [c.name for c in writable(table)]
    owners = {r.column for r in table.relations if r.target in accounts}
    filters = [
        c.name
        for c in columns
        if c.origin in ("own", "relation")
        and not (isinstance(c.type, TextType) and c.type.max_length > FILTER_TEXT_MAX_LENGTH)
    ]
    sorts = [c.name for c in columns if c.origin in ("own", "stamp")]
    form = Form(it.Exposure)
    form.choose(it.Exposure, "shown", [c.name for c in columns if c.origin != "key"])
    form.choose(it.Exposure, "writable_on_create", own)
    form.choose(it.Exposure, "writable_on_update", [c for c in own if c not in owners])
    form.choose(it.Exposure, "filters", filters)
    form.choose(it.Exposure, "sorts", sorts)
    return form.schema()
