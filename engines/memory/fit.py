"""How much memory a model will need for a context, and whether a machine has it.

Weights and cache are exact sums (`kv_cache`). Compute buffers follow the widest step of a layer;
formulas and constants are fitted to llama.cpp 0.3.36 on Linux and to the published peaks of mlx-lm
(its BENCHMARKS.md), and `benchmarks/fit.py` measures how far off they are. After a run its measured
peak takes the place of the estimate.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from engines.files.facts import Facts
from engines.memory.kv_cache import CELL_STEP, cache_bytes, cells, number_bytes
from engines.options import EngineOptions

Verdict = Literal["comfortable", "tight", "no"]

COMFORTABLE_SHARE = 0.85
"""Up to this share of the usable memory a model leaves room for everything else."""
MOST_PARALLEL = 8
"""Forms side by side where nobody says how many; more gain little and cost memory."""
MIB = 1 << 20
LLAMA_NUMBER_BYTES = 4  # llama.cpp computes in F32
MLX_NUMBER_BYTES = 2  # MLX in the weights' own type
MASK_NUMBER_BYTES = 2
FEED_FORWARD_COPIES, RESIDUAL_COPIES = 3, 4
"""Numbers a token holds in a feed-forward step: three hidden ones, four of the embedding."""
LATENT_NUMBER_BYTES = 2  # latent keys are also values, which must be turned into columns
QUERY_COPIES = 2
UNFUSED_COPIES = 2
"""Numbers of the embedding that a token holds while the scores of its attention are held, which
is without flash attention only."""
CHANNEL_COPIES = 3.5
PROCESS_BYTES = {"gguf": 66 * MIB, "mlx": 100 * MIB}
"""Python with our libraries, before any model; measured on Linux."""
HELD_CHECKPOINTS = 2
"""Copies of recurrent states that a run usually holds: where its prompts part, and at the end of
the latest. Prompts that are nested deeper hold more, up to `KEPT_CHECKPOINTS` of a sequence."""
GRAMMAR_BYTES = 18 * MIB
"""The matchers of a run's forms."""
VOCABULARY_ENTRY_BYTES = 610
"""A token in llama.cpp's vocabulary, in the matcher's tree and in ours."""


@dataclass(frozen=True)
class Need:
    """The parts of the memory a model takes, in bytes."""

    weights_bytes: int
    cache_bytes: int
    """Keys, values and states of a full context, and the checkpoints of recurrent states."""
    compute_bytes: int
    overhead_bytes: int
    """The process around the model: Python, libraries, vocabulary, grammars."""

    @property
    def model_bytes(self) -> int:
        """What the engine itself asks for: all but the overhead."""
        return self.weights_bytes + self.cache_bytes + self.compute_bytes

    @property
    def total_bytes(self) -> int:
        """All parts together."""
        return self.model_bytes + self.overhead_bytes


@dataclass(frozen=True)
class Fit:
    """Whether a model and a context fit a machine."""

    context_tokens: int
    need: Need
    measured_bytes: int | None
    """Peak of an earlier run with this model and context; it replaces the estimate."""
    usable_bytes: int
    verdict: Verdict
    largest_context_tokens: int
    """Longest context that still fits, at most what the model was trained for; 0 if none does."""
    parallel: int = 1
    """Forms side by side that the number is for."""
    flash_attention: bool | None = None
    """Whether the number is for flash attention; None if llama.cpp chooses, which is on."""

    @property
    def required_bytes(self) -> int:
        """The one number to show: measured if it was, else estimated."""
        return self.need.total_bytes if self.measured_bytes is None else self.measured_bytes


def need(
    facts: Facts,
    context_tokens: int,
    options: EngineOptions = EngineOptions(),  # noqa: B008 - frozen
    *,
    scored_tokens: int = 1,
    beside_bytes: int = 0,
) -> Need:
    """Estimate the memory for a full context.

    `scored_tokens` is for how many tokens of a chunk the engine computes scores of the whole
    vocabulary: ours for the last one only; mlx-lm's own benchmark for all. `beside_bytes` is what
    else the process will hold, counted as overhead.
    """
    is_gguf = facts.format == "gguf"
    chunk = min(options.batch_tokens, context_tokens)
    lanes = options.lanes
    checkpoints = HELD_CHECKPOINTS * lanes * sum(cache.state_bytes for cache in facts.caches)
    return Need(
        weights_bytes=facts.tensor_bytes,
        cache_bytes=cache_bytes(
            facts.caches,
            context_tokens,
            number_bytes(facts.format, facts.quantization, options.kv_type),
            chunk_tokens=chunk,
            keep_windows_whole=is_gguf,
            lanes=lanes,
        )
        + checkpoints,
        compute_bytes=_compute(
            facts, context_tokens * lanes, chunk, max(scored_tokens, lanes), options
        ),
        overhead_bytes=PROCESS_BYTES[facts.format]
        + GRAMMAR_BYTES
        + facts.vocabulary * VOCABULARY_ENTRY_BYTES
        + beside_bytes,
    )


def fit(
    facts: Facts,
    context_tokens: int,
    usable_bytes: int,
    options: EngineOptions = EngineOptions(),  # noqa: B008 - frozen
    measured_bytes: int | None = None,
    beside_bytes: int = 0,
) -> Fit:
    """Judge whether a model with this context fits `usable_bytes` of memory; see `need`.

    What a measured peak is off the estimate is taken to be the same at other contexts.
    """
    needed = need(facts, context_tokens, options, beside_bytes=beside_bytes)
    required = needed.total_bytes if measured_bytes is None else measured_bytes
    unseen = required - needed.total_bytes
    return Fit(
        context_tokens=context_tokens,
        need=needed,
        measured_bytes=measured_bytes,
        usable_bytes=usable_bytes,
        verdict=judge(required, usable_bytes),
        largest_context_tokens=largest_context(
            facts, usable_bytes - beside_bytes - unseen, options
        ),
        parallel=options.lanes,
        flash_attention=options.flash_attention,
    )


def most_parallel(
    facts: Facts,
    context_tokens: int,
    usable_bytes: int,
    options: EngineOptions = EngineOptions(),  # noqa: B008 - frozen
    *,
    beside_bytes: int = 0,
) -> int:
    """Choose how many forms to fill side by side: as many as fit comfortably, up to eight.

    MLX fills one form after another.
    """
    if facts.format == "mlx":
        return 1
    for lanes in range(MOST_PARALLEL, 1, -1):
        wanted = replace(options, parallel=lanes)
        required = need(facts, context_tokens, wanted, beside_bytes=beside_bytes).total_bytes
        if judge(required, usable_bytes) == "comfortable":
            return lanes
    return 1


def judge(required_bytes: int, usable_bytes: int) -> Verdict:
    """Compare what is needed with what there is."""
    if required_bytes <= COMFORTABLE_SHARE * usable_bytes:
        return "comfortable"
    return "tight" if required_bytes <= usable_bytes else "no"


def largest_context(
    facts: Facts,
    usable_bytes: int,
    options: EngineOptions = EngineOptions(),  # noqa: B008 - frozen
) -> int:
    """Find the longest context that fits, in steps of 256 tokens; 0 if not even one step does."""
    low, high = 0, (facts.context_train_tokens or CELL_STEP) // CELL_STEP
    while low < high:
        middle = (low + high + 1) // 2
        if need(facts, middle * CELL_STEP, options).total_bytes <= usable_bytes:
            low = middle
        else:
            high = middle - 1
    return low * CELL_STEP


def _compute(
    facts: Facts, context_tokens: int, chunk: int, scored_tokens: int, options: EngineOptions
) -> int:
    """Estimate the buffers of one step: the widest of its parts, and the attention masks."""
    feed_forward = FEED_FORWARD_COPIES * facts.feed_forward + RESIDUAL_COPIES * facts.embedding
    head = max((c.key_width for c in facts.caches), default=0) // max(facts.kv_heads, 1)
    value = max((c.value_width for c in facts.caches), default=0) // max(facts.kv_heads, 1)
    attention = facts.heads * (QUERY_COPIES * head + (value or head))
    channels = int(CHANNEL_COPIES * max((c.state_channels for c in facts.caches), default=0))
    number_bytes = LLAMA_NUMBER_BYTES if facts.format == "gguf" else MLX_NUMBER_BYTES
    widest = chunk * max(feed_forward, attention, channels)
    scores = scored_tokens * facts.vocabulary + chunk * facts.embedding
    if facts.format == "mlx":
        return number_bytes * max(widest, scores)
    held = cells(context_tokens) * chunk
    masks = len({c.window_tokens for c in facts.caches if c.key_width})
    if options.flash_attention is not False:
        return number_bytes * max(widest, scores) + masks * MASK_NUMBER_BYTES * held
    pair = max((c.key_width + c.value_width for c in facts.caches), default=0)
    attended = chunk * (UNFUSED_COPIES * facts.embedding + attention + pair) + facts.heads * held
    latent = max((c.key_width for c in facts.caches if not c.value_width), default=0)
    copied_bytes = LATENT_NUMBER_BYTES * latent * cells(context_tokens)
    return number_bytes * (max(widest, scores, attended) + masks * held) + copied_bytes
