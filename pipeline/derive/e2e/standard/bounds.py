"""Bounds of what bodies take: one beyond is refused, one at the bound is not."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.asking.typed import schema_type
from pipeline.ast import expression as ex
from pipeline.ast import random_value as made_up
from pipeline.ast.analysis import Rule
from pipeline.ast.base import SAFE_INTEGER_MAX
from pipeline.ast.interface import (
    ArraySchema,
    IntegerSchema,
    NumberSchema,
    Operation,
    SchemaProperty,
    StringSchema,
)
from pipeline.derive.e2e.rows import ANONYMOUS
from pipeline.derive.e2e.samples import elements, scalar
from pipeline.derive.e2e.standard.draft import Draft, rule_ids
from pipeline.derive.e2e.standard.subject import Subject
from pipeline.derive.nested.lists import ITEMS_MAX
from pipeline.english import with_article
from pipeline.names import camel, words

NONSENSE = ex.StringLiteral(kind="string", value="no such value")
LENGTH_MAX = 20_001
"""The longest text that a test can write down."""
UNTYPED_KINDS = ("enum", "date", "datetime", "uuid", "uri")
TYPED_KINDS = ("email", "pattern", "time")
"""Kinds of values that nonsense is none of: by a type of the compiler's, or as a text."""
FULL = ("create", "join")
"""Kinds of operations of whose bodies everything is tried; of others only bounds are."""


def drafts(subject: Subject) -> Iterator[Draft]:
    """Yield the test of the bounds of all bodies."""
    takers = [
        o
        for o in subject.of_kind("join", "password", "reset", "create", "update", "action")
        if o.request is not None and 400 in o.statuses()
    ]
    if not takers:
        return
    draft = Draft(
        f"{subject.noun}_values_keep_their_bounds",
        f"What {with_article(words(subject.noun))} takes may reach its bounds, not pass them.",
        takers[0],
        rule_ids((r for r in subject.rules if _bounds(subject, r)), "limit"),
    )
    for operation in takers:
        caller = ANONYMOUS if operation.guests else operation.actors[0]
        for property_ in subject.body(operation):
            _refused(subject, draft, operation, caller, property_)
    _taken(subject, draft)
    yield draft


def _bounds(subject: Subject, rule: Rule) -> bool:
    """Whether a rule bounds an attribute of the table itself."""
    return rule.kind == "limit" and rule.attribute.partition(".")[0] == subject.table.entity


def _refused(
    subject: Subject, draft: Draft, operation: Operation, caller: str, property_: SchemaProperty
) -> None:
    name = property_.name
    for value in (*beyond(property_), *_counted(subject, property_)):
        draft.refuse(operation, caller, 400, given={name: value})
    if operation.kind not in FULL:
        return
    type_ = schema_type(property_.schema_)
    if type_ is not None and type_.kind in UNTYPED_KINDS:
        draft.refuse(operation, caller, 400, untyped=True, given={name: NONSENSE})
    if type_ is not None and type_.kind in TYPED_KINDS:
        draft.refuse(operation, caller, 400, given={name: NONSENSE})
    if property_.required:
        draft.refuse(operation, caller, 400, untyped=True, given={name: None})


def beyond(property_: SchemaProperty) -> Iterator[ex.Expression]:
    """Yield values of a property just beyond its bounds."""
    match scalar(property_.schema_):
        case StringSchema(pattern=str(pattern), min_length=low, max_length=high):
            if low is not None and low > 1:
                yield made_up.RandomCode(kind="random_code", pattern=pattern, length=low - 1)
            if high is not None:
                yield made_up.RandomCode(kind="random_code", pattern=pattern, length=high + 1)
        case StringSchema(format=None | "password", enum=(), min_length=low, max_length=high):
            if low is not None and low > 0:
                yield _text(low - 1)
            if high is not None and high < LENGTH_MAX:
                yield _text(high + 1)
        case IntegerSchema(minimum=low, maximum=high) | NumberSchema(minimum=low, maximum=high):
            if low is not None and low - 1 >= -SAFE_INTEGER_MAX:
                yield ex.number_literal(low - 1)
            if high is not None and high + 1 <= SAFE_INTEGER_MAX:
                yield ex.number_literal(high + 1)
        case _:
            return


def _counted(subject: Subject, property_: SchemaProperty) -> Iterator[ex.Expression]:
    """Yield a list with one element too few, and one with one too many for a rule."""
    schema = property_.schema_
    if not isinstance(schema, ArraySchema):
        return
    interface, unknown = subject.design.interface, made_up.RandomUuid(kind="random_uuid")
    least, most = schema.min_items or 0, schema.max_items or ITEMS_MAX
    if least > 0:
        yield elements(interface, property_, least - 1, unknown)
    if most < ITEMS_MAX:
        yield elements(interface, property_, most + 1, unknown)


def _at(property_: SchemaProperty) -> tuple[ex.Expression | None, ex.Expression | None]:
    """Return the least and the greatest value of a property, if it has them."""
    match scalar(property_.schema_):
        case StringSchema(
            format=None | "password", pattern=None, enum=(), min_length=low, max_length=high
        ):
            least = _text(low) if low else None
            return least, _text(high) if high and high < LENGTH_MAX else None
        case IntegerSchema(minimum=low, maximum=high) | NumberSchema(minimum=low, maximum=high):
            least = None if low is None else ex.number_literal(low)
            return least, None if high is None else ex.number_literal(high)
        case _:
            return None, None


def _taken(subject: Subject, draft: Draft) -> None:
    """Make a row at all lower bounds and one at all upper ones, where nothing else can refuse."""
    join = subject.first("join")
    create, caller = (join, ANONYMOUS) if join else (subject.first("create"), subject.maker())
    if create is None or caller is None:
        return
    bounded = [
        (p, _at(p)) for p in subject.body(create) if p.name == "password" or subject.is_free(p)
    ]
    prefix = f"{camel(subject.table.name)}." if join else ""
    for end in (0, 1) if join or subject.is_repeatable else (1,):
        values = {p.name: value for p, ends in bounded if (value := ends[end]) is not None}
        if not values:
            continue
        draft.call(create, caller, values=values)
        for property_, _ in bounded:
            if property_.name in values and subject.shown(property_):
                draft.check(create, f"{prefix}{property_.name}", values[property_.name])


def _text(length: int) -> ex.RepeatedString:
    return ex.RepeatedString(kind="repeated_string", length=length)
