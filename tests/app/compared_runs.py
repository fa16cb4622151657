"""Finished runs of two models, on two requests with two seeds each, scored by today's rubric."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from pipeline.records.journal import RESULT, SPEC, new_run_id
from scoring.rubric import rubric_ref

POINTS = {
    ("Qwen3 30B", "todo", 1): 83.6,
    ("Qwen3 30B", "todo", 2): 84.4,
    ("Qwen3 30B", "board", 1): 61.0,
    ("Qwen3 30B", "board", 2): 60.0,
    ("Gemma 3 12B", "todo", 1): 70.6,
    ("Gemma 3 12B", "todo", 2): 71.6,
    ("Gemma 3 12B", "board", 1): 48.0,
    ("Gemma 3 12B", "board", 2): 47.5,
}


def change(path: Path, **changes: object) -> None:
    """Change fields of a run's result; `name` and `points` go where they belong."""
    result = json.loads((path / RESULT).read_text())
    name, points = changes.pop("name", None), changes.pop("points", None)
    if name is not None:
        result["model"]["name"] = name
        result["model"]["sha256"] = f"{len(str(name)):064d}"
    if points is not None:
        result["score"]["score"] = points
    result["score"]["rubric"] = rubric_ref().model_dump(mode="json")
    result["run"] = path.name
    (path / RESULT).write_text(json.dumps(result | changes))


def write_compared_runs(finished_run: Path, root: Path) -> Path:
    """Copy a finished run once for each line of `POINTS` into the folder `root`."""
    for (name, request, seed), points in POINTS.items():
        path = root / new_run_id()
        shutil.copytree(finished_run, path)
        change(path, name=name, points=points, request=request, seed=seed)
        assert (path / SPEC).is_file()
    return root
