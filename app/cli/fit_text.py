"""What `sixfold fit` prints: a verdict with all its parts, as JSON and as lines."""

from __future__ import annotations

from app.report import fit_words, numbers
from engines.memory.fit import Fit


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
        "flash_attention": fitted.flash_attention,
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
    sentence = fit_words.SENTENCES[fitted.verdict]
    if overridden and fitted.verdict == "no":
        sentence = f"{sentence} {fit_words.OVERRIDDEN}"
    largest = fitted.largest_context_tokens
    attention = ", without flash attention" if fitted.flash_attention is False else ""
    return "\n".join(
        [
            f"{fitted.verdict}: {sentence}",
            f"  needs    {fit_words.in_short(fitted)}",
            f"  usable   {numbers.size(fitted.usable_bytes)}",
            f"  weights  {numbers.size(need.weights_bytes)}",
            f"  cache    {numbers.size(need.cache_bytes)}",
            f"  compute  {numbers.size(need.compute_bytes)}{attention}",
            f"  overhead {numbers.size(need.overhead_bytes)}",
            f"  largest context that fits: {largest} tokens" if largest else "  no context fits",
        ]
    )
