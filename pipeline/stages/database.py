"""Stage 2, database: one form for the list of tables, one for each table; keys are derived."""

from __future__ import annotations

from typing import Any

from engines.schema import Enum, FormSchema
from pipeline.asking import prompts
from pipeline.asking.growth import Growth, growth_of
from pipeline.asking.harness import Ask, Harness
from pipeline.asking.narrow import Form, one_of
from pipeline.ast import database as db
from pipeline.ast.analysis import Analysis
from pipeline.derive.keys import main_table, with_keys
from pipeline.records.calls import Diagnostic
from pipeline.settle.analysis import NO_OWNER, OF_EVERY_ACCOUNT
from pipeline.settle.database import settle_deletions, settle_table, settle_tables
from pipeline.stages import slices


def run(harness: Harness, request: str, analysis: Analysis) -> db.Database:
    """Turn the analysis into tables, columns, relations and keys."""
    harness.begin("database", None)
    growth = growth_of(request)
    service = slices.service(request, analysis)
    prompt = prompts.messages("database-tables", "", _entities(analysis), service)

    def read_list(form: Any) -> tuple[list[db.Table], tuple[Diagnostic, ...]]:
        listed = db.TableList.model_validate(form)
        tables, notes = settle_tables(listed.tables, analysis)
        return tables, notes.all()

    schema = tables_schema(analysis, growth)
    laid = harness.fill("database/tables", prompt, schema, read_list) if schema else None
    if laid is None:
        laid, _ = settle_tables((), analysis)
    asked = [table for table in laid if _is_asked(analysis, table)]
    harness.expect(bool(schema) + len(asked))
    done: list[db.Table] = []
    asks = [_ask(request, analysis, tuple(laid), table, done) for table in asked]
    filled = zip(asked, harness.fill_all(asks), strict=True)
    formed = {table.name: new for table, new in filled if new is not None}
    harness.end()
    return db.Database(tables=tuple(formed.get(table.name, table) for table in laid))


def _is_asked(analysis: Analysis, table: db.Table) -> bool:
    """Whether a table has columns of its own: an account may have none but what every one has."""
    if table.stance != "actor":
        return True
    entity = next(e for e in analysis.entities if e.name == table.entity)
    return not all(_is_made(table, attribute) for attribute in entity.attributes)


def _is_made(table: db.Table, attribute: str) -> bool:
    """Whether a table has an attribute without being asked, as it keeps accounts."""
    return table.stance == "actor" and OF_EVERY_ACCOUNT.fullmatch(attribute) is not None


def _ask(
    request: str,
    analysis: Analysis,
    laid: tuple[db.Table, ...],
    table: db.Table,
    done: list[db.Table],
) -> Ask[db.Table]:
    """Ask for a table's columns; a table that has them is added to `done`."""
    entity = next((e for e in analysis.entities if e.name == table.entity), None)
    there = [c.name for c in table.physical() if c.origin != "secret"]
    there += ["the password"] if table.stance == "actor" else []
    attributes = [
        each for each in (entity.attributes if entity else ()) if not _is_made(table, each)
    ]
    own = (
        f"{slices.demands(request, analysis, table.entity)}\n"
        f"Write the table {table.name} of {table.entity}: {table.purpose}\n"
        f"Attributes of {table.entity}: {', '.join(attributes) or 'none'}.\n"
        f"The table has already: {', '.join(there)}."
    )

    def read(form: Any) -> tuple[db.Table, tuple[Diagnostic, ...]]:
        owner = entity.owner if entity else NO_OWNER
        formed, notes = settle_table(table, db.TableForm.model_validate(form), done, owner)
        formed = settle_deletions(formed, analysis, laid, notes)
        if table == main_table(laid, table.entity):
            formed = with_keys(formed, analysis, notes)
        done.append(formed)
        return formed, notes.all()

    service = slices.service(request, analysis)
    prompt = prompts.messages("database-table", slices.tables(laid), own, service)
    schema = table_schema(analysis, laid, table, growth_of(request))
    return Ask(f"database/table/{table.name}", prompt, schema, read)


def _entities(analysis: Analysis) -> str:
    accounts = ", ".join(actor.name for actor in analysis.accounts()) or "none"
    described = "\n".join(f"- {e.name}: {e.description}" for e in analysis.entities)
    return f"{described}\nTables of accounts that exist already: {accounts}.\nWrite the list."


def tables_schema(analysis: Analysis, growth: Growth) -> FormSchema | None:
    """Narrow the list of tables to the entities that are nobody's account; None without any."""
    accounts = {actor.name for actor in analysis.accounts()}
    entities = [e.name for e in analysis.entities if e.name not in accounts]
    if not entities:
        return None
    form = Form(db.TableList).choose(db.TableEntry, "entity", entities)
    return form.at_most(db.TableList, "tables", growth.tables(len(entities))).schema()


def table_schema(
    analysis: Analysis, laid: tuple[db.Table, ...], table: db.Table, growth: Growth
) -> FormSchema:
    """Narrow a table's form to the tables that exist; only an account can own a row.

    What joins two rows, such as a favourite, needs no column of its own.
    """
    form = Form(db.TableForm)
    accounts = [actor.name for actor in analysis.accounts()]
    others = [other.name for other in laid if other.name not in accounts]
    may_own = (True, False) if table.stance != "actor" else (False,)
    relations = [
        form.node(db.Relation, {"target": one_of(targets), "owner": Enum(owner)})
        for targets, owner in ((accounts, may_own), (others, (False,)))
        if targets
    ]
    form.list_of(db.TableForm, "relations", relations)
    form.at_most(db.TableForm, "relations", growth.relations)
    form.at_most(db.TableForm, "columns", growth.columns)
    if table.stance not in ("actor", "junction"):
        form.at_least(db.TableForm, "columns", 1)
    return form.schema()
