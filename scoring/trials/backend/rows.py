"""The rows of the service that a brief describes, and what may be known of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from scoring.brief import Brief, Entity, Relation, RequiredOperation, Rule
from scoring.matching import Subject
from scoring.project.facts import Operation, Shape
from scoring.trials.language.values import UNDEFINED, UNKNOWN, Unknown, missing
from scoring.words import squeeze

CHAIN_MAX = 5
_NUMBERS = frozenset({"integer", "decimal"})


@dataclass(frozen=True)
class Join:
    """How rows of an entity join one row with others: `own` leads to it, `other` to those."""

    entity: Entity
    own: str
    other: str


@dataclass(eq=False)
class Row:
    """A row: what was given for it by the names of members, states, and the rows it refers to."""

    entity: Entity
    id: str
    made: str
    values: dict[str, object] = field(default_factory=lambda: {})
    states: dict[str, object] = field(default_factory=lambda: {})
    links: dict[str, object] = field(default_factory=lambda: {})
    changed: str = ""
    erased: bool = False
    joined: dict[str, Join] = field(default_factory=lambda: {})
    """The lists of keys that were given with it, by their squeezed names."""

    def copy(self) -> Row:
        """Return the row as it is now."""
        held = (dict(self.values), dict(self.states), dict(self.links))
        found = Row(self.entity, self.id, self.made, *held, self.changed, self.erased)
        found.joined = dict(self.joined)
        return found

    def get(self, name: str) -> object:
        """Return what an attribute holds, or the key that a relation has; unknown if neither is."""
        for held in (self.links, self.states, self.values):
            if name in held:
                return held[name]
        return UNKNOWN

    def put(self, name: str, value: object) -> None:
        """Let an attribute hold a value, or a relation a key; states are kept as words."""
        attribute = self.entity.attribute(name)
        if self.entity.relation(name) is not None:
            self.links[name] = value
        elif name in self.states or (attribute is not None and attribute.default is not None):
            self.states[name] = value if isinstance(value, Unknown) else str(value)
        else:
            is_number = attribute is not None and _NUMBERS.intersection(attribute.types)
            self.values[name] = _number(value) if is_number else value


def another(value: str) -> str:
    """Return another value of the kind: a flag turned round, a number one more."""
    if value in ("true", "false"):
        return "true" if value == "false" else "false"
    return str(int(value) + 1) if value.lstrip("-").isdigit() else "other"


def _number(value: object) -> object:
    """Return the number that a word of a brief stands for."""
    if not isinstance(value, str):
        return value
    try:
        return int(value) if value.lstrip("-").isdecimal() else float(value)
    except ValueError:
        return UNKNOWN


class Store:
    """All rows of one play, in the order in which they were made."""

    def __init__(self, brief: Brief) -> None:
        self.brief = brief
        self.rows: dict[str, Row] = {}

    def of(self, entity: str) -> list[Row]:
        """Return the rows of an entity that are not erased."""
        return [r for r in self.rows.values() if r.entity.name == entity and not r.erased]

    def at(self, id: object) -> Row | None:
        """Return the row of a key."""
        return self.rows.get(id) if isinstance(id, str) else None

    def linked(self, row: Row, relation: str) -> Row | None:
        """Return the row that a relation leads to."""
        return self.at(row.links.get(relation))

    def owner(self, row: Row) -> Row | Unknown | None:
        """Return the account that a row belongs to, by what it belongs to if need be."""
        held: Row | None = row
        for _ in range(CHAIN_MAX):
            if held is None:
                return UNKNOWN
            if held.entity.account:
                return held
            if held.entity.owner is None:
                return None
            held = self.linked(held, held.entity.owner)
        return UNKNOWN

    def above(self, row: Row, entity: str) -> Row | None:
        """Return the row of an entity that this one is, or refers to, over some steps."""
        level, seen = [row], {row.id}
        for _ in range(CHAIN_MAX):
            for held in level:
                if held.entity.name == entity:
                    return held
            after: list[Row] = []
            for held in level:
                for relation in held.entity.relations:
                    other = self.linked(held, relation.name)
                    if other is not None and other.id not in seen and not other.entity.account:
                        seen.add(other.id)
                        after.append(other)
            level = after
        return None

    def joins(self, row: Row, join: Join) -> list[Row]:
        """Return the rows that join a row with others."""
        return [r for r in self.of(join.entity.name) if r.links.get(join.own) == row.id]

    def children(self, row: Row, entity: str) -> Iterator[tuple[Row, Relation]]:
        """Yield the rows of an entity that refer to this one."""
        for other in self.of(entity):
            for relation in other.entity.relations:
                if relation.target == row.entity.name and other.links.get(relation.name) == row.id:
                    yield other, relation

    def erase(self, row: Row) -> None:
        """Erase a row; those that refer to it go with it, or lose it."""
        row.erased = True
        for entity in self.brief.entities:
            for child, relation in list(self.children(row, entity.name)):
                if "set_null" in relation.on_delete:
                    child.links[relation.name] = None
                elif "cascade" in relation.on_delete and not child.erased:
                    self.erase(child)


@dataclass(eq=False)
class Route:
    """An operation of the project as the service knows it, its words looked up once."""

    subject: Subject
    operation: Operation
    required: tuple[RequiredOperation, ...]

    @cached_property
    def key(self) -> str:
        """Return method and path, parameters made anonymous."""
        return self.operation.key

    @cached_property
    def entity(self) -> Entity | None:
        """Return the entity that it works on: by the brief, else by the words of its path."""
        if self.required:
            return self.subject.brief.entity(self.required[0].entity)
        parts = [p for p in self.operation.path.split("/") if p and p[:1] not in ":{"]
        for part in reversed(parts):
            for entity in self.subject.brief.entities:
                if squeeze(part) in names_of(entity):
                    return entity
        return None

    @cached_property
    def rules(self) -> dict[str, tuple[Rule, ...]]:
        """Return the rules that each of the required operations must keep, by its id."""
        rules = self.subject.brief.rules
        return {o.id: tuple(r for r in rules if o.id in r.operations) for o in self.required}

    @cached_property
    def action(self) -> str:
        """Return what an operation does that the brief does not know, by its method."""
        if self.required:
            return self.required[0].action
        parts = [part for part in self.operation.path.split("/") if part]
        ends = bool(parts) and parts[-1][:1] in (":", "{")
        last = squeeze(parts[-1]) if parts else ""
        if "refresh" in last:
            return "refresh"
        if last in ("logout", "signout"):
            return "logout"
        named_last = self.entity is not None and last in names_of(self.entity)
        match self.operation.method:
            case "GET":
                return "read" if ends else "list" if named_last else "other"
            case "POST":
                return "create" if named_last else "other"
            case "DELETE":
                return "erase" if ends else "other"
            case _:
                return "update" if ends else "other"

    @cached_property
    def body(self) -> Shape | None:
        """Return the shape of its body."""
        return self.subject.shape(self.operation.body) if self.operation.body else None

    @cached_property
    def query(self) -> Shape | None:
        """Return the shape of its query."""
        return self.subject.shape(self.operation.query) if self.operation.query else None

    @cached_property
    def members(self) -> dict[str, str]:
        """Return the attributes and relations by the squeezed name of the body's members."""
        entity = self.entity
        return member_names(entity) if entity is not None else {}


def join_of(brief: Brief, row: Row, other: Row) -> Join | None:
    """Return the entity that does nothing but join rows of two entities, if there is one."""
    for entity in brief.entities:
        if entity.attributes or len(entity.relations) != 2:
            continue
        for own, to in (entity.relations, entity.relations[::-1]):
            if own.target == row.entity.name and to.target == other.entity.name:
                return Join(entity, own.name, to.name)
    return None


def names_of(entity: Entity) -> set[str]:
    """Return the squeezed words for an entity."""
    return {squeeze(name) for name in entity.names}


def member_names(entity: Entity) -> dict[str, str]:
    """Return the attributes and relations of an entity by their squeezed names, the best first."""
    found: dict[str, str] = {}
    groups: list[tuple[str, Sequence[str]]] = []
    for relation in entity.relations:
        names = (relation.name, relation.target, *relation.synonyms)
        groups.append((relation.name, tuple(f"{name} id" for name in names)))
        groups.append((relation.name, relation.names))
    groups += [(attribute.name, attribute.names) for attribute in entity.attributes]
    most = max((len(names) for _, names in groups), default=0)
    for place in range(most):
        for name, names in groups:
            if place < len(names):
                found.setdefault(squeeze(names[place]), name)
    return found


def first_state(entity: Entity, attribute: str) -> object:
    """Return what an attribute is at first; nobody knows if the brief does not say."""
    found = entity.attribute(attribute)
    return found.default if found is not None and found.default is not None else UNKNOWN


def given(values: dict[str, object], name: str) -> object:
    """Return a member that was given, undefined if none was."""
    return values.get(name, UNDEFINED)


def known(value: object) -> bool:
    """Whether there is a value and somebody knows it."""
    return not missing(value) and not isinstance(value, Unknown)
