"""Read entity classes: TypeORM's and MikroORM's decorators, which share most names.

Formats: https://typeorm.io/entities and https://mikro-orm.io/docs/decorators.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from scoring.project.facts import Column, ForeignKey, Table
from scoring.project.schemas.fields import DecoratedField, bare_name, decorated_fields
from scoring.project.schemas.literals import (
    DELETE_RULES,
    default_of,
    is_true,
    options_of,
    pointed_at,
    scalar_of,
    text_of,
    texts_in,
    values_of,
)
from scoring.typescript.declarations import Declarations, Scope
from scoring.typescript.modules import Class, Decorator, Program
from scoring.typescript.syntax import SyntaxNode, string_value, unwrap
from scoring.words import spelled, squeeze

_KEYS = frozenset({"PrimaryColumn", "PrimaryGeneratedColumn", "PrimaryKey", "ObjectIdColumn"})
_COLUMNS = frozenset({"Column", "Property", "Enum", "ViewColumn", "VersionColumn"})
_TIMES = {
    "CreateDateColumn": "now()",
    "UpdateDateColumn": "now()",
    "DeleteDateColumn": None,
}
_HELD = frozenset({"ManyToOne", "OneToOne"})
"""Relations whose key may stand in this table."""
_BASES_MAX = 6


@dataclass
class _Reading:
    """One entity class while it is read."""

    scope: Scope
    is_mikro: bool
    columns: list[Column] = field(default_factory=lambda: [])
    sql_names: dict[str, str] = field(default_factory=lambda: {})
    """What the database calls a column → the property."""
    links: list[tuple[DecoratedField, str]] = field(default_factory=lambda: [])


def read_entities(program: Program, declarations: Declarations) -> tuple[Table, ...]:
    """Return a table for each class with `@Entity`."""
    found: list[Table] = []
    for module in program.modules.values():
        if "@Entity" not in module.text:
            continue
        for entity in module.classes.values():
            mark = next((d for d in entity.decorators if bare_name(entity, d) == "Entity"), None)
            if mark is not None:
                found.append(_table(program, declarations, entity, mark))
    return tuple(found)


def _table(program: Program, declarations: Declarations, entity: Class, mark: Decorator) -> Table:
    is_mikro = "@mikro-orm" in entity.module.text
    reading = _Reading(Scope(declarations, entity.module), is_mikro)
    members = list(_members(program, entity))
    for member in members:
        _read_member(reading, member)
    named = [string_value(unwrap(n)) for n in mark.arguments]
    given = next((name for name in named if name), None)
    name = given or text_of(options_of(mark.arguments), "name", "tableName", "collection")
    links = tuple(_foreign_key(reading, member, target) for member, target in reading.links)
    columns = tuple(reading.columns)
    keys = _block_keys(entity, members, links)
    uniques = [*((c.name,) for c in columns if c.unique), *keys["unique"]]
    return Table(
        name=entity.name,
        sql_name=name or "_".join(spelled(entity.name)),
        columns=columns,
        foreign_keys=tuple(replace(k, unique=k.unique or k.columns in uniques) for k in links),
        uniques=tuple(uniques),
        indexes=tuple(keys["index"]),
        key=tuple(c.name for c in columns if c.is_id),
        doc=entity.doc or _comment(mark),
        file=entity.module.path,
        line=entity.node.line,
    )


def _comment(mark: Decorator) -> str:
    return text_of(options_of(mark.arguments), "comment") or ""


def _members(program: Program, entity: Class, depth: int = 0) -> Iterable[DecoratedField]:
    """Yield the decorated fields, those of the bases first."""
    base = program.resolve(entity.module, entity.base) if entity.base is not None else None
    if isinstance(base, Class) and depth < _BASES_MAX:
        yield from _members(program, base, depth + 1)
    yield from decorated_fields(entity)


def _read_member(reading: _Reading, member: DecoratedField) -> None:
    marks = member.marks
    options = member.options()
    if _HELD & set(marks):
        if "OneToOne" in marks and not _holds_key(reading, member, options):
            return
        target = _target(member, options)
        if target is not None:
            reading.links.append((member, target))
        return
    if not (_KEYS | _COLUMNS | set(_TIMES)) & set(marks):
        return
    if "persist" in options and not is_true(options, "persist"):
        return
    column = _column(reading, member, options)
    known = [each for each in reading.columns if each.name != column.name]
    reading.columns = [*known, column]
    name = text_of(options, "name", "fieldName")
    if name is not None:
        reading.sql_names[name] = column.name


def _holds_key(
    reading: _Reading, member: DecoratedField, options: Mapping[str, SyntaxNode]
) -> bool:
    if not reading.is_mikro:
        return "JoinColumn" in member.marks
    return is_true(options, "owner") or "inversedBy" in options or "mappedBy" not in options


def _target(member: DecoratedField, options: Mapping[str, SyntaxNode]) -> str | None:
    mark = next(member.marks[name] for name in ("ManyToOne", "OneToOne") if name in member.marks)
    first = pointed_at(mark.arguments[0]) if mark.arguments else None
    declared = re.search(r"(\w+)\W*$", re.sub(r"\s*\|\s*(null|undefined)", "", member.type))
    return first or pointed_at(options.get("entity")) or (declared[1] if declared else None)


def _column(reading: _Reading, member: DecoratedField, options: Mapping[str, SyntaxNode]) -> Column:
    marks, scope = member.marks, reading.scope
    kind, many = _type(reading, member, options)
    values = _values(member, options, scope)
    default = default_of(options.get("default"), scope)
    if default is None and "defaultRaw" in options:
        default = f"{string_value(options['defaultRaw']) or ''}()"
    for name in ("onCreate", "default"):
        if default is None and name in options:
            default = default_of(options[name], scope)
    if default is None and member.value is not None:
        default = default_of(member.value, scope)
    for mark, given in _TIMES.items():
        if mark in marks:
            kind, default = "DateTime", given
    is_id = bool(_KEYS & set(marks))
    if "PrimaryGeneratedColumn" in marks:
        arguments = marks["PrimaryGeneratedColumn"].arguments
        is_uuid = bool(arguments) and string_value(arguments[0]) == "uuid"
        kind, default = ("String", "uuid()") if is_uuid else ("Int", "autoincrement()")
    elif is_id and kind == "Int" and default is None:
        default = "autoincrement()"
    return Column(
        name=member.name,
        type="enum" if values and not many else kind,
        is_list=many,
        nullable=_nullable(reading, member, options) or "DeleteDateColumn" in marks,
        unique=is_true(options, "unique") or _alone(member, "Unique") or _unique_index(member),
        is_id=is_id,
        default=default,
        values=values,
        doc=member.doc or (text_of(options, "comment") or ""),
        file=member.file,
        line=member.line,
    )


def _alone(member: DecoratedField, name: str) -> bool:
    return name in member.marks


def _unique_index(member: DecoratedField) -> bool:
    mark = member.marks.get("Index")
    return mark is not None and is_true(options_of(mark.arguments), "unique")


def _nullable(reading: _Reading, member: DecoratedField, options: Mapping[str, SyntaxNode]) -> bool:
    if "nullable" in options:
        return is_true(options, "nullable")
    if not reading.is_mikro or "default" in options or member.value is not None:
        return False
    return member.optional or re.search(r"\|\s*null\b", member.type) is not None


def _type(
    reading: _Reading, member: DecoratedField, options: Mapping[str, SyntaxNode]
) -> tuple[str, bool]:
    """Return a column's type, and whether it holds many values."""
    written = options.get("columnType") or options.get("type")
    names: list[str | None] = [string_value(written)]
    if written is not None:
        names.append(pointed_at(written) or written.text.rpartition(".")[2])
    for mark in member.marks.values():
        names += [string_value(unwrap(n)) for n in mark.arguments]
    declared = re.sub(r"\s*\|\s*(null|undefined)\b", "", member.type).strip()
    known = [name for name in names if name is not None and scalar_of(name) is not None]
    many = declared.endswith("[]") or declared.startswith("Array<") or is_true(options, "array")
    many = many or any(name in ("simple-array", "array") for name in known)
    if known:
        kind = scalar_of(known[0]) or "String"
        return kind, many and kind not in ("Json", "Bytes")
    return scalar_of(declared.removesuffix("[]")) or "String", many


def _values(
    member: DecoratedField, options: Mapping[str, SyntaxNode], scope: Scope
) -> tuple[str, ...]:
    held = options.get("enum") or options.get("items")
    mark = member.marks.get("Enum")
    if held is None and mark is not None and mark.arguments:
        held = mark.arguments[0]
    found = values_of(held, scope)
    if not found and mark is not None:
        declared = scope.type(re.sub(r"\W.*$", "", member.type))
        found = values_of(declared.node.get("name"), scope) if declared is not None else ()
    return found


def _foreign_key(reading: _Reading, member: DecoratedField, target: str) -> ForeignKey:
    """Return the key that a relation is; its column is added if no property names it."""
    options = member.options()
    joined = member.marks.get("JoinColumn")
    name = text_of(options_of(joined.arguments), "name") if joined is not None else None
    name = name or text_of(options, "joinColumn", "fieldName")
    own = reading.sql_names.get(name or "") or next(
        (c.name for c in reading.columns if squeeze(c.name) in _spellings(member, name)), None
    )
    nullable = is_true(options, "nullable") if "nullable" in options else not reading.is_mikro
    if reading.is_mikro and "nullable" not in options:
        nullable = member.optional or "null" in member.type
    is_id = is_true(options, "primary") or "PrimaryColumn" in member.marks
    if own is None:
        own = name or f"{member.name}Id"
        made = Column(
            name=own, type="String", is_list=False, nullable=nullable and not is_id,
            unique=False, is_id=is_id, default=None, values=(),
            doc=member.doc, file=member.file, line=member.line,
        )  # fmt: skip
        reading.columns.append(made)
    elif "nullable" not in options:
        nullable = next(c.nullable for c in reading.columns if c.name == own)
    rule = text_of(options, "onDelete", "deleteRule") or (
        "set null" if nullable and reading.is_mikro else "no action"
    )
    return ForeignKey(
        name=member.name,
        target=target,
        columns=(own,),
        on_delete=DELETE_RULES.get(rule.lower(), "NoAction"),
        nullable=nullable,
        unique="OneToOne" in member.marks,
        file=member.file,
        line=member.line,
    )


def _spellings(member: DecoratedField, name: str | None) -> set[str]:
    given = {squeeze(f"{member.name}Id"), squeeze(f"{member.name}_id")}
    return {*given, squeeze(name)} if name is not None else given


def _block_keys(
    entity: Class, members: Sequence[DecoratedField], links: Sequence[ForeignKey]
) -> dict[str, list[tuple[str, ...]]]:
    """Return the keys that the class's decorators and those of its members declare."""
    held = {link.name: link.columns for link in links}
    found: dict[str, list[tuple[str, ...]]] = {"unique": [], "index": []}
    for mark in entity.decorators:
        bare = bare_name(entity, mark)
        if bare not in ("Unique", "Index"):
            continue
        options = options_of(mark.arguments)
        listed = next((t for n in mark.arguments if (t := _listed(n))), ())
        names = listed or texts_in(options.get("properties"))
        columns = tuple(c for name in names for c in held.get(name, (name,)))
        if columns:
            unique = bare == "Unique" or is_true(options, "unique")
            found["unique" if unique else "index"].append(columns)
    for member in members:
        columns = held.get(member.name, (member.name,))
        if "Index" in member.marks and not _unique_index(member):
            found["index"].append(columns)
        if member.name in held and "Unique" in member.marks:
            found["unique"].append(columns)
    return found


def _listed(node: SyntaxNode) -> tuple[str, ...]:
    return texts_in(node) if unwrap(node).type in ("array", "arrow_function") else ()
