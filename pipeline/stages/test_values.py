"""Values that a test can write down: by their types, and the rows or keys of a list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from engines.schema import EMPTY_ARRAY, Array, SchemaNode
from pipeline.asking.narrow import Form, any_of, one_of
from pipeline.asking.typed import ValueType, literals, schema_type
from pipeline.ast import expression as ex
from pipeline.ast import random_value as made_up
from pipeline.ast.interface import KeysSource, RowsSource, SchemaProperty
from pipeline.derive.e2e.rows import entry_of, row_labels
from pipeline.design import Design

LIST_MAX = 12
"""Rows, or keys, of a list that a test can write down."""


@dataclass(frozen=True)
class Choices:
    """What a value of a test may be; `rows` are the words for the rows of each table."""

    form: Form
    design: Design
    rows: Mapping[str, Sequence[str]]

    def of(self, type_: ValueType, target: str | None) -> list[SchemaNode]:
        """Return the values of a type that are none of an earlier answer; keys are of `target`."""
        form = self.form
        if type_.kind == "email":
            return [form.node(made_up.RandomEmail), *self.addresses()]
        if type_.kind != "uuid":
            return self.literals(type_)
        values: list[SchemaNode] = [form.node(made_up.RandomUuid)]
        if target and self.rows.get(target):
            values.append(form.node(ex.RowOf, {"caller": one_of(self.rows[target])}))
        return values

    def lists(self, given: SchemaProperty, source: RowsSource | KeysSource) -> list[SchemaNode]:
        """Return a list of rows, or of keys, that a body can have."""
        design, form = self.design, self.form
        child = design.database.table(source.table)
        targets = {relation.column: relation.target for relation in child.relations}
        if isinstance(source, KeysSource):
            items = self.of(ValueType("uuid"), targets[f"{source.other}_id"])
        else:
            members = [
                form.node(ex.Member, {"name": one_of([each.name]), "value": any_of(values)})
                for each in entry_of(design.interface, given)
                if (type_ := schema_type(each.schema_)) is not None
                if (values := self.of(type_, targets.get(each.column or "")))
            ]
            fields = {"members": Array(any_of(members), 1, len(members))}
            items = [form.node(ex.ObjectOf, fields)] if members else []
        most = getattr(given.schema_, "max_items", None) or LIST_MAX
        listed = Array(any_of(items), most=min(most + 1, LIST_MAX)) if items else EMPTY_ARRAY
        return [form.node(ex.ListOf, {"items": listed})]

    def literals(self, type_: ValueType) -> list[SchemaNode]:
        """Return the values of a type that a test can write down."""
        values = literals(self.form, type_)
        if type_.kind == "text":
            values.append(self.form.node(ex.RepeatedString))
        if type_.kind == "pattern":
            values.append(self._code(type_))
        if type_.kind == "date":
            values.append(self.form.node(ex.Shifted))
        if type_.kind == "datetime":
            values.append(self.form.node(ex.AtTime))
        return values

    def _code(self, type_: ValueType) -> SchemaNode:
        """Return a fresh text of a pattern, of a length that its texts have."""
        code = self.form.node(made_up.RandomCode, {"pattern": one_of(type_.values)})
        members = {name: node for name, node in code.members.items() if name != "length"}
        if type_.sample_length is None:
            return replace(code, members=members)
        members["length"] = one_of([type_.sample_length])
        return replace(code, members=members, required=tuple(members))

    def addresses(self) -> list[SchemaNode]:
        """Return the addresses of the accounts that a test has."""
        tables = [table for table in self.design.database.tables if table.stance == "actor"]
        accounts = [label for table in tables for label in row_labels(self.design, table)]
        return [self.form.node(ex.EmailOf, {"caller": one_of(accounts)})] if accounts else []
