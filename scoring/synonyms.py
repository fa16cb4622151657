"""Words of a brief that name the same thing, wherever they stand."""

from __future__ import annotations

from collections.abc import Iterable

from scoring.brief import Brief
from scoring.words import squeeze


class Synonyms:
    """Which words a brief takes for one.

    Words are compared by pairs, without knowing what they are said of: a todo's `name` is its
    title, and a list's `title` is its name.
    """

    def __init__(self, brief: Brief) -> None:
        self._groups = [frozenset(map(squeeze, names)) for names in _names(brief)]

    def same(self, one: str, other: str) -> bool:
        """Whether two names, such as `todo.due_at` and `task.due_date`, mean the same."""
        left, right = one.split("."), other.split(".")
        return len(left) == len(right) and all(map(self._same_word, left, right))

    def _same_word(self, one: str, other: str) -> bool:
        pair = {squeeze(one) or one, squeeze(other) or other}
        return len(pair) == 1 or any(pair <= group for group in self._groups)


def _names(brief: Brief) -> Iterable[tuple[str, ...]]:
    yield from (actor.names for actor in brief.actors)
    for entity in brief.entities:
        yield entity.names
        yield from (attribute.names for attribute in entity.attributes)
        yield from (relation.names for relation in entity.relations)
