"""Find tests: exported functions `test…`, and what test frameworks are given.

What they do is played by `scoring.trials`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from scoring.project.facts import TestFact
from scoring.typescript.callees import arguments_of
from scoring.typescript.expressions import FUNCTIONS
from scoring.typescript.modules import Function, Module, Program, bound_names
from scoring.typescript.syntax import SyntaxNode, string_value, unwrap, walk

_TEST_PATH = re.compile(r"(^|/)(tests?|e2e|__tests__)/|\.(spec|test|e2e-spec)\.ts$")
_TEST_FUNCTION = re.compile(r"^test", re.IGNORECASE)
_BLOCKS = frozenset({"it", "test"})


def is_test_path(path: str) -> bool:
    """Whether a file belongs to the tests."""
    return _TEST_PATH.search(path) is not None


def read_tests(program: Program) -> tuple[TestFact, ...]:
    """Return every test of the project, in the order of file and line."""
    found: list[TestFact] = []
    for module in program.modules.values():
        if is_test_path(module.path):
            for function in module.functions.values():
                if function.exported and _TEST_FUNCTION.match(function.name):
                    found.append(_function_test(module, function))
            found += _framework_tests(module)
    return tuple(sorted(found, key=lambda t: (t.file, t.line)))


def _function_test(module: Module, function: Function) -> TestFact:
    used = {n.text for n in walk(function.body) if n.type == "identifier"}
    shared = bool(_module_variables(module) & used)
    name = function.name
    return TestFact(name, module.path, function.line, name, shared, function.body.text)


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
    """`it(…)` or `test(…)`: its title, its function's body, the line of the call."""

    title: str
    body: SyntaxNode
    line: int


def _framework_tests(module: Module) -> list[TestFact]:
    found: list[TestFact] = []
    tests = list(_blocks(module.root))
    assigned = [_assigned(test.body) for test in tests]
    for index, test in enumerate(tests):
        used = {n.text for n in walk(test.body) if n.type == "identifier"}
        others = set[str]().union(*(names for i, names in enumerate(assigned) if i != index))
        shared = bool(used & (others - _declared(test.body)))
        found.append(TestFact(test.title, module.path, test.line, "", shared, test.body.text))
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


def _blocks(root: SyntaxNode) -> Iterable[_Block]:
    stack = list(reversed(root.children))
    while stack:
        node = stack.pop()
        callee = node.get("function") if node.type == "call_expression" else None
        name = callee.text.split(".")[0] if callee is not None else ""
        if name in _BLOCKS:
            given = arguments_of(node.get("arguments"))
            task = next((unwrap(g) for g in given if unwrap(g).type in FUNCTIONS), None)
            body = task.get("body") if task is not None else None
            if body is not None:
                yield _Block(string_value(given[0]) or name, body, node.line)
                continue
        stack.extend(reversed(node.children))
