"""Golden forms: hand-made answers to every form of a reference request.

They are the model's part of the ASTs, one JSON object per form, and go through the very same
stages, grammars and checks as a model's answers; what the forms can't express can't be golden.
"""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any

from pipeline.run.requests import RequestError

STAGES = ("analysis", "database", "interface", "test", "program")


def golden_names() -> tuple[str, ...]:
    """Return the reference requests that have golden forms."""
    folder = files("resources") / "golden"
    return tuple(sorted(entry.name for entry in folder.iterdir() if entry.is_dir()))


def load_answers(name: str) -> dict[str, Any]:
    """Return the golden answers of a reference request by the key of their form.

    Raises RequestError if it has none.
    """
    if name not in golden_names():
        known = ", ".join(golden_names())
        raise RequestError(f"There is no golden project {name!r}; there is one for: {known}")
    folder = files("resources") / "golden" / name
    answers: dict[str, Any] = {}
    for stage in STAGES:
        answers |= json.loads((folder / f"{stage}.json").read_text(encoding="utf-8"))
    return answers
