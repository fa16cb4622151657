"""Match a brief to a project: which table is which entity, which route which operation.

By normalised words, the brief's synonyms, and structure; never by the project's exact names.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from pipeline.node.compile import CompileReport
from scoring.brief import Action, Attribute, Brief, Entity, Relation, RequiredOperation
from scoring.project.facts import (
    Access,
    Column,
    Operation,
    ProjectFacts,
    Property,
    Shape,
    Table,
    route_key,
)
from scoring.typescript.sources import Given, Row
from scoring.words import named, squeeze, words
from scoring.worlds.facts import Point

_ACCOUNT_WORDS: dict[str, tuple[str, ...]] = {
    "join": ("join", "signup", "register", "registration", "sign up"),
    "login": ("login", "signin", "log in", "sign in", "authenticate", "session"),
    "refresh": ("refresh", "renew", "refresh token"),
    "reset": ("reset", "forgot", "forgotten", "recover", "recovery"),
}
_TYPES: dict[str, frozenset[str]] = {
    "text": frozenset({"String"}),
    "secret": frozenset({"String"}),
    "uuid": frozenset({"String"}),
    "integer": frozenset({"Int", "BigInt"}),
    "decimal": frozenset({"Decimal"}),
    "boolean": frozenset({"Boolean"}),
    "date": frozenset({"DateTime"}),
    "datetime": frozenset({"DateTime"}),
    "enum": frozenset({"enum", "String"}),
    "json": frozenset({"Json"}),
}
_DONE = re.compile(r"(At|_at|On|_on|Date|_date)$")
_WRITES = frozenset({"insert", "update", "delete"})
UNREAD = frozenset(
    """$queryRaw $queryRawUnsafe $queryRawTyped $executeRaw $executeRawUnsafe sql raw
    emit emitAsync publish dispatch enqueue""".split()
)
"""Calls whose work the files don't show: statements of SQL, and events that somebody answers."""
_ANSWERABLE = frozenset({Given.BODY, Given.ACTOR, Given.PARAMETER, Given.QUERY})
"""What a handler may answer with that reads no row."""
LIVE_SHARE = 0.8
"""A project with fewer operations that do real work counts as partly hollow."""
_STRUCTURE_SHARE_MIN = 0.7
"""A table of another name is an entity's if it has this share of its attributes."""
_STRUCTURE_MIN = 3
"""Fewer attributes, such as a lone `title`, tell nothing."""


@dataclass(frozen=True)
class Subject:
    """A project under judgement: its facts, the brief, and how they match."""

    facts: ProjectFacts
    brief: Brief
    derived: bool
    """Whether there is no brief, and the project is held to its own documents."""
    tables: dict[str, Table]
    operations: dict[str, Operation]
    compile: CompileReport | None
    """What the TypeScript compiler found; None if it could not be asked."""
    liveness: float
    """1 if `LIVE_SHARE` of the operations do real work, falling to 0 if none does."""
    deeds: Mapping[str, tuple[Point, ...]] = field(default_factory=lambda: {})
    """What each required operation does in the world that it is for."""

    def entity_of(self, operation: RequiredOperation) -> Entity | None:
        """Return the entity that the operation works on."""
        return self.brief.entity(operation.entity)

    def column(self, entity: Entity, name: str) -> Column | None:
        """Return the column of an attribute, or the foreign key of a relation."""
        table = self.tables.get(entity.name)
        if table is None:
            return None
        relation = entity.relation(name)
        if relation is not None:
            found = self.foreign_key(entity, relation)
            return table.column(found[0]) if found else None
        attribute = entity.attribute(name)
        if attribute is not None:
            return find_column(table, attribute)
        return next((c for c in table.columns if named(c.name, [name])), None)

    def foreign_key(self, entity: Entity, relation: Relation) -> tuple[str, ...]:
        """Return the columns of the foreign key that the relation is; empty if there is none."""
        table, target = self.tables.get(entity.name), self.tables.get(relation.target)
        if table is None or target is None:
            return ()
        found = [r for r in table.foreign_keys if r.target == target.name]
        for candidate in found:
            names = [candidate.name, *(re.sub(r"_?[iI]d$", "", c) for c in candidate.columns)]
            if any(named(n, relation.names) for n in names):
                return candidate.columns
        return found[0].columns if found else ()

    def owner_columns(self, entity: Entity) -> tuple[str, ...]:
        """Return the columns that say whose row it is; the key of an account itself."""
        if entity.account:
            table = self.tables.get(entity.name)
            return table.key if table is not None else ()
        relation = entity.relation(entity.owner) if entity.owner else None
        return self.foreign_key(entity, relation) if relation is not None else ()

    def owner_chain(self, entity: Entity) -> tuple[str, ...]:
        """Return the owner's columns, and those of what owns that, up to an account."""
        columns: list[str] = []
        seen: set[str] = set()
        while entity.name not in seen:
            seen.add(entity.name)
            columns += self.owner_columns(entity)
            relation = entity.relation(entity.owner) if entity.owner else None
            target = self.brief.entity(relation.target) if relation is not None else None
            if target is None or target.account:
                break
            entity = target
        return tuple(columns)

    def found(self, id: str) -> Operation | None:
        """Return the project's operation that the brief's `id` means."""
        return self.operations.get(id)

    def performing(self, entity: str, *actions: Action) -> list[Operation]:
        """Return the project's operations that do one of the actions with the entity."""
        return [
            found
            for required in self.brief.operations
            if required.entity == entity and required.action in actions
            if (found := self.found(required.id)) is not None
        ]

    def shape(self, name: str) -> Shape | None:
        """Return a DTO, a page's or an array's element type included."""
        return self.facts.shape(name)

    def is_live(self, operation: Operation, action: Action | None, entity: Entity | None) -> bool:
        """Whether a handler does the work that its action means."""
        table = self.tables.get(entity.name) if entity is not None else None
        return does_work(operation, action, table)

    def accesses(self, operation: Operation, entity: Entity) -> tuple[Access, ...]:
        """Return the operation's queries of the entity's table."""
        table = self.tables.get(entity.name)
        if table is None:
            return ()
        return tuple(a for a in operation.behaviour.accesses if a.table == table.name)


def match(
    facts: ProjectFacts, brief: Brief | None, compile_report: CompileReport | None = None
) -> Subject:
    """Match the facts to the brief; without one, to what the project itself documents."""
    derived = brief is None
    brief = brief if brief is not None else _own_brief(facts)
    tables = match_tables(facts, brief)
    operations = match_operations(facts, brief, tables)
    return Subject(facts, brief, derived, tables, operations, compile_report, _liveness(facts))


def _own_brief(facts: ProjectFacts) -> Brief:
    """Make a brief of the OpenAPI document, or of the controllers if there is none."""
    listed = facts.openapi.operations if facts.openapi is not None else facts.operations
    return Brief(
        name="",
        operations=tuple(
            RequiredOperation(
                id=o.key,
                entity="",
                action="act",
                methods=(o.method,),  # pyright: ignore[reportArgumentType]
                path=o.path,
            )
            for o in listed
        ),
    )


def does_work(operation: Operation, action: Action | None, table: Table | None) -> bool:
    """Whether the handler reads or writes what its action means.

    One that only reads answers with what it reads; one that writes may answer anything.
    """
    behaviour = operation.behaviour
    touched = [a for a in behaviour.accesses if table is None or a.table == table.name]
    kinds = {a.action for a in touched}
    match action:
        case "join" | "create":
            works = "insert" in kinds
        case "login":
            works = "read" in kinds
        case "refresh":
            works = bool(behaviour.returns.sources & {Given.BODY}) or bool(behaviour.accesses)
        case "list" | "read":
            works = "read" in kinds or "count" in kinds
        case "update":
            works = "update" in kinds
        case "erase":
            works = bool(kinds & {"delete", "update"})
        case "act":
            written = any(a.action in _WRITES for a in behaviour.accesses)
            works = written or bool(behaviour.accesses and behaviour.called & UNREAD)
        case _:
            works = bool(behaviour.accesses)
    if operation.returns_nothing or not works or kinds & _WRITES:
        return works
    sources = behaviour.returns.sources
    return any(isinstance(source, Row) for source in sources) or bool(sources & _ANSWERABLE)


def _liveness(facts: ProjectFacts) -> float:
    """Return the factor for life; handlers that write count whatever they answer."""
    if any(unread.layer in ("data", "api") for unread in facts.unread):
        return 1.0
    live = [does_work(o, None, None) for o in facts.operations]
    if not live:
        return 0.0
    return min(1.0, sum(live) / len(live) / LIVE_SHARE)


def match_tables(facts: ProjectFacts, brief: Brief) -> dict[str, Table]:
    """Assign tables to entities, the surest pair first, each table once."""
    scored: list[tuple[float, str, Table]] = []
    for entity in brief.entities:
        for table in facts.tables:
            score = _table_score(entity, table)
            if score > 0:
                scored.append((score, entity.name, table))
    scored.sort(key=lambda item: (-item[0], item[1], item[2].name))
    assigned: dict[str, Table] = {}
    taken: set[str] = set()
    for _, name, table in scored:
        if name not in assigned and table.name not in taken:
            assigned[name] = table
            taken.add(table.name)
    return assigned


def _table_score(entity: Entity, table: Table) -> float:
    held = [find_column(table, attribute) is not None for attribute in entity.attributes]
    share = sum(held) / len(held) if held else 0.0
    name_score = 0.0
    for rank, name in enumerate(entity.names):
        for own in (table.name, table.sql_name):
            if named(own, [name]):
                name_score = max(name_score, 3.0 - 0.5 * (rank > 0))
            elif words(own)[-len(words(name)) :] == words(name):
                name_score = max(name_score, 1.5 - 0.5 * (rank > 0))
    if name_score == 0.0 and (share < _STRUCTURE_SHARE_MIN or len(held) < _STRUCTURE_MIN):
        return 0.0
    return name_score + share


def find_column(table: Table, attribute: Attribute) -> Column | None:
    """Return the column that holds the attribute, by name first, then by synonym."""
    for name in attribute.names:
        for column in table.columns:
            if named(column.name, [name]):
                return column
    return None


def find_property(shape: Shape, names: tuple[str, ...]) -> Property | None:
    """Return the member of a DTO that one of the names means."""
    for name in names:
        for member in shape.properties:
            if named(member.name, [name]):
                return member
    return None


def type_fits(column: Column, attribute: Attribute) -> bool:
    """Whether the column's type is one that the brief accepts."""
    if column.is_list:
        return False
    if "enum" in attribute.types and column.type == "DateTime" and _DONE.search(column.name):
        return "datetime" in attribute.types
    return any(column.type in _TYPES[kind] for kind in attribute.types)


def match_operations(
    facts: ProjectFacts, brief: Brief, tables: dict[str, Table]
) -> dict[str, Operation]:
    """Assign the project's operations to the required ones, the surest first."""
    assigned: dict[str, Operation] = {}
    taken: set[tuple[str, str]] = set()
    for by_alternative in (False, True):
        scored: list[tuple[float, str, Operation]] = []
        for required in brief.operations:
            if required.id in assigned:
                continue
            entity = brief.entity(required.entity)
            for operation in facts.operations:
                if entity is None:
                    same = operation.key == route_key(required.methods[0], required.path)
                    score = 5.0 if same else 0.0
                elif by_alternative:
                    score = _alternative_score(facts, required, entity, operation)
                else:
                    score = _operation_score(required, entity, operation)
                if score > 0:
                    scored.append((score, required.id, operation))
        scored.sort(key=lambda item: (-item[0], item[1], item[2].path, item[2].method))
        for _, id, operation in scored:
            key = (operation.method, operation.path)
            if id not in assigned and (by_alternative or key not in taken):
                assigned[id] = operation
                taken.add(key)
    return assigned


def _operation_score(required: RequiredOperation, entity: Entity, operation: Operation) -> float:
    """Rate how well a route fits; 0 if it cannot be the operation."""
    parts = [part for part in operation.path.split("/") if part]
    is_parameter = [part[:1] in (":", "{") for part in parts]
    static = [part for part, dynamic in zip(parts, is_parameter, strict=True) if not dynamic]
    last = static[-1] if static else ""
    ends_with_parameter = bool(is_parameter) and is_parameter[-1]
    score = 2.0 if operation.method in required.methods else 0.5
    if required.action in _ACCOUNT_WORDS:
        handler = operation.handler.rsplit(".", 1)[-1]
        known = required.words or _ACCOUNT_WORDS[required.action]
        if operation.method != "POST" or not _speaks([last, handler], known):
            return 0.0
        about = any(named(part, entity.names) for part in static) or _speaks(
            [operation.handler, operation.body], entity.names
        )
        return score + about
    if required.action == "act":
        handler = operation.handler.rsplit(".", 1)[-1]
        if operation.method == "GET" or not _speaks([last, handler], required.words):
            return 0.0
        return score if _is_about([*static[:-1], last], entity) else 0.0
    wants_parameter = required.action in ("read", "update", "erase")
    if wants_parameter != ends_with_parameter and not (entity.account and last == "me"):
        return 0.0
    if not _is_about([last], entity) and not (entity.account and last == "me"):
        return 0.0
    allowed = {
        "list": ("GET", "PATCH"),
        "read": ("GET",),
        "create": ("POST",),
        "update": ("PUT", "PATCH", "POST"),
        "erase": ("DELETE",),
    }[required.action]
    if operation.method not in allowed:
        return 0.0
    exact = named(last, entity.names)
    plain = operation.path.count("/") == required.path.count("/")
    return score + exact + 0.25 * plain


def _alternative_score(
    facts: ProjectFacts, required: RequiredOperation, entity: Entity, operation: Operation
) -> float:
    """Accept an update that takes the attribute in place of an action of its own."""
    if required.action != "act" or required.via is None:
        return 0.0
    like = required.model_copy(update={"action": "update", "methods": ("PUT", "PATCH")})
    score = _operation_score(like, entity, operation)
    shape = facts.shape(operation.body)
    attribute = entity.attribute(required.via)
    if score == 0.0 or shape is None or attribute is None:
        return 0.0
    return score if find_property(shape, attribute.names) is not None else 0.0


def _speaks(texts: list[str], names: tuple[str, ...]) -> bool:
    keys = {squeeze(name) for name in names}
    return any(
        squeeze(text) in keys or any(word in keys for word in words(text)) for text in texts if text
    )


def _is_about(parts: list[str], entity: Entity) -> bool:
    """Whether a path segment names the entity, perhaps with a prefix (`bbs-articles`)."""
    for part in parts:
        own = words(part)
        for name in entity.names:
            wanted = words(name)
            if own == wanted or (len(own) > len(wanted) and own[-len(wanted) :] == wanted):
                return True
    return False


def member_names(entity: Entity | None, attribute: str) -> tuple[str, ...]:
    """Return the words for an attribute, or for the key of a relation: `author`, `author id`."""
    relation = entity.relation(attribute) if entity is not None else None
    if relation is not None:
        return (*relation.names, *(f"{name} id" for name in relation.names))
    found = entity.attribute(attribute) if entity is not None else None
    return found.names if found is not None else (attribute,)
