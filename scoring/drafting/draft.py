"""What is drafted: entities with attributes, and rules, each with the sentence it was read from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from scoring.brief import TypeClass
from scoring.drafting.nouns import Phrase

Number = int | float
Detail = str | Number | bool | tuple[str, ...] | Mapping[str, str] | None
STATES = ("status", "state", "role", "stage")
"""Attributes that say in which state a row is."""


@dataclass(frozen=True)
class DraftAttribute:
    """An attribute as the text describes it."""

    name: Phrase
    type: TypeClass
    minimum: Number | None = None
    maximum: Number | None = None
    values: tuple[str, ...] = ()
    default: str | None = None
    required: bool = True
    unique: str = ""
    """`owner`, `global`, or nothing if rows may share it."""
    said: str = ""

    def merged(self, other: DraftAttribute) -> DraftAttribute:
        """Add what another mention says of it."""
        return replace(
            self,
            type=self.type if self.type != "text" or not other.values else other.type,
            minimum=self.minimum if self.minimum is not None else other.minimum,
            maximum=self.maximum if self.maximum is not None else other.maximum,
            values=self.values or other.values,
            default=self.default or other.default,
            required=self.required and other.required,
            unique=self.unique or other.unique,
        )


@dataclass
class DraftEntity:
    """A thing to remember; an account if somebody signs up as it."""

    name: Phrase
    account: bool = False
    invited: bool = False
    links: tuple[Phrase, ...] = ()
    """What it joins, if it is there to join other things: a product and a list."""
    refers: tuple[Phrase, ...] = ()
    """What its rows are made in, under or for."""
    also: tuple[Phrase, ...] = ()
    """Other names for it."""
    attributes: dict[Phrase, DraftAttribute] = field(default_factory=dict[Phrase, DraftAttribute])
    aliases: dict[Phrase, str] = field(default_factory=dict[Phrase, str])
    """Other words for a state: `active, that is on sale`."""

    def add(self, attribute: DraftAttribute) -> None:
        """Add an attribute, or what is newly said of it."""
        known = self.attributes.get(attribute.name)
        self.attributes[attribute.name] = known.merged(attribute) if known else attribute

    @property
    def statuses(self) -> list[DraftAttribute]:
        """Return all attributes that say in which state a row is: a status, a role."""
        found = (self.attributes.get((name,)) for name in STATES)
        return [each for each in found if each is not None and each.values]

    def status_of(self, state: str) -> DraftAttribute | None:
        """Return the attribute that a state is a value of."""
        return next((each for each in self.statuses if state in each.values), None)

    @property
    def status(self) -> DraftAttribute | None:
        """Return the attribute that says in which state a row is."""
        return next(iter(self.statuses), None)


@dataclass(frozen=True)
class DraftRule:
    """A rule; its details have the names that they have in a brief; `actions` are what keeps it."""

    kind: str
    entity: Phrase
    details: Mapping[str, Detail] = field(default_factory=dict[str, Detail])
    actions: tuple[str, ...] = ()
    said: str = ""

    @property
    def key(self) -> tuple[str, Phrase, tuple[str, ...], str]:
        """Return by what two rules are the same; numbers and sentences aside."""
        told = {k: v for k, v in self.details.items() if k not in ("minimum", "maximum")}
        return self.kind, self.entity, self.actions, repr(sorted(told.items()))


@dataclass
class Draft:
    """All that was read of a request."""

    entities: dict[Phrase, DraftEntity] = field(default_factory=dict[Phrase, DraftEntity])
    rules: list[DraftRule] = field(default_factory=list[DraftRule])
    doubts: list[tuple[Phrase, DraftAttribute]] = field(
        default_factory=list[tuple[Phrase, DraftAttribute]]
    )
    """Attributes of which the text does not say plainly whose they are, and a guess."""

    def rule(self, rule: DraftRule) -> None:
        """Add a rule that is not there yet; what a sentence says of several operations is one."""
        for place, each in enumerate(self.rules):
            if each.key == rule.key:
                return
            if each.said == rule.said and replace(each, actions=rule.actions).key == rule.key:
                actions = tuple(dict.fromkeys((*each.actions, *rule.actions)))
                self.rules[place] = replace(each, actions=actions)
                return
        self.rules.append(rule)

    def names(self) -> list[tuple[Phrase, Phrase]]:
        """Return all names of entities, each with the entity that it means."""
        own = [(name, name) for name in self.entities]
        return own + [
            (name, each.name)
            for each in self.entities.values()
            for name in each.also
            if name not in self.entities
        ]

    def accounts(self) -> list[Phrase]:
        """Return who can sign in."""
        return [name for name, each in self.entities.items() if each.account]

    def people(self) -> list[Phrase]:
        """Return who signs up, without being invited."""
        return [name for name in self.accounts() if not self.entities[name].invited]

    def is_thing(self, name: Phrase | None) -> bool:
        """Whether a name is an entity that is no account."""
        return name in self.entities and not self.entities[name].account
