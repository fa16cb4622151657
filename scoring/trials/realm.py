"""The modules of a project as a test sees them: each name is looked at when it is asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from scoring.trials.language.caller import Caller
from scoring.trials.language.compiler import Compiler
from scoring.trials.language.expressions import items
from scoring.trials.language.scopes import MISSING, Lazy, Scope
from scoring.trials.language.statements import declarator
from scoring.trials.language.values import UNKNOWN, Closure
from scoring.trials.packages import Packages
from scoring.typescript.modules import Import, Module, Program, Symbol, bound_names
from scoring.typescript.syntax import SyntaxNode, string_value

_EXPECTING = frozenset({"vitest", "@jest/globals", "bun:test", "chai", "jest", "@playwright/test"})
_DEPTH_MAX = 8


class Realm:
    """All modules in one play; `begin` forgets what they hold."""

    def __init__(
        self,
        program: Program,
        caller: Caller,
        packages: Packages,
    ) -> None:
        self._program = program
        self._caller = caller
        self._compiler: Compiler = caller.compiler
        self._packages = packages
        self._scopes: dict[str, Scope] = {}
        self._wholes: dict[str, object] = {}
        self._exports: dict[tuple[str, str], object] = {}
        self._aliases: dict[tuple[str, str], Symbol | None] = {}
        self._declared: dict[str, dict[str, SyntaxNode]] = {}

    def begin(self) -> None:
        """Begin a play."""
        self._scopes.clear()
        self._exports.clear()

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
            return self._packages.globals.get(name, MISSING)

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
        return Lazy(lambda name: look(name) if name not in inner.names else inner.names[name])

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
        return self._packages.member(link.specifier.removeprefix("node:"), link.name)

    def module(self, path: str) -> object:
        """Return a module as a value, as `import * as` has it."""
        found = self._wholes.get(path)
        if found is None:
            found = self._wholes[path] = Lazy(lambda name: self._member(path, name))
        return found

    def _member(self, path: str, name: str) -> object:
        found = self._exports.get((path, name))
        if found is None:
            found = self.exported(path, name, 0)
            if isinstance(found, Closure | Lazy):
                self._exports[path, name] = found
        return found

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
