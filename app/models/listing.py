"""The models on this machine, as lines and as JSON."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import resources
from app.report import numbers
from engines.catalog import Entry, Place, find_models, places
from engines.facts import Facts

BUILTIN_MODEL = (
    Path(resources.__file__).resolve().parent.parent / ".tools" / "models" / "sixfold-demo.gguf"
)
"""The small demo model that `make setup` makes."""
FACTS = (
    "format",
    "architecture",
    "parameters",
    "active_parameters",
    "quantization",
    "layers",
    "kv_heads",
    "context_train_tokens",
    "vocabulary",
    "tokenizer",
    "size_bytes",
    "reasoning",
    "license",
)


def list_models(folders: Sequence[Path] = ()) -> tuple[Entry, ...]:
    """List what is in some folders, or without any, wherever models are kept on this machine."""
    if folders:
        return find_models([Place("folder", folder) for folder in folders])
    own = [Place("built-in", BUILTIN_MODEL.parent), Place("folder", Path("models").absolute())]
    return find_models([*own, *places(Path.home(), os.environ)])


def as_json(entry: Entry) -> dict[str, object]:
    """Describe one entry; what is no usable model has its `problem` and maybe no facts."""
    document: dict[str, object] = {
        "name": entry.name,
        "path": str(entry.path),
        "source": entry.source,
        "state": entry.state,
        "problem": entry.problem,
    }
    if entry.facts is not None:
        document |= {name: getattr(entry.facts, name) for name in FACTS}
        document["chat_template"] = entry.facts.chat_template is not None
    return document


def as_text(entry: Entry) -> str:
    """Describe one entry in a few lines."""
    head = f"{entry.name}  ({entry.source})\n  {entry.path}"
    if entry.facts is None or entry.problem is not None:
        return f"{head}\n  {entry.state}: {entry.problem}"
    return f"{head}\n  {summary(entry.facts)}"


def summary(facts: Facts) -> str:
    """Say in one line what a model is."""
    size = f"{numbers.parameters(facts.parameters)} parameters"
    if facts.active_parameters != facts.parameters:
        size += f" ({numbers.parameters(facts.active_parameters)} active)"
    kind = f"{facts.format.upper()} {facts.architecture}"
    words = [kind, size, facts.quantization, numbers.size(facts.size_bytes)]
    words.append(f"context {facts.context_train_tokens}")
    if facts.reasoning:
        words.append("reasons")
    return ", ".join(words)
