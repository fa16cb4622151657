"""What helps against an error, with options named as the window labels them."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import ValidationError

from app.report import numbers
from engines.option import BYTES_PER_GB
from engines.remedy import Remedy, UserError
from pipeline.records.options import describe_option

PLACES = {
    "out": "Choose another folder for runs in Preferences",
    "override": "On the page Models you can choose to run it anyway",
}
"""What helps where no option of a run does."""


def sentence_of(error: Exception) -> str:
    """Return what happened and, for a UserError, what helps; for a record, its first mistake."""
    match error:
        case UserError():
            return advised(str(error), error.remedies)
        case ValidationError():
            first = error.errors()[0]
            cause = first.get("ctx", {}).get("error")
            if isinstance(cause, Exception):
                return sentence_of(cause)
            return ": ".join(filter(None, (".".join(map(str, first["loc"])), first["msg"])))
        case _:
            return str(error)


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
    known = describe_option(remedy.option)
    label = known.option.label if known else remedy.option.replace("_", " ")
    value = _value(remedy.value, known.option.unit if known else "")
    match remedy.action:
        case "set":
            return f"Set {label} to {value}" if value else f"Choose another {label}"
        case "raise":
            return f"Set {label} to at least {value}" if value else f"Raise {label}"
        case "lower":
            return f"Set {label} to at most {value}" if value else f"Lower {label}"
        case "omit":
            return f"Use the default for {label}"


def _value(value: bool | float | str | None, unit: str) -> str:
    """Return a value as its field shows it, empty if there is none; bytes are shown in GB."""
    match value:
        case None:
            return ""
        case bool():
            return "on" if value else "off"
        case int() | float() if unit == "GB":
            return f"{value / BYTES_PER_GB:g} GB"
        case int():
            return numbers.count(value)
        case float():
            return f"{value:g}"
        case str():
            return value
