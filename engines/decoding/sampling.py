"""Choose the next token among the allowed ones."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from engines.protocol import DecodeError, Sampler


def allowed_tokens(mask: NDArray[np.int32]) -> NDArray[np.int64]:
    """List the set bits of a token mask (32 tokens a word, lowest bit first), ascending."""
    words = np.flatnonzero(mask)
    bits = np.unpackbits(mask[words].view(np.uint8), bitorder="little").reshape(-1, 32)
    rows, columns = np.nonzero(bits)
    return words[rows] * 32 + columns


def choose(
    logits: NDArray[np.float32],
    allowed: NDArray[np.int64] | None,
    sampler: Sampler,
    random: np.random.Generator,
) -> int:
    """Choose a token id; None allows all.

    The best `top_k`, then the fewest of them with `top_p` of the probability at this temperature,
    then one at random by probability (Holtzman et al. 2020 for top-p). Greedy at temperature 0,
    the lowest id of equals. Raises DecodeError if a score is not a number.
    """
    scores: NDArray[np.float32] = logits if allowed is None else logits[allowed]
    best = int(np.argmax(scores))
    if not np.isfinite(scores[best]):
        raise DecodeError(
            "The model's scores are not numbers. Its file is damaged or its quantization does not "
            "work on this machine."
        )
    picked = best
    if sampler.temperature > 0:
        picked = _at_random(scores, sampler, random)
    return picked if allowed is None else int(allowed[picked])


def _at_random(scores: NDArray[np.float32], sampler: Sampler, random: np.random.Generator) -> int:
    kept: NDArray[np.int64] = np.arange(len(scores))
    if 0 < sampler.top_k < len(scores):
        kept = np.sort(np.argpartition(scores, -sampler.top_k)[-sampler.top_k :])
    exponents = scores[kept].astype(np.float64) / sampler.temperature
    weights = np.exp(exponents - exponents.max())
    if sampler.top_p < 1:
        order = np.argsort(-weights, kind="stable")
        kept, weights = kept[order], weights[order]
    shares: NDArray[np.float64] = np.cumsum(weights)
    if sampler.top_p < 1:
        shares = shares[: _first_at(shares, sampler.top_p * float(shares[-1]), "left") + 1]
    drawn = _first_at(shares, random.random() * float(shares[-1]), "right")
    return int(kept[min(drawn, len(shares) - 1)])


def _first_at(shares: NDArray[np.float64], share: float, side: Literal["left", "right"]) -> int:
    place: Any = np.searchsorted(shares, share, side=side)
    return int(place)
