"""SDK, 10 points: every operation reachable, typed like the DTOs, documented, compiling."""

from __future__ import annotations

import re

from scoring.checks.verdict import Check, Verdict, good, lost, partly
from scoring.matching import Subject
from scoring.project.facts import Client, Operation, Property, Shape, instance
from scoring.project.tests import is_test_path
from scoring.words import squeeze

PLACE = "sdk"
_UNTYPED = re.compile(r"\b(any|unknown)\b")
_UNTYPED_LOSS = 0.6
_ERRORS_LOSS = 0.2
_IDENTIFIER = re.compile(r"^[a-z][A-Za-z]+\d?$")
_MISSING_MODULE_CODES = frozenset({2307, 2792})
_COMPARED_TYPES = frozenset({"string", "number", "integer", "boolean", "array"})


def reachable(subject: Subject) -> tuple[Verdict, ...]:
    """Look for a typed client function of each operation."""
    clients = {client.route: client for client in subject.facts.clients}
    verdicts: list[Verdict] = []
    seen: set[str] = set()
    for required in subject.brief.operations:
        found = subject.found(required.id)
        if found is None:
            expected = f"a client function of {required.id}"
            verdicts.append(lost(expected, "no such operation", PLACE))
        else:
            seen.add(found.key)
            verdicts.append(_client(found, clients.get(found.key)))
    for operation in subject.facts.operations:
        if operation.key not in seen:
            verdicts.append(_client(operation, clients.get(operation.key)))
    return tuple(verdicts) or (lost("client functions", "none", PLACE),)


def _client(operation: Operation, client: Client | None) -> Verdict:
    expected = f"a client function of {operation.key}, typed in, out and in its errors"
    if client is None:
        return lost(expected, "none", PLACE)
    where = (client.file, client.line)
    texts = [*client.parameter_types, client.response]
    if any(not text or _UNTYPED.search(text) for text in texts):
        shown = ", ".join(text or "nothing" for text in texts)
        return partly(_UNTYPED_LOSS, expected, f"{client.name}: {shown}", *where)
    if not client.errors_typed:
        return partly(_ERRORS_LOSS, expected, f"{client.name} says nothing of errors", *where)
    return good()


def types(subject: Subject) -> tuple[Verdict, ...]:
    """Hold the SDK's types against the server's DTOs, member by member."""
    verdicts: list[Verdict] = []
    if not subject.facts.clients:
        return (lost("the DTOs as types of the SDK", "no SDK", PLACE),)
    queries = {o.query for o in subject.facts.operations}
    names = sorted(
        {n for o in subject.facts.operations for n in (o.body, o.query, o.response) if n}
    )
    for name in names:
        server = subject.facts.shape(name)
        if server is None:
            continue
        own = instance(subject.facts.sdk_shapes, name) or _counterpart(subject, name, server)
        expected = f"the SDK's type {name} equals the server's"
        if own is None:
            verdicts.append(lost(expected, "no such type", PLACE))
            continue
        difference = _difference(server, own, name in queries)
        verdicts.append(
            good() if difference is None else lost(expected, difference, own.file, own.line)
        )
    return tuple(verdicts) or (lost("the DTOs as types of the SDK", "no DTO", PLACE),)


def _counterpart(subject: Subject, name: str, server: Shape) -> Shape | None:
    """Return what the client functions call a DTO of another name, the most alike of them."""
    clients = {client.route: client for client in subject.facts.clients}
    found: list[Shape] = []
    for operation in subject.facts.operations:
        client = clients.get(operation.key)
        if client is None:
            continue
        given = client.parameter_types if name in (operation.body, operation.query) else ()
        answered = (client.response,) if name == operation.response else ()
        for text in (*given, *answered):
            shape = instance(subject.facts.sdk_shapes, text.removesuffix("[]"))
            if shape is not None:
                found.append(shape)
    wanted = {member.name for member in server.properties}
    return max(
        found, key=lambda shape: len(wanted & {p.name for p in shape.properties}), default=None
    )


def _difference(server: Shape, own: Shape, is_query: bool) -> str | None:
    left = {p.name: p for p in server.properties}
    right = {p.name: p for p in own.properties}
    missing, extra = sorted(left.keys() - right.keys()), sorted(right.keys() - left.keys())
    if missing:
        return f"it lacks {', '.join(missing)}"
    if extra:
        return f"it has {', '.join(extra)} as well"
    if is_query:
        return None
    for name, member in left.items():
        fault = _member_difference(member, right[name])
        if fault is not None:
            return f"{name} {fault}"
    return None


def _member_difference(server: Property, own: Property) -> str | None:
    if server.nullable != own.nullable:
        return "is never null there" if own.nullable else "may be null there"
    if server.optional != own.optional:
        return "is always given there" if own.optional else "may be missing there"
    kinds = [k.replace("integer", "number") for k in (server.type, own.type)]
    if kinds[0] != kinds[1] and set(kinds) <= _COMPARED_TYPES:
        return f"is {server.type} there and {own.type} here"
    if server.values and own.values and set(server.values) != set(own.values):
        return f"is one of {', '.join(server.values)} there"
    return None


def documentation(subject: Subject) -> tuple[Verdict, ...]:
    """Ask for a name that reads well and a comment, for each client function."""
    verdicts: list[Verdict] = []
    for client in subject.facts.clients:
        where = (client.file, client.line)
        if not client.doc:
            verdicts.append(lost(f"a comment on {client.name}", "none", *where))
        elif not _IDENTIFIER.match(client.name) or squeeze(client.name).isdigit():
            verdicts.append(lost("a name that says what it does", client.name, *where))
        else:
            verdicts.append(good())
    return tuple(verdicts) or (lost("documented client functions", "none", PLACE),)


def compiles(subject: Subject) -> tuple[Verdict, ...]:
    """Ask that the SDK, and the tests that are its clients, are free of type errors."""
    if not subject.facts.clients:
        return (lost("an SDK that type-checks", "no SDK", PLACE),)
    report = subject.compile
    diagnostics = report.diagnostics if report is not None else ()
    files = sorted({*subject.facts.sdk_files, *(t.file for t in subject.facts.tests)})
    verdicts: list[Verdict] = []
    for file in files:
        fault = next(
            (d for d in diagnostics if d.file == file and d.code not in _MISSING_MODULE_CODES), None
        )
        what = "client code" if is_test_path(file) else "the SDK"
        verdicts.append(
            good()
            if fault is None
            else lost(f"{what} type-checks", fault.message.splitlines()[0], file, fault.line)
        )
    return tuple(verdicts)


CHECKS = (
    Check(
        "sdk.reachable", 2, "every operation, typed", reachable, needs_life=True, needs_topic=True
    ),
    Check("sdk.types", 1, "types equal the DTOs", types, needs_life=True, needs_topic=True),
    Check(
        "sdk.documentation",
        1,
        "names and documentation",
        documentation,
        needs_life=True,
        needs_topic=True,
    ),
    Check(
        "sdk.compiles", 1, "client code type-checks", compiles, needs_life=True, needs_topic=True
    ),
)
