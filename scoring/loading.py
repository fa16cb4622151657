"""Read a brief from its file, and refuse names that nothing in it defines."""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import cast

from pydantic import ValidationError

from scoring.brief import (
    Ahead,
    Bar,
    Brief,
    Default,
    Deletion,
    Effect,
    Entity,
    Filled,
    LeftOut,
    Limit,
    Membership,
    Needed,
    Order,
    Quota,
    Reference,
    Restrict,
    Rule,
    Shared,
    State,
    Stranger,
    Transition,
    Uniqueness,
    Visibility,
    Window,
)
from scoring.project.folder import ScoringError

_MISTAKES_MAX = 3
_STAMPS = frozenset({"created_at", "updated_at"})
"""Times that every table may have without the brief saying so."""


def load_brief(name_or_path: str | Path) -> Brief:
    """Load a brief by the name of a reference request or from a TOML file.

    Raises ScoringError if there is none, if it isn't valid, or if its parts contradict each other.
    """
    data = brief_source(name_or_path)
    raw: dict[str, object] = {}
    try:
        raw = tomllib.loads(data.decode("utf-8"))
        name = raw.get("name", Path(name_or_path).stem)
        brief = Brief.model_validate({**raw, "name": name})
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ScoringError(f"The brief {name_or_path} is not valid TOML: {error}.") from error
    except ValidationError as error:
        raise ScoringError(f"The brief {name_or_path} is wrong: {_sentence(raw, error)}") from error
    _check(brief)
    return brief.model_copy(update={"sha256": _digest(brief)})


def brief_source(name_or_path: str | Path) -> bytes:
    """Return the TOML file of a brief as it is. Raises ScoringError if there is none."""
    path = Path(name_or_path)
    if path.suffix == ".toml":
        try:
            return path.read_bytes()
        except OSError as error:
            raise ScoringError(f"The brief {path} cannot be read ({error.strerror}).") from error
    folder = files("resources") / "requests"
    known = sorted(e.name[:-5] for e in folder.iterdir() if e.name.endswith(".toml"))
    if str(name_or_path) not in known:
        raise ScoringError(
            f"There is no brief {str(name_or_path)!r}; known are {', '.join(known)}, "
            "or name a .toml file."
        )
    return (folder / f"{name_or_path}.toml").read_bytes()


def _digest(brief: Brief) -> str:
    data = json.dumps(brief.model_dump(mode="json", exclude={"sha256"}), sort_keys=True)
    return hashlib.sha256(data.encode()).hexdigest()


def _sentence(raw: Mapping[str, object], error: ValidationError) -> str:
    """Return what is wrong and where, by the author's own names: the first three mistakes."""
    said: list[str] = []
    for each in error.errors()[:_MISTAKES_MAX]:
        words: list[str] = []
        places: list[object] = [raw]
        for part in each["loc"]:
            place = _inside(places[-1], part)
            places.append(place)
            if isinstance(part, str):
                words.append(part)
            elif isinstance(place, Mapping):
                entry = cast("Mapping[str, object]", place)
                name = entry.get("id") or entry.get("name") or entry.get("actor")
                words.append(repr(name) if name else f"number {part + 1}")
        given = "" if each["type"] == "missing" else f" (given: {str(each['input'])[:60]!r})"
        said.append(f"{' '.join(words)}: {each['msg']}{given}")
    more = error.error_count() - len(said)
    return "; ".join(said) + (f"; and {more} more" if more > 0 else "") + "."


def _inside(place: object, part: str | int) -> object:
    if isinstance(place, Mapping):
        return cast("Mapping[str, object]", place).get(str(part))
    if isinstance(place, list) and isinstance(part, int):
        return cast("list[object]", place)[part]
    return None


def _check(brief: Brief) -> None:
    """Refuse names that nothing in the brief defines, or that two parts share."""
    entities = {entity.name for entity in brief.entities}
    operations = {operation.id for operation in brief.operations}
    actors = {actor.name for actor in brief.actors}
    for what, names in (
        ("actors", [a.name for a in brief.actors]),
        ("entities", [e.name for e in brief.entities]),
        ("operations", [o.id for o in brief.operations]),
        ("rules", [r.id for r in brief.rules]),
    ):
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ScoringError(
                f"The brief {brief.name} has two {what} called {twice[0]!r}; rename one."
            )
    for rule in brief.rules:
        if isinstance(rule, Limit) and rule.minimum is None and rule.maximum is None:
            raise ScoringError(
                f"The brief {brief.name} has a limit {rule.id!r} without a bound; "
                "give a minimum, a maximum or both."
            )
    used: list[tuple[str, str, set[str]]] = []
    for entity in brief.entities:
        place = f"entity {entity.name}"
        own = {a.name for a in entity.attributes} | {r.name for r in entity.relations}
        used += [(place, r.target, entities) for r in entity.relations]
        used += [(f"filters of {place}", name, own | _STAMPS) for name in entity.filters]
        used += [(f"sorts of {place}", name, own | _STAMPS) for name in entity.sorts]
        if entity.owner is not None:
            used.append((f"owner of {place}", entity.owner, {r.name for r in entity.relations}))
    for permission in brief.permissions:
        used.append(("permissions", permission.actor, actors))
        used.append(("permissions", permission.entity, entities))
    for operation in brief.operations:
        used.append((f"operation {operation.id}", operation.entity, entities))
        used += [(f"operation {operation.id}", actor, actors) for actor in operation.actors]
    for rule in brief.rules:
        used.append((f"rule {rule.id}", rule.entity, entities))
        used += [(f"rule {rule.id}", name, operations) for name in rule.operations]
        used += _names_of_rule(brief, rule)
    for place, name, known in used:
        if name not in known:
            listed = ", ".join(sorted(known)) or "nothing"
            raise ScoringError(
                f"The brief {brief.name} names {name!r} in {place}; defined there: {listed}."
            )


def _names_of_rule(brief: Brief, rule: Rule) -> list[tuple[str, str, set[str]]]:
    """List the attributes, relations and entities that a rule names, with what is defined."""
    place = f"rule {rule.id}"
    paths: list[str | None] = []
    asked: list[tuple[str, str, set[str]]] = []
    match rule:
        case Limit() | Default() | Transition() | Visibility() | Window() | Needed() | Ahead():
            paths = [rule.attribute]
        case Uniqueness():
            paths = [*rule.attributes]
        case Reference():
            paths = [rule.relation]
        case Stranger():
            paths = [rule.relation, rule.person]
        case Quota():
            paths = [rule.within, rule.attribute]
        case State() | LeftOut():
            paths = [".".join(filter(None, (rule.relation, rule.attribute)))]
        case Order():
            is_number = rule.other.lstrip("-").isdecimal()
            paths = [rule.attribute] if is_number else [rule.attribute, rule.other]
        case Membership():
            paths = [rule.whom]
            asked = _of_entity(brief, place, rule.through, rule.attribute, rule.person, rule.place)
        case Bar():
            asked = _of_entity(brief, place, rule.through, rule.attribute, rule.person, rule.until)
        case Effect():
            asked = _of_entity(brief, place, rule.writes, rule.attribute, *rule.sets, *rule.where)
        case Filled():
            paths = [rule.relation]
            asked = _of_entity(brief, place, rule.child, rule.attribute)
        case Restrict() | Deletion():
            asked = _of_entity(brief, place, rule.child)
        case _:
            pass
    if isinstance(rule, Shared):
        paths.append(rule.or_relation)
        if rule.or_through is not None:
            asked += _of_entity(brief, place, rule.or_through, rule.or_attribute)
    entity = brief.entity(rule.entity)
    return [
        *asked,
        *(each for path in paths if path for each in _along(brief, place, entity, path)),
    ]


def _of_entity(
    brief: Brief, place: str, named: str, *members: str | None
) -> list[tuple[str, str, set[str]]]:
    """List an entity and some of its attributes and relations."""
    known = _members(brief.entity(named))
    listed = [(place, named, {each.name for each in brief.entities})]
    return [*listed, *((place, member, known) for member in members if member)]


def _along(
    brief: Brief, place: str, entity: Entity | None, path: str
) -> list[tuple[str, str, set[str]]]:
    """List the relations of a path, and the attribute or relation at its end."""
    listed: list[tuple[str, str, set[str]]] = []
    for number, name in enumerate(path.lstrip("-").split(".")):
        other = brief.entity(name) if number == 0 and "." in path else None
        listed.append((place, name, {name} if other is not None else _members(entity)))
        found = entity.relation(name) if entity is not None else None
        entity = other if found is None else brief.entity(found.target)
    return listed


def _members(entity: Entity | None) -> set[str]:
    own = (*entity.attributes, *entity.relations) if entity is not None else ()
    return {each.name for each in own} | _STAMPS
