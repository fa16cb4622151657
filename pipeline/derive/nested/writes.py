"""Writes: the statements that store the lists of a body, each of them as a whole."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from pipeline import names
from pipeline.ast import expression as ex
from pipeline.ast import program as pg
from pipeline.ast.interface import (
    ArraySchema,
    KeysSource,
    ReferenceSchema,
    RowsSource,
    SchemaProperty,
)
from pipeline.derive import statements as st
from pipeline.derive.checks import target_checks, unique_checks
from pipeline.derive.context import Context
from pipeline.derive.dto import column_property
from pipeline.derive.nested.promises import BAD_KEY
from pipeline.derive.values import inserted
from pipeline.english import with_article


def stored_lists(context: Context, row: str, *, replacing: bool) -> list[pg.Statement]:
    """Store what the body's lists have of a row; if `replacing`, in the place of what there is.

    A list that is not given is left as it is.
    """
    found: list[pg.Statement] = []
    for given in context.lists:
        source = given.source
        if not isinstance(source, RowsSource | KeysSource):
            continue
        child = context.database.table(source.table)
        link = st.equals(f"{source.relation}_id", _key(row))
        old = pg.RemoveWhere(kind="remove_where", table=child.name, where=link)
        each = _each(context, given, source, row)
        writes = [*([old] if replacing else []), each]
        asked = ex.Provided(kind="provided", property=given.name)
        found += writes if given.required else st.when(asked, writes)
    return found


def _each(
    context: Context, given: SchemaProperty, source: RowsSource | KeysSource, row: str
) -> pg.ForEachGiven:
    """Return what is done for each element: as for a row that is made alone."""
    child = context.database.table(source.table)
    entry, key = _entry(context, given, source)
    operation = context.operation.model_copy(update={"kind": "create", "table": child.name})
    own = replace(context, operation=operation, given=tuple(entry))
    link = pg.Assign(column=f"{source.relation}_id", value=_key(row))
    sketch = pg.ProgramSketch(where=(), checks=(), sets=(link,), effects=())
    values = inserted(own, sketch)
    checks = target_checks(own, sketch)
    if isinstance(source, KeysSource):
        checks = list(_known_once(own, checks, source, row))
    else:
        checks += unique_checks(own, values, None)
    insert = pg.Insert(
        kind="insert",
        variable=f"made{names.pascal(child.name)}",
        table=child.name,
        values=tuple(values),
    )
    return pg.ForEachGiven(
        kind="for_each_given",
        table=child.name,
        property=given.name,
        key=key,
        body=(*checks, insert),
    )


def _entry(
    context: Context, given: SchemaProperty, source: RowsSource | KeysSource
) -> tuple[Sequence[SchemaProperty], str | None]:
    """Return the properties of an element, and what it is called if it is a key."""
    if isinstance(source, KeysSource):
        child = context.database.table(source.table)
        column = child.column(f"{source.other}_id")
        assert column is not None
        entry = column_property(column, required=True)
        return (entry,), entry.name
    items = given.schema_.items if isinstance(given.schema_, ArraySchema) else None
    assert isinstance(items, ReferenceSchema)
    return context.design.interface.object(items.name).properties, None


def _known_once(
    own: Context, checks: Sequence[pg.Statement], source: KeysSource, row: str
) -> Iterator[pg.Statement]:
    """Yield the checks that a key is that of a row, and that it has not been there before."""
    noun = with_article(names.words(source.other))
    for check in checks:
        message = f"The key of {noun} is unknown"
        yield check.model_copy(update={"missing": BAD_KEY, "message": message})
    (given,) = own.body.values()
    same = st.require_none(
        own.table,
        st.all_of(
            [
                st.equals(f"{source.relation}_id", _key(row)),
                st.equals(f"{source.other}_id", st.body_property(given.name)),
            ]
        ),
        f"The key of {noun} is there twice",
    )
    yield same.model_copy(update={"status": BAD_KEY})


def _key(row: str) -> ex.RowField:
    return ex.RowField(kind="field", row=row, column="id")
