"""What a part of the reader needs of the whole: to evaluate, to call, to note what is done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Protocol

from scoring.project.facts import Table
from scoring.symbolic.scopes import Closure, Frame
from scoring.symbolic.terms import First, Item, Query, Rows, Term, Unknown, Written
from scoring.symbolic.trace import Event
from scoring.symbolic.values import Building, Instance, Object, Raised
from scoring.typescript.modules import Function, Module, Program
from scoring.typescript.syntax import SyntaxNode


class Reads(Protocol):
    """Reads one handler."""

    program: Program
    tables: Mapping[str, Table]
    conditions: list[Term]
    transactions: int
    events: list[Event]
    variables: dict[tuple[str, str], object]

    def evaluate(self, node: SyntaxNode, frame: Frame) -> object:
        """Return what an expression is."""
        ...

    def execute(self, node: SyntaxNode, frame: Frame) -> None:
        """Do a statement."""
        ...

    def run(self, function: Function, this: Instance | None, arguments: Sequence[object]) -> object:
        """Call a function of the project and return what it returns."""
        ...

    def call(self, closure: Closure, arguments: Sequence[object]) -> object:
        """Call a function that is written in place and return what it returns."""
        ...

    def invoke(self, callee: object, given: list[object], node: SyntaxNode, frame: Frame) -> object:
        """Call a value that is a function."""
        ...

    def start_query(self, name: str, given: list[object]) -> Building | None:
        """Begin a query of a query builder; None for any other call."""
        ...

    def step_query(
        self, built: Building, name: str, given: list[object], node: SyntaxNode, frame: Frame
    ) -> object:
        """Return what a method of a query under construction returns."""
        ...

    def client_query(
        self, base: object, name: str, given: list[object], node: SyntaxNode, frame: Frame
    ) -> object | None:
        """Return what a query of a database client answers with; None for any other call."""
        ...

    def query_function(
        self, name: str, given: list[object], node: SyntaxNode, frame: Frame
    ) -> object | None:
        """Return what a function that writes a condition makes; None for any other."""
        ...

    def made_document(self, model: object, given: list[object]) -> Object | None:
        """Return what `new this.todoModel({ … })` makes; None for another class."""
        ...

    def set_members(self, row: Term, *values: object) -> bool:
        """Note that members of a row are set to those of objects; False if it is no row."""
        ...

    def current(self, value: object) -> object:
        """Return a row as it is since it was saved; any other value as it is."""
        ...

    def constant(self, node: SyntaxNode, module: Module) -> object:
        """Return what a constant of a module holds."""
        ...

    def condition(self) -> Term:
        """Return under which condition this point of the handler is reached."""
        ...

    def local_condition(self, frame: Frame) -> Term:
        """Return under which condition this point of an activation is reached."""
        ...

    def under(self, condition: Term) -> AbstractContextManager[None]:
        """Read what follows as depending on a condition."""
        ...

    def each(self, source: Term) -> AbstractContextManager[Item]:
        """Read what follows as done for each element of a list."""
        ...

    def trying(self) -> AbstractContextManager[list[int]]:
        """Read what follows as the body of a `try`; returns the numbers of its writes."""
        ...

    def refuse(self, raised: Raised, condition: Term, node: SyntaxNode, frame: Frame) -> None:
        """Note that the request ends with an error under a further condition."""
        ...

    def read(self, query: Query, single: bool, node: SyntaxNode, frame: Frame) -> Rows | First:
        """Note a query; returns what it finds."""
        ...

    def write(
        self,
        action: str,
        query: Query,
        values: Term,
        node: SyntaxNode,
        frame: Frame,
        ignores: bool = False,
    ) -> Written:
        """Note a write; returns the row that it leaves."""
        ...

    def exception_status(self, name: str, arguments: Sequence[object], module: Module) -> int:
        """Return the status of `new name(…)`; 0 if it is no exception of HTTP."""
        ...


def unknown(node: SyntaxNode, frame: Frame) -> Unknown:
    """Return that an expression could not be followed."""
    return Unknown(frame.module.path, node.line, node.text[:60])
