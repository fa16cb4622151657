"""Break a golden project in one place at a time and see whether its own tests notice.

    .venv/bin/python -m benchmarks.mutations [--each N] [PROJECT …]

Each mutant is one change of the program's AST, rendered whole and verified for real, by the tests
that call the operation, until one of them fails. At most N mutants of a kind are drawn from each
project. The tables go to docs/measured/mutations.md, where projects that are not named keep theirs.
A mutant that survives is one that the golden tests are too weak for. A check that the database
keeps by itself is left alone, as nobody would miss it.
"""

from __future__ import annotations

import argparse
import random
import re
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from app.work.golden import design_golden
from pipeline.ast import expression as ex
from pipeline.ast import program as pg
from pipeline.ast.database import Database, EnumType
from pipeline.ast.test import TestSuite
from pipeline.ast.walk import walk
from pipeline.names import words
from pipeline.node.runtime import CaseOutcome, verify_project
from pipeline.project import Project
from pipeline.records.journal import write_files
from pipeline.render.nest.service.flow import uses_variable
from pipeline.render.project import render
from pipeline.run.golden import golden_names

REPORT = Path(__file__).parent.parent / "docs" / "measured" / "mutations.md"
SEED = 0
EACH = 3
HEAD = """# Mutants

Made by `benchmarks/mutations.py`: the program of a golden project is broken in one place at a time,
and the generated end-to-end tests that call the operation run against it until one of them fails.
"""
OTHER_STATUS = {404: 403, 409: 403, 401: 403, 403: 404, 422: 409}
VERSION_COLUMN = "token_version"
"""Any other version ends the sessions of an account, whichever it is."""
_DONE = {"find_page": "listed", "count": "counted", "sum": "added up"}
WRITES = (pg.Insert, pg.Update, pg.Remove, pg.UpdateWhere, pg.RemoveWhere, pg.ForEach)
Statements = tuple[pg.Statement, ...]


@dataclass(frozen=True)
class Edit:
    """What is done to a program: the kind of it, and in words."""

    kind: str
    change: str


@dataclass(frozen=True)
class Mutant:
    """One broken program."""

    edit: Edit
    function: pg.Function


def mutants(project: Project) -> Iterator[Mutant]:
    """Break every function of the project in every way that we know, one at a time."""
    breaker = _Breaker(project.database)
    for function in project.program.functions:
        broken = [*breaker.block(function.statements, ()), *_late_checks(function.statements)]
        for edit, statements in broken:
            yield Mutant(edit, function.model_copy(update={"statements": statements}))


@dataclass(frozen=True)
class _Breaker:
    """Makes the broken variants of statements."""

    database: Database

    def block(self, statements: Statements, later: Statements) -> Iterator[tuple[Edit, Statements]]:
        """Break one statement of a block; `later` are the statements after the block."""
        for place, statement in enumerate(statements):
            before, after = statements[:place], statements[place + 1 :]
            rest = (*after, *later)
            for edit, broken in self._broken(statement, rest):
                yield edit, (*before, *broken, *after)
            for name in ("body", "then"):
                for edit, inner in self.block(getattr(statement, name, ()), rest):
                    whole = (statement.model_copy(update={name: inner}),) if inner else ()
                    yield edit, (*before, *whole, *after)

    def _broken(
        self, statement: pg.Statement, rest: Statements
    ) -> Iterator[tuple[Edit, Statements]]:
        match statement:
            case pg.Find(table=table, missing=missing, message=message):
                if not uses_variable(rest, statement.variable):
                    yield Edit("check dropped", f"drop the check: {message}"), ()
                if missing in OTHER_STATUS and missing != 401 and not _is_parent(statement):
                    yield _answering(statement, "missing", f"the {words(table)} is missing")
                yield from _reaching(statement, f"the {words(table)} is found")
            case pg.RequireNone(message=message):
                if not self._is_constraint(statement):
                    yield Edit("check dropped", f"drop the check: {message}"), ()
                yield _answering(statement, "status", message)
                yield from _reaching(statement, f"there must be no {words(statement.table)}")
            case pg.Require(message=message):
                yield _answering(statement, "status", message)
                if self._is_bound(statement, rest):
                    return
                yield Edit("check dropped", f"drop the check: {message}"), ()
                for longer in _longer(statement.condition):
                    changed = statement.model_copy(update={"condition": longer})
                    yield Edit("limit moved", f"let one more pass: {message}"), (changed,)
            case pg.FindPage() | pg.Count() | pg.Sum():
                done = _DONE[statement.kind]
                yield from _reaching(statement, f"{words(statement.table)} rows are {done}")
            case pg.VerifyPassword():
                yield Edit("check dropped", "let any password in"), ()
            case pg.Insert(table=table):
                if not uses_variable(rest, statement.variable):
                    yield Edit("effect dropped", f"write no {words(table)}"), ()
                yield from self._valued(statement)
            case pg.Update(values=values, optional=optional):
                if values:
                    names = ", ".join(words(item.column) for item in values)
                    changed = statement.model_copy(update={"values": ()})
                    change = f"leave the {names} of the {words(statement.table)} as it was"
                    yield Edit("effect dropped", change), (changed,)
                yield from self._valued(statement)
                for item in optional:
                    left = tuple(each for each in optional if each is not item)
                    changed = statement.model_copy(update={"optional": left})
                    yield (
                        Edit("effect dropped", f"ignore the {words(item.column)} in the body"),
                        (changed,),
                    )
            case pg.UpdateWhere() | pg.RemoveWhere() | pg.ForEach():
                change = f"leave the rows of {words(statement.table)} as they were"
                yield Edit("effect dropped", change), ()
                yield from _reaching(statement, f"{words(statement.table)} rows are written")
            case pg.Remove(table=table):
                yield Edit("effect dropped", f"keep the {words(table)}"), ()
            case _:
                return

    def _is_constraint(self, check: pg.RequireNone) -> bool:
        """Whether the database keeps a key by itself, unique or of a row that others need."""
        columns = {
            node.column
            for node in walk(check.where)
            if isinstance(node, ex.SameText)
            or (isinstance(node, ex.ColumnCompare) and node.operator == "eq")
        }
        table = self.database.table(check.table)
        needed = [(r.column,) for r in table.relations if r.on_delete == "restrict"]
        return any(columns == set(key) for key in (*table.unique_keys(), *needed))

    def _is_bound(self, check: pg.Require, later: Statements) -> bool:
        """Whether a number is only kept from falling below zero: the schema does so by itself."""
        match check.condition:
            case ex.Compare(left=ex.RowField() as left, operator="ge", right=right):
                taken = _without_amount(left, right)
            case ex.Compare(
                left=ex.RowField() as left, operator="gt", right=ex.IntegerLiteral(value=0) as none
            ):
                taken = _without_amount(left, none.model_copy(update={"value": 1}))
            case _:
                return False
        return any(
            update.row == left.row and self._has_no_less(update.table, item.column)
            for update in walk(later)
            if isinstance(update, pg.Update)
            for item in update.values
            if item.column == left.column and item.value == taken
        )

    def _has_no_less(self, table: str, column: str) -> bool:
        found = self.database.table(table).column(column)
        return found is not None and getattr(found.type, "minimum", None) == 0

    def _valued(self, write: pg.Insert | pg.Update) -> Iterator[tuple[Edit, Statements]]:
        """Write another value into one of the columns."""
        for place, item in enumerate(write.values):
            other = self._other(write.table, item.column, item.value)
            if other is not None and item.column != VERSION_COLUMN:
                values = list(write.values)
                values[place] = item.model_copy(update={"value": other})
                changed = write.model_copy(update={"values": tuple(values)})
                change = f"write another {words(item.column)} of the {words(write.table)}"
                yield Edit("other value", change), (changed,)

    def _other(self, table: str, column: str, value: ex.Expression) -> ex.Expression | None:
        match value:
            case ex.Coalesce(fallback=fallback):
                other = self._other(table, column, fallback)
                return other and value.model_copy(update={"fallback": other})
            case ex.EnumLiteral(value=word):
                found = self.database.table(table).column(column)
                listed = found.type.values if found and isinstance(found.type, EnumType) else ()
                others = [each for each in listed if each != word]
                return ex.EnumLiteral(kind="enum", value=others[0]) if others else None
            case ex.IntegerLiteral(value=number):
                return ex.IntegerLiteral(kind="integer", value=number + 1)
            case ex.BooleanLiteral(value=truth):
                return ex.BooleanLiteral(kind="boolean", value=not truth)
            case ex.Arithmetic(operator="add" | "subtract" as operator):
                other = "subtract" if operator == "add" else "add"
                return value.model_copy(update={"operator": other})
            case ex.Shifted(amount=amount):
                return value.model_copy(update={"amount": amount + 1})
            case _:
                return None


def _answering(statement: pg.Statement, field: str, message: str) -> tuple[Edit, Statements]:
    status = getattr(statement, field)
    other = OTHER_STATUS[status]
    changed = statement.model_copy(update={field: other})
    return Edit("other status", f"answer {other} instead of {status}: {message}"), (changed,)


def _without_amount(number: ex.Expression, amount: ex.Expression) -> ex.Arithmetic:
    """Return what is left of a number; of an amount that is negated, what they make together."""
    match amount:
        case ex.Arithmetic(left=added, operator="multiply", right=ex.IntegerLiteral(value=-1)):
            return ex.Arithmetic(kind="arithmetic", left=number, operator="add", right=added)
        case _:
            return ex.Arithmetic(kind="arithmetic", left=number, operator="subtract", right=amount)


def _is_parent(find: pg.Find) -> bool:
    """Whether it looks up what a row points at: that is always there."""
    match find.where:
        case ex.ColumnCompare(column="id", value=ex.RowField()):
            return True
        case _:
            return False


def _late_checks(statements: Statements) -> Iterator[tuple[Edit, Statements]]:
    """Put the guards after the writes, without a transaction that takes the writes back."""
    flat: list[pg.Statement] = []
    for statement in statements:
        flat += statement.body if isinstance(statement, pg.Transaction) else [statement]
    written = [place for place, each in enumerate(flat) if isinstance(each, WRITES)]
    if not written:
        return
    guards = [each for each in flat[: written[0]] if isinstance(each, pg.Require)]
    if not guards:
        return
    rest = [each for each in flat if each not in guards]
    end = max(place for place, each in enumerate(rest) if isinstance(each, WRITES)) + 1
    edit = Edit("transaction", "write first and check afterwards, in no transaction")
    yield edit, (*rest[:end], *guards, *rest[end:])


# --- conditions


def _longer(condition: ex.Expression) -> Iterator[ex.Expression]:
    """Move the bound of a comparison by one, so that more passes."""
    match condition:
        case ex.Compare(operator=operator, right=ex.IntegerLiteral() | ex.Shifted() as right):
            moved = _moved(operator, right)
            if moved is not None:
                yield condition.model_copy(update={"right": moved})
        case ex.All(operands=operands) | ex.AnyOf(operands=operands):
            for place, operand in enumerate(operands):
                for longer in _longer(operand):
                    changed = (*operands[:place], longer, *operands[place + 1 :])
                    yield condition.model_copy(update={"operands": changed})
        case _:
            return


def _moved(operator: ex.Operator, bound: ex.Expression) -> ex.Expression | None:
    step = {"lt": 1, "le": 1, "gt": -1, "ge": -1}.get(operator)
    match bound:
        case ex.IntegerLiteral(value=number) if step is not None:
            return bound.model_copy(update={"value": number + step})
        case ex.Shifted(amount=amount) if step is not None:
            return bound.model_copy(update={"amount": amount + step})
        case _:
            return None


def _reaching(statement: pg.Statement, when: str) -> Iterator[tuple[Edit, Statements]]:
    """Leave a condition out of those that say which rows a statement speaks of."""
    where: ex.Where | None = getattr(statement, "where", None)
    if where is None:
        return
    for change, weaker in _weaker(where):
        if weaker is not None or isinstance(statement, pg.FindPage | pg.Count | pg.Sum):
            changed = statement.model_copy(update={"where": weaker})
            yield Edit("other rows", f"{change} when {when}"), (changed,)


def _weaker(where: ex.Where) -> Iterator[tuple[str, ex.Where | None]]:
    match where:
        case ex.WhereAll(conditions=parts):
            for change, left in _without(parts, at_least=1):
                changed = (
                    left[0] if len(left) == 1 else where.model_copy(update={"conditions": left})
                )
                yield change, changed
        case ex.WhereAny(conditions=parts):
            for change, left in _without(parts, at_least=1):
                yield change, where.model_copy(update={"conditions": left})
        case ex.ParentWhere(where=parts) | ex.SomeWhere(where=parts) | ex.NoneWhere(where=parts):
            yield f"forget {_told(where)}", None
            least = 1 if isinstance(where, ex.ParentWhere) else 0
            for change, left in _without(parts, at_least=least):
                yield change, where.model_copy(update={"where": left})
        case ex.ColumnCompare(column="id"):
            return  # which row it is: without it, it is another operation
        case ex.ColumnCompare(value=ex.Shifted() as bound, operator=operator):
            yield f"forget {_told(where)}", None
            moved = _moved(operator, bound)
            if moved is not None:
                yield f"move {_told(where)} by one", where.model_copy(update={"value": moved})
        case _:
            yield f"forget {_told(where)}", None


def _without(
    parts: Sequence[ex.Where], *, at_least: int
) -> Iterator[tuple[str, tuple[ex.Where, ...]]]:
    for place, part in enumerate(parts):
        for change, weaker in _weaker(part):
            kept = () if weaker is None else (weaker,)
            left = (*parts[:place], *kept, *parts[place + 1 :])
            if len(left) >= at_least:
                yield change, left


def _told(where: ex.Where) -> str:
    match where:
        case ex.ColumnCompare(value=ex.ActorId()):
            return "the owner"
        case ex.ColumnCompare(column=column):
            return f"the {words(column.removesuffix('_id'))}"
        case ex.ColumnIsNull(column="deleted_at"):
            return "that it is not deleted"
        case ex.ColumnIsNotNull(column="deleted_at"):
            return "that it is deleted"
        case ex.ColumnIsNull(column=column) | ex.ColumnIsNotNull(column=column):
            return f"whether it has a {words(column)}"
        case ex.CallerIs():
            return "who calls"
        case ex.ParentWhere(relation=relation):
            return f"what its {words(relation)} must be"
        case ex.OldestWhere():
            return "that it is the oldest"
        case ex.SomeWhere(table=table) | ex.NoneWhere(table=table):
            return f"the rows of {words(table)}"
        case _:
            return "a condition"


# --- running and telling


class _Killed(Exception):
    """Ends the tests at the first one that fails."""


def killer(project: Project, mutant: Mutant) -> str | None:
    """Return the name of the first test that fails on the mutant.

    Only tests that call its operation are run, those about it first: no other test can notice.
    Most tests make accounts.
    """
    operation = mutant.function.operation
    functions = tuple(
        mutant.function if f.operation == operation else f for f in project.program.functions
    )

    accounts = {o.id for o in project.interface.operations if o.kind == "join"}
    tests = tuple(
        test
        for test in project.tests.functions
        if operation in accounts
        or any(getattr(node, "operation", None) == operation for node in walk(test))
    )
    if not tests:
        return None
    suite = TestSuite(functions=tuple(sorted(tests, key=lambda each: each.operation != operation)))
    return first_failure(replace(project, program=pg.Program(functions=functions), tests=suite))


def first_failure(project: Project) -> str | None:
    """Run a project's tests to the first one that fails, and return its name."""

    def watch(outcome: CaseOutcome) -> None:
        if not outcome.ok:
            raise _Killed(outcome.name)

    with tempfile.TemporaryDirectory() as folder:
        write_files(Path(folder), {file.path: file.text for file in render(project)})
        try:
            report = verify_project(Path(folder), on_test=watch)
        except _Killed as killed:
            return f"`{killed}`"
    return None if report.green else f"({report.message})"


def drawn(found: Sequence[Mutant], each: int) -> list[Mutant]:
    """Draw at most `each` mutants of each kind, in their order."""
    kinds: dict[str, list[Mutant]] = {}
    for mutant in found:
        kinds.setdefault(mutant.edit.kind, []).append(mutant)
    generator = random.Random(SEED)
    kept = {
        id(mutant)
        for kind in sorted(kinds)
        for mutant in generator.sample(kinds[kind], min(each, len(kinds[kind])))
    }
    return [mutant for mutant in found if id(mutant) in kept]


def table(name: str, each: int) -> str:
    """Break one golden project everywhere and return its section of the report."""
    project = design_golden(name)
    if (fault := first_failure(project)) is not None:
        raise SystemExit(f"{name} is not green before it is broken: {fault}")
    found = list(mutants(project))
    chosen = drawn(found, each)
    made: dict[str, list[bool]] = {}
    rows: list[str] = []
    for mutant in chosen:
        verdict = killer(project, mutant)
        made.setdefault(mutant.edit.kind, []).append(verdict is not None)
        edit = mutant.edit
        fate = verdict or "**survives**"
        rows.append(f"| `{mutant.function.operation}` | {edit.kind} | {edit.change} | {fate} |")
        print(rows[-1], flush=True)
    killed = sum(sum(outcomes) for outcomes in made.values())
    of = (
        f"{len(rows)} mutants"
        if len(rows) == len(found)
        else (f"{len(rows)} mutants, drawn from {len(found)} with at most {each} of a kind,")
    )
    share = f"{killed} of {of} ({100 * killed / len(rows):.0f} %) are killed."
    print(f"{name}: {share}", flush=True)
    tally = "".join(
        f"| {kind} | {len(made[kind])} | {sum(made[kind])} |\n" for kind in sorted(made)
    )
    return (
        f"## {name}\n\n{share}\n\n| kind | mutants | killed |\n|---|---:|---:|\n{tally}\n"
        "| operation | kind | change | killed by |\n|---|---|---|---|\n" + "\n".join(rows) + "\n"
    )


def kept(report: str) -> dict[str, str]:
    """Return the sections of a report, by project."""
    found = re.split(r"^## (?=\w+$)", report, flags=re.MULTILINE)[1:]
    return {part.partition("\n")[0]: f"## {part.rstrip()}\n" for part in found}


def main() -> None:
    """Write the tables of the golden projects."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--each", type=int, default=EACH, help="mutants of a kind at most")
    parser.add_argument("names", nargs="*", help="golden projects; all if none is named")
    arguments = parser.parse_args()
    for name in arguments.names or golden_names():
        section = table(name, arguments.each)
        sections = kept(REPORT.read_text(encoding="utf-8")) | {name: section}
        listed = [sections[each] for each in golden_names() if each in sections]
        REPORT.write_text("\n".join([HEAD, *listed]), encoding="utf-8")


if __name__ == "__main__":
    main()
