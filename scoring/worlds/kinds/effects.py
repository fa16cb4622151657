"""What an operation changes beside its own row."""

from __future__ import annotations

from scoring.brief import Effect
from scoring.worlds.facts import Open, RowOf, World, typical
from scoring.worlds.javascript import missing, same
from scoring.worlds.judging import Worlds
from scoring.worlds.kinds.rows import no_breach
from scoring.worlds.play import Outcome
from scoring.worlds.scene import Scene


def _ready_rows(scene: Scene, world: World, rule: Effect) -> None:
    """Let there be a row that the effect can change."""
    table = scene.subject.tables.get(rule.writes)
    if table is None or rule.change == "insert":
        return
    if not (table is scene.table and scene.creates):
        scene.row(world, table)


def _without_effect(scene: Scene, rule: Effect, before: World, outcome: Outcome) -> str | None:
    entity, table = scene.subject.brief.entity(rule.writes), scene.subject.tables.get(rule.writes)
    if entity is None or table is None:
        return f"there is no table for {rule.writes}"
    changes = [c for c in outcome.changes if c.table == table.name]
    column = scene.subject.column(entity, rule.attribute) if rule.attribute is not None else None
    if rule.attribute is not None and column is None:
        return f"there is no column for {rule.attribute}"
    for change in changes:
        match rule.change:
            case "insert":
                if change.before is None and change.after is not None:
                    return None
            case "delete":
                if change.after is None or _marked(change.before, change.after):
                    return None
            case _:
                if change.before is None or change.after is None:
                    continue
                if column is None or not same(
                    _key(change.before.values.get(column.name)),
                    _key(change.after.values.get(column.name)),
                ):
                    return None
    where = f".{column.name}" if column is not None else ""
    return f"no {rule.change} of {table.name}{where}"


def _key(value: object) -> object:
    return str(value.key) if isinstance(value, Open) else value


def _marked(before: RowOf | None, after: RowOf) -> bool:
    return before is not None and any(
        "delet" in name.lower()
        and missing(typical(before.values.get(name))) != missing(typical(value))
        for name, value in after.values.items()
    )


EFFECT = Worlds(Effect, _ready_rows, no_breach, _without_effect)
