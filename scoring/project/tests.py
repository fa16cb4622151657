"""Read tests: which operations they call, as whom, what they expect, what they compare.

Understood are functions over an SDK (`api.todos.create(connection, body)`, nestia alike), and
jest, vitest or node:test with `fetch` or supertest. Helpers of the project are followed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from scoring.project.facts import Assertion, BodyMember, Client, TestCall, TestFact, route_key
from scoring.typescript.callees import arguments_of, callee_name
from scoring.typescript.evaluation import Evaluator
from scoring.typescript.expressions import FUNCTIONS
from scoring.typescript.frames import Frame
from scoring.typescript.modules import Function, Module, Program, bound_names
from scoring.typescript.sources import Length, ResponseOf
from scoring.typescript.syntax import SyntaxNode, string_value, unwrap, walk
from scoring.typescript.value import EMPTY, Value, union, value_of

_TEST_PATH = re.compile(r"(^|/)(tests?|e2e|__tests__)/|\.(spec|test|e2e-spec)\.ts$")
_TEST_FUNCTION = re.compile(r"^test", re.IGNORECASE)
_ASSERTIONS = frozenset({"assert", "expect", "TestValidator", "strict", "chai", "should"})
_REJECTION = re.compile(r"reject|throw|error|status|fail|refus|denied|forbid", re.IGNORECASE)
_STATUS_NAMES = frozenset({"status", "statusCode", "getStatus", "code"})
_WEAK = re.compile(r"\.(toBeDefined|toBeTruthy|not\.toBeNull|not\.toBeUndefined)\(\)$")
_VERBS = frozenset({"get", "post", "put", "patch", "delete"})
_STATUS = re.compile(r"[2-5]\d\d")
_DECLARATIONS = ("lexical_declaration", "variable_declaration", "function_declaration")
_SUITES = frozenset({"describe", "suite", "context"})
_BLOCKS = frozenset({"it", "test", "beforeEach", "beforeAll", "before"})
_MATCHERS = frozenset(
    f"expect.{name}"
    for name in ["any", "anything", "objectContaining", "arrayContaining", "stringMatching"]
)
_REPEATS = re.compile(r"(^|\.)(repeat|asyncRepeat|times)$|^Array\.from$")
_ANY_ERROR: frozenset[int] = frozenset()


def is_test_path(path: str) -> bool:
    """Whether a file belongs to the tests."""
    return _TEST_PATH.search(path) is not None


@dataclass
class _Call:
    """A call under construction: supertest says what it expects after it is made.

    `throws` if a refusal would end the test by itself, as the calls of an SDK do.
    """

    id: int
    route: str
    expected: frozenset[int] | None
    caller: frozenset[int]
    arguments: Value
    repeated: int
    throws: bool
    file: str
    line: int
    members: list[BodyMember] = field(default_factory=lambda: [])


class TestEvaluator(Evaluator):
    """Collects the calls and assertions of one test."""

    __test__ = False

    def __init__(self, program: Program, clients: Mapping[tuple[str, int], Client]) -> None:
        super().__init__(program)
        self._clients = clients
        self._expected: frozenset[int] | None = None
        self.made: list[_Call] = []
        self.assertions: list[Assertion] = []

    def intercept(self, node: SyntaxNode, frame: Frame) -> Value | None:
        """Read a call of an operation, an assertion, or what expects an error."""
        callee = node.get("function")
        if callee is None:
            return None
        callee = unwrap(callee)
        name = callee_name(callee)
        given = arguments_of(node.get("arguments"))
        if frame.closure(callee) is not None or callee.text in _MATCHERS:
            return None
        function = self.callees.function(callee, frame)
        if function is not None:
            client = self._clients.get((function.file, function.line))
            if client is not None:
                return self._client_call(client, function, given, frame, node)
        root = _root(callee)
        is_assertion = root in _ASSERTIONS or "assert" in _origin(root, frame.module)
        has_task = any(unwrap(g).type in FUNCTIONS for g in given)
        curried = [*_curried(callee), *given]
        statuses = frozenset(s for g in curried for s in _statuses(g, self, frame))
        if has_task and _REPEATS.search(callee.text.split("(")[0]):
            return self._repeat(curried, frame)
        if has_task and (statuses or _REJECTION.search(callee.text)):
            return self._expect_error(given, statuses, frame)
        if is_assertion and (root != "expect" or callee.type == "member_expression"):
            return self._assertion(node, callee, given, frame)
        if name == "stringify" and given:
            return self.evaluate(given[0], frame)
        if name in ("repeat", "padEnd", "padStart") and callee.type == "member_expression":
            return self._repeated(callee, given, frame)
        if name == "fetch" and callee.type == "identifier" and given:
            return self._fetch(given, frame, node)
        return self._http(callee, name, given, frame, node)

    def _client_call(
        self,
        client: Client,
        function: Function,
        given: list[SyntaxNode],
        frame: Frame,
        node: SyntaxNode,
    ) -> Value:
        """Read `api.todos.create(connection, body)`, or `client.createTodo(body)` of a class."""
        expected, self._expected = self._expected, None
        values = list(self.arguments(given, EMPTY, client.name, frame))
        target = unwrap(node.fields["function"]).get("object")
        receiver = self.evaluate(target, frame) if target is not None else EMPTY
        self._expected = expected
        first = function.parameters[:1]
        is_method = function.owner is not None and not function.owner.is_namespace
        if is_method and not any("onnection" in name for p in first for name in p.names):
            connection = receiver
        else:
            connection = values.pop(0) if values else EMPTY
        call = self._record(client.route, connection, frame, node, throws=True)
        for value in values:
            self._send(call, value)
        return self._answer(call)

    def _record(
        self, route: str, connection: Value, frame: Frame, node: SyntaxNode, *, throws: bool
    ) -> _Call:
        repeated = 1
        for head in self.surroundings.loops:
            counts = [int(n) for n in head.literals if n.isdigit()]
            repeated *= max([*counts, 1]) if counts else 2
        call = _Call(
            id=len(self.made) + 1,
            route=route,
            expected=self._expected,
            caller=connection.responses(),
            arguments=EMPTY,
            repeated=repeated,
            throws=throws,
            file=frame.module.path,
            line=node.line,
        )
        self.made.append(call)
        return call

    def _send(self, call: _Call, value: Value) -> None:
        call.arguments |= value.flat().detached()
        call.members += [_member(name, held) for name, held in value.members]

    def _answer(self, call: _Call) -> Value:
        return replace(value_of(ResponseOf(call.id)), handle=call)

    def _expect_error(
        self, given: list[SyntaxNode], statuses: frozenset[int], frame: Frame
    ) -> Value:
        outer, self._expected = self._expected, statuses or _ANY_ERROR
        try:
            return union(self.arguments(given, EMPTY, "", frame)).detached()
        finally:
            self._expected = outer

    def _repeat(self, given: list[SyntaxNode], frame: Frame) -> Value:
        """Read `ArrayUtil.asyncRepeat(20)(async () => …)` and `Array.from({ length: 20 }, …)`."""
        tasks = [g for g in given if unwrap(g).type in FUNCTIONS]
        head = union([self.evaluate(g, frame) for g in given if g not in tasks])
        with self.surroundings.repeated(head.flat().detached()):
            made = union([self.callback(unwrap(task), EMPTY, False, frame) for task in tasks])
        return made.detached()

    def _assertion(
        self, node: SyntaxNode, callee: SyntaxNode, given: list[SyntaxNode], frame: Frame
    ) -> Value:
        rejects = ".rejects" in callee.text or callee_name(callee) == "rejects"
        outer = self._expected
        if rejects:
            self._expected = frozenset(int(s) for s in re.findall(r"\b[45]\d\d\b", node.text))
        subjects = list(given)
        inner: SyntaxNode | None = callee
        while inner is not None and inner.type in ("member_expression", "call_expression"):
            if inner.type == "call_expression":
                subjects = [*arguments_of(inner.get("arguments")), *subjects]
                inner = inner.get("function")
            else:
                inner = inner.get("object")
        values = [self.evaluate(s, frame) for s in subjects if unwrap(s).type not in FUNCTIONS]
        for subject in subjects:
            if unwrap(subject).type in FUNCTIONS:
                self.callback(unwrap(subject), EMPTY, False, frame)
        self._expected = outer
        value = union(values).flat().detached()
        self._mark_status(value)
        texts = [unwrap(s).text for s in subjects]
        is_same = len(texts) > 1 and texts[0] == texts[1]
        whole = all(t.rsplit(".", 1)[-1] in ("body", "data") or t.isidentifier() for t in texts)
        is_weak = (_WEAK.search(node.text) is not None and whole) or (
            len([t for t in texts if t[:1] not in "\"'`"]) == 1
            and callee.text in ("assert", "assert.ok", "ok")
            and unwrap(subjects[0]).type == "identifier"
        )
        vacuous = not value.responses() or is_same or is_weak
        self.assertions.append(
            Assertion(vacuous and not rejects, value, node.text[:120], frame.module.path, node.line)
        )
        return EMPTY

    def _mark_status(self, value: Value) -> None:
        """Take `expect(response.status).toBe(404)` as the call's expected status."""
        if not value.names & _STATUS_NAMES:
            return
        statuses = frozenset(int(s) for s in value.literals if _STATUS.fullmatch(s))
        for call in self.made:
            if statuses and ResponseOf(call.id) in value.sources:
                call.expected = None if min(statuses) < 300 else statuses
                call.throws = True

    def _repeated(self, callee: SyntaxNode, given: list[SyntaxNode], frame: Frame) -> Value:
        base = self.evaluate(callee.fields["object"], frame)
        count = union([self.evaluate(g, frame) for g in given[:1]])
        numbers = [int(n) for n in count.literals if n.isdigit()]
        texts = [len(t) for t in base.literals] or [1]
        is_pad = callee_name(callee).startswith("pad")
        if len(numbers) != 1:
            return base | count
        length = numbers[0] if is_pad else numbers[0] * texts[0]
        return Value(base.sources | {Length(length)}, base.names)

    def _fetch(self, given: list[SyntaxNode], frame: Frame, node: SyntaxNode) -> Value:
        url = self.evaluate(given[0], frame)
        options = self.evaluate(given[1], frame) if len(given) > 1 else EMPTY
        method = next((v.literals for k, v in options.members if k == "method"), frozenset({"GET"}))
        path = _path_of(url)
        if path is None or len(method) != 1:
            return (url | options).flat()
        route = route_key(next(iter(method)), path)
        call = self._record(route, options, frame, node, throws=False)
        call.arguments |= url.flat().detached()
        self._send(call, next((v for k, v in options.members if k == "body"), EMPTY))
        return self._answer(call)

    def _http(
        self, callee: SyntaxNode, name: str, given: list[SyntaxNode], frame: Frame, node: SyntaxNode
    ) -> Value | None:
        """Read supertest's chain: `.post("/todos").set(…).send({…}).expect(201)`."""
        if callee.type != "member_expression":
            return None
        target = callee.fields.get("object")
        if target is None:
            return None
        if name in _VERBS and given and not _is_known(target, self, frame):
            url = self.evaluate(given[0], frame)
            path = _path_of(url)
            if path is not None:
                base = self.evaluate(target, frame)
                throws = "axios" in target.text.lower()
                call = self._record(route_key(name, path), base, frame, node, throws=throws)
                call.arguments |= url.flat().detached()
                for argument in given[1:]:
                    self._send(call, self.evaluate(argument, frame))
                return self._answer(call)
        if name not in ("send", "set", "expect", "auth", "query"):
            return None
        base = self.evaluate(target, frame)
        if not isinstance(base.handle, _Call):
            return None
        values = [self.evaluate(g, frame) for g in given]
        call = base.handle
        if name in ("send", "query"):
            self._send(call, union(values))
        elif name in ("set", "auth"):
            call.caller |= union(values).responses()
        else:
            statuses = frozenset(int(s) for s in union(values).literals if _STATUS.fullmatch(s))
            if statuses:
                call.expected = None if min(statuses) < 300 else statuses
                call.throws = True
                self.assertions.append(
                    Assertion(False, base, node.text[-60:], frame.module.path, node.line)
                )
        return base


def _curried(callee: SyntaxNode) -> list[SyntaxNode]:
    """Return the arguments that a function was given before: those of `f(a)` in `f(a)(b)`."""
    given: list[SyntaxNode] = []
    node: SyntaxNode | None = callee
    while node is not None and node.type == "call_expression":
        given = [*arguments_of(node.get("arguments")), *given]
        node = node.get("function")
    return given


def _root(callee: SyntaxNode) -> str:
    node: SyntaxNode | None = callee
    while node is not None and node.type in ("member_expression", "call_expression"):
        node = node.get("object") or node.get("function")
        node = unwrap(node) if node is not None else None
    return node.text if node is not None else ""


def _origin(name: str, module: Module) -> str:
    link = module.imports.get(name)
    return link.specifier if link is not None else ""


def _statuses(node: SyntaxNode, evaluator: Evaluator, frame: Frame) -> frozenset[int]:
    """Return the error status that an argument directly is."""
    node = unwrap(node)
    if node.type not in ("number", "member_expression", "identifier", "object"):
        return frozenset()
    if node.type in ("identifier", "object") and "tatus" not in node.text:
        return frozenset()
    if node.type == "member_expression" and not node.text.startswith("HttpStatus."):
        return frozenset()
    literals = evaluator.evaluate(node, frame).literals
    return frozenset(int(s) for s in literals if re.fullmatch(r"[45]\d\d", s))


def _is_known(target: SyntaxNode, evaluator: Evaluator, frame: Frame) -> bool:
    """Whether the target is a map or the like: a member of an object of the test."""
    node = unwrap(target)
    return node.type == "identifier" and bool(evaluator.program.resolve(frame.module, node.text))


def _path_of(value: Value) -> str | None:
    """Return the path of an URL; of several texts, the longest with a slash."""
    found = [t for t in value.literals if "/" in t]
    if not found:
        return None
    text = max(found, key=lambda t: (len(t), t))
    text = re.sub(r"^(\{\}|https?://[^/]*)+", "", text)
    return text if text.startswith("/") else None


def _member(name: str, value: Value) -> BodyMember:
    lengths = [source.characters for source in value.sources if isinstance(source, Length)]
    length = min(lengths, default=None)
    number = None
    if length is None and len(value.literals) == 1 and not value.sources:
        text = next(iter(value.literals))
        length = len(text)
        number = float(text) if re.fullmatch(r"-?\d+(\.\d+)?", text) else None
    return BodyMember(name, value.flat().detached(), length, number)


def read_tests(program: Program, clients: Iterable[Client]) -> tuple[TestFact, ...]:
    """Return every test of the project, in the order of file and line."""
    known = {(client.file, client.line): client for client in clients}
    found: list[TestFact] = []
    for module in program.modules.values():
        if is_test_path(module.path):
            for function in module.functions.values():
                if function.exported and _TEST_FUNCTION.match(function.name):
                    found.append(_function_test(program, known, module, function))
            found += _framework_tests(program, known, module)
    return tuple(sorted(found, key=lambda t: (t.file, t.line)))


def _function_test(
    program: Program, clients: Mapping[tuple[str, int], Client], module: Module, function: Function
) -> TestFact:
    evaluator = TestEvaluator(program, clients)
    evaluator.run(function, [EMPTY for _ in function.parameters])
    shared = _module_variables(module) & {
        n.text for n in walk(function.body) if n.type == "identifier"
    }
    return _fact(evaluator, function.name, module, function.line, function.body, bool(shared))


def _fact(
    evaluator: TestEvaluator, name: str, module: Module, line: int, body: SyntaxNode, shared: bool
) -> TestFact:
    proven = _proven(evaluator)
    return TestFact(
        name=name,
        file=module.path,
        line=line,
        calls=tuple(
            TestCall(
                id=call.id,
                route=call.route,
                expected=call.expected,
                caller=call.caller,
                members=tuple(call.members),
                arguments=call.arguments,
                repeated=call.repeated,
                proven=call.id in proven,
                file=call.file,
                line=call.line,
            )
            for call in evaluator.made
        ),
        assertions=tuple(evaluator.assertions),
        shared_state=shared,
        text=body.text,
    )


def _proven(evaluator: TestEvaluator) -> set[int]:
    """Return the calls without whose success the test would fail.

    A call of an SDK throws. What `fetch` and supertest answer must be looked at: by an assertion,
    or by a later call that cannot succeed without it.
    """
    compared = {s for a in evaluator.assertions if not a.vacuous for s in a.value.sources}
    proven: set[int] = set()
    for call in reversed(evaluator.made):
        later = [c for c in evaluator.made if c.id in proven]
        is_used = any(
            call.id in c.caller or ResponseOf(call.id) in c.arguments.sources for c in later
        )
        if call.throws or is_used or ResponseOf(call.id) in compared:
            proven.add(call.id)
    return proven


def _module_variables(module: Module) -> set[str]:
    """Return the names of the module's own `let` variables."""
    found: set[str] = set()
    for statement in module.root.children:
        node = statement.get("declaration") or statement
        if node.type in (
            "lexical_declaration",
            "variable_declaration",
        ) and not node.text.startswith("const"):
            for declarator in node.all("variable_declarator"):
                name = declarator.get("name")
                if name is not None:
                    found.add(name.text)
    return found


@dataclass(frozen=True)
class _Block:
    """`it(…)`, `test(…)`, `beforeEach(…)`: its title, its function's body, what it is within."""

    name: str
    title: str
    body: SyntaxNode
    outer: tuple[SyntaxNode, ...]
    """The bodies of the `describe` calls around it, the outermost first."""


def _framework_tests(
    program: Program, clients: Mapping[tuple[str, int], Client], module: Module
) -> list[TestFact]:
    found: list[TestFact] = []
    blocks = list(_blocks(module.root, ()))
    setups = [b for b in blocks if b.name.startswith("before")]
    tests = [b for b in blocks if not b.name.startswith("before")]
    assigned = [_assigned(test.body) for test in tests]
    for index, test in enumerate(tests):
        evaluator = TestEvaluator(program, clients)
        frame = Frame(module, None)
        for scope in test.outer:
            for statement in scope.children:
                if statement.type in _DECLARATIONS:
                    evaluator.evaluate(statement, frame)
        for setup in setups:
            if setup.outer == test.outer[: len(setup.outer)]:
                evaluator.evaluate(setup.body, frame)
        evaluator.evaluate(test.body, frame)
        used = {n.text for n in walk(test.body) if n.type == "identifier"}
        others = set[str]().union(*(names for i, names in enumerate(assigned) if i != index))
        shared = bool(used & (others - _declared(test.body)))
        found.append(_fact(evaluator, test.title, module, test.body.line, test.body, shared))
    return found


def _assigned(body: SyntaxNode) -> set[str]:
    """Return the variables that a test assigns without declaring them."""
    names = {
        node.fields["left"].text
        for node in walk(body)
        if node.type == "assignment_expression" and node.get("left") is not None
    }
    return names - _declared(body)


def _declared(body: SyntaxNode) -> set[str]:
    return {
        name
        for node in walk(body)
        if node.type == "variable_declarator" and node.get("name") is not None
        for name in bound_names(node.fields["name"])
    }


def _blocks(root: SyntaxNode, outer: tuple[SyntaxNode, ...]) -> Iterable[_Block]:
    stack = [(child, outer) for child in reversed(root.children)]
    while stack:
        node, within = stack.pop()
        callee = node.get("function") if node.type == "call_expression" else None
        name = callee.text.split(".")[0] if callee is not None else ""
        if name in _SUITES or name in _BLOCKS:
            given = arguments_of(node.get("arguments"))
            task = next((unwrap(g) for g in given if unwrap(g).type in FUNCTIONS), None)
            body = task.get("body") if task is not None else None
            if body is not None and name in _BLOCKS:
                yield _Block(name, string_value(given[0]) or name, body, within)
                continue
            if body is not None:
                within = (*within, body)
        stack.extend((child, within) for child in reversed(node.children))
