"""The recovering parser: the JSON document that a text means, however it is wrapped or broken.

It never refuses a text that holds an object or a list. Recovered are code fences, chatter before
and after, comments, brackets that are missing or too many, commas that are missing or trailing,
keys without quotes, single and typographic quotes, line breaks and quotes inside texts, literals of
Python and JavaScript, and numbers that JSON does not know. Valid JSON is read as it is. What a
value should have been by its form is the business of `pipeline.asking.recovery.coerce`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any, cast

THOUGHT = re.compile(r"[^{\[]*?<(think(?:ing)?)>.*?(?:</\1>|\Z)", re.DOTALL | re.IGNORECASE)
"""A thought before the document, with what leads up to it. In a document the tags are words."""
THOUGHTS_END = re.compile(r".*?</think(?:ing)?>", re.DOTALL | re.IGNORECASE)
"""All that is there of the thoughts of a model whose prompt begins them."""
FENCE_LINE = re.compile(r"^[ \t]*(?:```|~~~).*$", re.MULTILINE)
BLANK = re.compile(r"(?:\s+|//[^\n]*|#[^\n]*|/\*.*?(?:\*/|\Z))+", re.DOTALL)
JSON_NUMBER = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?\Z")
LOOSE_NUMBER = re.compile(r"[-+]?(?:\d[\d_]*\.?\d*|\.\d+)(?:[eE][-+]?\d+)?\Z")
HEX_NUMBER = re.compile(r"[-+]?0[xX][0-9a-fA-F]+\Z")
LITERALS: dict[str, object] = {
    **{"true": True, "false": False, "null": None, "True": True, "False": False, "None": None},
    **{"TRUE": True, "FALSE": False, "NULL": None, "undefined": None, "nil": None},
    **{"NaN": None, "nan": None, "Infinity": None, "-Infinity": None, "inf": None, "-inf": None},
}
"""Words that stand for a value; numbers that JSON can't say are null."""
QUOTES = {'"': '"', "'": "'", "`": "`", "“": "”", "‘": "’", "„": "“"}  # noqa: RUF001
ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "/": "/", "\\": "\\", "0": "\0"}
CODED = re.compile(
    r"\\(?:u(?P<high>[dD][89abAB][0-9a-fA-F]{2})\\u(?P<low>[dD][c-fC-F][0-9a-fA-F]{2})"
    r"|u(?P<four>[0-9a-fA-F]{4})|x(?P<two>[0-9a-fA-F]{2})|U(?P<eight>[0-9a-fA-F]{8}))"
)
"""Characters by their number, as JSON and Python write them."""
MAX_CHARACTER = 0x10FFFF
MAX_DEPTH = 100
MAX_STARTS = 40
"""Places that are tried as the beginning of the document, outermost first."""


class NotFoundError(ValueError):
    """The text holds no object and no list."""


def recover(text: str, members: Collection[str] = ()) -> Any:
    """Return the document in a text, the one that has most of `members`, then the longest.

    Raises NotFoundError.
    """
    try:
        return json.loads(text, parse_constant=lambda _: None)
    except (ValueError, RecursionError):
        pass
    while text.lstrip()[:1] not in ("{", "[") and (thought := THOUGHT.match(text)):
        text = text[thought.end() :]
    end = THOUGHTS_END.match(text)
    found = _documents(text[end.end() :], members) if end else []
    if not found or (members and not max(found).known):
        found += _documents(text, members)  # that end is a word of the document
    if not found:
        raise NotFoundError("The answer holds no JSON object.")
    return max(found).document


@dataclass(frozen=True, order=True)
class _Candidate:
    """A document that a text may mean; the greatest is meant."""

    known: int
    """How many of the members asked for it has."""
    length: int
    place: int
    """Where it begins, negated: of equals the first."""
    document: object = field(compare=False)


def _documents(text: str, members: Collection[str]) -> list[_Candidate]:
    """Return the documents of a text that may be meant, read from each opening bracket."""
    found: list[_Candidate] = []
    for part in FENCE_LINE.split(text):
        after, tried = 0, 0
        for start in (at for at, character in enumerate(part) if character in "{["):
            if tried == MAX_STARTS:
                break
            # Inside a document that was read already, only an object may be the better one.
            if start < after and part[start] == "[":
                continue
            tried += 1
            reader = _Reader(part, start)
            document: Any = reader.value(0)
            names = cast("dict[str, Any]", document) if isinstance(document, dict) else {}
            known = sum(name in names for name in members)
            found.append(_Candidate(known, reader.at - start, -start, cast("object", document)))
            after = max(after, reader.at)
    return found


class _Reader:
    """Reads one value from a place in a text on, and keeps the place."""

    def __init__(self, text: str, at: int) -> None:
        self.at = at
        self._text = text
        self._open: list[str] = []
        """Closing brackets owed, the innermost last."""

    def value(self, depth: int) -> Any:
        self._skip()
        character = self._peek()
        if character == "{" and depth < MAX_DEPTH:
            return self._object(depth)
        if character == "[" and depth < MAX_DEPTH:
            return self._list(depth)
        if character in QUOTES:
            return self._string(is_key=False)
        word = self._bare(",}]\n", is_value=True)
        cut = [w for w in ("true", "false", "null") if self._peek() == "" and w.startswith(word)]
        return _meaning(cut[0] if len(cut) == 1 else word)

    def _object(self, depth: int) -> dict[str, Any]:
        members: dict[str, Any] = {}
        self._enter("}")
        while not self._left("}"):
            before = self.at
            key = self._string(is_key=True) if self._peek() in QUOTES else self._bare(":=,}]\n")
            self._skip()
            if self._peek() in tuple(":="):
                self.at += 2 if self._text.startswith("=>", self.at) else 1
                self._skip()
                if self._peek() and self._peek() not in "}],":
                    members[key] = self.value(depth + 1)
            if self.at == before:
                self.at += 1
        return members

    def _list(self, depth: int) -> list[Any]:
        items: list[Any] = []
        self._enter("]")
        while not self._left("]"):
            before = self.at
            item = self.value(depth + 1)
            end = self.at
            self._skip()
            if self._peek() == ":" and "}" in self._open and isinstance(item, str):
                self.at = before  # a key of the object around: this list was never closed
                break
            self.at = end
            if self.at == before:
                self.at += 1
                continue
            items.append(item)
        else:
            return items
        self._open.pop()
        return items

    def _enter(self, closing: str) -> None:
        self._open.append(closing)
        self.at += 1

    def _left(self, closing: str) -> bool:
        """Step to the next item, or past the end; return whether it was the end."""
        while True:
            self._skip()
            character = self._peek()
            if character == "" or (
                character in "}]" and character != closing and character in self._open[:-1]
            ):
                break  # the end, or the end of what is around
            if character == closing:
                self.at += 1
                break
            if character not in ",;}]":
                return False
            self.at += 1
        self._open.pop()
        return True

    def _string(self, *, is_key: bool) -> str:
        closing = QUOTES[self._text[self.at]]
        self.at += 1
        out: list[str] = []
        while self.at < len(self._text):
            character = self._text[self.at]
            if character == "\\":
                out.append(self._escape())
                continue
            if character == closing and self._ends_here(is_key=is_key):
                self.at += 1
                break
            out.append(character)
            self.at += 1
        return "".join(out)

    def _escape(self) -> str:
        coded = CODED.match(self._text, self.at)
        if coded is None:
            following = self._text[self.at + 1 : self.at + 2]
            self.at += 2
            return ESCAPES.get(following, following)
        self.at = coded.end()
        unit = int(coded["high"] or coded["four"] or coded["two"] or coded["eight"], 16)
        if coded["low"]:
            unit = 0x10000 + ((unit - 0xD800) << 10) + int(coded["low"], 16) - 0xDC00
        return chr(unit) if unit <= MAX_CHARACTER else ""

    def _ends_here(self, *, is_key: bool) -> bool:
        """Whether a closing quote ends its string: what follows it must make sense then."""
        kept = self.at
        self.at += 1
        line_ends = self._text[self.at : self.at + 1] in ("\n", "\r")
        self._skip()
        following = self._peek()
        self.at = kept
        if is_key:
            return following in (":", "=", "")
        return line_ends or following in ("", ",", "}", "]", ":", ";")

    def _bare(self, stops: str, *, is_value: bool = False) -> str:
        """Read what has no quotes, up to a stop, a comment or the end.

        A number or literal also ends at a space: what follows lacks its comma.
        """
        start = self.at
        while self.at < len(self._text) and self._text[self.at] not in stops:
            if self._text[self.at].isspace():
                word = self._text[start : self.at]
                if BLANK.match(self._text, self.at + 1):
                    break
                if is_value and not isinstance(_meaning(word), str):
                    break
            self.at += 1
        return self._text[start : self.at].strip()

    def _skip(self) -> None:
        blank = BLANK.match(self._text, self.at)
        if blank:
            self.at = blank.end()

    def _peek(self) -> str:
        return self._text[self.at : self.at + 1]


def _meaning(word: str) -> object:
    """Return the value that a word without quotes stands for; else the word itself."""
    if word in LITERALS:
        return LITERALS[word]
    if JSON_NUMBER.match(word):
        return cast("object", json.loads(word))
    if HEX_NUMBER.match(word):
        return int(word, 16)
    if LOOSE_NUMBER.match(word):
        plain = word.replace("_", "")
        return int(plain) if re.fullmatch(r"[-+]?\d+", plain) else float(plain)
    return word
