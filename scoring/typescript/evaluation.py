"""Follow values through functions: where they come from, what is compared, what is thrown.

An abstract interpretation, insensitive to the order of branches: an expression's value is the set
of its sources (`sources`), of the names and literals it mentions. Calls are followed through the
project's own functions, within a budget. What a call of a library means is left to subclasses:
data access (`handlers`), calls of an SDK (`tests`).
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import replace

from scoring.typescript.budget import Budget
from scoring.typescript.callees import Callees, arguments_of, callee_name
from scoring.typescript.constants import Constants
from scoring.typescript.expressions import EXPRESSIONS, FUNCTIONS, everything
from scoring.typescript.frames import Closure, Frame, Instance
from scoring.typescript.modules import Function, Module, Program, opens_transaction, read_parameters
from scoring.typescript.sources import Caught, Status
from scoring.typescript.statements import STATEMENTS
from scoring.typescript.surroundings import Surroundings
from scoring.typescript.syntax import SyntaxNode, unwrap
from scoring.typescript.value import EMPTY, Value, union, value_of

_FORMS = {**EXPRESSIONS, **STATEMENTS}
_TRANSACTION = "ransaction"
"""Part of the names of what opens a transaction, in any library."""
_ITERATIONS = frozenset({"map", "forEach", "filter", "flatMap", "reduce", "some", "every", "find"})


class Evaluator:
    """Evaluates functions of one program; subclasses say what library calls mean."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.callees = Callees(program)
        self.surroundings = Surroundings()
        self.called: set[str] = set()
        """The names of all functions that were called."""
        self._constants = Constants(program, self.evaluate)
        self._budget = Budget()

    def intercept(self, node: SyntaxNode, frame: Frame) -> Value | None:
        """Return the value of a call that a library answers; None for any other call."""
        return None

    def caught(self, body: SyntaxNode | None, frame: Frame) -> Value:
        """Return what a `catch` receives from the body of its `try`."""
        return value_of(Caught())

    def constant(self, name: str, module: Module) -> Value:
        """Return what a constant of the module, or one that it imports, holds."""
        return self._constants.value(name, module)

    def evaluate(self, node: SyntaxNode, frame: Frame) -> Value:
        """Evaluate an expression or a statement."""
        node = unwrap(node)
        if not self._budget.enter():
            return EMPTY
        try:
            if node.type == "call_expression":
                return self._call(node, frame)
            if node.type == "new_expression":
                return self._new(node, frame)
            return _FORMS.get(node.type, everything)(self, node, frame)
        finally:
            self._budget.leave()

    def run(self, function: Function, arguments: Sequence[Value]) -> Value:
        """Evaluate the function's body with these arguments and return what it returns."""
        if not self._budget.may_call(function):
            return union(arguments)
        self.called.add(function.name)
        frame = Frame(function.module, function.owner)
        frame.bind_parameters(function.parameters, arguments)
        with self._budget.call(function):
            return self._body(function.body, frame)

    def apply(self, closure: Closure, arguments: Sequence[Value]) -> Value:
        """Evaluate a function that is written inside another one with these arguments."""
        node = closure.node
        body = node.get("body")
        if body is None or not self._budget.may_call(node):
            return union(arguments)
        frame = closure.frame.inner()
        frame.bind_parameters(read_parameters(node), arguments)
        with self._budget.call(node):
            return self._body(body, frame)

    def callback(self, node: SyntaxNode, base: Value, iterates: bool, frame: Frame) -> Value:
        """Run a function that is given as an argument, and return what it returns."""
        inner = frame.inner()
        for parameter in read_parameters(node):
            inner.bind(parameter.pattern, base.detached())
        body = node.get("body")
        if body is None:
            return EMPTY
        with self.surroundings.repeated(base) if iterates else nullcontext():
            result = self._body(body, inner)
        for name in frame.bindings:
            frame.bindings[name] = inner.bindings[name]
        return result

    def _body(self, body: SyntaxNode, frame: Frame) -> Value:
        """Evaluate a body: of a block what is returned, else the expression itself."""
        result = self.evaluate(body, frame)
        return frame.returned if body.type == "statement_block" else result

    def arguments(
        self, given: Sequence[SyntaxNode], base: Value, name: str, frame: Frame
    ) -> tuple[Value, ...]:
        """Evaluate arguments; functions among them are run with `base` for their parameters."""
        is_transaction = any(_TRANSACTION in each for each in (name, *base.names))
        self.surroundings.transactions += is_transaction
        values: list[Value] = []
        for node in given:
            inner = unwrap(node)
            if inner.type in FUNCTIONS:
                values.append(self.callback(inner, base, name in _ITERATIONS, frame))
            else:
                values.append(self.evaluate(inner, frame))
        self.surroundings.transactions -= is_transaction
        return tuple(values)

    def _call(self, node: SyntaxNode, frame: Frame) -> Value:
        answered = self.intercept(node, frame)
        if answered is not None:
            return answered
        callee = node.get("function")
        if callee is None:
            return EMPTY
        callee = unwrap(callee)
        name = callee_name(callee)
        self.called.add(name)
        function = self.callees.function(callee, frame)
        given = arguments_of(node.get("arguments"))
        if function is not None:
            return self._own_call(function, given, name, frame)
        closure = frame.closure(callee)
        if closure is not None:
            return self.apply(closure, self.arguments(given, EMPTY, name, frame))
        target = callee.get("object") if callee.type == "member_expression" else None
        base = self.evaluate(target, frame) if target is not None else EMPTY
        result = union([base, *self.arguments(given, base, name, frame)])
        return replace(result, names=result.names | {name}, members=(), handle=base.handle)

    def _own_call(
        self, function: Function, given: Sequence[SyntaxNode], name: str, frame: Frame
    ) -> Value:
        """Run a function of the project; what it is to do in a transaction is done in one."""
        takes_work = any(unwrap(node).type in FUNCTIONS for node in given)
        opens = takes_work and opens_transaction(function)
        self.surroundings.transactions += opens
        values = self.arguments(given, EMPTY, name, frame)
        self.surroundings.transactions -= opens
        return self.run(function, values)

    def _new(self, node: SyntaxNode, frame: Frame) -> Value:
        constructor, arguments = node.get("constructor"), node.get("arguments")
        name = constructor.text if constructor is not None else ""
        value = union([self.evaluate(a, frame) for a in arguments_of(arguments)])
        status = self.callees.exception_status(name, value, frame.module)
        sources = value.sources | {Status(status)} if status else value.sources
        made = self.callees.made_class(frame.module, name)
        handle = Instance(made) if made is not None else None
        names = value.names | {name}
        return replace(value, sources=sources, names=names, members=(), handle=handle)
