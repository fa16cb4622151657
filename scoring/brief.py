"""Briefs: what a request is known to demand. The format is in `docs/briefs.md`."""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Literal, cast

from pydantic import Field, ValidationError

from scoring.project.folder import ScoringError
from scoring.record import ScoringRecord

_MISTAKES_MAX = 3
_STAMPS = frozenset({"created_at", "updated_at"})
"""Times that every table may have without the brief saying so."""
TypeClass = Literal[
    "text", "integer", "decimal", "boolean", "date", "datetime", "enum", "uuid", "secret", "json"
]
Change = Literal["insert", "update", "delete"]
Action = Literal["join", "login", "refresh", "list", "read", "create", "update", "erase", "act"]
Right = Literal["allow", "own", "deny"]


class Named(ScoringRecord):
    """Something with a name, and the other words for it."""

    name: str
    synonyms: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Return all words for it."""
        return (self.name, *self.synonyms)


class Actor(Named):
    """Somebody who calls; a guest has no account."""

    kind: Literal["guest", "member", "admin"]


class Attribute(Named):
    """An attribute; `types` are those that fit, the best first; bounds are characters or values.

    `given` if whoever makes a row gives it; `shown` if answers show it.
    """

    types: tuple[TypeClass, ...]
    required: bool = True
    given: bool = True
    shown: bool = True
    minimum: int | None = None
    maximum: int | None = None
    values: tuple[str, ...] = ()
    default: str | None = None


class Relation(Named):
    """A reference to one row of `target`; `on_delete` are the delete rules that fit."""

    target: str
    required: bool = True
    on_delete: tuple[Literal["cascade", "restrict", "set_null"], ...]


class Entity(Named):
    """A thing to remember; `owner` is its relation to the account it belongs to, if any."""

    account: bool = False
    owner: str | None = None
    attributes: tuple[Attribute, ...]
    relations: tuple[Relation, ...] = ()
    filters: tuple[str, ...] = ()
    sorts: tuple[str, ...] = ()

    def attribute(self, name: str) -> Attribute | None:
        """Return the attribute of this name, if there is one."""
        return next((a for a in self.attributes if a.name == name), None)

    def relation(self, name: str) -> Relation | None:
        """Return the relation of this name, if there is one."""
        return next((r for r in self.relations if r.name == name), None)


class Permission(ScoringRecord):
    """One row of the permission matrix: what `actor` may do with `entity`."""

    actor: str
    entity: str
    list: Right | None = None
    read: Right | None = None
    create: Right | None = None
    update: Right | None = None
    erase: Right | None = None
    act: Right | None = None


class RequiredOperation(ScoringRecord):
    """An operation that the service must have.

    `words` name an action in its path or handler; `via` is an attribute that an update may set
    instead. `path` shows the expected shape; its parameters count, their names don't.
    """

    id: str
    entity: str
    action: Action
    methods: tuple[Literal["GET", "POST", "PUT", "PATCH", "DELETE"], ...]
    path: str
    actors: tuple[str, ...] = ()
    errors: tuple[int, ...] = ()
    words: tuple[str, ...] = ()
    via: str | None = None


class RuleRecord(ScoringRecord):
    """What every rule has: id, wording, where it is enforced, how a breach is refused.

    `words` must occur (each group by one of its words) where a document states the rule.
    """

    id: str
    text: str
    operations: tuple[str, ...] = Field(min_length=1)
    statuses: tuple[int, ...] = ()
    entity: str
    words: tuple[tuple[str, ...], ...] = ()


class Uniqueness(RuleRecord):
    """No two rows share the attributes' values, in the whole service or for one owner."""

    kind: Literal["uniqueness"]
    attributes: tuple[str, ...]
    scope: Literal["owner", "global"]


class Shared(RuleRecord):
    """A rule that excepts kinds of callers, accounts at a path, callers with an `or_through`."""

    or_actors: tuple[str, ...] = ()
    or_relation: str | None = None
    or_through: str | None = None
    or_attribute: str | None = None
    or_value: str | None = None


class Ownership(Shared):
    """Only the owner reaches a row with these operations, and who else is named."""

    kind: Literal["ownership"]


class Limit(RuleRecord):
    """Bounds of an attribute, in characters or as a value."""

    kind: Literal["limit"]
    attribute: str
    minimum: int | float | None = None
    maximum: int | float | None = None


class Quota(RuleRecord):
    """An owner, within a related row, has at most `maximum` rows: of some days, with a value."""

    kind: Literal["quota"]
    maximum: int
    within: str | None = None
    days: int | None = None
    attribute: str | None = None
    value: str | None = None


class Transition(RuleRecord):
    """The operation moves the attribute from one value to another, and is refused elsewhere."""

    kind: Literal["transition"]
    attribute: str
    source: str
    target: str
    or_sources: tuple[str, ...] = ()


class Default(RuleRecord):
    """The attribute starts with a value."""

    kind: Literal["default"]
    attribute: str
    value: str


class Reference(RuleRecord):
    """The row that the relation, or a path of relations, leads to must be the caller's own."""

    kind: Literal["reference"]
    relation: str


class State(RuleRecord):
    """Refused unless the attribute of the row, or of the related row, has one of the values."""

    kind: Literal["state"]
    relation: str | None = None
    attribute: str
    value: str
    or_values: tuple[str, ...] = ()


class Restrict(RuleRecord):
    """A row that `child` rows refer to cannot be erased.

    If an attribute and a value are given, only children whose attribute has the value count.
    """

    kind: Literal["restrict"]
    child: str
    attribute: str | None = None
    value: str | None = None


class Filled(RuleRecord):
    """Refused unless a `child` row, perhaps with a value, refers to what the relation leads to."""

    kind: Literal["filled"]
    child: str
    relation: str
    attribute: str | None = None
    value: str | None = None


class Visibility(Shared):
    """Rows whose attribute has `hidden` are shown to `actors` only, and to who else is named."""

    kind: Literal["visibility"]
    attribute: str
    hidden: str
    actors: tuple[str, ...]
    or_owner: bool = False


class LeftOut(RuleRecord):
    """Rows that are marked are there for nobody: the row itself, or the related one.

    The mark is that the attribute has the value; without an attribute, that it is deleted.
    """

    kind: Literal["left_out"]
    relation: str | None = None
    attribute: str | None = None
    value: str | None = None


class Deletion(RuleRecord):
    """Erasing a row keeps, or erases, its `child` rows."""

    kind: Literal["deletion"]
    child: str
    effect: Literal["keep", "erase"]


class Membership(RuleRecord):
    """Only callers with a row of `through` (with this value of the attribute, if any) may do it.

    `person` and `place` are relations of `through`: whose it is, and what it belongs to, where that
    is not plain. `whom` is the relation of the entity that names somebody else who must have it.
    """

    kind: Literal["membership"]
    through: str
    attribute: str | None = None
    value: str | None = None
    or_values: tuple[str, ...] = ()
    person: str | None = None
    place: str | None = None
    whom: str | None = None


class Bar(RuleRecord):
    """Callers with a row of `through` may not do it.

    Of these rows count those with the value, or those whose time `until` lies ahead. `person` is
    the relation of `through` that names the caller.
    """

    kind: Literal["bar"]
    through: str
    person: str
    attribute: str | None = None
    value: str | None = None
    until: str | None = None


class Effect(RuleRecord):
    """The operation also changes rows of `writes`, there the attribute, if one is given.

    `value` is what the attribute holds then, `sets` what others do, and `where` which rows are
    changed (by default the one that a relation leads to): a word, a number, `caller`, `now`, `this`
    (the operation's own row), `given` (by the body), `+1`, `-1`, `+` or `-` and a path, `sum of` an
    attribute of the own row, a path such as `post.author`, or the product of two paths.
    """

    kind: Literal["effect"]
    writes: str
    change: Change | Literal["restore"]
    attribute: str | None = None
    value: str | None = None
    sets: dict[str, str] = Field(default_factory=dict)
    where: dict[str, str] = Field(default_factory=dict)


class Stranger(RuleRecord):
    """Nobody does it to a row of their own: the relation leads to a row of somebody else.

    `person` is the relation that names somebody else whose row it must not be.
    """

    kind: Literal["stranger"]
    relation: str
    person: str | None = None


class Window(RuleRecord):
    """Refused unless the time in the attribute lies within this number of days, or `beyond` it.

    If `caller` is given, only callers whose attributes have these values are refused.
    """

    kind: Literal["window"]
    attribute: str
    days: int
    beyond: bool = False
    caller: dict[str, str] = Field(default_factory=dict)


class Order(RuleRecord):
    """Refused unless an attribute compares so with `other`: an attribute, or a number.

    Either may be a path such as `contract.starts on`. The body's value counts before the row's; if
    both are the same attribute, the body's is compared with the row's.
    """

    kind: Literal["order"]
    attribute: str
    comparison: Literal["<", "<=", ">", ">=", "=", "!="]
    other: str


class Needed(RuleRecord):
    """Refused unless the body gives the attribute."""

    kind: Literal["needed"]
    attribute: str


class Ahead(RuleRecord):
    """Refused unless the time in the attribute, which may be a path, lies on this side of now."""

    kind: Literal["ahead"]
    attribute: str
    side: Literal["future", "past"]


Rule = Annotated[
    Uniqueness
    | Ownership
    | Limit
    | Quota
    | Transition
    | Default
    | Reference
    | State
    | Restrict
    | Filled
    | Visibility
    | Deletion
    | LeftOut
    | Membership
    | Bar
    | Effect
    | Stranger
    | Window
    | Order
    | Needed
    | Ahead,
    Field(discriminator="kind"),
]


class Brief(ScoringRecord):
    """Everything a request demands, as far as files can show it."""

    name: str
    sha256: str = ""
    title: str = ""
    text: str = ""
    actors: tuple[Actor, ...] = ()
    entities: tuple[Entity, ...] = ()
    permissions: tuple[Permission, ...] = ()
    operations: tuple[RequiredOperation, ...] = ()
    rules: tuple[Rule, ...] = ()

    @property
    def has_facts(self) -> bool:
        """Whether the file holds a brief, not only a request."""
        return bool(self.entities and self.operations)

    def entity(self, name: str) -> Entity | None:
        """Return the entity of this name, if there is one."""
        return next((entity for entity in self.entities if entity.name == name), None)

    def operation(self, id: str) -> RequiredOperation | None:
        """Return the operation of this id, if there is one."""
        return next((operation for operation in self.operations if operation.id == id), None)


def load_brief(name_or_path: str | Path) -> Brief:
    """Load a brief by the name of a reference request or from a TOML file.

    Raises ScoringError if there is none, if it isn't valid, or if its parts contradict each other.
    """
    path = Path(name_or_path)
    if path.suffix == ".toml":
        try:
            data = path.read_bytes()
        except OSError as error:
            raise ScoringError(f"The brief {path} cannot be read ({error.strerror}).") from error
    else:
        folder = files("resources") / "requests"
        known = sorted(e.name[:-5] for e in folder.iterdir() if e.name.endswith(".toml"))
        if str(name_or_path) not in known:
            raise ScoringError(
                f"There is no brief {str(name_or_path)!r}; known are {', '.join(known)}, "
                "or name a .toml file."
            )
        data = (folder / f"{name_or_path}.toml").read_bytes()
    raw: dict[str, object] = {}
    try:
        raw = tomllib.loads(data.decode("utf-8"))
        brief = Brief.model_validate({**raw, "name": raw.get("name", path.stem)})
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ScoringError(f"The brief {name_or_path} is not valid TOML: {error}.") from error
    except ValidationError as error:
        raise ScoringError(f"The brief {name_or_path} is wrong: {_sentence(raw, error)}") from error
    _check(brief)
    return brief.model_copy(update={"sha256": _digest(brief)})


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
