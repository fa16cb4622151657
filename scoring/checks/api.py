"""API, 20 points: operations, permissions, errors, paging, DTOs without secrets."""

from __future__ import annotations

import re

from scoring.brief import Actor, Attribute, Entity, Permission, RequiredOperation
from scoring.checks.verdict import Check, Verdict, good, lost, partly
from scoring.matching import Subject, find_property
from scoring.project.facts import Operation, Property, Shape
from scoring.typescript.sources import Given
from scoring.words import named, squeeze, words

PLACE = "src"
_RIGHTS = ("list", "read", "create", "update", "erase", "act")
_SECRET = re.compile(
    r"^(password|password_?hash|hash|salt|secret|password_?digest|token_?hash)$", re.IGNORECASE
)
_PAGE = ("page", "offset", "cursor", "skip", "current")
_SIZE = ("limit", "size", "take", "page size", "per page", "count")
_TOTALS = ("records", "total", "total count", "count", "pages", "next cursor", "has next")
_SHAPE_DEPTH_MAX = 4
_PAGE_MEMBERS_MAX = 6
"""A shape with more members, one of them a list, is no page but a row with a list in it."""


def operations(subject: Subject) -> tuple[Verdict, ...]:
    """Look for each required operation, with a fitting method."""
    verdicts: list[Verdict] = []
    for required in subject.brief.operations:
        found = subject.found(required.id)
        expected = f"{required.id}: {' or '.join(required.methods)} like {required.path}"
        if found is None:
            verdicts.append(lost(expected, "no such operation", PLACE))
        elif found.method not in required.methods:
            shown = f"{found.method} {found.path}"
            verdicts.append(partly(0.5, expected, shown, found.file, found.line))
        else:
            verdicts.append(good())
    return tuple(verdicts) or (lost("operations", "none", PLACE),)


def permissions(subject: Subject) -> tuple[Verdict, ...]:
    """Hold guards and roles of each operation against the permission matrix."""
    verdicts: list[Verdict] = []
    actors = {actor.name: actor for actor in subject.brief.actors}
    for row in subject.brief.permissions:
        for action in _RIGHTS:
            right = getattr(row, action)
            if right is None:
                continue
            for required in _of(subject, row, action):
                verdicts.append(_permission(subject, actors[row.actor], required, right))
    return tuple(verdicts)


def _of(subject: Subject, row: Permission, action: str) -> list[RequiredOperation]:
    actions = {action, "join"} if action == "create" else {action}
    return [o for o in subject.brief.operations if o.entity == row.entity and o.action in actions]


def _permission(subject: Subject, actor: Actor, required: RequiredOperation, right: str) -> Verdict:
    expected = f"{actor.name} {'may' if right != 'deny' else 'may not'} call {required.id}"
    found = subject.found(required.id)
    if found is None:
        return lost(expected, "no such operation", PLACE)
    allowed = may_call(subject, actor, found)
    if right == "own" and not found.guarded:
        shown = f"{found.method} {found.path} does not ask who calls"
        return lost(f"{expected} for own rows", shown, found.file, found.line)
    if allowed == (right != "deny"):
        return good()
    shown = "may" if allowed else "may not"
    return lost(expected, f"{found.method} {found.path}: it {shown}", found.file, found.line)


def may_call(subject: Subject, actor: Actor, operation: Operation) -> bool:
    """Whether guard and roles let the actor in."""
    if not operation.guarded:
        return True
    if actor.kind == "guest":
        return False
    mentioned = {
        other.name
        for other in subject.brief.actors
        if other.kind != "guest" and any(_names_actor(role, other) for role in operation.roles)
    }
    mentioned |= {
        other.name
        for other in subject.brief.actors
        for refusal in operation.behaviour.refusals
        if other.kind != "guest"
        and refusal.statuses & {401, 403}
        and Given.ACTOR in refusal.condition.sources
        and any(named(text, other.names) for text in refusal.condition.literals)
    }
    return not mentioned or actor.name in mentioned


def _names_actor(role: str, actor: Actor) -> bool:
    """Whether `MemberGuard`, `@Actors("member")` or `@MemberAuth()` speaks of the actor."""
    if named(role, actor.names):
        return True
    own = words(role)
    generic = {"guard", "auth", "role", "only", "current", "id", "jwt", "access"}
    kept = [word for word in own if word not in generic]
    is_compound = len(kept) < len(own) and len(kept) > 0
    return is_compound and named(" ".join(kept), actor.names) and role not in ("CurrentUser",)


def errors(subject: Subject) -> tuple[Verdict, ...]:
    """Look for each error that an operation should promise, in the document or at its handler."""
    verdicts: list[Verdict] = []
    documented = (
        {o.key: o for o in subject.facts.openapi.operations} if subject.facts.openapi else {}
    )
    for required in subject.brief.operations:
        if not required.errors and not subject.derived:
            continue
        found = subject.found(required.id)
        listed = ", ".join(str(s) for s in required.errors) or "its errors"
        expected = f"{required.id} promises {listed}"
        if found is None:
            verdicts.append(lost(expected, "no such operation", PLACE))
            continue
        document = documented.get(found.key)
        promised = document.statuses if document is not None else found.documented
        if subject.derived:
            has_error = any(status >= 400 for status in promised)
            verdicts.append(good() if has_error else lost(expected, "none", found.file, found.line))
            continue
        missing = [s for s in required.errors if not _promises(promised, s)]
        if missing:
            shown = "no " + ", no ".join(str(s) for s in missing)
            share = len(missing) / len(required.errors)
            verdicts.append(partly(share, expected, shown, found.file, found.line))
        else:
            verdicts.append(good())
    return tuple(verdicts) or (lost("documented errors", "none", PLACE),)


def _promises(promised: frozenset[int], status: int) -> bool:
    """Whether a status is promised; 422 counts for 400, as both are in use for unfit bodies."""
    return status in promised or (status == 400 and 422 in promised)


def paging(subject: Subject) -> tuple[Verdict, ...]:
    """Look for typed page, size, filter and sort parameters, and for a total in the answer."""
    verdicts: list[Verdict] = []
    for required in subject.brief.operations:
        if required.action != "list":
            continue
        entity, found = subject.entity_of(required), subject.found(required.id)
        if entity is None:
            continue
        if found is None:
            verdicts.append(lost(f"{required.id} in pages", "no such operation", PLACE))
            continue
        members = query_members(subject, found)
        where = (found.file, found.line)
        for names, what in ((_PAGE, "the page"), (_SIZE, "the size of a page")):
            known = any(_typed(m) and named(m.name, names) for m in members)
            expected = f"{required.id} takes {what} as a typed parameter"
            verdicts.append(good() if known else lost(expected, "none", *where))
        for name in entity.filters:
            known = _filter_member(entity, name, members) is not None
            expected = f"{required.id} filters by {name}, typed"
            verdicts.append(good() if known else lost(expected, "no such parameter", *where))
        for name in entity.sorts:
            expected = f"{required.id} sorts by {name}, typed"
            known = _sorts_by(entity, name, members)
            verdicts.append(good() if known else lost(expected, "no such choice", *where))
        page = subject.shape(found.response)
        total = page is not None and _has_member(subject, page, _TOTALS, 2)
        expected = f"{required.id} answers with the number of rows or pages"
        verdicts.append(good() if total else lost(expected, "no such member", *where))
    return tuple(verdicts) or (lost("lists in pages", "no list", PLACE),)


def query_members(subject: Subject, operation: Operation) -> tuple[Property, ...]:
    """Return the members of the query (or of the body of a list by PATCH), typed."""
    found: list[Property] = []
    for name in (operation.query, operation.body):
        shape = subject.shape(name)
        if shape is not None:
            found += shape.properties
    if not found and subject.facts.openapi is not None:
        for documented in subject.facts.openapi.operations:
            if documented.key == operation.key:
                found += documented.parameters
    return tuple(found)


def _typed(member: Property) -> bool:
    return member.type not in ("any", "unknown", "object")


def _filter_member(entity: Entity, name: str, members: tuple[Property, ...]) -> Property | None:
    attribute, relation = entity.attribute(name), entity.relation(name)
    names = list(attribute.names if attribute is not None else ())
    if relation is not None:
        names += [*relation.names, *(f"{n} id" for n in relation.names)]
    names = names or [name]
    if attribute is not None and "text" in attribute.types:
        names += ["search", "keyword", "query", "q", "words", f"{name} contains", "text"]
    return next((m for m in members if _typed(m) and named(m.name, names)), None)


def _sorts_by(entity: Entity, name: str, members: tuple[Property, ...]) -> bool:
    attribute = entity.attribute(name)
    names = [squeeze(n) for n in (attribute.names if attribute is not None else (name,))]
    names += ["createdat", "created", "newest", "oldest"] if name.startswith("created") else []
    for member in members:
        if named(member.name, ["sort", "order", "sort by", "order by"]):
            for value in member.values:
                if any(key in squeeze(value) for key in names):
                    return True
    return False


def _has_member(subject: Subject, shape: Shape, names: tuple[str, ...], depth: int) -> bool:
    for member in shape.properties:
        if named(member.name, names):
            return True
        inner = subject.shape(member.reference) if member.reference and depth else None
        if inner is not None and _has_member(subject, inner, names, depth - 1):
            return True
    return False


def dtos(subject: Subject) -> tuple[Verdict, ...]:
    """Hold the DTOs against the tables, and find secrets in answers."""
    if not subject.facts.operations:
        return (lost("DTOs", "no operation", PLACE),)
    verdicts: list[Verdict] = []
    for operation in subject.facts.operations:
        verdicts.append(_secrets(subject, operation))
    for entity in subject.brief.entities:
        verdicts += _entity_dtos(subject, entity)
    return tuple(verdicts)


def _secrets(subject: Subject, operation: Operation) -> Verdict:
    shape = subject.shape(operation.response)
    leak = _leak(subject, shape, 0) if shape is not None else None
    if leak is None:
        return good()
    holder, member = leak
    return lost(
        f"{operation.method} {operation.path} answers without secrets",
        f"{holder.name}.{member.name}",
        holder.file,
        member.line or holder.line,
        weight=4.0,
    )


def _leak(subject: Subject, shape: Shape, depth: int) -> tuple[Shape, Property] | None:
    for member in shape.properties:
        if _SECRET.match(member.name):
            return shape, member
        inner = subject.shape(member.reference) if depth < _SHAPE_DEPTH_MAX else None
        if inner is not None and inner.name != shape.name:
            found = _leak(subject, inner, depth + 1)
            if found is not None:
                return found
    return None


def _entity_dtos(subject: Subject, entity: Entity) -> list[Verdict]:
    table = subject.tables.get(entity.name)
    readers = subject.performing(entity.name, "read", "create", "update")
    readers = readers or subject.performing(entity.name, "act", "list")
    if not readers:
        if entity.account:
            return []
        return [lost(f"a DTO of {entity.name}", "no operation", PLACE, weight=3.0)]
    verdicts: list[Verdict] = []
    shapes = [s for o in readers if (s := subject.shape(o.response)) is not None]
    shape = _row(subject, shapes[0]) if shapes else None
    for attribute in entity.attributes:
        if "secret" in attribute.types or not attribute.shown:
            continue
        expected = f"the answer of {entity.name} shows {attribute.name} as the table has it"
        member = find_property(shape, attribute.names) if shape is not None else None
        column = subject.column(entity, attribute.name)
        if shape is None or member is None:
            where = (shape.file, shape.line) if shape else (readers[0].file, readers[0].line)
            verdicts.append(lost(expected, "no such member", *where))
        elif column is not None and table is not None and column.nullable != _empty(member):
            state = "nullable" if column.nullable else "not null"
            shown = "nullable" if _empty(member) else "never null"
            verdicts.append(
                lost(f"{expected} ({state})", f"{member.name} is {shown}", shape.file, member.line)
            )
        elif not _shows(member, attribute, column.type if column else ""):
            verdicts.append(
                lost(expected, f"{member.name} is {member.type}", shape.file, member.line)
            )
        else:
            verdicts.append(good())
    verdicts += _writable(subject, entity)
    return verdicts


def _row(subject: Subject, shape: Shape) -> Shape:
    """Return the shape of a page's rows; any other shape is a row itself."""
    lists = [p for p in shape.properties if p.type == "array" and p.reference]
    inner = subject.shape(lists[0].reference) if len(lists) == 1 else None
    few = len(shape.properties) <= _PAGE_MEMBERS_MAX
    return inner if inner is not None and few else shape


def _writable(subject: Subject, entity: Entity) -> list[Verdict]:
    """Ask whether a new row can be given its attributes."""
    creating = subject.performing(entity.name, "create")
    if not creating:
        return []
    create = creating[0]
    shape = subject.shape(create.body)
    found: list[Verdict] = []
    for attribute in entity.attributes:
        if attribute.default is not None or "secret" in attribute.types or not attribute.given:
            continue
        member = find_property(shape, attribute.names) if shape is not None else None
        expected = f"a new {entity.name} takes {attribute.name}"
        if member is None:
            where = (shape.file, shape.line) if shape else (create.file, create.line)
            found.append(lost(expected, "no such member", *where))
        elif attribute.required == member.optional and shape is not None:
            state = "required" if attribute.required else "optional"
            shown = "optional" if member.optional else "required"
            found.append(
                partly(
                    0.5,
                    f"{expected}, {state}",
                    f"{member.name} is {shown}",
                    shape.file,
                    member.line,
                )
            )
        else:
            found.append(good())
    return found


def _empty(member: Property) -> bool:
    return member.nullable or member.optional


def _shows(member: Property, attribute: Attribute, column_type: str) -> bool:
    """Whether a member has the type of its column; only an object of free form leaves it open."""
    is_typed = _typed(member) or "json" in attribute.types
    return is_typed and _fits(member, column_type)


def _fits(member: Property, column_type: str) -> bool:
    wanted = {
        "String": ("string", "ref", "union"),
        "DateTime": ("string", "ref", "boolean"),
        "Boolean": ("boolean",),
        "Int": ("integer", "number"),
        "BigInt": ("integer", "number", "string"),
        "Float": ("number",),
        "Decimal": ("number", "string"),
        "enum": ("string", "ref", "union"),
    }.get(column_type)
    return wanted is None or member.type in wanted


CHECKS = (
    Check("api.operations", 5, "required operations", operations, needs_life=True),
    Check(
        "api.permissions", 4, "permission matrix", permissions, needs_brief=True, needs_life=True
    ),
    Check("api.errors", 2, "error responses", errors, needs_life=True),
    Check("api.paging", 2, "paging, filters and sorts", paging, needs_brief=True, needs_life=True),
    Check(
        "api.dtos", 2, "DTOs agree with tables, no secret", dtos, needs_life=True, needs_topic=True
    ),
)
