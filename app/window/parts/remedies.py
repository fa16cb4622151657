"""What helps against an error, with options named as the window labels them."""

from __future__ import annotations

from collections.abc import Sequence

from engines.remedy import Remedy
from pipeline.records.options import describe_options

PLACES = {
    "out": "Choose another folder for runs in Preferences",
    "override": "On the page Models you can choose to run it anyway",
}
"""What helps where no option of a run does."""


def advised(sentence: str, remedies: Sequence[Remedy]) -> str:
    """Return the sentence of an error, and in a second one what helps, the best first."""
    if not remedies:
        return sentence
    ways = [_words(remedy) for remedy in remedies]
    first, rest = ways[0], [way[0].lower() + way[1:] for way in ways[1:]]
    return f"{sentence.rstrip('.')}. {', or '.join((first, *rest))}."


def _words(remedy: Remedy) -> str:
    if remedy.option in PLACES:
        return PLACES[remedy.option]
    labels = {each.name: each.option.label for each in describe_options()}
    label, value = labels.get(remedy.option, remedy.option.replace("_", " ")), remedy.value
    match remedy.action:
        case "set":
            return f"Choose another {label}" if value is None else f"Set {label} to {value}"
        case "raise":
            return f"Raise {label}" if value is None else f"Set {label} to at least {value}"
        case "lower":
            return f"Lower {label}" if value is None else f"Set {label} to at most {value}"
        case "omit":
            return f"Leave {label} at its default"
