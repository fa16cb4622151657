"""Run folders as another version of Sixfold would have left them."""

from __future__ import annotations

import json
from pathlib import Path

from pipeline.records.journal import RESULT, SPEC
from pipeline.records.spec import RECORD_VERSION

OLDER = RECORD_VERSION - 1


def make_other_version(run: Path, version: int = OLDER) -> Path:
    """Make a run folder one of another record version, with fields that ours does not know."""
    for name in (SPEC, RESULT):
        document = json.loads((run / name).read_text())
        document |= {"version": version, "harness": "of its time"}
        document.pop("seed", None)
        (run / name).write_text(json.dumps(document))
    return run
