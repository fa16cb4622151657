"""Checks of the test forms: names apart, properties given once."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline import names
from pipeline.ast.test import BodyValue, CallStep, Scenario, Step, TestSketch, TestSketches
from pipeline.settle.notes import Notes


def settle_scenarios(
    scenarios: Sequence[Scenario], allocator: names.Allocator, resource: str
) -> tuple[list[Scenario], Notes]:
    """Name tests apart, those of a name that another resource has by their own, fold citations."""
    notes = Notes()
    settled: list[Scenario] = []
    own: set[str] = set()
    for number, scenario in enumerate(scenarios):
        wanted = scenario.name
        if not allocator.is_free(wanted) and not wanted.startswith(resource):
            wanted = f"{resource}_{wanted}"[: names.PHRASE_MAX_LENGTH].rstrip("_")
        name = allocator.take(wanted)
        if scenario.name in own:
            notes.rename(f"/scenarios/{number}/name", scenario.name, name)
        own.add(scenario.name)
        settled.append(
            scenario.model_copy(
                update={
                    "name": name,
                    "uses": tuple(dict.fromkeys(scenario.uses)),
                    "requirements": tuple(dict.fromkeys(scenario.requirements)),
                    "rules": tuple(dict.fromkeys(scenario.rules)),
                }
            )
        )
    return settled, notes


def settle_sketches(form: TestSketches) -> tuple[tuple[TestSketch, ...], Notes]:
    """Keep each property of a body once: the first value counts."""
    notes = Notes()
    settled = [_settled(f"/tests/{n}", sketch, notes) for n, sketch in enumerate(form.tests)]
    return tuple(settled), notes


def _settled(pointer: str, sketch: TestSketch, notes: Notes) -> TestSketch:
    steps: list[Step] = []
    for number, step in enumerate(sketch.steps):
        if isinstance(step, CallStep):
            values: dict[str, BodyValue] = {}
            for place, value in enumerate(step.values):
                if value.property in values:
                    where = f"{pointer}/steps/{number}/values/{place}"
                    notes.add(where, "a property not given yet", value.property, "left out")
                else:
                    values[value.property] = value
            step = step.model_copy(update={"values": tuple(values.values())})
        steps.append(step)
    return TestSketch(steps=tuple(steps))
