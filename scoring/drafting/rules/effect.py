"""The rule that an operation changes other rows, too."""

from __future__ import annotations

from scoring.drafting.draft import Detail, DraftRule
from scoring.drafting.nouns import Phrase
from scoring.drafting.reading.context import Context


def effect_of(
    context: Context, entity: Phrase, actions: tuple[str, ...], writes: Phrase, change: str,
    **details: Detail,
) -> DraftRule:  # fmt: skip
    """Return what a sentence says that some operations of an entity do to rows of another."""
    told: dict[str, Detail] = {"writes": " ".join(writes), "change": change, **details}
    return DraftRule("effect", entity, told, actions, context.said.text)
