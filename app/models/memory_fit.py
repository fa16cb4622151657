"""Whether a model fits this machine, or one with a given memory, as lines and as JSON."""

from __future__ import annotations

from pathlib import Path

from app.order import OrderError
from app.report import numbers
from engines import gguf, mlx_dir
from engines.device import GIB, describe, usable_memory, usable_on_mac
from engines.facts import Facts
from engines.fit import Fit, fit
from pipeline.journal import RunFolderError, open_run

DEFAULT_CONTEXT_TOKENS = 8192
RUN_BYTES = 76 << 20
"""What pipeline and scoring take beside the model in the process of a run."""
SENTENCES = {
    "comfortable": "It fits with room to spare.",
    "tight": "It fits, but little is left for other programs.",
    "no": "It does not fit.",
}


def read_facts(model: Path) -> Facts:
    """Read the facts of a GGUF file or an MLX folder. Raises ModelFileError if it has none."""
    if model.is_dir():
        return mlx_dir.read_facts(model)
    return gguf.facts(gguf.read_header(model), model)


def fit_model(
    model: Path, runs: Path, context_tokens: int | None = None, memory_gb: float | None = None
) -> Fit:
    """Judge a model on this machine, or on a Mac with `memory_gb` of memory.

    Without a context the default of a run is taken. A peak measured in an earlier run replaces the
    estimate. Raises ModelFileError, or OrderError for a context the model was not trained for.
    """
    known = read_facts(model)
    trained = known.context_train_tokens or DEFAULT_CONTEXT_TOKENS
    context = min(trained, DEFAULT_CONTEXT_TOKENS) if context_tokens is None else context_tokens
    if not 0 < context <= trained:
        raise OrderError(
            f"{model.name} was trained for a context of {trained} tokens; {context} can't be used"
        )
    here = memory_gb is None
    usable = usable_memory(describe()) if here else usable_on_mac(int(memory_gb * GIB))
    measured = measured_peak(runs, model, known, context)
    return fit(known, context, usable, measured_bytes=measured, beside_bytes=RUN_BYTES)


def measured_peak(runs: Path, model: Path, facts: Facts, context_tokens: int) -> int | None:
    """Find the largest peak of finished runs with this model file and context; None if none."""
    peaks: list[int] = []
    for folder in runs.iterdir() if runs.is_dir() else ():
        try:
            result = open_run(folder).result() if (folder / "result.json").is_file() else None
        except RunFolderError:
            continue
        if result is None or result.outcome != "finished":
            continue
        same_file = Path(result.model.path).absolute() == model.absolute()
        same_file = same_file and result.model.size_bytes == facts.size_bytes
        if same_file and result.context_tokens == context_tokens and result.peak_memory_bytes:
            peaks.append(result.peak_memory_bytes)
    return max(peaks, default=None)


def as_json(fitted: Fit) -> dict[str, object]:
    """Describe a verdict with all its parts."""
    return {
        "verdict": fitted.verdict,
        "required_bytes": fitted.required_bytes,
        "measured": fitted.measured_bytes is not None,
        "usable_bytes": fitted.usable_bytes,
        "context_tokens": fitted.context_tokens,
        "largest_context_tokens": fitted.largest_context_tokens,
        "estimate": {
            "weights_bytes": fitted.need.weights_bytes,
            "cache_bytes": fitted.need.cache_bytes,
            "compute_bytes": fitted.need.compute_bytes,
            "overhead_bytes": fitted.need.overhead_bytes,
            "total_bytes": fitted.need.total_bytes,
        },
    }


def as_text(fitted: Fit) -> str:
    """Describe a verdict with its parts in lines."""
    need = fitted.need
    measured = fitted.measured_bytes is not None
    lines = [
        f"{fitted.verdict}: {SENTENCES[fitted.verdict]}",
        f"  needs    {numbers.size(fitted.required_bytes)}"
        f" ({'measured in a run' if measured else 'estimated'},"
        f" context {fitted.context_tokens})",
        f"  usable   {numbers.size(fitted.usable_bytes)}",
        f"  weights  {numbers.size(need.weights_bytes)}",
        f"  cache    {numbers.size(need.cache_bytes)}",
        f"  compute  {numbers.size(need.compute_bytes)}",
        f"  overhead {numbers.size(need.overhead_bytes)}",
    ]
    largest = fitted.largest_context_tokens
    lines.append(
        f"  largest context that fits: {largest} tokens" if largest else "  no context fits"
    )
    return "\n".join(lines)
