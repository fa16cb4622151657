"""The DTOs: zod schemas that check what comes in, and the types inferred from them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.ast.interface import (
    ArraySchema,
    BooleanSchema,
    ConstantSchema,
    FreeObjectSchema,
    IntegerSchema,
    ListQuery,
    NamedSchema,
    NullSchema,
    NumberSchema,
    ObjectSchema,
    OneOfSchema,
    ReferenceSchema,
    Schema,
    SchemaProperty,
    StringSchema,
)
from pipeline.ast.patterns import TIME_REGEX
from pipeline.project import File, Project
from pipeline.render.layout import HARD_LINE, SOFT_LINE, Doc, DocGroup, Indent, concat, join, layout
from pipeline.render.nest.places import (
    is_pagination,
    relative,
    schema_names,
    sort_columns,
    sorted_by,
    structure_file,
)
from pipeline.render.typescript import (
    Imports,
    brackets,
    call,
    jsdoc,
    number,
    quoted,
    references,
)

_ANSWERS = ("entity", "preview", "page", "session", "summary")
_SCHEMAS = "src/common/schemas.ts"
_JSON = "src/common/json.ts"
_CHECKED = {
    "uuid": "RowKey",
    "date": "Day",
    "date-time": "Moment",
    "uri": "WebAddress",
    "email": "Email",
    "password": "Text",
    None: "Text",
}
"""What a text in a request must be: a schema of `src/common/schemas.ts`."""
_SHOWN = {
    "uuid": "z.uuid()",
    "date": "z.iso.date()",
    "date-time": "z.iso.datetime()",
    "uri": "z.url()",
    "email": "z.email()",
    "password": "z.string()",
    None: "z.string()",
}


_UNBOUNDED = ("uuid", "date", "date-time")
"""Formats whose length is no question."""


def render_structures(project: Project) -> tuple[File, ...]:
    """Render one file of DTOs for each table that has any."""
    files: dict[str, list[NamedSchema]] = {}
    for schema in project.interface.schemas:
        files.setdefault(structure_file(schema), []).append(schema)
    return tuple(_file(project, path, schemas) for path, schemas in files.items())


def first_order(project: Project, schema: NamedSchema, query: ListQuery) -> str | None:
    """Return the `sort` value of a query schema that its list begins with, if it has one."""
    sort = next((p for p in _properties(schema) if p.name == "sort"), None)
    if sort is None or not isinstance(sort.schema_, StringSchema) or schema.table is None:
        return None
    orders = sort_columns(project.database.table(schema.table), sort.schema_.enum)
    first = sorted_by(query.first)
    return next((value for value, order in orders.items() if order == first), None)


def _file(project: Project, path: str, schemas: Sequence[NamedSchema]) -> File:
    imports = Imports(schema_names(project))
    imports.value("zod", "z")
    ordered = _dependencies_first(schemas)
    texts = [_Structure(project, path, schema, imports).render() for schema in ordered]
    return File(path, imports.render() + "\n".join(texts))


def _dependencies_first(schemas: Sequence[NamedSchema]) -> list[NamedSchema]:
    """Order the schemas so that each follows those that it speaks of."""
    by_name = {schema.name: schema for schema in schemas}
    ordered: dict[str, NamedSchema] = {}

    def visit(schema: NamedSchema, path: frozenset[str]) -> None:
        for name in references(schema.schema_):
            if name in by_name and name not in path:
                visit(by_name[name], path | {name})
        ordered.setdefault(schema.name, schema)

    for schema in schemas:
        visit(schema, frozenset((schema.name,)))
    return list(ordered.values())


def _properties(schema: NamedSchema) -> tuple[SchemaProperty, ...]:
    return schema.schema_.properties if isinstance(schema.schema_, ObjectSchema) else ()


@dataclass(frozen=True)
class _Structure:
    """One named schema on its way to text."""

    project: Project
    path: str
    schema: NamedSchema
    imports: Imports

    def render(self) -> str:
        """Write the zod constant and the type of the same name."""
        name = self.schema.name
        value = layout(concat(f"export const {name} = ", self._zod(self.schema.schema_), ";"))
        alias = f"export type {name} = z.infer<typeof {name}>;"
        return f"{jsdoc([self.schema.description])}{value}\n{alias}\n"

    @property
    def _is_answer(self) -> bool:
        return self.schema.role in _ANSWERS

    def _shared(self, name: str) -> str:
        return self.imports.value(relative(self.path, _SCHEMAS), name)

    def _zod(self, schema: Schema) -> Doc:
        match schema:
            case ConstantSchema(value=value):
                return f"z.literal({quoted(value)})"
            case BooleanSchema():
                return "z.boolean()"
            case IntegerSchema() | NumberSchema():
                return _number(schema)
            case StringSchema():
                return self._string(schema)
            case ArraySchema(items=items, min_items=least, max_items=most):
                bounds = "" if least is None else f".min({least})"
                bounds += "" if most is None else f".max({most})"
                return concat(call("z.array", self._zod(items)), bounds)
            case ObjectSchema():
                return self._shared("Pagination") if is_pagination(schema) else self._object(schema)
            case FreeObjectSchema(max_length=most):
                if self._is_answer:
                    return "z.record(z.string(), z.unknown())"
                json = self.imports.value(relative(self.path, _JSON), "jsonObject")
                return f"{json}({most})"
            case ReferenceSchema(name=name):
                target = structure_file(self.project.interface.named(name))
                if target != self.path:
                    self.imports.own(relative(self.path, target), name, is_type=False)
                return name
            case OneOfSchema(options=options):
                return self._one_of(options)
            case NullSchema():
                return "z.null()"

    def _one_of(self, options: Sequence[Schema]) -> Doc:
        solid = [self._zod(each) for each in options if not isinstance(each, NullSchema)]
        if not solid:
            return "z.null()"
        value = solid[0] if len(solid) == 1 else call("z.union", brackets(solid))
        return concat(value, ".nullable()") if len(solid) < len(options) else value

    def _string(self, schema: StringSchema) -> Doc:
        if schema.enum:
            return call("z.enum", brackets([quoted(value) for value in schema.enum]))
        if schema.text_pattern is not None:
            return f"z.string().regex(/{schema.text_pattern.regex}/)"
        if schema.format == "time":
            return f"z.string().regex(/{TIME_REGEX}/)"
        if not self._is_answer and schema.format in _UNBOUNDED:
            return self._shared(_CHECKED[schema.format])
        low = "" if schema.min_length in (None, 0) else f".min({schema.min_length})"
        high = "" if schema.max_length is None else f".max({schema.max_length})"
        shown = _SHOWN[schema.format]
        return (shown if self._is_answer else self._shared(_CHECKED[schema.format])) + low + high

    def _object(self, schema: ObjectSchema) -> Doc:
        maker = "z.object" if self._is_answer else "z.strictObject"
        if not schema.properties:
            return f"{maker}({{}})"
        members: list[Doc] = []
        for each in schema.properties:
            comment = jsdoc([each.description]).rstrip("\n").split("\n")
            members += [*comment, concat(f"{each.name}: ", self._property(each), ",")]
        body = Indent(concat(HARD_LINE, join(HARD_LINE, members)))
        return DocGroup(concat(f"{maker}({{", body, HARD_LINE, "})"), broken=True)

    def _property(self, each: SchemaProperty) -> Doc:
        if self.schema.role == "query":
            return self._query_parameter(each)
        return self._followed(each.schema_, () if each.required else ("optional()",))

    def _query_parameter(self, each: SchemaProperty) -> Doc:
        schema = each.schema_
        if isinstance(schema, OneOfSchema):
            schema = next((o for o in schema.options if not isinstance(o, NullSchema)), schema)
        default = self._default(each.name)
        ending = f"default({default})" if default is not None else "optional()"
        endings = () if each.required and default is None else (ending,)
        match schema:
            case BooleanSchema():
                value: Doc = self._shared("QueryBoolean")
            case IntegerSchema() | NumberSchema():
                bounded = _number(self._with_page_bounds(each.name, schema))
                value = call(f"{self._shared('QueryNumber')}.pipe", bounded)
            case _:
                return self._followed(schema, endings)
        return concat(value, *(f".{each}" for each in endings))

    def _followed(self, schema: Schema, endings: tuple[str, ...]) -> Doc:
        """Write a schema and calls on it; a list of words and its calls break together."""
        if isinstance(schema, OneOfSchema):
            solid = [o for o in schema.options if not isinstance(o, NullSchema)]
            if len(solid) == 1 and len(solid) < len(schema.options):
                return self._followed(solid[0], ("nullable()", *endings))
        if isinstance(schema, StringSchema) and schema.enum and endings:
            words = call("enum", brackets([quoted(value) for value in schema.enum]))
            links = (concat(SOFT_LINE, ".", link) for link in (words, *endings))
            return DocGroup(concat("z", Indent(concat(*links))))
        return concat(self._zod(schema), *(f".{each}" for each in endings))

    def _query(self) -> ListQuery | None:
        operations = self.project.interface.operations
        return next((o.query for o in operations if o.query_schema == self.schema.name), None)

    def _with_page_bounds(
        self, name: str, schema: IntegerSchema | NumberSchema
    ) -> IntegerSchema | NumberSchema:
        query = self._query()
        if query is None or name not in ("page", "limit"):
            return schema
        most = query.max_limit if name == "limit" else None
        return IntegerSchema(
            type="integer",
            minimum=1 if schema.minimum is None else int(schema.minimum),
            maximum=most if schema.maximum is None else int(schema.maximum),
        )

    def _default(self, name: str) -> str | None:
        query = self._query()
        if query is None:
            return None
        if name == "sort":
            value = first_order(self.project, self.schema, query)
            return None if value is None else quoted(value)
        return {"page": "1", "limit": str(query.default_limit)}.get(name)


def _number(schema: IntegerSchema | NumberSchema) -> str:
    text = "z.int()" if isinstance(schema, IntegerSchema) else "z.number()"
    if schema.minimum is not None:
        text += f".min({number(schema.minimum)})"
    if schema.maximum is not None:
        text += f".max({number(schema.maximum)})"
    if isinstance(schema, NumberSchema) and schema.multiple_of is not None:
        text += f".multipleOf({number(schema.multiple_of)})"
    return text
