"""Typed operands: which expressions may stand where, by the type of the column or property.

The pieces of a narrowed program or test form. Each method returns the schema nodes of expressions;
the operands of one operator are always of the same type class.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from engines.schema import Array, Object, SchemaNode, Text
from pipeline.asking import calendar, reckoning
from pipeline.asking.narrow import Form, any_of, one_of
from pipeline.ast import expression as ex
from pipeline.ast.database import (
    ColumnType,
    Database,
    EnumType,
    JsonType,
    PatternType,
    PhysicalColumn,
    Table,
)
from pipeline.ast.interface import OneOfSchema, Schema, StringSchema
from pipeline.ast.patterns import PATTERNS, Lengths
from pipeline.names import pascal

Primitive = Literal[
    "text", "uuid", "uri", "email", "date", "datetime", "time", "integer", "number", "boolean"
]
ORDERED: frozenset[str] = frozenset({"date", "datetime", "time", "integer", "number"})

EQUALITY = ("eq", "ne")
ORDERING = (*EQUALITY, "lt", "le", "gt", "ge")
MAX_CONDITIONS = 3
"""On the rows that a table's relations point at, or that point at a table's."""


@dataclass(frozen=True)
class ValueType:
    """The type class of a value.

    `values` are the words of an enum, the table of a key, or the name of a pattern, whose texts
    may have `lengths`.
    """

    kind: Primitive | Literal["enum", "pattern"]
    values: tuple[str, ...] = ()
    lengths: Lengths | None = None

    @property
    def sample_length(self) -> int | None:
        """How long a fresh text of a pattern is, if it has lengths."""
        if self.lengths is None:
            return None
        return len(PATTERNS[self.values[0]].sized(self.lengths).example)


@dataclass(frozen=True)
class ValueReference:
    """A property of the body or query, or `column` of the row `row`: what has a value already.

    `certain` means neither null nor absent.
    """

    type: ValueType
    certain: bool
    row: str
    column: str


BODY, QUERY = "", "?"
"""The `row` of a reference to a property of the body, or to a filter of the query."""


def column_type(type_: ColumnType) -> ValueType | None:
    """Return the type class of a column; None for objects, of which nothing is asked."""
    if isinstance(type_, EnumType):
        return ValueType("enum", type_.values)
    if isinstance(type_, PatternType):
        return ValueType("pattern", (type_.pattern,), type_.lengths)
    if isinstance(type_, JsonType):
        return None
    kind = {"decimal": "number", "double": "number"}.get(type_.type, type_.type)
    return ValueType(kind)  # pyright: ignore[reportArgumentType]


_FORMATS = {
    "date": "date",
    "date-time": "datetime",
    "time": "time",
    "uuid": "uuid",
    "uri": "uri",
    "email": "email",
}


def schema_type(schema: Schema) -> ValueType | None:
    """Return the type class of a scalar DTO schema, None for objects, lists and references."""
    if isinstance(schema, OneOfSchema):
        return schema_type(schema.options[0])
    if isinstance(schema, StringSchema):
        if schema.enum:
            return ValueType("enum", schema.enum)
        if schema.pattern:
            return ValueType("pattern", (schema.pattern,), schema.pattern_lengths)
        return ValueType(_FORMATS.get(schema.format or "", "text"))  # pyright: ignore[reportArgumentType]
    if schema.type in ("integer", "number", "boolean"):
        return ValueType(schema.type)
    return None


def is_nullable(schema: Schema) -> bool:
    """Whether a DTO schema admits null."""
    return isinstance(schema, OneOfSchema) and any(o.type == "null" for o in schema.options)


def physical_type(table: Table, column: PhysicalColumn) -> ValueType | None:
    """Return the type class of a column; keys are of the table whose rows they name.

    None for objects.
    """
    if column.origin == "key":
        return key_type(table.name)
    if column.origin == "email":
        return ValueType("email")
    relation = table.relation_of(column.name) if column.origin == "relation" else None
    return column_type(column.type) if relation is None else key_type(relation.target)


def key_type(table: str) -> ValueType:
    """Return the type class of the keys of a table's rows."""
    return ValueType("uuid", (table,))


def row_references(row: str, table: Table) -> list[ValueReference]:
    """Refer to the columns of a row that speak of it: all but secrets and the mark of deletion."""
    return [
        ValueReference(type_, not column.nullable, row, column.name)
        for column in spoken_columns(table)
        if (type_ := physical_type(table, column)) is not None
    ]


def spoken_columns(table: Table) -> list[PhysicalColumn]:
    """Return the columns that conditions may be about: no secrets, and no mark of deletion."""
    return [
        column
        for column in table.physical()
        if column.origin != "secret" and column.name != "deleted_at"
    ]


def literals(form: Form, type_: ValueType) -> list[SchemaNode]:
    """Return the literals of a type; uuid and uri have none."""
    node = form.node
    match type_.kind:
        case "text":
            return [node(ex.StringLiteral)]
        case "integer":
            return [node(ex.IntegerLiteral)]
        case "number":
            return [node(ex.IntegerLiteral), node(ex.NumberLiteral)]
        case "boolean":
            return [node(ex.BooleanLiteral)]
        case "date":
            return [node(ex.Today)]
        case "datetime":
            return [node(ex.Now), node(ex.Shifted)]
        case "time":
            return [node(ex.TimeLiteral)]
        case "pattern":
            return [node(ex.StringLiteral, {"value": _patterned(type_)})]
        case "enum":
            return [node(ex.EnumLiteral, {"value": one_of(type_.values)})]
        case _:
            return []


class Operands:
    """Makes the operands of one form; `references` are what its expressions can speak of.

    What several places of a form take is defined once, under names that end in `label`.
    """

    def __init__(
        self,
        form: Form,
        references: Sequence[ValueReference],
        callers: Sequence[str],
        *,
        signed_in: bool,
        label: str = "",
    ) -> None:
        """Take the accounts that may be calling; `signed_in` if one of them certainly is."""
        self._form = form
        self._references = references
        self._callers = callers
        self._signed_in = signed_in
        self._distinguished = callers if len(callers) > 1 or not signed_in else ()
        self.label = label
        self._defined: dict[SchemaNode, str] = {}
        self._values: dict[tuple[ValueType, bool], list[SchemaNode]] = {}
        self._rows: dict[tuple[str, bool], list[SchemaNode]] = {}
        self._condition: SchemaNode | None = None

    def values(self, type_: ValueType, *, given: bool = False) -> list[SchemaNode]:
        """Return everything that has a value of the type: certainly, or if it is `given`."""
        if (type_, given) not in self._values:
            self._values[type_, given] = self._valued(type_, given)
        return list(self._values[type_, given])

    def _valued(self, type_: ValueType, given: bool) -> list[SchemaNode]:
        found = literals(self._form, type_)
        if self._signed_in and type_.kind == "uuid" and set(type_.values) & set(self._callers):
            found.append(self._form.node(ex.ActorId))
        spoken = [r for r in self._references if r.type == type_]
        certain = [r for r in spoken if r.certain]
        found += self._moved(type_, certain)
        if type_.kind == "time":
            found.append(calendar.time_of_day(self._form, self._certain("datetime")))
        optional = [r for r in spoken if not r.certain and r.row in (BODY, QUERY)]
        return found + self._spoken([*certain, *(optional if given else ())])

    def _moved(self, type_: ValueType, certain: Sequence[ValueReference]) -> list[SchemaNode]:
        """Return moments or days an amount before or after others, and where a period begins."""
        if type_.kind not in ("date", "datetime"):
            return []
        node, days = self._form.node, type_.kind == "date"
        moments = [node(ex.Today if days else ex.Now), *self._spoken(certain)]
        begun = calendar.begun(self._form, moments, days=days)
        fields = {
            "moment": any_of([*moments, begun]),
            "amount": any_of([node(ex.Shifted).members["amount"], *self._certain("integer")]),
            **({"unit": one_of(["days", "months"])} if days else {}),
        }
        return [node(ex.Offset, fields), begun]

    def assigned(
        self, column: PhysicalColumn, table: Table, *, left_out: bool, keeps: bool = False
    ) -> SchemaNode | None:
        """Return what a column can be set to, or None if there is nothing.

        With `left_out`, a column that need not be set may keep what it starts with. With `keeps`,
        a column that a value was not given for keeps the one it has.
        """
        type_ = physical_type(table, column)
        if type_ is None:
            return None
        options = [*self.values(type_), *self.reckoned(type_)]
        if len(self._callers) > 1 or not self._signed_in:
            # Of several kinds of callers none is sure to have an account of the one kind.
            options = [o for o in options if not _is_caller(o)]
        starts = any(own.name == column.name and own.has_default for own in table.columns)
        options += self._uncertain(
            type_, rows=column.nullable, body=column.nullable or starts or keeps
        )
        if left_out and options and (starts or column.nullable):
            options.append(self._form.node(ex.ColumnDefault))
        elif column.nullable:
            options.append(self._form.node(ex.NullLiteral))
        if not options:
            return None
        name = f"Value{type_.kind.capitalize()}{len(self._defined)}{self.label}"
        known = self._defined.setdefault(any_of(options), name)
        return self._form.define(known, options)

    def _uncertain(self, type_: ValueType, *, rows: bool, body: bool) -> list[SchemaNode]:
        """Return what may be without a value: columns of rows, optional properties of the body."""
        spoken = [r for r in self._references if r.type == type_ and not r.certain]
        taken = [r for r in spoken if (body if r.row == BODY else rows and r.row != QUERY)]
        return self._spoken(taken)

    def reckoned(self, type_: ValueType) -> list[SchemaNode]:
        """Return what numbers of a type can be reckoned; what leads certainly has a value.

        What may be without a value counts with what takes its place.
        """
        kinds = {"integer": ("integer",), "number": ("integer", "number")}.get(type_.kind)
        if kinds is None:
            return []
        numbers = [r for r in self._references if r.type.kind in kinds and r.row != QUERY]
        known = reckoning.Operands(
            self._spoken(r for r in numbers if r.certain),
            self._spoken(numbers),
            reckoning.between(self._form, self._certain("date"), self._certain("datetime")),
        )
        name = f"Reckoned{type_.kind.capitalize()}{self.label}"
        return reckoning.reckoned(self._form, name, known, whole=type_.kind == "integer")

    def _certain(self, kind: Primitive) -> list[SchemaNode]:
        """Return what is not of the query and certainly has a value of the primitive type."""
        type_ = ValueType(kind)
        return self._spoken(
            r for r in self._references if r.type == type_ and r.certain and r.row != QUERY
        )

    def _spoken(self, references: Iterable[ValueReference]) -> list[SchemaNode]:
        """Return the expressions that speak of the references: one for the columns of each row."""
        rows: dict[str, list[str]] = {}
        for reference in references:
            rows.setdefault(reference.row, []).append(reference.column)
        node = self._form.node
        properties = {BODY: ex.BodyProperty, QUERY: ex.QueryProperty}
        return [
            node(properties[row], {"property": one_of(columns)})
            if row in properties
            else node(ex.RowField, {"row": one_of([row]), "column": one_of(columns)})
            for row, columns in rows.items()
        ]

    def columns(self, kind: Primitive, *, certain: bool = True) -> list[SchemaNode]:
        """Return the columns of rows that have the primitive type, and for `certain` a value."""
        type_ = ValueType(kind)
        return self._spoken(
            r
            for r in self._references
            if r.type == type_ and (r.certain or not certain) and r.row not in (BODY, QUERY)
        )

    def numbers(self, kind: Primitive) -> list[SchemaNode]:
        """Return the numbers of rows and of the body; where there is none, something stands in."""
        type_ = ValueType(kind)
        return self._spoken(r for r in self._references if r.type == type_ and r.row != QUERY)

    def atoms(self) -> list[SchemaNode]:
        """Return the comparisons and null checks of every reference, by type.

        An order that something without a value is asked about is kept: there is nothing to refuse.
        """
        found: list[SchemaNode] = []
        types = dict.fromkeys(reference.type for reference in self._references)
        for type_ in types:
            others = self.values(type_)
            certain = [r for r in self._references if r.type == type_ and r.certain]
            unsure = [r for r in self._references if r.type == type_ and not r.certain]
            ordered = type_.kind in ORDERED
            operators = ORDERING if ordered else EQUALITY
            for group in (certain, unsure):
                if group and (len(others) > 1 or group is unsure or len(certain) > 1) and others:
                    reckoned = self.reckoned(type_)
                    fields = {
                        "left": any_of(self._spoken(group)),
                        "operator": one_of(operators),
                        "right": any_of([*others, *reckoned]),
                    }
                    found.append(self._form.node(ex.Compare, fields))
        unsure = [r for r in self._references if not r.certain]
        if unsure:
            fields = {"operand": any_of(self._spoken(unsure))}
            found.append(self._form.node(ex.IsNull, fields))
        times = [*literals(self._form, ValueType("time")), *self._certain("time")]
        known = self._certain("date"), self._certain("datetime")
        found += calendar.compared(self._form, times, *known)
        if self._distinguished:
            found.append(self._form.node(ex.ActorIs, {"actor": one_of(self._distinguished)}))
        return found

    def condition(self) -> SchemaNode | None:
        """Return what a guard can ask: an atom, its negation, or all or any of a few."""
        if self._condition is None:
            options = self._conditions()
            self._condition = (
                self._form.define(f"Condition{self.label}", options) if options else None
            )
        return self._condition

    def _conditions(self) -> list[SchemaNode]:
        atoms = self.atoms()
        if not atoms:
            return []
        atom = self._form.define(f"Atom{self.label}", atoms)
        several = Array(atom, 2, 3)
        node = self._form.node
        return [
            atom,
            node(ex.Not, {"operand": atom}),
            node(ex.All, {"operands": several}),
            node(ex.AnyOf, {"operands": several}),
        ]

    def rows(self, table: Table, *, given: bool = False) -> list[SchemaNode]:
        """Return the conditions on the columns of a table, columns of one type together.

        With `given`, they may speak of properties that the body need not have.
        """
        given = given and any(r.row in (BODY, QUERY) and not r.certain for r in self._references)
        if (table.name, given) not in self._rows:
            self._rows[table.name, given] = self._compared(table, given)
        return list(self._rows[table.name, given])

    def _compared(self, table: Table, given: bool) -> list[SchemaNode]:
        node = self._form.node
        columns = spoken_columns(table)
        types: dict[ValueType, list[str]] = {}
        for column in columns:
            type_ = physical_type(table, column)
            if type_ is not None:
                types.setdefault(type_, []).append(column.name)
        atoms: list[SchemaNode] = []
        for type_, names in types.items():
            values = self.values(type_, given=given)
            if values:
                operators = ORDERING if type_.kind in ORDERED else EQUALITY
                fields = {
                    "column": one_of(names),
                    "operator": one_of(operators),
                    "value": any_of(values),
                }
                atoms.append(node(ex.ColumnCompare, fields))
        nullable = [column.name for column in columns if column.nullable]
        if nullable:
            for null_check in (ex.ColumnIsNull, ex.ColumnIsNotNull):
                atoms.append(node(null_check, {"column": one_of(nullable)}))
        name = f"Rows{pascal(table.name)}{'Given' * given}{self.label}"
        return [self._form.define(name, atoms)] if atoms else []

    def caller_is(self) -> list[SchemaNode]:
        """Return the condition that lets some callers reach every row, if callers differ."""
        if not self._distinguished:
            return []
        actors = Array(one_of(self._distinguished), 1, len(self._distinguished))
        return [self._form.node(ex.CallerIs, {"actors": actors})]


def parents(
    form: Form, database: Database, table: Table, inner: Callable[[Table], list[SchemaNode]]
) -> list[SchemaNode]:
    """Return the conditions on the rows that a table's relations point at."""
    found: list[SchemaNode] = []
    for relation in table.relations:
        conditions = inner(database.table(relation.target))
        if conditions:
            where = Array(any_of(conditions), 1, MAX_CONDITIONS)
            fields = {"relation": one_of([relation.name]), "where": where}
            found.append(form.node(ex.ParentWhere, fields))
    return found


def children(
    form: Form, near: Iterable[Table], table: Table, inner: Callable[[Table], list[SchemaNode]]
) -> list[SchemaNode]:
    """Return the conditions on the rows of tables `near` whose relations point at a table's."""
    found: list[SchemaNode] = []
    for other in near:
        relations = [r.name for r in other.relations if r.target == table.name]
        conditions = inner(other) if relations else []
        if conditions:
            where = Array(any_of(conditions), 1, MAX_CONDITIONS)
            fields = {
                "table": one_of([other.name]),
                "relation": one_of(relations),
                "where": where,
            }
            found += [
                form.node(ex.SomeWhere, fields),
                form.node(ex.NoneWhere, fields),
            ]
    return found


def oldest_of(form: Form, table: Table, conditions: list[SchemaNode]) -> list[SchemaNode]:
    """Return the condition that a row was made before others that hang where it does."""
    relations = [r.name for r in table.relations if not r.owner and not r.nullable]
    if not relations or not conditions:
        return []
    where = Array(any_of(conditions), 0, MAX_CONDITIONS)
    return [form.node(ex.OldestWhere, {"relation": one_of(relations), "where": where})]


def _is_caller(node: SchemaNode) -> bool:
    return isinstance(node, Object) and node.title == ex.ActorId.__name__


def _patterned(type_: ValueType) -> Text:
    known = PATTERNS[type_.values[0]]
    sized = known if type_.lengths is None else known.sized(type_.lengths)
    return Text(pattern=sized.short_regex)
