"""What schemathesis loads: calls come from an account that may make them, and name rows there are.

Left alone it would call everything as nobody and name rows by made-up keys, and see little but 401
and 404. What it needs to know is in the file that `SIXFOLD_PLAN` names (`conformance.Plan`).
"""

from __future__ import annotations

import json
import os
import random
import uuid
from pathlib import Path
from typing import Any

import schemathesis  # pyright: ignore[reportMissingImports] - of a group of its own

PLAN: dict[str, Any] = json.loads(Path(os.environ["SIXFOLD_PLAN"]).read_text("utf-8"))
KNOWN = 0.8
"""Share of made-up keys in whose place that of a row is put, where one is known."""
NEWEST = 20
"""Keys are drawn from so many of the rows made last."""
ROWS: dict[str, list[str]] = {}
"""Keys of the rows that were made, by their table."""
CHANCE = random.Random(0)
CREATED = 201


@schemathesis.hook
def before_call(context: Any, case: Any, kwargs: Any) -> None:
    """Sign the call, and name rows that are there."""
    operation = case.operation.definition.raw["operationId"]
    token = PLAN["tokens"].get(operation)
    if token is not None:
        case.headers = {**(case.headers or {}), "Authorization": f"Bearer {token}"}
    for given in (case.path_parameters, case.body):
        for name, table in PLAN["keys"].get(operation, {}).items():
            rows = ROWS.get(table, [])[-NEWEST:]
            named = isinstance(given, dict) and name in given and _is_key(given[name])
            if named and rows and CHANCE.random() < KNOWN:
                given[name] = CHANCE.choice(rows)


@schemathesis.hook
def after_call(context: Any, case: Any, response: Any) -> None:
    """Remember the row that a call has made."""
    table = PLAN["makes"].get(case.operation.definition.raw["operationId"])
    if table is not None and response.status_code == CREATED:
        ROWS.setdefault(table, []).append(response.json()["id"])


def _is_key(value: object) -> bool:
    try:
        uuid.UUID(str(value))
    except ValueError:
        return False
    return True
