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
    DecimalType,
    EnumType,
    IntegerType,
    PhysicalColumn,
)
from pipeline.ast.interface import Interface, Operation
from pipeline.ast.walk import walk
from pipeline.derive import statements as st
from pipeline.derive.dto import start
from pipeline.derive.interface import ROW_KINDS, conflict, restricting, unique_rules
from pipeline.derive.ownership import foreign_status, owner_column, owners_of, sees_foreign
from pipeline.derive.rows import (
    CHANGED,
    CREATED,
    EACH,
    RESULT,
    ROW,
    Row,
    rows_at_hand,
    rows_of_each,
)

EMPTY_SKETCH = pg.ProgramSketch(where=(), checks=(), sets=(), effects=())


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
        self._optional = {p.name for p in properties if not st.is_certain(p)}
        self._each: list[Row] = []
        self._owners = owners_of(self._table, operation.actors) if operation.scope == "own" else {}

    def build(self, sketch: pg.ProgramSketch) -> pg.Function:
        """Return the function: the sketch woven into what derivation knows."""
        statements = {
            "join": self._join,
            "login": self._login,
            "refresh": self._refresh,
            "logout": self._logout,
            "list": self._list,
            "read": self._read,
            "create": self._create,
            "update": self._update,
            "erase": self._erase,
            "restore": self._restore,
            "action": self._action,
        }[self._operation.kind](sketch)
        return pg.Function(operation=self._operation.id, statements=tuple(statements))

    # --- accounts

    def _join(self, sketch: pg.ProgramSketch) -> list[pg.Statement]:
        digest = pg.HashPassword(kind="hash_password", variable="passwordHash")
        values = [
            pg.Assign(column="email", value=st.body_property("email")),
            pg.Assign(column="password_hash", value=st.variable("passwordHash")),
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
            self._find_account(
                "Wrong e-mail address or password", st.equals("email", st.body_property("email"))
            ),
            pg.VerifyPassword(kind="verify_password", row=ROW),
            self._return_session(),
        ]

    def _refresh(self, _: pg.ProgramSketch) -> list[pg.Statement]:
        ended = "The session has ended"
        return [
            pg.ReadToken(kind="read_token", variable="accountId", version="tokenVersion"),
            self._find_account(
                ended,
                st.equals("id", st.variable("accountId")),
                st.equals("token_version", st.variable("tokenVersion")),
            ),
            self._return_session(),
        ]

    def _logout(self, _: pg.ProgramSketch) -> list[pg.Statement]:
        raised = ex.Arithmetic(
            kind="arithmetic",
            left=st.field("token_version"),
            operator="add",
            right=ex.IntegerLiteral(kind="integer", value=1),
        )
        return [
            self._find_account(
                "The account no longer exists", st.equals("id", ex.ActorId(kind="actor"))
            ),
            self._change([pg.Assign(column="token_version", value=raised)], []),
            pg.ReturnNothing(kind="return_nothing"),
        ]

    def _find_account(self, message: str, *conditions: ex.Where) -> pg.Find:
        return pg.Find(
            kind="find",
            variable=ROW,
            table=self._table.name,
            where=st.all_of(conditions),
            missing=401,
            message=message,
        )

    def _return_session(self, row: str = ROW) -> pg.Statement:
        return pg.ReturnSession(kind="return_session", row=row, response=self._response())

    # --- rows

    def _list(self, sketch: pg.ProgramSketch) -> list[pg.Statement]:
        conditions = [
            *self._owned(),
            *st.alive(self._table),
            *st.living(self._database, sketch.where),
        ]
        return [
            pg.FindPage(
                kind="find_page",
                variable="page",
                table=self._table.name,
                where=st.any_of_rows(conditions),
            ),
            pg.ReturnPage(kind="return_page", page="page", response=self._response()),
        ]

    def _read(self, sketch: pg.ProgramSketch) -> list[pg.Statement]:
        return [*self._before(sketch), self._return_row(ROW)]

    def _create(self, sketch: pg.ProgramSketch) -> list[pg.Statement]:
        values = self._inserted(sketch)
        insert = pg.Insert(
            kind="insert", variable=CREATED, table=self._table.name, values=tuple(values)
        )
        before = [*self._before(sketch), *self._unique_checks(values, None), insert]
        return self._finished(before, sketch, CREATED)

    def _update(self, sketch: pg.ProgramSketch) -> list[pg.Statement]:
        return self._changed(sketch, {item.column for item in sketch.sets})

    def _action(self, sketch: pg.ProgramSketch) -> list[pg.Statement]:
        if sketch.sets or self._body:
            return self._changed(sketch, {item.column for item in sketch.sets})
        return self._finished(self._before(sketch), sketch, ROW)

    def _changed(self, sketch: pg.ProgramSketch, overridden: set[str]) -> list[pg.Statement]:
        given = [
            pg.Assign(column=column, value=st.body_property(p.name))
            for column, p in self._body.items()
            if column not in overridden
        ]
        before = [
            *self._before(sketch),
            *self._unique_checks([*given, *sketch.sets], ROW),
            self._change(sketch.sets, given),
        ]
        return self._finished(before, sketch, CHANGED)

    def _restore(self, sketch: pg.ProgramSketch) -> list[pg.Statement]:
        kept = [
            pg.Assign(column=column.name, value=st.field(column.name))
            for column in self._table.physical()
            if column.origin in ("own", "relation")
        ]
        back = pg.Assign(column="deleted_at", value=ex.NullLiteral(kind="null"))
        before = [
            *self._before(sketch),
            *self._unique_checks(kept, ROW),
            self._change([*sketch.sets, back], []),
        ]
        return self._finished(before, sketch, CHANGED)

    def _erase(self, sketch: pg.ProgramSketch) -> list[pg.Statement]:
        kept: list[pg.Statement] = []
        for other in restricting(self._database, self._table):
            for relation in other.relations:
                if relation.target == self._table.name and relation.on_delete == "restrict":
                    where = st.all_of(
                        [st.equals(relation.column, st.field("id")), *st.alive(other)]
                    )
                    message = f"The {self._noun} still has {names.words(other.plural)}"
                    kept.append(st.require_none(other, where, message))
        work = [
            *self._before(sketch),
            *self._effects(sketch.effects),
            *kept,
            pg.Remove(kind="remove", row=ROW, table=self._table.name),
        ]
        if sketch.effects:
            work = [pg.Transaction(kind="transaction", body=tuple(work))]
        return [*work, pg.ReturnNothing(kind="return_nothing")]

    def _before(self, sketch: pg.ProgramSketch) -> list[pg.Statement]:
        """Find the row and those that it needs, and make the checks."""
        found: list[pg.Statement] = []
        if self._operation.kind in ROW_KINDS:
            found += self._find(sketch)
        return [
            *found,
            *self._targets(sketch),
            *self._rows_needed(sketch),
            *self._checks(sketch.checks),
        ]

    def _finished(
        self, before: list[pg.Statement], sketch: pg.ProgramSketch, row: str
    ) -> list[pg.Statement]:
        """Write what else there is to write, all or nothing, and answer with the row."""
        if not sketch.effects:
            return [*before, self._return_row(row)]
        after = self._effects(sketch.effects)
        if _changes_row(sketch.effects, self._table.name):
            again = pg.Find(
                kind="find",
                variable=RESULT,
                table=self._table.name,
                where=st.equals("id", ex.RowField(kind="field", row=row, column="id")),
                missing=404,
                message=f"{self._noun.capitalize()} not found",
            )
            after, row = [*after, again], RESULT
        body = (*before, *after, self._return_row(row))
        return [pg.Transaction(kind="transaction", body=body)]

    def _rows_needed(self, sketch: pg.ProgramSketch) -> list[pg.Statement]:
        """Find the rows that the sketch speaks of and that no check has found yet."""
        rows = rows_at_hand(self._database, self._interface, self._operation)
        return st.finds(rows, st.spoken_rows((sketch.checks, sketch.sets, sketch.effects)))

    def _effects(self, effects: Sequence[pg.Effect]) -> list[pg.Statement]:
        return [self._effect(effect, number) for number, effect in enumerate(effects, start=1)]

    def _effect(self, effect: pg.Effect, number: int) -> pg.Statement:
        match effect:
            case pg.InsertRow(table=table, values=values):
                assigned = tuple(
                    pg.Assign(column=column, value=value)
                    for column, value in values.items()
                    if not isinstance(value, ex.ColumnDefault)
                )
                return pg.Insert(
                    kind="insert",
                    variable=f"{names.camel(table)}{number}",
                    table=table,
                    values=assigned,
                )
            case pg.ChangeRow(row=row, sets=sets):
                rows = {
                    one.variable: one.table.name
                    for one in (
                        Row(CREATED, self._table, None),
                        *rows_at_hand(self._database, self._interface, self._operation),
                        *self._each,
                    )
                }
                return pg.Update(
                    kind="update",
                    variable=f"{row}{number}",
                    row=row,
                    table=rows[row],
                    values=sets,
                    optional=(),
                )
            case pg.ChangeAll(table=table, where=where, sets=sets):
                return pg.UpdateWhere(
                    kind="update_where",
                    table=table,
                    where=self._alive_in(table, where),
                    values=sets,
                )
            case pg.RemoveAll(table=table, where=where):
                return pg.RemoveWhere(
                    kind="remove_where", table=table, where=self._alive_in(table, where)
                )
            case pg.ForEachRow(table=table, where=where):
                self._each = rows_of_each(self._database, self._database.table(table))
                body = (
                    *st.finds(self._each, st.spoken_rows((effect.checks, effect.effects))),
                    *self._checks(effect.checks),
                    *self._effects(effect.effects),
                )
                self._each = []
                return pg.ForEach(
                    kind="for_each",
                    variable=EACH,
                    table=table,
                    where=self._alive_in(table, where),
                    body=body,
                )

    # --- pieces

    def _response(self) -> str:
        if self._operation.response is None:
            raise ValueError(f"{self._operation.id} answers without a body")
        return self._operation.response

    def _return_row(self, row: str) -> pg.Statement:
        return pg.ReturnRow(kind="return_row", row=row, response=self._response())

    def _alive_in(self, table: str, where: Sequence[ex.Where]) -> ex.Where:
        return st.all_of(
            [*st.alive(self._database.table(table)), *st.living(self._database, where)]
        )

    def _owned(self) -> list[ex.Where]:
        """Return the ownership condition where it can be part of the query."""
        if len(self._owners) != 1 or len(self._operation.actors) != 1:
            return []
        (column,) = self._owners.values()
        return [st.equals(column, ex.ActorId(kind="actor"))]

    def _find(self, sketch: pg.ProgramSketch) -> list[pg.Statement]:
        key = ex.Parameter(kind="parameter", name=self._operation.parameters[0].name)
        hidden = foreign_status(self._analysis, self._table) == 404
        owned = self._owned() if hidden else []
        state = st.alive(self._table)
        if self._operation.kind == "restore":
            state = [ex.ColumnIsNotNull(kind="is_not_null", column="deleted_at")]
        where = st.all_of(
            [st.equals("id", key), *owned, *state, *st.living(self._database, sketch.where)]
        )
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
                left=st.field(column),
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
            conditions: list[ex.Where] = [
                st.equals("id", st.body_property(given.name)),
                *st.alive(target),
            ]
            actors = self._operation.actors
            if len(actors) == 1 and self._operation.scope == "own" and target.stance != "actor":
                owner = owner_column(target, actors[0])
                if owner is not None and not sees_foreign(self._interface, target, actors[0]):
                    conditions.append(st.equals(owner, ex.ActorId(kind="actor")))
            find = pg.Find(
                kind="find",
                variable=names.camel(relation.name),
                table=target.name,
                where=st.all_of(conditions),
                missing=404,
                message=f"{names.words(relation.name).capitalize()} not found",
            )
            found.append(find if st.is_certain(given) else st.if_given(given.name, find))
        return found

    def _checks(self, checks: Sequence[pg.Check]) -> list[pg.Statement]:
        statements: list[pg.Statement] = []
        for number, check in enumerate(checks, start=1):
            match check:
                case pg.Guard(condition=condition):
                    statements.append(st.require(condition, check))
                case pg.Quota():
                    statements += self._quota(check, f"count{number}")
                case pg.Exists(table=table):
                    found: pg.Statement = pg.Find(
                        kind="find",
                        variable=f"needed{number}",
                        table=table,
                        where=self._alive_in(table, check.where),
                        missing=check.status,
                        message=check.message,
                        rules=check.rules,
                    )
                    for given in self._given(check):
                        found = st.if_given(given, found)
                    statements.append(found)
                case pg.Absent(table=table):
                    where = self._alive_in(table, check.where)
                    none = st.require_none(
                        self._database.table(table),
                        where,
                        check.message,
                        self._given(check),
                        check.rules,
                    )
                    statements.append(none.model_copy(update={"status": check.status}))
        return statements

    def _given(self, check: pg.Exists | pg.Absent) -> tuple[str, ...]:
        """Return the properties that a check speaks of and that the body need not have."""
        spoken = [node.property for node in walk(check.where) if isinstance(node, ex.BodyProperty)]
        return tuple(name for name in dict.fromkeys(spoken) if name in self._optional)

    def _quota(self, quota: pg.Quota, variable: str) -> list[pg.Statement]:
        """Count the rows; of the operation's own table only the caller's, if it is about them."""
        table = self._database.table(quota.table)
        owned: list[ex.Where] = []
        actors = self._operation.actors
        if table == self._table and self._operation.scope == "own" and len(actors) == 1:
            column = owner_column(table, actors[0])
            owned = [st.equals(column, ex.ActorId(kind="actor"))] if column else []
        count = pg.Count(
            kind="count",
            variable=variable,
            table=table.name,
            where=st.any_of_rows(
                [*owned, *st.alive(table), *st.living(self._database, quota.where)]
            ),
        )
        below = ex.Compare(
            kind="compare",
            left=st.variable(variable),
            operator="lt",
            right=ex.IntegerLiteral(kind="integer", value=quota.maximum),
        )
        return [count, st.require(below, quota)]

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
                value: ex.Expression = st.body_property(given.name)
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
            case DecimalType():
                return ex.IntegerLiteral(kind="integer", value=start(column) or 0)
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
                value = written.get(column, st.field(column) if row else None)
                if isinstance(value, ex.Coalesce) and isinstance(value.fallback, ex.NullLiteral):
                    value = value.operand
                if value is None or isinstance(value, ex.NullLiteral):
                    break
                if isinstance(value, ex.BodyProperty):
                    property_ = self._body.get(column)
                    if property_ is not None and not st.is_certain(property_):
                        given.append(value.property)
                conditions.append(st.equals(column, value))
            if len(conditions) < len(key):
                continue
            if row:
                other = ex.ColumnCompare(
                    kind="compare", column="id", operator="ne", value=st.field("id")
                )
                conditions.append(other)
            statements.append(
                st.require_none(
                    self._table,
                    st.all_of(conditions),
                    conflict(self._table, key),
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


def _changes_row(effects: Sequence[pg.Effect], table: str) -> bool:
    """Tell whether an effect changes the operation's row, by its variable or among others."""
    return any(
        node.row in (ROW, CREATED) if isinstance(node, pg.ChangeRow) else node.table == table
        for node in walk(tuple(effects))
        if isinstance(node, pg.ChangeRow | pg.ChangeAll)
    )
