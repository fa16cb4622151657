"""Kysely's expression builder: columns, conditions, aggregates, and queries within them."""

from __future__ import annotations

from scoring.symbolic.reads import Reads
from scoring.symbolic.scopes import Closure
from scoring.symbolic.terms import (
    NOTHING,
    TRUE,
    Aggregate,
    Choice,
    Column,
    Const,
    Field,
    First,
    Found,
    Op,
    Query,
    Rows,
    Term,
    both,
    either,
    negation,
)
from scoring.symbolic.values import Array, Building, Expressions, Method, Object, term_of
from scoring.words import squeeze

STARTS = {
    "selectFrom": "read",
    "insertInto": "insert",
    "replaceInto": "insert",
    "updateTable": "update",
    "deleteFrom": "delete",
}
_AGGREGATES = {"count": "count", "countAll": "count", "sum": "sum", "avg": "avg"} | {
    name: name for name in ("min", "max")
}
_COMPARED = {"=": "=", "==": "=", "!=": "<>", "<>": "<>", "is": "is", "is not": "is not"}


class ExpressionBuilder:
    """Reads what functions in a query make of the builder that they are given."""

    def __init__(self, reader: Reads) -> None:
        self._reader = reader

    def start(self, name: str, given: list[object]) -> Building | None:
        """Begin a query; None for any other call."""
        if name not in STARTS or not given:
            return None
        first = given[0].items[0] if isinstance(given[0], Array) and given[0].items else given[0]
        if not isinstance(first, Const) or not isinstance(first.value, str):
            return None
        table, alias = self.table(first.value)
        return Building(STARTS[name], Query(table, alias))

    def table(self, text: str) -> tuple[str, str]:
        """Return the table and the alias of `todos as t`."""
        name, _, alias = text.partition(" as ")
        bare = name.rsplit(".", 1)[-1].strip()
        found = self._reader.tables.get(squeeze(bare))
        return (found.name if found is not None else bare), alias.strip() or bare

    def expressions(self) -> Expressions:
        """Return the builder of expressions that a function in a query is given."""
        return Expressions(self._expression)

    def _expression(self, name: str, given: list[object]) -> object:
        """Return what a method of the expression builder returns."""
        match name:
            case "":
                return self.condition(given)
            case "and" | "or":
                parts = self.conditions(given)
                return both(*parts) if name == "and" else either(*parts)
            case "not":
                return negation(term_of(given[0])) if given else TRUE
            case "exists":
                return Found(given[0].query) if given and isinstance(given[0], Building) else TRUE
            case "ref":
                return column_of(given[0]) if given else NOTHING
            case "val" | "lit" | "cast" | "parens":
                return term_of(given[0]) if given else NOTHING
            case "between":
                whole = [column_of(given[0]), *(term_of(each) for each in given[1:3])]
                return both(Op(">=", (whole[0], whole[1])), Op("<=", (whole[0], whole[2])))
            case "coalesce":
                return Op("coalesce", tuple(column_of(each) for each in given))
            case _ if name in _AGGREGATES:
                return Aggregate(_AGGREGATES[name], column_of(given[0]) if given else None)
            case _ if name in STARTS:
                return self.start(name, given) or NOTHING
            case _:
                return Op("unknown", tuple(term_of(each) for each in given))

    def conditions(self, given: list[object]) -> list[Term]:
        """Return conditions as formulas; an object states that columns have values."""
        found: list[Term] = []
        for each in listed(given):
            if isinstance(each, Object):
                found += [
                    Op("=", (column_of(Const(key)), term_of(value)))
                    for key, value in each.members
                    if key is not None
                ]
            else:
                found.append(term_of(each))
        return found

    def condition(self, given: list[object]) -> Term:
        """Return `column operator value` as a formula; a lone argument is one already."""
        if len(given) < 3:
            return term_of(given[0]) if given else TRUE
        left, operator = column_of(given[0]), given[1]
        name = str(operator.value) if isinstance(operator, Const) else "unknown"
        value = given[2]
        if isinstance(value, Closure):
            value = self.called(value)
        if isinstance(value, Building):
            listed = name in ("in", "not in")
            value = Rows(value.query) if listed else scalar(value.query)
        return Op(_COMPARED.get(name, name), (left, term_of(value)))

    def called(self, function: object) -> object:
        """Return what a function of the expression builder returns; any other value itself."""
        given: list[object] = [self.expressions()]
        if isinstance(function, Closure):
            return self._reader.call(function, given)
        if isinstance(function, Method):
            return self._reader.run(function.function, function.this, given)
        return function


def column_of(value: object) -> Term:
    """Return the column that a text names; any other value as it is."""
    if isinstance(value, Const) and isinstance(value.value, str):
        name = value.value.split(" as ")[0].strip()
        table, dot, column = name.rpartition(".")
        return Column(table.rsplit(".", 1)[-1] if dot else "", column)
    if isinstance(value, Choice):
        return Choice(value.condition, column_of(value.then), column_of(value.otherwise))
    if isinstance(value, Building):
        return scalar(value.query)
    return term_of(value)


def scalar(query: Query) -> Term:
    """Return the only value of the only row of a query."""
    name = query.selected[0][0] if query.selected else ""
    return Field(First(query), name)


def listed(given: list[object]) -> list[object]:
    """Return values, those of arrays one by one."""
    found: list[object] = []
    for each in given:
        found += each.items if isinstance(each, Array) else [each]
    return found
