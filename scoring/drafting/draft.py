"""What is drafted: entities with attributes, and rules, each with the sentence it was read from."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from scoring.brief import TypeClass
from scoring.drafting.nouns import Phrase

Number = int | float


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
    owner: Phrase | None = None
    attributes: dict[Phrase, DraftAttribute] = field(default_factory=dict[Phrase, DraftAttribute])
    relations: dict[Phrase, Phrase] = field(default_factory=dict[Phrase, Phrase])

    def add(self, attribute: DraftAttribute) -> None:
        """Add an attribute, or what is newly said of it."""
        known = self.attributes.get(attribute.name)
        self.attributes[attribute.name] = known.merged(attribute) if known else attribute


@dataclass(frozen=True)
class DraftRule:
    """A rule; `about` are its other things: attribute, child, relation, source and target."""

    kind: str
    entity: Phrase
    about: tuple[str, ...] = ()
    minimum: Number | None = None
    maximum: Number | None = None
    said: str = ""


@dataclass
class Draft:
    """All that was read of a request."""

    entities: dict[Phrase, DraftEntity] = field(default_factory=dict[Phrase, DraftEntity])
    rules: list[DraftRule] = field(default_factory=list[DraftRule])
    actions: list[tuple[Phrase, str, Phrase]] = field(
        default_factory=list[tuple[Phrase, str, Phrase]]
    )
    """Who does what to which entity: actor, verb, entity."""
    grown: set[Phrase] = field(default_factory=set[Phrase])
    """Entities whose states are gathered from many sentences, not from one enumeration."""
    doubts: list[tuple[Phrase, DraftAttribute]] = field(
        default_factory=list[tuple[Phrase, DraftAttribute]]
    )
    """Attributes of which the text does not say plainly whose they are, and a guess."""

    def rule(self, rule: DraftRule) -> None:
        """Add a rule that is not there yet."""
        key = (rule.kind, rule.entity, rule.about)
        if all((each.kind, each.entity, each.about) != key for each in self.rules):
            self.rules.append(rule)
