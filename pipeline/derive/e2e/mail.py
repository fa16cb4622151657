"""Mail of a test: the tokens that accounts were sent, by which they reset a password."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from pipeline.ast import expression as ex
from pipeline.ast import test as ts
from pipeline.ast.interface import Operation, SchemaProperty
from pipeline.derive.e2e.rows import actor_of
from pipeline.design import Design

_TOKEN = ("reset", "token")
"""What only a mail says, by the kind of operation and the property."""


def holder_of(design: Design, operation: Operation, caller: str) -> str:
    """Return whose account a call is about: the caller's, if the operation is of its kind."""
    is_own = actor_of(design.analysis, caller) == operation.table
    return caller if is_own else operation.table


class Mail:
    """Knows the tokens that one test has read."""

    def __init__(
        self,
        design: Design,
        connection: Callable[[str], str | None],
        variable: Callable[[str], str],
        ask: Callable[[Operation, str], None],
    ) -> None:
        """Take how accounts are had, how variables are named, and how an account asks for mail."""
        self._design = design
        self._connection = connection
        self._variable = variable
        self._ask = ask
        self._tokens: dict[str, str] = {}

    def sent(self, operation: Operation, step: ts.CallStep) -> Iterator[ts.Statement]:
        """Yield what reads the token that a call has had mailed to an account of the test."""
        if operation.kind != "reset_request" or step.status != operation.success:
            return
        given = next((v.value for v in step.values if v.property == "email"), None)
        if given is not None and not isinstance(given, ex.EmailOf):
            return
        holder = holder_of(self._design, operation, given.caller if given else step.caller)
        self._tokens[holder] = self._variable("token")
        yield ts.ReadMail(
            kind="read_mail",
            variable=self._tokens[holder],
            connection=self._connection(holder) or "",
        )

    def token(
        self, operation: Operation, property_: SchemaProperty, caller: str
    ) -> ex.Expression | None:
        """Return the token that an account was mailed last, asking for one if it has none.

        Of other properties none.
        """
        if (operation.kind, property_.name) != _TOKEN:
            return None
        holder = holder_of(self._design, operation, caller)
        if holder not in self._tokens:
            asking = next(
                each
                for each in self._design.interface.operations
                if (each.kind, each.table) == ("reset_request", operation.table)
            )
            self._ask(asking, holder)
        return ex.Variable(kind="variable", name=self._tokens[holder])
