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
from pipeline.ast.expression import (
    AnswerPath,
    Expression,
    Let,
    Property,
    PropertyName,
    VariableName,
)
from pipeline.ast.interface import OperationId

Order = Literal["rising", "falling"]


class BodyValue(Node):
    """A property of a request body, or of a list's query, and its value."""

    property: PropertyName
    value: Expression


class SignIn(Node):
    """Join as a new account and bind its connection."""

    kind: Literal["sign_in"]
    variable: VariableName
    actor: Name


class ReadMail(Node):
    """Bind the token that was mailed to an account, the variable of a sign-in, last."""

    kind: Literal["read_mail"]
    variable: VariableName
    connection: VariableName


class Call(Node):
    """Call an operation and bind its answer, if `variable` is given.

    `connection` is the variable of a sign-in, or none for an anonymous caller. `parameters` are
    the path parameters in order. `values` are the body, or the query of a list; `untyped` if the
    types forbid it, as it must be refused.
    """

    kind: Literal["call"]
    variable: VariableName | None
    connection: VariableName | None
    operation: OperationId
    parameters: tuple[Expression, ...]
    values: tuple[BodyValue, ...]
    untyped: bool = False


class ExpectError(Node):
    """Make the call and expect it to be refused with the status."""

    kind: Literal["expect_error"]
    status: Status
    call: Call


class AtOnce(Node):
    """Make `times` calls at once, these in turn: `succeed` do, the others get `refused`."""

    kind: Literal["at_once"]
    calls: Annotated[tuple[Call, ...], Field(min_length=1, max_length=3)]
    times: Annotated[int, Field(ge=2, le=20)]
    succeed: Annotated[int, Field(ge=0, le=20)]
    refused: Status


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


class AssertSome(Node):
    """Expect an item of a list with such a property, or none."""

    kind: Literal["assert_some"]
    predicate: Literal["some", "none"]
    items: Property
    property: PropertyName
    expected: Expression
    message: Sentence


class AssertOrder(Node):
    """Expect the items of a list in the order of a property, which they don't all have alike.

    The words of an enum rise in the order of its schema; items without a value don't count.
    """

    kind: Literal["assert_order"]
    order: Order
    items: Property
    property: PropertyName
    message: Sentence


class Wait(Node):
    """Let the backend's clock advance."""

    kind: Literal["wait"]
    amount: Annotated[int, Field(ge=1, le=36_500)]
    unit: TimeUnit


class Repeat(Node):
    """Do the body `times` times; what it binds is what its last round bound."""

    kind: Literal["repeat"]
    times: Annotated[int, Field(ge=1, le=200)]
    body: tuple[Statement, ...]


Statement = Annotated[
    SignIn
    | ReadMail
    | Call
    | ExpectError
    | AtOnce
    | Let
    | Assert
    | AssertEvery
    | AssertSome
    | AssertOrder
    | Wait
    | Repeat,
    Field(discriminator="kind"),
]


class TestFunction(Node):
    """One test; `form` is the key of the form that its steps are from, none if it is derived."""

    __test__ = False

    name: Phrase
    operation: OperationId
    purpose: Sentence
    requirements: tuple[RequirementId, ...]
    rules: tuple[RuleId, ...]
    statements: tuple[Statement, ...]
    form: str | None = None


class TestSuite(Ast):
    """All tests of the backend."""

    __test__ = False

    functions: tuple[TestFunction, ...]


class Scenario(Node):
    """One line of the scenario list: a test before its steps.

    `uses` are operations of tables further away that its steps call.
    """

    name: Phrase
    operation: OperationId
    uses: Annotated[tuple[OperationId, ...], Field(max_length=8)]
    purpose: Sentence
    requirements: Annotated[tuple[RequirementId, ...], Field(max_length=8)]
    rules: Annotated[tuple[RuleId, ...], Field(max_length=8)]


class ScenarioList(Node):
    """The form of one resource's scenarios."""

    scenarios: Annotated[tuple[Scenario, ...], Field(max_length=20)]


class CallStep(Node):
    """Somebody calls an operation; rows that the call needs and nobody made yet are made first.

    `caller` is an actor, the same actor's `other_<actor>` or `third_<actor>` account, or
    `anonymous`. `of` says whose row the path names: a named answer's, the latest that a caller
    made (else the first of its last list), `unknown` for a key of nothing, `none` without a key in
    the path. `as` names the answer, or is `none`. `status` is what must come: success, or one of
    the promised errors.
    """

    kind: Literal["call"]
    caller: Phrase
    operation: OperationId
    of: Phrase
    values: Annotated[tuple[BodyValue, ...], Field(max_length=8)]
    status: Status
    as_: Annotated[Phrase, Field(alias="as")]
    times: Annotated[int, Field(ge=1, le=110)]


class AtOnceStep(Node):
    """The callers, in turn, make `times` calls in all that reach the backend at once.

    `succeed` of them do, whichever; the others get the status `refused`. Each caller gives the
    `values` and, for rows that it needs and does not name, its own. `of` is that of a call.
    """

    kind: Literal["at_once"]
    callers: Annotated[tuple[Phrase, ...], Field(min_length=1, max_length=3)]
    operation: OperationId
    of: Phrase
    values: Annotated[tuple[BodyValue, ...], Field(max_length=8)]
    times: Annotated[int, Field(ge=2, le=20)]
    succeed: Annotated[int, Field(ge=0, le=20)]
    refused: Status


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
    predicate: Literal["equal", "not_equal", "is_null", "is_not_null", "greater", "less"]
    value: Expression


class CheckRowsStep(Node):
    """The rows of the last answer's list are checked by a property.

    Every one has the value or has it not (and there is one), some one has it, or none does.
    """

    kind: Literal["check_rows"]
    operation: OperationId
    path: AnswerPath
    property: PropertyName
    predicate: Literal["every_equal", "every_not_equal", "some_equal", "none_equal"]
    value: Expression


class CheckOrderStep(Node):
    """The rows of the last answer's list, two at least, rise or fall by a property."""

    kind: Literal["check_order"]
    operation: OperationId
    path: AnswerPath
    property: PropertyName
    order: Order


Step = Annotated[
    CallStep | AtOnceStep | WaitStep | CheckStep | CheckRowsStep | CheckOrderStep,
    Field(discriminator="kind"),
]


class TestSketch(Node):
    """The steps of one test, which its scenario names."""

    __test__ = False

    name: Phrase
    steps: Annotated[tuple[Step, ...], Field(min_length=1, max_length=16)]


class TestSketches(Node):
    """The form of a few tests of one resource, in the order in which they are asked for."""

    __test__ = False

    tests: Annotated[tuple[TestSketch, ...], Field(max_length=3)]


for _model in (Repeat, TestFunction, TestSuite):
    _model.model_rebuild()
