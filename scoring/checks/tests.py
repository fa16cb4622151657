"""Tests, 20 points: operations exercised, rules guarded, assertions that mean something."""

from __future__ import annotations

from scoring.checks.verdict import Check, Verdict, good, lost, partly
from scoring.matching import Subject
from scoring.project.facts import Operation, TestFact
from scoring.rules import covered_share
from scoring.rules.calls import compared
from scoring.typescript.sources import ResponseOf

PLACE = "test"


def exercised(subject: Subject) -> tuple[Verdict, ...]:
    """Look for a test that calls each operation and would fail if it did not succeed."""
    called = {
        call.route
        for test in subject.facts.tests
        for call in test.calls
        if call.expected is None and call.proven
    }
    return tuple(
        good() if found is not None and found.key in called else lost(expected, shown, PLACE)
        for expected, found, shown in _operations(subject)
    ) or (lost("tests of the operations", "no operation", PLACE),)


def _operations(subject: Subject) -> list[tuple[str, Operation | None, str]]:
    """List the required operations, then the project's other ones."""
    listed: list[tuple[str, Operation | None, str]] = []
    seen: set[str] = set()
    for required in subject.brief.operations:
        found = subject.found(required.id)
        shown = "no such operation" if found is None else "no test"
        listed.append((f"a test that calls {required.id}", found, shown))
        if found is not None:
            seen.add(found.key)
    for operation in subject.facts.operations:
        if operation.key not in seen:
            listed.append((f"a test that calls {operation.key}", operation, "no test"))
    return listed


def rules(subject: Subject) -> tuple[Verdict, ...]:
    """Look for a test of each rule that would fail without it."""
    verdicts: list[Verdict] = []
    for rule in subject.brief.rules:
        share = covered_share(subject, rule)
        expected = f"a test that fails unless: {rule.text}"
        if share >= 1.0:
            verdicts.append(good())
        else:
            shown = "no such test" if share == 0.0 else "only a part of it is tested"
            verdicts.append(partly(1.0 - share, expected, shown, PLACE))
    return tuple(verdicts)


def assertions(subject: Subject) -> tuple[Verdict, ...]:
    """Ask that each operation's answer is compared, and that no comparison is vacuous."""
    verdicts: list[Verdict] = []
    for test in subject.facts.tests:
        checks = [a for a in test.assertions if not a.vacuous]
        refused = [c for c in test.calls if c.expected is not None]
        vacuous = [a for a in test.assertions if a.vacuous]
        if vacuous:
            verdicts += [
                lost("an assertion about the answer", a.text, a.file, a.line) for a in vacuous
            ]
        elif not checks and not refused:
            expected = f"{test.name} compares what it gets"
            verdicts.append(lost(expected, "no assertion", test.file, test.line))
        else:
            verdicts.append(good())
    shown = _compared_routes(subject)
    for required in subject.brief.operations:
        found = subject.found(required.id)
        expected = f"a test that compares what {required.id} answers or brings about"
        if found is not None and found.key in shown:
            verdicts.append(good())
        else:
            verdicts.append(lost(expected, "none", PLACE))
    return tuple(verdicts) or (lost("assertions", "no test", PLACE),)


def _compared_routes(subject: Subject) -> set[str]:
    """Return the routes whose answer, or for empty answers whose effect, a test compares."""
    silent = {o.key for o in subject.facts.operations if o.returns_nothing}
    found: set[str] = set()
    for test in subject.facts.tests:
        sources = compared(test)
        for index, call in enumerate(test.calls):
            if call.expected is not None:
                continue
            later = test.calls[index + 1 :]
            effect = any(c.expected is not None for c in later) or any(
                ResponseOf(c.id) in sources for c in later
            )
            used = _used_ids(test, call.id)
            shown = any(ResponseOf(id) in sources for id in (call.id, *used))
            if (call.route in silent and effect) or (call.route not in silent and shown):
                found.add(call.route)
    return found


def _used_ids(test: TestFact, id: int) -> list[int]:
    """Return the later calls that are made with what the call answered, as their connection."""
    return [c.id for c in test.calls if id in c.caller]


def negative(subject: Subject) -> tuple[Verdict, ...]:
    """Look for refused calls: of each operation that can refuse, and of each forbidden actor."""
    verdicts: list[Verdict] = []
    refused: dict[str, set[int]] = {}
    anonymous: set[str] = set()
    for test in subject.facts.tests:
        for call in test.calls:
            if call.expected is not None:
                refused.setdefault(call.route, set()).update(call.expected or {0})
                if not call.caller:
                    anonymous.add(call.route)
    for required in subject.brief.operations:
        found = subject.found(required.id)
        wanted = set(required.errors) - {401}
        expected = f"a test in which {required.id} is refused"
        if required.action == "list" or (not wanted and not subject.derived):
            continue
        if found is not None and refused.get(found.key, set()) & (wanted | {0, 422, 403, 404}):
            verdicts.append(good())
        else:
            verdicts.append(lost(expected, "none", PLACE))
    for entity in subject.brief.entities:
        closed = [
            o for o in subject.brief.operations if o.entity == entity.name and 401 in o.errors
        ]
        closed = [o for o in closed if o.actors]
        if not closed:
            continue
        keys = {found.key for o in closed if (found := subject.found(o.id)) is not None}
        tested = any(key in anonymous and refused[key] & {0, 401, 403} for key in keys)
        expected = f"a test that {entity.name} operations need a signed-in caller (401)"
        verdicts.append(good() if tested else lost(expected, "none", PLACE))
    for row in subject.brief.permissions:
        actor = next(a for a in subject.brief.actors if a.name == row.actor)
        denied = [a for a in ("create", "update", "erase", "act") if getattr(row, a) == "deny"]
        if actor.kind == "guest" or not denied:
            continue
        ids = [o.id for o in subject.brief.operations if o.entity == row.entity]
        keys = {f.key for id in ids if (f := subject.found(id)) is not None}
        tested = any(refused.get(key, set()) & {0, 403} for key in keys)
        expected = f"a test that {row.actor} may not {' or '.join(denied)} {row.entity} (403)"
        verdicts.append(good() if tested else lost(expected, "none", PLACE))
    return tuple(verdicts) or (lost("tests of refusals", "none", PLACE),)


def arranged(subject: Subject) -> tuple[Verdict, ...]:
    """Ask that the tests of each operation make their own accounts and rows."""
    verdicts: list[Verdict] = []
    for test in subject.facts.tests:
        if test.shared_state:
            expected = f"{test.name} arranges its own data"
            verdicts.append(lost(expected, "it shares variables", test.file, test.line))
    for required in subject.brief.operations:
        found = subject.found(required.id)
        key = found.key if found is not None else ""
        tests = [t for t in subject.facts.tests if any(c.route == key for c in t.calls)]
        expected = f"a test of {required.id} that arranges its own data"
        if any(_is_arranged(test, key) for test in tests):
            verdicts.append(good())
        else:
            verdicts.append(lost(expected, "none", PLACE))
    return tuple(verdicts) or (lost("tests", "none", PLACE),)


def _is_arranged(test: TestFact, key: str) -> bool:
    """Whether the call on a row follows one in the same test that may have made it."""
    if test.shared_state:
        return False
    for index, call in enumerate(test.calls):
        if call.route == key and call.proven:
            needs_row = "{}" in key
            return not needs_row or any(c.expected is None for c in test.calls[:index])
    return False


CHECKS = (
    Check(
        "tests.exercised", 5, "operations exercised", exercised, needs_life=True, needs_topic=True
    ),
    Check("tests.rules", 6, "each rule tested", rules, needs_brief=True, needs_life=True),
    Check(
        "tests.assertions",
        4,
        "assertions about answers",
        assertions,
        needs_life=True,
        needs_topic=True,
    ),
    Check("tests.negative", 3, "negative and permission cases", negative, needs_life=True),
    Check("tests.arranged", 2, "each test arranges its data", arranged, needs_life=True),
)
