"""The words for whether a model fits, for all who show it."""

from __future__ import annotations

from app.report import numbers
from engines.memory.fit import Fit, Verdict

SENTENCES: dict[Verdict, str] = {
    "comfortable": "It fits with room to spare.",
    "tight": "It fits, but little is left for other programs.",
    "no": "It does not fit.",
}
OVERRIDDEN = "You chose to run it anyway."
NOT_KNOWN = (
    "Whether the model fits is not known: a part of it will lie on other machines, and their "
    "memory is not looked at."
)


def origin(fitted: Fit) -> str:
    """Return where the number of what is needed is from."""
    return "estimated" if fitted.measured_bytes is None else "measured in a run"


def in_short(fitted: Fit) -> str:
    """Return in a few words what is needed, and where the number is from."""
    size = numbers.size(fitted.required_bytes)
    side = f", {fitted.parallel} forms side by side" if fitted.parallel > 1 else ""
    return f"{size} ({origin(fitted)}, context {fitted.context_tokens}{side})"


def needs(name: str, fitted: Fit) -> str:
    """Return a sentence on what a model needs and what this machine has."""
    return (
        f"{name} needs {numbers.size(fitted.required_bytes)} ({origin(fitted)}) with a context of "
        f"{fitted.context_tokens} tokens, and a model may take "
        f"{numbers.size(fitted.usable_bytes)} on this machine."
    )
