"""Stage 2, database: one form for the list of tables, two for each table (columns, then keys)."""

from __future__ import annotations

from typing import Any

from engines.schema import FormSchema
from pipeline.asking import prompts
from pipeline.asking.growth import Growth
from pipeline.asking.harness import Ask, Harness
from pipeline.asking.narrow import Form
from pipeline.ast import database as db
from pipeline.ast.analysis import Analysis
from pipeline.records.calls import Diagnostic
from pipeline.settle.analysis import requirements_of, rules_of
from pipeline.settle.database import settle_keys, settle_table, settle_tables
from pipeline.stages import slices


def run(harness: Harness, analysis: Analysis, growth: Growth) -> db.Database:
    """Turn the analysis into tables, columns, relations and keys."""
    harness.begin("database", None)
    service = slices.service(analysis)
    prompt = prompts.messages("database-tables", "", _entities(analysis), service)

    def read_list(form: Any) -> tuple[list[db.Table], tuple[Diagnostic, ...]]:
        listed = db.TableList.model_validate(form)
        tables, notes = settle_tables(listed.tables, analysis)
        return tables, notes.all()

    laid = harness.fill("database/tables", prompt, tables_schema(analysis, growth), read_list)
    if laid is None:
        laid, _ = settle_tables((), analysis)
    harness.expect(1 + 2 * len(laid))
    done: list[db.Table] = []
    asks = [_ask_columns(analysis, tuple(laid), table, done, growth) for table in laid]
    formed = [new or table for new, table in zip(harness.fill_all(asks), laid, strict=True)]
    keyed = harness.fill_all([_ask_keys(analysis, table) for table in formed])
    tables = [new or table for new, table in zip(keyed, formed, strict=True)]
    harness.end()
    return db.Database(tables=tuple(tables))


def _ask_columns(
    analysis: Analysis,
    laid: tuple[db.Table, ...],
    table: db.Table,
    done: list[db.Table],
    growth: Growth,
) -> Ask[db.Table]:
    """Ask for a table's columns; a table that has them is added to `done`."""
    derived = ", ".join(column.name for column in table.physical())
    own = (
        f"{slices.demands(analysis, table.entity)}\n"
        f"Write the table {table.name} of {table.entity}: {table.purpose}\n"
        f"It has already: {derived}."
    )

    def read(form: Any) -> tuple[db.Table, tuple[Diagnostic, ...]]:
        formed, notes = settle_table(table, db.TableForm.model_validate(form), done)
        done.append(formed)
        return formed, notes.all()

    prompt = prompts.messages("database-table", slices.tables(laid), own, slices.service(analysis))
    schema = table_schema(analysis, laid, table, growth)
    return Ask(f"database/table/{table.name}", prompt, schema, read)


def _ask_keys(analysis: Analysis, table: db.Table) -> Ask[db.Table]:
    own = (
        f"{slices.table(table)}\n{slices.demands(analysis, table.entity)}\n"
        f"Write the keys of {table.name}."
    )

    def read(form: Any) -> tuple[db.Table, tuple[Diagnostic, ...]]:
        keyed, notes = settle_keys(table, db.TableKeys.model_validate(form))
        return keyed, notes.all()

    prompt = prompts.messages("database-keys", "", own, slices.service(analysis))
    schema = keys_schema(analysis, table)
    return Ask(f"database/keys/{table.name}", prompt, schema, read)


def _entities(analysis: Analysis) -> str:
    accounts = ", ".join(actor.name for actor in analysis.accounts()) or "none"
    described = "\n".join(f"- {e.name}: {e.description}" for e in analysis.entities)
    return f"{described}\nTables of accounts that exist already: {accounts}.\nWrite the list."


def tables_schema(analysis: Analysis, growth: Growth) -> FormSchema:
    """Narrow the list of tables to the entities that are nobody's account."""
    accounts = {actor.name for actor in analysis.accounts()}
    entities = [e.name for e in analysis.entities]
    others = [name for name in entities if name not in accounts]
    form = Form(db.TableList).choose(db.TableEntry, "entity", others or entities)
    return form.at_most(db.TableList, "tables", growth.tables(len(others))).schema()


def table_schema(
    analysis: Analysis, laid: tuple[db.Table, ...], table: db.Table, growth: Growth
) -> FormSchema:
    """Narrow a table's form to the tables and requirements that exist."""
    form = Form(db.TableForm)
    form.at_most(db.TableForm, "columns", growth.columns)
    form.at_most(db.TableForm, "relations", growth.relations)
    form.choose(db.Relation, "target", [other.name for other in laid])
    form.choose(
        db.TableForm, "requirements", [r.id for r in requirements_of(analysis, table.entity)]
    )
    if table.stance != "actor":
        form.at_least(db.TableForm, "columns", 1)
    return form.schema()


def keys_schema(analysis: Analysis, table: db.Table) -> FormSchema:
    """Narrow a table's keys to its columns and to the rules that speak of its entity."""
    columns = [c.name for c in table.physical() if c.origin in ("own", "relation", "stamp")]
    form = Form(db.TableKeys)
    keyed = [c for c in columns if c not in ("created_at", "updated_at", "deleted_at")]
    if keyed:
        form.choose(db.UniqueKey, "columns", keyed)
        form.choose(db.UniqueKey, "rules", [rule.id for rule in rules_of(analysis, table.entity)])
    else:
        form.list_of(db.TableKeys, "uniques", [])
    return form.choose(db.Index, "columns", columns).schema()
