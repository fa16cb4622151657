"""The modules of a project as a test sees them: each name is looked at when it is asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from scoring.trials.language.caller import Caller
from scoring.trials.language.compiler import Compiler
from scoring.trials.language.expressions import items
from scoring.trials.language.scopes import MISSING, Scope
from scoring.trials.language.statements import declarator
from scoring.trials.language.values import (
    OPAQUE,
    UNDEFINED,
    UNKNOWN,
    Closure,
    Native,
    Promise,
    is_number,
)
from scoring.trials.libraries import Libraries
from scoring.trials.outside import Outside
from scoring.trials.witness import Witness, expect_members
from scoring.typescript.modules import Import, Module, Program, Symbol, bound_names
from scoring.typescript.syntax import SyntaxNode, string_value

_EXPECTING = frozenset({"vitest", "@jest/globals", "bun:test", "chai", "jest", "@playwright/test"})
_DEPTH_MAX = 8


@dataclass(frozen=True)
class Registered:
    """A test that a module registers: where, its function, and what runs before it."""

    line: int
    task: object
    before: tuple[object, ...]


class Realm:
    """All modules in one play; `begin` forgets what they hold."""

    def __init__(
        self,
        program: Program,
        caller: Caller,
        libraries: Libraries,
        witness: Witness,
        outside: Outside,
    ) -> None:
        self._program = program
        self._caller = caller
        self._compiler: Compiler = caller.compiler
        self._libraries = libraries
        self._witness = witness
        self._outside = outside
        self._scopes: dict[str, Scope] = {}
        self._aliases: dict[tuple[str, str], Symbol | None] = {}
        self._declared: dict[str, dict[str, SyntaxNode]] = {}
        self._suites: list[list[object]] = []
        self.registered: list[Registered] = []
        self._file = ""
        self._assert = witness.assert_module()
        self._expect = Native(witness.expect, expect_members())
        self._globals = libraries.globals | {
            "fetch": Native(outside.fetch),
            "expect": self._expect,
            "assert": self._assert,
            "jest": OPAQUE,
            "vi": OPAQUE,
            **{name: self._suite() for name in ("describe", "suite", "context")},
            **{name: self._test() for name in ("it", "test")},
            **{name: Native(self._setup) for name in ("before", "beforeAll", "beforeEach")},
            **{
                name: Native(lambda given: UNDEFINED) for name in ("after", "afterAll", "afterEach")
            },
        }

    def begin(self, file: str) -> None:
        """Begin a play of a test of the file."""
        self._scopes.clear()
        self._suites = [[]]
        self.registered = []
        self._file = file

    def scope(self, path: str) -> Scope:
        """Return the names of a module."""
        found = self._scopes.get(path)
        if found is None:
            module = self._program.modules[path]
            found = self._scopes[path] = Scope(None)
            found.other = self._lookup(module, found)
        return found

    def run(self, path: str) -> None:
        """Do the statements of a module that are no declarations, as those that register tests."""
        scope = self.scope(path)
        for node in self._program.modules[path].root.children:
            if node.type == "expression_statement":
                self._compiler.statement(node)(scope)

    def _lookup(self, module: Module, scope: Scope) -> Callable[[str], object]:
        def look(name: str) -> object:
            node = self._declarations(module).get(name)
            if node is not None:
                self._declare(node, name, scope)
                return scope.names.get(name, UNKNOWN)
            link = module.imports.get(name)
            if link is not None:
                found = scope.names[name] = self._imported(link, 0)
                return found
            return self._globals.get(name, MISSING)

        return look

    def _declarations(self, module: Module) -> dict[str, SyntaxNode]:
        found = self._declared.get(module.path)
        if found is None:
            found = self._declared[module.path] = _declarations(module.root.children)
        return found

    def _declare(self, node: SyntaxNode, name: str, scope: Scope) -> None:
        scope.names[name] = UNKNOWN  # what it is within itself
        if node.type == "variable_declarator":
            declarator(self._compiler, node)(scope)
        elif node.type == "function_declaration":
            scope.names[name] = self._compiler.function(node)(scope)
        elif node.type == "enum_declaration":
            scope.names[name] = _enumeration(node)
        elif node.type in ("internal_module", "module"):
            scope.names[name] = self._namespace(node, scope)
        elif node.type.endswith("class_declaration") or node.type == "class":
            scope.names[name] = self._caller.make_class(node, scope)
        else:
            scope.names[name] = self._compiler.expression(node)(scope)

    def _namespace(self, node: SyntaxNode, around: Scope) -> object:
        inner = around.inner()
        body = node.get("body")
        known = _declarations(body.children if body is not None else ())

        def look(name: str) -> object:
            found = known.get(name)
            if found is None:
                return MISSING
            self._declare(found, name, inner)
            return inner.names[name]

        inner.other = look
        return _Module(lambda name: look(name) if name not in inner.names else inner.names[name])

    def _imported(self, link: Import, depth: int) -> object:
        if link.path is not None:
            if link.name == "*":
                return self.module(link.path)
            return self.exported(link.path, link.name, depth)
        known = (link.specifier, link.name)
        if known not in self._aliases:
            is_whole = link.name == "*"
            self._aliases[known] = (
                None if is_whole else self._program.resolve(_nowhere(link), link.name)
            )
        found = self._aliases[known]
        if found is not None and not isinstance(found, Module):
            return self.scope(found.module.path).get(found.name)
        return self._package(link.specifier.removeprefix("node:"), link.name)

    def module(self, path: str) -> object:
        """Return a module as a value, as `import * as` has it."""
        return _Module(lambda name: self.exported(path, name, 0))

    def exported(self, path: str, name: str, depth: int) -> object:
        """Return what a module exports as a name."""
        module = self._program.modules[path]
        if depth > _DEPTH_MAX:
            return UNKNOWN
        if name == "default" and module.default:
            name = module.default
        if name in self._declarations(module) or name in module.imports:
            return self.scope(path).get(name)
        link = module.reexports.get(name)
        if link is not None:
            return self._imported(link, depth + 1)
        for other in module.star_reexports:
            found = self.exported(other, name, depth + 1)
            if found is not MISSING:
                return found
        if name == "default":
            return self.module(path)
        return MISSING if depth else UNKNOWN

    def _package(self, package: str, name: str) -> object:
        """Return what a test imports from a package."""
        is_whole = name in ("*", "default")
        if package in ("assert", "assert/strict", "power-assert"):
            return self._assert if is_whole else self._assert.members.get(name, UNKNOWN)
        if package == "test":
            return self._test() if is_whole else self._globals.get(name, OPAQUE)
        if package in _EXPECTING:
            known = self._globals.get(name, OPAQUE)
            return _Module(lambda word: self._globals.get(word, OPAQUE)) if is_whole else known
        if package == "supertest":
            return Native(
                self._outside.supertest,
                {
                    "agent": Native(self._outside.agent),
                    "default": Native(self._outside.supertest),
                },
            )
        if package == "axios":
            return self._outside.axios()
        if package == "crypto":
            made = {
                "randomUUID": Native(lambda given: self._libraries.uuid()),
                "randomBytes": Native(lambda given: OPAQUE),
            }
            return made if is_whole else made.get(name, OPAQUE)
        if package.startswith("@nestia/e2e"):
            return self._nestia().get(name, OPAQUE)
        if package == "typia":
            return {
                "assert": Native(lambda given: given[0] if given else UNDEFINED),
                "assertEquals": Native(lambda given: given[0] if given else UNDEFINED),
                "is": Native(lambda given: UNKNOWN),
                "random": Native(lambda given: UNKNOWN),
            }
        return OPAQUE

    def _nestia(self) -> dict[str, object]:
        def drawn(given: Sequence[object]) -> object:
            size = given[0] if given and is_number(given[0]) else 8
            label = f"{self._libraries.draw():x}".rjust(4, "q")
            return (label * 200)[: max(0, int(size))] if isinstance(size, int) else label

        def repeat(given: Sequence[object]) -> object:
            count = given[0]
            if len(given) > 1:
                return self._repeated(count, given[1])
            return Native(lambda more: self._repeated(count, more[0]))

        generator = dict.fromkeys(("alphabets", "alphaNumeric"), Native(drawn)) | {
            "name": Native(lambda given: drawn([8])),
            "paragraph": Native(lambda given: f"{drawn([8])} {drawn([6])}"),
            "content": Native(lambda given: f"{drawn([8])} {drawn([6])}"),
            "mobile": Native(lambda given: f"010{self._libraries.draw():08d}"),
            "pick": Native(
                lambda given: given[0][0] if isinstance(given[0], list) and given[0] else UNKNOWN
            ),  # type: ignore[index]
        }
        return {
            "TestValidator": self._witness.validator(),
            "RandomGenerator": generator,
            "ArrayUtil": {"asyncRepeat": Native(repeat), "repeat": Native(repeat)},
        }

    def _repeated(self, count: object, task: object) -> object:
        number = count if isinstance(count, int) else 0
        made = [self._caller.apply(task, place) for place in range(min(number, 500))]
        settle = self._libraries.globals["Promise"]
        assert isinstance(settle, Native)
        all_of = settle.members["all"]
        return (
            all_of.run([made])
            if isinstance(all_of, Native) and made and isinstance(made[0], Promise)
            else made
        )

    def _suite(self) -> Native:
        def run(given: Sequence[object]) -> object:
            task = given[-1] if given else UNDEFINED
            self._suites.append([])
            self._caller.finish(task)
            self._suites.pop()
            return UNDEFINED

        made: dict[str, object] = {}
        function = Native(run, made)
        made |= {"only": function, "concurrent": function, "sequential": function,
                 "serial": function, "skip": Native(lambda given: UNDEFINED)}  # fmt: skip
        return function

    def _test(self) -> Native:
        def run(given: Sequence[object]) -> object:
            task = next((g for g in reversed(given) if isinstance(g, Closure)), UNDEFINED)
            own = [n for n in self._caller.places if self._caller.file_of(n) == self._file]
            node = next((n for n in own if _calls_test(n)), own[-1] if own else None)
            before = tuple(each for suite in self._suites for each in suite)
            self.registered.append(Registered(node.line if node is not None else 0, task, before))
            return UNDEFINED

        made: dict[str, object] = {}
        function = Native(run, made)
        made |= {"only": function, "concurrent": function, "skip": Native(lambda given: UNDEFINED),
                 "describe": self._suite(), "default": function}  # fmt: skip
        return function

    def _setup(self, given: Sequence[object]) -> object:
        self._suites[-1].append(given[0] if given else UNDEFINED)
        return UNDEFINED


class _Module(dict[str, object]):
    """A module as an object: its members are looked at when they are asked for."""

    def __init__(self, look: Callable[[str], object]) -> None:
        super().__init__()
        self._look = look

    def get(self, key: str, default: object = None) -> object:  # type: ignore[override]
        if key.startswith("#") or key == "then":
            return default
        found = self._look(key)
        return default if found is MISSING else found


def _calls_test(node: SyntaxNode) -> bool:
    callee = node.get("function")
    return callee is not None and callee.text.split(".")[0] in ("it", "test")


def _nowhere(link: Import) -> Module:
    """Return a module that imports just this, to ask what an alias of a path means."""
    made = Module("", "", SyntaxNode("program", b"", 0, 0, 1))
    made.imports[link.name] = link
    return made


def _declarations(nodes: Iterable[SyntaxNode]) -> dict[str, SyntaxNode]:
    """Return what declares each name; a function is more than the namespace of the same name."""
    found: dict[str, SyntaxNode] = {}
    for name, node in _declared(nodes):
        if name not in found or node.type not in ("internal_module", "module"):
            found[name] = node
    return found


def _declared(nodes: Iterable[SyntaxNode]) -> Iterable[tuple[str, SyntaxNode]]:
    for statement in nodes:
        node = statement
        if statement.type == "export_statement":
            node = statement.get("declaration") or statement.get("value") or statement
            if statement.get("value") is not None:
                yield "default", node
        if node.type == "expression_statement" and node.child("internal_module"):
            node = node.children[0]
        if node.type in ("lexical_declaration", "variable_declaration"):
            for each in node.all("variable_declarator"):
                pattern = each.get("name")
                if pattern is not None:
                    for name in _names(pattern):
                        yield name, each
        else:
            name_node = node.get("name")
            if name_node is not None and node.type in _DECLARED:
                yield name_node.text, node


_DECLARED = (
    "function_declaration",
    "class_declaration",
    "abstract_class_declaration",
    "enum_declaration",
    "internal_module",
    "module",
)


def _names(pattern: SyntaxNode) -> Iterable[str]:
    return bound_names(pattern)


def _enumeration(node: SyntaxNode) -> object:
    made: dict[str, object] = {}
    for place, each in enumerate(items(node.get("body"))):
        name, value = each.get("name"), each.get("value")
        if each.type == "enum_assignment" and name is not None and value is not None:
            text = string_value(value)
            digits = value.text
            made[name.text] = (
                text if text is not None else int(digits) if digits.isdigit() else UNKNOWN
            )
        else:
            made[each.text] = place
    return made
