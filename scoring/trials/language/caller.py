"""Calls, objects and errors: what happens where code calls something."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from scoring.project.facts import Client
from scoring.trials.language.compiler import Compiler
from scoring.trials.language.expressions import items, settled
from scoring.trials.language.patterns import Bind, binder
from scoring.trials.language.scopes import Scope
from scoring.trials.language.values import (
    OPAQUE,
    UNDEFINED,
    UNKNOWN,
    ClassValue,
    Closure,
    ErrorValue,
    Instance,
    Lost,
    Native,
    Opaque,
    Promise,
    Thrown,
    Unknown,
    failure,
    members_of,
)
from scoring.typescript.modules import Parameter
from scoring.typescript.syntax import SyntaxNode

CALLS_MAX = 12_000
"""Calls of one play; the longest test of the golden projects needs 2,000."""
DEPTH_MAX = 40
_ADVANCES = re.compile(r"^(advance|travel|skip|forward)|^tick$", re.IGNORECASE)
_UNITS = {
    "second": 1000,
    "minute": 60_000,
    "hour": 3_600_000,
    "day": 86_400_000,
    "week": 604_800_000,
}
"""The lengths of units of time in milliseconds."""
_OWN_KINDS = frozenset(
    {"AssertionError", "TypeError", "ReferenceError", "SyntaxError", "RangeError"}
)
"""Errors that no call of an operation ends with."""


class Caller:
    """Does the calls of one play at a time."""

    def __init__(
        self, clients: Mapping[tuple[str, int], Client], sources: Mapping[int, str]
    ) -> None:
        """Take the client functions by file and line, the files by the identity of their text."""
        self._clients = clients
        self._sources = sources
        self.request: Callable[[Closure, Sequence[object], object], object] = _nothing_answers
        """What does the calls of client functions."""
        self.advance: Callable[[float], None] = _no_clock
        """What puts the clock forward."""
        self.compiler = Compiler(self)
        self.places: list[SyntaxNode] = []
        """The calls that are being done, the outermost first."""
        self.guards = 0
        """The functions of libraries, and `try` statements, that are being done."""
        self._calls = 0
        self._binders: dict[int, Bind] = {}

    def client_at(self, node: SyntaxNode) -> Client | None:
        """Return the client function that is written here, if it is one."""
        return self._clients.get((self.file_of(node), node.line))

    def file_of(self, node: SyntaxNode) -> str:
        """Return the path of the file that a node stands in."""
        return self._sources.get(id(node.source), "")

    def name_at(self, node: SyntaxNode) -> str:
        """Return the name of the constant that holds a function without a name of its own."""
        before = node.source[max(0, node.start_byte - 80) : node.start_byte]
        found = re.search(rb"(\w+)\s*(:[^=\n]*)?[=:]\s*$", before)
        return found[1].decode() if found else ""

    def begin(self) -> None:
        """Begin a play."""
        self._calls = self.guards = 0
        self.places.clear()

    @property
    def is_plain(self) -> bool:
        """Whether an error would end the play: nothing catches it, each call is waited for."""
        awaited = self.compiler.awaited
        return not self.guards and all(id(node) in awaited for node in self.places)

    def call(
        self, function: object, given: Sequence[object], this: object, node: SyntaxNode | None
    ) -> object:
        """Call a value; raises Thrown if it is no function, or if it throws."""
        if isinstance(function, Opaque | Unknown):
            return self._hand_over(given, OPAQUE if isinstance(function, Opaque) else UNKNOWN)
        self._calls += 1
        if self._calls > CALLS_MAX or len(self.places) > DEPTH_MAX:
            raise Lost
        if node is not None:
            self.places.append(node)
        try:
            if isinstance(function, Native):
                self.guards += 1
                try:
                    return function.run(given)
                finally:
                    self.guards -= 1
            if isinstance(function, Closure):
                return self.run(function, given, this)
            name = node.fields["function"].text if node is not None else "it"
            raise failure("TypeError", f"{name} is not a function")
        finally:
            if node is not None:
                self.places.pop()

    def _hand_over(self, given: Sequence[object], answer: object) -> object:
        """Call what is not known: it may call the functions that it is given, or never do."""
        return answer

    def run(self, function: Closure, given: Sequence[object], this: object = UNDEFINED) -> object:
        """Run a function of the project; an asynchronous one returns a promise."""
        if function.client is not None:
            return self.request(function, given, this)
        if _ADVANCES.search(function.name) and given and isinstance(given[0], int | float):
            unit = given[1] if len(given) > 1 and isinstance(given[1], str) else ""
            self.advance(given[0] * _UNITS.get(unit.rstrip("s"), 1))
            return Promise() if function.is_async else UNDEFINED
        scope = Scope(function.scope, function.scope.this if function.is_arrow else this)
        if not function.is_async:
            self._bind(function.parameters, given, scope)
            return function.body(scope)
        try:
            self._bind(function.parameters, given, scope)
            return Promise(settled(self.compiler, function.body(scope)))
        except Thrown as error:
            return Promise(error=error)

    def _bind(self, parameters: Sequence[Parameter], given: Sequence[object], scope: Scope) -> None:
        for place, parameter in enumerate(parameters):
            pattern = parameter.pattern
            bind = self._binders.get(id(pattern))
            if bind is None:
                bind = self._binders[id(pattern)] = binder(self.compiler, pattern, declares=True)
            if pattern.type == "rest_pattern":
                bind(scope, list(given[place:]))
                return
            value = given[place] if place < len(given) else UNDEFINED
            if value is UNDEFINED and parameter.default is not None:
                value = self.compiler.expression(parameter.default)(scope)
            bind(scope, value)

    def apply(self, function: object, *given: object) -> object:
        """Call a function that a library was given."""
        return self.call(function, given, UNDEFINED, None)

    def finish(self, function: object, *given: object) -> object:
        """Call a function and wait for what it promises."""
        return settled(self.compiler, self.apply(function, *given))

    def attempt(self, work: Callable[[], object]) -> Promise:
        """Do something as a promise does."""
        try:
            return Promise(settled(self.compiler, work()))
        except Thrown as error:
            return Promise(error=error)

    def thenable(self, value: object, then: object) -> object:
        """Return what an object that can be waited for ends with."""
        held: list[Promise] = []
        resolve = Native(lambda given: held.append(Promise(given[0] if given else UNDEFINED)))
        reject = Native(
            lambda given: held.append(Promise(error=Thrown(given[0] if given else UNDEFINED)))
        )
        self.call(then, (resolve, reject), value, None)
        return held[0] if held else UNKNOWN

    def construct(self, made: object, given: Sequence[object]) -> object:
        """Return a new object of a class."""
        if isinstance(made, Native):
            new = made.members.get("new", made)
            return new.run(given) if isinstance(new, Native) else UNKNOWN
        if not isinstance(made, ClassValue):
            return OPAQUE if isinstance(made, Opaque) else UNKNOWN
        root = _root(made)
        instance: Instance | ErrorValue = Instance(made)
        if isinstance(root, Native):
            instance = ErrorValue(made.name, {"name": made.name, "#class": made})
        self._build(made, instance, given)
        return instance

    def construct_base(self, this: object, given: Sequence[object]) -> object:
        """Do `super(…)`."""
        held = members_of(this)
        if isinstance(this, ErrorValue):
            this.values.setdefault("message", given[0] if given else "")
        if held is not None and isinstance(this, Instance):
            base = this.of.base
            if isinstance(base, ClassValue):
                self._build(base, this, given)
        return UNDEFINED

    def _build(
        self, made: ClassValue, this: Instance | ErrorValue, given: Sequence[object]
    ) -> None:
        constructor = made.methods.get("constructor")
        if constructor is None and isinstance(made.base, ClassValue):
            self._build(made.base, this, given)
        elif constructor is None and isinstance(this, ErrorValue):
            this.values.setdefault("message", given[0] if given else "")
        scope = Scope(made.scope, this)
        for name, value in made.fields:
            this.values[name] = value(scope)
        if constructor is not None:
            for place, parameter in enumerate(constructor.parameters):
                if _is_property(parameter):
                    this.values[parameter.names[0]] = (
                        given[place] if place < len(given) else UNDEFINED
                    )
            self.run(constructor, given, this)

    def is_instance(self, value: object, made: object) -> object:
        """Return what `instanceof` is; a refused call ends with an error of any class of HTTP."""
        if isinstance(value, Unknown | Opaque):
            return UNKNOWN
        if isinstance(value, ErrorValue):
            own = value.values.get("#class")
            if own is not None:
                return _descends(own, made)
            name = made.name if isinstance(made, ClassValue) else _native_name(made)
            if name is None:
                return UNKNOWN
            if value.kind == "HttpError":
                return name not in _OWN_KINDS
            return name in (value.kind, "Error")
        if isinstance(value, Instance):
            return _descends(value.of, made)
        return False

    def make_class(self, node: SyntaxNode, scope: Scope) -> ClassValue:
        """Return the class that a declaration makes."""
        name, body = node.get("name"), node.get("body")
        made = ClassValue(name.text if name is not None else "", scope=scope)
        heritage = node.child("class_heritage")
        clause = heritage.child("extends_clause") if heritage is not None else None
        base = clause.get("value") if clause is not None else None
        if base is not None:
            made.base = self.compiler.expression(base)(scope)
        for member in items(body):
            label = member.get("name")
            if label is None:
                continue
            is_static = re.match(r"(\w+\s+)*static\b", member.text[:60]) is not None
            if member.type == "method_definition":
                closure = self.compiler.function(member)(scope)
                if isinstance(closure, Closure):
                    (made.statics if is_static else made.methods)[label.text] = closure
            elif member.type == "public_field_definition":
                held = member.get("value")
                value = self.compiler.expression(held) if held is not None else _undefined
                if is_static:
                    made.statics[label.text] = value(scope)
                else:
                    made.fields.append((label.text, value))
        return made


def _nothing_answers(client: Closure, given: Sequence[object], this: object) -> object:
    return UNKNOWN


def _no_clock(milliseconds: float) -> None:
    return None


def _undefined(scope: Scope) -> object:
    return UNDEFINED


def _is_property(parameter: Parameter) -> bool:
    """Whether a constructor's parameter is a member as well: `private readonly x`."""
    pattern = parameter.pattern
    before = pattern.source[max(0, pattern.start_byte - 40) : pattern.start_byte]
    return re.search(rb"\b(public|private|protected|readonly)\s+$", before) is not None


def _root(made: ClassValue) -> object:
    base: object = made
    for _ in range(8):
        if not isinstance(base, ClassValue):
            return base
        base = base.base
    return None


def _native_name(made: object) -> str | None:
    if isinstance(made, Native):
        name = made.members.get("name")
        return name if isinstance(name, str) else None
    return None


def _descends(own: object, made: object) -> object:
    for _ in range(8):
        if own is made:
            return True
        if not isinstance(own, ClassValue):
            return UNKNOWN if isinstance(own, Unknown | Opaque) else False
        own = own.base
    return False
