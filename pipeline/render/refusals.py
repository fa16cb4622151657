"""Every answer that refuses a request: by its program, by the rate limit, by what carries it."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.ast.interface import Operation

ENTRANCES = ("join", "login", "refresh", "password", "reset_request", "reset")
"""Kinds of operations at which passwords and tokens can be tried out; they are rate-limited."""


@dataclass(frozen=True)
class Refusal:
    """A status, and when it is answered."""

    status: int
    when: str


TOO_OFTEN = Refusal(429, "There were too many requests from this address.")
TOO_LARGE = Refusal(413, "The body is too large.")
UNREADABLE = Refusal(415, "The encoding or the character set of the body is not supported.")
FAILED = Refusal(500, "Something went wrong in the backend.")
UNREACHABLE = Refusal(503, "The database does not answer.")


def promised(operation: Operation) -> tuple[Refusal, ...]:
    """Return the refusals that callers of an operation have to reckon with, by status."""
    own = tuple(Refusal(error.status, error.when) for error in operation.errors)
    return (*own, *([TOO_OFTEN] if operation.kind in ENTRANCES else []))


def carried(operation: Operation) -> tuple[Refusal, ...]:
    """Return the refusals that no operation chooses: of unreadable bodies, and of failures."""
    return (*((TOO_LARGE, UNREADABLE) if operation.request is not None else ()), FAILED)
