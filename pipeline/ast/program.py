"""The programs: what each operation does, as statements.

No TypeScript text comes from a model. It writes a `ProgramSketch`, the part that the rules demand;
derivation makes the whole function of it: find the rows, check the keys, write, answer.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from pipeline.ast.base import Ast, Name, Node, RuleId, Sentence, Status, TimeUnit
from pipeline.ast.expression import (
    Expression,
    Let,
    PropertyName,
    RowField,
    VariableName,
    Where,
)
from pipeline.ast.interface import ClassName, OperationId


class Assign(Node):
    """A column and its new value."""

    column: Name
    value: Expression


class Require(Node):
    """Refuse the request with `status` unless the condition holds."""

    kind: Literal["require"]
    condition: Expression
    status: Status
    message: Sentence
    rules: tuple[RuleId, ...]


class Find(Node):
    """Bind the one row that qualifies; refuse with `missing` if there is none."""

    kind: Literal["find"]
    variable: VariableName
    table: Name
    where: Where
    missing: Status
    message: Sentence
    rules: tuple[RuleId, ...] = ()


class RequireNone(Node):
    """Refuse with `status` if a row qualifies, e.g. because a unique value is taken.

    With `given`, the check is made only if the body has all of those (optional) properties.
    """

    kind: Literal["require_none"]
    table: Name
    where: Where
    given: tuple[str, ...]
    status: Status
    message: Sentence
    rules: tuple[RuleId, ...]


class Count(Node):
    """Bind the number of rows that qualify."""

    kind: Literal["count"]
    variable: VariableName
    table: Name
    where: Where | None


class Sum(Node):
    """Bind what a column of the rows that qualify adds up to: 0 if there are none."""

    kind: Literal["sum"]
    variable: VariableName
    table: Name
    column: Name
    where: Where | None


class FindPage(Node):
    """Bind one page of the rows that qualify, filtered and sorted as the list's query asks."""

    kind: Literal["find_page"]
    variable: VariableName
    table: Name
    where: Where | None


class Insert(Node):
    """Insert a row with these values and bind it; keys and stamps are derived."""

    kind: Literal["insert"]
    variable: VariableName
    table: Name
    values: tuple[Assign, ...]


class Update(Node):
    """Change the columns of a row that was found, and bind the changed row.

    `optional` are taken from the body only if the caller gave them.
    """

    kind: Literal["update"]
    variable: VariableName
    row: VariableName
    table: Name
    values: tuple[Assign, ...]
    optional: tuple[Assign, ...]


class Remove(Node):
    """Erase a row that was found (mark it deleted, if the table is soft-deleted)."""

    kind: Literal["remove"]
    row: VariableName
    table: Name


class UpdateWhere(Node):
    """Change the columns of every row that qualifies."""

    kind: Literal["update_where"]
    table: Name
    where: Where
    values: tuple[Assign, ...]


class RemoveWhere(Node):
    """Erase every row that qualifies (mark it deleted, if the table is soft-deleted)."""

    kind: Literal["remove_where"]
    table: Name
    where: Where


class ForEach(Node):
    """Do the body for every row that qualifies, oldest first."""

    kind: Literal["for_each"]
    variable: VariableName
    table: Name
    where: Where
    body: tuple[Statement, ...]


class ForEachGiven(Node):
    """Do the body for every element of a list in the request's body.

    In there the request's body is the element; where that is a key, its one property is `key`.
    """

    kind: Literal["for_each_given"]
    table: Name
    property: PropertyName
    key: PropertyName | None
    body: tuple[Statement, ...]


class HashPassword(Node):
    """Bind the salted hash of a password in the body."""

    kind: Literal["hash_password"]
    variable: VariableName
    property: PropertyName = "password"


class VerifyPassword(Node):
    """Refuse, as if the row were missing, unless a password in the body belongs to its hash."""

    kind: Literal["verify_password"]
    row: VariableName
    property: PropertyName = "password"


class ReadToken(Node):
    """Bind account id and version of the body's refresh token; 401 if it is not valid."""

    kind: Literal["read_token"]
    variable: VariableName
    version: VariableName


class SendReset(Node):
    """Mail a token that resets the password to the account that qualifies, if there is one.

    Nobody can see from the answer, or from its time, whether there is.
    """

    kind: Literal["send_reset"]
    table: Name
    where: Where


class ReadReset(Node):
    """Use up the body's token of a reset and bind its account id; 401 if it is not valid."""

    kind: Literal["read_reset"]
    variable: VariableName


class ReturnRow(Node):
    """Answer with a row, presented by the response schema."""

    kind: Literal["return_row"]
    row: VariableName
    response: ClassName


class ReturnPage(Node):
    """Answer with a page."""

    kind: Literal["return_page"]
    page: VariableName
    response: ClassName


class ReturnSummary(Node):
    """Answer with the figures of the rows that qualify, filtered as the summary's query asks."""

    kind: Literal["return_summary"]
    table: Name
    where: Where | None
    response: ClassName


class ReturnSession(Node):
    """Answer with the account and a fresh pair of tokens."""

    kind: Literal["return_session"]
    row: VariableName
    response: ClassName


class ReturnNothing(Node):
    """Answer without a body."""

    kind: Literal["return_nothing"]


class If(Node):
    """Do one of two things."""

    kind: Literal["if"]
    condition: Expression
    then: tuple[Statement, ...]
    otherwise: tuple[Statement, ...]


class Transaction(Node):
    """Do all of it or nothing, as if nobody else read or wrote meanwhile."""

    kind: Literal["transaction"]
    body: tuple[Statement, ...]


Statement = Annotated[
    Let
    | Require
    | Find
    | RequireNone
    | Count
    | Sum
    | FindPage
    | Insert
    | Update
    | Remove
    | UpdateWhere
    | RemoveWhere
    | ForEach
    | ForEachGiven
    | HashPassword
    | VerifyPassword
    | ReadToken
    | SendReset
    | ReadReset
    | ReturnRow
    | ReturnPage
    | ReturnSummary
    | ReturnSession
    | ReturnNothing
    | If
    | Transaction,
    Field(discriminator="kind"),
]


class Function(Node):
    """The program of one operation."""

    operation: OperationId
    statements: tuple[Statement, ...]


class Program(Ast):
    """One function per operation, in the order of the operations."""

    functions: tuple[Function, ...]

    def function(self, operation: str) -> Function:
        """Return the function of an operation; KeyError if there is none."""
        for function in self.functions:
            if function.operation == operation:
                return function
        raise KeyError(operation)


class Guard(Node):
    """A sketch's own check: refuse unless the condition holds."""

    kind: Literal["guard"]
    condition: Expression
    message: Sentence
    rules: Annotated[tuple[RuleId, ...], Field(max_length=3)]


class Period(Node):
    """A length of time up to now."""

    amount: Annotated[int, Field(ge=1, le=36_500)]
    unit: TimeUnit


class Quota(Node):
    """A sketch's limit: refuse if `maximum` rows of the table qualify already.

    The maximum is a number, or a column of a row at hand; `within` counts the rows that were made
    in the period up to now.
    """

    kind: Literal["quota"]
    table: Name
    where: Annotated[tuple[Where, ...], Field(max_length=4)]
    within: Period | None = None
    maximum: Annotated[int, Field(ge=0, le=1_000_000)] | RowField
    when: Expression | None = None
    message: Sentence
    rules: Annotated[tuple[RuleId, ...], Field(max_length=3)]


class Total(Node):
    """A sketch's limit on a sum: refuse if the rows that qualify and `plus` add up to more.

    `plus` is what the operation adds itself. Where the maximum has no value there is no limit.
    """

    kind: Literal["total"]
    table: Name
    column: Name
    where: Annotated[tuple[Where, ...], Field(min_length=1, max_length=4)]
    plus: Expression
    maximum: RowField
    when: Expression | None = None
    message: Sentence
    rules: Annotated[tuple[RuleId, ...], Field(max_length=3)]


class Exists(Node):
    """A sketch's demand: refuse unless a row of the table qualifies."""

    kind: Literal["exists"]
    table: Name
    where: Annotated[tuple[Where, ...], Field(min_length=1, max_length=4)]
    when: Expression | None = None
    message: Sentence
    rules: Annotated[tuple[RuleId, ...], Field(max_length=3)]


class Absent(Node):
    """A sketch's demand: refuse if a row of the table qualifies."""

    kind: Literal["absent"]
    table: Name
    where: Annotated[tuple[Where, ...], Field(min_length=1, max_length=4)]
    when: Expression | None = None
    message: Sentence
    rules: Annotated[tuple[RuleId, ...], Field(max_length=3)]


Check = Annotated[Guard | Quota | Total | Exists | Absent, Field(discriminator="kind")]


class InsertRow(Node):
    """A further row: a value for each column, in the order of the columns."""

    kind: Literal["insert"]
    table: Name
    values: dict[Name, Expression]
    when: Expression | None = None


class ChangeRow(Node):
    """A further change: of a row that is at hand."""

    kind: Literal["change"]
    row: VariableName
    sets: Annotated[tuple[Assign, ...], Field(min_length=1, max_length=4)]
    when: Expression | None = None


class ChangeAll(Node):
    """A further change: of every row that qualifies."""

    kind: Literal["change_all"]
    table: Name
    where: Annotated[tuple[Where, ...], Field(min_length=1, max_length=4)]
    sets: Annotated[tuple[Assign, ...], Field(min_length=1, max_length=4)]
    when: Expression | None = None


class RemoveAll(Node):
    """A further removal: of every row that qualifies."""

    kind: Literal["remove_all"]
    table: Name
    where: Annotated[tuple[Where, ...], Field(min_length=1, max_length=4)]
    when: Expression | None = None


class ForEachRow(Node):
    """Checks and writes for every row that qualifies; the row is the variable `each`."""

    kind: Literal["for_each"]
    table: Name
    where: Annotated[tuple[Where, ...], Field(min_length=1, max_length=4)]
    checks: Annotated[tuple[Guard, ...], Field(max_length=3)]
    effects: Annotated[
        tuple[Annotated[InsertRow | ChangeRow, Field(discriminator="kind")], ...],
        Field(min_length=1, max_length=4),
    ]


Effect = Annotated[
    InsertRow | ChangeRow | ChangeAll | RemoveAll | ForEachRow, Field(discriminator="kind")
]


class ProgramSketch(Node):
    """The form of one operation: what derivation cannot know.

    `where` narrows the rows further, `checks` run before anything is written, `sets` are columns
    that the program writes itself, and `effects` what it writes elsewhere in the same transaction.
    A check or effect with `when` is carried out only if that condition holds. `found` is the
    operation's row before the write, `changed` the same row after it.
    """

    where: Annotated[tuple[Where, ...], Field(max_length=3)]
    checks: Annotated[tuple[Check, ...], Field(max_length=10)]
    sets: Annotated[tuple[Assign, ...], Field(max_length=6)]
    effects: Annotated[tuple[Effect, ...], Field(max_length=6)]


class ProgramNeeds(Node):
    """The form of one table: which of its operations do more than derivation writes for them."""

    operations: Annotated[tuple[OperationId, ...], Field(max_length=16)]


for _model in (If, Transaction, ForEach, ForEachGiven, Function, Program):
    _model.model_rebuild()
