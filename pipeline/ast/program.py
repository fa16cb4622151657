"""The programs: what each operation does, as statements.

No TypeScript text comes from a model. It writes a `ProgramSketch`, the part that the rules demand;
derivation makes the whole function of it: find the rows, check the keys, write, answer.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from pipeline.ast.base import Name, Node, RuleId, Sentence, Status
from pipeline.ast.expression import Expression, VariableName, Where
from pipeline.ast.interface import ClassName, OperationId


class Assign(Node):
    """A column and its new value."""

    column: Name
    value: Expression


class Let(Node):
    """Bind a value."""

    kind: Literal["let"]
    variable: VariableName
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


class HashPassword(Node):
    """Bind the salted hash of the body's password."""

    kind: Literal["hash_password"]
    variable: VariableName


class VerifyPassword(Node):
    """Refuse with 401 unless the body's password belongs to the hash of the row."""

    kind: Literal["verify_password"]
    row: VariableName


class ReadToken(Node):
    """Bind the account id of the body's refresh token; refuse with 401 if it is not valid."""

    kind: Literal["read_token"]
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
    """Do all of it or nothing."""

    kind: Literal["transaction"]
    body: tuple[Statement, ...]


Statement = Annotated[
    Let
    | Require
    | Find
    | RequireNone
    | Count
    | FindPage
    | Insert
    | Update
    | Remove
    | HashPassword
    | VerifyPassword
    | ReadToken
    | ReturnRow
    | ReturnPage
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


class Program(Node):
    """One function per operation, in the order of the operations."""

    functions: tuple[Function, ...]

    def function(self, operation: str) -> Function:
        """Return the function of an operation; KeyError if there is none."""
        for function in self.functions:
            if function.operation == operation:
                return function
        raise KeyError(operation)


class Guard(Node):
    """A sketch's own check: refuse with `status` unless the condition holds."""

    kind: Literal["guard"]
    condition: Expression
    status: Status
    message: Sentence
    rules: Annotated[tuple[RuleId, ...], Field(max_length=3)]


class Quota(Node):
    """A sketch's limit: refuse if `maximum` rows of the table qualify already."""

    kind: Literal["quota"]
    where: Annotated[tuple[Where, ...], Field(max_length=3)]
    maximum: Annotated[int, Field(ge=0, le=100_000)]
    status: Status
    message: Sentence
    rules: Annotated[tuple[RuleId, ...], Field(max_length=3)]


Check = Annotated[Guard | Quota, Field(discriminator="kind")]


class ProgramSketch(Node):
    """The form of one operation: what derivation cannot know.

    `where` narrows the rows further, `checks` run before anything is written, `sets` are columns
    that the program writes itself.
    """

    where: Annotated[tuple[Where, ...], Field(max_length=3)]
    checks: Annotated[tuple[Check, ...], Field(max_length=4)]
    sets: Annotated[tuple[Assign, ...], Field(max_length=4)]


for _model in (If, Transaction, Function, Program):
    _model.model_rebuild()
