"""A small service made of hand-made forms, to see one feature of the forms at work.

A member keeps items; a test says which columns an item has, which rules there are, and what the
programs and actions do. The forms go through the stages, as a model's do.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from engines.scripted import ScriptedEngine
from pipeline.asking.harness import Harness
from pipeline.node.compile import check_project
from pipeline.node.runtime import verify_project
from pipeline.project import Project
from pipeline.records.events import Event, Lost
from pipeline.records.journal import write_files
from pipeline.records.options import RunOptions
from pipeline.render.project import render
from pipeline.run.run import design
from pipeline.stages.test import TESTS_PER_FORM

Form = dict[str, Any]
REQUEST = "Members keep items. An item has a name, a price and a day. " * 20
"""What is asked is in the forms; of a longer request more may be made."""
ALL_KINDS = ("list", "read", "create", "update", "erase")


@dataclass(frozen=True)
class Small:
    """What a test decides of the service; everything else is as plain as can be."""

    columns: Sequence[Form]
    rules: Sequence[Form] = ()
    actions: Sequence[Form] = ()
    programs: Mapping[str, Form] = field(default_factory=dict[str, Form])
    filters: Sequence[str] = ()
    sorts: Sequence[str] = ()
    kept: Sequence[str] = ()
    """Columns that callers do not write."""
    lookups: Sequence[str] = ()
    cited: Sequence[str] = ()
    """Rules that creating and changing an item keeps."""
    tests: Sequence[Form] = ()
    """Scenarios, each with its `steps`."""

    def answers(self) -> dict[str, Form]:
        """Return the answers to all forms."""
        steps = [{name: scenario[name] for name in ("name", "steps")} for scenario in self.tests]
        groups = [
            steps[start : start + TESTS_PER_FORM] for start in range(0, len(steps), TESTS_PER_FORM)
        ]
        listed = [
            {name: value for name, value in scenario.items() if name != "steps"}
            for scenario in self.tests
        ]
        return {
            "analysis/plan": self._plan(),
            "analysis/feature/items": {"requirements": [_REQUIREMENT], "rules": list(self.rules)},
            "database/tables": {"tables": [_TABLE]},
            "database/table/item": {
                "soft_delete": False,
                "relations": [_OWNER],
                "columns": list(self.columns),
            },
            "interface/member": {"operations": [], "exposure": exposure([], [])},
            "interface/item": self._resource(),
            "test/scenarios/member": {"scenarios": []},
            "test/scenarios/item": {"scenarios": listed},
            **{f"test/item/{n}": {"tests": group} for n, group in enumerate(groups, 1)},
            "program/needs/member": {"operations": []},
            "program/needs/item": {"operations": list(self.programs)},
            **{f"program/{id_}": sketch for id_, sketch in self.programs.items()},
        }

    def _plan(self) -> Form:
        attributes = [column["name"] for column in self.columns]
        return {
            "title": "Items",
            "summary": "Members keep items.",
            "actors": [{"name": "member", "kind": "member", "description": "Who keeps items."}],
            "entities": [
                _entity("member", True, ["email", "password"]),
                _entity("item", False, attributes),
            ],
            "features": [{"name": "items", "description": "Keeping items."}],
        }

    def _resource(self) -> Form:
        names = [column["name"] for column in self.columns]
        written = [name for name in names if name not in self.kept]
        operations = [operation(kind) for kind in ALL_KINDS]
        for kind in ("create", "update"):
            operations[ALL_KINDS.index(kind)]["rules"] = list(self.cited)
        return {
            "operations": [*operations, *self.actions],
            "exposure": exposure(names, written, self.filters, self.sorts, self.lookups),
        }


def column(name: str, nullable: bool = False, **type_: Any) -> Form:
    """Return the form of a column."""
    return {"name": name, "description": f"The {name}.", "type": type_, "nullable": nullable}


def rule(kind: str, **fields: Any) -> Form:
    """Return the form of a rule."""
    return {"kind": kind, "requirement": "R-1.1", "statement": f"A {kind}.", **fields}


def operation(kind: str, **fields: Any) -> Form:
    """Return the form of an operation of the member's own items."""
    return {
        "kind": kind,
        **fields,
        "actors": ["member"],
        "scope": "own",
        "description": f"To {kind} items.",
        "requirements": ["R-1.1"],
        "rules": [],
    }


def call_step(operation: str, status: int, of: str = "none", **values: Form) -> Form:
    """Return the step of a test in which the member calls an operation."""
    return {
        "kind": "call",
        "caller": "member",
        "operation": operation,
        "of": of,
        "values": [{"property": name, "value": value} for name, value in values.items()],
        "status": status,
        "as": "none",
        "times": 1,
    }


def exposure(
    shown: Sequence[str],
    written: Sequence[str],
    filters: Sequence[str] = (),
    sorts: Sequence[str] = (),
    lookups: Sequence[str] = (),
) -> Form:
    """Return the form of what a table exposes."""
    return {
        "shown": list(shown),
        **({"lookups": list(lookups)} if lookups else {}),
        "writable_on_create": list(written),
        "writable_on_update": list(written),
        "filters": list(filters),
        "sorts": list(sorts),
    }


def design_small(small: Small) -> Project:
    """Make the ASTs; no form may be lost."""
    return design_answers(small.answers())


def design_answers(answers: Mapping[str, Form]) -> Project:
    """Make the ASTs of answers to all forms; none may be lost."""
    events: list[Event] = []
    engine = ScriptedEngine(answers)
    options = RunOptions(feedback=0, max_tokens_per_call=1 << 20)
    harness = Harness(engine, options, lambda _: None, events.append, lambda: False)
    project = design(harness, REQUEST, lambda _stage, _ast: None)
    lost = [(event.form, event.reason) for event in events if isinstance(event, Lost)]
    assert lost == [], lost
    return project


def files_of(project: Project) -> dict[str, str]:
    """Return the rendered files by path."""
    return {file.path: file.text for file in render(project)}


def verify_small(project: Project, folder: Path, database_url: str | None = None) -> None:
    """Type-check the project, and see all its own tests pass."""
    write_files(folder, files_of(project))
    wrong = check_project(folder).diagnostics
    assert wrong == (), [f"{d.file}:{d.line}: {d.message}" for d in wrong]
    report = verify_project(folder, database_url=database_url)
    failed = [(test.name, test.error) for test in report.tests if not test.ok]
    assert failed == [], failed
    assert report.passed == report.total == len(project.tests.functions), report.log_tail


def _entity(name: str, is_account: bool, attributes: Sequence[str]) -> Form:
    return {
        "name": name,
        "description": f"The {name}.",
        "owner": "member",
        "is_account": is_account,
        "attributes": list(attributes),
    }


_REQUIREMENT: Form = {
    "pattern": "ubiquitous",
    "actor": "member",
    "entities": ["item"],
    "condition": "Always",
    "response": "keeps items",
    "acceptance": {"given": "a member", "when": "they keep an item", "then": "it is there"},
}
_TABLE: Form = {
    "name": "item",
    "stance": "primary",
    "entity": "item",
    "purpose": "Something that a member keeps.",
}
_OWNER: Form = {
    "name": "member",
    "description": "Whose it is.",
    "target": "member",
    "owner": True,
    "cardinality": "many_to_one",
    "on_delete": "cascade",
    "nullable": False,
}


def walk_small(project: Project, folder: Path, steps: str) -> None:
    """Run the project with TypeScript `steps` in the place of its tests.

    They have `api`, `strict`, `host`, a `member` that joined and the `inviteCode` of admins; what
    they throw fails the test.
    """
    write_files(folder, {**files_of(project), "test/run.ts": _WALK.replace("@STEPS@", steps)})
    wrong = check_project(folder).diagnostics
    assert wrong == (), [f"{d.file}:{d.line}: {d.message}" for d in wrong]
    report = verify_project(folder)
    assert report.green, [test.error for test in report.tests] or report.log_tail


_WALK = """
import { strict } from "node:assert";
import { startApp } from "../src/app.js";
import { advanceClock } from "../src/common/clock.js";
import { loadConfig } from "../src/config.js";
import * as api from "../sdk/index.js";

const inviteCode = "invite-for-walks";
const env = {
  DATABASE_PATH: ":memory:",
  JWT_SECRET: "x".repeat(32),
  PASSWORD_COST: "1024",
  ADMIN_INVITE_CODE: inviteCode,
};
const { app, url: host } = await startApp({ ...loadConfig(env), port: 0 });
const credentials = { email: "ann@example.com", password: "correct horse battery" };
const joined = await api.members.join({ host }, credentials);
const member = { host, headers: { authorization: `Bearer ${joined.accessToken}` } };
const status = (call: Promise<unknown>): Promise<number> =>
  call.then(() => 200, (error: unknown) => (error instanceof api.HttpError ? error.status : 0));
let error: string | undefined;
try {
  await advanceClock(0, "days");
  strict.equal(await status(Promise.resolve(inviteCode)), 200);
  @STEPS@
} catch (caught) {
  error = String(caught);
}
await app.close();
const ok = error === undefined;
console.log(JSON.stringify({ name: "walk", ok, ms: 0, error }));
console.log(JSON.stringify({ passed: Number(ok), total: 1, bootMs: 0, totalMs: 0 }));
"""
