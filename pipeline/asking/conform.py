"""Whether a document is one that the grammar of its form could have written, and if not, where.

At the levels that do not decode under the
narrowed grammar an answer is held against it here, so that what counts as valid is the same at
every level.
"""

from __future__ import annotations

import difflib
import functools
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, cast

from engines.schema import (
    Array,
    Boolean,
    Const,
    Dictionary,
    Enum,
    FormSchema,
    Kind,
    Named,
    Null,
    Number,
    Object,
    Scalar,
    SchemaNode,
    Text,
    Union,
)
from pipeline.asking.feedback import pointer
from pipeline.records.calls import Diagnostic

SHOWN_CHOICES = 30
"""Names that a diagnostic lists; of more, those that come nearest to what was written."""
SHOWN_CHARACTERS = 60
FAR = 1 << 16  # more tags than any branch has
NEAR = 0.6  # share of characters in common from which a name counts as meant


Definitions = Mapping[str, SchemaNode]
Document = dict[str, Any]
Path = tuple[object, ...]


def conform(schema: FormSchema, document: object) -> tuple[Diagnostic, ...]:
    """Return every place where a document leaves its schema; empty if it does not."""
    return tuple(_Reader(schema.definitions).errors(schema.root, document, ()))


def branches(node: SchemaNode, definitions: Definitions) -> list[SchemaNode]:
    """Return the alternatives of a node, references and unions inside unions resolved."""
    match node:
        case Named(name):
            return branches(definitions[name], definitions)
        case Union(options):
            return [one for each in options for one in branches(each, definitions)]
        case _:
            return [node]


def choices(node: SchemaNode) -> list[Scalar] | None:
    """Return the values that a node fixes, None if it leaves them open."""
    match node:
        case Const(value):
            return [value]
        case Enum(values):
            return list(values)
        case _:
            return None


def same(one: object, other: object) -> bool:
    """Whether two scalars are the same as JSON: `true` is not 1."""
    return one == other and isinstance(one, bool) == isinstance(other, bool)


def nearest(
    options: Sequence[SchemaNode], document: object, definitions: Definitions
) -> list[SchemaNode]:
    """Return the branches of a union that a document is nearest to, by kind and by tags."""
    scored = [(_distance(option, document, definitions), option) for option in options]
    least = min(distance for distance, _ in scored)
    return [option for distance, option in scored if distance == least]


def _distance(option: SchemaNode, document: object, definitions: Definitions) -> int:
    """Count the tags that speak against a branch; another kind of value outweighs them all."""
    fixed = choices(option)
    if fixed is not None:
        return 0 if any(same(value, document) for value in fixed) else FAR // 2
    if not is_kind(option.kind, document):
        return FAR
    if not isinstance(option, Object):
        return 0
    return len(missed_tags(option, cast("Document", document), definitions))


def missed_tags(
    option: Object, document: Document, definitions: Definitions
) -> dict[str, list[Scalar]]:
    """Return the fixed members whose value in the document is another, with what they may be."""
    missed: dict[str, list[Scalar]] = {}
    for name, member in option.members.items():
        found = branches(member, definitions)
        fixed = choices(found[0]) if len(found) == 1 else None
        if fixed is None:
            continue
        present = name in document
        if not present and isinstance(found[0], Const):
            missed[name] = fixed
        if present and not any(same(value, document[name]) for value in fixed):
            missed[name] = fixed
    return missed


def is_kind(kind: Kind | None, document: object) -> bool:
    """Whether a value is of a kind; any value is of none."""
    match kind:
        case "object":
            return isinstance(document, dict)
        case "array":
            return isinstance(document, list)
        case "string":
            return isinstance(document, str)
        case "boolean":
            return isinstance(document, bool)
        case "integer":
            return isinstance(document, int) and not isinstance(document, bool)
        case "number":
            return isinstance(document, int | float) and not isinstance(document, bool)
        case "null":
            return document is None
        case None:
            return True


class _Reader:
    """Walks a document along a schema."""

    def __init__(self, definitions: Definitions) -> None:
        self._definitions = definitions

    def errors(self, node: SchemaNode, document: object, path: Path) -> Iterator[Diagnostic]:
        """Yield what is wrong at `path` and below."""
        options = branches(node, self._definitions)
        near = nearest(options, document, self._definitions)
        if len(options) > 1 and isinstance(document, dict):
            members = cast("Document", document)
            for name, values in self._common_tags(near, members).items():
                if name in members:
                    yield _unknown(values, members[name], (*path, name))
                else:
                    yield _missing(name, values, path)
                return
        found = [list(self._of_branch(option, cast("object", document), path)) for option in near]
        best = min(found, key=len)
        scalars = [value for option in near for value in choices(option) or ()]
        if best and len(near) > 1 and scalars:
            yield _unknown(scalars, cast("object", document), path)
        elif best and len(near) == len(options) > 1:
            words = " or ".join(dict.fromkeys(map(_said, options)))
            yield _wrong(path, words, cast("object", document))
        else:
            yield from best

    def _common_tags(
        self, near: Sequence[SchemaNode], document: Document
    ) -> dict[str, list[Scalar]]:
        """Return the first tag that no branch agrees with, and all values it may have there."""
        objects = [option for option in near if isinstance(option, Object)]
        if len(objects) < len(near):
            return {}
        missed = [missed_tags(option, document, self._definitions) for option in objects]
        if not all(missed):
            return {}
        name = next(iter(missed[0]))
        values = [value for each in missed for value in each.get(name, [])]
        return {name: list(dict.fromkeys(values))}

    def _of_branch(self, node: SchemaNode, document: Any, path: Path) -> Iterator[Diagnostic]:
        fixed = choices(node)
        if fixed is not None:
            if not any(same(value, document) for value in fixed):
                yield _unknown(fixed, document, path)
            return
        if not is_kind(node.kind, document):
            yield _wrong(path, _said(node), document)
            return
        match node:
            case Object():
                yield from self._of_object(node, document, path)
            case Array():
                yield from self._of_list(node, document, path)
            case Text() if not _fits_text(node, document):
                yield _wrong(path, _said(node), document)
            case Number() if not _in_bounds(node, document):
                yield _wrong(path, _said(node), document)
            case _:
                pass

    def _of_object(self, node: Object, document: Document, path: Path) -> Iterator[Diagnostic]:
        for name in node.required:
            if name not in document:
                yield _missing(name, None, path)
        for name, value in document.items():
            if name in node.members:
                yield from self.errors(node.members[name], value, (*path, name))
            else:
                yield _unknown(list(node.members), name, (*path, name), "one member")

    def _of_list(self, node: Array, document: list[object], path: Path) -> Iterator[Diagnostic]:
        least, most = node.least or 0, node.most
        if len(document) < least or (most is not None and len(document) > most):
            bound = f"{least} items or more" if most is None else f"{least} to {most} items"
            yield _wrong(path, "an empty list" if most == 0 else bound, f"{len(document)} items")
            return
        for index, item in enumerate(document):
            of_item = node.at(index)
            assert of_item is not None
            yield from self.errors(of_item, item, (*path, index))


def _fits_text(node: Text, text: str) -> bool:
    if not (node.least or 0) <= len(text) <= (len(text) if node.most is None else node.most):
        return False
    return node.pattern is None or _compiled(node.pattern).search(text) is not None


@functools.lru_cache(maxsize=256)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


def _in_bounds(node: Number, number: float) -> bool:
    return not (
        (node.minimum is not None and number < node.minimum)
        or (node.maximum is not None and number > node.maximum)
        or (node.exclusive_minimum is not None and number <= node.exclusive_minimum)
        or (node.exclusive_maximum is not None and number >= node.exclusive_maximum)
    )


def _said(node: SchemaNode) -> str:
    """Return in words what a branch takes."""
    match node:
        case Const() | Enum():
            return _listed(choices(node) or [])
        case Text(least, most, pattern):
            length = f" of {least or 0} to {'any' if most is None else most} characters"
            return f"a text{length}" + ("" if pattern is None else f" like {pattern}")
        case Number(kind):
            low = _stated(node.minimum, node.exclusive_minimum)
            high = _stated(node.maximum, node.exclusive_maximum)
            return f"{'an integer' if kind == 'integer' else 'a number'} from {low} to {high}"
        case Array():
            return "a list"
        case Boolean():
            return "true or false"
        case Null():
            return "null"
        case Object() | Dictionary():
            return "an object"
        case Named() | Union():
            return "a value"


def _stated(bound: float | None, exclusive: float | None) -> object:
    """Return the bound that a number has."""
    return next((each for each in (bound, exclusive) if each is not None), "any")


def _listed(values: Sequence[object]) -> str:
    shown = ", ".join(str(value) for value in values[:SHOWN_CHOICES])
    more = len(values) - SHOWN_CHOICES
    return f"{shown} and {more} more" if more > 0 else shown


def _shown(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= SHOWN_CHARACTERS else text[:SHOWN_CHARACTERS] + "…"


def _missing(name: str, values: Sequence[object] | None, path: Path) -> Diagnostic:
    needed = name if values is None else f"{name}: {_listed(values)}"
    return Diagnostic(
        pointer=pointer(path),
        expected=f"the member {needed}",
        found="nothing",
        why=f"{name} is missing",
        suggestion=f"Add {name}.",
    )


def _wrong(path: Path, expected: str, found: object) -> Diagnostic:
    shown = _shown(found)
    return Diagnostic(
        pointer=pointer(path),
        expected=expected,
        found=shown,
        why=f"{pointer(path) or 'The form'} is {shown}, not {expected}",
        suggestion="Write what is expected.",
    )


def _unknown(values: Sequence[object], found: object, path: Path, what: str = "one") -> Diagnostic:
    """Complain about a name that does not exist; the list of what does exist comes with it."""
    words = [str(value) for value in values]
    close = difflib.get_close_matches(str(found), words, n=SHOWN_CHOICES, cutoff=NEAR)
    if len(values) > SHOWN_CHOICES:
        values = [*close, *(word for word in words if word not in close)]
    meant = f"Did you mean {close[0]}?" if close else "Choose one of them."
    return Diagnostic(
        pointer=pointer(path),
        expected=f"{what} of {_listed(values)}",
        found=_shown(found),
        why=f"{_shown(found)} does not exist here",
        suggestion=meant,
    )
