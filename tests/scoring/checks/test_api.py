"""Who may call an operation, by its guard and roles."""

from __future__ import annotations

from scoring.checks.api import may_call
from tests.scoring.worlds.kinds import board


def test_who_may_call() -> None:
    found = board.subject()
    actors = {actor.name: actor for actor in found.brief.actors}

    def callers(id: str) -> set[str]:
        operation = found.found(id)
        assert operation is not None
        return {name for name, actor in actors.items() if may_call(found, actor, operation)}

    assert callers("article.read") == {"guest", "member", "moderator"}
    assert callers("article.create") == {"member"}
    assert callers("section.erase") == {"moderator"}
    assert callers("article.hide") == {"moderator"}
