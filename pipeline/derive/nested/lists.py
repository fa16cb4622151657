"""Lists: the properties of bodies and answers that hold rows, or keys, and the schemas of those."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from pipeline import names
from pipeline.ast.analysis import Analysis, Limit, Quota, Rule
from pipeline.ast.database import Database, Relation, Table
from pipeline.ast.interface import (
    ArraySchema,
    KeysSource,
    NamedSchema,
    ReferenceSchema,
    RowsSource,
    Schema,
    SchemaProperty,
    StringSchema,
)
from pipeline.ast.resource import ResourcePlan
from pipeline.derive.dto import (
    column_property,
    computed_times,
    created_properties,
    shown_columns,
    table_object,
)
from pipeline.derive.nested.offers import bounds_list, is_pointed_at, link_to
from pipeline.english import plural, with_article

ITEMS_MAX = 50
"""How many rows, or keys, a body may have where no rule bounds them."""
RULED_MAX = 500
"""How many a rule may allow."""
WRITERS = ("create", "update")
"""Kinds of operations whose bodies have lists."""


@dataclass(frozen=True)
class NestedList:
    """Rows of `child` that are given with a row of `table`, or the keys that they join it with.

    `link` is the relation that leads to the row; with `other` only the key of that one is given.
    `entry` are the properties of one of them in a body, which has `least` to `most` of them, by the
    rules `bounds`. Rows that others point at are not `replaced`: they are given with a new row.
    """

    table: Table
    child: Table
    link: Relation
    other: Relation | None
    name: str
    stem: str
    entry: tuple[SchemaProperty, ...]
    least: int
    most: int
    bounds: tuple[str, ...]
    replaced: bool

    @property
    def entry_name(self) -> str:
        """The schema of a row in a body."""
        return f"{self.stem}Entry"

    @property
    def part_name(self) -> str:
        """The schema of a row in an answer."""
        return f"{self.stem}Part"

    @property
    def source(self) -> RowsSource | KeysSource:
        """What answers read it from, and bodies write."""
        table, link = self.child.name, self.link.name
        if self.other is None:
            return RowsSource(kind="rows", table=table, relation=link)
        return KeysSource(kind="keys", table=table, relation=link, other=self.other.name)

    def is_in(self, kind: str) -> bool:
        """Whether the bodies of a kind of operation have it."""
        return kind == "create" or (kind == "update" and self.replaced)

    def given(self, kind: str) -> SchemaProperty:
        """Return the property of a body: it has an end, and is there if a new row needs some."""
        needed = kind == "create" and self.least > 0
        return self._property(self.entry_name, required=needed, bounds=(self.least, self.most))

    def shown(self) -> SchemaProperty:
        """Return the property of an answer."""
        return self._property(self.part_name, required=True, bounds=(0, None))

    def _property(
        self, name: str, *, required: bool, bounds: tuple[int, int | None]
    ) -> SchemaProperty:
        least, most = bounds
        item: Schema = ReferenceSchema(type="reference", name=name)
        text = f"Its {names.words(self.child.plural)}."
        if self.other is not None:
            item = StringSchema(type="string", format="uuid")
            text = f"Keys of its {names.words(self.other.name)} rows."
        return SchemaProperty(
            name=self.name,
            schema_=ArraySchema(type="array", items=item, min_items=least or None, max_items=most),
            required=required,
            description=text,
            source=self.source,
        )


def nested_lists(
    analysis: Analysis, database: Database, forms: Mapping[str, ResourcePlan]
) -> dict[str, tuple[NestedList, ...]]:
    """Return the lists of each table's bodies and answers; what has nothing to give is left out."""
    classes = {names.pascal(each.name) for each in database.tables}
    return {
        table.name: tuple(_lists(analysis, database, table, forms, classes))
        for table in database.tables
    }


def _lists(
    analysis: Analysis,
    database: Database,
    table: Table,
    forms: Mapping[str, ResourcePlan],
    classes: set[str],
) -> Iterator[NestedList]:
    """Yield the lists of one table; `classes` are the names that schemas have already."""
    taken = {names.camel(column.name) for column in table.physical()}
    for name in forms[table.name].exposure.nested:
        child = database.table(name)
        link = link_to(table, child)
        computed = computed_times(analysis, child)
        entry = tuple(created_properties(child, forms[name].exposure, link.column, computed))
        if not entry:
            continue
        other = _joined(child, link, entry)
        prefix = f"{table.name}_"
        wanted = child.plural.removeprefix(prefix) if other is None else f"{other.name}_ids"
        property_ = names.unused(names.camel(wanted), taken)
        taken.add(property_)
        stem = _stem(f"{prefix}{child.name.removeprefix(prefix)}", classes)
        bounds = list(_bounds(analysis, table, child, other, wanted))
        most = min((most for _, _, most in bounds), default=ITEMS_MAX)
        least = max((least for _, least, _ in bounds), default=0)
        yield NestedList(
            table,
            child,
            link,
            other,
            property_,
            stem,
            entry,
            least=min(least, most, ITEMS_MAX),
            most=most,
            bounds=tuple(rule.id for rule, _, _ in bounds),
            replaced=not is_pointed_at(database, child),
        )


def _bounds(
    analysis: Analysis, table: Table, child: Table, other: Relation | None, called: str
) -> Iterator[tuple[Rule, int, int]]:
    """Yield the rules that say how many elements a list has, with the least and the most.

    A limit has any name that the list goes by.
    """
    own = {child.name, child.plural, child.entity, called}
    if other is not None:
        own |= {other.name, plural(other.name)}
    attributes = {f"{table.entity}.{name}" for name in own}
    for rule in analysis.rules:
        if isinstance(rule, Limit) and rule.unit == "elements" and rule.attribute in attributes:
            most = ITEMS_MAX if rule.maximum is None else int(rule.maximum)
            yield rule, int(rule.minimum or 0), min(max(most, 1), RULED_MAX)
        if isinstance(rule, Quota) and isinstance(rule.maximum, int):
            is_bound = rule.maximum <= ITEMS_MAX and bounds_list(rule, table, child)
            yield from [(rule, 0, rule.maximum)] if is_bound else []


def _stem(wanted: str, taken: set[str]) -> str:
    """Return what the schemas of a list begin with, so that they are called like no other one."""
    name = names.pascal(wanted)
    stem, number = name, 1
    while taken & {f"{stem}Entry", f"{stem}Part"}:
        number += 1
        stem = f"{name}{number}"
    taken.update((f"{stem}Entry", f"{stem}Part"))
    return stem


def _joined(child: Table, link: Relation, entry: tuple[SchemaProperty, ...]) -> Relation | None:
    """Return the other relation of a table that only joins two, so that its key says it all."""
    other = next((r for r in child.relations if r.column == entry[0].column), None)
    if child.stance != "junction" or len(entry) > 1 or other is None or other.nullable:
        return None
    both = {link.column, other.column}
    return other if all(both == set(key) for key in child.unique_keys()) else None


def nested_schemas(
    lists: Iterable[NestedList], forms: Mapping[str, ResourcePlan]
) -> Iterator[NamedSchema]:
    """Yield the schemas of the rows in lists: in answers, and in bodies where there are any."""
    for each in lists:
        if each.other is not None:
            continue
        noun, whole = with_article(names.words(each.child.name)), names.words(each.table.name)
        columns = shown_columns(each.child, forms[each.child.name].exposure)
        yield table_object(
            each.part_name,
            "preview",
            each.child,
            f"What is shown of {noun} with its {whole}.",
            (column_property(c, required=True) for c in columns if c.name != each.link.column),
        )
        if any(each.is_in(entry.kind) for entry in forms[each.table.name].operations):
            text = f"What is given of {noun} with its {whole}."
            yield table_object(each.entry_name, "entry", each.child, text, each.entry)
