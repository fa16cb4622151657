"""The requirements analysis: who acts, on what, by which requirements and which rules.

Requirements follow EARS (Mavin et al., "Easy Approach to Requirements Syntax", RE 2009); their
acceptance criteria are given/when/then. A rule is what a program can enforce and a test can break.
"""

from __future__ import annotations

from typing import Annotated, Literal, get_args

from pydantic import AfterValidator, Field, StringConstraints

from pipeline.ast.base import (
    CENT,
    SAFE_INTEGER_MAX,
    Ast,
    Name,
    Node,
    RequirementId,
    RuleId,
    Sentence,
    TimeUnit,
    Title,
    to_cents,
)

ActorKind = Literal["guest", "member", "admin"]
AttributeRef = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*$")]
"""`entity.attribute`, e.g. `todo.title`."""

MomentRef = Annotated[
    str, StringConstraints(pattern=r"^(now|[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*)$", max_length=65)
]
"""`now`, or an attribute; every entity has `created_at`, too."""

PersonRef = Annotated[
    str, StringConstraints(pattern=r"^(caller|[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*)$", max_length=65)
]
"""`caller`, or an attribute that names an account; every owned entity has `owner`, too."""

Bound = Annotated[
    float,
    Field(ge=-SAFE_INTEGER_MAX, le=SAFE_INTEGER_MAX, json_schema_extra={"multipleOf": CENT}),
    AfterValidator(to_cents),
]
"""A whole number of characters, or a value with at most two decimals."""
QuotaPeriod = Literal[
    "at_once",
    "hour",
    "day",
    "week",
    "month",
    "calendar_day",
    "calendar_week",
    "calendar_month",
    "calendar_year",
]
"""Rows count at once, of the time up to now, or of the present day, week, month or year in UTC."""
NOW, CALLER, OWNER, CREATED_AT = "now", "caller", "owner", "created_at"
"""Words that rules use beside the names of the plan."""


class Actor(Node):
    """Somebody who calls the backend: a guest has no account, a member and an admin do."""

    name: Name
    kind: ActorKind
    description: Sentence


class Entity(Node):
    """A thing the backend remembers; `owner` is the actor it belongs to, or `none`.

    With `is_account` it is the account of that actor, whatever it is called.
    """

    name: Name
    description: Sentence
    owner: Name
    is_account: bool
    attributes: Annotated[tuple[Name, ...], Field(max_length=16)]


class Feature(Node):
    """A group of requirements."""

    name: Name
    description: Sentence


class Acceptance(Node):
    """One acceptance criterion."""

    given: Sentence
    when: Sentence
    then: Sentence


class Requirement(Node):
    """One testable EARS sentence: *condition*, the *actor* gets the *response*."""

    id: RequirementId
    feature: Name
    pattern: Literal["ubiquitous", "event", "state", "unwanted", "optional"]
    actor: Name
    entities: Annotated[tuple[Name, ...], Field(max_length=4)]
    condition: Sentence
    response: Sentence
    acceptance: Acceptance


class RuleNode(Node):
    """What every rule carries: its id, the requirement it belongs to, and the rule in words."""

    id: RuleId
    requirement: RequirementId
    statement: Sentence


class Uniqueness(RuleNode):
    """No two rows share the values of `attributes` (within one owner, or everywhere).

    With `ignore_case`, texts that differ in upper and lower case alone count as the same.
    """

    kind: Literal["uniqueness"]
    attributes: Annotated[tuple[AttributeRef, ...], Field(min_length=1, max_length=3)]
    scope: Literal["owner", "global"]
    ignore_case: bool = False


class Ownership(RuleNode):
    """Only the owner reaches a row; for others it does not exist (404) or is forbidden (403)."""

    kind: Literal["ownership"]
    entity: Name
    others_see: Literal["not_found", "forbidden"]


class Permission(RuleNode):
    """`actor` may, or may not, do `action` with `entity`."""

    kind: Literal["permission"]
    actor: Name
    action: Literal["list", "read", "create", "update", "erase"]
    entity: Name
    allowed: bool


class Limit(RuleNode):
    """A bound from below, from above, or both: of a text's characters, a number's value, or a list.

    The `elements` of a list are the rows, or keys, that are given with a row (a post's tags).
    """

    kind: Literal["limit"]
    attribute: AttributeRef
    unit: Literal["characters", "value", "elements"]
    minimum: Bound | None = None
    maximum: Bound | None = None


class Quota(RuleNode):
    """At most `maximum` rows of `entity` for each owner, or for each row of the entity `per`.

    The maximum is a number, or an attribute of what is counted for (the capacity of a room). They
    are counted at once, or as many as were made within the period, or since the calendar's began;
    with `attribute`, only those in which it is `value` (at most 3 waiting requests). With `sum`, it
    is no number of rows: that attribute of theirs adds up to no more (a budget).
    """

    kind: Literal["quota"]
    entity: Name
    per: Name
    maximum: Annotated[int, Field(ge=0, le=1_000_000)] | AttributeRef
    period: QuotaPeriod
    attribute: AttributeRef | None = None
    value: Name | None = None
    sum: AttributeRef | None = None


class Overlap(RuleNode):
    """No two rows of `entity` overlap for one row of the entity `per`, or for one owner.

    A row takes the time from `start` to before `end`: one may start when another ends. With
    `attribute`, only those count in which it is `value` (booked bookings of a room).
    """

    kind: Literal["overlap"]
    entity: Name
    per: Name
    start: AttributeRef
    end: AttributeRef
    attribute: AttributeRef | None = None
    value: Name | None = None


class Transition(RuleNode):
    """The attribute moves from one value to the other, only by `actor`."""

    kind: Literal["transition"]
    attribute: AttributeRef
    source: Name
    target: Name
    actor: Name


class Retention(RuleNode):
    """Rows are erased some days after they were created, last changed, or marked deleted."""

    kind: Literal["retention"]
    entity: Name
    after_days: Annotated[int, Field(ge=1, le=36_500)]
    since: Literal["created", "changed", "deleted"]


class Visibility(RuleNode):
    """Which rows of `entity` are shown to `actor`: those that any of `shows` names.

    `member` are rows that the caller belongs to by a row of `through`, perhaps only one whose
    `attribute` is `value` (the moderators of a community). `related` are rows whose `person` is
    the caller (`tool.owner`: the requests for one's tools).
    """

    kind: Literal["visibility"]
    entity: Name
    actor: Name
    shows: Annotated[
        tuple[Literal["all", "own", "published", "member", "related", "none"], ...],
        Field(min_length=1, max_length=3),
    ]
    through: Name | None = None
    attribute: AttributeRef | None = None
    value: Name | None = None
    person: AttributeRef | None = None
    others_see: Literal["not_found", "forbidden"] = "not_found"


class Derivation(RuleNode):
    """The attribute is computed, never written by a caller."""

    kind: Literal["derivation"]
    attribute: AttributeRef
    formula: Sentence


class Default(RuleNode):
    """The attribute starts with `value` when the caller gives none."""

    kind: Literal["default"]
    attribute: AttributeRef
    value: Title


class Restriction(RuleNode):
    """A row of `entity` stays as long as there are rows of `dependent` that hang on it.

    With `attribute` and `value`, only those in that state keep it (a book with a borrowed copy).
    """

    kind: Literal["restriction"]
    entity: Name
    dependent: Name
    attribute: AttributeRef | None = None
    value: Name | None = None


class Cascade(RuleNode):
    """Where a row of `entity` is deleted, its rows of `dependent` are deleted too, or stay."""

    kind: Literal["cascade"]
    entity: Name
    dependent: Name
    then: Literal["deleted", "kept"]


class Sorting(RuleNode):
    """The list of an entity begins with the least or the greatest value of the attribute."""

    kind: Literal["sorting"]
    attribute: AttributeRef
    order: Literal["rising", "falling"]


class State(RuleNode):
    """What is done with `entity` needs the attribute, its own or a related one's, to be a value.

    It is one of `values`, or with `is_not` none of them (a tool that is not retired).
    """

    kind: Literal["state"]
    entity: Name
    attribute: AttributeRef
    relation: Literal["is", "is_not"] = "is"
    values: Annotated[tuple[Name, ...], Field(min_length=1, max_length=4)]


class Membership(RuleNode):
    """Only an `actor` who belongs to the `entity` by a row of `through` may do it.

    With `attribute` and `value`, the row must have a role (`membership.role`, `moderator`).
    """

    kind: Literal["membership"]
    actor: Name
    entity: Name
    through: Name
    attribute: AttributeRef | None = None
    value: Name | None = None
    others_see: Literal["not_found", "forbidden"] = "forbidden"


class Identity(RuleNode):
    """What is done with `entity` needs the one in `attribute` to be, or not to be, the other.

    Only the founder appoints (`community.founder` is the caller), nobody votes on a post of
    theirs (`post.author` is not the caller), a list that is named must be the caller's
    (`list.owner` is the caller), giver and receiver differ.
    """

    kind: Literal["identity"]
    entity: Name
    attribute: AttributeRef
    relation: Literal["is", "is_not"]
    other: PersonRef


class Required(RuleNode):
    """The attribute must be given by who does it, though a row may be without it."""

    kind: Literal["required"]
    attribute: AttributeRef


class Ordering(RuleNode):
    """One value is on one side of another, or where `not_` allows it equal: an end, its start."""

    kind: Literal["ordering"]
    attribute: MomentRef
    relation: Literal["not_before", "not_after", "before", "after"]
    reference: MomentRef


class Window(RuleNode):
    """The moment lies at least, or at most, so long before or after the reference.

    An end at most 4 hours after its start; `now` at most 3 days after `order.paid_at`; `now` at
    least 24 hours before `booking.starts_at`. The amount is a number, or an attribute that has one
    (`tool.loan_days`).
    """

    kind: Literal["window"]
    attribute: MomentRef
    bound: Literal["at_least", "at_most"]
    amount: Annotated[int, Field(ge=0, le=36_500)] | AttributeRef
    unit: TimeUnit
    side: Literal["before", "after"]
    reference: MomentRef


Rule = Annotated[
    Uniqueness
    | Ownership
    | Permission
    | Limit
    | Quota
    | Overlap
    | Transition
    | Retention
    | Visibility
    | Derivation
    | Default
    | Restriction
    | Cascade
    | Sorting
    | State
    | Membership
    | Identity
    | Required
    | Ordering
    | Window,
    Field(discriminator="kind"),
]
RULES: tuple[type[RuleNode], ...] = get_args(get_args(Rule)[0])
"""Every kind of rule."""


class Analysis(Ast):
    """The whole requirements analysis of one request."""

    title: Title
    summary: Sentence
    actors: tuple[Actor, ...]
    entities: tuple[Entity, ...]
    features: tuple[Feature, ...]
    requirements: tuple[Requirement, ...]
    rules: tuple[Rule, ...]

    def accounts(self) -> tuple[Actor, ...]:
        """Return the actors that sign in: all but guests."""
        return tuple(actor for actor in self.actors if actor.kind != "guest")


class Plan(Node):
    """The first form of the stage: what the service is, before any requirement is written."""

    title: Title
    summary: Sentence
    actors: Annotated[tuple[Actor, ...], Field(min_length=1, max_length=4)]
    entities: Annotated[tuple[Entity, ...], Field(min_length=1, max_length=48)]
    features: Annotated[tuple[Feature, ...], Field(min_length=1, max_length=16)]


class FeatureRequirements(Node):
    """The form of one feature: its requirements and the rules that follow from them.

    The stage numbers requirements and rules in order; a rule names its requirement by place.
    """

    requirements: Annotated[tuple[Requirement, ...], Field(min_length=1, max_length=10)]
    rules: Annotated[tuple[Rule, ...], Field(max_length=16)]
