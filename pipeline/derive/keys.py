"""Keys and indexes: what is unique follows from the rules, what is indexed from the lists."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from pipeline import names
from pipeline.ast.analysis import Analysis, Uniqueness
from pipeline.ast.database import Database, Index, Table, UniqueKey
from pipeline.ast.interface import Interface, Operation
from pipeline.derive.ownership import owners_of
from pipeline.english import with_article
from pipeline.settle.notes import Notes

MAX_KEY_COLUMNS = 4


def with_keys(table: Table, analysis: Analysis, notes: Notes) -> Table:
    """Return a table with the unique keys that its entity's rules demand, foreign keys indexed.

    A rule whose attributes are no columns of the table is noted and gives no key.
    """
    derived = set(table.unique_keys())
    found: dict[tuple[str, ...], list[Uniqueness]] = {}
    for rule in _uniqueness(analysis, table):
        columns = _key_columns(table, rule, analysis)
        if columns is None or len(columns) > MAX_KEY_COLUMNS:
            expected = f"columns for {', '.join(rule.attributes)}"
            notes.add("/columns", expected, "none of that name", f"{rule.id} gives no key")
        elif columns not in derived:
            found.setdefault(columns, []).append(rule)
    uniques = tuple(
        UniqueKey(
            columns=columns,
            rules=tuple(rule.id for rule in rules),
            ignore_case=any(rule.ignore_case for rule in rules)
            and any(column.has_case for column in table.columns if column.name in columns),
        )
        for columns, rules in found.items()
    )
    return _indexed(table.model_copy(update={"uniques": uniques}), ())


def with_indexes(database: Database, interface: Interface) -> Database:
    """Index what lists and summaries are filtered and sorted by, the owner's column first.

    A text that is searched for a part of it has none: no index helps.
    """
    lists = [o for o in interface.operations if o.query is not None]
    tables: list[Table] = []
    for table in database.tables:
        own = [each for each in lists if each.table == table.name]
        wanted = [columns for each in own for columns in _listed(table, each)]
        wanted += [columns for each in lists for columns in _related(table, each)]
        tables.append(_indexed(table, wanted) if wanted else table)
    return database.model_copy(update={"tables": tuple(tables)})


def main_table(tables: Sequence[Table], entity: str) -> Table | None:
    """Return the table that an entity's rules are about: the one of its name, or its first."""
    found = [table for table in tables if table.entity == entity]
    return next((table for table in found if table.name == entity), found[0] if found else None)


def column_of(table: Table, attribute: str) -> str | None:
    """Return the column that an attribute of the table's entity became, if one did.

    It is called like it, or is the relation that is called like it or leads to a table of that
    name, or the only column whose name has all of its words.
    """
    physical = [c.name for c in table.physical() if c.origin in ("own", "relation", "email")]
    names = (attribute, f"{attribute}_id")
    targets = [r.column for r in table.relations if r.target == attribute]
    words = set(attribute.removesuffix("_id").split("_"))
    alike = [name for name in physical if words <= set(name.split("_"))]
    for candidates in ([n for n in names if n in physical], targets, alike):
        if len(candidates) == 1:
            return candidates[0]
    return None


def _uniqueness(analysis: Analysis, table: Table) -> Iterator[Uniqueness]:
    for rule in analysis.rules:
        if isinstance(rule, Uniqueness) and rule.attributes[0].split(".")[0] == table.entity:
            yield rule


def _key_columns(table: Table, rule: Uniqueness, analysis: Analysis) -> tuple[str, ...] | None:
    columns = [column_of(table, attribute.split(".")[1]) for attribute in rule.attributes]
    known = [column for column in columns if column is not None]
    if len(known) < len(columns):
        return None
    if rule.scope == "owner" and table.stance != "actor":
        owners = owners_of(table, tuple(actor.name for actor in analysis.accounts())).values()
        known = [*(column for column in owners if column not in known), *known]
    return tuple(dict.fromkeys(known))


def _listed(table: Table, operation: Operation) -> Iterator[tuple[str, ...]]:
    """Yield the indexes that a list needs: its caller's rows first, in each order it offers."""
    if operation.query is None:
        return
    owners = owners_of(table, operation.actors) if operation.scope == "own" else {}
    lead = tuple(owners.values()) if len(operation.actors) == 1 else ()
    for sort in operation.query.sorts:
        yield (*lead, sort)
    for each in operation.query.filters:
        if each.related is not None:
            continue
        if each.match == "equals":
            yield (*lead, each.column, "created_at")
        elif each.match != "contains":
            yield (*lead, each.column)


def _related(table: Table, operation: Operation) -> Iterator[tuple[str, ...]]:
    """Yield the indexes that filters of other tables' lists by rows of this one need."""
    for each in operation.query.filters if operation.query is not None else ():
        rows = each.related
        if rows is not None and rows.table == table.name and each.match == "equals":
            yield each.column, f"{rows.relation}_id"


def _indexed(table: Table, wanted: Iterable[tuple[str, ...]]) -> Table:
    """Return a table with the wanted indexes, and one for each foreign key.

    What a longer index or a unique key begins with gets none of its own; unique keys of a table
    whose rows are only marked deleted cover just the others and do not count.
    """
    keys = () if table.soft_delete else table.unique_keys()
    chosen = [tuple(dict.fromkeys(columns)) for columns in wanted]
    chosen += [(relation.column,) for relation in table.relations]
    kept: list[tuple[str, ...]] = []
    for columns in sorted(dict.fromkeys(chosen), key=len, reverse=True):
        if all(other[: len(columns)] != columns for other in (*keys, *kept)):
            kept.append(columns)
    indexes = tuple(Index(columns=columns) for columns in kept)
    return table.model_copy(update={"indexes": indexes})


def unique_rules(table: Table, key: tuple[str, ...]) -> tuple[str, ...]:
    """Return the ids of the rules that a unique key serves."""
    return next((unique.rules for unique in table.uniques if unique.columns == key), ())


def conflict(table: Table, key: Sequence[str]) -> str:
    """Say what is wrong where another row has the same unique key."""
    if len(key) > 1:
        return f"There is such {with_article(names.words(table.name))} already"
    return f"The {names.words(key[0].removesuffix('_id'))} is taken"
