"""What may be changed about the service, one thing at a time, to see whether a test notices."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Change:
    """`what` happens to the rule, or the operation, that `of` names."""

    of: str
    what: str


DROPPED = "dropped"
"""A rule is not kept: what it forbids is allowed, what it writes is not written."""
HIGHER, LOWER = "one more", "one less"
"""A maximum is one larger or smaller."""
FLOOR_HIGHER, FLOOR_LOWER = "floor one more", "floor one less"
"""A minimum is one larger or smaller."""
STAYS = "stays"
"""A transition leaves the state as it is."""
OTHER = "other"
"""A default is another value."""
FAILS = "fails"
"""An operation refuses everything."""
ANSWERS = "answers"
"""An operation answers with other values."""
OPEN = "open"
"""An operation asks nobody who they are."""
ANYONE = "anyone"
"""An operation is for accounts of every kind."""
ALL = "all"
"""A list shows everybody's rows."""
SIZE = "size"
"""A list shows all rows at once."""


def ignoring(kind: str, attribute: str) -> str:
    """Return that a list takes no notice of a filter, or of a sort."""
    return f"{kind} {attribute}"
