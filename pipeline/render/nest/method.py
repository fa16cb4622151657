"""One method of a service: the statements of a program, written as TypeScript."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from pipeline.ast import expression as ex
from pipeline.ast import program as pg
from pipeline.ast.database import Table
from pipeline.ast.interface import Operation
from pipeline.ast.walk import walk
from pipeline.names import camel, pascal
from pipeline.project import Project
from pipeline.render.layout import INDENT_COLUMNS, Doc, concat, layout
from pipeline.render.nest.assignments import changed_values, inserted_values, updated_values
from pipeline.render.nest.expressions import Scope, parenthesised, write
from pipeline.render.nest.flow import always_returns, may_return, moments, uses_variable
from pipeline.render.nest.listing import filters, ordered
from pipeline.render.nest.queries import new_exception, status_code, where_calls
from pipeline.render.nest.reading import list_orders, session_members
from pipeline.render.typescript import braces, call, chain, line_comment, quoted

_CLOCK = "src/common/clock.ts"
_ENSURE = "src/common/ensure.ts"
_BODY_INDENT = 4

_RESERVED_WORDS = """
    actor body query row eb trx order timestamp column direction clock contains ensure fromNow
    now paginate randomUUID sql today arguments await break case catch class const continue default
    delete do else enum eval export extends false finally for function if import in instanceof
    interface let new null package private protected public return static super switch this throw
    true try typeof undefined var void while with yield
"""
_RESERVED = frozenset(_RESERVED_WORDS.split())
"""What a variable of a program may not be called in a method."""

_THE_ROW = frozenset(("row", "found", "created", "each"))
"""Variables of the row that an operation or a repetition is about; they get a table's name."""


@dataclass(frozen=True)
class Finder:
    """A look-up that several methods of a service share, as a method of its own."""

    name: str
    find: pg.Find
    actor: bool
    parameters: tuple[str, ...]


@dataclass
class Method:
    """Writes the statements of one program; it hands out the names of local variables."""

    project: Project
    operation: Operation
    finders: Mapping[pg.Find, Finder]
    present: Callable[[str], str]
    scope: Scope
    reserved: Sequence[str]
    _taken: set[str] = field(default_factory=set[str])
    _cited: Sequence[str] = ()

    def render(self, needs_invitation: bool) -> str:
        """Write the body of the method, each line with its newline."""
        statements = self.project.program.function(self.operation.id).statements
        self._taken = {*self.reserved}
        scope = replace(self.scope, has_timestamp=moments(statements, self.project.database) > 1)
        lines = ""
        if needs_invitation:
            right = "body.inviteCode === this.config.adminInviteCode"
            message = "The invite code is wrong."
            lines = self._ensure(right, 403, message, scope, _BODY_INDENT)
        return lines + self._block(statements, scope, _BODY_INDENT)

    def find_query(self, find: pg.Find) -> Doc:
        """Write a look-up of one whole row that throws if there is none."""
        return self._find_query(find, self.scope, "selectAll()")

    def _block(
        self,
        statements: Sequence[pg.Statement],
        scope: Scope,
        indent: int,
        *,
        tail: str = "",
        later: Sequence[pg.Statement] = (),
    ) -> str:
        """Write statements that follow each other.

        `tail` is a last line, if any; `later` are statements elsewhere that need the rows bound
        here.
        """
        text = ""
        needs_timestamp = scope.has_timestamp and indent == _BODY_INDENT
        for place, statement in enumerate(statements):
            after = [*statements[place + 1 :], *later]
            if needs_timestamp and moments([statement], self.project.database) > 0:
                now = scope.common(_CLOCK, "now")
                text += _line(f"const timestamp = {now}();", indent)
                needs_timestamp = False
            if isinstance(statement, pg.Transaction) and scope.db == "trx":
                rest = [*statement.body, *statements[place + 1 :]]
                return text + self._block(rest, scope, indent, tail=tail, later=later)
            if isinstance(statement, pg.Transaction) and may_return(statement.body):
                inner = statement.body
                if not always_returns(inner):
                    inner = (*inner, *after)
                return text + self._returned_transaction(inner, scope, indent)
            written, scope = self._statement(statement, after, scope, indent)
            text += written
        return text + tail

    def _statement(
        self, statement: pg.Statement, after: Sequence[pg.Statement], scope: Scope, indent: int
    ) -> tuple[str, Scope]:
        match statement:
            case pg.Let():
                return self._let(statement, scope, indent)
            case pg.Require(condition=condition, status=status, message=message):
                comment = self._rules(statement.rules, indent)
                doc = write(condition, scope)
                return comment + self._ensure(doc, status, message, scope, indent), scope
            case pg.Find():
                return self._find(statement, after, scope, indent)
            case pg.RequireNone():
                return self._require_none(statement, scope, indent)
            case pg.Count():
                return self._count(statement, after, scope, indent)
            case pg.FindPage():
                return self._find_page(statement, scope, indent)
            case pg.Insert(variable=variable, table=name):
                table = self.project.database.table(name)
                values = call("values", braces(inserted_values(statement, table, scope)))
                head = call("insertInto", quoted(table.plural))
                return self._written([head, values], variable, table, after, scope, indent)
            case pg.Update():
                return self._update(statement, after, scope, indent)
            case pg.Remove():
                return self._remove(statement, scope, indent), scope
            case pg.UpdateWhere(table=name, where=where, values=values):
                table = self.project.database.table(name)
                changing = [
                    call("updateTable", quoted(table.plural)),
                    call("set", changed_values(values, table, scope)),
                    *where_calls(where, table, scope),
                ]
                return self._executed(changing, scope, indent), scope
            case pg.RemoveWhere(table=name, where=where):
                table = self.project.database.table(name)
                removing = [*_removal(table, scope), *where_calls(where, table, scope)]
                return self._executed(removing, scope, indent), scope
            case pg.ForEach():
                return self._for_each(statement, scope, indent), scope
            case pg.HashPassword(variable=variable):
                name, bound = self._bind(variable, scope)
                line = f"const {name} = await this.passwords.hash(body.password);"
                return _line(line, indent), bound
            case pg.VerifyPassword(row=row):
                digest = f"{scope.local(row)}.password_hash"
                condition = call("await this.passwords.verify", "body.password", digest)
                message = self._wrong_credentials(row)
                return self._ensure(condition, 401, message, scope, indent), scope
            case pg.ReadToken(variable=variable, version=version):
                account, bound = self._bind(variable, scope)
                number, bound = self._bind(version, bound)
                kind = quoted(self.operation.table)
                reading = call("this.tokens.readRefreshToken", "body.refreshToken", kind)
                names = f"const {{ id: {account}, version: {number} }} = "
                return _line(concat(names, reading, ";"), indent), bound
            case pg.If():
                return self._if(statement, scope, indent), scope
            case pg.Transaction(body=body):
                return self._transaction(body, after, scope, indent)
            case pg.ReturnNothing():
                is_end = not after and indent == _BODY_INDENT
                return ("" if is_end else _line("return;", indent)), scope
            case _:
                return self._return(statement, scope, indent), scope

    def _let(self, let: pg.Let, scope: Scope, indent: int) -> tuple[str, Scope]:
        name, bound = self._bind(let.variable, scope)
        # The type of a constant would be its one value, which compares with nothing else.
        numeric = isinstance(let.value, ex.IntegerLiteral | ex.NumberLiteral | ex.Conditional)
        kind = ": number" if numeric and _is_numeric(let.value) else ""
        return _line(concat(f"const {name}{kind} = ", write(let.value, scope), ";"), indent), bound

    def _ensure(self, condition: Doc, status: int, message: str, scope: Scope, indent: int) -> str:
        ensure = scope.common(_ENSURE, "ensure")
        code = status_code(status, scope)
        return _line(concat(call(ensure, condition, code, quoted(message)), ";"), indent)

    def _wrong_credentials(self, row: str) -> str:
        """Say the same for a wrong password as for a missing account, so that nobody can tell."""
        for statement in self.project.program.function(self.operation.id).statements:
            if isinstance(statement, pg.Find) and statement.variable == row:
                return statement.message
        return "The e-mail address or the password is wrong."

    def _rules(self, rules: Sequence[str], indent: int) -> str:
        """Write the rules that a check is there for as a comment, once for checks in a row."""
        if rules == self._cited:
            return ""
        self._cited = rules
        texts = {rule.id: rule.statement for rule in self.project.analysis.rules}
        return "".join(
            line_comment(f"{rule}: {texts[rule]}" if rule in texts else f"{rule}.", indent)
            for rule in rules
        )

    def _find(
        self, find: pg.Find, after: Sequence[pg.Statement], scope: Scope, indent: int
    ) -> tuple[str, Scope]:
        table = self.project.database.table(find.table)
        finder = self.finders.get(find.model_copy(update={"variable": camel(find.table)}))
        is_used = uses_variable(after, find.variable)
        if finder is not None and scope.db == "this.db":
            arguments = ["actor"] * finder.actor + list(finder.parameters)
            looking = call(f"await this.{finder.name}", *arguments)
        else:
            columns = "selectAll()" if is_used else 'select("id")'
            looking = concat("await ", self._find_query(find, scope, columns))
        comment = self._rules(find.rules, indent)
        if not is_used:
            return comment + _line(concat(looking, ";"), indent), scope
        name, bound = self._bind(find.variable, scope, table)
        return comment + _line(concat(f"const {name} = ", looking, ";"), indent), bound

    def _find_query(self, find: pg.Find, scope: Scope, columns: str) -> Doc:
        table = self.project.database.table(find.table)
        error = concat("() => ", new_exception(find.missing, find.message, scope))
        return chain(
            scope.db,
            [
                call("selectFrom", quoted(table.plural)),
                columns,
                *where_calls(find.where, table, scope),
                call("executeTakeFirstOrThrow", error),
            ],
        )

    def _require_none(self, check: pg.RequireNone, scope: Scope, indent: int) -> tuple[str, Scope]:
        given = [ex.Provided(kind="provided", property=name) for name in check.given]
        inner, level = scope, indent
        for each in given:
            inner, level = inner.assuming(each), indent + INDENT_COLUMNS
        table = self.project.database.table(check.table)
        name = self._fresh(self._conflict_name(check))
        query = chain(
            inner.db,
            [
                call("selectFrom", quoted(table.plural)),
                'select("id")',
                *where_calls(check.where, table, inner),
                "executeTakeFirst()",
            ],
        )
        text = _line(concat(f"const {name} = await ", query, ";"), level)
        absent = f"{name} === undefined"
        text += self._ensure(absent, check.status, check.message, inner, level)
        comment = self._rules(check.rules, indent)
        if not given:
            return comment + text, scope
        condition = " && ".join(f"body.{each.property} !== undefined" for each in given)
        return f"{comment}{_line(f'if ({condition}) {{', indent)}{text}{_line('}', indent)}", scope

    def _conflict_name(self, check: pg.RequireNone) -> str:
        """Name the row that must not exist: a row elsewhere, or what it has in common."""
        if check.table != self.operation.table:
            return camel(check.table)
        columns = [
            node.column
            for node in walk(check.where)
            if isinstance(node, ex.ColumnCompare)
            and node.operator == "eq"
            and not node.column.endswith("_id")
        ]
        return f"same{pascal(columns[0])}" if len(columns) == 1 else "existing"

    def _count(
        self, count: pg.Count, after: Sequence[pg.Statement], scope: Scope, indent: int
    ) -> tuple[str, Scope]:
        limit = after[0] if after else None
        comment = self._rules(limit.rules, indent) if isinstance(limit, pg.Require) else ""
        table = self.project.database.table(count.table)
        name, bound = self._bind(count.variable, scope, wanted=count.variable.rstrip("0123456789"))
        query = chain(
            scope.db,
            [
                call("selectFrom", quoted(table.plural)),
                f'select((eb) => eb.fn.countAll<number>().as("{name}"))',
                *where_calls(count.where, table, scope),
                "executeTakeFirstOrThrow()",
            ],
        )
        return comment + _line(concat(f"const {{ {name} }} = await ", query, ";"), indent), bound

    def _find_page(self, find: pg.FindPage, scope: Scope, indent: int) -> tuple[str, Scope]:
        table = self.project.database.table(find.table)
        rows = self._fresh(camel(table.plural))
        selection = chain(
            scope.db,
            [
                call("selectFrom", quoted(table.plural)),
                "selectAll()",
                *where_calls(find.where, table, scope),
            ],
        )
        narrowing = filters(self.operation, rows, table, scope, indent)
        keyword = "let" if narrowing else "const"
        text = _line(concat(f"{keyword} {rows} = ", selection, ";"), indent) + narrowing
        choice, sorted_rows = ordered(rows, list_orders(self.project, self.operation))
        text += _line(choice, indent) if choice else ""
        name, bound = self._bind(find.variable, scope, table)
        paginate = scope.common("src/database/paginate.ts", "paginate")
        window = "query" if self.operation.query_schema is not None else "{ page: 1, limit: 100 }"
        page = call(f"await {paginate}", sorted_rows, window)
        return text + _line(concat(f"const {name} = ", page, ";"), indent), bound

    def _update(
        self, update: pg.Update, after: Sequence[pg.Statement], scope: Scope, indent: int
    ) -> tuple[str, Scope]:
        table = self.project.database.table(update.table)
        calls = [
            call("updateTable", quoted(table.plural)),
            call("set", updated_values(update, table, scope)),
            call("where", quoted("id"), quoted("="), f"{scope.local(update.row)}.id"),
        ]
        return self._written(calls, update.variable, table, after, scope, indent)

    def _written(
        self,
        calls: Sequence[Doc],
        variable: str,
        table: Table,
        after: Sequence[pg.Statement],
        scope: Scope,
        indent: int,
    ) -> tuple[str, Scope]:
        """Write an insert or update, and bind the row if anything later needs it."""
        if not uses_variable(after, variable):
            query = chain(scope.db, [*calls, "execute()"])
            return _line(concat("await ", query, ";"), indent), scope
        query = chain(scope.db, [*calls, "returningAll()", "executeTakeFirstOrThrow()"])
        name, bound = self._bind(variable, scope, table)
        return _line(concat(f"const {name} = await ", query, ";"), indent), bound

    def _remove(self, remove: pg.Remove, scope: Scope, indent: int) -> str:
        table = self.project.database.table(remove.table)
        key = call("where", quoted("id"), quoted("="), f"{scope.local(remove.row)}.id")
        return self._executed([*_removal(table, scope), key], scope, indent)

    def _executed(self, calls: Sequence[Doc], scope: Scope, indent: int) -> str:
        return _line(concat("await ", chain(scope.db, [*calls, "execute()"]), ";"), indent)

    def _for_each(self, loop: pg.ForEach, scope: Scope, indent: int) -> str:
        table = self.project.database.table(loop.table)
        rows = self._fresh(camel(table.plural))
        selection = [
            call("selectFrom", quoted(table.plural)),
            "selectAll()",
            *where_calls(loop.where, table, scope),
            call("orderBy", quoted("created_at")),
            "execute()",
        ]
        text = _line(concat(f"const {rows} = await ", chain(scope.db, selection), ";"), indent)
        name, inner = self._bind(loop.variable, scope, table)
        text += _line(f"for (const {name} of {rows}) {{", indent)
        text += self._block(loop.body, inner, indent + INDENT_COLUMNS)
        return text + _line("}", indent)

    def _if(self, branch: pg.If, scope: Scope, indent: int) -> str:
        then_scope = scope.assuming(branch.condition)
        else_scope = scope.assuming(branch.condition, holds=False)
        test = parenthesised(write(branch.condition, scope))
        text = _line(concat("if ", test, " {"), indent)
        text += self._block(branch.then, then_scope, indent + INDENT_COLUMNS)
        if not branch.otherwise:
            return text + _line("}", indent)
        if always_returns(branch.then):
            return text + _line("}", indent) + self._block(branch.otherwise, else_scope, indent)
        text += _line("} else {", indent)
        text += self._block(branch.otherwise, else_scope, indent + INDENT_COLUMNS)
        return text + _line("}", indent)

    def _transaction(
        self, body: Sequence[pg.Statement], after: Sequence[pg.Statement], scope: Scope, indent: int
    ) -> tuple[str, Scope]:
        """Write a transaction that hands the rows needed later out of itself."""
        inner = replace(scope.closed(), db="trx")
        bound: dict[str, Table | None] = {}
        for statement in body:
            variable = getattr(statement, "variable", None)
            if isinstance(variable, str) and uses_variable(after, variable):
                name = getattr(statement, "table", None)
                bound[variable] = self.project.database.table(name) if name else None
        outer = scope
        names: list[str] = []
        for variable, table in bound.items():
            name, outer = self._bind(variable, outer, table, reserve=False)
            names.append(name)
        handed = names[0] if len(names) == 1 else f"{{ {', '.join(names)} }}"
        tail = _line(f"return {handed};", indent + INDENT_COLUMNS) if names else ""
        text = self._block(body, inner, indent + INDENT_COLUMNS, tail=tail, later=after)
        start = f"const {handed} = await " if names else "await "
        opened = _line(f"{start}this.db.transaction().execute(async (trx) => {{", indent)
        return opened + text + _line("});", indent), outer

    def _returned_transaction(self, body: Sequence[pg.Statement], scope: Scope, indent: int) -> str:
        inner = replace(scope.closed(), db="trx")
        opened = _line("return this.db.transaction().execute(async (trx) => {", indent)
        return opened + self._block(body, inner, indent + INDENT_COLUMNS) + _line("});", indent)

    def _return(self, statement: pg.Statement, scope: Scope, indent: int) -> str:
        match statement:
            case pg.ReturnRow(row=row, response=response):
                presented = call(f"this.{self.present(response)}", scope.local(row))
                return _line(concat("return ", presented, ";"), indent)
            case pg.ReturnPage(page=page, response=response):
                entity = self._page_entity(response)
                name = scope.local(page)
                data = f"data: {name}.rows.map((row) => this.{self.present(entity)}(row))"
                value = braces([f"pagination: {name}.pagination", data])
                return _line(concat("return ", value, ";"), indent)
            case pg.ReturnSession(row=row, response=response):
                name = scope.local(row)
                schema = self.project.interface.named(response)
                account = [
                    concat(f"{member}: ", call(f"this.{self.present(entity)}", name))
                    for member, entity in session_members(schema)
                ]
                kind = quoted(self.operation.table)
                members = [f"kind: {kind}", f"id: {name}.id", f"version: {name}.token_version"]
                issued = call("...this.tokens.issue", braces(members))
                return _line(concat("return ", braces([*account, issued]), ";"), indent)
            case _:
                raise ValueError(f"A statement of kind {statement.kind} is no return.")

    def _page_entity(self, response: str) -> str:
        data = next(
            p for p in self.project.interface.object(response).properties if p.name == "data"
        )
        items = getattr(data.schema_, "items", None)
        name = getattr(items, "name", None)
        if not isinstance(name, str):
            raise ValueError(f"{response}.data is no list of a named schema.")
        return name

    def _bind(
        self,
        variable: str,
        scope: Scope,
        table: Table | None = None,
        *,
        wanted: str | None = None,
        reserve: bool = True,
    ) -> tuple[str, Scope]:
        """Name a variable of the program and return the scope that knows it."""
        if table is not None and variable in _THE_ROW:
            wanted = camel(table.name)
        elif wanted is None and variable.startswith("each"):
            wanted = camel(variable.removeprefix("each"))
        name = self._fresh(wanted or variable, reserve=reserve)
        rows = scope.rows if table is None else {**scope.rows, variable: table}
        return name, replace(scope, names={**scope.names, variable: name}, rows=rows)

    def _fresh(self, wanted: str, *, reserve: bool = True) -> str:
        name, number = wanted, 1
        while name in _RESERVED or name in self._taken:
            number += 1
            name = f"{wanted}{number}"
        if reserve:
            self._taken.add(name)
        return name


def _removal(table: Table, scope: Scope) -> list[Doc]:
    """Write what erases rows, or marks them deleted."""
    if not table.soft_delete:
        return [call("deleteFrom", quoted(table.plural))]
    mark = call("set", braces([f"deleted_at: {scope.moment()}"]))
    return [call("updateTable", quoted(table.plural)), mark]


def _line(doc: Doc, indent: int) -> str:
    return layout(doc, indent) + "\n"


def _is_numeric(expression: ex.Expression) -> bool:
    match expression:
        case ex.IntegerLiteral() | ex.NumberLiteral():
            return True
        case ex.Conditional(then=then, otherwise=otherwise):
            return _is_numeric(then) and _is_numeric(otherwise)
        case _:
            return False
