"""Fields of a class with decorators: how TypeORM, MikroORM and Mongoose write columns in Nest."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from scoring.project.schemas.literals import options_of
from scoring.typescript.modules import Class, Decorator, original_name, read_decorators
from scoring.typescript.syntax import SyntaxNode, doc_text


@dataclass(frozen=True)
class DecoratedField:
    """A field, with its decorators by the names that their package gives them."""

    name: str
    type: str
    optional: bool
    value: SyntaxNode | None
    marks: Mapping[str, Decorator]
    doc: str
    file: str
    line: int

    def options(self) -> dict[str, SyntaxNode]:
        """Return the options of all decorators together."""
        return options_of(n for mark in self.marks.values() for n in mark.arguments)


def bare_name(owner: Class, decorator: Decorator) -> str:
    """Return a decorator's own name, whatever the module calls it."""
    return original_name(owner.module, decorator.name).rsplit(".", 1)[-1]


def decorated_fields(owner: Class) -> Iterable[DecoratedField]:
    """Yield a class's own decorated fields in their order."""
    body = owner.node.get("body")
    doc, pending = "", list[SyntaxNode]()
    for child in body.children if body is not None else ():
        if child.type == "comment":
            doc = doc_text(child.text) or doc
            continue
        if child.type == "decorator":
            pending.append(child)
            continue
        name = child.get("name")
        decorators = read_decorators([*pending, *child.all("decorator")])
        if child.type == "public_field_definition" and name is not None and decorators:
            annotation = child.get("type")
            written = child.source[name.end_byte : name.end_byte + 1]
            yield DecoratedField(
                name=name.text,
                type=annotation.text.lstrip(": ").strip() if annotation is not None else "",
                optional=written == b"?",
                value=child.get("value"),
                marks={bare_name(owner, d): d for d in decorators},
                doc=doc,
                file=owner.module.path,
                line=name.line,
            )
        doc, pending = "", []
