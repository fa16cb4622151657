"""Checks of the test forms: names apart, properties given once."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline import names
from pipeline.ast.test import (
    AtOnceStep,
    BodyValue,
    CallStep,
    Scenario,
    Step,
    TestSketch,
    TestSketches,
)
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
    """Keep each property of a body once: the first value counts; no more succeed than call."""
    notes = Notes()
    settled = [_settled(f"/tests/{n}", sketch, notes) for n, sketch in enumerate(form.tests)]
    return tuple(settled), notes


def _settled(pointer: str, sketch: TestSketch, notes: Notes) -> TestSketch:
    steps: list[Step] = []
    for number, step in enumerate(sketch.steps):
        where = f"{pointer}/steps/{number}"
        if isinstance(step, CallStep | AtOnceStep):
            step = step.model_copy(update={"values": _once(where, step.values, notes)})
        if isinstance(step, AtOnceStep):
            step = _countable(where, step, notes)
        steps.append(step)
    return sketch.model_copy(update={"steps": tuple(steps)})


def _once(pointer: str, given: Sequence[BodyValue], notes: Notes) -> tuple[BodyValue, ...]:
    """Return the first value of each property."""
    values: dict[str, BodyValue] = {}
    for place, value in enumerate(given):
        if value.property in values:
            where = f"{pointer}/values/{place}"
            notes.add(where, "a property not given yet", value.property, "left out")
        else:
            values[value.property] = value
    return tuple(values.values())


def _countable(pointer: str, step: AtOnceStep, notes: Notes) -> AtOnceStep:
    """Name each caller once, and let no more calls succeed than are made."""
    named = tuple(dict.fromkeys(step.callers))
    callers = named[: step.times]
    if len(callers) < len(named):
        left_out = ", ".join(named[step.times :])
        notes.add(f"{pointer}/callers", "no more callers than calls", left_out, "left out")
    succeed = min(step.succeed, step.times)
    if succeed != step.succeed:
        expected = f"{step.times} at most"
        notes.add(f"{pointer}/succeed", expected, str(step.succeed), str(succeed))
    return step.model_copy(update={"callers": callers, "succeed": succeed})
