"""Read Mongoose's schemas: Nest's `@Schema` classes, and `new Schema({ … })`.

Formats: https://docs.nestjs.com/techniques/mongodb and https://mongoosejs.com/docs/guide.html.
A schema has a key `_id` whether it names one or not.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from scoring.project.facts import UNENFORCED, Column, ForeignKey, Table
from scoring.project.schemas.fields import decorated_fields
from scoring.project.schemas.literals import (
    default_of,
    is_true,
    options_of,
    pointed_at,
    scalar_of,
    text_of,
    values_of,
)
from scoring.typescript.callees import arguments_of, callee_name
from scoring.typescript.declarations import Declarations, Scope
from scoring.typescript.modules import Class, Module, Program
from scoring.typescript.syntax import SyntaxNode, doc_text, string_value, unwrap, walk
from scoring.words import spelled


@dataclass
class _Schema:
    """A schema while it is read; `variable` is what its indexes are added to."""

    name: str
    module: Module
    scope: Scope
    doc: str
    line: int
    variable: str = ""
    collection: str | None = None
    stamps: bool = False
    columns: list[Column] = field(default_factory=lambda: [])
    links: list[ForeignKey] = field(default_factory=lambda: [])
    indexed: list[tuple[str, ...]] = field(default_factory=lambda: [])


def read_mongoose(program: Program, declarations: Declarations) -> tuple[Table, ...]:
    """Return a table for each schema, named by its class or its model."""
    found: list[Table] = []
    for module in program.modules.values():
        if "mongoose" not in module.text:
            continue
        scope = Scope(declarations, module)
        schemas = [*_classes(module, scope), *_constants(module, scope)]
        found += [_table(schema) for schema in schemas]
    return tuple(found)


def _classes(module: Module, scope: Scope) -> Iterable[_Schema]:
    for name, owner in module.classes.items():
        mark = next((d for d in owner.decorators if d.name == "Schema"), None)
        if mark is None:
            continue
        options = options_of(mark.arguments)
        if "_id" in options and not is_true(options, "_id"):
            continue
        made = _Schema(name, module, scope, owner.doc, owner.node.line)
        made.stamps, made.collection = (
            is_true(options, "timestamps"),
            text_of(options, "collection"),
        )
        made.variable = next(
            (
                key
                for key, node in module.constants.items()
                if "createForClass" in node.text and re.search(rf"\b{name}\b", node.text)
            ),
            "",
        )
        _read_class(made, owner)
        yield made


def _read_class(made: _Schema, owner: Class) -> None:
    for each in decorated_fields(owner):
        if "Prop" in each.marks:
            options = options_of(each.marks["Prop"].arguments)
            _add(made, each.name, options, each.type or "string", each.doc, each.line)


def _constants(module: Module, scope: Scope) -> Iterable[_Schema]:
    """Yield what `const todoSchema = new Schema({ … })` declares, named by its model."""
    for name, node in module.constants.items():
        node = unwrap(node)
        constructor = node.get("constructor")
        if node.type != "new_expression" or constructor is None:
            continue
        given = arguments_of(node.get("arguments"))
        if constructor.text.rpartition(".")[2] != "Schema" or not given:
            continue
        options = options_of(given[1:])
        made = _Schema(
            _model_name(module, name), module, scope, module.docs.get(name, ""), node.line
        )
        made.variable, made.stamps = name, is_true(options, "timestamps")
        made.collection = text_of(options, "collection")
        doc = ""
        for pair in unwrap(given[0]).children:
            if pair.type == "comment":
                doc = doc_text(pair.text) or doc
                continue
            key, value = pair.get("key"), pair.get("value")
            if key is not None and value is not None:
                value = unwrap(value)
                inner = options_of([value]) if value.type == "object" else {"type": value}
                _add(made, string_value(key) or key.text, inner, "", doc, pair.line)
            doc = ""
        yield made


def _model_name(module: Module, variable: str) -> str:
    for node in module.constants.values():
        node = unwrap(node)
        callee = node.get("function")
        if callee is not None and callee_name(unwrap(callee)) == "model":
            given = arguments_of(node.get("arguments"))
            if len(given) > 1 and given[1].text == variable:
                return string_value(given[0]) or variable
    return re.sub(r"[sS]chema$", "", variable) or variable


def _add(
    made: _Schema,
    name: str,
    options: Mapping[str, SyntaxNode],
    declared: str,
    doc: str,
    line: int,
) -> None:
    written = options.get("type")
    named = pointed_at(written) or (written.text.rpartition(".")[2] if written is not None else "")
    many = (written is not None and written.type == "array") or declared.endswith("[]")
    bare = re.sub(r"\s*\|\s*(null|undefined)\b", "", declared).removesuffix("[]").strip()
    values = values_of(options.get("enum"), made.scope)
    required = is_true(options, "required")
    column = Column(
        name=name,
        type="enum" if values else scalar_of(named or bare.rpartition(".")[2]) or "String",
        is_list=many,
        nullable=not required and "default" not in options,
        unique=is_true(options, "unique"),
        is_id=name == "_id",
        default=default_of(options.get("default"), made.scope),
        values=tuple(v for v in values if v),
        doc=doc,
        file=made.module.path,
        line=line,
    )
    made.columns.append(column)
    if is_true(options, "index"):
        made.indexed.append((name,))
    target = pointed_at(options.get("ref"))
    if target is not None:
        made.links.append(
            ForeignKey(
                name=re.sub(r"_?[iI]d$", "", name), target=target, columns=(name,),
                on_delete=UNENFORCED, nullable=not required, unique=column.unique,
                file=column.file, line=line,
            )
        )  # fmt: skip


def _table(schema: _Schema) -> Table:
    file, line = schema.module.path, schema.line
    columns = list(schema.columns)
    if not any(column.is_id for column in columns):
        columns.insert(0, _own("_id", "String", "uuid()", "The key.", file, line))
    if schema.stamps:
        known = {column.name for column in columns}
        columns += [
            _own(name, "DateTime", "now()", "Set by the library.", file, line)
            for name in ("createdAt", "updatedAt")
            if name not in known
        ]
    uniques: list[tuple[str, ...]] = [(c.name,) for c in columns if c.unique]
    indexes = list(schema.indexed)
    for names, unique in _declared_indexes(schema):
        (uniques if unique else indexes).append(names)
    return Table(
        name=schema.name,
        sql_name=schema.collection or "_".join(spelled(schema.name)),
        columns=tuple(columns),
        foreign_keys=tuple(schema.links),
        uniques=tuple(uniques),
        indexes=tuple(indexes),
        key=tuple(c.name for c in columns if c.is_id),
        doc=schema.doc,
        file=file,
        line=line,
    )


def _own(name: str, kind: str, default: str, doc: str, file: str, line: int) -> Column:
    return Column(
        name=name, type=kind, is_list=False, nullable=False, unique=False,
        is_id=name == "_id", default=default, values=(), doc=doc, file=file, line=line,
    )  # fmt: skip


def _declared_indexes(schema: _Schema) -> Iterable[tuple[tuple[str, ...], bool]]:
    """Yield the columns of `todoSchema.index({ owner: 1, name: 1 }, { unique: true })`."""
    if not schema.variable:
        return
    for node in walk(schema.module.root):
        callee = node.get("function") if node.type == "call_expression" else None
        target = callee.get("object") if callee is not None else None
        if callee is None or target is None or callee_name(callee) != "index":
            continue
        if target.text == schema.variable:
            given = arguments_of(node.get("arguments"))
            names = tuple(options_of(given[:1]))
            yield names, is_true(options_of(given[1:]), "unique")
