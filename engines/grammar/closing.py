"""End a form that has used up its budget: the shortest rest that makes it valid.

A form is JSON, written in the order of its schema, without optional whitespace. So the text so far
can be read along the schema, and the schema says what is still owed: every open branch of a union
is followed, and of all ways to end the shortest is taken. Nothing of this asks the model; the rest
is known at once and is never evaluated, so closing needs no room in the context. It ends validly
for every schema that a grammar is built of, whatever the model wrote before.

Inside a string or a number the rest comes from a matcher over the bytes of that one value: the end
where it is one step away, else a plain byte, which is short but not always the shortest.
"""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from llguidance import LLMatcher

from engines.grammar.grammar import WRITING, byte_tokenizer
from engines.protocol import GrammarError
from engines.schema import (
    Array,
    Boolean,
    Const,
    Dictionary,
    Enum,
    FormSchema,
    Named,
    Null,
    Number,
    Object,
    Scalar,
    SchemaNode,
    Text,
    Union,
)

VALUE_LIMIT_BYTES = 16384  # the rest of one string or number; longer means its pattern never ends
CACHED_VALUES = 1024
STRING = re.compile(rb'"(?:[^"\\]|\\.)*"', re.DOTALL)
NUMBER = re.compile(rb"[-+.0-9eE]*")
PLAIN = b'"abcdefghijklmnopqrstuvwxyz0123456789'
PREFERRED = PLAIN + bytes(sorted(set(range(256)) - set(PLAIN) - set(b"\\"))) + b"\\"
"""Bytes in the order they are tried inside a value: its end, plain ones, an escape last."""


@dataclass
class Reading:
    """How the text can be read from one place on as one value of a schema."""

    ends: set[int] = field(default_factory=set[int])
    """Places where a complete value ends."""
    rest: bytes | None = None
    """Shortest rest if the text ends inside the value."""

    def owe(self, rest: bytes | None) -> None:
        """Keep the shorter rest; of equally short ones the first in byte order."""
        if rest is not None and (
            self.rest is None or (len(rest), rest) < (len(self.rest), self.rest)
        ):
            self.rest = rest


def shortest_rest(schema: FormSchema, text: bytes) -> bytes:
    """Return the bytes that end `text` as a valid document of a prepared schema.

    With an empty text that is the shortest document. Raises GrammarError if the text does not
    begin a document of the schema.
    """
    reading = _Walk(schema.definitions, text).read(schema.root, 0)
    if len(text) in reading.ends and text:
        return b""
    if reading.rest is None:
        raise GrammarError(
            f"The form can't be closed: its {len(text)} bytes so far do not follow the schema."
        )
    return reading.rest


class _Walk:
    """Reads one text along one schema."""

    def __init__(self, definitions: Mapping[str, SchemaNode], text: bytes) -> None:
        self._definitions = definitions
        self._text = text
        self._shortest: dict[str, bytes] = {}

    def read(self, node: SchemaNode, at: int) -> Reading:
        """Read one value from `at` on."""
        if at == len(self._text):
            return Reading(rest=self._whole(node))
        match node:
            case Named(name):
                return self.read(self._definitions[name], at)
            case Union(options):
                reading = Reading()
                for each in (self.read(option, at) for option in options):
                    reading.ends |= each.ends
                    reading.owe(each.rest)
                return reading
            case Const() | Enum() | Boolean() | Null():
                return self._read_fixed(_fixed(node), at)
            case Object():
                return self._read_object(node, at)
            case Array():
                return self._read_array(node, at)
            case Text() | Number():
                return self._read_leaf(node, at)
            case Dictionary():
                raise GrammarError(f"No grammar writes {node.text}.")

    def _whole(self, node: SchemaNode) -> bytes:
        """Return the shortest document of a node."""
        match node:
            case Named(name):
                if name not in self._shortest:
                    self._shortest[name] = self._whole(self._definitions[name])
                return self._shortest[name]
            case Union(options):
                return min((self._whole(each) for each in options), key=_by_length)
            case Const() | Enum() | Boolean() | Null():
                return min(_fixed(node), key=_by_length)
            case Object():
                return b"{" + self._object_rest(node, 0, False)
            case Array():
                return b"[" + self._array_rest(node, 0)
            case Text() | Number():
                rest = _value_rest(node, b"")
                if rest is None:
                    raise GrammarError(f"No value satisfies {node.text}.")
                return rest
            case Dictionary():
                raise GrammarError(f"No grammar writes {node.text}.")

    def _read_fixed(self, values: tuple[bytes, ...], at: int) -> Reading:
        reading = Reading()
        for value in values:
            here = self._text[at : at + len(value)]
            if here == value:
                reading.ends.add(at + len(value))
            elif at + len(here) == len(self._text) and value.startswith(here):
                reading.owe(value[len(here) :])
        return reading

    def _read_leaf(self, node: Text | Number, at: int) -> Reading:
        is_string = isinstance(node, Text)
        if is_string != (self._text[at : at + 1] == b'"'):
            return Reading()
        whole = (STRING if is_string else NUMBER).match(self._text, at)
        end = whole.end() if whole else len(self._text)
        rest = _value_rest(node, self._text[at:end])
        if rest == b"":
            return Reading({end})
        return Reading(rest=rest if end == len(self._text) else None)

    def _read_object(self, node: Object, at: int) -> Reading:
        reading = Reading()
        if self._text[at : at + 1] != b"{":
            return reading
        members = list(node.members.items())
        places: set[tuple[int, int, bool]] = {(0, at + 1, False)}  # member, offset, after another
        while places:
            index, place, later = places.pop()
            if place == len(self._text):
                reading.owe(self._object_rest(node, index, later))
                continue
            for each, (name, value) in enumerate(members[index:], start=index):
                key = _key(name, later)
                here = self._text[place : place + len(key)]
                if here == key:
                    inner = self.read(value, place + len(key))
                    places |= {(each + 1, end, True) for end in inner.ends}
                    if inner.rest is not None:
                        reading.owe(inner.rest + self._object_rest(node, each + 1, True))
                elif place + len(here) == len(self._text) and key.startswith(here):
                    owed = key[len(here) :] + self._whole(value)
                    reading.owe(owed + self._object_rest(node, each + 1, True))
                if name in node.required:
                    break
            else:
                if self._text[place : place + 1] == b"}":
                    reading.ends.add(place + 1)
        return reading

    def _object_rest(self, node: Object, index: int, later: bool) -> bytes:
        """Return what an object owes from its member `index` on, the brace included."""
        rest = b""
        for name, value in list(node.members.items())[index:]:
            if name in node.required:
                rest += _key(name, later) + self._whole(value)
                later = True
        return rest + b"}"

    def _read_array(self, node: Array, at: int) -> Reading:
        reading = Reading()
        if self._text[at : at + 1] != b"[":
            return reading
        places: set[tuple[int, int]] = {(0, at + 1)}  # items before, offset
        while places:
            count, place = places.pop()
            if place == len(self._text):
                reading.owe(self._array_rest(node, count))
                continue
            here = self._text[place : place + 1]
            if here == b"]" and count >= (node.least or 0):
                reading.ends.add(place + 1)
            item = node.at(count)
            if item is None or (count and here != b","):
                continue
            inner = self.read(item, place + (1 if count else 0))
            places |= {(count + 1, end) for end in inner.ends}
            if inner.rest is not None:
                reading.owe(inner.rest + self._array_rest(node, count + 1))
        return reading

    def _array_rest(self, node: Array, count: int) -> bytes:
        """Return what a list of `count` items owes, the bracket included."""
        rest = b""
        for index in range(count, node.least or 0):
            item = node.at(index)
            if item is None:
                raise GrammarError(
                    f"No list satisfies it: it has {node.least} items or more and no item {index}."
                )
            rest += (b"," if index else b"") + self._whole(item)
        return rest + b"]"


def _by_length(text: bytes) -> tuple[int, bytes]:
    return len(text), text


def _key(name: str, later: bool) -> bytes:
    return (b"," if later else b"") + json.dumps(name, ensure_ascii=False).encode() + b":"


def _fixed(node: Const | Enum | Boolean | Null) -> tuple[bytes, ...]:
    """Return the values of a node that fixes them, as written."""
    match node:
        case Const(value):
            values: tuple[Scalar, ...] = (value,)
        case Enum(values):
            pass
        case Boolean():
            values = (False, True)
        case Null():
            values = (None,)
    return tuple(json.dumps(each, ensure_ascii=False).encode() for each in values)


@functools.lru_cache(maxsize=CACHED_VALUES)
def _value_matcher(node: Text | Number) -> LLMatcher:
    schema = FormSchema(node, {}).text_with({"x-guidance": WRITING})
    return LLMatcher(byte_tokenizer(), LLMatcher.grammar_from_json_schema(schema), log_level=0)


@functools.lru_cache(maxsize=CACHED_VALUES)
def _value_rest(node: Text | Number, begun: bytes) -> bytes | None:
    """Return what ends a string or number; None if it does not satisfy the node.

    At every byte the end is taken if one is near, else a plain byte.
    """
    matcher = _value_matcher(node).deep_copy()
    if begun and not matcher.consume_tokens(list(begun)):
        return None
    rest = bytearray()
    while not matcher.is_accepting():
        step = matcher.compute_ff_bytes() or bytes([_next_byte(matcher)])
        rest += step
        if not matcher.consume_tokens(list(step)):
            raise GrammarError(f"No value satisfies {node.text}: {matcher.get_error()[:200]}")
        if len(rest) > VALUE_LIMIT_BYTES:
            raise GrammarError(
                f"A value of {node.text} does not end. Bound its length or its pattern."
            )
    return bytes(rest)


def _next_byte(matcher: LLMatcher) -> int:
    """Choose an allowed byte: one that completes the value, else the plainest."""
    mask = matcher.compute_bitmask()
    allowed = [value for value in PREFERRED if mask[value >> 3] >> (value & 7) & 1]
    for value in allowed:
        matcher.consume_token(value)
        completes = matcher.is_accepting()
        matcher.rollback(1)
        if completes:
            return value
    return allowed[0]
