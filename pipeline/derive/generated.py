"""Generated texts: codes, and slugs of what a row is called, that no other row has."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline import names
from pipeline.ast import expression as ex
from pipeline.ast import program as pg
from pipeline.ast.analysis import Derivation, Rule
from pipeline.ast.database import Table, TextType
from pipeline.derive import statements as st

CODE_LENGTH = 8
"""Characters of a code, unless its column takes fewer or more."""


def code(type_: TextType) -> ex.GeneratedText:
    """Return a random code that a column takes."""
    length = max(type_.min_length, min(CODE_LENGTH, type_.max_length))
    return ex.GeneratedText(kind="generated", source=None, length=length)


def is_made_up(tables: Sequence[Table], rule: Rule) -> bool:
    """Whether a rule says how a text is computed that a new row gets by itself."""
    if not isinstance(rule, Derivation):
        return False
    entity, _, attribute = rule.attribute.partition(".")
    columns = (column for table in tables if table.entity == entity for column in table.columns)
    return any(column.name == attribute and column.is_generated for column in columns)


def slugged(table: Table, values: Sequence[pg.Assign]) -> list[pg.Assign]:
    """Return the values of a new row, whose slugs are those of what the row is called."""
    return [value.model_copy(update={"value": _slug(table, value, values)}) for value in values]


def _slug(table: Table, assign: pg.Assign, values: Sequence[pg.Assign]) -> ex.Expression:
    """Return the value of a column; if it is a code of a slug's, a slug in its place."""
    column = next((c for c in table.columns if c.name == assign.column), None)
    title = _title(table, values)
    if column is None or not isinstance(column.type, TextType) or title is None:
        return assign.value
    if column.type.generated != "slug":
        return assign.value
    slug = ex.GeneratedText(kind="generated", source=title, length=column.type.max_length)
    match assign.value:
        case ex.GeneratedText():
            return slug
        case ex.Coalesce(fallback=ex.GeneratedText()):
            return assign.value.model_copy(update={"fallback": slug})
        case value:
            return value


def ended_if_taken(
    table: Table, values: Sequence[pg.Assign]
) -> tuple[list[pg.Statement], list[pg.Assign]]:
    """Return the values of a new row, whose slugs have an end only if another row has them.

    Before them comes what looks for such rows.
    """
    before: list[pg.Statement] = []
    settled: list[pg.Assign] = []
    for assign in values:
        slug = assign.value
        if isinstance(slug, ex.GeneratedText) and slug.source is not None:
            name = names.camel(assign.column)
            count = f"{name}Count"
            before += [
                ex.Let(kind="let", variable=name, value=slug.model_copy(update={"bare": True})),
                pg.Count(
                    kind="count",
                    variable=count,
                    table=table.name,
                    where=st.equals(assign.column, st.variable(name)),
                ),
            ]
            is_free = ex.Compare(
                kind="compare",
                left=st.variable(count),
                operator="eq",
                right=ex.IntegerLiteral(kind="integer", value=0),
            )
            value = ex.Conditional(
                kind="conditional", condition=is_free, then=st.variable(name), otherwise=slug
            )
            assign = assign.model_copy(update={"value": value})
        settled.append(assign)
    return before, settled


def _title(table: Table, values: Sequence[pg.Assign]) -> ex.Expression | None:
    """Return the value of the first text that every row has and nobody generates."""
    titles = [
        column.name
        for column in table.columns
        if isinstance(column.type, TextType) and not (column.nullable or column.is_generated)
    ]
    written = {each.column: each.value for each in values}
    return next((written[name] for name in titles if name in written), None)
