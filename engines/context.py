"""How many tokens a model is opened with: prompt and answer together."""

from __future__ import annotations

from engines.protocol import ContextError
from engines.remedy import Remedy

DEFAULT_CONTEXT_TOKENS = 8192
SMALLEST_CONTEXT_TOKENS = 1024


def trained_context(trained_tokens: int) -> int:
    """Return what a model allows; `trained_tokens` is 0 if it does not say."""
    return trained_tokens or DEFAULT_CONTEXT_TOKENS


def default_context(trained_tokens: int) -> int:
    """Return the context if nobody asks for one: 8192, or what the model allows if less."""
    return min(trained_context(trained_tokens), DEFAULT_CONTEXT_TOKENS)


def choose_context(name: str, trained_tokens: int, wanted: int | None) -> int:
    """Return the context a model is opened with; None wants the default.

    Raises ContextError if the wish makes no sense for the model.
    """
    if wanted is None:
        return default_context(trained_tokens)
    if wanted < SMALLEST_CONTEXT_TOKENS:
        raise ContextError(
            f"A context of {wanted} tokens is too small: a form and its prompt need at least "
            f"{SMALLEST_CONTEXT_TOKENS}.",
            Remedy("context_tokens", "raise", SMALLEST_CONTEXT_TOKENS),
        )
    trained = trained_context(trained_tokens)
    if wanted > trained:
        raise ContextError(
            f"{name} was trained for a context of {trained} tokens, so {wanted} can't be used.",
            Remedy("context_tokens", "lower", trained),
        )
    return wanted
