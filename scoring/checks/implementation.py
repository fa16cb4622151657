"""Implementation, 38 points: no stubs, rules enforced, queries right, errors mapped, code clean."""

from __future__ import annotations

import math

from scoring.brief import RequiredOperation
from scoring.checks.verdict import Check, Verdict, good, lost, unread
from scoring.matching import Subject, does_work
from scoring.project.facts import Operation
from scoring.worlds.facts import Point
from scoring.worlds.stage import Stage

PLACE = "src"
_SELF_DESCRIBING = ("health", "ping", "version", "metrics", "ready", "live")
_SMELL_FACTOR = 5.0
"""One fifth of all functions smelling of one kind loses that kind's whole share."""


def implemented(subject: Subject) -> tuple[Verdict, ...]:
    """Ask of each operation whether its handler does what its action means."""
    verdicts: list[Verdict] = []
    judged: set[str] = set()
    for required in subject.brief.operations:
        found = subject.found(required.id)
        expected = f"{required.id} works on the data and answers with it"
        if found is None:
            verdicts.append(lost(expected, "no such operation", PLACE))
            continue
        judged.add(found.key)
        action = None if subject.derived else required.action
        if subject.is_live(found, action, subject.entity_of(required)):
            verdicts.append(good())
        else:
            shown = _stub_text(found)
            verdicts.append(lost(expected, shown, found.file, found.line))
    for operation in subject.facts.operations:
        if operation.key in judged or operation.path.rsplit("/", 1)[-1] in _SELF_DESCRIBING:
            continue
        if does_work(operation, None, None):
            verdicts.append(good())
        else:
            expected = f"{operation.method} {operation.path} works on the data"
            verdicts.append(lost(expected, _stub_text(operation), operation.file, operation.line))
    return tuple(verdicts) or (lost("implemented operations", "none", PLACE),)


def _stub_text(operation: Operation) -> str:
    if not operation.behaviour.accesses:
        return f"{operation.handler} reads and writes nothing"
    kinds = ", ".join(sorted({f"{a.action} {a.table}" for a in operation.behaviour.accesses}))
    return f"{operation.handler} does only: {kinds}"


def acts(subject: Subject) -> tuple[Verdict, ...]:
    """Play each operation in the world that it is made for, and look at what it does."""
    verdicts: list[Verdict] = []
    for required in subject.brief.operations:
        found = subject.found(required.id)
        if found is None:
            expected = f"{required.id} does what it is for"
            verdicts.append(lost(expected, "no such operation", PLACE))
            continue
        points = subject.deeds.get(required.id, ())
        known = [point for point in points if point.wrong is None or point.opaque is None]
        verdicts += [
            unread(point.expected, _place(point), found.file, found.line)
            for point in points
            if point not in known
        ]
        total = math.fsum(point.weight for point in known)
        for point in known:
            weight = point.weight / total
            if point.wrong is None:
                verdicts.append(good(weight))
            else:
                where = (found.file, found.line)
                verdicts.append(lost(point.expected, point.wrong, *where, weight=weight))
    return tuple(verdicts) or (lost("operations", "none", PLACE),)


def _place(point: Point) -> str:
    place = point.opaque
    if place is None or not place.file:
        return "the code could not be followed"
    return f"{place.file}:{place.line} could not be followed"


def rules(subject: Subject) -> tuple[Verdict, ...]:
    """Decide each rule on each operation that needs it.

    Where a rule may be kept by what the files don't show, nothing is won and nothing lost.
    """
    stage, verdicts = Stage(subject), list[Verdict]()
    for rule in subject.brief.rules:
        weight = 1.0 / len(rule.operations)
        for id in rule.operations:
            required = subject.brief.operation(id)
            found = subject.found(id)
            expected = f"{id} enforces: {rule.text}"
            if found is None or required is None:
                verdicts.append(lost(expected, "no such operation", PLACE, weight=weight))
                continue
            judged = stage.judged(rule, required, found)
            where = (judged.file or found.file, judged.line or found.line)
            if judged.said == "holds":
                verdicts.append(good(weight))
            elif judged.said == "not readable":
                verdicts.append(unread(expected, judged.detail, *where))
            else:
                shown = f"{judged.said}: {judged.detail}"
                verdicts.append(lost(expected, shown, *where, weight=weight))
    return tuple(verdicts)


def queries(subject: Subject) -> tuple[Verdict, ...]:
    """Find queries without a key, in loops, without bounds, and writes that belong together."""
    verdicts: list[Verdict] = []
    lists = {
        found.key
        for required in subject.brief.operations
        if required.action == "list" and (found := subject.found(required.id)) is not None
    }
    for operation in subject.facts.operations:
        if operation.behaviour.accesses:
            fault = _query_fault(operation, operation.key in lists)
            verdicts.append(lost(*fault) if fault is not None else good())
    missing = [o.id for o in subject.brief.operations if subject.found(o.id) is None]
    verdicts += [lost(f"queries of {id}", "no such operation", PLACE) for id in missing]
    idle = [o for _, o in sorted(subject.operations.items()) if not o.behaviour.accesses]
    verdicts += [lost(f"queries of {o.handler}", "none", o.file, o.line) for o in idle]
    return tuple(verdicts) or (lost("queries", "none", PLACE),)


def _query_fault(operation: Operation, is_list: bool) -> tuple[str, str, str, int] | None:
    accesses = operation.behaviour.accesses
    for access in accesses:
        where = (access.file, access.line)
        if access.in_loop:
            return f"one query for all rows of {access.table}", "a query in a loop", *where
        if access.action in ("update", "delete") and not access.wheres:
            return f"{access.action} of {access.table} by key", "no condition: all rows", *where
    writes = [
        a for a in accesses if a.action in ("insert", "update", "delete") and not a.conditional
    ]
    loose = [a for a in writes if not a.in_transaction]
    if len(writes) > 1 and loose:
        expected = f"the {len(writes)} writes of {operation.handler} in one transaction"
        return expected, "separate writes", loose[0].file, loose[0].line
    if is_list:
        pages = [a for a in accesses if a.limited]
        reads = [a for a in accesses if a.action in ("read", "count")]
        if reads and not pages:
            expected = f"{operation.handler} reads one page"
            return expected, "all rows are read", reads[0].file, reads[0].line
        if pages and not any(a.ordered for a in pages):
            expected = f"{operation.handler} reads pages in a fixed order"
            return expected, "no order", pages[0].file, pages[0].line
    return None


def errors(subject: Subject) -> tuple[Verdict, ...]:
    """Ask whether each promised status can come from the handler, its guard or its schema."""
    verdicts: list[Verdict] = []
    for required in subject.brief.operations:
        if not required.errors:
            continue
        found = subject.found(required.id)
        weight = 1.0 / len(required.errors)
        for status in required.errors:
            expected = f"{required.id} refuses with {status} where it should"
            if found is None:
                verdicts.append(lost(expected, "no such operation", PLACE, weight=weight))
            elif _can_refuse(subject, required, found, status):
                verdicts.append(good(weight))
            else:
                shown = f"nothing of {found.handler} leads to {status}"
                verdicts.append(lost(expected, shown, found.file, found.line, weight=weight))
    for operation in subject.facts.operations:
        broken = [r for r in operation.behaviour.refusals if r.statuses & {500, 501}]
        verdicts += [
            lost("an error that tells the caller what is wrong", "status 500", r.file, r.line)
            for r in broken
        ]
    return tuple(verdicts)


def _can_refuse(
    subject: Subject, required: RequiredOperation, operation: Operation, status: int
) -> bool:
    thrown = operation.behaviour.statuses()
    if status == 400:
        checked = bool(operation.body or operation.query) and (
            subject.shape(operation.body) is not None or subject.shape(operation.query) is not None
        )
        return checked or operation.path_parameters_checked or bool(thrown & {400, 422})
    if status == 401:
        return operation.guarded or 401 in thrown
    if status == 403:
        return 403 in thrown or (operation.guarded and len(operation.roles) > 0)
    if status == 409:
        return bool(thrown & {409, 400, 422})
    return status in thrown


def quality(subject: Subject) -> tuple[Verdict, ...]:
    """Judge complexity, duplication and dead code, each by its share of all functions."""
    functions = subject.facts.functions
    if functions == 0:
        return (lost("code", "none", PLACE),)
    verdicts: list[Verdict] = []
    for kind, expected in (
        ("complex", "functions that can be tested"),
        ("duplicate", "each thing written once"),
        ("dead", "no dead code"),
    ):
        smells = [s for s in subject.facts.smells if s.kind == kind]
        share = min(1.0, _SMELL_FACTOR * len(smells) / functions)
        verdicts.append(good(1.0 - share))
        verdicts += [
            lost(expected, s.detail, s.file, s.line, weight=share / len(smells)) for s in smells
        ]
    return tuple(verdicts)


CHECKS = (
    Check(
        "implementation.implemented", 3, "no stubs", implemented, needs_life=True, needs_topic=True
    ),
    Check(
        "implementation.acts",
        10,
        "does what it is for",
        acts,
        needs_brief=True,
        needs_life=True,
        strict=4.0,
    ),
    Check(
        "implementation.rules",
        18,
        "rules enforced",
        rules,
        needs_brief=True,
        needs_life=True,
        strict=5.0,
    ),
    Check("implementation.queries", 2, "queries right", queries, needs_life=True, needs_topic=True),
    Check("implementation.errors", 3, "errors mapped", errors, needs_brief=True, needs_life=True),
    Check(
        "implementation.quality",
        2,
        "complexity, duplication, dead code",
        quality,
        needs_life=True,
        needs_topic=True,
    ),
)
