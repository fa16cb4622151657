"""Bind the names of patterns, and assign to variables and members."""

from __future__ import annotations

from dataclasses import replace

from scoring.symbolic.reads import Reads
from scoring.symbolic.scopes import Frame
from scoring.symbolic.terms import NOTHING, TRUE, Choice, Const, Op, Term, both
from scoring.symbolic.values import Array, Building, Instance, Object, field_of, term_of
from scoring.typescript.modules import bound_names
from scoring.typescript.syntax import SyntaxNode, string_value, unwrap


def bind(reader: Reads, pattern: SyntaxNode, value: object, frame: Frame) -> None:
    """Bind the names of a pattern, each to its part of the value."""
    match pattern.type:
        case "identifier" | "shorthand_property_identifier_pattern":
            frame.names[pattern.text] = value
        case "object_pattern":
            _bind_members(reader, pattern, value, frame)
        case "array_pattern":
            for index, child in enumerate(c for c in pattern.children if c.type != "comment"):
                bind(reader, child, element_of(value, index), frame)
        case "assignment_pattern" | "object_assignment_pattern":
            _bind_default(reader, pattern, value, frame)
        case _:
            for name in bound_names(pattern):
                frame.names[name] = value


def element_of(value: object, index: int) -> object:
    """Return an element of an array."""
    if isinstance(value, Array):
        held = value.items[: index + 1]
        plain = not any(isinstance(item, Op) and item.name == "..." for item in held)
        if plain:
            return held[index] if index < len(held) else NOTHING
    return Op("[]", (term_of(value), Const(index)))


def _bind_members(reader: Reads, pattern: SyntaxNode, value: object, frame: Frame) -> None:
    taken: list[str] = []
    for child in pattern.children:
        if child.type == "shorthand_property_identifier_pattern":
            frame.names[child.text] = field_of(value, child.text)
            taken.append(child.text)
        elif child.type == "pair_pattern":
            key, target = child.get("key"), child.get("value")
            if key is not None and target is not None:
                name = string_value(key) or key.text
                bind(reader, target, field_of(value, name), frame)
                taken.append(name)
        elif child.type == "object_assignment_pattern" and child.children:
            name = child.children[0].text
            _bind_default(reader, child, field_of(value, name), frame)
            taken.append(name)
        elif child.type == "rest_pattern":
            names = tuple(Const(name) for name in taken)
            for name in bound_names(child):
                frame.names[name] = Op("without", (term_of(value), *names))


def _bind_default(reader: Reads, pattern: SyntaxNode, value: object, frame: Frame) -> None:
    target, default = pattern.get("left"), pattern.get("right")
    if target is None or default is None:
        return
    if value is NOTHING:
        value = reader.evaluate(default, frame)
    elif isinstance(value, Term):
        given = Op("===", (value, NOTHING))
        value = Choice(given, term_of(reader.evaluate(default, frame)), value)
    bind(reader, target, value, frame)


def assign(reader: Reads, left: SyntaxNode, value: object, frame: Frame) -> None:
    """Assign to a variable or a member, under the conditions that hold here."""
    target = unwrap(left)
    if target.type == "identifier":
        home = frame.home(target.text)
        if home is None:
            key, held = (frame.module.path, target.text), reader.evaluate(target, frame)
            reader.variables[key] = _either(reader.condition(), value, held)
            return
        condition = both(*reader.conditions[home.depth :])
        home.names[target.text] = _either(condition, value, home.names[target.text])
    elif target.type == "member_expression":
        base, name = target.get("object"), target.get("property")
        if base is None or name is None:
            return
        held = reader.evaluate(base, frame)
        condition = reader.condition()
        if isinstance(held, Object):
            held.put(name.text, value, None if condition == TRUE else condition)
        elif isinstance(held, Instance):
            held.fields[name.text] = value
        elif isinstance(held, Term):
            reader.set_members(held, Object([(name.text, value)]))
    elif target.type in ("array_pattern", "object_pattern"):
        bind(reader, target, value, frame)


def _either(condition: Term, value: object, before: object) -> object:
    """Return what a variable holds after it was set under a condition."""
    if condition == TRUE:
        return value
    if isinstance(value, Building) and isinstance(before, Building):
        return narrowed(condition, value, before)
    if isinstance(value, Term | Object | Array) and isinstance(before, Term | Object | Array):
        return Choice(condition, term_of(value), term_of(before))
    return value


def narrowed(condition: Term, value: Building, before: Building) -> Building:
    """Return a query that has further conditions only where the condition holds."""
    shared = len(before.query.where)
    added = value.query.where[shared:]
    where = (*before.query.where, *(Op("=>", (condition, each)) for each in added))
    return replace(value, query=replace(value.query, where=where))
