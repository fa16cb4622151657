"""Patterns of declarations and assignments: what they bind of a value."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import cast

from scoring.trials.language.members import member
from scoring.trials.language.protocols import Compiles
from scoring.trials.language.scopes import Scope
from scoring.trials.language.values import (
    UNDEFINED,
    UNKNOWN,
    elements_of,
    members_of,
    missing,
    text,
)
from scoring.typescript.syntax import SyntaxNode, string_value

Bind = Callable[[Scope, object], None]


def binder(compiler: Compiles, node: SyntaxNode, *, declares: bool) -> Bind:
    """Return what binds a pattern; `declares` if its names are new ones."""
    match node.type:
        case "identifier" | "shorthand_property_identifier_pattern":
            return _name(node.text, declares)
        case "object_pattern" | "object":
            return _object(compiler, node, declares)
        case "array_pattern" | "array":
            return _array(compiler, node, declares)
        case "assignment_pattern" | "object_assignment_pattern":
            return _defaulted(compiler, node, declares)
        case "rest_pattern":
            return binder(compiler, node.children[0], declares=declares)
        case "member_expression" | "subscript_expression":
            return _place(compiler, node)
        case "parenthesized_expression" | "non_null_expression" | "as_expression":
            return binder(compiler, node.children[0], declares=declares)
        case _:
            return lambda scope, value: None


def _name(name: str, declares: bool) -> Bind:
    if declares:

        def declare(scope: Scope, value: object) -> None:
            scope.names[name] = value

        return declare
    return lambda scope, value: scope.set(name, value)


def _defaulted(compiler: Compiles, node: SyntaxNode, declares: bool) -> Bind:
    left, right = node.get("left"), node.get("right")
    if left is None or right is None:
        return lambda scope, value: None
    bind, default = binder(compiler, left, declares=declares), compiler.expression(right)
    return lambda scope, value: bind(scope, default(scope) if value is UNDEFINED else value)


def _object(compiler: Compiles, node: SyntaxNode, declares: bool) -> Bind:
    parts: list[tuple[str, Bind]] = []
    rest: Bind | None = None
    for child in node.children:
        if child.type in ("pair_pattern", "pair"):
            key, value = child.get("key"), child.get("value")
            if key is not None and value is not None:
                name = string_value(key) or key.text
                parts.append((name, binder(compiler, value, declares=declares)))
        elif child.type in ("rest_pattern", "spread_element"):
            rest = binder(compiler, child.children[0], declares=declares)
        elif child.type == "object_assignment_pattern":
            left = child.get("left")
            if left is not None:
                parts.append((left.text, binder(compiler, child, declares=declares)))
        elif child.type.startswith("shorthand_property_identifier"):
            parts.append((child.text, _name(child.text, declares)))

    def bind(scope: Scope, value: object) -> None:
        for name, inner in parts:
            inner(scope, member(compiler.caller, value, name))
        if rest is not None:
            held = members_of(value)
            taken = {name for name, _ in parts}
            left = {n: each for n, each in held.items() if n not in taken} if held else UNKNOWN
            rest(scope, left)

    return bind


def _array(compiler: Compiles, node: SyntaxNode, declares: bool) -> Bind:
    inside = [c for c in node.children if c.type != "comment"]
    parts = [(c.type == "rest_pattern", binder(compiler, c, declares=declares)) for c in inside]

    def bind(scope: Scope, value: object) -> None:
        known = isinstance(value, list)
        elements = cast("Sequence[object]", value) if known else ()
        for place, (is_rest, inner) in enumerate(parts):
            if not known:
                inner(scope, UNKNOWN)
            elif is_rest:
                inner(scope, list(elements[place:]))
            else:
                inner(scope, elements[place] if place < len(elements) else UNDEFINED)

    return bind


def _place(compiler: Compiles, node: SyntaxNode) -> Bind:
    target, name = node.get("object"), node.get("property")
    index = node.get("index")
    if target is None or (name is None and index is None):
        return lambda scope, value: None
    base = compiler.expression(target)
    at = compiler.expression(index) if index is not None else None
    word = name.text if name is not None else ""

    def bind(scope: Scope, value: object) -> None:
        held = base(scope)
        key = at(scope) if at is not None else word
        elements = elements_of(held)
        if elements is not None and isinstance(key, int):
            elements += [UNDEFINED] * (key + 1 - len(elements))
            elements[key] = value
        elif not missing(held):
            members = members_of(held)
            written = text(key)
            if members is not None and written is not None:
                members[written] = value

    return bind
