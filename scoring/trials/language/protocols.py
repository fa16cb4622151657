"""What the parts of the interpreter ask of each other."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from scoring.trials.language.scopes import Scope
from scoring.trials.language.values import ClassValue, Closure, Promise
from scoring.typescript.syntax import SyntaxNode

Run = Callable[[Scope], object]


class Calls(Protocol):
    """What does the calls."""

    def call(
        self, function: object, given: Sequence[object], this: object, node: SyntaxNode | None
    ) -> object:
        """Call a value; raises Thrown if it is no function, or if it throws."""
        ...

    def run(self, function: Closure, given: Sequence[object], this: object = ...) -> object:
        """Run a function of the project; an asynchronous one returns a promise."""
        ...

    def apply(self, function: object, *given: object) -> object:
        """Call a function that a library was given."""
        ...

    guards: int

    def attempt(self, work: Callable[[], object]) -> Promise:
        """Do something as a promise does."""
        ...

    def thenable(self, value: object, then: object) -> object:
        """Return what an object that can be waited for ends with."""
        ...

    def construct(self, made: object, given: Sequence[object]) -> object:
        """Return a new object of a class."""
        ...

    def construct_base(self, this: object, given: Sequence[object]) -> object:
        """Do `super(…)`."""
        ...

    def is_instance(self, value: object, made: object) -> object:
        """Return what `instanceof` is."""
        ...

    def make_class(self, node: SyntaxNode, scope: Scope) -> ClassValue:
        """Return the class that a declaration makes."""
        ...

    def client_at(self, node: SyntaxNode) -> object:
        """Return the client function that is written here, if it is one."""
        ...

    def name_at(self, node: SyntaxNode) -> str:
        """Return the name of the constant that holds a function without a name of its own."""
        ...


class Compiles(Protocol):
    """What makes functions of syntax."""

    awaited: set[int]

    @property
    def caller(self) -> Calls:
        """Return what does the calls."""
        ...

    def expression(self, node: SyntaxNode) -> Run:
        """Return what evaluates an expression."""
        ...

    def statement(self, node: SyntaxNode) -> Callable[[Scope], Left | None]:
        """Return what does a statement."""
        ...

    def function(self, node: SyntaxNode) -> Run:
        """Return what makes a closure of a function's declaration."""
        ...

    def body(self, node: SyntaxNode) -> Run:
        """Return what does a function's body and gives what it returns."""
        ...

    def spread_list(self, nodes: Sequence[SyntaxNode]) -> Callable[[Scope], list[object]]:
        """Return what evaluates a list of expressions, spread ones among them."""
        ...


class Left:
    """That a block is left: what is returned, or the loop's word."""

    __slots__ = ("value", "word")

    def __init__(self, word: str, value: object = None) -> None:
        self.word = word
        self.value = value
