"""Presenters: the methods that make answers of rows, and read what rows alone don't have."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from pipeline.ast.database import JsonType, Table
from pipeline.ast.interface import NamedSchema, ObjectSchema
from pipeline.english import with_article
from pipeline.names import words
from pipeline.project import Project
from pipeline.render.layout import Doc, concat, layout
from pipeline.render.nest.places import relative, row_type, schema_names, structure_file
from pipeline.render.nest.service.shown.details import (
    NOBODY,
    Details,
    details_name,
    details_of,
    selection,
)
from pipeline.render.nest.service.shown.nested import Nested, nested_of, reading
from pipeline.render.typescript import Imports, braces, call, jsdoc

_INDENT = 2
_TABLES = "src/database/tables.ts"
_NOBODY_KEY = "00000000-0000-0000-0000-000000000000"


@dataclass
class Presenters:
    """The presenters of one service, as far as its methods have asked for them."""

    project: Project
    path: str
    imports: Imports
    _presented: dict[str, NamedSchema] = field(default_factory=dict[str, NamedSchema])
    _looked_up: set[str] = field(default_factory=set[str])

    def present(self, response: str) -> str:
        """Return the method that presents a row, which has its details beside its columns."""
        self._presented.setdefault(response, self.project.interface.named(response))
        return f"to{response}"

    def details(self, response: str) -> Details | None:
        """Return what a schema shows of rows beside their columns, None if it is nothing."""
        schema = self.project.interface.named(response)
        return Details(self.project, schema, self._common) if details_of(schema) else None

    def _common(self, module: str, name: str) -> str:
        """Import a value of the project's own library."""
        return self.imports.value(relative(self.path, module), name)

    def has_lists(self, response: str) -> bool:
        """Whether a schema shows lists of other rows with each row."""
        return bool(nested_of(self.project, self.project.interface.named(response)))

    def reading_lists(self, response: str, keys: Doc, db: str) -> Doc:
        """Write the call that reads the lists of the rows with these keys."""
        return call(f"await this.{_nested_name(response)}", keys, db)

    def shown(self, response: str, row: str, db: str, actor: str) -> Doc:
        """Write the presentation of a row that has no details and lists yet."""
        presenter = self.present(response)
        details = self.details(response)
        if details is None and not self.has_lists(response):
            return call(f"this.{presenter}", row)
        self._looked_up.add(response)
        flagged = details is not None and details.has_flags
        return call(f"await this.show{response}", row, db, *([actor] * flagged))

    def constants(self) -> str:
        """Write the constants that the presenters need."""
        found = [self.details(name) for name in self._presented]
        if not any(details is not None and details.has_flags for details in found):
            return ""
        return f'/** The key of no account. */\nconst {NOBODY} = "{_NOBODY_KEY}";\n\n'

    def types(self) -> str:
        """Write the types of the details."""
        text = ""
        for name, schema in self._presented.items():
            details = self.details(name)
            if details is None:
                continue
            fields = details.fields(self._row_types(details))
            members = "".join(f"  {each.name}: {each.kind};\n" for each in fields)
            if details.has_flags:
                self.imports.type("kysely", "SqlBool")
            comment = jsdoc([f"What {name} shows of a row beside its columns."])
            text += f"{comment}interface {_type(schema)} {{\n{members}}}\n\n"
        return text + self._list_types()

    def _list_types(self) -> str:
        """Write the types of the lists that are shown with rows."""
        text = ""
        for name, schema in self._presented.items():
            lists = nested_of(self.project, schema)
            if lists:
                rows = (f"  {each.member.name}: {self.row(each.table)}[];\n" for each in lists)
                comment = jsdoc([f"The rows that {name} shows with a row."])
                text += f"{comment}interface {_nested_type(schema)} {{\n{''.join(rows)}}}\n\n"
        return text

    def methods(self) -> list[str]:
        """Write the presenters, and before each what reads the details and lists that it shows."""
        for schema in list(self._presented.values()):
            for each in nested_of(self.project, schema):
                if each.part is not None:
                    self.present(each.part)
        found: list[str] = []
        for name, schema in self._presented.items():
            details, lists = self.details(name), nested_of(self.project, schema)
            if details is not None:
                found.append(self._selecting(schema, details))
            if lists:
                found.append(self._reading(schema, lists))
            if name in self._looked_up:
                found.append(self._showing(schema, details, lists))
            found.append(self._presenter(schema, details, lists))
        return found

    def row(self, table: Table) -> str:
        """Import the type of a table's rows."""
        name = row_type(table, schema_names(self.project))
        return self.imports.own(relative(self.path, _TABLES), name)

    def _row_types(self, details: Details) -> dict[str, str]:
        return {table.name: self.row(table) for table in details.parents()}

    def _dto(self, schema: NamedSchema) -> str:
        return self.imports.own(relative(self.path, structure_file(schema)), schema.name)

    def _tables(self) -> str:
        return self.imports.type(relative(self.path, _TABLES), "DatabaseTables")

    def _actor(self, details: Details) -> list[Doc]:
        """Write the parameter for who is calling, where that matters."""
        if not details.has_flags:
            return []
        module = relative(self.path, "src/common/current-actor.ts")
        return [f"actor: {self.imports.type(module, 'CurrentActor')} | undefined"]

    def _selecting(self, schema: NamedSchema, details: Details) -> str:
        builder = self.imports.type("kysely", "ExpressionBuilder")
        plural = details.table.plural
        signature = call(f"private {details_name(schema.name)}", *self._actor(details))
        head = layout(concat(signature, " {"), _INDENT)
        fields = list(details.fields(self._row_types(details)))
        opened = f'return (eb: {builder}<{self._tables()}, "{plural}">) =>'
        body = layout(concat(opened, " ", selection(fields), ";"), 2 * _INDENT)
        text = f"Select what callers see of {words(plural)} beside their columns."
        return f"{jsdoc([text], indent=_INDENT)}{head}\n{body}\n  }}\n"

    def _reading(self, schema: NamedSchema, lists: Sequence[Nested]) -> str:
        queries = self._queries()
        signature = call(
            f"private async {_nested_name(schema.name)}", "keys: string[]", f"db: {queries}"
        )
        answer = f": Promise<(key: string) => {_nested_type(schema)}> {{"
        head = layout(concat(signature, answer), _INDENT)
        plural = words(self.project.database.table(schema.table or "").plural)
        text = f"Read what is shown with {plural}, for each of them by its key."
        body = reading(lists, 2 * _INDENT)
        return f"{jsdoc([text], indent=_INDENT)}{head}\n{body}  }}\n"

    def _showing(
        self, schema: NamedSchema, details: Details | None, lists: Sequence[Nested]
    ) -> str:
        table = self.project.database.table(schema.table or "")
        actor = self._actor(details) if details is not None else []
        signature = call(
            f"private async show{schema.name}",
            f"row: {self.row(table)}",
            f"db: {self._queries()}",
            *actor,
        )
        head = layout(concat(signature, f": Promise<{self._dto(schema)}> {{"), _INDENT)
        lines, parts = "", ["...row"]
        if details is not None:
            selecting = f"this.{details_name(schema.name)}({'actor' if actor else ''})"
            parts.append("...details")
            lines += (
                "    const details = await db\n"
                f'      .selectFrom("{table.plural}")\n'
                f"      .select({selecting})\n"
                '      .where("id", "=", row.id)\n'
                "      .executeTakeFirstOrThrow();\n"
            )
        if lists:
            found = concat(
                "const nested = ", self.reading_lists(schema.name, "[row.id]", "db"), ";"
            )
            lines += layout(found, 2 * _INDENT) + "\n"
            parts.append("...nested(row.id)")
        lines += f"    return this.to{schema.name}({{ {', '.join(parts)} }});\n"
        read = "what is shown with it is" if lists else "its details are"
        text = f"Present {with_article(words(table.name))}, once {read} read."
        return f"{jsdoc([text], indent=_INDENT)}{head}\n{lines}  }}\n"

    def _queries(self) -> str:
        service = relative(self.path, "src/database/database.service.ts")
        return self.imports.type(service, "Queries")

    def _presenter(
        self, schema: NamedSchema, details: Details | None, lists: Sequence[Nested]
    ) -> str:
        if schema.table is None or not isinstance(schema.schema_, ObjectSchema):
            raise ValueError(f"{schema.name} shows no table's row; give it a table and an object.")
        table = self.project.database.table(schema.table)
        members: list[Doc] = []
        shown = {each.member.name: each.shown for each in lists}
        for each in schema.schema_.properties:
            column = table.column(each.column) if each.column is not None else None
            if column is not None and isinstance(column.type, JsonType):
                module = relative(self.path, "src/common/json.ts")
                read = self.imports.value(module, "fromJson")
                members.append(f"{each.name}: {read}(row.{each.column})")
            elif each.column is not None:
                members.append(f"{each.name}: row.{each.column}")
            elif each.name in shown:
                members.append(concat(f"{each.name}: ", shown[each.name]))
            elif details is not None and each.source is not None:
                members.append(concat(f"{each.name}: ", details.shown(each)))
            elif each.required:
                raise ValueError(f"{schema.name}.{each.name} mirrors no column of {table.name}.")
        value = layout(concat("return ", braces(members), ";"), 2 * _INDENT)
        text = f"Present {with_article(words(table.name))} the way callers see it."
        kind = self.row(table) + (f" & {_type(schema)}" if details is not None else "")
        kind += f" & {_nested_type(schema)}" if lists else ""
        signature = call(f"private to{schema.name}", f"row: {kind}")
        head = layout(concat(signature, f": {self._dto(schema)} {{"), _INDENT)
        return f"{jsdoc([text], indent=_INDENT)}{head}\n{value}\n  }}\n"


def _nested_name(schema: str) -> str:
    """Return the method that reads the lists of the rows that a schema presents."""
    return f"{schema[:1].lower()}{schema[1:]}Nested"


def _nested_type(schema: NamedSchema) -> str:
    """Name the type of the lists that a schema shows with a row."""
    return f"{schema.name}NestedRow"


def _type(schema: NamedSchema) -> str:
    """Name the type of a schema's details; no class of the project ends like it."""
    return f"{schema.name}DetailsRow"
