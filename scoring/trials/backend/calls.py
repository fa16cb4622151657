"""One call of an operation: who makes it, about which row, with what."""

from __future__ import annotations

from dataclasses import dataclass, field

from scoring.brief import Entity, RequiredOperation, Rule
from scoring.trials.backend.rows import Route, Row, Store
from scoring.trials.language.values import UNDEFINED, Unknown, members_of, missing
from scoring.words import squeeze


@dataclass(eq=False)
class Call:
    """A call as the rules look at it."""

    route: Route
    required: RequiredOperation | None
    store: Store
    caller: Row | None
    keys: dict[str, object]
    """What the path names, by the squeezed names of its places."""
    target: Row | None
    """The row that the path names; None if there is none."""
    body: dict[str, object]
    """What was given, by the attributes and relations of the entity."""
    raw: object = UNDEFINED
    query: dict[str, object] = field(default_factory=lambda: {})
    hidden: bool = False
    """Whether somebody calls, but nobody knows who."""

    @property
    def entity(self) -> Entity | None:
        """Return the entity that the operation works on."""
        return self.route.entity

    @property
    def rules(self) -> tuple[Rule, ...]:
        """Return the rules that the operation must keep."""
        return self.route.rules[self.required.id] if self.required is not None else ()

    @property
    def action(self) -> str:
        """Return what the operation does."""
        return self.required.action if self.required is not None else self.route.action

    @property
    def makes(self) -> bool:
        """Whether it makes a row."""
        return self.action in ("create", "join")

    def referred(self, relation: str) -> Row | Unknown | None:
        """Return the row that a relation leads to: as given, else as the target has it."""
        value = self.body.get(relation, UNDEFINED)
        if value is UNDEFINED and self.target is not None:
            value = self.target.links.get(relation, UNDEFINED)
        if value is UNDEFINED and self.entity is not None and relation == self.entity.owner:
            own = self.entity.relation(relation)
            if (
                own is not None
                and self.caller is not None
                and own.target == self.caller.entity.name
            ):
                return self.caller
        if isinstance(value, Unknown):
            return value
        return self.store.at(value)

    def about(self, entity: str) -> Row | None:
        """Return the row of an entity that the call is about, over the rows it refers to."""
        if self.target is not None:
            found = self.store.above(self.target, entity)
            if found is not None:
                return found
        for relation in self.entity.relations if self.entity is not None else ():
            row = self.store.at(self.body.get(relation.name))
            found = self.store.above(row, entity) if row is not None else None
            if found is not None:
                return found
        for value in (*self.keys.values(), *self.query.values()):
            row = self.store.at(value)
            found = self.store.above(row, entity) if row is not None else None
            if found is not None:
                return found
        return None


def read_members(route: Route, raw: object) -> dict[str, object]:
    """Return a body's members by the attributes and relations that they mean."""
    made: dict[str, object] = {}
    for name, value in (members_of(raw) or {}).items():
        key = route.members.get(squeeze(name))
        if key is not None and value is not UNDEFINED:
            made[key] = value
    return made


def is_nothing(value: object) -> bool:
    """Whether a value is null, undefined or not known."""
    return missing(value) or isinstance(value, Unknown)
