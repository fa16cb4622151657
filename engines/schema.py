"""The schema of a form, parsed once into the nodes that everything else matches on.

It is read from a JSON schema (2020-12), mostly pydantic's, and written as one where an engine or a
tool call needs it. Notes say nothing about documents and are left out, but for the title of an
object, which names its model. Members keep their order, for a form is written in it.

Nodes are frozen and shared: one that stands in many places is parsed and written once.
"""

from __future__ import annotations

import functools
import hashlib
import json
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Literal, cast

from engines.remedy import UserError

Json = dict[str, Any]
"""A JSON schema as plain data."""
Scalar = str | int | float | bool | None
Kind = Literal["object", "array", "string", "integer", "number", "boolean", "null"]

DEFINITION = "#/$defs/"
NOTES = {
    *("title", "description", "discriminator", "default", "examples", "deprecated"),
    *("readOnly", "writeOnly", "$schema", "$id", "$comment"),
}
"""Keywords that say nothing about which documents are valid."""
ARRAY_KEYWORDS = {"items": "items", "prefixItems": "first", "minItems": "least", "maxItems": "most"}
TEXT_KEYWORDS = {
    "format": "format",
    "maxLength": "most",
    "minLength": "least",
    "pattern": "pattern",
}
NUMBER_KEYWORDS = {
    "exclusiveMaximum": "exclusive_maximum",
    "exclusiveMinimum": "exclusive_minimum",
    "maximum": "maximum",
    "minimum": "minimum",
    "multipleOf": "multiple_of",
}
"""The field of a node that holds a keyword's value."""


class SchemaError(UserError):
    """The schema of a form says something that a grammar can't enforce."""


class _Written(ABC):
    """A node; equal to another if both write the same schema."""

    @functools.cached_property
    def text(self) -> str:
        """The JSON schema as text, keywords in alphabetical order as pydantic has them.

        It is written once: nodes that are shared share it, within a form and from form to form.
        """
        return f"{{{', '.join(self._keywords())}}}"

    @abstractmethod
    def _keywords(self) -> Iterator[str]:
        """Yield each keyword with its value."""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Written) and self.text == other.text

    def __hash__(self) -> int:
        return hash(self.text)


@dataclass(frozen=True, eq=False)
class Named(_Written):
    """What the definitions hold under a name."""

    kind: ClassVar[None] = None
    name: str

    def _keywords(self) -> Iterator[str]:
        yield _keyword("$ref", DEFINITION + self.name)


@dataclass(frozen=True, eq=False)
class Union(_Written):
    """Any one of its options."""

    kind: ClassVar[None] = None
    options: tuple[SchemaNode, ...]

    def _keywords(self) -> Iterator[str]:
        yield f'"anyOf": [{_joined(self.options)}]'


@dataclass(frozen=True, eq=False)
class Const(_Written):
    """One value, such as the tag of a union's member."""

    value: Scalar
    kind: Kind | None = None
    """Its type, where the schema states it."""

    def _keywords(self) -> Iterator[str]:
        yield _keyword("const", self.value)
        if self.kind is not None:
            yield f'"type": "{self.kind}"'


@dataclass(frozen=True, eq=False)
class Enum(_Written):
    """One of a few values."""

    values: tuple[Scalar, ...]
    kind: Kind | None = None
    """Their type, where the schema states it."""

    def _keywords(self) -> Iterator[str]:
        yield _keyword("enum", self.values)
        if self.kind is not None:
            yield f'"type": "{self.kind}"'


@dataclass(frozen=True, eq=False)
class Object(_Written):
    """An object of these members and no others, in the order in which they are written."""

    kind: ClassVar[Kind] = "object"
    members: Mapping[str, SchemaNode]
    required: tuple[str, ...] = ()
    title: str = ""
    """Name of the model it was read from; it is not written."""

    def _keywords(self) -> Iterator[str]:
        members = (f"{_dumped(name)}: {each.text}" for name, each in self.members.items())
        yield '"additionalProperties": false'
        yield f'"properties": {{{", ".join(members)}}}'
        yield _keyword("required", self.required)
        yield f'"type": "{self.kind}"'


@dataclass(frozen=True, eq=False)
class Dictionary(_Written):
    """An object whose names are open. No grammar writes one: it has to be narrowed first."""

    kind: ClassVar[Kind] = "object"
    values: SchemaNode

    def _keywords(self) -> Iterator[str]:
        yield f'"additionalProperties": {self.values.text}'
        yield f'"type": "{self.kind}"'


@dataclass(frozen=True, eq=False)
class Array(_Written):
    """A list: the items in `first`, each with a node of its own, then `items`."""

    kind: ClassVar[Kind] = "array"
    items: SchemaNode | None
    least: int | None = None
    most: int | None = None
    first: tuple[SchemaNode, ...] = ()

    def at(self, index: int) -> SchemaNode | None:
        """Return the node of an item, None where no item may stand."""
        if self.most is not None and index >= self.most:
            return None
        return self.first[index] if index < len(self.first) else self.items

    def _keywords(self) -> Iterator[str]:
        if self.items is not None:
            yield f'"items": {self.items.text}'
        yield from _stated({"maxItems": self.most, "minItems": self.least})
        if self.first:
            yield f'"prefixItems": [{_joined(self.first)}]'
        yield f'"type": "{self.kind}"'


@dataclass(frozen=True, eq=False)
class Text(_Written):
    """A string; its bounds count characters."""

    kind: ClassVar[Kind] = "string"
    least: int | None = None
    most: int | None = None
    pattern: str | None = None
    format: str | None = None

    def _keywords(self) -> Iterator[str]:
        yield from _stated({word: getattr(self, name) for word, name in TEXT_KEYWORDS.items()})
        yield f'"type": "{self.kind}"'


@dataclass(frozen=True, eq=False)
class Number(_Written):
    """A number, or an integer."""

    kind: Literal["integer", "number"]
    minimum: float | None = None
    maximum: float | None = None
    exclusive_minimum: float | None = None
    exclusive_maximum: float | None = None
    multiple_of: float | None = None

    def _keywords(self) -> Iterator[str]:
        yield from _stated({word: getattr(self, name) for word, name in NUMBER_KEYWORDS.items()})
        yield f'"type": "{self.kind}"'


@dataclass(frozen=True, eq=False)
class Boolean(_Written):
    """True or false."""

    kind: ClassVar[Kind] = "boolean"

    def _keywords(self) -> Iterator[str]:
        yield f'"type": "{self.kind}"'


@dataclass(frozen=True, eq=False)
class Null(_Written):
    """Null."""

    kind: ClassVar[Kind] = "null"

    def _keywords(self) -> Iterator[str]:
        yield f'"type": "{self.kind}"'


SchemaNode = (
    Named | Union | Const | Enum | Object | Dictionary | Array | Text | Number | Boolean | Null
)
EMPTY_ARRAY = Array(Null(), 0, 0)


_dumped = json.JSONEncoder(ensure_ascii=False).encode
"""One encoder for all: `json.dumps` makes one a call."""


def _keyword(word: str, value: object) -> str:
    return f'"{word}": {_dumped(value)}'


def _stated(keywords: Mapping[str, object]) -> Iterator[str]:
    """Yield the keywords that have a value."""
    return (_keyword(word, value) for word, value in keywords.items() if value is not None)


def _joined(nodes: Iterable[SchemaNode]) -> str:
    return ", ".join(each.text for each in nodes)


@dataclass(frozen=True, eq=False)
class FormSchema:
    """A whole schema: its root and what its nodes name. Equal to one that writes the same."""

    root: SchemaNode
    definitions: Mapping[str, SchemaNode]

    @property
    def members(self) -> Mapping[str, SchemaNode]:
        """The members of the form; none if it is no object."""
        return self.root.members if isinstance(self.root, Object) else {}

    @functools.cached_property
    def text(self) -> str:
        """The JSON schema as text."""
        return self.text_with({})

    @functools.cached_property
    def sha256(self) -> str:
        """Of `text`."""
        return hashlib.sha256(self.text.encode(errors="surrogatepass")).hexdigest()

    def text_with(self, keywords: Mapping[str, object]) -> str:
        """Return the JSON schema as text with further keywords at its root."""
        words = [_keyword(word, value) for word, value in keywords.items()]
        if self.definitions:
            each = (f"{_dumped(name)}: {node.text}" for name, node in self.definitions.items())
            words.insert(0, f'"$defs": {{{", ".join(each)}}}')
        return ", ".join([self.root.text.removesuffix("}"), *words]) + "}"

    def as_json(self) -> Json:
        """Return the JSON schema as plain data."""
        return json.loads(self.text)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, FormSchema) and self.sha256 == other.sha256

    def __hash__(self) -> int:
        return hash(self.sha256)


def inside(node: SchemaNode) -> tuple[SchemaNode, ...]:
    """Return the nodes right inside a node, in order."""
    match node:
        case Union(options):
            return options
        case Object(members):
            return tuple(members.values())
        case Dictionary(values):
            return (values,)
        case Array(items, first=first):
            return first if items is None else (*first, items)
        case _:
            return ()


def rebuilt(node: SchemaNode, inner: Callable[[SchemaNode], SchemaNode]) -> SchemaNode:
    """Return a node with each of the nodes right inside it as `inner` makes it.

    Where `inner` changes none, that is the node itself.
    """
    old = inside(node)
    new = [inner(each) for each in old]
    if all(one is other for one, other in zip(old, new, strict=True)):
        return node
    match node:
        case Union():
            return Union(tuple(new))
        case Object(members, required, title):
            return Object(dict(zip(members, new, strict=True)), required, title)
        case Dictionary():
            return Dictionary(new[0])
        case Array(items, first=first):
            rest = None if items is None else new[-1]
            return replace(node, items=rest, first=tuple(new[: len(first)]))
        case _:
            return node


def parts(nodes: Iterable[SchemaNode]) -> Iterator[SchemaNode]:
    """Yield the nodes and all inside them, each once; what they name is not inside."""
    seen: set[int] = set()
    pending = list(nodes)
    while pending:
        node = pending.pop()
        if id(node) not in seen:
            seen.add(id(node))
            yield node
            pending += inside(node)


def used(root: SchemaNode, definitions: Mapping[str, SchemaNode]) -> set[str]:
    """Return the names of the definitions that a node refers to, through others too."""
    found: set[str] = set()
    wanted: list[SchemaNode] = [root]
    while wanted:
        names = {node.name for node in parts(wanted) if isinstance(node, Named)} - found
        found |= names
        wanted = [definitions[name] for name in names]
    return found


def parse_schema(schema: Mapping[str, Any]) -> FormSchema:
    """Parse a JSON schema with its `$defs`.

    Raises SchemaError, naming the place and the keyword, if it says something that a grammar would
    not enforce.
    """
    definitions: Json = schema.get("$defs", {})
    parser = _Parser(definitions)
    root = parser.node({key: each for key, each in schema.items() if key != "$defs"}, "#")
    return FormSchema(
        root, {name: parser.node(each, DEFINITION + name) for name, each in definitions.items()}
    )


class _Parser:
    """Parses one schema."""

    def __init__(self, definitions: Json) -> None:
        self._definitions = definitions

    def node(self, value: object, where: str) -> SchemaNode:
        if not isinstance(value, dict):
            raise _refusal(
                where, "a value of any kind is allowed there, but every value needs a type"
            )
        given = cast(Json, value)
        schema = {key: each for key, each in given.items() if key not in NOTES}
        if set(schema) == {"allOf"} and len(schema["allOf"]) == 1:
            return self.node(schema["allOf"][0], where)
        if "$ref" in schema:
            return self._reference(schema, where)
        if "anyOf" in schema or "oneOf" in schema:
            return self._union(schema, where)
        if "const" in schema or "enum" in schema:
            return _fixed(schema, where)
        match schema.get("type"):
            case "object":
                return self._object(schema, where, str(given.get("title", "")))
            case "array":
                return self._array(schema, where)
            case list() if set(schema) == {"type"}:
                kinds = cast("list[object]", schema["type"])
                return Union(tuple(self.node({"type": kind}, where) for kind in kinds))
            case _:
                return _leaf(schema, where)

    def _reference(self, schema: Json, where: str) -> Named:
        _refuse_others(schema, {"$ref"}, where, "a reference can't stand beside {}")
        name = str(schema["$ref"]).removeprefix(DEFINITION)
        if name not in self._definitions:
            raise _refusal(where, f"it refers to {schema['$ref']}, which is not defined")
        return Named(name)

    def _union(self, schema: Json, where: str) -> Union:
        keyword = "anyOf" if "anyOf" in schema else "oneOf"
        _refuse_others(schema, {keyword}, where, "a union can't stand beside {}")
        if not schema[keyword]:
            raise _refusal(where, "the union has no branches")
        options = enumerate(schema[keyword])
        return Union(tuple(self.node(each, f"{where}/{keyword}/{n}") for n, each in options))

    def _object(self, schema: Json, where: str, title: str) -> Object | Dictionary:
        members: Json = schema.get("properties", {})
        patterns: Json = schema.get("patternProperties", {})
        others = schema.get("additionalProperties", False)
        if not members and len(patterns) == 1:
            (values,) = patterns.values()
            return Dictionary(self.node(values, f"{where}/patternProperties"))
        if not members and isinstance(others, dict):
            return Dictionary(self.node(cast(Json, others), f"{where}/additionalProperties"))
        if others is not False:
            raise _refusal(
                where, "keys that are not named are allowed; use a list of name and value"
            )
        allowed = {"type", "properties", "required", "additionalProperties"}
        _refuse_others(schema, allowed, where, "{} is not supported on object")
        required = tuple(schema.get("required", ()))
        unknown = sorted(set(required) - set(members))
        if unknown:
            raise _refusal(where, f"{', '.join(unknown)} is required but not described")
        parsed = {
            name: self.node(each, f"{where}/properties/{name}") for name, each in members.items()
        }
        return Object(parsed, required, title)

    def _array(self, schema: Json, where: str) -> Array:
        _refuse_others(schema, {"type", *ARRAY_KEYWORDS}, where, "{} is not supported on array")
        given = enumerate(schema.get("prefixItems", ()))
        first = tuple(self.node(each, f"{where}/prefixItems/{n}") for n, each in given)
        least, most = schema.get("minItems"), schema.get("maxItems")
        if "items" not in schema and most != len(first):
            raise _refusal(where, "the items of the list are not described")
        items = self.node(schema["items"], f"{where}/items") if "items" in schema else None
        return Array(items, least, most, first)


def _fixed(schema: Json, where: str) -> Const | Enum:
    _refuse_others(schema, {"const", "enum", "type"}, where, "fixed values can't stand beside {}")
    values = [schema["const"]] if "const" in schema else schema["enum"]
    if not values:
        raise _refusal(where, "the enumeration is empty")
    for value in values:
        if not isinstance(value, Scalar):
            raise _refusal(where, f"{value!r} is no text, number, boolean or null")
    kind = schema.get("type")
    return Const(values[0], kind) if "const" in schema else Enum(tuple(values), kind)


def _leaf(schema: Json, where: str) -> SchemaNode:
    kind = schema.get("type")
    match kind:
        case "string":
            return Text(**_fields(schema, TEXT_KEYWORDS, where))
        case "integer" | "number":
            return Number(kind, **_fields(schema, NUMBER_KEYWORDS, where))
        case "boolean":
            return Boolean(**_fields(schema, {}, where))
        case "null":
            return Null(**_fields(schema, {}, where))
        case _:
            raise _refusal(where, f"its type is {kind!r}" if kind else "it has no type")


def _fields(schema: Json, keywords: Mapping[str, str], where: str) -> Json:
    """Return the values of a leaf's keywords by the field that holds them."""
    _refuse_others(schema, {"type", *keywords}, where, f"{{}} is not supported on {schema['type']}")
    return {name: schema[keyword] for keyword, name in keywords.items() if keyword in schema}


def _refuse_others(schema: Json, allowed: set[str], where: str, why: str) -> None:
    """Raise SchemaError if a schema has other keywords; `{}` in `why` stands for them."""
    others = sorted(set(schema) - allowed)
    if others:
        raise _refusal(where, why.format(", ".join(others)))


def _refusal(where: str, why: str) -> SchemaError:
    return SchemaError(f"The form's schema can't be enforced at {where}: {why}.")
