"""Follow values through functions: where they come from, what is compared, what is thrown.

An abstract interpretation, insensitive to the order of branches: an expression's value is the set
of its sources (`sources`), of the names and literals it mentions.
Calls are followed through the project's own functions, up to a bounded depth. What a call of a
library means is left to subclasses: data access (`handlers`), calls of an SDK (`tests`).
"""

from __future__ import annotations

import re
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from scoring.project.status import EXCEPTION_STATUSES, HTTP_STATUSES
from scoring.typescript.modules import (
    Class,
    Function,
    Module,
    Parameter,
    Program,
    bound_names,
    original_name,
    read_parameters,
)
from scoring.typescript.sources import Caught, Given, Status, Without
from scoring.typescript.syntax import SyntaxNode, string_value, unwrap
from scoring.typescript.value import EMPTY, Refusal, Value, union, value_of

CALL_DEPTH_MAX = 6
CALLS_MAX = 3000
"""Functions followed from one root; a handler of ours needs about 20."""
NESTING_MAX = 200
STEPS_MAX = 50_000
"""Expressions evaluated from one root; the longest of the golden projects needs 600."""
MEMBERS_MAX = 500
"""Members kept of the elements of an array together; an array of itself twice would double them."""

_ACTOR_MEMBERS = re.compile(r"user|actor|member|account|auth|session|admin|customer", re.IGNORECASE)
_ITERATIONS = frozenset({"map", "forEach", "filter", "flatMap", "reduce", "some", "every", "find"})
_FUNCTIONS = ("arrow_function", "function_expression")
_LOOPS = ("for_statement", "for_in_statement", "while_statement", "do_statement")


@dataclass(frozen=True)
class Closure:
    """A function that is written inside another one, and the names it sees."""

    node: SyntaxNode
    frame: Frame


@dataclass(frozen=True)
class Instance:
    """What `new Client(…)` makes: an object of one of the project's classes."""

    of: Class


@dataclass
class Frame:
    """One activation of a function."""

    module: Module
    owner: Class | None
    bindings: dict[str, Value] = field(default_factory=lambda: {})
    returned: Value = EMPTY


class Evaluator:
    """Evaluates functions of one program; subclasses say what library calls mean."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.refusals: list[Refusal] = []
        self.called: set[str] = set()
        self.conditions: list[Value] = []
        self.loops: list[Value] = []
        self.transactions = 0
        self.branches = 0
        self._calls = 0
        self._stack: list[Function | SyntaxNode] = []
        self._nesting = 0
        self._steps = 0
        self._constants: dict[int, Value] = {}

    def intercept(self, node: SyntaxNode, frame: Frame) -> Value | None:
        """Give the value of a call that a library answers; None lets the evaluator go on."""
        return None

    def run(self, function: Function, arguments: Sequence[Value]) -> Value:
        """Evaluate the function's body with these arguments and return what it returns."""
        if not self._may_enter(function):
            return union(arguments)
        self._calls += 1
        self.called.add(function.name)
        frame = Frame(function.module, function.owner)
        self._bind_parameters(function.parameters, arguments, frame)
        self._stack.append(function)
        try:
            if function.body.type == "statement_block":
                self.evaluate(function.body, frame)
                return frame.returned
            return self.evaluate(function.body, frame)
        finally:
            self._stack.pop()

    def evaluate(self, node: SyntaxNode, frame: Frame) -> Value:
        """Evaluate an expression or a statement."""
        node = unwrap(node)
        self._steps += 1
        if self._nesting >= NESTING_MAX or self._steps > STEPS_MAX:
            return EMPTY
        self._nesting += 1
        try:
            return self._evaluate(node, frame)
        finally:
            self._nesting -= 1

    def _evaluate(self, node: SyntaxNode, frame: Frame) -> Value:
        match node.type:
            case "identifier" | "shorthand_property_identifier":
                return self._identifier(node.text, frame)
            case "string" | "number" | "true" | "false" | "null" | "regex":
                text = string_value(node)
                return Value(literals=frozenset({node.text if text is None else text}))
            case "template_string":
                return self._template(node, frame)
            case "unary_expression" if re.fullmatch(r"-\s*\d+(\.\d+)?", node.text):
                return Value(literals=frozenset({node.text.replace(" ", "")}))
            case "member_expression":
                return self._member(node, frame)
            case "call_expression":
                return self._call(node, frame)
            case "new_expression":
                return self._new(node, frame)
            case "object":
                return self._object(node, frame)
            case "array":
                values = [self.evaluate(child, frame) for child in node.children]
                members = [member for value in values for member in value.members]
                return replace(union(values), members=tuple(members[:MEMBERS_MAX]), handle=None)
            case "if_statement":
                return self._if(node, frame)
            case "ternary_expression":
                return self._ternary(node, frame)
            case "binary_expression":
                return self._binary(node, frame)
            case "lexical_declaration" | "variable_declaration":
                for declarator in node.all("variable_declarator"):
                    self._declare(declarator, frame)
                return EMPTY
            case "assignment_expression" | "augmented_assignment_expression":
                return self._assign(node, frame)
            case "return_statement":
                value = union([self.evaluate(child, frame) for child in node.children])
                frame.returned |= value
                return EMPTY
            case "throw_statement":
                return self._throw(node, frame)
            case "try_statement":
                return self._try(node, frame)
            case "switch_statement":
                return self._switch(node, frame)
            case "for_statement" | "for_in_statement" | "while_statement" | "do_statement":
                return self._loop(node, frame)
            case "function_declaration":
                name = node.get("name")
                if name is not None:
                    frame.bindings[name.text] = Value(handle=Closure(node, frame))
                return EMPTY
            case "arrow_function" | "function_expression":
                return EMPTY
            case "type_arguments" | "type_annotation" | "comment":
                return EMPTY
            case _:
                return union([self.evaluate(child, frame) for child in node.children])

    def _identifier(self, name: str, frame: Frame) -> Value:
        if name in frame.bindings:
            value = frame.bindings[name]
            return replace(value, names=value.names | {name})
        constant = self._constant(name, frame.module)
        return replace(constant, names=constant.names | {name})

    def _constant(self, name: str, module: Module) -> Value:
        node = module.constants.get(name)
        link = module.imports.get(name)
        if node is None and link is not None and link.path is not None:
            module = self.program.modules[link.path]
            node = module.constants.get(link.name)
        if node is None:
            return EMPTY
        if id(node) not in self._constants:
            self._constants[id(node)] = EMPTY  # what a constant is within itself
            self._constants[id(node)] = self._held(unwrap(node), Frame(module, None))
        return self._constants[id(node)]

    def _held(self, node: SyntaxNode, frame: Frame) -> Value:
        if node.type in ("string", "number", "template_string", "unary_expression", "array"):
            return self.evaluate(node, frame)
        if node.type == "object" and len(node.children) <= 60:
            return self._object(node, frame)
        return EMPTY

    def _member(self, node: SyntaxNode, frame: Frame) -> Value:
        target, name_node = node.get("object"), node.get("property")
        if target is None or name_node is None:
            return EMPTY
        name = name_node.text
        if name in HTTP_STATUSES and original_name(frame.module, target.text) == "HttpStatus":
            return Value(literals=frozenset({str(HTTP_STATUSES[name])}))
        base = self.evaluate(target, frame)
        found = base.member(name)
        if Given.REQUEST in base.sources and _ACTOR_MEMBERS.search(name):
            found = replace(found, sources=found.sources - {Given.REQUEST} | {Given.ACTOR})
        return found

    def _template(self, node: SyntaxNode, frame: Frame) -> Value:
        """Keep the text with `{}` for each substitution, which is how paths are recognised."""
        text = re.sub(r"\$\{[^}]*\}", "{}", node.text[1:-1])
        inner = union([self.evaluate(child, frame) for child in node.children])
        return replace(inner, literals=inner.literals | {text}, members=(), handle=None)

    def _object(self, node: SyntaxNode, frame: Frame) -> Value:
        members: dict[str, Value] = {}
        rest: list[Value] = []
        for child in node.children:
            if child.type == "pair":
                key, held = child.get("key"), child.get("value")
                if key is not None and held is not None:
                    members[string_value(key) or key.text] = self.evaluate(held, frame)
            elif child.type == "shorthand_property_identifier":
                members[child.text] = self._identifier(child.text, frame)
            elif child.type == "spread_element":
                spread = union([self.evaluate(inner, frame) for inner in child.children])
                members |= {k: v for k, v in spread.members if k not in members}
                rest.append(replace(spread, members=()))
        whole = union([*rest, *(replace(value, members=()) for value in members.values())])
        return replace(whole, members=tuple(members.items()), handle=None)

    def _if(self, node: SyntaxNode, frame: Frame) -> Value:
        condition = node.get("condition")
        value = self.evaluate(condition, frame) if condition is not None else EMPTY
        with self.under(value):
            for part in (node.get("consequence"), node.get("alternative")):
                if part is not None:
                    self.evaluate(part, frame)
        return EMPTY

    def _ternary(self, node: SyntaxNode, frame: Frame) -> Value:
        condition = node.get("condition")
        value = self.evaluate(condition, frame) if condition is not None else EMPTY
        with self.under(value):
            return union(
                [
                    self.evaluate(part, frame)
                    for part in (node.get("consequence"), node.get("alternative"))
                    if part is not None
                ]
            )

    def _binary(self, node: SyntaxNode, frame: Frame) -> Value:
        left, right = node.get("left"), node.get("right")
        first = self.evaluate(left, frame) if left is not None else EMPTY
        if right is None:
            return first
        operator = node.get("operator")
        if operator is not None and operator.text in ("&&", "||", "??"):
            with self.under(first):
                return replace(first | self.evaluate(right, frame), members=())
        return replace(first | self.evaluate(right, frame), members=())

    def _declare(self, declarator: SyntaxNode, frame: Frame) -> None:
        name, value = declarator.get("name"), declarator.get("value")
        if name is not None:
            held = EMPTY
            if value is not None and unwrap(value).type in _FUNCTIONS:
                held = Value(handle=Closure(unwrap(value), frame))
            elif value is not None:
                held = self.evaluate(value, frame)
            self._bind(name, held, frame)

    def _assign(self, node: SyntaxNode, frame: Frame) -> Value:
        left, right = node.get("left"), node.get("right")
        value = self.evaluate(right, frame) if right is not None else EMPTY
        if left is not None:
            target = unwrap(left)
            if target.type == "member_expression":
                root = target
                while root.type == "member_expression" and root.get("object") is not None:
                    root = root.fields["object"]
                if root.text in frame.bindings:
                    frame.bindings[root.text] |= value
            else:
                for name in bound_names(target):
                    frame.bindings[name] = value | frame.bindings.get(name, EMPTY)
        return value

    def _bind(self, pattern: SyntaxNode, value: Value, frame: Frame) -> None:
        if pattern.type == "object_pattern":
            taken: list[str] = []
            for child in pattern.children:
                if child.type == "rest_pattern":
                    without = {Without(name) for name in taken}
                    value = replace(value, sources=value.sources | without)
                else:
                    taken.append(child.text.split(":")[0].strip())
                if child.type == "shorthand_property_identifier_pattern":
                    frame.bindings[child.text] = value.member(child.text)
                elif child.type == "pair_pattern":
                    key, target = child.get("key"), child.get("value")
                    if key is not None and target is not None:
                        self._bind(target, value.member(key.text), frame)
                else:
                    for name in bound_names(child):
                        frame.bindings[name] = value
            return
        if pattern.type == "array_pattern":
            value = replace(value, handle=None)
        for name in bound_names(pattern):
            frame.bindings[name] = value

    def _bind_parameters(
        self, parameters: Sequence[Parameter], arguments: Sequence[Value], frame: Frame
    ) -> None:
        for index, parameter in enumerate(parameters):
            value = arguments[index] if index < len(arguments) else EMPTY
            self._bind(parameter.pattern, value, frame)

    def _throw(self, node: SyntaxNode, frame: Frame) -> Value:
        value = union([self.evaluate(child, frame) for child in node.children])
        self.refuse(value.statuses(), EMPTY, frame, node)
        return EMPTY

    def refuse(
        self, statuses: frozenset[int], extra: Value, frame: Frame, node: SyntaxNode
    ) -> None:
        """Record that an error of one of the statuses is thrown under the current conditions."""
        if statuses:
            condition = union([*self.conditions, extra])
            condition = replace(condition, members=(), handle=None)
            self.refusals.append(Refusal(statuses, condition, frame.module.path, node.line))

    def _try(self, node: SyntaxNode, frame: Frame) -> Value:
        body, handler = node.get("body"), node.get("handler")
        if body is not None:
            self.evaluate(body, frame)
        if handler is not None:
            caught = self.caught(body, frame)
            parameter, block = handler.get("parameter"), handler.get("body")
            if parameter is not None:
                self._bind(parameter, caught, frame)
            if block is not None:
                with self.under(caught):
                    self.evaluate(block, frame)
        finalizer = node.get("finalizer")
        if finalizer is not None:
            self.evaluate(finalizer, frame)
        return EMPTY

    def caught(self, body: SyntaxNode | None, frame: Frame) -> Value:
        """Give the value of what a `catch` receives from the body of its `try`."""
        return value_of(Caught())

    def _switch(self, node: SyntaxNode, frame: Frame) -> Value:
        subject, body = node.get("value"), node.get("body")
        value = self.evaluate(subject, frame) if subject is not None else EMPTY
        for case in body.children if body is not None else ():
            label = case.get("value")
            tested = value | (self.evaluate(label, frame) if label is not None else EMPTY)
            with self.under(tested):
                for child in case.children:
                    if child is not label:
                        self.evaluate(child, frame)
        return EMPTY

    def _loop(self, node: SyntaxNode, frame: Frame) -> Value:
        left, right, body = node.get("left"), node.get("right"), node.get("body")
        head = EMPTY
        if right is not None:
            head = self.evaluate(right, frame)
            if left is not None:
                for name in bound_names(left):
                    frame.bindings[name] = replace(head, handle=None)
        for name in ("initializer", "condition", "increment"):
            part = node.get(name)
            if part is not None:
                head |= self.evaluate(part, frame)
        self.loops.append(head)
        try:
            if body is not None:
                self.evaluate(body, frame)
        finally:
            self.loops.pop()
        return EMPTY

    @contextmanager
    def under(self, condition: Value) -> Generator[None]:
        """Evaluate what follows as depending on the condition."""
        self.conditions.append(condition)
        self.branches += 1
        try:
            yield
        finally:
            self.conditions.pop()
            self.branches -= 1

    def _new(self, node: SyntaxNode, frame: Frame) -> Value:
        constructor, arguments = node.get("constructor"), node.get("arguments")
        name = constructor.text if constructor is not None else ""
        value = union([self.evaluate(a, frame) for a in arguments_of(arguments)])
        status = self._exception_status(name, value, frame.module)
        sources = value.sources | {Status(status)} if status else value.sources
        made = self.program.resolve(frame.module, name)
        handle = Instance(made) if isinstance(made, Class) else None
        names = value.names | {name}
        return replace(value, sources=sources, names=names, members=(), handle=handle)

    def _exception_status(self, name: str, value: Value, module: Module, depth: int = 0) -> int:
        bare = original_name(module, name).rsplit(".", 1)[-1]
        if bare in EXCEPTION_STATUSES:
            return EXCEPTION_STATUSES[bare]
        if bare == "HttpException":
            given = [int(text) for text in value.literals if re.fullmatch(r"[45]\d\d", text)]
            return given[0] if given else 0
        found = self.program.resolve(module, bare)
        if isinstance(found, Class) and found.base is not None and depth < CALL_DEPTH_MAX:
            built = re.search(r"super\s*\(.*?\b([45]\d\d)\b", found.node.text, re.DOTALL)
            literals = frozenset({built[1]}) if built else value.literals
            return self._exception_status(
                found.base, replace(value, literals=literals), found.module, depth + 1
            )
        return 0

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
        function = self.resolve(callee, frame)
        given = arguments_of(node.get("arguments"))
        target = callee.get("object") if callee.type == "member_expression" else None
        if function is not None:
            values = self.arguments(given, EMPTY, name, frame)
            return self.run(function, values)
        closure = self.closure(callee, frame)
        if closure is not None:
            return self.apply(closure, self.arguments(given, EMPTY, name, frame))
        base = self.evaluate(target, frame) if target is not None else EMPTY
        values = self.arguments(given, base, name, frame)
        result = union([base, *values])
        names = result.names | {name}
        return replace(result, names=names, members=(), handle=base.handle)

    def closure(self, callee: SyntaxNode, frame: Frame) -> Closure | None:
        """Find the function inside the current one that is called."""
        if callee.type != "identifier":
            return None
        handle = frame.bindings.get(callee.text, EMPTY).handle
        return handle if isinstance(handle, Closure) else None

    def apply(self, closure: Closure, arguments: Sequence[Value]) -> Value:
        """Evaluate a function that is written inside another one with these arguments."""
        node = closure.node
        body = node.get("body")
        if body is None or not self._may_enter(node):
            return union(arguments)
        self._calls += 1
        outer = closure.frame
        frame = Frame(outer.module, outer.owner, dict(outer.bindings))
        self._bind_parameters(read_parameters(node), arguments, frame)
        self._stack.append(node)
        try:
            result = self.evaluate(body, frame)
            return frame.returned if body.type == "statement_block" else result
        finally:
            self._stack.pop()

    def _may_enter(self, function: Function | SyntaxNode) -> bool:
        return (
            len(self._stack) < CALL_DEPTH_MAX
            and self._calls < CALLS_MAX
            and self._stack.count(function) < 2
        )

    def arguments(
        self, given: Sequence[SyntaxNode], base: Value, name: str, frame: Frame
    ) -> tuple[Value, ...]:
        """Evaluate arguments; functions among them are run with `base` for their parameters."""
        is_transaction = any("ransaction" in each for each in (name, *base.names))
        self.transactions += is_transaction
        values: list[Value] = []
        for node in given:
            inner = unwrap(node)
            if inner.type in _FUNCTIONS:
                values.append(self.callback(inner, base, name in _ITERATIONS, frame))
            else:
                values.append(self.evaluate(inner, frame))
        self.transactions -= is_transaction
        return tuple(values)

    def callback(self, node: SyntaxNode, base: Value, iterates: bool, frame: Frame) -> Value:
        """Run a function that is given as an argument, and return what it returns."""
        inner = Frame(frame.module, frame.owner, dict(frame.bindings))
        for parameter in read_parameters(node):
            self._bind(parameter.pattern, replace(base, handle=None), inner)
        body = node.get("body")
        if body is None:
            return EMPTY
        if iterates:
            self.loops.append(base)
        try:
            result = self.evaluate(body, inner)
        finally:
            if iterates:
                self.loops.pop()
        for name in frame.bindings:
            frame.bindings[name] = inner.bindings[name]
        return inner.returned if body.type == "statement_block" else result

    def resolve(self, callee: SyntaxNode, frame: Frame) -> Function | None:
        """Find the project's own function that is called."""
        if callee.type == "identifier":
            if frame.owner is not None and frame.owner.is_namespace:
                within = frame.owner.methods.get(callee.text)
                if within is not None:
                    return within
            found = self.program.resolve(frame.module, callee.text)
            return found if isinstance(found, Function) else None
        if callee.type != "member_expression":
            return None
        target, name = callee.get("object"), callee.get("property")
        if target is None or name is None:
            return None
        space = self._space(unwrap(target), frame)
        if isinstance(space, Class):
            return self.program.method(space, name.text)
        if isinstance(space, Module):
            found = self.program.exported(space, name.text)
            return found if isinstance(found, Function) else None
        return None

    def _space(self, node: SyntaxNode, frame: Frame) -> Class | Module | None:
        """Find the class, namespace or module that an expression stands for."""
        if node.type == "this":
            return frame.owner
        if node.type == "identifier":
            handle = frame.bindings.get(node.text, EMPTY).handle
            if isinstance(handle, Instance):
                return handle.of
            found = self.program.resolve(frame.module, node.text)
            return None if isinstance(found, Function) else found
        if node.type == "new_expression":
            constructor = node.get("constructor")
            made = constructor and self.program.resolve(frame.module, constructor.text)
            return made if isinstance(made, Class) else None
        if node.type != "member_expression":
            return None
        target, name = node.get("object"), node.get("property")
        if target is None or name is None:
            return None
        if target.type == "this":
            owner = frame.owner
            return self.program.class_of(owner, name.text) if owner is not None else None
        outer = self._space(unwrap(target), frame)
        if isinstance(outer, Module):
            found = self.program.exported(outer, name.text)
            return None if isinstance(found, Function) else found
        return None


def callee_name(callee: SyntaxNode) -> str:
    """Return the last word of what is called: `where` of `db.selectFrom("a").where`."""
    if callee.type == "member_expression":
        name = callee.get("property")
        return name.text if name is not None else ""
    return callee.text if callee.type == "identifier" else ""


def arguments_of(arguments: SyntaxNode | None) -> list[SyntaxNode]:
    """Return the argument nodes of a call, without comments."""
    if arguments is None:
        return []
    if arguments.type == "template_string":
        return [arguments]
    return [child for child in arguments.children if child.type != "comment"]
