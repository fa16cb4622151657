"""Let schemathesis attack golden backends by their OpenAPI documents, as accounts of every kind.

    .tools/uv/bin/uv run --group conformance python -m benchmarks.conformance [todo board booking]
        [--examples 40]

Each backend runs on loopback with SQLite in memory. Every operation is called with values that its
schema allows and with some that it does not, alone and along the document's links. Writes
docs/measured/conformance.md; exits with 1 if anything was found.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from app.work.golden import build_golden
from pipeline.derive.e2e.rows import relation_target
from pipeline.design import Design
from pipeline.project import Project
from pipeline.records.journal import write_atomic
from tests.pipeline.live_backend import QUICK, LiveBackend, build, running

REPORT = Path("docs/measured/conformance.md")
HOOKS = "benchmarks.conformance.hooks"
CODE = "an invitation for every kind"
CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "negative_data_rejection",
    "use_after_free",
)
ENDS_SESSIONS = ("logout", "password", "reset")
"""Kinds of operations after which an account's token is good for nothing."""
TIMEOUT_S = 900.0
HEAD = """\
# Conformance

`python -m benchmarks.conformance`: schemathesis {version} calls golden backends by their OpenAPI
documents, {examples} examples an operation and link, with an account of each kind. It looks for
answers of 500 and above, statuses, content types, headers and bodies that the document does not
promise, values that it forbids and the backend takes, and rows that are there after they were
deleted. Left out are operations that end an account's session. *Links* are followed from one
operation to the next; *deepest* is the longest such chain.

| golden | operations | cases | found | links followed | deepest |
|---|---:|---:|---:|---:|---:|
"""


@dataclass(frozen=True)
class Plan:
    """What the hooks know: whose token an operation takes, which keys it takes, what it makes."""

    tokens: Mapping[str, str]
    keys: Mapping[str, Mapping[str, str]]
    """Tables of the rows that it names, by its parameters and properties."""
    makes: Mapping[str, str]


@dataclass(frozen=True)
class Outcome:
    """What came of one golden backend."""

    name: str
    version: str
    operations: int
    cases: int
    found: tuple[str, ...]
    links: int
    deepest: int

    def row(self) -> str:
        """Return its line of the table."""
        return (
            f"| {self.name} | {self.operations} | {self.cases:,} | {len(self.found)} | "
            f"{self.links:,} | {self.deepest} |"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("names", nargs="*", default=["todo", "board", "booking"])
    parser.add_argument("--examples", type=int, default=40)
    given = parser.parse_args()
    outcomes = [attack(name, given.examples) for name in given.names]
    found = [f"- `{each.name}`: {line}" for each in outcomes for line in each.found]
    head = HEAD.format(version=outcomes[0].version, examples=given.examples)
    rows = "\n".join(each.row() for each in outcomes)
    listed = "\n".join(found) or "Nothing."
    write_atomic(REPORT, f"{head}{rows}\n\n## What was found\n\n{listed}\n")
    sys.exit(bool(found))


def attack(name: str, examples: int) -> Outcome:
    """Boot one backend and let schemathesis at it."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        project = build_golden(name, folder / "project")
        (folder / "run").mkdir()
        built = build(folder / "project", folder / "run")
        with running(built, environment(project)) as backend:
            document = folder / "project" / "openapi.json"
            plan = planned(project, backend, json.loads(document.read_text("utf-8")))
            (folder / "plan.json").write_text(json.dumps(asdict(plan)), encoding="utf-8")
            url = f"http://{backend.host}:{backend.port}"
            command = [
                *(sys.executable, "-m", "schemathesis.cli", "run", str(document), "--url", url),
                *("--phases", "coverage,fuzzing,stateful", "--max-examples", str(examples)),
                *("--checks", ",".join(CHECKS), "--seed", "1", "--generation-allow-x00", "false"),
                *("--report-json-path", str(folder / "report.json")),
                *("--report-ndjson-path", str(folder / "events.ndjson")),
            ]
            for operation in project.interface.operations:
                if operation.kind in ENDS_SESSIONS:
                    command += ["--exclude-operation-id", operation.id]
            variables = {"SCHEMATHESIS_HOOKS": HOOKS, "SIXFOLD_PLAN": str(folder / "plan.json")}
            done = subprocess.run(
                command,
                env=os.environ | variables,
                capture_output=True,
                text=True,
                timeout=TIMEOUT_S,
                check=False,
            )
        if not (folder / "report.json").exists():
            raise SystemExit(done.stdout + done.stderr)
        report = json.loads((folder / "report.json").read_text("utf-8"))
        chains = depths((folder / "events.ndjson").read_text("utf-8").splitlines())
    outcome = Outcome(
        name=name,
        version=report["schemathesis_version"],
        operations=report["operations"]["tested"],
        cases=report["test_cases"]["generated"],
        found=tuple(findings(report["failures"])),
        links=sum(number for depth, number in chains.items() if depth),
        deepest=max(chains, default=0),
    )
    print(outcome.row(), flush=True)
    return outcome


def environment(project: Project) -> dict[str, str]:
    """Return what the backend is configured by: quick, and anybody with the code is an admin."""
    secrets = {"JWT_SECRET": "x" * 32, "ADMIN_INVITE_CODE": CODE}
    return {**QUICK, **secrets, "ACCOUNT_REQUESTS_PER_MINUTE": "0"}


def planned(project: Project, backend: LiveBackend, document: Mapping[str, Any]) -> Plan:
    """Make an account of each kind, and note what the operations name and make."""
    design = Design(project.analysis, project.database, project.interface)
    tokens: dict[str, str] = {}
    for operation in project.interface.operations:
        if operation.kind == "join":
            tokens[operation.table] = joined(backend, operation.path, document)
    keys: dict[str, dict[str, str]] = {}
    makes: dict[str, str] = {}
    for operation in project.interface.operations:
        named = {each.name: each.table for each in operation.parameters}
        if operation.request is not None:
            for property_ in project.interface.object(operation.request).properties:
                target = relation_target(design, operation, property_.name)
                named |= {property_.name: target} if target else {}
        keys[operation.id] = named
        if operation.kind == "create":
            makes[operation.id] = operation.table
    signed = {o.id: tokens[o.actors[0]] for o in project.interface.operations if o.actors}
    return Plan(signed, keys, makes)


def joined(backend: LiveBackend, path: str, document: Mapping[str, Any]) -> str:
    """Join as the document's example does, and return the access token."""
    example = document["paths"][path]["post"]["requestBody"]["content"]["application/json"]
    body = example["example"] | ({"inviteCode": CODE} if "inviteCode" in example["example"] else {})
    answer = backend.request("POST", path, body)
    if answer.status != 201:
        raise SystemExit(f"POST {path} answered {answer.status}: {answer.body}")
    return str(answer.body["accessToken"])


def findings(failures: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return each kind of failure at each operation, in words."""
    return [
        f"{each['title']} at {operation.get('label', operation)}"
        for each in failures
        for operation in each["operations"]
    ]


def depths(events: Sequence[str]) -> Counter[int]:
    """Count the calls of link tests by how many links led to them."""
    found: Counter[int] = Counter()
    for line in events:
        finished = json.loads(line).get("ScenarioFinished")
        if finished is None or finished["phase"] != "stateful":
            continue
        cases = finished["recorder"].get("cases", {})
        for case in cases.values():
            depth, parent = 0, case.get("parent_id")
            while parent is not None:
                depth, parent = depth + 1, cases[parent].get("parent_id")
            found[depth] += 1
    return found


if __name__ == "__main__":
    main()
