"""Break a golden project in one place at a time and see whether its own tests notice.

    .venv/bin/python benchmarks/mutations.py

Each mutant is one change of the program's AST, rendered whole and verified for real. The tables go
to docs/mutations.md. A mutant that survives is one that the golden tests are too weak for.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from app.golden import design_golden
from pipeline.ast import expression as ex
from pipeline.ast import program as pg
from pipeline.golden import golden_names
from pipeline.journal import write_files
from pipeline.project import Project
from pipeline.render.project import render
from pipeline.runtime import verify_project

REPORT = Path(__file__).parent.parent / "docs" / "mutations.md"
HEAD = """# Mutants

Made by `benchmarks/mutations.py`: the program of a golden project is broken in one place at a time,
and the generated end-to-end tests run against it.
"""
OTHER_STATUS = {404: 403, 409: 403, 401: 403, 403: 404}


@dataclass(frozen=True)
class Mutant:
    """One broken program: which operation, what was done to it."""

    operation: str
    change: str
    function: pg.Function


def mutants(project: Project) -> Iterator[Mutant]:
    """Break every function of the project in every way that we know, one at a time."""
    for function in project.program.functions:
        for place, statement in enumerate(function.statements):
            for change, broken in _broken(statement):
                statements = (
                    *function.statements[:place],
                    *broken,
                    *function.statements[place + 1 :],
                )
                changed = function.model_copy(update={"statements": statements})
                yield Mutant(function.operation, change, changed)


def _broken(statement: pg.Statement) -> Iterator[tuple[str, tuple[pg.Statement, ...]]]:
    match statement:
        case pg.Find(where=where, missing=missing):
            for change, weaker in _weaker(where):
                yield (
                    f"{change} when it is found",
                    (statement.model_copy(update={"where": weaker}),),
                )
            if missing in OTHER_STATUS and missing != 401:
                other = OTHER_STATUS[missing]
                changed = statement.model_copy(update={"missing": other})
                yield f"answer {other} instead of {missing} if it is missing", (changed,)
        case pg.FindPage(where=where) if where is not None:
            for change, weaker in _weaker(where):
                yield (
                    f"{change} when it is listed",
                    (statement.model_copy(update={"where": weaker}),),
                )
        case pg.Require(status=status, message=message):
            yield f"drop the check: {message}", ()
            changed = statement.model_copy(update={"status": OTHER_STATUS[status]})
            yield f"answer {OTHER_STATUS[status]} instead of {status}: {message}", (changed,)
        case pg.If(then=(pg.Find() as find, *_)):
            yield f"drop the check that the {find.table} is there and the caller's", ()
        case pg.VerifyPassword():
            yield "let any password in", ()
        case pg.Insert(values=values):
            for number, item in enumerate(values):
                if isinstance(item.value, ex.EnumLiteral) or (
                    isinstance(item.value, ex.Coalesce)
                    and isinstance(item.value.fallback, ex.EnumLiteral)
                ):
                    yield (
                        f"start {item.column} with another word",
                        (_other_word(statement, number),),
                    )
        case pg.Update(values=values, optional=optional):
            if values:
                yield "do not write the new state", (statement.model_copy(update={"values": ()}),)
            for item in optional:
                rest = tuple(each for each in optional if each is not item)
                changed = statement.model_copy(update={"optional": rest})
                yield f"ignore {item.column} in the body", (changed,)
        case pg.Remove():
            yield "keep the row", ()
        case _:
            return


def _weaker(where: ex.Where) -> Iterator[tuple[str, ex.Where | None]]:
    """Leave out the owner."""
    if isinstance(where, ex.WhereAll):
        for condition in where.conditions:
            if _is_owner(condition):
                rest = tuple(each for each in where.conditions if each is not condition)
                weaker = (
                    rest[0] if len(rest) == 1 else where.model_copy(update={"conditions": rest})
                )
                yield "forget the owner", weaker
    elif _is_owner(where):
        yield "forget the owner", None


def _is_owner(where: ex.Where) -> bool:
    return isinstance(where, ex.ColumnCompare) and isinstance(where.value, ex.ActorId)


def _other_word(insert: pg.Insert, number: int) -> pg.Insert:
    item = insert.values[number]
    words = {"open": "done", "normal": "low", "published": "hidden"}
    literal = item.value.fallback if isinstance(item.value, ex.Coalesce) else item.value
    assert isinstance(literal, ex.EnumLiteral)
    other = ex.EnumLiteral(kind="enum", value=words[literal.value])
    value = item.value.model_copy(update={"fallback": other})
    value = value if isinstance(item.value, ex.Coalesce) else other
    changed = item.model_copy(update={"value": value})
    values = (*insert.values[:number], changed, *insert.values[number + 1 :])
    return insert.model_copy(update={"values": values})


def killers(project: Project, mutant: Mutant) -> tuple[str, ...]:
    """Return the names of the tests that fail on the mutant."""
    functions = tuple(
        mutant.function if f.operation == mutant.operation else f for f in project.program.functions
    )
    broken = replace(project, program=pg.Program(functions=functions))
    with tempfile.TemporaryDirectory() as folder:
        write_files(Path(folder), {file.path: file.text for file in render(broken)})
        report = verify_project(Path(folder))
    if not report.booted:
        return ("(does not boot)",)
    return tuple(test.name for test in report.tests if not test.ok)


def table(name: str) -> str:
    """Break one golden project everywhere and return its section of the report."""
    project = design_golden(name)
    rows: list[str] = []
    killed = 0
    for mutant in mutants(project):
        failing = killers(project, mutant)
        killed += bool(failing)
        verdict = f"`{failing[0]}`" if failing else "**survives**"
        more = f" and {len(failing) - 1} more" if len(failing) > 1 else ""
        rows.append(f"| `{mutant.operation}` | {mutant.change} | {verdict}{more} |")
        print(rows[-1], flush=True)
    share = f"{killed} of {len(rows)} mutants ({100 * killed / len(rows):.0f} %) are killed."
    print(f"{name}: {share}")
    head = f"## {name}\n\n{share}\n\n| operation | change | killed by |\n|---|---|---|\n"
    return head + "\n".join(rows) + "\n"


def main() -> None:
    """Write the tables of all golden projects."""
    sections = [table(name) for name in golden_names()]
    REPORT.write_text("\n".join([HEAD, *sections]), encoding="utf-8")


if __name__ == "__main__":
    main()
