"""Whether a model fits this machine, or one with a given memory: the one answer for all views."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from pydantic import BaseModel, ValidationError

from app.library.overrides import is_overridden
from app.report import numbers
from app.work.order import OrderError, check_context
from engines.files import gguf, mlx_folder
from engines.files.facts import Facts
from engines.memory.device import GIB, describe, usable_memory, usable_on_mac
from engines.memory.fit import Fit, fit, most_parallel
from engines.options import EngineOptions
from engines.remedy import Remedy
from pipeline.records.journal import RESULT

DEFAULT_CONTEXT_TOKENS = 8192
RUN_BYTES = 76 << 20
"""What pipeline and scoring take beside the model in the process of a run."""
SENTENCES = {
    "comfortable": "It fits with room to spare.",
    "tight": "It fits, but little is left for other programs.",
    "no": "It does not fit.",
}
OVERRIDDEN = "You chose to run it all the same."
MEMORY_OPTIONS = ("kv_type", "batch_tokens", "flash_attention", "gpu_layers", "parallel")
"""Options on which the memory of this machine depends."""
SHARING_OPTIONS = ("rpc", "distributed")
"""With these a part of the model lies on other machines; a peak here tells nothing."""


@dataclass(frozen=True)
class Setting:
    """What a peak was measured with; only the same setting is judged by it."""

    model: str
    size_bytes: int
    context_tokens: int
    options: tuple[tuple[str, int | str | bool], ...]


Peaks = Mapping[Setting, int]
"""The largest peak of finished runs in bytes."""


class _KeptModel(BaseModel):
    path: str
    size_bytes: int


class _Kept(BaseModel):
    """What of a `result.json` is needed here; reading all of it would take ten times as long."""

    outcome: str
    model: _KeptModel
    context_tokens: int
    peak_memory_bytes: int | None
    engine: EngineOptions = EngineOptions()


def read_facts(model: Path) -> Facts:
    """Read the facts of a GGUF file or an MLX folder.

    Raises ModelFileError if it has none or can't write text.
    """
    if model.is_dir():
        known = mlx_folder.read_facts(model)
    else:
        known = gguf.facts(gguf.read_header(model), model)
    known.require_writer(model)
    return known


def fit_model(
    model: Path,
    runs: Path,
    context_tokens: int | None = None,
    memory_gb: float | None = None,
    options: EngineOptions = EngineOptions(),  # noqa: B008 - frozen
    parallel: int | None = None,
) -> Fit:
    """Judge a model on this machine, or on a Mac with `memory_gb` of memory.

    `parallel` forms are filled side by side; None takes as many as a run would choose. A peak
    measured in an earlier run of the folder `runs` replaces the estimate. Raises ModelFileError,
    OptionError, or OrderError for a context that a run would refuse.
    """
    known = read_facts(model)
    replace(options, parallel=parallel or 1).require(known.format, model.name)
    context = _run_context(model, known, context_tokens)
    usable, peaks = usable_bytes(memory_gb), measured_peaks(runs)
    return fit_known(model, known, peaks, usable, context, options, parallel)


def usable_bytes(memory_gb: float | None = None) -> int:
    """Return what a model may take on this machine, or on a Mac with `memory_gb` of memory."""
    return usable_memory(describe()) if memory_gb is None else usable_on_mac(int(memory_gb * GIB))


def fit_known(
    model: Path,
    known: Facts,
    peaks: Peaks,
    usable: int,
    context_tokens: int | None = None,
    options: EngineOptions = EngineOptions(),  # noqa: B008 - frozen
    parallel: int | None = None,
) -> Fit:
    """Judge a run of a model whose facts are known.

    `parallel` forms are filled side by side; None takes as many as a run would choose.

    Without a context a run's default is taken. Raises OrderError for a context the model was not
    trained for.
    """
    context = _context(model, known, context_tokens)
    lanes = parallel or most_parallel(known, context, usable, options, beside_bytes=RUN_BYTES)
    fitted = _fit(model, known, peaks, usable, context, replace(options, parallel=lanes))
    if parallel is not None:
        return fitted
    alone = _fit(model, known, peaks, usable, context, options)
    return replace(fitted, largest_context_tokens=alone.largest_context_tokens)


def _fit(
    model: Path, known: Facts, peaks: Peaks, usable: int, context: int, options: EngineOptions
) -> Fit:
    setting = _setting(str(model.absolute()), known.size_bytes, context, options.chosen())
    measured = peaks.get(setting)
    if measured is not None and measured < known.tensor_bytes:
        measured = None  # it never saw all weights: a run that was resumed at its end
    return fit(known, context, usable, options, measured, beside_bytes=RUN_BYTES)


def choose_parallel(model: Path, context_tokens: int | None, options: EngineOptions) -> int:
    """Choose how many forms a run fills side by side: as many as memory allows.

    One where the memory is not known, as a part of the model lies on other machines. Raises
    ModelFileError, or OrderError for a context that a run refuses.
    """
    if options.rpc or options.distributed:
        return 1
    known = read_facts(model)
    context = _run_context(model, known, context_tokens)
    return most_parallel(known, context, usable_bytes(), options, beside_bytes=RUN_BYTES)


def _run_context(model: Path, known: Facts, context_tokens: int | None) -> int:
    """Decide the context of a run. Raises OrderError if the forms or the model can't use it."""
    check_context(_trained(known), model.name)
    if context_tokens is not None:
        check_context(context_tokens)
    return _context(model, known, context_tokens)


def _trained(known: Facts) -> int:
    return known.context_train_tokens or DEFAULT_CONTEXT_TOKENS


def _context(model: Path, known: Facts, context_tokens: int | None) -> int:
    trained = _trained(known)
    context = min(trained, DEFAULT_CONTEXT_TOKENS) if context_tokens is None else context_tokens
    if not 0 < context <= trained:
        raise OrderError(
            f"{model.name} was trained for a context of {trained} tokens; {context} can't be used"
        )
    return context


def measured_peaks(runs: Path) -> Peaks:
    """Collect the peaks of all finished runs in a folder; none if there is no such folder."""
    peaks: dict[Setting, int] = {}
    for file in runs.glob(f"*/{RESULT}"):
        try:
            kept = _Kept.model_validate_json(file.read_bytes())
        except (OSError, ValidationError):
            continue  # no result of ours
        options = kept.engine.chosen()
        if kept.outcome != "finished" or options.keys() & set(SHARING_OPTIONS):
            continue
        path = str(Path(kept.model.path).absolute())
        setting = _setting(path, kept.model.size_bytes, kept.context_tokens, options)
        peaks[setting] = max(kept.peak_memory_bytes or 0, peaks.get(setting, 0))
    return peaks


def require_fit(model: Path, runs: Path, context_tokens: int | None, options: EngineOptions) -> str:
    """Refuse to run what does not fit; return a sentence to show before a run, or none.

    Raises OrderError with the ways out unless the user has chosen to run it all the same, and for
    a context in which a form has no room.
    """
    known = read_facts(model)
    options.require(known.format, model.name)
    context = _run_context(model, known, context_tokens)
    if options.rpc or options.distributed:
        return (
            "Whether the model fits is not known: a part of it will lie on other machines, and "
            "their memory is not looked at."
        )
    fitted = _fit(model, known, measured_peaks(runs), usable_bytes(), context, options)
    if fitted.verdict == "comfortable":
        return ""
    needs = (
        f"{model.name} needs {numbers.size(fitted.required_bytes)} "
        f"({_origin(fitted)}) with a context of {fitted.context_tokens} tokens, and a model may "
        f"take {numbers.size(fitted.usable_bytes)} on this machine."
    )
    if fitted.verdict == "tight":
        return f"{needs} Close other programs."
    if is_overridden(model, known.size_bytes):
        return f"{needs} {OVERRIDDEN}"
    largest = fitted.largest_context_tokens
    context_helps = (Remedy("context_tokens", "set", largest),) if largest else ()
    raise OrderError(
        f"{needs} Choose a smaller model or quantization.",
        *context_helps,
        Remedy("override", "set", str(model)),
    )


def as_json(fitted: Fit, *, overridden: bool) -> dict[str, object]:
    """Describe a verdict with all its parts."""
    return {
        "verdict": fitted.verdict,
        "overridden": overridden,
        "required_bytes": fitted.required_bytes,
        "measured": fitted.measured_bytes is not None,
        "usable_bytes": fitted.usable_bytes,
        "context_tokens": fitted.context_tokens,
        "parallel": fitted.parallel,
        "largest_context_tokens": fitted.largest_context_tokens,
        "estimate": {
            "weights_bytes": fitted.need.weights_bytes,
            "cache_bytes": fitted.need.cache_bytes,
            "compute_bytes": fitted.need.compute_bytes,
            "overhead_bytes": fitted.need.overhead_bytes,
            "total_bytes": fitted.need.total_bytes,
        },
    }


def as_text(fitted: Fit, *, overridden: bool) -> str:
    """Describe a verdict with its parts in lines."""
    need = fitted.need
    sentence = SENTENCES[fitted.verdict]
    if overridden and fitted.verdict == "no":
        sentence = f"{sentence} {OVERRIDDEN}"
    lines = [
        f"{fitted.verdict}: {sentence}",
        f"  needs    {as_words(fitted)}",
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


def as_words(fitted: Fit) -> str:
    """Say in a few words what is needed, and where the number comes from."""
    size = numbers.size(fitted.required_bytes)
    side = f", {fitted.parallel} forms side by side" if fitted.parallel > 1 else ""
    return f"{size} ({_origin(fitted)}, context {fitted.context_tokens}{side})"


def _origin(fitted: Fit) -> str:
    return "estimated" if fitted.measured_bytes is None else "measured in a run"


def _setting(
    model: str, size_bytes: int, context_tokens: int, chosen: Mapping[str, int | str | bool]
) -> Setting:
    options = tuple((name, chosen[name]) for name in MEMORY_OPTIONS if name in chosen)
    return Setting(model, size_bytes, context_tokens, options)
