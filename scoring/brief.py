"""Briefs: what a request is known to demand. The format is in `docs/briefs.md`."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from scoring.record import ScoringRecord

TypeClass = Literal[
    "text", "integer", "decimal", "boolean", "date", "datetime", "enum", "uuid", "secret", "json"
]
Change = Literal["insert", "update", "delete"]
Action = Literal[
    "join", "login", "refresh", "reset", "list", "read", "create", "update", "erase", "act"
]
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

    `words` name an action, or a step of a reset, in its path or handler; `via` is an attribute that
    an update may set instead. `path` shows the expected shape; its parameters count, their names
    don't.
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
