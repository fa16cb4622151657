"""The end-to-end tests, as statements over the SDK.

A model writes a `TestSketch`: who calls what with which values, and what must follow.
Derivation arranges the rest: the accounts that act, and the rows the calls need.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from pipeline.ast.base import (
    Ast,
    Name,
    Node,
    Phrase,
    RequirementId,
    RuleId,
    Sentence,
    Status,
    TimeUnit,
)
from pipeline.ast.expression import Expression, Let, Property, PropertyName, VariableName
from pipeline.ast.interface import OperationId

AnswerPath = Annotated[str, Field(pattern=r"^[a-z][A-Za-z0-9]*(\.(\d|[a-z][A-Za-z0-9]*))*$")]
"""A property of an answer, or of an element or object in it: `data.0.title`."""


class BodyValue(Node):
    """A property of a request body, or of a list's query, and its value."""

    property: PropertyName
    value: Expression


class SignIn(Node):
    """Join as a new account and bind its connection."""

    kind: Literal["sign_in"]
    variable: VariableName
    actor: Name


class Call(Node):
    """Call an operation and bind its answer, if `variable` is given.

    `connection` is the variable of a sign-in, or none for an anonymous caller. `parameters` are
    the path parameters in order. `values` are the body, or the query of a list.
    """

    kind: Literal["call"]
    variable: VariableName | None
    connection: VariableName | None
    operation: OperationId
    parameters: tuple[Expression, ...]
    values: tuple[BodyValue, ...]


class ExpectError(Node):
    """Make the call and expect it to be refused with the status."""

    kind: Literal["expect_error"]
    status: Status
    call: Call


class Assert(Node):
    """Compare an answer with what is expected."""

    kind: Literal["assert"]
    predicate: Literal["equal", "not_equal", "is_null", "is_not_null", "greater", "less"]
    actual: Expression
    expected: Expression | None
    message: Sentence


class AssertEvery(Node):
    """Compare a property of every item of a list, which must not be empty."""

    kind: Literal["assert_every"]
    predicate: Literal["equal", "not_equal"]
    items: Property
    property: PropertyName
    expected: Expression
    message: Sentence


class Wait(Node):
    """Let the backend's clock advance."""

    kind: Literal["wait"]
    amount: Annotated[int, Field(ge=1, le=36_500)]
    unit: TimeUnit


class Repeat(Node):
    """Do the body `times` times."""

    kind: Literal["repeat"]
    times: Annotated[int, Field(ge=1, le=200)]
    body: tuple[Statement, ...]


Statement = Annotated[
    SignIn | Call | ExpectError | Let | Assert | AssertEvery | Wait | Repeat,
    Field(discriminator="kind"),
]


class TestFunction(Node):
    """One test."""

    __test__ = False

    name: Phrase
    operation: OperationId
    purpose: Sentence
    requirements: tuple[RequirementId, ...]
    rules: tuple[RuleId, ...]
    statements: tuple[Statement, ...]


class TestSuite(Ast):
    """All tests of the backend."""

    __test__ = False

    functions: tuple[TestFunction, ...]


class Scenario(Node):
    """One line of the scenario list: a test before its steps.

    `uses` are operations of other resources that its steps need.
    """

    name: Phrase
    operation: OperationId
    uses: Annotated[tuple[OperationId, ...], Field(max_length=8)]
    purpose: Sentence
    requirements: Annotated[tuple[RequirementId, ...], Field(max_length=4)]
    rules: Annotated[tuple[RuleId, ...], Field(max_length=4)]


class ScenarioList(Node):
    """The form of one resource's scenarios."""

    scenarios: Annotated[tuple[Scenario, ...], Field(min_length=1, max_length=20)]


class CallStep(Node):
    """Somebody calls an operation; rows that the call needs and nobody made yet are made first.

    `caller` is an actor, the same actor's `other_<actor>` account, or `anonymous`. `of` is the one
    whose row the path names: the latest that it made, else the first of its last list; `none`
    without a key in the path. `status` is what must come:
    success, or one of the promised errors.
    """

    kind: Literal["call"]
    caller: Phrase
    operation: OperationId
    of: Phrase
    values: Annotated[tuple[BodyValue, ...], Field(max_length=6)]
    status: Status
    times: Annotated[int, Field(ge=1, le=110)]


class WaitStep(Node):
    """Time goes by, for the backend at least."""

    kind: Literal["wait"]
    amount: Annotated[int, Field(ge=1, le=36_500)]
    unit: TimeUnit


class CheckStep(Node):
    """The last answer's property is checked; `operation` names what gave it."""

    kind: Literal["check"]
    operation: OperationId
    path: AnswerPath
    predicate: Literal["equal", "not_equal", "is_null", "is_not_null"]
    value: Expression


class CheckAllStep(Node):
    """A property of every row in the last answer's list is checked; there must be one."""

    kind: Literal["check_all"]
    operation: OperationId
    path: AnswerPath
    property: PropertyName
    predicate: Literal["equal", "not_equal"]
    value: Expression


Step = Annotated[CallStep | WaitStep | CheckStep | CheckAllStep, Field(discriminator="kind")]


class TestSketch(Node):
    """The form of one test."""

    __test__ = False

    steps: Annotated[tuple[Step, ...], Field(min_length=1, max_length=12)]


for _model in (Repeat, TestFunction, TestSuite):
    _model.model_rebuild()
