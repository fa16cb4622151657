"""A typical world for an operation: the rows that it needs, and a request that keeps the rules."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from scoring.brief import Attribute, Entity, RequiredOperation
from scoring.matching import Subject, find_column
from scoring.project.facts import Column, ForeignKey, Operation, Table
from scoring.symbolic.trace import looked_into
from scoring.words import named, squeeze
from scoring.worlds.facts import Asked, Caller, Open, RowOf, World, plain, sample_text

CALLER = "caller"
OTHER = "somebody-else"
HOUR_AGO = "2026-03-14T11:00:00.000Z"
TOMORROW = "2026-03-15T12:00:00.000Z"
NEXT_WEEK = "2026-03-21"
_STAMP = re.compile(r"creat|updat|modif", re.IGNORECASE)
_PARAMETER = re.compile(r"[:{](\w+)")
_DEPTH_MAX = 6
_ANY_STATE = frozenset({"list", "read", "update", "erase"})
"""What is done to a row in the state that it starts in, unless a rule says otherwise."""


@dataclass(eq=False)
class Scene:
    """An operation of a project, and the worlds it can be played in."""

    subject: Subject
    required: RequiredOperation
    operation: Operation
    known: dict[tuple[str, str], Attribute | None] = field(default_factory=lambda: {})
    """The attributes of columns, by entity and column, as far as they were asked for."""
    _numbers: dict[str, int] = field(default_factory=lambda: {})

    @cached_property
    def entity(self) -> Entity | None:
        """Return the entity that the operation works on."""
        return self.subject.brief.entity(self.required.entity)

    @cached_property
    def table(self) -> Table | None:
        """Return that entity's table."""
        return self.subject.tables.get(self.required.entity)

    @property
    def creates(self) -> bool:
        """Whether the operation makes the row."""
        return self.required.action in ("create", "join")

    @cached_property
    def entities(self) -> dict[str, Entity]:
        """Return the brief's entities by the name of their table."""
        return {
            table.name: entity
            for name, table in self.subject.tables.items()
            if (entity := self.subject.brief.entity(name)) is not None
        }

    def named_table(self, name: str) -> Table | None:
        """Return a table by its model's name."""
        return next((t for t in self.subject.facts.tables if t.name == name), None)

    def rows_alone(self) -> World:
        """Return a world with the rows that the operation needs, in which nothing is asked yet."""
        kind = self.required.actors[0] if self.required.actors else "guest"
        world = World({}, Caller(CALLER, kind), Asked(), Asked(), Asked())
        for table in self.subject.facts.tables:
            world.tables.setdefault(table.name, [])
        for entity in self.subject.brief.entities:
            table = self.subject.tables.get(entity.name)
            if entity.account and table is not None:
                for key in (CALLER, OTHER):
                    self._account(world, table, key)
        if self.table is not None and not self.creates:
            self.row(world, self.table)
        return world

    def target(self, world: World) -> RowOf | None:
        """Return the row that the path names."""
        rows = world.tables.get(self.table.name, []) if self.table is not None else []
        account = self.entity is not None and self.entity.account
        return rows[0] if rows and (account or not self.creates) else None

    def row(self, world: World, table: Table, depth: int = 0) -> RowOf:
        """Return the row of a table that the request is about; made with all it refers to."""
        rows = world.tables.setdefault(table.name, [])
        return rows[0] if rows else self.add(world, table, depth)

    def add(self, world: World, table: Table, depth: int = 0, **values: object) -> RowOf:
        """Add a row to a table, with everything that it refers to."""
        number = self._numbers[table.name] = self._numbers.get(table.name, 0) + 1
        made = RowOf(table.name)
        entity = self.entities.get(table.name)
        for column in table.columns:
            made.values[column.name] = self._typical(table, entity, column, number)
        for key in table.key:
            made.values[key] = f"{table.name}#{number}"
        world.tables.setdefault(table.name, []).append(made)
        for link in table.foreign_keys:
            self._refer(world, table, entity, made, link, depth)
        made.values |= values
        return made

    def distinguish(self, world: World, row: RowOf) -> None:
        """Let a row share no unique key with another: it refers to something else instead."""
        table = self.named_table(row.table)
        for key in table.uniques if table is not None else ():
            others = [r for r in world.tables[row.table] if r is not row]
            if not any(
                all(plain(r.values.get(c)) == plain(row.values.get(c)) for c in key) for r in others
            ):
                continue
            links = [k for k in (table.foreign_keys if table is not None else ()) if k.columns[:1]]
            places = [k for k in links if k.columns[0] in key and not self.is_account(k.target)]
            people = [k for k in links if k.columns[0] in key and self.is_account(k.target)]
            target = self.named_table(places[0].target) if places else None
            if target is not None:
                other = self.add(world, target)
                row.values[places[0].columns[0]] = other.values.get(target.key[0])
            elif people:
                row.values[people[0].columns[0]] = OTHER

    def supplies(self, world: World) -> Iterator[World]:
        """Yield worlds with rows of the caller's, then of the account that the request names.

        They stand in the tables that the handler looks into: in vain, or for somebody else.
        """
        looked = sorted(looked_into(self.operation.behaviour.trace))
        tables = [t for name in looked if (t := self.named_table(name)) is not None]
        tables = [t for t in tables if not (t is self.table and self.creates)]
        empty = [table for table in tables if not world.tables.get(table.name)]
        if empty:
            yield self._supplied(world, empty, CALLER)
        if OTHER in (*world.body.values(), *world.path.values()):
            people = [t for t in tables if not self.is_account(t.name) and self._people(t)]
            yield self._supplied(world, people, OTHER)

    def _supplied(self, world: World, tables: Sequence[Table], who: str) -> World:
        made = world.copy()
        for table in tables:
            row = self.add(made, table)
            for column in self._people(table):
                row.values[column] = Open(("free", table.name, who, column), who)
        return made

    def _people(self, table: Table) -> list[str]:
        """Return the columns that name an account."""
        return [k.columns[0] for k in table.foreign_keys if self.is_account(k.target)]

    def is_account(self, name: str) -> bool:
        """Whether a table holds accounts."""
        entity = self.entities.get(name)
        return entity is not None and entity.account

    def _account(self, world: World, table: Table, key: str) -> RowOf:
        for row in world.tables.setdefault(table.name, []):
            if row.values.get(table.key[0] if table.key else "id") == key:
                return row
        made = self.add(world, table)
        for column in table.key:
            made.values[column] = key
        return made

    def _refer(
        self,
        world: World,
        table: Table,
        entity: Entity | None,
        made: RowOf,
        link: ForeignKey,
        depth: int,
    ) -> None:
        target = self.named_table(link.target)
        if target is None or not link.columns:
            return
        if target.name == table.name or depth > _DEPTH_MAX:
            for column in link.columns:
                made.values[column] = None
            return
        other = self.entities.get(target.name)
        if other is not None and other.account:
            owner = set(self.subject.owner_columns(entity)) if entity is not None else set[str]()
            is_owner = bool(owner & set(link.columns))
            who = CALLER if is_owner and self._owns(other) else OTHER
            place = ("free", table.name, made.values.get(table.key[0] if table.key else "id"))
            made.values[link.columns[0]] = Open((*place, link.columns[0]), who)
            return
        row = self.row(world, target, depth + 1)
        for own, column in zip(target.key, link.columns, strict=False):
            made.values[column] = row.values.get(own)

    def _owns(self, account: Entity) -> bool:
        """Whether the caller has an account of this kind."""
        actors = self.required.actors
        return not actors or any(named(actor, account.names) for actor in actors)

    def _typical(self, table: Table, entity: Entity | None, column: Column, number: int) -> object:
        attribute = self.attribute_of(entity, column) if entity is not None else None
        value = typical_of(column, attribute, sample_text(f"{table.name}#{number}", column.name))
        starts = attribute is not None and attribute.default is not None and bool(attribute.values)
        if starts and table is self.table and self.required.action in _ANY_STATE:
            return value
        return Open(("free", table.name, number, column.name), value)

    def attribute_of(self, entity: Entity, column: Column) -> Attribute | None:
        """Return the attribute that a column holds."""
        key = (entity.name, column.name)
        if key not in self.known:
            self.known[key] = self._find_attribute(entity, column)
        return self.known[key]

    def _find_attribute(self, entity: Entity, column: Column) -> Attribute | None:
        table = self.subject.tables.get(entity.name)
        for attribute in entity.attributes if table is not None else ():
            found = find_column(table, attribute) if table is not None else None
            if found is not None and found.name == column.name:
                return attribute
        return None


def typical_of(column: Column, attribute: Attribute | None, text: str) -> object:
    """Return what a column usually holds."""
    if column.type == "enum" or (
        attribute is not None and attribute.values and not column.nullable
    ):
        if attribute is not None and attribute.default is not None:
            return fitting(column, attribute, attribute.default)
        if column.default is not None and column.default.strip("\"'") in column.values:
            return column.default.strip("\"'")
        return next(iter(column.values), attribute.values[0] if attribute is not None else text)
    if column.nullable and (attribute is None or column.type == "DateTime"):
        return None
    match column.type:
        case "Boolean":
            return column.default == "true"
        case "DateTime":
            return HOUR_AGO if _STAMP.search(column.name) else TOMORROW
        case "Int" | "BigInt" | "Float" | "Decimal":
            bare = (column.default or "").strip("\"'")
            if bare.lstrip("-").isdecimal():
                return int(bare)
            return attribute.minimum or 3 if attribute is not None else 3
        case _:
            return text


def fitting(column: Column, attribute: Attribute | None, value: str) -> object:
    """Return a brief's word as the column's type says it."""
    values = attribute.values if attribute is not None else ()
    if column.type == "Boolean":
        if value in ("true", "false"):
            return value == "true"
        return values.index(value) > 0 if value in values else True
    if column.type == "DateTime":
        if value == "null" or (values and value == values[0]):
            return None
        return HOUR_AGO
    if column.type in ("Int", "BigInt", "Float", "Decimal"):
        bare = value.lstrip("-")
        if bare.isdecimal():
            return int(value)
        return values.index(value) if value in values else value
    if value == "null":
        return None
    wanted = squeeze(value)
    return next((each for each in column.values if squeeze(each) == wanted), value)


def differing(column: Column, attribute: Attribute, value: str) -> list[object]:
    """Return what else a column may hold than a brief's word."""
    if column.type == "Boolean":
        return [not fitting(column, attribute, value)]
    if column.type == "DateTime":
        return [HOUR_AGO if fitting(column, attribute, value) is None else None]
    wanted = fitting(column, attribute, value)
    others = [each for each in column.values or attribute.values if each != wanted]
    return list(others) or ["something-else"]
