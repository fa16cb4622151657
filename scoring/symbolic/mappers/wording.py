"""Options of other libraries in Prisma's words: TypeORM's operators, `$gt` and its like."""

from __future__ import annotations

from scoring.project.facts import ForeignKey, Table
from scoring.symbolic.terms import NOTHING, Choice, Const, Field, First, Op, Record, Term, Written
from scoring.symbolic.values import Array, Object, field_of, term_of

_OPERATORS = {
    "Not": "not", "In": "in", "MoreThan": "gt", "MoreThanOrEqual": "gte", "LessThan": "lt",
    "LessThanOrEqual": "lte", "Like": "contains", "ILike": "contains", "Equal": "equals",
    "Any": "in",
}  # fmt: skip
"""Functions of TypeORM."""
_DOLLARS = {
    "$gt": "gt", "$gte": "gte", "$lt": "lt", "$lte": "lte", "$ne": "not", "$eq": "equals",
    "$in": "in", "$nin": "notIn", "$like": "contains", "$ilike": "contains", "$regex": "contains",
    "$and": "AND", "$or": "OR", "$not": "NOT", "$options": "mode",
}  # fmt: skip
"""Members of MikroORM's and Mongoose's conditions."""
_LEVELS = frozenset({"AND", "OR", "NOT"})


def operator(name: str, given: list[object]) -> Object | Const | None:
    """Return what `MoreThan(3)` means as a condition; None for any other call."""
    if name == "IsNull":
        return Const(None)
    if name == "Between" and len(given) == 2:
        return Object([("gte", given[0]), ("lte", given[1])])
    word = _OPERATORS.get(name)
    if word is None or not given:
        return None
    return Object([(word, _bare(given[0]) if word == "contains" else given[0])])


def _bare(pattern: object) -> object:
    """Strip the `%` around what a text is to contain."""
    if isinstance(pattern, Const) and isinstance(pattern.value, str):
        return Const(pattern.value.strip("%"))
    if isinstance(pattern, Op) and pattern.name == "text":
        kept = tuple(part for part in pattern.operands if part != Const("%"))
        return kept[0] if len(kept) == 1 else Op("text", kept)
    return pattern


def is_row(value: object) -> bool:
    """Whether a value is a row that was read or written."""
    if isinstance(value, Op) and value.name == "??":
        return is_row(value.operands[0])
    if isinstance(value, Choice):
        return is_row(value.then) or is_row(value.otherwise)
    return isinstance(value, First | Written)


def row_of(value: Term) -> Term:
    """Return a row without the `null` that stands for none."""
    while isinstance(value, Op) and value.name == "??" and value.operands[1] == Const(None):
        value = value.operands[0]
    return value


def conditions(table: Table, value: object) -> object:
    """Return conditions in Prisma's words; a list of them holds where one does."""
    if isinstance(value, Array):
        return Object([("OR", Array([conditions(table, each) for each in value.items]))])
    if isinstance(value, Record):
        value = Object(list(value.members))
    if not isinstance(value, Object):
        return _within(table, value) if isinstance(value, Term) else value
    made = Object()
    for key, held in value.members:
        word = _DOLLARS.get(key or "", key)
        link = _link(table, key)
        if key is None:
            made.members.append((None, _within(table, term_of(held))))
        elif word in _LEVELS:
            parts = held.items if isinstance(held, Array) else [held]
            made.members.append((word, Array([conditions(table, each) for each in parts])))
        elif link is not None and _names_key(held):
            made.members.append((link.columns[0], _compared(key_in(held))))
        else:
            made.members.append((key, _compared(held)))
    return made


def _within(table: Table, value: Term) -> Term:
    """Return a spread condition, `...(given && { … })`, in Prisma's words."""
    if isinstance(value, Op) and value.name == "&&":
        inner = term_of(conditions(table, value.operands[1]))
        return Op("&&", (value.operands[0], inner))
    if isinstance(value, Choice):
        then, otherwise = (
            term_of(conditions(table, each)) for each in (value.then, value.otherwise)
        )
        return Choice(value.condition, then, otherwise)
    return term_of(conditions(table, value)) if isinstance(value, Record) else value


def _compared(value: object) -> object:
    if isinstance(value, Choice):
        then, otherwise = (term_of(_compared(each)) for each in (value.then, value.otherwise))
        return Choice(value.condition, then, otherwise)
    if isinstance(value, Record):
        value = Object(list(value.members))
    if not isinstance(value, Object):
        return value
    return Object(
        [
            (_DOLLARS.get(k or "", k), _bare(v) if k in ("$like", "$ilike") else v)
            for k, v in value.members
        ]
    )


def _link(table: Table, key: str | None) -> ForeignKey | None:
    return next((k for k in table.foreign_keys if k.name == key and k.columns), None)


def _names_key(value: object) -> bool:
    """Whether a related row is named by its key alone: `{ id }`, the key, or the row."""
    if isinstance(value, Object | Record):
        return [key for key, _ in value.members] in (["id"], ["_id"], ["uuid"])
    return isinstance(value, Term)


def key_in(value: object) -> Term:
    """Return the key of a related row, which may be given as `{ id }`, as the row or as the key."""
    if isinstance(value, Choice):
        return Choice(value.condition, key_in(value.then), key_in(value.otherwise))
    if isinstance(value, Op) and value.name == "&&":
        return Op("&&", (value.operands[0], key_in(value.operands[1])))
    if isinstance(value, Object | Record):
        names = [key for key, _ in value.members]
        name = next((n for n in ("id", "_id", "uuid") if n in names), "id")
        return term_of(field_of(value, name))
    if isinstance(value, Term) and is_row(value):
        return Field(value, "id")
    return term_of(value)


def data(table: Table, value: object) -> object:
    """Return what is written, related rows as the columns that hold their keys."""
    if isinstance(value, Array):
        return Array([data(table, each) for each in value.items])
    if isinstance(value, Op) and value.name == "&&":
        return Op("&&", (value.operands[0], term_of(data(table, value.operands[1]))))
    if isinstance(value, Choice):
        then, otherwise = (term_of(data(table, each)) for each in (value.then, value.otherwise))
        return Choice(value.condition, then, otherwise)
    if isinstance(value, Record):
        value = Object(list(value.members))
    if not isinstance(value, Object):
        return value
    made = Object()
    for key, held in value.members:
        link = _link(table, key)
        if key is None:
            made.members.append((None, data(table, held)))
        elif link is not None and table.column(key) is None and held is not NOTHING:
            made.members.append((link.columns[0], key_in(held)))
        elif link is not None:
            made.members.append((key, key_in(held)))
        else:
            made.members.append((key, held))
    return made
