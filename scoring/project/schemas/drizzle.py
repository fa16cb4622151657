"""Read Drizzle's tables: `export const todos = pgTable("todos", { … }, (t) => [ … ])`.

Format: https://orm.drizzle.team/docs/sql-schema-declaration.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from scoring.project.facts import Column, ForeignKey, Table
from scoring.project.schemas.literals import (
    DELETE_RULES,
    default_of,
    options_of,
    scalar_of,
    text_of,
    values_of,
)
from scoring.typescript.callees import arguments_of, callee_name
from scoring.typescript.declarations import Declarations, Scope
from scoring.typescript.modules import Module, Program
from scoring.typescript.syntax import SyntaxNode, doc_text, string_value, unwrap, walk

_TABLES = frozenset({"pgTable", "mysqlTable", "sqliteTable", "table"})
_Step = tuple[str, Sequence[SyntaxNode]]


def is_drizzle_table(node: SyntaxNode) -> bool:
    """Whether an expression declares a table."""
    node = unwrap(node)
    if node.type != "call_expression":
        return False
    callee = node.get("function")
    given = arguments_of(node.get("arguments"))
    named = callee is not None and callee_name(callee) in _TABLES
    return named and len(given) >= 2 and string_value(given[0]) is not None


def read_drizzle(program: Program, declarations: Declarations) -> tuple[Table, ...]:
    """Return a table for each constant that declares one; its name is the constant's."""
    found: list[Table] = []
    for module in program.modules.values():
        if "drizzle-orm" not in module.text:
            continue
        for name, node in module.constants.items():
            if is_drizzle_table(node):
                found.append(_table(name, unwrap(node), module, Scope(declarations, module)))
    return tuple(found)


def _table(name: str, node: SyntaxNode, module: Module, scope: Scope) -> Table:
    given = arguments_of(node.get("arguments"))
    columns: list[Column] = []
    links: list[ForeignKey] = []
    for key, value, doc in _members(given[1], scope):
        column, link = _column(key, value, doc, module, scope)
        columns.append(column)
        links += [link] if link is not None else []
    keys: dict[str, list[tuple[str, ...]]] = {"unique": [], "index": [], "primaryKey": []}
    for kind, names, extra in _extras(given[2] if len(given) > 2 else None):
        if kind == "foreignKey" and extra is not None:
            links.append(_declared_key(names, extra, columns, module))
        elif kind in keys:
            keys[kind].append(names)
    uniques = [*((c.name,) for c in columns if c.unique), *keys["unique"]]
    own = tuple(c.name for c in columns if c.is_id)
    return Table(
        name=name,
        sql_name=string_value(given[0]) or name,
        columns=tuple(columns),
        foreign_keys=tuple(replace(k, unique=k.columns in uniques) for k in links),
        uniques=tuple(uniques),
        indexes=tuple(keys["index"]),
        key=own or next(iter(keys["primaryKey"]), ()),
        doc=module.docs.get(name, ""),
        file=module.path,
        line=node.line,
    )


def _members(node: SyntaxNode, scope: Scope) -> Iterable[tuple[str, SyntaxNode, str]]:
    """Yield name, expression and comment of each column, spread groups of columns included."""
    node = unwrap(node)
    if node.type == "arrow_function":
        body = node.get("body")
        if body is not None:
            yield from _members(body, scope)
        return
    doc = ""
    for child in node.children:
        if child.type == "comment":
            doc = doc_text(child.text) or doc
            continue
        key, value = child.get("key"), child.get("value")
        if child.type == "pair" and key is not None and value is not None:
            yield string_value(key) or key.text, value, doc
        elif child.type == "spread_element" and child.children:
            held = scope.constant(child.children[0].text)
            if held is not None:
                yield from _members(held.node, held.scope)
        doc = ""


def _steps(node: SyntaxNode) -> list[_Step]:
    """Return the calls of a chain, the first of them first."""
    found: list[_Step] = []
    node = unwrap(node)
    while node.type == "call_expression":
        callee = node.get("function")
        if callee is None:
            break
        callee = unwrap(callee)
        found.append((callee_name(callee), arguments_of(node.get("arguments"))))
        target = callee.get("object") if callee.type == "member_expression" else None
        if target is None:
            break
        node = unwrap(target)
    return found[::-1]


def _column(
    name: str, node: SyntaxNode, doc: str, module: Module, scope: Scope
) -> tuple[Column, ForeignKey | None]:
    steps = _steps(node)
    first, given = steps[0] if steps else ("text", list[SyntaxNode]())
    called = dict(steps)
    options = options_of(given)
    values = values_of(options.get("enum"), scope) or _enumerated(first, scope)
    kind = _kind(first, options)
    default = default_of(next(iter(called.get("default", ())), None), scope)
    if "defaultNow" in called:
        default = "now()"
    elif "defaultRandom" in called or "$defaultFn" in called or "$default" in called:
        default = "uuid()" if kind == "String" else "now()"
    elif first.lower().endswith("serial"):
        default = "autoincrement()"
    is_id = "primaryKey" in called
    column = Column(
        name=name,
        type="enum" if values else kind,
        is_list="array" in called,
        nullable="notNull" not in called and not is_id and not first.lower().endswith("serial"),
        unique="unique" in called,
        is_id=is_id,
        default=default,
        values=values,
        doc=doc,
        file=module.path,
        line=node.line,
    )
    referred = called.get("references")
    return column, _reference(column, referred, module) if referred else None


def _kind(first: str, options: Mapping[str, SyntaxNode]) -> str:
    mode = text_of(options, "mode")
    if mode in ("boolean", "json"):
        return "Boolean" if mode == "boolean" else "Json"
    if mode in ("timestamp", "timestamp_ms", "date") and first == "integer":
        return "DateTime"
    spaced = re.sub(r"([a-z])([A-Z])", r"\1 \2", first).lower()
    return scalar_of(spaced) or scalar_of(first) or "String"


def _enumerated(name: str, scope: Scope) -> tuple[str, ...]:
    """Return the values of `export const priority = pgEnum("priority", ["low", …])`."""
    held = scope.constant(name)
    node = unwrap(held.node) if held is not None else None
    callee = node.get("function") if node is not None else None
    if held is None or node is None or callee is None or callee_name(callee) != "pgEnum":
        return ()
    given = arguments_of(node.get("arguments"))
    return values_of(given[1], held.scope) if len(given) > 1 else ()


def _reference(column: Column, given: Sequence[SyntaxNode], module: Module) -> ForeignKey | None:
    """Read `references(() => users.id, { onDelete: "cascade" })`."""
    target = next((n for n in walk(given[0]) if n.type == "member_expression"), None)
    table = target.get("object") if target is not None else None
    if table is None:
        return None
    rule = text_of(options_of(given[1:]), "onDelete") or "no action"
    return ForeignKey(
        name=re.sub(r"_?[iI]d$", "", column.name),
        target=table.text,
        columns=(column.name,),
        on_delete=DELETE_RULES.get(rule, "NoAction"),
        nullable=column.nullable,
        unique=column.unique,
        file=module.path,
        line=column.line,
    )


def _extras(
    node: SyntaxNode | None,
) -> Iterable[tuple[str, tuple[str, ...], tuple[SyntaxNode, list[_Step]] | None]]:
    """Yield kind and columns of each key in the third argument of a table."""
    body = node.get("body") if node is not None else None
    if body is None:
        return
    for child in unwrap(body).children:
        held = child.get("value") if child.type == "pair" else child
        if held is None or unwrap(held).type != "call_expression":
            continue
        steps = _steps(held)
        kind = {"uniqueIndex": "unique"}.get(steps[0][0], steps[0][0])
        options = options_of(steps[0][1])
        if kind == "foreignKey":
            yield kind, _columns(options.get("columns")), (held, steps)
        elif "columns" in options:
            yield kind, _columns(options["columns"]), None
        else:
            listed = next((given for name, given in steps[1:] if name == "on"), steps[0][1])
            yield kind, tuple(n for each in listed for n in _columns(each)), None


def _columns(node: SyntaxNode | None) -> tuple[str, ...]:
    """Return the columns in `[t.a, t.b.desc()]`."""
    if node is None:
        return ()
    node = unwrap(node)
    nodes = node.children if node.type == "array" else [node]
    found: list[str] = []
    for each in nodes:
        while each.type == "call_expression" and each.get("function") is not None:
            inner = each.fields["function"].get("object")
            given = arguments_of(each.get("arguments"))
            each = inner if inner is not None else (given[0] if given else each)
            if inner is None and not given:
                break
        name = each.get("property")
        if name is not None:
            found.append(name.text)
    return tuple(found)


def _declared_key(
    names: tuple[str, ...],
    extra: tuple[SyntaxNode, list[_Step]],
    columns: Sequence[Column],
    module: Module,
) -> ForeignKey:
    """Read `foreignKey({ columns, foreignColumns }).onDelete("cascade")`."""
    node, steps = extra
    pointed = options_of(steps[0][1]).get("foreignColumns")
    target = (
        next((n for n in walk(pointed) if n.type == "member_expression"), None) if pointed else None
    )
    table = target.get("object") if target is not None else None
    rule = next((string_value(g[0]) for n, g in steps if n == "onDelete" and g), None)
    return ForeignKey(
        name=re.sub(r"_?[iI]d$", "", names[0]) if names else "",
        target=table.text if table is not None else "",
        columns=names,
        on_delete=DELETE_RULES.get(rule or "", "NoAction"),
        nullable=any(c.nullable for c in columns if c.name in names),
        unique=False,
        file=module.path,
        line=node.line,
    )
