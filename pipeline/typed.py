"""Typed operands: which expressions may stand where, by the type of the column or property.

The pieces of a narrowed program or test form. Each function returns JSON schemas of expression
nodes; two operands of one operator always come from the same type class.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, cast

from pydantic import BaseModel

from pipeline.ast import expression as ex
from pipeline.ast.database import ColumnType, EnumType
from pipeline.ast.interface import OneOfSchema, StringSchema
from pipeline.ast.interface import Schema as DtoSchema
from pipeline.narrow import Form, Schema, one_of

Primitive = Literal["text", "uuid", "uri", "date", "datetime", "integer", "number", "boolean"]
ORDERED: frozenset[str] = frozenset({"date", "datetime", "integer", "number"})

EQUALITY = ("eq", "ne")
ORDERING = (*EQUALITY, "lt", "le", "gt", "ge")


@dataclass(frozen=True)
class ValueType:
    """The type class of a value; `values` are the words of an enum."""

    kind: Primitive | Literal["enum"]
    values: tuple[str, ...] = ()


@dataclass(frozen=True)
class Reference:
    """Something that has a value already: a field of a row or a property of the body.

    `certain` means neither null nor absent.
    """

    schema: Schema
    type: ValueType
    certain: bool


def column_type(type_: ColumnType) -> ValueType:
    """Return the type class of a column."""
    if isinstance(type_, EnumType):
        return ValueType("enum", type_.values)
    kind = {"decimal": "number", "double": "number"}.get(type_.type, type_.type)
    return ValueType(kind)  # pyright: ignore[reportArgumentType]


def schema_type(schema: DtoSchema) -> ValueType | None:
    """Return the type class of a scalar DTO schema, None for objects, lists and references."""
    if isinstance(schema, OneOfSchema):
        return schema_type(schema.options[0])
    if isinstance(schema, StringSchema):
        if schema.enum:
            return ValueType("enum", schema.enum)
        named = {"date": "date", "date-time": "datetime", "uuid": "uuid", "uri": "uri"}
        return ValueType(named.get(schema.format or "", "text"))  # pyright: ignore[reportArgumentType]
    if schema.type in ("integer", "number", "boolean"):
        return ValueType(schema.type)
    return None


def is_nullable(schema: DtoSchema) -> bool:
    """Whether a DTO schema admits null."""
    return isinstance(schema, OneOfSchema) and any(o.type == "null" for o in schema.options)


class Operands:
    """Makes the operands of one form; `references` are what its expressions can speak of."""

    def __init__(
        self,
        form: Form,
        references: Sequence[Reference],
        callers: Sequence[str],
        *,
        signed_in: bool,
    ) -> None:
        """Take the accounts that may be calling; `signed_in` if one of them certainly is."""
        self._form = form
        self._references = references
        self._signed_in = signed_in
        self._told_apart = callers if len(callers) > 1 or not signed_in else ()

    def literals(self, type_: ValueType) -> list[Schema]:
        """Return the literals of a type; uuid and uri have none."""
        node = self._form.node
        match type_.kind:
            case "text":
                return [node(ex.StringLiteral)]
            case "integer" | "number":
                return [node(ex.IntegerLiteral)]
            case "boolean":
                return [node(ex.BooleanLiteral)]
            case "date":
                return [node(ex.Today)]
            case "datetime":
                return [node(ex.Now), node(ex.Shifted)]
            case "enum":
                return [node(ex.EnumLiteral, {"value": one_of(type_.values)})]
            case _:
                return []

    def values(self, type_: ValueType, *, nullable: bool = False) -> list[Schema]:
        """Return everything that certainly has a value of the type (null, too, if `nullable`)."""
        found = self.literals(type_)
        if type_.kind == "uuid" and self._signed_in:
            found.append(self._form.node(ex.ActorId))
        found += [r.schema for r in self._references if r.certain and r.type == type_]
        if found and nullable:
            found.append(self._form.node(ex.NullLiteral))
        return found

    def atoms(self) -> list[Schema]:
        """Return the comparisons and null checks of every reference."""
        found: list[Schema] = []
        for reference in self._references:
            others = [s for s in self.values(reference.type) if s is not reference.schema]
            ordered = reference.certain and reference.type.kind in ORDERED
            operators: Sequence[str] = (
                ("eq", "ne", "lt", "le", "gt", "ge") if ordered else ("eq", "ne")
            )
            if others:
                found.append(
                    self._form.node(
                        ex.Compare,
                        {
                            "left": reference.schema,
                            "operator": one_of(operators),
                            "right": _union(others),
                        },
                    )
                )
            if not reference.certain:
                found.append(self._form.node(ex.IsNull, {"operand": reference.schema}))
        if self._told_apart:
            found.append(self._form.node(ex.ActorIs, {"actor": one_of(self._told_apart)}))
        return found

    def conditions(self) -> list[Schema]:
        """Return what a guard can ask: an atom, its negation, or all or any of a few."""
        atoms = self.atoms()
        if not atoms:
            return []
        atom = self._form.define("Atom", atoms)
        several = {"type": "array", "items": atom, "minItems": 2, "maxItems": 3}
        node = self._form.node
        return [
            atom,
            node(ex.Not, {"operand": atom}),
            node(ex.All, {"operands": several}),
            node(ex.AnyOf, {"operands": several}),
        ]

    def where(self, columns: Iterable[tuple[str, ColumnType, bool]]) -> list[Schema]:
        """Return the conditions on a table's columns (name, type, nullable) as a flat list."""
        atoms: list[Schema] = []
        for name, type_, nullable in columns:
            column = one_of([name])
            kind = column_type(type_)
            values = self.values(kind)
            operators = ORDERING if kind.kind in ORDERED else EQUALITY
            if values:
                fields = {"column": column, "operator": one_of(operators), "value": _union(values)}
                atoms.append(self._form.node(ex.ColumnCompare, fields))
            if nullable:
                for null_check in (ex.ColumnIsNull, ex.ColumnIsNotNull):
                    atoms.append(self._form.node(null_check, {"column": column}))
        if not atoms:
            return []
        atom = self._form.define("WhereAtom", atoms)
        choice = [atom]
        if self._told_apart:
            actors = {"type": "array", "items": one_of(self._told_apart), "minItems": 1}
            actors["maxItems"] = len(self._told_apart)
            choice.append(self._form.node(ex.CallerIs, {"actors": actors}))
        several = {"type": "array", "items": _union(choice), "minItems": 2, "maxItems": 3}
        return [atom, self._form.node(ex.WhereAny, {"conditions": several})]


def row_reference(
    form: Form, row: str, column: str, type_: ColumnType, nullable: bool
) -> Reference:
    """Refer to a column of a row."""
    fields = {"row": one_of([row]), "column": one_of([column])}
    return Reference(form.node(ex.RowField, fields), column_type(type_), certain=not nullable)


def body_reference(form: Form, name: str, type_: ValueType, certain: bool) -> Reference:
    """Refer to a property of the body."""
    return Reference(form.node(ex.BodyProperty, {"property": one_of([name])}), type_, certain)


def references_in(node: BaseModel) -> tuple[str, ...]:
    """Return what an expression speaks of, as keys: fields, properties, variables, the caller."""
    found: list[str] = []
    _collect(node, found)
    return tuple(found)


def _collect(node: object, found: list[str]) -> None:
    if isinstance(node, ex.RowField | ex.BodyProperty | ex.Variable | ex.Property):
        found.append(node.model_dump_json())
    elif isinstance(node, ex.ActorIs):
        found.append("caller")
    elif isinstance(node, BaseModel):
        for _, value in node:
            _collect(value, found)
    elif isinstance(node, tuple):
        for item in cast("tuple[object, ...]", node):
            _collect(item, found)


def _union(options: Sequence[Schema]) -> Schema:
    return options[0] if len(options) == 1 else {"anyOf": list(options)}
