"""Checks of the test forms: names apart, properties given once."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline import names
from pipeline.ast.test import BodyValue, CallStep, Scenario, Step, TestSketch
from pipeline.settle.notes import Notes


def settle_scenarios(
    scenarios: Sequence[Scenario], allocator: names.Allocator
) -> tuple[list[Scenario], Notes]:
    """Name tests apart in the whole suite and fold citations."""
    notes = Notes()
    settled: list[Scenario] = []
    for number, scenario in enumerate(scenarios):
        name = allocator.take(scenario.name)
        notes.rename(f"/scenarios/{number}/name", scenario.name, name)
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


def settle_sketch(sketch: TestSketch) -> tuple[TestSketch, Notes]:
    """Keep each property of a body once: the first value counts."""
    notes = Notes()
    steps: list[Step] = []
    for number, step in enumerate(sketch.steps):
        if isinstance(step, CallStep):
            values: dict[str, BodyValue] = {}
            for place, value in enumerate(step.values):
                if value.property in values:
                    pointer = f"/steps/{number}/values/{place}"
                    notes.add(pointer, "a property not given yet", value.property, "left out")
                else:
                    values[value.property] = value
            step = step.model_copy(update={"values": tuple(values.values())})
        steps.append(step)
    return TestSketch(steps=tuple(steps)), notes
