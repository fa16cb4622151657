"""Retention: which rows are erased once they have been kept for as long as a rule says."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.ast import expression as ex
from pipeline.ast.analysis import Analysis, Retention
from pipeline.ast.database import Database, Table
from pipeline.derive import statements as st
from pipeline.derive.keys import main_table

_COLUMNS = {"created": "created_at", "changed": "updated_at", "deleted": "deleted_at"}


@dataclass(frozen=True)
class Sweep:
    """The rows of a table that a rule has erased."""

    rule: Retention
    table: Table
    where: ex.Where


def sweeps(analysis: Analysis, database: Database) -> tuple[Sweep, ...]:
    """Return a sweep for each retention rule.

    A rule about rows that are marked deleted has none in a table whose rows are erased at once.
    """
    found: list[Sweep] = []
    for rule in analysis.rules:
        if isinstance(rule, Retention):
            table = main_table(database.tables, rule.entity)
            if table is not None and (rule.since != "deleted" or table.soft_delete):
                found.append(Sweep(rule, table, _expired(database, table, rule)))
    return tuple(found)


def _expired(database: Database, table: Table, rule: Retention) -> ex.Where:
    """Return the condition of rows whose time is over and that no other row keeps."""
    limit = ex.Shifted(kind="shifted", amount=-rule.after_days, unit="days")
    old = ex.ColumnCompare(kind="compare", column=_COLUMNS[rule.since], operator="lt", value=limit)
    free = [
        ex.NoneWhere(kind="none", table=other.name, relation=relation.name, where=())
        for other in database.tables
        for relation in other.relations
        if relation.target == table.name and relation.on_delete == "restrict"
    ]
    return st.all_of([old, *free])
