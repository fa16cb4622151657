"""Going through an AST."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeVar, cast

from pydantic import BaseModel

T = TypeVar("T")


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


def transform(node: T, change: Callable[[BaseModel], BaseModel]) -> T:
    """Return a tree (or a tuple or mapping of trees) with each node changed, children first."""
    return cast("T", _transformed(node, change))


def _transformed(node: Any, change: Callable[[BaseModel], BaseModel]) -> Any:
    if isinstance(node, tuple):
        return tuple(_transformed(each, change) for each in cast("tuple[Any, ...]", node))
    if isinstance(node, Mapping):
        items = cast("Mapping[Any, Any]", node).items()
        return {key: _transformed(each, change) for key, each in items}
    if not isinstance(node, BaseModel):
        return node
    parts = {name: getattr(node, name) for name in type(node).model_fields}
    new = {name: _transformed(part, change) for name, part in parts.items()}
    changed = {name: part for name, part in new.items() if part is not parts[name]}
    return change(node.model_copy(update=changed) if changed else node)
