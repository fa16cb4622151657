"""A run's result as a block of Markdown for a forum post."""

from __future__ import annotations

from app.library.result import Result
from app.report.card import card_of

BAR_CELLS = 10


def forum_block(result: Result) -> str:
    """Write the card as Markdown: a heading, the six axes, the facts."""
    card = card_of(result)
    scored = f"{card.score} / 100 (grade {card.grade})" if card.score else None
    head = scored or card.well_formed or "no score"
    names = ("Part", "Right") if card.well_formed else ("Axis", "Points")
    lines = [
        f"### {_plain(card.model)} on `{_plain(card.request)}`: {head}",
        "",
        f"{_plain(card.model_facts)}  ",
        "  ·  ".join((f"{card.under_score} {card.advice}".strip(), *card.notes)),
        "",
        f"| {names[0]} | | {names[1]} |",
        "| --- | --- | ---: |",
        *(f"| {axis.title} | `{bar(axis.share)}` | {axis.label} |" for axis in card.axes),
        "",
        "| | |",
        "| --- | --- |",
        *(f"| {fact.label} | {_plain(fact.value)} |" for fact in (*card.facts, *card.machine)),
        "",
        f"_{_plain(card.provenance)}_",
    ]
    return "\n".join(lines) + "\n"


def bar(share: float) -> str:
    """Draw a bar of ten characters."""
    filled = round(share * BAR_CELLS)
    return "█" * filled + "░" * (BAR_CELLS - filled)


def _plain(text: str) -> str:
    return text.replace("|", "/").replace("`", "'").replace("<", "&lt;").replace("\n", " ")
