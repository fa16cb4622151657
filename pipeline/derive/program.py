"""Programs: from a sketch and the interface to the whole function of an operation."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline import names
from pipeline.ast import expression as ex
from pipeline.ast import program as pg
from pipeline.ast.analysis import Analysis
from pipeline.ast.database import (
    BooleanType,
    Database,
    EnumType,
    IntegerType,
    PhysicalColumn,
    Table,
)
from pipeline.ast.interface import Interface, Operation, SchemaProperty
from pipeline.derive.interface import restricting, unique_rules
from pipeline.derive.ownership import foreign_status, owner_column, owners_of, sees_foreign

ROW = "found"
"""The variable of the row that an operation is about."""

CREATED = "created"
"""The variable of the row that an operation makes."""

CHANGED = "changed"
"""The variable of that row after a change."""

EMPTY_SKETCH = pg.ProgramSketch(where=(), checks=(), sets=())


class FunctionBuilder:
    """Derives the function of one operation."""

    def __init__(
        self, analysis: Analysis, database: Database, interface: Interface, operation: Operation
    ) -> None:
        self._analysis = analysis
        self._database = database
        self._interface = interface
        self._operation = operation
        self._table = database.table(operation.table)
        self._noun = names.words(self._table.name)
        request = operation.request
        properties = interface.object(request).properties if request else ()
        self._body = {p.column: p for p in properties if p.column is not None}
        self._owners = owners_of(self._table, operation.actors) if operation.scope == "own" else {}

    def build(self, sketch: pg.ProgramSketch) -> pg.Function:
        """Return the function: the sketch woven into what derivation knows."""
        statements = {
            "join": self._join,
            "login": self._login,
            "refresh": self._refresh,
            "list": self._list,
            "read": self._read,
            "create": self._create,
            "update": self._update,
            "erase": self._erase,
            "action": self._action,
        }[self._operation.kind](sketch)
        return pg.Function(operation=self._operation.id, statements=tuple(statements))

    # --- accounts

    def _join(self, sketch: pg.ProgramSketch) -> list[pg.Statement]:
        digest = pg.HashPassword(kind="hash_password", variable="passwordHash")
        values = [
            pg.Assign(column="email", value=_body("email")),
            pg.Assign(column="password_hash", value=_variable("passwordHash")),
            *self._inserted(sketch),
        ]
        return [
            *self._unique_checks(values, None),
            digest,
            pg.Insert(
                kind="insert", variable=CREATED, table=self._table.name, values=tuple(values)
            ),
            self._return_session(CREATED),
        ]

    def _login(self, _: pg.ProgramSketch) -> list[pg.Statement]:
        return [
            self._find_account("email", _body("email"), "Wrong e-mail address or password"),
            pg.VerifyPassword(kind="verify_password", row=ROW),
            self._return_session(),
        ]

    def _refresh(self, _: pg.ProgramSketch) -> list[pg.Statement]:
        return [
            pg.ReadToken(kind="read_token", variable="accountId"),
            self._find_account("id", _variable("accountId"), "The account no longer exists"),
            self._return_session(),
        ]

    def _find_account(self, column: str, value: ex.Expression, message: str) -> pg.Find:
        where = ex.ColumnCompare(kind="compare", column=column, operator="eq", value=value)
        return pg.Find(
            kind="find",
            variable=ROW,
            table=self._table.name,
            where=where,
            missing=401,
            message=message,
        )

    def _return_session(self, row: str = ROW) -> pg.Statement:
        return pg.ReturnSession(kind="return_session", row=row, response=self._response())

    # --- rows

    def _list(self, sketch: pg.ProgramSketch) -> list[pg.Statement]:
        conditions = [*self._owned(), *self._alive(self._table), *sketch.where]
        return [
            pg.FindPage(
                kind="find_page",
                variable="page",
                table=self._table.name,
                where=_any_row(conditions),
            ),
            pg.ReturnPage(kind="return_page", page="page", response=self._response()),
        ]

    def _read(self, sketch: pg.ProgramSketch) -> list[pg.Statement]:
        return [*self._find(sketch), *self._checks(sketch), self._return_row()]

    def _create(self, sketch: pg.ProgramSketch) -> list[pg.Statement]:
        values = self._inserted(sketch)
        insert = pg.Insert(
            kind="insert", variable=CREATED, table=self._table.name, values=tuple(values)
        )
        return [
            *self._targets(sketch),
            *self._checks(sketch),
            *self._unique_checks(values, None),
            insert,
            self._return_row(CREATED),
        ]

    def _update(self, sketch: pg.ProgramSketch) -> list[pg.Statement]:
        overridden = {item.column for item in sketch.sets}
        optional = [
            pg.Assign(column=column, value=_body(p.name))
            for column, p in self._body.items()
            if column not in overridden
        ]
        return [
            *self._find(sketch),
            *self._targets(sketch),
            *self._checks(sketch),
            *self._unique_checks([*optional, *sketch.sets], ROW),
            self._change(sketch.sets, optional),
            self._return_row(CHANGED),
        ]

    def _action(self, sketch: pg.ProgramSketch) -> list[pg.Statement]:
        before = [*self._find(sketch), *self._checks(sketch)]
        if not sketch.sets:
            return [*before, self._return_row()]
        return [*before, self._change(sketch.sets, []), self._return_row(CHANGED)]

    def _erase(self, sketch: pg.ProgramSketch) -> list[pg.Statement]:
        kept: list[pg.Statement] = []
        for other in restricting(self._database, self._table):
            for relation in other.relations:
                if relation.target == self._table.name and relation.on_delete == "restrict":
                    where = _all([_equals(relation.column, _field("id")), *self._alive(other)])
                    message = f"The {self._noun} still has {names.words(other.plural)}"
                    kept.append(_none(other, where, message))
        return [
            *self._find(sketch),
            *self._checks(sketch),
            *kept,
            pg.Remove(kind="remove", row=ROW, table=self._table.name),
            pg.ReturnNothing(kind="return_nothing"),
        ]

    # --- pieces

    def _response(self) -> str:
        if self._operation.response is None:
            raise ValueError(f"{self._operation.id} answers without a body")
        return self._operation.response

    def _return_row(self, row: str = ROW) -> pg.Statement:
        return pg.ReturnRow(kind="return_row", row=row, response=self._response())

    def _alive(self, table: Table) -> list[ex.Where]:
        if not table.soft_delete:
            return []
        return [ex.ColumnIsNull(kind="is_null", column="deleted_at")]

    def _owned(self) -> list[ex.Where]:
        """Return the ownership condition where it can be part of the query."""
        if len(self._owners) != 1 or len(self._operation.actors) != 1:
            return []
        (column,) = self._owners.values()
        return [_equals(column, ex.ActorId(kind="actor"))]

    def _find(self, sketch: pg.ProgramSketch) -> list[pg.Statement]:
        key = ex.Parameter(kind="parameter", name=self._operation.parameters[0].name)
        hidden = foreign_status(self._analysis, self._table) == 404
        owned = self._owned() if hidden else []
        where = _all([_equals("id", key), *owned, *self._alive(self._table), *sketch.where])
        found = pg.Find(
            kind="find",
            variable=ROW,
            table=self._table.name,
            where=where,
            missing=404,
            message=f"{self._noun.capitalize()} not found",
        )
        if not self._owners or owned:
            return [found]
        return [found, self._require_owner(404 if hidden else 403)]

    def _require_owner(self, status: int) -> pg.Statement:
        several = len(self._operation.actors) > 1
        options: list[ex.Expression] = []
        for actor, column in self._owners.items():
            own = ex.Compare(
                kind="compare",
                left=_field(column),
                operator="eq",
                right=ex.ActorId(kind="actor"),
            )
            as_actor = ex.ActorIs(kind="actor_is", actor=actor)
            options.append(ex.All(kind="all", operands=(as_actor, own)) if several else own)
        for actor in self._operation.actors:
            if actor not in self._owners:
                options.append(ex.ActorIs(kind="actor_is", actor=actor))
        noun = self._noun
        message = f"The {noun} is somebody else's" if status == 403 else f"{noun} not found"
        rules = [
            rule.id
            for rule in self._analysis.rules
            if rule.kind == "ownership" and rule.entity == self._table.entity
        ]
        condition = (
            options[0] if len(options) == 1 else ex.AnyOf(kind="any", operands=tuple(options))
        )
        return pg.Require(
            kind="require",
            condition=condition,
            status=status,
            message=message[:1].upper() + message[1:],
            rules=tuple(rules),
        )

    def _targets(self, sketch: pg.ProgramSketch) -> list[pg.Statement]:
        """Return the checks that rows named in the body exist and are the caller's to use.

        A row of somebody else's is to be used where its caller is shown such rows: one comments
        on the articles of others, but sorts todos only into lists of one's own.
        """
        overridden = {item.column for item in sketch.sets}
        found: list[pg.Statement] = []
        for relation in self._table.relations:
            given = self._body.get(relation.column)
            if given is None or relation.column in overridden:
                continue
            target = self._database.table(relation.target)
            conditions: list[ex.Where] = [_equals("id", _body(given.name)), *self._alive(target)]
            actors = self._operation.actors
            if len(actors) == 1 and self._operation.scope == "own" and target.stance != "actor":
                owner = owner_column(target, actors[0])
                if owner is not None and not sees_foreign(self._interface, target, actors[0]):
                    conditions.append(_equals(owner, ex.ActorId(kind="actor")))
            find = pg.Find(
                kind="find",
                variable=names.camel(relation.name),
                table=target.name,
                where=_all(conditions),
                missing=404,
                message=f"{names.words(relation.name).capitalize()} not found",
            )
            found.append(find if _is_certain(given) else _if_given(given.name, find))
        return found

    def _checks(self, sketch: pg.ProgramSketch) -> list[pg.Statement]:
        statements: list[pg.Statement] = []
        for number, check in enumerate(sketch.checks, start=1):
            if isinstance(check, pg.Guard):
                statements.append(
                    pg.Require(
                        kind="require",
                        condition=check.condition,
                        status=check.status,
                        message=check.message,
                        rules=check.rules,
                    )
                )
                continue
            variable = f"count{number}"
            owned: list[ex.Where] = []
            if self._operation.scope == "own" and len(self._operation.actors) == 1:
                column = owner_column(self._table, self._operation.actors[0])
                owned = [_equals(column, ex.ActorId(kind="actor"))] if column else []
            count = pg.Count(
                kind="count",
                variable=variable,
                table=self._table.name,
                where=_any_row([*owned, *self._alive(self._table), *check.where]),
            )
            below = ex.Compare(
                kind="compare",
                left=_variable(variable),
                operator="lt",
                right=ex.IntegerLiteral(kind="integer", value=check.maximum),
            )
            statements += [
                count,
                pg.Require(
                    kind="require",
                    condition=below,
                    status=check.status,
                    message=check.message,
                    rules=check.rules,
                ),
            ]
        return statements

    def _inserted(self, sketch: pg.ProgramSketch) -> list[pg.Assign]:
        own = {item.column: item for item in sketch.sets}
        owner = next(iter(self._owners.values()), None)
        values: list[pg.Assign] = []
        for column in self._table.physical():
            if column.origin not in ("own", "relation"):
                continue
            if column.name in own:
                values.append(own[column.name])
            elif column.name == owner:
                values.append(pg.Assign(column=column.name, value=ex.ActorId(kind="actor")))
            elif column.name in self._body:
                given = self._body[column.name]
                value: ex.Expression = _body(given.name)
                if not given.required:
                    value = ex.Coalesce(
                        kind="coalesce", operand=value, fallback=self._default(column)
                    )
                values.append(pg.Assign(column=column.name, value=value))
            else:
                values.append(pg.Assign(column=column.name, value=self._default(column)))
        return values

    def _default(self, column: PhysicalColumn) -> ex.Expression:
        match column.type:
            case BooleanType(default=bool(value)):
                return ex.BooleanLiteral(kind="boolean", value=value)
            case IntegerType(default=int(number)):
                return ex.IntegerLiteral(kind="integer", value=number)
            case EnumType(default=str(word)):
                return ex.EnumLiteral(kind="enum", value=word)
            case _:
                return ex.NullLiteral(kind="null")

    def _unique_checks(self, values: Sequence[pg.Assign], row: str | None) -> list[pg.Statement]:
        """Return a check per unique key that these values could break.

        On a change (`row` is the row) columns that are not written keep their value, and the row
        itself does not count.
        """
        written = {item.column: item.value for item in values}
        statements: list[pg.Statement] = []
        for key in self._table.unique_keys():
            if not any(column in written for column in key):
                continue
            conditions: list[ex.Where] = []
            given: list[str] = []
            for column in key:
                value = written.get(column, _field(column) if row else None)
                if isinstance(value, ex.Coalesce) and isinstance(value.fallback, ex.NullLiteral):
                    value = value.operand
                if value is None or isinstance(value, ex.NullLiteral):
                    break
                if isinstance(value, ex.BodyProperty):
                    property_ = self._body.get(column)
                    if property_ is not None and not _is_certain(property_):
                        given.append(value.property)
                conditions.append(_equals(column, value))
            if len(conditions) < len(key):
                continue
            if row:
                other = ex.ColumnCompare(
                    kind="compare", column="id", operator="ne", value=_field("id")
                )
                conditions.append(other)
            words = " and ".join(names.words(c.removesuffix("_id")) for c in key)
            statements.append(
                _none(
                    self._table,
                    _all(conditions),
                    f"The {words} is taken",
                    tuple(given),
                    unique_rules(self._table, key),
                )
            )
        return statements

    def _change(self, sets: Sequence[pg.Assign], optional: Sequence[pg.Assign]) -> pg.Statement:
        return pg.Update(
            kind="update",
            variable=CHANGED,
            row=ROW,
            table=self._table.name,
            values=tuple(sets),
            optional=tuple(optional),
        )


def _body(name: str) -> ex.BodyProperty:
    return ex.BodyProperty(kind="body", property=name)


def _variable(name: str) -> ex.Variable:
    return ex.Variable(kind="variable", name=name)


def _field(column: str) -> ex.RowField:
    return ex.RowField(kind="field", row=ROW, column=column)


def _equals(column: str, value: ex.Expression) -> ex.Where:
    return ex.ColumnCompare(kind="compare", column=column, operator="eq", value=value)


def _all(conditions: Sequence[ex.Where]) -> ex.Where:
    if len(conditions) == 1:
        return conditions[0]
    return ex.WhereAll(kind="all", conditions=tuple(conditions))


def _any_row(conditions: Sequence[ex.Where]) -> ex.Where | None:
    return _all(conditions) if conditions else None


def _none(
    table: Table,
    where: ex.Where,
    message: str,
    given: tuple[str, ...] = (),
    rules: tuple[str, ...] = (),
) -> pg.Statement:
    return pg.RequireNone(
        kind="require_none",
        table=table.name,
        where=where,
        given=given,
        status=409,
        message=message,
        rules=rules,
    )


def _is_certain(property_: SchemaProperty) -> bool:
    return property_.required and property_.schema_.type != "one_of"


def _if_given(name: str, statement: pg.Statement) -> pg.Statement:
    missing = ex.IsNull(kind="is_null", operand=_body(name))
    return pg.If(
        kind="if",
        condition=ex.Not(kind="not", operand=missing),
        then=(statement,),
        otherwise=(),
    )
