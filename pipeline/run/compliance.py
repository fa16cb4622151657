"""Instruction compliance: what the prompts ask and no grammar forces, and how much of it was done.

Measured on the forms as the model wrote them, before any rule mended or filled in. It is reported
beside the score and is no part of it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from pipeline.asking.filled_form import FilledForm
from pipeline.derive.accounts.operations import ACCOUNT_KINDS
from pipeline.project import Project
from pipeline.records.measurements import Compliance, Instruction
from pipeline.settle.analysis import rule_entities

ALWAYS_THERE = re.compile(r"id|.*_id|password.*|created_at")
"""Attributes that every entity has unasked."""
NEEDS = "program/needs/"
NUMBER = re.compile(r"\d{2,}")


def measure(request: str, forms: Mapping[str, FilledForm], project: Project) -> Compliance | None:
    """Count the instructions that were obeyed; None if no form was filled.

    `forms` are by key, such as `database/tables`; what was lost is counted where it left something
    uncovered.
    """
    if not forms:
        return None
    plan = _of(forms, "analysis/plan")
    tables = _listed(forms, "database/tables", "tables")
    operations = list(_operations(forms))
    checks = _listed(_sketches(forms), "program/", "checks")
    accounts = {actor.name for actor in project.analysis.accounts()}
    entities = [e.name for e in project.analysis.entities if e.name not in accounts]
    rules = [rule.id for rule in project.analysis.rules]
    of_operations = [
        rule.id for rule in project.analysis.rules if not accounts.issuperset(rule_entities(rule))
    ]  # those of accounts alone are kept by signing up, which nobody writes
    asked = [o.id for o in project.interface.operations if o.kind not in ACCOUNT_KINDS]
    said = json.dumps([f.document for key, f in forms.items() if key.startswith("analysis/")])
    numbers = sorted(set(NUMBER.findall(request)))
    counted = (
        _counted(
            "attributes that every entity has are left out",
            (
                ALWAYS_THERE.fullmatch(attribute) is None
                for each in plan
                for entity in each["entities"]
                for attribute in entity["attributes"]
            ),
        ),
        _counted(
            "numbers of the request stand in its requirements",
            (re.search(rf"(?<!\d){number}(?!\d)", said) is not None for number in numbers),
        ),
        _covered("each entity has a table", entities, (t["entity"] for t in tables)),
        _covered("each rule is cited by an operation", of_operations, _cited(operations, "rules")),
        _counted(
            "an operation cites its requirements", (bool(o["requirements"]) for o in operations)
        ),
        *_tests(forms, project, asked, rules),
        _counted("a check cites the rule it keeps", (bool(c["rules"]) for c in checks)),
        _counted("a form ends by itself", (form.ended for form in forms.values())),
    )
    made = tuple(each for each in counted if each.cases)
    cases = sum(each.cases for each in made)
    return Compliance(
        share=sum(each.obeyed for each in made) / cases, cases=cases, instructions=made
    )


def _tests(
    forms: Mapping[str, FilledForm],
    project: Project,
    asked: Iterable[str],
    rules: Iterable[str],
) -> tuple[Instruction, ...]:
    """Count what scenarios cover; what derived tests show already need not be asked for."""
    scenarios = _listed(forms, "test/scenarios/", "scenarios")
    derived = [test for test in project.tests.functions if test.form is None]
    tested = {cited for test in derived for cited in (test.operation, *test.rules)}
    return (
        _covered(
            "each operation has a test",
            (id_ for id_ in asked if id_ not in tested),
            (s["operation"] for s in scenarios),
        ),
        _covered(
            "each rule has a test",
            (rule for rule in rules if rule not in tested),
            _cited(scenarios, "rules"),
        ),
        _counted(
            "a test cites what it would catch",
            (bool(s["requirements"] or s["rules"]) for s in scenarios),
        ),
    )


def _of(forms: Mapping[str, FilledForm], prefix: str) -> list[Any]:
    return [form.document for key, form in forms.items() if key.startswith(prefix)]


def _sketches(forms: Mapping[str, FilledForm]) -> dict[str, FilledForm]:
    return {key: form for key, form in forms.items() if not key.startswith(NEEDS)}


def _listed(forms: Mapping[str, FilledForm], prefix: str, member: str) -> list[Any]:
    return [item for document in _of(forms, prefix) for item in document[member]]


def _operations(forms: Mapping[str, FilledForm]) -> Iterable[Any]:
    """Yield the operations of all tables, those with a name and those without."""
    for document in _of(forms, "interface/"):
        for found in document.get("operations", {}).values():
            yield from found if isinstance(found, list) else [found]


def _cited(items: Iterable[Mapping[str, Any]], member: str) -> Iterable[str]:
    return (each for item in items for each in item[member])


def _counted(text: str, obeyed: Iterable[bool]) -> Instruction:
    cases = list(obeyed)
    return Instruction(text=text, obeyed=sum(cases), cases=len(cases))


def _covered(text: str, wanted: Iterable[str], found: Iterable[str]) -> Instruction:
    there = set(found)
    return _counted(text, (each in there for each in wanted))
