"""Read a handler from its arguments on: statements in their order, calls followed."""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager

from scoring.project.facts import Table
from scoring.symbolic import calls, expressions, patterns, statements
from scoring.symbolic.kysely import Kysely
from scoring.symbolic.mappers.drizzle import Drizzle
from scoring.symbolic.mappers.entities import Entities
from scoring.symbolic.mappers.mongoose import Mongoose
from scoring.symbolic.prisma import Prisma
from scoring.symbolic.reads import unknown
from scoring.symbolic.scopes import Closure, Frame
from scoring.symbolic.terms import (
    FALSE,
    NOTHING,
    TRUE,
    Choice,
    Const,
    First,
    Item,
    Query,
    Rows,
    Term,
    Unknown,
    Written,
    both,
)
from scoring.symbolic.trace import Answered, Event, Loop, Read, Refused, Trace, Wrote
from scoring.symbolic.values import Array, Building, Instance, Object, Raised, term_of
from scoring.typescript.callees import Callees
from scoring.typescript.modules import (
    Class,
    Function,
    Module,
    Parameter,
    Program,
    read_parameters,
)
from scoring.typescript.syntax import SyntaxNode
from scoring.typescript.value import Value

STEPS_MAX = 6_000
"""Expressions read of one handler; the longest of the golden projects has 1,300."""
CALL_DEPTH_MAX = 24
NESTING_MAX = 220
EVENTS_MAX = 400


class TooLong(Exception):
    """A handler is too long, too deep or calls itself without end."""


class Reader:
    """Reads one handler; `tables` are keyed by `squeeze` of their names."""

    def __init__(self, program: Program, tables: Mapping[str, Table]) -> None:
        self.program = program
        self.tables = tables
        self._callees = Callees(program)
        self._kysely = Kysely(self)
        prisma = Prisma(self)
        self._entities = Entities(self, prisma)
        self._mongoose = Mongoose(self, prisma, self._entities)
        self._drizzle = Drizzle(self)
        self._clients = (prisma, self._entities, self._mongoose, self._drizzle)
        self.conditions: list[Term] = []
        self.events: list[Event] = []
        self._loops: list[Loop] = []
        self._tries: list[tuple[int, list[int]]] = []
        """The number of each `try` around this point, and those of the writes in it."""
        self._tried = 0
        self.transactions = 0
        """How many transactions are open."""
        self._calls: list[object] = []
        self._constants: dict[int, object] = {}
        self._steps = 0
        self._nesting = 0
        self._items = 0
        self._writes = 0
        self._reads = 0
        self.variables: dict[tuple[str, str], object] = {}
        """What the handler sets a module's variables to."""

    def trace(self, handler: Function, owner: Class, arguments: Sequence[object]) -> Trace:
        """Read a handler whole."""
        complete = True
        try:
            answer = self.run(handler, Instance(owner), arguments)
            self.events.append(Answered(TRUE, (), (), term_of(answer), handler.file, handler.line))
        except TooLong:
            complete = False
        except RecursionError:
            complete = False
        return Trace(tuple(self.events), complete)

    def evaluate(self, node: SyntaxNode, frame: Frame) -> object:
        """Return what an expression is."""
        self._steps += 1
        self._nesting += 1
        if self._steps > STEPS_MAX or self._nesting > NESTING_MAX:
            raise TooLong
        try:
            form = expressions.FORMS.get(node.type)
            return form(self, node, frame) if form is not None else unknown(node, frame)
        finally:
            self._nesting -= 1

    def execute(self, node: SyntaxNode, frame: Frame) -> None:
        """Do a statement."""
        form = statements.FORMS.get(node.type)
        if form is not None:
            form(self, node, frame)
        elif node.type in expressions.FORMS:
            self.evaluate(node, frame)

    def run(self, function: Function, this: Instance | None, arguments: Sequence[object]) -> object:
        """Call a function of the project and return what it returns."""
        if len(self._calls) >= CALL_DEPTH_MAX or self._calls.count(function) > 1:
            return Unknown(function.file, function.line, function.name)
        frame = Frame(function.module, function.owner, this, None, len(self.conditions))
        self._bind(function.parameters, arguments, frame)
        return self._body(function, function.body, frame)

    def call(self, closure: Closure, arguments: Sequence[object]) -> object:
        """Call a function that is written in place and return what it returns."""
        node, outer = closure.node, closure.frame
        body = node.get("body")
        if body is None or len(self._calls) >= CALL_DEPTH_MAX or self._calls.count(node) > 1:
            return unknown(node, outer)
        frame = Frame(outer.module, outer.owner, outer.this, outer, len(self.conditions))
        self._bind(read_parameters(node), arguments, frame)
        return self._body(node, body, frame)

    def _body(self, called: object, body: SyntaxNode, frame: Frame) -> object:
        self._calls.append(called)
        try:
            if body.type != "statement_block":
                return self.evaluate(body, frame)
            statements.block(self, body.children, frame)
            return _folded(frame.returned, ends_open(body))
        finally:
            self._calls.pop()

    def _bind(
        self, parameters: Sequence[Parameter], arguments: Sequence[object], frame: Frame
    ) -> None:
        for index, parameter in enumerate(parameters):
            value: object = NOTHING
            if parameter.pattern.type == "rest_pattern":
                value = Array(list(arguments[index:]))
            elif index < len(arguments):
                value = arguments[index]
            elif parameter.default is not None:
                value = self.evaluate(parameter.default, frame)
            patterns.bind(self, parameter.pattern, value, frame)

    def invoke(self, callee: object, given: list[object], node: SyntaxNode, frame: Frame) -> object:
        """Call a value that is a function."""
        return calls.invoke(self, callee, given, node, frame)

    def start_query(self, name: str, given: list[object]) -> Building | None:
        """Begin a query of Kysely; None for any other call."""
        return self._kysely.start(name, given)

    def step_query(
        self, built: Building, name: str, given: list[object], node: SyntaxNode, frame: Frame
    ) -> object:
        """Return what a method of a query of Kysely returns."""
        return self._kysely.step(built, name, given, node, frame)

    def client_query(
        self, base: object, name: str, given: list[object], node: SyntaxNode, frame: Frame
    ) -> object | None:
        """Return what a query of a database client answers with; None for any other call."""
        for client in self._clients:
            found = client.query(base, name, given, node, frame)
            if found is not None:
                return found
        return None

    def query_function(
        self, name: str, given: list[object], node: SyntaxNode, frame: Frame
    ) -> object | None:
        """Return what a function of Drizzle makes; None for any other."""
        return self._drizzle.function(name, given, node, frame)

    def made_document(self, model: object, given: list[object]) -> Object | None:
        """Return the document that `new this.todoModel({ … })` is; None for another class."""
        return self._mongoose.made(model, given)

    def set_members(self, row: Term, *values: object) -> bool:
        """Note that members of a row are set to those of objects; False if it is no row."""
        return self._entities.assigned(row, *values)

    def current(self, value: object) -> object:
        """Return a row as it is since it was saved; any other value as it is."""
        return self._entities.current(value)

    def constant(self, node: SyntaxNode, module: Module) -> object:
        """Return what a constant of a module holds."""
        key = id(node)
        if key not in self._constants:
            self._constants[key] = Unknown(module.path, node.line)
            self._constants[key] = self.evaluate(node, Frame(module, None))
        return self._constants[key]

    def local_condition(self, frame: Frame) -> Term:
        """Return under which condition this point of an activation is reached."""
        return both(*self.conditions[frame.depth :])

    def condition(self) -> Term:
        """Return under which condition this point of the handler is reached."""
        return both(*self.conditions)

    @contextmanager
    def under(self, condition: Term) -> Generator[None]:
        """Read what follows as depending on a condition."""
        self.conditions.append(condition)
        try:
            yield
        finally:
            self.conditions.pop()

    @contextmanager
    def each(self, source: Term) -> Generator[Item]:
        """Read what follows as done for each element of a list."""
        self._items += 1
        item = Item(self._items)
        self._loops.append(Loop(item, source))
        try:
            yield item
        finally:
            self._loops.pop()

    @contextmanager
    def trying(self) -> Generator[list[int]]:
        """Read what follows as the body of a `try`; returns the numbers of its writes."""
        self._tried += 1
        writes: list[int] = []
        self._tries.append((self._tried, writes))
        try:
            yield writes
        finally:
            self._tries.pop()

    def refuse(self, raised: Raised, condition: Term, node: SyntaxNode, frame: Frame) -> None:
        """Note that the request ends with an error under a further condition."""
        whole = both(self.condition(), condition)
        if whole == FALSE:
            return
        place = (frame.module.path, node.line)
        self._note(Refused(whole, *self._around(), raised.status, *place))

    def read(self, query: Query, single: bool, node: SyntaxNode, frame: Frame) -> Rows | First:
        """Note a query; returns what it finds."""
        self._reads += 1
        found = First(query, self._reads) if single else Rows(query, self._reads)
        place = (frame.module.path, node.line)
        self._note(Read(self.condition(), *self._around(), found, *place))
        return found

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
        self._writes += 1
        for _, writes in self._tries:
            writes.append(self._writes)
        self._note(
            Wrote(
                self._writes, self.condition(), *self._around(), action, query, values, ignores,
                self.transactions > 0, frame.module.path, node.line,
            )
        )  # fmt: skip
        return Written(self._writes)

    def _around(self) -> tuple[tuple[Loop, ...], tuple[int, ...]]:
        return tuple(self._loops), tuple(number for number, _ in self._tries)

    def _note(self, event: Event) -> None:
        if len(self.events) >= EVENTS_MAX:
            raise TooLong
        self.events.append(event)

    def exception_status(self, name: str, arguments: Sequence[object], module: Module) -> int:
        """Return the status of `new name(…)`; 0 if it is no exception of HTTP."""
        numbers = frozenset(str(a.value) for a in arguments if isinstance(a, Const))
        return self._callees.exception_status(name, Value(literals=numbers), module)


def ends_open(body: SyntaxNode) -> bool:
    """Whether a block may end without `return` or `throw`."""
    last = body.children[-1] if body.children else None
    return last is None or last.type not in ("return_statement", "throw_statement", "try_statement")


def _folded(returned: Sequence[tuple[Term, object]], may_fall_through: bool) -> object:
    """Return what a function returns: the first that is reached."""
    if not returned:
        return NOTHING
    last_condition, last = returned[-1]
    value = last
    if may_fall_through and last_condition != TRUE and isinstance(last, Term):
        value = Choice(last_condition, last, NOTHING)
    for condition, earlier in reversed(returned[:-1]):
        if isinstance(earlier, Term) or isinstance(value, Term):
            value = Choice(condition, term_of(earlier), term_of(value))
    return value
