"""What is called: the project's own function, or an exception of NestJS with its status."""

from __future__ import annotations

import re
from dataclasses import replace

from scoring.typescript.frames import Frame, Instance
from scoring.typescript.modules import Class, Function, Module, Program, original_name
from scoring.typescript.status import EXCEPTION_STATUSES
from scoring.typescript.syntax import SyntaxNode, unwrap
from scoring.typescript.value import EMPTY, Value

_BASES_MAX = 6
"""How far the bases of an exception are followed."""
_ERROR_STATUS = re.compile(r"[45]\d\d")
_SUPER_STATUS = re.compile(r"super\s*\(.*?\b([45]\d\d)\b", re.DOTALL)


class Callees:
    """Finds what a callee stands for in a frame."""

    def __init__(self, program: Program) -> None:
        self._program = program

    def function(self, callee: SyntaxNode, frame: Frame) -> Function | None:
        """Return the project's own function that is called; None if it is none of them."""
        if callee.type == "identifier":
            if frame.owner is not None and frame.owner.is_namespace:
                within = frame.owner.methods.get(callee.text)
                if within is not None:
                    return within
            found = self._program.resolve(frame.module, callee.text)
            return found if isinstance(found, Function) else None
        if callee.type != "member_expression":
            return None
        target, name = callee.get("object"), callee.get("property")
        if target is None or name is None:
            return None
        space = self._space(unwrap(target), frame)
        if isinstance(space, Class):
            return self._program.method(space, name.text)
        if isinstance(space, Module):
            found = self._program.exported(space, name.text)
            return found if isinstance(found, Function) else None
        return None

    def made_class(self, module: Module, name: str) -> Class | None:
        """Return the project's own class that `new name()` makes an object of."""
        found = self._program.resolve(module, name)
        return found if isinstance(found, Class) else None

    def exception_status(self, name: str, value: Value, module: Module, depth: int = 0) -> int:
        """Return the HTTP status of `new name(…)`, given its arguments; 0 if it is no exception."""
        bare = original_name(module, name).rsplit(".", 1)[-1]
        if bare in EXCEPTION_STATUSES:
            return EXCEPTION_STATUSES[bare]
        if bare == "HttpException":
            given = [int(text) for text in value.literals if _ERROR_STATUS.fullmatch(text)]
            return min(given, default=0)
        found = self._program.resolve(module, bare)
        if isinstance(found, Class) and found.base is not None and depth < _BASES_MAX:
            built = _SUPER_STATUS.search(found.node.text)
            literals = frozenset({built[1]}) if built else value.literals
            return self.exception_status(
                found.base, replace(value, literals=literals), found.module, depth + 1
            )
        return 0

    def _space(self, node: SyntaxNode, frame: Frame) -> Class | Module | None:
        """Return the class, namespace or module that an expression stands for."""
        match node.type:
            case "this":
                return frame.owner
            case "identifier":
                handle = frame.bindings.get(node.text, EMPTY).handle
                if isinstance(handle, Instance):
                    return handle.of
                found = self._program.resolve(frame.module, node.text)
                return None if isinstance(found, Function) else found
            case "new_expression":
                constructor = node.get("constructor")
                return self.made_class(frame.module, constructor.text) if constructor else None
            case "member_expression":
                return self._member_space(node, frame)
            case _:
                return None

    def _member_space(self, node: SyntaxNode, frame: Frame) -> Class | Module | None:
        target, name = node.get("object"), node.get("property")
        if target is None or name is None:
            return None
        if target.type == "this":
            owner = frame.owner
            return self._program.class_of(owner, name.text) if owner is not None else None
        outer = self._space(unwrap(target), frame)
        if isinstance(outer, Module):
            found = self._program.exported(outer, name.text)
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
