"""Coercion: a document bent towards its form where only the writing is off, not the meaning.

Numbers and booleans in quotes, texts without, objects and lists written as texts inside the
document, one item where a list of them belongs, a name in another case, a wrapper around the form,
members the form does not have. Nothing is invented: what is missing stays missing, unless the form
leaves only one value for it.
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Sequence
from typing import Any, Literal, cast

from engines.schema import (
    Array,
    Const,
    FormSchema,
    Kind,
    Object,
    SchemaNode,
    Union,
)
from pipeline.asking.conform import (
    Definitions,
    Document,
    branches,
    choices,
    conform,
    is_kind,
    missed_tags,
    nearest,
    same,
)
from pipeline.asking.recovery.lenient import NotFoundError, recover

YES, NO = ("true", "yes", "on", "1"), ("false", "no", "off", "0")
NULL = ("null", "none", "nil", "undefined")
BRACKETS: dict[Kind | None, str] = {"object": "{", "array": "["}
"""What the text of a value of each kind that holds others begins with."""


def coerce(schema: FormSchema, document: object) -> Any:
    """Return the document as the schema would have it, as far as its meaning is plain."""
    return _Bending(schema.definitions).bent(schema.root, _unwrapped(schema.members, document))


def _unwrapped(members: Collection[str], document: object) -> object:
    """Take a form with these members out of a text, a list of one, or an object around it."""
    while True:
        inner: object = None
        if isinstance(document, str):
            inner = _parsed(document, "{")
        elif isinstance(document, list):
            items = cast("list[object]", document)
            inner = items[0] if len(items) == 1 else None
        elif isinstance(document, dict) and not set(members) & set(cast("Document", document)):
            inner = next(iter(cast("Document", document).values())) if len(document) == 1 else None
        if not isinstance(inner, str | list | dict):
            return cast("object", document)
        document = cast("object", inner)


def _parsed(text: str, bracket: str) -> Any:
    if not text.lstrip().startswith(bracket):
        return None
    try:
        return recover(text)
    except NotFoundError:
        return None


class _Bending:
    """Walks a document along a schema and builds it again."""

    def __init__(self, definitions: Definitions) -> None:
        self._definitions = definitions

    def bent(self, node: SchemaNode, document: object) -> Any:
        options = branches(node, self._definitions)
        is_nullable = any(option.kind == "null" for option in options)
        if is_nullable and isinstance(document, str) and document.strip().casefold() in NULL:
            return None
        tries = [self._to_branch(option, document) for option in self._likely(options, document)]
        if len(tries) == 1:
            return tries[0]
        whole = FormSchema(Union(tuple(options)), self._definitions)
        return min(tries, key=lambda tried: len(conform(whole, tried)))

    def _likely(self, options: list[SchemaNode], document: object) -> Sequence[SchemaNode]:
        """Return the branches that may be meant."""
        if len(options) == 1:
            return options
        if isinstance(document, str) and not _is_of(options, document):
            inner = _parsed(document, "{")
            document = document if inner is None else inner
        objects = [option for option in options if isinstance(option, Object)]
        if not isinstance(document, dict) or not objects:
            document = cast("object", document)
            near = nearest(options, document, self._definitions)
            return near if _is_of(near, document) else options
        missed = [self._missed(option, cast("Document", document)) for option in objects]
        return [o for o, count in zip(objects, missed, strict=True) if count == min(missed)]

    def _missed(self, option: Object, document: Document) -> int:
        """Count the tags that speak against a branch once they are spelled as it spells them."""
        spelled: Document = {}
        for name, value in _named(option, document).items():
            found = branches(option.members[name], self._definitions)
            fixed = choices(found[0]) if len(found) == 1 else None
            spelled[name] = value if fixed is None else _chosen(fixed, value)
        return len(missed_tags(option, spelled, self._definitions))

    def _to_branch(self, node: SchemaNode, document: object) -> Any:
        fixed = choices(node)
        if fixed is not None:
            return _chosen(fixed, document)
        if isinstance(document, str) and node.kind in BRACKETS:
            inner = _parsed(document, BRACKETS[node.kind])
            document = document if inner is None else cast("object", inner)
        if isinstance(node, Array):
            return self._to_list(node, document)
        if isinstance(document, list):
            items = cast("list[object]", document)
            document = items[0] if len(items) == 1 else items
        if isinstance(node, Object):
            return self._to_object(node, document)
        return _scalar(node, document)

    def _to_object(self, node: Object, document: object) -> Any:
        if not isinstance(document, dict):
            return document
        given = _named(node, cast("Document", document))
        out: Document = {}
        for name, member in node.members.items():
            if name in given:
                out[name] = self.bent(member, given[name])
            elif name in node.required:
                match branches(member, self._definitions):
                    case [Const(value)]:
                        out[name] = value
                    case [Array(most=0)]:
                        out[name] = []
                    case _:
                        pass
        return out

    def _to_list(self, node: Array, document: object) -> Any:
        if document is None:
            return []
        items = cast("list[object]", document if isinstance(document, list) else [document])
        nodes = [node.at(index) for index in range(len(items))]
        return [
            item if each is None else self.bent(each, item)
            for each, item in zip(nodes, items, strict=True)
        ]


def _is_of(options: Sequence[SchemaNode], document: object) -> bool:
    """Whether a value is of the kind of any of the branches."""
    return any(is_kind(option.kind, document) for option in options)


def _named(node: Object, document: Document) -> Document:
    """Return the members that the node has, under its own spelling."""
    spelling = {_plain(name): name for name in node.members}
    loose = {spelling[_plain(k)]: v for k, v in document.items() if _plain(k) in spelling}
    return {**loose, **{name: value for name, value in document.items() if name in node.members}}


def _chosen(values: Sequence[object], document: object) -> object:
    """Return the value that is meant, if it is one of them but for its writing."""
    for value in values:
        if same(value, document):
            return value
    if isinstance(document, str | int | float) and not isinstance(document, bool):
        meant = [value for value in values if _plain(value) == _plain(document)]
        if len(meant) == 1:
            return meant[0]
    return document


def _plain(word: object) -> str:
    """Fold what only writing differs in: case, spaces, dashes, underscores."""
    return re.sub(r"[\W_]+", "", str(word)).casefold()


def _scalar(node: SchemaNode, document: object) -> object:
    if is_kind(node.kind, document):
        return document
    text = document.strip() if isinstance(document, str) else None
    match node.kind:
        case "string" if isinstance(document, bool):
            return "true" if document else "false"
        case "string" if isinstance(document, int | float):
            return str(document)
        case "null" if text is not None and text.casefold() in NULL:
            return None
        case "boolean":
            word = str(document).casefold()
            return True if word in YES else False if word in NO else document
        case "integer" | "number" as kind:
            return _number(kind, text if text is not None else document)
        case _:
            return document


def _number(kind: Literal["integer", "number"], document: object) -> object:
    if isinstance(document, bool) or not isinstance(document, str | int | float):
        return document
    try:
        number = float(document)
    except ValueError:
        return document
    if math.isfinite(number) and number.is_integer():
        return int(document) if isinstance(document, str) and document.isdigit() else int(number)
    return number if kind == "number" and math.isfinite(number) else document
