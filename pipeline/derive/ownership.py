"""Ownership: by which column a row belongs to an account."""

from __future__ import annotations

from collections.abc import Collection

from pipeline.ast.analysis import CALLER, OWNER, Analysis
from pipeline.ast.database import Table
from pipeline.ast.interface import Interface


def owner_column(table: Table, actor: str) -> str | None:
    """Return the column that names the account of `actor` a row belongs to, if there is one.

    An account owns itself; otherwise it is the relation that the table's form marks as the owner.
    """
    if table.stance == "actor":
        return "id" if table.name == actor else None
    return next((r.column for r in table.relations if r.owner and r.target == actor), None)


def owners_of(table: Table, actors: tuple[str, ...]) -> dict[str, str]:
    """Return the owner column of each actor that can own rows of the table."""
    found = {actor: owner_column(table, actor) for actor in actors}
    return {actor: column for actor, column in found.items() if column is not None}


def sees_foreign(interface: Interface, table: Table, actor: str) -> bool:
    """Whether an operation shows the actor rows of the table that are somebody else's."""
    owns = owner_column(table, actor) is not None
    return any(
        (operation.scope == "any" or not owns)
        and (operation.guests or actor in operation.actors)
        and operation.kind in ("list", "read")
        for operation in interface.operations
        if operation.table == table.name
    )


def reserving(
    analysis: Analysis, table: Table, target: Table, cited: Collection[str]
) -> tuple[str, ...]:
    """Return the cited rules by which a row of `table` names only the caller's own of `target`."""
    return tuple(
        rule.id
        for rule in analysis.rules
        if rule.kind == "identity"
        and rule.id in cited
        and rule.entity == table.entity
        and rule.attribute == f"{target.entity}.{OWNER}"
        and (rule.relation, rule.other) == ("is", CALLER)
    )


def foreign_status(analysis: Analysis, table: Table) -> int:
    """Return what a stranger gets for somebody's row: 404, unless a rule says 403.

    Whether owners are shown any rows but their own is asked before who may change them.
    """
    owners = {relation.target for relation in table.relations if relation.owner}
    shown = [
        rule
        for rule in analysis.rules
        if rule.kind == "visibility"
        and rule.entity == table.entity
        and rule.actor in owners
        and set(rule.shows) <= {"own", "none"}
    ]
    owned = [r for r in analysis.rules if r.kind == "ownership" and r.entity == table.entity]
    said = [rule.others_see for rule in (*shown, *owned)]
    return 403 if said and said[0] == "forbidden" else 404
