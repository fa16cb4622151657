"""The services: one method for each operation, from its program."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from pipeline.ast import expression as ex
from pipeline.ast import program as pg
from pipeline.ast.database import EnumType, Table
from pipeline.ast.interface import ObjectSchema, Operation
from pipeline.ast.walk import walk
from pipeline.english import with_article
from pipeline.names import camel, pascal, words
from pipeline.project import File, Project
from pipeline.render.layout import Doc, concat, layout
from pipeline.render.nest.places import (
    Resource,
    relative,
    schema_names,
    structure_file,
)
from pipeline.render.nest.reading import Uses, kinds_of, list_orders, needs_invitation, uses
from pipeline.render.nest.service.expressions import LocalScope
from pipeline.render.nest.service.method import Finder, Method
from pipeline.render.nest.service.reads import find_query
from pipeline.render.nest.service.shown.presenters import Presenters
from pipeline.render.nest.service.statements import write_body
from pipeline.render.nest.service.variables import Variables
from pipeline.render.typescript import Imports, braces, brackets, call, jsdoc, quoted

_INDENT = 2
_QUERIES = frozenset(
    """find require_none count find_page return_summary insert update remove update_where
    remove_where for_each send_reset""".split()
)
"""Kinds of statements that speak to the database."""


def render_service(project: Project, resource: Resource) -> File:
    """Render the service of a resource."""
    return _Service(project, resource).render()


class _Service:
    """One service on its way to text: what its methods need is collected while they are written."""

    def __init__(self, project: Project, resource: Resource) -> None:
        self._project = project
        self._resource = resource
        self._path = resource.file("service")
        self._imports = Imports(schema_names(project))
        self._presenters = Presenters(project, self._path, self._imports)
        self._finders = self._shared_finds()

    def render(self) -> File:
        """Write the whole file."""
        methods = [self._method(operation) for operation in self._resource.operations]
        methods += [self._finder(finder) for finder in self._finders.values()]
        methods += self._presenters.methods()
        body = "\n".join([*self._constructor(), *methods])
        inject = self._imports.value("@nestjs/common", "Injectable")
        heading = f"{self._presenters.constants()}{self._orders()}{self._presenters.types()}"
        purpose = self._project.database.table(self._resource.operations[0].table).purpose
        head = f"{jsdoc([purpose])}@{inject}()\n"
        name = f"{self._resource.class_stem}Service"
        text = f"{heading}{head}export class {name} {{\n{body}}}\n"
        return File(self._path, self._imports.render() + text)

    def _constructor(self) -> list[str]:
        kinds: set[str] = set()
        for operation in self._resource.operations:
            kinds |= kinds_of(operation, self._project)
        wanted: list[tuple[str, str, str, str]] = []
        if kinds & _QUERIES:
            database = "src/database/database.service.ts"
            wanted.append(("DatabaseService", "db", database, "DatabaseService"))
        if kinds & {"read_token", "return_session"}:
            tokens = "src/common/token.service.ts"
            wanted.append(("TokenService", "tokens", tokens, "TokenService"))
        if kinds & {"send_reset", "read_reset"}:
            resets = "src/common/password-reset.service.ts"
            wanted.append(("PasswordResetService", "resets", resets, "PasswordResetService"))
        if kinds & {"hash_password", "verify_password"}:
            passwords = "src/common/password.service.ts"
            wanted.append(("PasswordService", "passwords", passwords, "PasswordService"))
        if any(needs_invitation(self._project, o) for o in self._resource.operations):
            wanted.append(("APP_CONFIG", "config", "src/config.ts", "AppConfig"))
        if not wanted:
            return []
        inject = self._imports.value("@nestjs/common", "Inject")
        parameters: list[str] = []
        for token, field, path, kind in wanted:
            module = relative(self._path, path)
            self._imports.value(module, token)
            self._imports.type(module, kind)
            parameters.append(f"@{inject}({token}) private readonly {field}: {kind}")
        if len(parameters) == 1:
            return [f"  public constructor({parameters[0]}) {{}}\n"]
        listed = "".join(f"    {parameter},\n" for parameter in parameters)
        return [f"  public constructor(\n{listed}  ) {{}}\n"]

    def _method(self, operation: Operation) -> str:
        needed = uses(self._project, operation)
        body = self._body(operation)
        scope = LocalScope(
            self._path,
            self._imports,
            body,
            self._project.database,
            has_visitors=operation.guests,
        )
        method = Method(
            project=self._project,
            operation=operation,
            finders=self._finders,
            presenters=self._presenters,
            variables=Variables((*needed.parameters, "ORDERS")),
        )
        invited = needs_invitation(self._project, operation)
        lines = write_body(method, scope, needs_invitation=invited)
        tags = [f"@requirement {', '.join(operation.requirements)}"] * bool(operation.requirements)
        tags += [f"@rule {', '.join(operation.rules)}"] * bool(operation.rules)
        answer = "void" if operation.response is None else self._dto(operation.response)
        signature = call(
            f"public async {operation.method_name}", *self._parameters(operation, needed)
        )
        head = layout(concat(signature, f": Promise<{answer}> {{"), _INDENT)
        return f"{jsdoc([operation.description], tags, _INDENT)}{head}\n{lines}  }}\n"

    def _parameters(self, operation: Operation, needed: Uses) -> list[Doc]:
        found: list[Doc] = []
        if needed.actor:
            module = relative(self._path, "src/common/current-actor.ts")
            absent = " | undefined" if operation.guests else ""
            found.append(f"actor: {self._imports.type(module, 'CurrentActor')}{absent}")
        found += [f"{name}: string" for name in needed.parameters]
        if needed.body and operation.request is not None:
            found.append(f"body: {self._dto(operation.request)}")
        if needed.query and operation.query_schema is not None:
            found.append(f"query: {self._dto(operation.query_schema)}")
        return found

    def _body(self, operation: Operation) -> ObjectSchema | None:
        if operation.request is None:
            return None
        schema = self._project.interface.named(operation.request).schema_
        return schema if isinstance(schema, ObjectSchema) else None

    def _dto(self, name: str) -> str:
        schema = self._project.interface.named(name)
        return self._imports.own(relative(self._path, structure_file(schema)), name)

    def _orders(self) -> str:
        """Write the table of sort orders, if the resource has a list with a choice of them."""
        orders: dict[str, tuple[str, str]] = {}
        for operation in self._resource.operations:
            orders |= list_orders(self._project, operation)
        if not orders:
            return ""
        table = self._project.database.table(self._resource.operations[0].table)
        ranks = self._ranks(table, [column for column, _ in orders.values()])
        entries: list[Doc] = [
            concat(f"{value}: [{ranks.get(column, quoted(column))}, {quoted(direction)}]")
            for value, (column, direction) in orders.items()
        ]
        comment = jsdoc([f"How a list of {words(self._resource.name)} can be sorted."])
        constant = concat("const ORDERS = ", braces(entries), " as const;")
        return f"{self._rank_constants(table, ranks)}{comment}{layout(constant)}\n\n"

    def _ranks(self, table: Table, columns: list[str]) -> dict[str, str]:
        """Name a constant for each enum among the columns: its words have their own order."""
        found = ((name, table.column(name)) for name in dict.fromkeys(columns))
        return {
            name: f"BY_{name.upper()}"
            for name, column in found
            if column is not None and isinstance(column.type, EnumType)
        }

    def _rank_constants(self, table: Table, ranks: dict[str, str]) -> str:
        text = ""
        for name, constant in ranks.items():
            column = table.column(name)
            values = column.type.values if column and isinstance(column.type, EnumType) else ()
            module = relative(self._path, "src/database/sql-expressions.ts")
            rank = self._imports.value(module, "rank")
            reference = quoted(f"{table.plural}.{name}")
            ranking = call(rank, reference, brackets([quoted(value) for value in values]))
            text += layout(concat(f"const {constant} = ", ranking, ";")) + "\n"
        return text + "\n" if text else ""

    def _shared_finds(self) -> dict[pg.Find, Finder]:
        """Find the look-ups that several methods make alike, and name a method for each."""
        counted: Counter[pg.Find] = Counter()
        for operation in self._resource.operations:
            statements = self._project.program.function(operation.id).statements
            counted.update(_anonymous(each) for each in _finds(statements) if _is_shareable(each))
        finders: dict[pg.Find, Finder] = {}
        taken = {o.method_name for o in self._resource.operations}
        for find, count in counted.items():
            if count < 2:
                continue
            nodes = list(walk(find.where))
            needs_actor = any(isinstance(node, ex.ActorId | ex.ActorIs) for node in nodes)
            names = [n.name for n in nodes if isinstance(n, ex.Parameter)]
            stem = f"find{'Own' if needs_actor else ''}{pascal(find.table)}"
            name, number = stem, 1
            while name in taken:
                number += 1
                name = f"{stem}{number}"
            taken.add(name)
            finders[find] = Finder(name, find, needs_actor, tuple(dict.fromkeys(names)))
        return finders

    def _finder(self, finder: Finder) -> str:
        table = self._project.database.table(finder.find.table)
        scope = LocalScope(self._path, self._imports, None, self._project.database, db="db")
        looking = find_query(self._project, finder.find, scope, "selectAll()")
        query = layout(concat("return ", looking, ";"), 2 * _INDENT)
        row = self._presenters.row(table)
        service = relative(self._path, "src/database/database.service.ts")
        parameters: list[Doc] = [f"db: {self._imports.type(service, 'Queries')}"]
        if finder.actor:
            module = relative(self._path, "src/common/current-actor.ts")
            parameters.append(f"actor: {self._imports.type(module, 'CurrentActor')}")
        parameters += [f"{name}: string" for name in finder.parameters]
        head = layout(
            concat(call(f"private {finder.name}", *parameters), f": Promise<{row}> {{"), _INDENT
        )
        whose = " of the caller" if finder.actor else ""
        row = with_article(words(table.name))
        text = f"Find {row}{whose}; {finder.find.missing} if there is none."
        return f"{jsdoc([text], indent=_INDENT)}{head}\n{query}\n  }}\n"


def _finds(statements: Sequence[pg.Statement]) -> Iterator[pg.Find]:
    """Yield the look-ups that are made in any case."""
    for each in statements:
        if isinstance(each, pg.Find):
            yield each
        elif isinstance(each, pg.Transaction):
            yield from _finds(each.body)


def _anonymous(find: pg.Find) -> pg.Find:
    return find.model_copy(update={"variable": camel(find.table)})


def _is_shareable(find: pg.Find) -> bool:
    return not any(
        isinstance(
            node,
            ex.BodyProperty
            | ex.QueryProperty
            | ex.Provided
            | ex.RowField
            | ex.Variable
            | ex.Property
            | ex.CallerIs,
        )
        for node in walk(find.where)
    )
