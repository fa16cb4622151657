"""Bounds of a form in words: how many, how long, how large, read off its own schema.

So what a prompt says is what the grammar holds an answer to.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from engines.schema import Array, Enum, FormSchema, Named, Number, Object, SchemaNode, Text, Union
from pipeline.asking.narrow import NarrowedSchema
from pipeline.ast.base import TEXT_PATTERN

DEEPEST = 2
"""Levels of members that are shown; what is deeper is seldom a matter of choice."""
PROSE = (TEXT_PATTERN, None)
"""Patterns of texts whose length is the model's to choose; names and paths are short."""
CHARACTERS = "characters"
WIDE = 1_000_000
"""A range that is wider than this keeps nobody from anything."""


def bounds(schema: FormSchema) -> tuple[str, str]:
    """Return the bounds that all forms of one kind have, and those that this one has instead.

    ``Bounds: `features` 1 to 16.`` Left out is what decides nothing: names, a choice without a
    limit, the parts of a condition. A list that has to be empty, or a choice of few, keeps what is
    said of its kind, and so does one that needs an item: it is true, and prompts that begin alike
    are evaluated once.
    """
    narrowed = _by_path(schema)
    usual = narrowed if not isinstance(schema, NarrowedSchema) else _by_path(schema.full)
    kept = {
        path: words
        for path, words in usual.items()
        if any(words) and _most(narrowed.get(path, words)) == _most(words)
    }
    other = {
        path: words for path, words in narrowed.items() if any(words) and usual.get(path) != words
    }
    return _sentence("Bounds", kept), _sentence("Bounds of this one", other)


def _most(words: tuple[str, ...]) -> tuple[str, ...]:
    """Return the upper ends of bounds in words."""
    return tuple(each.removesuffix(f" {CHARACTERS}").rpartition(" ")[2] for each in words)


def _by_path(schema: FormSchema) -> dict[str, tuple[str, ...]]:
    """Return the bounds of each bounded member by its path; branches of a union may differ.

    A text or number that has become a choice, or a list whose items are given, has an empty one.
    """
    found: dict[str, tuple[str, ...]] = {}
    for path, words in _members(schema, schema.root, "", DEEPEST):
        found[path] = tuple(dict.fromkeys((*found.get(path, ()), words)))
    return found


def _sentence(head: str, found: Mapping[str, tuple[str, ...]]) -> str:
    """Return bounds as one sentence; members of one bound stand together, most texts unnamed."""
    members: dict[str, list[str]] = {}
    for path, bound in found.items():
        members.setdefault(" or ".join(bound), []).append(f"`{path}`")
    texts = [words for words in members if words.endswith(CHARACTERS)]
    usual = max(texts, key=lambda words: len(members[words]), default="")
    said = [
        f"{'texts' if words == usual and len(paths) > 1 else ', '.join(paths)} {words}"
        for words, paths in members.items()
    ]
    return f"{head}: {'; '.join(said)}." if said else ""


def _members(
    schema: FormSchema, node: SchemaNode, place: str, levels: int
) -> Iterator[tuple[str, str]]:
    """Yield the path and the bound of each bounded member of a node, or of its items."""
    match node:
        case Named(name):
            yield from _members(schema, schema.definitions[name], place, levels)
        case Union(options):
            for option in options:
                yield from _members(schema, option, place, levels)
        case Array(items) if items is not None and node.most != 0:
            yield from _members(schema, items, place, levels)
        case Object(members) if levels:
            for name, member in members.items():
                path = f"{place}.{name}" if place else name
                words = "" if place and _has_parts(member) else _bound(member)
                if words or _is_given(member):
                    yield path, words
                yield from _members(schema, member, path, levels - 1)
        case _:
            pass


def _is_given(node: SchemaNode) -> bool:
    """Whether the node is a choice, or a list with a node of its own for each item."""
    match node:
        case Array(_, _, most, first):
            return bool(most) and most == len(first)
        case _:
            return isinstance(node, Enum)


def _has_parts(node: SchemaNode) -> bool:
    """Whether the node is a list of more than names and words."""
    return isinstance(node, Array) and not isinstance(node.items, Enum | Text)


def _bound(node: SchemaNode) -> str:
    """Return the bound of a list, a text or a number in words; empty if it has none to speak of."""
    match node:
        case Array(Enum(values), _, most) if most is None or most >= len(values):
            return ""
        case Array(_, least, most) if most and not _is_given(node):
            return _range(least, most)
        case Text(least, most, pattern) if most and pattern in PROSE:
            return f"{_range(least, most)} {CHARACTERS}"
        case Number(_, minimum, maximum) if minimum is not None and maximum is not None:
            return f"{minimum} to {maximum}" if maximum - minimum < WIDE else ""
        case _:
            return ""


def _range(least: int | None, most: int) -> str:
    return f"{least} to {most}" if least else f"at most {most}"
