"""How a model will be opened, and whether it fits: decided once, from facts that are read once."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import get_args

from app.library.overrides import is_overridden
from app.report import fit_words
from app.work.order import OrderError, check_context
from app.work.peaks import Peaks, measured_peaks, setting_of
from engines.context import choose_context, default_context, trained_context
from engines.files.facts import Facts
from engines.files.model import read_facts
from engines.llama.attention import with_attention
from engines.memory.device import GIB, describe, usable_memory, usable_on_mac
from engines.memory.fit import Fit, Verdict, fit, most_parallel
from engines.options import EngineOptions
from engines.remedy import Remedy

RUN_BYTES = 76 << 20
"""What pipeline and scoring take beside the model in the process of a run."""
VERDICTS: tuple[Verdict, ...] = get_args(Verdict)
"""The best first."""


@dataclass(frozen=True)
class Plan:
    """How a model will be opened and what that takes, before anything is loaded."""

    model: Path
    facts: Facts
    context_tokens: int
    options: EngineOptions
    """With the number of forms side by side and flash attention decided."""
    fit: Fit | None
    """None if a part of the model will lie on other machines, whose memory is not looked at."""
    overridden: bool
    """Whether the user runs this model whatever its fit."""

    @property
    def verdict(self) -> Verdict | None:
        """How the model fits; None if that is not known."""
        return None if self.fit is None else self.fit.verdict

    @property
    def allowed(self) -> bool:
        """Whether the model may be run: it is not known not to fit, or its user runs it anyway."""
        return self.verdict != "no" or self.overridden

    @property
    def warning(self) -> str:
        """A sentence or two to show before a run; empty if there is nothing to say."""
        if self.fit is None:
            return fit_words.NOT_KNOWN
        if self.fit.verdict == "comfortable":
            return ""
        needs = fit_words.needs(self.model.name, self.fit)
        if self.fit.verdict == "tight":
            return f"{needs} Close other programs."
        return f"{needs} {fit_words.OVERRIDDEN}" if self.overridden else needs

    def require(self) -> None:
        """Refuse to run what does not fit.

        Raises OrderError with the ways out, unless the user runs the model anyway.
        """
        if self.allowed:
            return
        largest = self.fit.largest_context_tokens if self.fit is not None else 0
        smaller = [Remedy("context_tokens", "lower", largest)] if largest else []
        raise OrderError(
            f"{self.warning} Choose a smaller model or quantization.",
            *smaller,
            Remedy("override", "set", str(self.model)),
        )


def plan_model(
    model: Path,
    runs: Path,
    context_tokens: int | None = None,
    options: EngineOptions = EngineOptions(),  # noqa: B008 - frozen
    memory_gb: float | None = None,
) -> Plan:
    """Plan a run of a model on this machine, or on a Mac with `memory_gb` of memory and its GPU.

    `context_tokens` None takes the default. What the options leave open is decided as `fit_known`
    does; where memory is not known, one form is filled after another. A peak measured in an
    earlier run of the folder `runs` replaces the estimate. Raises ModelFileError, OptionError, or
    OrderError or ContextError for a context in which the forms have no room or that the model was
    not trained for.
    """
    facts = read_facts(model)
    alone = replace(options, parallel=options.lanes)
    alone.require(facts.format, model.name)
    context = _context(model, facts, context_tokens)
    overridden = is_overridden(model, facts.size_bytes)
    if options.rpc or options.distributed:
        return Plan(model, facts, context, alone, None, overridden)
    peaks, usable = measured_peaks(runs), usable_bytes(memory_gb)
    gpu = None if memory_gb is None else True
    fitted = fit_known(model, facts, peaks, usable, context, options, gpu=gpu)
    decided = replace(options, parallel=fitted.parallel, flash_attention=fitted.flash_attention)
    return Plan(model, facts, context, decided, fitted, overridden)


def usable_bytes(memory_gb: float | None = None) -> int:
    """Return what a model may take on this machine, or on a Mac with `memory_gb` of memory."""
    return usable_memory(describe()) if memory_gb is None else usable_on_mac(int(memory_gb * GIB))


def fit_known(
    model: Path,
    facts: Facts,
    peaks: Peaks,
    usable: int,
    context_tokens: int | None = None,
    options: EngineOptions = EngineOptions(),  # noqa: B008 - frozen
    *,
    gpu: bool | None = None,
) -> Fit:
    """Judge a run of a model whose facts are known, in `usable` bytes of memory.

    `context_tokens` None takes the default; `gpu` None asks this machine. Options that leave the
    forms side by side open fill as many as memory allows. If they leave flash attention open it is
    what is faster here, or what takes less memory if only that fits better. The largest context is
    that of one form alone, or of as many as the options say, with whichever attention takes less.
    """
    context = context_tokens or default_context(facts.context_train_tokens)
    faster = with_attention(options, facts, gpu=gpu) if facts.format == "gguf" else options
    fitted = _fit_lanes(model, facts, peaks, usable, context, faster)
    if faster.flash_attention is False and options.flash_attention is None:
        smaller = replace(options, flash_attention=True)
        fused = _fit_lanes(model, facts, peaks, usable, context, smaller)
        largest = max(fused.largest_context_tokens, fitted.largest_context_tokens)
        better = VERDICTS.index(fused.verdict) < VERDICTS.index(fitted.verdict)
        fitted = replace(fused if better else fitted, largest_context_tokens=largest)
    return fitted


def _fit_lanes(
    model: Path, facts: Facts, peaks: Peaks, usable: int, context: int, options: EngineOptions
) -> Fit:
    """Judge a run with as many forms side by side as the options say, or as memory allows."""
    if options.parallel is not None:
        return _fit(model, facts, peaks, usable, context, options)
    lanes = most_parallel(facts, context, usable, options, beside_bytes=RUN_BYTES)
    fitted = _fit(model, facts, peaks, usable, context, replace(options, parallel=lanes))
    alone = _fit(model, facts, peaks, usable, context, replace(options, parallel=1))
    return replace(fitted, largest_context_tokens=alone.largest_context_tokens)


def _fit(
    model: Path, facts: Facts, peaks: Peaks, usable: int, context: int, options: EngineOptions
) -> Fit:
    measured = peaks.get(setting_of(model, facts.size_bytes, context, options.chosen()))
    if measured is not None and measured < facts.tensor_bytes:
        measured = None  # it never saw all weights: a run that was resumed at its end
    return fit(facts, context, usable, options, measured, beside_bytes=RUN_BYTES)


def _context(model: Path, facts: Facts, wanted: int | None) -> int:
    """Choose the context. Raises OrderError or ContextError if forms or model can't use it."""
    check_context(trained_context(facts.context_train_tokens), model.name)
    if wanted is not None:
        check_context(wanted)
    return choose_context(model.name, facts.context_train_tokens, wanted)
