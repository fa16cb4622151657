"""Where a value that a rule speaks of lies: in the body, in the row, or in a related row."""

from __future__ import annotations

from collections.abc import MutableMapping
from dataclasses import dataclass

from scoring.brief import Attribute, Entity
from scoring.matching import member_names
from scoring.words import named
from scoring.worlds.facts import RowOf, World, typical
from scoring.worlds.kinds.rows import parent_of, related_row, subject_row
from scoring.worlds.scene import Scene

DATE_LENGTH = len("2026-03-14")


@dataclass(frozen=True)
class Place:
    """A value of a request or of a row, and the attribute that it is."""

    values: MutableMapping[str, object]
    key: str
    attribute: Attribute | None
    given: bool
    """Whether the request gives it."""
    is_key: bool = False
    """Whether it names a row."""
    sign: int = 1
    """-1 if what counts is the number with the other sign."""

    @property
    def held(self) -> object:
        """Return what lies there."""
        held = typical(self.values.get(self.key))
        return -held if self.sign < 0 and isinstance(held, int | float) else held

    @property
    def is_time(self) -> bool:
        """Whether a date or a time lies there."""
        if self.is_key:
            return False
        types = self.attribute.types if self.attribute is not None else ("datetime",)
        return "date" in types or "datetime" in types

    @property
    def is_date(self) -> bool:
        """Whether a day lies there, without a time."""
        held = self.held
        if isinstance(held, str) and len(held) == DATE_LENGTH:
            return True
        return self.attribute is not None and self.attribute.types[0] == "date"

    def put(self, value: object) -> None:
        """Let a value lie there."""
        negative = self.sign < 0 and isinstance(value, int | float)
        self.values[self.key] = -value if negative else value  # pyright: ignore[reportOperatorIssue]


def place_of(
    scene: Scene, world: World, entity_name: str, path: str, stored: bool = False
) -> Place | None:
    """Return where an attribute lies; with `stored`, not in the body. None if it is nowhere."""
    entity = scene.subject.brief.entity(entity_name)
    relation, _, name = path.rpartition(".")
    if entity is None:
        return None
    if not relation and not stored:
        for member in world.body:
            if named(member, member_names(entity, name)):
                known = entity.attribute(name)
                return Place(world.body, member, known, True, entity.relation(name) is not None)
    found = followed(scene, world, entity, relation) if relation else None
    if relation and found is None:
        return None
    owner, row = found if found is not None else (entity, subject_row(scene, world, entity_name))
    column = scene.subject.column(owner, name)
    if row is None or column is None:
        return None
    is_key = owner.relation(name) is not None
    return Place(row.values, column.name, owner.attribute(name), False, is_key)


def followed(scene: Scene, world: World, entity: Entity, path: str) -> tuple[Entity, RowOf] | None:
    """Return the row that a path of relations leads to."""
    first, *rest = path.split(".")
    if entity.relation(first) is None:
        owner, row = scene.subject.brief.entity(first), _only(scene, world, first)
    else:
        owner, row = _target(scene, entity, first), related_row(scene, world, entity.name, first)
    for name in rest:
        relation = owner.relation(name) if owner is not None else None
        target = _target(scene, owner, name) if owner is not None else None
        if row is None or owner is None or relation is None or target is None:
            return None
        columns = scene.subject.foreign_key(owner, relation)
        row = parent_of(scene, world, row, columns, scene.subject.tables.get(target.name))
        owner = target
    return (owner, row) if owner is not None and row is not None else None


def _only(scene: Scene, world: World, entity_name: str) -> RowOf | None:
    """Return the first row of an entity that no relation leads to; made if there is none."""
    table = scene.subject.tables.get(entity_name)
    return scene.row(world, table) if table is not None else None


def _target(scene: Scene, entity: Entity, relation: str) -> Entity | None:
    found = entity.relation(relation)
    return scene.subject.brief.entity(found.target) if found is not None else None
