"""Going through an AST."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import cast

from pydantic import BaseModel


def walk(node: object) -> Iterator[BaseModel]:
    """Go through all AST nodes in a tree (or a tuple or mapping of trees), parents first."""
    if isinstance(node, tuple):
        for each in cast("tuple[object, ...]", node):
            yield from walk(each)
    elif isinstance(node, Mapping):
        for each in cast("Mapping[object, object]", node).values():
            yield from walk(each)
    elif isinstance(node, BaseModel):
        yield node
        for name in type(node).model_fields:
            yield from walk(getattr(node, name))
