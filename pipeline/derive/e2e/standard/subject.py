"""What a standard test is about, and what is certain of it before there are programs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import cast

from pipeline import names
from pipeline.asking.typed import schema_type
from pipeline.ast import expression as ex
from pipeline.ast.analysis import Rule, Visibility
from pipeline.ast.database import Table
from pipeline.ast.interface import KeysSource, Operation, RowsSource, SchemaProperty
from pipeline.derive.e2e.ordered import keeps_order
from pipeline.derive.e2e.rows import answer_labels, relation_target, row_source
from pipeline.derive.e2e.samples import EVENING, LINK, MORNING, is_random, sample, scalar
from pipeline.derive.generated import is_made_up
from pipeline.derive.ownership import owner_column
from pipeline.design import Design
from pipeline.settle.analysis import rules_of

HARMLESS = (
    *("uniqueness", "ownership", "limit", "required"),
    *("derivation", "default", "retention", "cascade", "sorting"),
)
"""Kinds of rules that refuse no fresh row of the caller's own."""
INERT = ("uniqueness", "limit", "default", "sorting")
"""Kinds of rules that leave an attribute to whoever writes it."""
ROWS_MIN = 5
"""Rows of a table that a standard test may make for one owner."""
DEPTH = 4
"""Rows that have to be made one for another before a row can be made."""


@dataclass(frozen=True)
class Subject:
    """A table whose operations are tested."""

    design: Design
    table: Table

    @cached_property
    def operations(self) -> tuple[Operation, ...]:
        """All its operations."""
        found = self.design.interface.operations
        return tuple(o for o in found if o.table == self.table.name)

    @cached_property
    def rules(self) -> tuple[Rule, ...]:
        """The rules about it."""
        return tuple(rules_of(self.design.analysis, self.table.entity))

    @property
    def noun(self) -> str:
        """What one row is called in the name of a test."""
        return self.table.name

    def of_kind(self, *kinds: str) -> tuple[Operation, ...]:
        """Return its operations of some kinds."""
        return tuple(o for o in self.operations if o.kind in kinds)

    def first(self, kind: str) -> Operation | None:
        """Return its operation of a kind that has no further name, if there is one."""
        return next((o for o in self.of_kind(kind) if o.method_name == kind), None)

    def labels(self) -> tuple[str, ...]:
        """Return the names of answers that are its rows."""
        return answer_labels(self.design.interface, names.pascal(self.table.name))

    # --- what is certain

    def is_plain(self, operation: Operation, caller: str | None = None, depth: int = DEPTH) -> bool:
        """Whether nothing but what a body says can refuse a call about the caller's own row.

        Without a caller, whoever it is.
        """
        if operation.table != self.table.name:
            table = self.design.database.table(operation.table)
            return Subject(self.design, table).is_plain(operation, caller, depth)
        cited = [r for r in self.design.analysis.rules if r.id in operation.rules]
        if not all(self._is_harmless(rule, operation, caller) for rule in (*cited, *self._uncited)):
            return False
        return all(self.can_be_made(target, depth) for target in self._needed(operation))

    def does_more(self, operation: Operation) -> bool:
        """Whether an operation may write rows of other tables, too."""
        tables = self.design.database.tables
        cited = (rule for rule in self.design.analysis.rules if rule.id in operation.rules)
        return any(rule.kind == "derivation" and not is_made_up(tables, rule) for rule in cited)

    @cached_property
    def _uncited(self) -> tuple[Rule, ...]:
        """The rules about the table that no operation cites, so that any could keep them."""
        cited = {id_ for o in self.design.interface.operations for id_ in o.rules}
        return tuple(r for r in self.rules if r.id not in cited and _speaks_of(r, self.table))

    def _needed(self, operation: Operation) -> Iterator[str]:
        for property_ in self.body(operation):
            target = relation_target(self.design, operation, property_.name)
            if target is not None and property_.required:
                yield target
            elif property_.required and isinstance(property_.source, RowsSource | KeysSource):
                yield from self._parts(property_.source)

    def _parts(self, source: RowsSource | KeysSource) -> Iterator[str]:
        """Yield the tables whose rows the elements of a list need."""
        child = self.design.database.table(source.table)
        for relation in child.relations:
            if relation.name != source.relation and not relation.nullable:
                yield relation.target

    def can_be_made(self, target: str, depth: int = DEPTH) -> bool:
        """Whether a row of another table certainly can be made."""
        table = self.design.database.table(target)
        if table.stance == "actor":
            return True
        source = row_source(self.design.interface, table)
        if source is None or source.kind != "create" or depth == 0:
            return False
        return Subject(self.design, table).is_plain(source, depth=depth - 1)

    def _is_harmless(self, rule: Rule, operation: Operation, caller: str | None) -> bool:
        match rule.kind:
            case "quota":
                return isinstance(rule.maximum, int) and rule.maximum >= ROWS_MIN
            case "permission":
                is_caller = rule.actor in operation.actors
                return rule.allowed == is_caller
            case "visibility" if operation.kind != "create" and "all" not in rule.shows:
                return caller is not None and self._shows_own(rule, caller)
            case "visibility":
                return True
            case "ordering" | "window":
                return keeps_order(self.design, operation, self.body(operation))
            case kind:
                return kind in HARMLESS

    def _shows_own(self, rule: Visibility, caller: str) -> bool:
        """Whether a rule hides no row from the account that made it."""
        if rule.actor != caller:
            return any(rule.actor == account.name for account in self.design.analysis.accounts())
        is_own = rule.entity == self.table.entity and self.owner(caller) is not None
        return is_own and "own" in rule.shows

    def maker(self, *operations: Operation) -> str | None:
        """Return an actor that makes rows of its own and may call the other operations, too."""
        create = self.first("create")
        if create is None or not self.is_plain(create):
            return None
        for actor in create.actors:
            if all(o.guests or actor in o.actors for o in operations):
                return actor
        return None

    @cached_property
    def is_repeatable(self) -> bool:
        """Whether one account can certainly make several rows: each key has a random text."""
        if self.first("create") is None:
            return False
        return all(self.random_columns.intersection(key) for key in self.table.unique_keys())

    @cached_property
    def comes_with_others(self) -> bool:
        """Whether a new row of another table brings rows of this one along."""
        interface = self.design.interface
        bodies = (interface.object(o.request) for o in interface.operations if o.request)
        return any(
            isinstance(each.source, RowsSource) and each.source.table == self.table.name
            for body in bodies
            for each in body.properties
            if each.required
        )

    @cached_property
    def random_columns(self) -> frozenset[str]:
        """The columns that are different in each row that a test makes."""
        create = self.first("create")
        random = {
            p.column
            for p in (self.body(create) if create else ())
            if p.column and p.required and schema_type(p.schema_) and is_random(sample(p))
        }
        return frozenset(random.union(c.name for c in self.table.columns if c.is_generated))

    def owner(self, actor: str) -> str | None:
        """Return the column by which a row belongs to the account that makes it, if it does."""
        create = self.first("create")
        if create is None or create.scope != "own":
            return None
        return owner_column(self.table, actor)

    # --- values

    def body(self, operation: Operation) -> tuple[SchemaProperty, ...]:
        """Return the properties of the operation's body."""
        name = operation.request
        return self.design.interface.object(name).properties if name else ()

    def is_free(self, property_: SchemaProperty) -> bool:
        """Whether callers may write what they like, within bounds, and find it as they wrote it."""
        is_relation = self.table.relation_of(property_.column or "") is not None
        return not is_relation and self.is_inert(property_)

    def is_inert(self, property_: SchemaProperty) -> bool:
        """Whether no rule says more of a column than its bounds and what it is at first."""
        if property_.column is None:
            return False
        attribute = f"{self.table.entity}.{property_.column}"
        return all(
            rule.kind in INERT for rule in self.design.analysis.rules if attribute in _words(rule)
        )

    def shown(self, property_: SchemaProperty) -> bool:
        """Whether an answer shows what a body has written."""
        return self.shows(property_.name)

    def shows(self, name: str) -> bool:
        """Whether an answer about a row has a property."""
        response = names.pascal(self.table.name)
        return any(p.name == name for p in self.design.interface.object(response).properties)

    def pair(self, property_: SchemaProperty) -> tuple[ex.Expression, ex.Expression] | None:
        """Return a lesser and a greater value of a property, None if it has no two for certain."""
        schema = scalar(property_.schema_)
        type_ = schema_type(schema)
        if type_ is None:
            return None
        match type_.kind:
            case "enum" if len(type_.values) > 1:
                return _enum(type_.values[0]), _enum(type_.values[-1])
            case "boolean":
                values = (False, True)
                found = [ex.BooleanLiteral(kind="boolean", value=each) for each in values]
                return found[0], found[1]
            case "integer" | "number":
                return _numbers(sample(property_), getattr(schema, "maximum", None))
            case "text" | "email" | "pattern":
                value = sample(property_)
                return (value, value) if is_random(value) else None
            case "uri":
                links = [ex.StringLiteral(kind="string", value=f"{LINK}{end}") for end in "12"]
                return links[0], links[1]
            case "time":
                times = [ex.TimeLiteral(kind="time", value=each) for each in (MORNING, EVENING)]
                return times[0], times[1]
            case "date" | "datetime":
                moments = [ex.Shifted(kind="shifted", amount=days, unit="days") for days in (1, 2)]
                return moments[0], moments[1]
            case _:
                return None


def _speaks_of(rule: Rule, table: Table) -> bool:
    return any(word.split(".")[0] == table.entity for word in _words(rule))


def _words(rule: Rule) -> tuple[str, ...]:
    """Return the names in a rule: of entities, actors, attributes."""
    found: list[str] = []
    for name, value in rule:
        if name in ("id", "requirement", "statement", "kind"):
            continue
        found += [value] if isinstance(value, str) else []
        found += map(str, cast("tuple[object, ...]", value)) if isinstance(value, tuple) else ()
    return tuple(found)


def _enum(word: str) -> ex.EnumLiteral:
    return ex.EnumLiteral(kind="enum", value=word)


def _numbers(
    least: ex.Expression, most: float | None
) -> tuple[ex.IntegerLiteral, ex.IntegerLiteral] | None:
    if not isinstance(least, ex.IntegerLiteral):
        return None
    more = least.model_copy(update={"value": least.value + 1})
    return None if most is not None and more.value > most else (least, more)
