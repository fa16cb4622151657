"""What `sixfold models` prints: the models and other files of a list, as JSON and as lines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from app.report import fit_words, numbers
from engines.files.catalogue import Entry
from engines.files.facts import Facts
from engines.memory.fit import Fit

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
NOT_MODELS = {
    "projector": "Projectors: they show images to a model",
    "adapter": "Adapters: they change a model",
    "embedding": "Embedding models: they can't write",
    "other": "Other files without a model that writes",
    "incomplete": "Downloads that have not finished",
    "damaged": "Damaged files",
}
"""What is found besides models, apart from them and in this order."""


def as_json(entry: Entry, fitted: Fit | None) -> dict[str, object]:
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
    if fitted is not None:
        document["fit"] = {
            "verdict": fitted.verdict,
            "required_bytes": fitted.required_bytes,
            "measured": fitted.measured_bytes is not None,
            "context_tokens": fitted.context_tokens,
            "parallel": fitted.parallel,
            "largest_context_tokens": fitted.largest_context_tokens,
        }
    return document


def as_text(entries: Sequence[Entry], fitted: dict[Path, Fit]) -> Iterator[str]:
    """Describe all models in a few lines each, then apart from them other files."""
    for entry in entries:
        if entry.facts is not None and entry.state == "model":
            yield f"{entry.name}  ({entry.source})"
            yield f"  {entry.path}"
            yield f"  {summary(entry.facts)}"
            yield f"  {fitted[entry.path].verdict}: {fit_words.in_short(fitted[entry.path])}"
    for state, title in NOT_MODELS.items():
        others = [entry for entry in entries if entry.state == state]
        if others:
            yield f"\n{title}"
        for entry in others:
            yield f"  {entry.name}  ({entry.source})"
            yield f"    {entry.path}"
            if state in ("incomplete", "damaged"):
                yield f"    {entry.problem}"


def summary(facts: Facts) -> str:
    """Return in one line what a model is."""
    size = f"{numbers.parameters(facts.parameters)} parameters"
    if facts.active_parameters != facts.parameters:
        size += f" ({numbers.parameters(facts.active_parameters)} active)"
    kind = f"{facts.format.upper()} {facts.architecture}"
    words = [kind, size, facts.quantization, numbers.size(facts.size_bytes)]
    words.append(f"context {facts.context_train_tokens}")
    if facts.reasoning:
        words.append("reasons")
    if facts.chat_template is None:
        words.append("no chat template")
    if facts.license:
        words.append(f"licence {facts.license}")
    return ", ".join(words)
