"""Break a golden project's programs in one place at a time and see whether the score notices.

    .venv/bin/python -m benchmarks.noticed [--each N] [PROJECT …]

The mutants are those of `benchmarks/mutations.py`, and operators and polarity turned round. Nothing
is run: a mutant is noticed if it scores less than the golden project. The tables go to
docs/measured/noticed.md, with pairs of mutants that cost less than one of them alone.
"""

from __future__ import annotations

import argparse
import random
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from pydantic import BaseModel

from app.work.golden import design_golden
from benchmarks.mutations import Edit, Mutant, drawn, mutants
from benchmarks.noise import CLEAN
from pipeline.ast import expression as ex
from pipeline.ast import program as pg
from pipeline.project import Project
from pipeline.records.journal import write_atomic, write_files
from pipeline.render.project import render
from pipeline.run.golden import golden_names
from scoring.brief import Brief
from scoring.loading import load_brief
from scoring.project.facts import route_key
from scoring.report import Scorecard
from scoring.rubric import score_folder

REPORT = Path(__file__).parent.parent / "docs" / "measured" / "noticed.md"
EACH = 8
PAIRS = 8
FLIPPED = {"eq": "ne", "ne": "eq", "lt": "ge", "ge": "lt", "le": "gt", "gt": "le"}
STATUSES = (409, 403, 404, 422, 400, 410)
"""Wrong statuses, the first that the brief does not accept is taken."""
WANTED = {"operator flipped": 95, "polarity": 95}
OTHERS_WANTED = 90
HEAD = """# What the score notices

Made by `benchmarks/noticed.py`: the program of a golden project is broken in one place at a time,
rendered, and scored; nothing is run. Broken are the operations that the brief asks for.
"""


def turned(project: Project) -> Iterator[Mutant]:
    """Turn each operator and each check of each function round, one at a time."""
    for function in project.program.functions:
        for changed in _flipped(function):
            yield Mutant(Edit("operator flipped", changed[0]), changed[1])
        for changed in _inverted(function):
            yield Mutant(Edit("polarity", changed[0]), changed[1])


def _flipped(node: BaseModel) -> Iterator[tuple[str, pg.Function]]:
    """Yield the node with one of the operators in it flipped."""
    for name in type(node).model_fields:
        value = getattr(node, name)
        if name == "operator" and value in FLIPPED:
            keyed = isinstance(node, ex.ColumnCompare) and node.column == "id"
            if not keyed:
                yield f"{value} → {FLIPPED[value]}", node.model_copy(update={name: FLIPPED[value]})  # pyright: ignore[reportReturnType]
        elif isinstance(value, BaseModel):
            for what, inner in _flipped(value):
                yield what, node.model_copy(update={name: inner})  # pyright: ignore[reportReturnType]
        elif isinstance(value, tuple):
            for place, each in enumerate(value):
                if isinstance(each, BaseModel):
                    for what, inner in _flipped(each):
                        whole = (*value[:place], inner, *value[place + 1 :])
                        yield what, node.model_copy(update={name: whole})  # pyright: ignore[reportReturnType]


def _inverted(node: BaseModel) -> Iterator[tuple[str, pg.Function]]:
    """Yield the node with one of the checks in it asking for the opposite."""
    for name in type(node).model_fields:
        value = getattr(node, name)
        for place, each in enumerate(value) if isinstance(value, tuple) else ():
            if not isinstance(each, BaseModel):
                continue
            made: list[tuple[str, BaseModel]] = list(_inverted(each))
            if isinstance(each, pg.Require):
                opposite = ex.Not(kind="not", operand=each.condition)
                made.append((each.message, each.model_copy(update={"condition": opposite})))
            for what, inner in made:
                whole = (*value[:place], inner, *value[place + 1 :])
                yield what, node.model_copy(update={name: whole})  # pyright: ignore[reportReturnType]


def refusing(node: BaseModel, original: BaseModel, status: int) -> BaseModel:
    """Return a mutant that answers this status where it answers another than the original."""
    changed: dict[str, object] = {}
    for name in type(node).model_fields:
        mine, other = getattr(node, name), getattr(original, name)
        if mine == other:
            continue
        if isinstance(mine, tuple):
            changed[name] = tuple(
                each if each == before else refusing(each, before, status)
                for each, before in zip(mine, other, strict=True)
            )
        else:
            inner = isinstance(mine, BaseModel)
            changed[name] = refusing(mine, other, status) if inner else status
    return node.model_copy(update=changed)


def unfit(project: Project, mutant: Mutant, accepted: set[int]) -> Mutant:
    """Return a mutant whose other status is one that the brief accepts nowhere here."""
    if mutant.edit.kind != "other status":
        return mutant
    _, _, _, _, original, *_ = mutant.edit.change.replace(":", " ").split(" ")
    status = next(each for each in STATUSES if each not in {*accepted, int(original)})
    function = project.program.function(mutant.function.operation)
    change = f"answer {status} {mutant.edit.change.split(' ', 2)[2]}"
    broken = refusing(mutant.function, function, status)
    return Mutant(Edit(mutant.edit.kind, change), broken)  # pyright: ignore[reportArgumentType]


def accepted_statuses(brief: Brief, id: str) -> set[int]:
    """Return the statuses with which the brief lets an operation refuse."""
    operation = brief.operation(id)
    found = set(operation.errors) if operation is not None else set[int]()
    return found.union(*(rule.statuses for rule in brief.rules if id in rule.operations))


def score(project: Project, brief: Brief, changed: Sequence[pg.Function]) -> float:
    """Score a project with some of its functions replaced."""
    return scorecard(project, brief, changed).score or 0.0


def scorecard(project: Project, brief: Brief, changed: Sequence[pg.Function] = ()) -> Scorecard:
    """Score a project, perhaps with some of its functions replaced."""
    by_operation = {function.operation: function for function in changed}
    functions = tuple(by_operation.get(f.operation, f) for f in project.program.functions)
    broken = replace(project, program=pg.Program(functions=functions))
    with tempfile.TemporaryDirectory() as folder:
        write_files(Path(folder), {file.path: file.text for file in render(broken)})
        return score_folder(Path(folder), brief, CLEAN)


def table(name: str, each: int) -> str:
    """Break one golden project and return its section of the report."""
    project, brief = design_golden(name), load_brief(name)
    card = scorecard(project, brief)
    whole = card.score or 0.0
    asked = {
        route_key(*route.split(" ", 1)): id
        for id, route in card.matched.operations.items()
        if route
    }
    known = {
        operation.id: accepted_statuses(brief, asked[key])
        for operation in project.interface.operations
        if (key := route_key(operation.http_method, operation.path)) in asked
    }
    made = [
        unfit(project, mutant, known[mutant.function.operation])
        for mutant in (*mutants(project), *turned(project))
        if mutant.function.operation in known
    ]
    chosen = drawn(made, each)
    rows: list[str] = []
    noticed: dict[str, list[bool]] = {}
    costs: list[tuple[Mutant, float]] = []
    for mutant in chosen:
        cost = whole - score(project, brief, (mutant.function,))
        costs.append((mutant, cost))
        noticed.setdefault(mutant.edit.kind, []).append(cost > 0.0)
        shown = f"-{cost:.2f}" if cost > 0 else "**not noticed**"
        edit = mutant.edit
        rows.append(f"| `{mutant.function.operation}` | {edit.kind} | {edit.change} | {shown} |")
        print(rows[-1], flush=True)
    tally = [
        f"| {kind} | {len(found)} | {sum(found)} | {100 * sum(found) / len(found):.0f} % |"
        f" {WANTED.get(kind, OTHERS_WANTED)} % |"
        for kind, found in sorted(noticed.items())
    ]
    pairs = _pairs(project, brief, whole, costs)
    head = ["| kind | mutants | noticed | share | wanted |", "|---|---:|---:|---:|---:|"]
    listed = ["| operation | kind | change | score |", "|---|---|---|---:|", *rows]
    print("\n".join(tally), pairs, flush=True)
    return "\n".join([f"## {name}", "", *head, *tally, "", pairs, "", *listed, ""])


def _pairs(
    project: Project, brief: Brief, whole: float, costs: Sequence[tuple[Mutant, float]]
) -> str:
    generator = random.Random(0)
    cheaper = 0
    tried = 0
    for _ in range(PAIRS * 4):
        first, second = generator.sample(costs, 2)
        if first[0].function.operation == second[0].function.operation or tried == PAIRS:
            continue
        tried += 1
        cost = whole - score(project, brief, (first[0].function, second[0].function))
        cheaper += cost < max(first[1], second[1]) - 0.005
    return f"{cheaper} of {tried} pairs of mutants cost less than one of the two alone."


def main() -> None:
    """Write the tables of the golden projects."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--each", type=int, default=EACH, help="mutants of a kind at most")
    parser.add_argument("names", nargs="*", help="golden projects; all if none is named")
    arguments = parser.parse_args()
    sections = [table(name, arguments.each) for name in arguments.names or golden_names()]
    write_atomic(REPORT, "\n".join([HEAD, *sections]))


if __name__ == "__main__":
    main()
