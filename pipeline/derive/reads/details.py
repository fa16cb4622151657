"""Details: what answers show of a row beside its columns.

They are the rows that it points at, as previews, how many rows point at it, whether one of these is
the caller's, and what these add up to.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from pipeline import names
from pipeline.ast.analysis import Analysis
from pipeline.ast.database import (
    Database,
    IntegerType,
    JsonType,
    PhysicalColumn,
    Relation,
    Table,
    TextType,
)
from pipeline.ast.interface import (
    AboveSource,
    BooleanSchema,
    CountSource,
    FlagSource,
    IntegerSchema,
    NamedSchema,
    NullSchema,
    NumberSchema,
    OneOfSchema,
    ParentSource,
    PercentageSource,
    ReferenceSchema,
    Schema,
    SchemaProperty,
    SumSource,
)
from pipeline.ast.resource import ResourcePlan, RowTotal
from pipeline.derive.dto import column_property, shown_columns, table_object
from pipeline.derive.ownership import owners_of
from pipeline.derive.reads.summaries import is_number
from pipeline.english import with_article

PREVIEW_TEXT_MAX_LENGTH = 300
"""A longer text is no part of a preview."""


def preview_name(table: Table) -> str:
    """Return the schema of a table's rows as the answers of other tables show them."""
    return f"{names.pascal(table.name)}Preview"


def preview_schemas(database: Database, forms: Mapping[str, ResourcePlan]) -> Iterator[NamedSchema]:
    """Yield the preview of each table that another one's answers embed."""
    embedded = {
        relation.target
        for table in database.tables
        for relation in table.relations
        if relation.name in forms[table.name].exposure.embedded
    }
    for table in database.tables:
        if table.name in embedded:
            noun = with_article(names.words(table.name))
            columns = (c for c in shown_columns(table, forms[table.name].exposure) if _is_brief(c))
            yield table_object(
                preview_name(table),
                "preview",
                table,
                f"What other rows show of {noun}.",
                (column_property(column, required=True) for column in columns),
            )


def _is_brief(column: PhysicalColumn) -> bool:
    if isinstance(column.type, TextType) and column.type.max_length > PREVIEW_TEXT_MAX_LENGTH:
        return False
    return column.origin in ("key", "own") and not isinstance(column.type, JsonType)


def detail_properties(
    analysis: Analysis,
    database: Database,
    table: Table,
    forms: Mapping[str, ResourcePlan],
    lists: Sequence[SchemaProperty],
) -> list[SchemaProperty]:
    """Return the properties of a table's answers that show more than its columns and `lists`."""
    exposure = forms[table.name].exposure
    accounts = [actor.name for actor in analysis.accounts()]
    taken = {names.camel(column.name) for column in table.physical()}
    taken.update(each.name for each in lists)
    found: list[SchemaProperty] = []
    wanted = [
        *(_parent(database, r) for r in table.relations if r.name in exposure.embedded),
        *(_count(table, database.table(name)) for name in exposure.counted),
        *(_flag(table, database.table(flag.table), flag.name, accounts) for flag in exposure.flags),
        *(each for total in exposure.totals for each in _total(table, database, total)),
    ]
    for property_ in wanted:
        name = names.unused(property_.name, taken)
        taken.add(name)
        found.append(property_.model_copy(update={"name": name}))
    return found


def _parent(database: Database, relation: Relation) -> SchemaProperty:
    name = preview_name(database.table(relation.target))
    schema: Schema = ReferenceSchema(type="reference", name=name)
    if relation.nullable:
        schema = OneOfSchema(type="one_of", options=(schema, NullSchema(type="null")))
    return SchemaProperty(
        name=names.camel(relation.name),
        schema_=schema,
        required=True,
        description=relation.description,
        source=ParentSource(kind="parent", relation=relation.name),
    )


def _count(table: Table, child: Table) -> SchemaProperty:
    return SchemaProperty(
        name=names.camel(f"{child.plural}_count"),
        schema_=IntegerSchema(type="integer", minimum=0),
        required=True,
        description=f"How many {names.words(child.plural)} it has.",
        source=CountSource(kind="count", table=child.name, relation=link(table, child).name),
    )


def _flag(table: Table, child: Table, name: str, accounts: Sequence[str]) -> SchemaProperty:
    actor, owner = flag_owner(table, child, accounts)
    noun = with_article(names.words(child.name))
    return SchemaProperty(
        name=names.camel(name),
        schema_=BooleanSchema(type="boolean"),
        required=True,
        description=f"Whether the caller has {noun} of it.",
        source=FlagSource(
            kind="flag",
            table=child.name,
            relation=link(table, child, owner).name,
            actor=actor,
            owner=owner,
        ),
    )


def _total(table: Table, database: Database, total: RowTotal) -> Iterator[SchemaProperty]:
    """Yield a sum over the rows that point at a row, and how it compares to its limit."""
    child = database.table(total.table)
    column, limit = child.column(total.column), table.column(total.limit or "")
    source = SumSource(
        kind="sum",
        function=total.function,
        table=child.name,
        relation=link(table, child).name,
        column=total.column,
        time=total.time,
        period=total.period,
    )
    is_whole = column is not None and isinstance(column.type, IntegerType)
    schema: Schema = IntegerSchema(type="integer") if is_whole else NumberSchema(type="number")
    if total.function == "average":
        schema = OneOfSchema(
            type="one_of", options=(NumberSchema(type="number"), NullSchema(type="null"))
        )
    when = "" if total.period == "always" else f" of this {total.period}, in UTC"
    words = names.words(total.name)
    added = f"{names.words(total.column)} of its {names.words(child.plural)}"
    yield SchemaProperty(
        name=names.camel(total.name),
        schema_=schema,
        required=True,
        description=f"The {total.function} of the {added}{when}.",
        source=source,
    )
    if limit is None or total.function == "average":
        return
    known = names.words(limit.name)
    yield SchemaProperty(
        name=names.camel(f"{total.name}_percentage"),
        schema_=_perhaps(IntegerSchema(type="integer"), limit),
        required=True,
        description=f"The percentage of the {known} that the {words} is, rounded down.",
        source=PercentageSource(kind="percentage", sum=source, limit=limit.name),
    )
    yield SchemaProperty(
        name=names.camel(f"above_{limit.name}"),
        schema_=_perhaps(BooleanSchema(type="boolean"), limit),
        required=True,
        description=f"Whether the {words} is above the {known}.",
        source=AboveSource(kind="above", sum=source, limit=limit.name),
    )


def _perhaps(schema: Schema, column: PhysicalColumn) -> Schema:
    """Return the schema of what is null where the column is."""
    if not column.nullable:
        return schema
    return OneOfSchema(type="one_of", options=(schema, NullSchema(type="null")))


def summable(database: Database, table: Table) -> list[Table]:
    """Return the tables whose rows point at a row of a table and have numbers to add up."""
    return [
        child
        for child in database.tables
        if child.stance != "actor" and any(_links(table, child)) and numbers(child)
    ]


def numbers(table: Table) -> list[str]:
    """Return the columns of a table that can be added up or be a limit."""
    return [c.name for c in table.columns if is_number(c.type)]


def countable(database: Database, table: Table) -> list[str]:
    """Return the tables whose rows point at a row of a table."""
    return [child.name for child in database.tables if any(_links(table, child))]


def flaggable(database: Database, table: Table, accounts: Sequence[str]) -> list[str]:
    """Return the tables whose rows point at a row of a table and belong to an account."""
    return [
        child.name
        for child in database.tables
        if child.stance != "actor"
        for _, owner in owners_of(child, tuple(accounts)).items()
        if any(_links(table, child, owner))
    ]


def flag_owner(table: Table, child: Table, accounts: Sequence[str]) -> tuple[str, str]:
    """Return the account whose rows of `child` are looked for, and the column that names it.

    Raises StopIteration if `child` is not flaggable.
    """
    owners = owners_of(child, tuple(accounts))
    return next((a, column) for a, column in owners.items() if any(_links(table, child, column)))


def link(table: Table, child: Table, owner: str | None = None) -> Relation:
    """Return the relation by which rows of `child` belong to one of `table`.

    That is not the one that says whose they are, if there is another. Raises IndexError if there
    is none beside the column `owner`.
    """
    found = list(_links(table, child, owner))
    return next((each for each in found if not each.owner), found[0])


def _links(table: Table, child: Table, owner: str | None = None) -> Iterable[Relation]:
    return (r for r in child.relations if r.target == table.name and r.column != owner)
