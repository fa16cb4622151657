"""Skeletons: the function that derivation writes for an operation, as short pseudo code.

Rendered from the very statements of `derive_function`, so it says what the code will do. Derivation
is given a sketch of marks, and where a mark ends up is a gap that the form fills.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from engines.schema import EMPTY_ARRAY, Array, Enum, FormSchema, Named, Object, SchemaNode, Union
from pipeline import names
from pipeline.ast import expression as ex
from pipeline.ast import program as pg
from pipeline.ast.database import Table
from pipeline.ast.interface import Operation
from pipeline.derive.program import derive_function
from pipeline.derive.rows import CHANGED, CREATED, rows_at_hand
from pipeline.design import Design
from pipeline.stages.program_form import sketch_schema
from pipeline.stages.pseudocode import condition, value

WHERE = ex.ColumnIsNull(kind="is_null", column="where")
CHECK = ex.BooleanLiteral(kind="boolean", value=True)
SET = pg.Assign(column="sets", value=ex.NullLiteral(kind="null"))
EFFECT = ex.ColumnIsNull(kind="is_null", column="effects")
"""The marks; each is known by its identity, whatever it says."""


def skeleton(design: Design, operation: Operation, schema: FormSchema | None = None) -> str:
    """Return the function of an operation, a line a statement, with the gaps of its form.

    With the form's schema, each gap lists the rows that it may name, and how many items it takes.
    """
    return "\n".join(_Skeleton(design, operation, schema).lines())


class _Skeleton:
    """The function of one operation while it is put into words."""

    def __init__(self, design: Design, operation: Operation, schema: FormSchema | None) -> None:
        self._database = design.database
        self._operation = operation
        self._form = sketch_schema(design, operation) if schema is None else schema
        self._is_full = schema is not None
        self._function = derive_function(design, operation, self._marks())
        self._tables = {row.variable: row.table for row in rows_at_hand(design, operation)}
        own = design.database.table(operation.table)
        self._tables |= {CREATED: own, CHANGED: own}

    def lines(self) -> Iterator[str]:
        """Yield the lines of the function."""
        for statement in self._function.statements:
            yield from self._lines(statement)

    def _marks(self) -> pg.ProgramSketch:
        """Return a sketch with a mark in each part that the form can fill."""
        offered = {n for n, node in self._form.members.items() if node != EMPTY_ARRAY}
        check = pg.Guard(kind="guard", condition=CHECK, message="Gap", rules=())
        effect = pg.RemoveAll(kind="remove_all", table=self._operation.table, where=(EFFECT,))
        return pg.ProgramSketch(
            where=(WHERE,) if "where" in offered else (),
            checks=(check,) if "checks" in offered else (),
            sets=(SET,) if "sets" in offered else (),
            effects=(effect,) if "effects" in offered else (),
        )

    def _lines(self, statement: pg.Statement) -> Iterator[str]:
        match statement:
            case pg.Transaction(body=body):
                for each in body:
                    yield from self._lines(each)
            case pg.If(condition=asked, then=then):
                for each in then:
                    yield from (f"if {value(asked)}: {line}" for line in self._lines(each))
            case pg.Require(condition=asked) if asked is CHECK:
                yield self._gap("checks")
            case pg.RemoveWhere(where=where) if _has(where, EFFECT):
                yield self._gap("effects")
            case pg.Remove(row=row, table=table):
                yield from self._removal(row, self._database.table(table))
            case _:
                yield self._line(statement)

    def _line(self, statement: pg.Statement) -> str:
        match statement:
            case pg.Find():
                found = f"{statement.variable} = {statement.table} where {_where(statement.where)}"
                return f"{found}, else {_refusal(statement.missing, statement.rules)}"
            case pg.Require():
                refusal = _refusal(statement.status, statement.rules)
                return f"require {value(statement.condition)}, else {refusal}"
            case pg.RequireNone():
                given = "".join(f"if body.{name} is given: " for name in statement.given)
                refusal = _refusal(statement.status, statement.rules)
                return (
                    f"{given}no {statement.table} where {_where(statement.where)}, else {refusal}"
                )
            case ex.Let():
                return f"{statement.variable} = {value(statement.value)}"
            case pg.Count():
                rows = "" if statement.where is None else f" where {_where(statement.where)}"
                return f"{statement.variable} = number of {statement.table}{rows}"
            case pg.Sum(table=table, column=column):
                rows = "" if statement.where is None else f" where {_where(statement.where)}"
                return f"{statement.variable} = sum of {table}.{column}{rows}"
            case pg.FindPage():
                rows = "all" if statement.where is None else f"where {_where(statement.where)}"
                return f"page = {statement.table} {rows}, by the query"
            case pg.Insert():
                return f"{statement.variable} = new {statement.table}: {self._inserted(statement)}"
            case pg.Update():
                return f"{statement.variable} = {statement.row} with {self._updated(statement)}"
            case pg.UpdateWhere(table=table, where=where, values=values):
                sets = ", ".join(
                    self._gap("sets") if item is SET else _assigned(item) for item in values
                )
                return f"change every {table} where {_where(where)}: {sets}"
            case pg.ForEachGiven(table=table, property=name):
                return f"new {table} for each of body.{name}"
            case pg.RemoveWhere(table=table, where=where):
                return f"erase every {table} where {_where(where)}"
            case pg.ReturnRow(row=row):
                return f"answer {row}"
            case pg.ReturnSummary():
                rows = "all" if statement.where is None else f"where {_where(statement.where)}"
                return f"answer the figures of {statement.table} {rows}, by the query"
            case pg.ReturnPage():
                return "answer page"
            case pg.ReturnNothing():
                return "answer nothing"
            case _:
                raise ValueError(f"no words for the statement {statement.kind}")

    def _inserted(self, insert: pg.Insert) -> str:
        """Return each column of a new row with its source."""
        parts = [_assigned(item) for item in insert.values]
        if self._form.members.get("sets") != EMPTY_ARRAY:
            parts.append(self._gap("sets"))
        return ", ".join(parts)

    def _updated(self, update: pg.Update) -> str:
        given = ", ".join(item.column for item in update.optional)
        parts = [self._gap("sets") if item is SET else _assigned(item) for item in update.values]
        return ", ".join([*([f"what the body gives of {given}"] if given else []), *parts])

    def _removal(self, row: str, table: Table) -> Iterator[str]:
        """Yield how a row is erased, and what becomes of the rows that point at it."""
        if table.soft_delete:
            yield f"mark {row} as deleted"
            return
        following = [
            f"its {other.name} rows too"
            if relation.on_delete == "cascade"
            else f"{other.name}.{relation.column} = null"
            for other in self._database.tables
            for relation in other.relations
            if relation.target == table.name and relation.on_delete != "restrict"
        ]
        yield f"erase {row}" + (f"; {', '.join(following)}" if following else "")

    def _gap(self, name: str) -> str:
        """Return a gap; in full with the rows that exist there and that the form may name."""
        rows = _rows_named(self._form, name) if self._is_full and name != "sets" else set[str]()
        known = [_called(row, self._tables[row]) for row in self._tables if row in rows]
        return f"<{name}>" + (f" may name {', '.join(known)}" if known else "")


def _called(variable: str, table: Table) -> str:
    """Return a variable, with its table where it is not called like it."""
    is_plain = names.camel(table.name) == variable
    return variable if is_plain else f"{variable} ({names.words(table.name)})"


def _has(where: ex.Where, mark: ex.Where) -> bool:
    """Whether a condition is the mark, or the mark is among its parts."""
    parts = where.conditions if isinstance(where, ex.WhereAll) else (where,)
    return any(part is mark for part in parts)


def _where(where: ex.Where) -> str:
    return condition(where, WHERE)


def _refusal(status: int, rules: Sequence[str]) -> str:
    return f"{status} ({', '.join(rules)})" if rules else str(status)


def _assigned(item: pg.Assign) -> str:
    return f"{item.column} = {value(item.value)}"


def _rows_named(form: FormSchema, member: str) -> set[str]:
    """Return the variables of rows that what is under a member of a form can name."""
    found: set[str] = set()
    seen: set[str] = set()
    waiting: list[SchemaNode] = [form.members[member]]
    while waiting:
        match waiting.pop():
            case Named(name) if name not in seen:
                seen.add(name)
                waiting.append(form.definitions[name])
            case Union(options):
                waiting += options
            case Array(items) if items is not None:
                waiting.append(items)
            case Object(members):
                row = members.get("row")
                found |= {str(each) for each in row.values} if isinstance(row, Enum) else set()
                waiting += members.values()
            case _:
                pass
    return found
