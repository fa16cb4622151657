"""What names and members mean: constants, functions, classes, things of packages."""

from __future__ import annotations

from scoring.symbolic.reads import Reads
from scoring.symbolic.scopes import Frame
from scoring.symbolic.terms import NOTHING, Const, Op, Record, Term, Unknown
from scoring.symbolic.values import Array, Instance, Method, Native, Space, field_of, term_of
from scoring.typescript.modules import Class, Function, Module
from scoring.typescript.status import HTTP_STATUSES
from scoring.typescript.syntax import SyntaxNode, string_value

_NATIVES = frozenset(
    "Math Date JSON Object Array Number String Boolean Promise Set Map RegExp BigInt Error"
    " crypto parseInt parseFloat isNaN structuredClone".split()
)
_FOLLOWED_MAX = 8


def global_name(
    reader: Reads, name: str, module: Module, owner: Class | None = None, depth: int = 0
) -> object:
    """Return what a name means in a module: a constant, a function, a class, a package's thing."""
    if name == "undefined":
        return NOTHING
    if (module.path, name) in reader.variables:
        return reader.variables[module.path, name]
    if owner is not None and owner.is_namespace and name in owner.methods:
        return Method(owner.methods[name])
    if owner is not None and f"{owner.name}.{name}" in module.constants:
        return reader.constant(module.constants[f"{owner.name}.{name}"], module)
    if name in module.constants:
        return reader.constant(module.constants[name], module)
    enumeration = module.types.get(name)
    if enumeration is not None and enumeration.type == "enum_declaration":
        return _enumeration(reader, enumeration, module)
    found = reader.program.resolve(module, name)
    if isinstance(found, Function):
        return Method(found)
    if isinstance(found, Class | Module):
        return Space(found)
    link = module.imports.get(name)
    if link is not None and depth < _FOLLOWED_MAX:
        if link.path is not None:
            target = reader.program.modules[link.path]
            return exported_name(reader, link.name, target, depth + 1)
        return Native(link.name if link.name not in ("default", "*") else name)
    if name in _NATIVES:
        return Native(name)
    return Unknown(module.path, 0, name)


def exported_name(reader: Reads, name: str, module: Module, depth: int = 0) -> object:
    """Return what a module exports as a name."""
    if name == "*":
        return Space(module)
    further = module.reexports.get(name)
    if further is not None and further.path is not None and depth < _FOLLOWED_MAX:
        target = reader.program.modules[further.path]
        return exported_name(reader, further.name, target, depth + 1)
    for path in module.star_reexports:
        target = reader.program.modules[path]
        if name in target.constants or name in target.types:
            return global_name(reader, name, target, None, depth + 1)
    return global_name(reader, name, module, None, depth + 1)


def _enumeration(reader: Reads, node: SyntaxNode, module: Module) -> Record:
    members: list[tuple[str | None, Term]] = []
    body = node.get("body")
    for index, member in enumerate(body.children if body is not None else ()):
        if member.type == "enum_assignment":
            name, value = member.get("name"), member.get("value")
            if name is not None and value is not None:
                held = term_of(reader.evaluate(value, Frame(module, None)))
                members.append((string_value(name) or name.text, held))
        elif member.type == "property_identifier":
            members.append((member.text, Const(index)))
    return Record(tuple(members))


def member_of(reader: Reads, base: object, name: str) -> object:
    """Return a member of a value."""
    if isinstance(base, Instance):
        return _instance_member(reader, base, name)
    if isinstance(base, Space):
        if isinstance(base.of, Module):
            return exported_name(reader, name, base.of)
        method = reader.program.method(base.of, name)
        if method is not None:
            return Method(method)
        key = f"{base.of.name}.{name}"
        held = base.of.module.constants.get(key)
        if held is not None:
            return reader.constant(held, base.of.module)
        return static_field(reader, base.of, name)
    if isinstance(base, Native):
        if name in HTTP_STATUSES and base.name == "HttpStatus":
            return Const(HTTP_STATUSES[name])
        return Native(f"{base.name}.{name}")
    if isinstance(base, Array) and name == "length":
        return Op("length", (term_of(base),))
    if name == "length" and isinstance(base, Term):
        return Op("length", (base,))
    return field_of(base, name)


def _instance_member(reader: Reads, base: Instance, name: str) -> object:
    if name in base.fields:
        return base.fields[name]
    if base.of is None:
        return Unknown("", 0, name)
    method = reader.program.method(base.of, name)
    if method is not None:
        return Method(method, base)
    found = reader.program.class_of(base.of, name)
    if found is not None:
        base.fields[name] = Instance(found)
        return base.fields[name]
    return static_field(reader, base.of, name)


def static_field(reader: Reads, owner: Class, name: str) -> object:
    """Return what a field of a class is set to where it is declared."""
    body = owner.node.get("body")
    for member in body.children if body is not None else ():
        field_name, value = member.get("name"), member.get("value")
        is_field = member.type == "public_field_definition" and value is not None
        if is_field and value is not None and field_name is not None and field_name.text == name:
            return reader.evaluate(value, Frame(owner.module, owner, Instance(owner)))
    type_name = owner.field_types.get(name)
    return Native(type_name) if type_name else Unknown(owner.module.path, 0, name)
