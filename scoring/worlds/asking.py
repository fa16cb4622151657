"""What a request usually brings: keys in its path, a body within bounds, the page of a list."""

from __future__ import annotations

import re

from scoring.brief import Attribute
from scoring.project.facts import Column, ForeignKey, Property, Table
from scoring.symbolic.terms import UNDEFINED
from scoring.words import named, squeeze
from scoring.worlds.facts import Open, World, sample_text
from scoring.worlds.scene import NEXT_WEEK, OTHER, TOMORROW, Scene

_PARAMETER = re.compile(r"[:{](\w+)")


def usual_world(scene: Scene) -> World:
    """Return the world in which an operation is usually called."""
    world = scene.rows_alone()
    _give_path(scene, world)
    _give_body(scene, world)
    _give_query(scene, world)
    if scene.required.action == "login":
        _sign_up(scene, world)
    if scene.required.action == "update":
        _empty_links(scene, world)
    return world


def _sign_up(scene: Scene, world: World) -> None:
    """Let the account that signs in have what the request says."""
    target = scene.target(world)
    for name, value in world.body.items() if target is not None else ():
        for column in target.values if target is not None else ():
            if squeeze(column) == squeeze(name) and target is not None:
                target.values[column] = value


def _empty_links(scene: Scene, world: World) -> None:
    """Let the row refer to nothing yet where the request may give it something."""
    target = scene.target(world)
    for link in scene.table.foreign_keys if scene.table is not None else ():
        given = {squeeze(name) for name in world.body}
        if (
            link.nullable
            and target is not None
            and given & {squeeze(link.name), *(squeeze(column) for column in link.columns)}
        ):
            for column in link.columns:
                target.values[column] = None


def _give_path(scene: Scene, world: World) -> None:
    names = _PARAMETER.findall(scene.operation.path)
    for index, name in enumerate(names):
        world.path[name] = _key(scene, world, name, last=index == len(names) - 1)


def _key(scene: Scene, world: World, name: str, last: bool) -> object:
    target = scene.target(world)
    if scene.table is not None and target is not None:
        for column in scene.table.columns:
            if squeeze(column.name) == squeeze(name) and column.name not in scene.table.key:
                return target.values[column.name]
    bare = re.sub(r"_?(id|key|slug|code)$", "", name, flags=re.IGNORECASE)
    table = _about(scene, bare)
    if table is None and last:
        table = scene.table if target is not None else _parent(scene)
    if table is None:
        return Open(("path", name), f"path.{name}")
    entity = scene.entities.get(table.name)
    if entity is not None and entity.account and table is not scene.table:
        return OTHER
    row = target if table is scene.table and target is not None else scene.row(world, table)
    return row.values.get(table.key[0] if table.key else "id")


def _parent(scene: Scene) -> Table | None:
    """Return the table that a new row belongs to, if it is one only."""
    links = scene.table.foreign_keys if scene.table is not None else ()
    parents = {link.target for link in links} - {
        name for name, entity in scene.entities.items() if entity.account
    }
    return scene.named_table(parents.pop()) if len(parents) == 1 else None


def _about(scene: Scene, name: str) -> Table | None:
    for table in scene.subject.facts.tables:
        entity = scene.entities.get(table.name)
        names = [table.name, table.sql_name, *(entity.names if entity is not None else ())]
        if any(named(each, [name]) for each in names):
            return table
    return None


def _give_body(scene: Scene, world: World) -> None:
    shape = scene.subject.shape(scene.operation.body)
    if shape is None:
        world.body.make = lambda name: _given(scene, world, Property(name, "any"))
        return
    for member in shape.properties:
        if scene.required.action == "list":
            world.body[member.name] = _asked_of_list(member)
        else:
            world.body[member.name] = _given(scene, world, member)


def _given(scene: Scene, world: World, member: Property) -> object:
    """Return what the body gives for a member: a key that exists, or a value within bounds."""
    if scene.table is not None:
        link = link_of(scene, scene.table, member.name)
        if link is not None:
            return _referred(scene, world, link)
    column = _column_of(scene, member.name)
    attribute = None
    if column is not None and scene.entity is not None:
        attribute = scene.attribute_of(scene.entity, column)
    if attribute is None and scene.entity is not None:
        attribute = next((a for a in scene.entity.attributes if named(member.name, a.names)), None)
    about = re.sub(r"_?id$", "", member.name, flags=re.IGNORECASE)
    if about != member.name and column is None and attribute is None:
        table = _about(scene, about)
        if table is not None:
            row = scene.row(world, table)
            return row.values.get(table.key[0] if table.key else "id")
    return Open(("body", member.name), _sample(member, attribute))


def link_of(scene: Scene, table: Table, name: str) -> ForeignKey | None:
    """Return the foreign key that a member of a body names."""
    wanted = squeeze(name)
    for link in table.foreign_keys:
        if wanted in {squeeze(link.name), *(squeeze(column) for column in link.columns)}:
            return link
    return None


def _referred(scene: Scene, world: World, link: ForeignKey) -> object:
    table = scene.named_table(link.target)
    if table is None:
        return Open(("body", link.name), f"body.{link.name}")
    entity = scene.entities.get(table.name)
    if entity is not None and entity.account:
        return OTHER
    row = scene.row(world, table)
    return row.values.get(table.key[0] if table.key else "id")


def _column_of(scene: Scene, name: str) -> Column | None:
    if scene.table is None:
        return None
    return next((c for c in scene.table.columns if squeeze(c.name) == squeeze(name)), None)


def _give_query(scene: Scene, world: World) -> None:
    shape = scene.subject.shape(scene.operation.query)
    for member in shape.properties if shape is not None else ():
        world.query[member.name] = _asked_of_list(member)


def _asked_of_list(member: Property) -> object:
    """Return what a request for a list usually says: the first page of all."""
    name = squeeze(member.name)
    if name == "page":
        return 1
    if name in ("limit", "size", "pagesize", "perpage", "take"):
        return 20
    return member.default.strip("\"'") if member.default is not None else UNDEFINED


def _sample(member: Property, attribute: Attribute | None) -> object:
    """Return a value that a member of a body may have."""
    if member.values:
        return member.values[0]
    match member.type:
        case "boolean":
            return True
        case "number" | "integer":
            return member.minimum if member.minimum is not None else 3
        case "array":
            return []
        case _:
            if "date-time" in member.format or "datetime" in member.format:
                return TOMORROW
            if "date" in member.format:
                return NEXT_WEEK
            if attribute is not None and "datetime" in attribute.types:
                return TOMORROW
            if attribute is not None and "date" in attribute.types:
                return NEXT_WEEK
            return sample_text("body", member.name)
