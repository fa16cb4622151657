"""Rows that are marked, and so are there for nobody."""

from __future__ import annotations

from collections.abc import Sequence

from scoring.brief import Entity, LeftOut
from scoring.project.facts import Column, Table
from scoring.worlds.asking import usual_world
from scoring.worlds.facts import RowOf, World
from scoring.worlds.judging import Breach, Worlds
from scoring.worlds.kinds.rows import put, related_row, set_state, subject_row
from scoring.worlds.scene import HOUR_AGO, Scene


def mark_of(table: Table) -> Column | None:
    """Return the column that says that a row is deleted."""
    return next((column for column in table.columns if "delet" in column.name.lower()), None)


def mark(scene: Scene, row: RowOf, deleted: bool) -> None:
    """Let a row be deleted, or not."""
    table = scene.named_table(row.table)
    column = mark_of(table) if table is not None else None
    if column is None:
        return
    if column.type == "DateTime":
        row.values[column.name] = HOUR_AGO if deleted else None
    else:
        row.values[column.name] = deleted


def _marked(scene: Scene, world: World, rule: LeftOut) -> tuple[Entity, RowOf] | None:
    """Return the row that may be marked."""
    entity = scene.subject.brief.entity(rule.entity)
    if entity is None:
        return None
    relation = entity.relation(rule.relation) if rule.relation is not None else None
    target = scene.subject.brief.entity(relation.target) if relation is not None else entity
    if rule.relation is None:
        row = subject_row(scene, world, rule.entity)
    else:
        row = related_row(scene, world, rule.entity, rule.relation)
    return (target, row) if target is not None and row is not None else None


def _keep_unmarked(scene: Scene, world: World, rule: LeftOut) -> None:
    _mark(scene, world, rule, marked=False)


def _mark(scene: Scene, world: World, rule: LeftOut, marked: bool) -> bool:
    found = _marked(scene, world, rule)
    if found is None:
        return False
    entity, row = found
    if rule.attribute is None or rule.value is None:
        mark(scene, row, marked)
        return True
    others = set_state(scene, row, entity, rule.attribute, rule.value)
    if not marked and others:
        put(scene, row, entity, rule.attribute, others[0])
    return bool(others)


def _anyway(scene: Scene, world: World, rule: LeftOut) -> Sequence[Breach]:
    made = world.copy()
    if not _mark(scene, made, rule, marked=True):
        return ()
    how = "deleted" if rule.attribute is None else str(rule.value)
    return (Breach(made, f"the {rule.relation or rule.entity} is {how}"),)


def _mark_known(scene: Scene, rule: LeftOut) -> str | None:
    found = _marked(scene, usual_world(scene), rule)
    if found is None:
        return f"there is no {rule.relation or rule.entity}"
    entity, row = found
    table = scene.named_table(row.table)
    if rule.attribute is not None:
        known = scene.subject.column(entity, rule.attribute) is not None
        return None if known else f"there is no column for {rule.attribute}"
    if table is None or mark_of(table) is None:
        return f"no column of {row.table} says that a row is deleted"
    return None


LEFT_OUT = Worlds(LeftOut, _keep_unmarked, _anyway, ready=_mark_known)
