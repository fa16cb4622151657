"""Whether an answer repeats itself, found while it grows at a constant cost a token.

Free text is watched by its tokens: a tail that has a period, several times in a row. A form is
watched by its members: an object that its list has already, or that differs from the ones before
by a number alone; and inside each of its texts by the tokens.

Free text ends there. Of a form only the list or the text that repeats itself ends, and the model
continues behind it; a form that does so again and again is closed.
"""

from __future__ import annotations

import copy
import re
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field

GRAM = 3
"""Tokens that must occur once more before a period is looked at."""
TURNS = 4
"""How often a period is written before it counts."""
TEXT_TOKENS = 24
"""Shortest stretch that counts inside one text of a form."""
THOUGHT_TOKENS = 96
FREE_TOKENS = 256
"""The same of an answer without a grammar, which may be a list of much the same members."""
SAME_OBJECTS = 3
"""Equal objects in one list, wherever they stand in it."""
NUMBERED_OBJECTS = 4
"""Objects in a row that are equal but for one number."""
SAME_VALUES = 4
"""Equal texts or numbers in a row."""
SAME_REPEATABLE, NUMBERED_REPEATABLE = 6, 9
"""Both of the objects in a row, where equal ones have a meaning."""
LOOPS_LEFT = 4
"""Lists and texts of one form that are ended; one more, and the form is closed."""
NUMBER = re.compile(rb"\d+")
SPACE = b" \n\r\t"


class Period:
    """The tail of a row of tokens that repeats what came before it."""

    def __init__(self) -> None:
        self._tokens: list[int] = []
        self._seen: dict[tuple[int, ...], int] = {}
        self._length = 0
        self._equal = 0

    def add(self, token: int) -> None:
        """Append a token."""
        tokens = self._tokens
        tokens.append(token)
        here = len(tokens) - 1
        if self._length and token == tokens[here - self._length]:
            self._equal += 1
        else:
            self._length = self._equal = 0
        gram = tuple(tokens[-GRAM:])
        if not self._length and len(gram) == GRAM:
            before = self._seen.get(gram)
            if before is not None:
                self._length, self._equal = here - before, GRAM
        self._seen[gram] = here

    def repeats(self, least: int, within: int | None = None) -> bool:
        """Whether at least that many tokens at the end are one period, `TURNS` times or more.

        Only the last `within` tokens count, None for all.
        """
        stretch = self._equal + self._length
        if within is not None:
            stretch = min(stretch, within)
        return self._length > 0 and stretch >= max(least, TURNS * self._length)

    @property
    def tokens(self) -> list[int]:
        """The period itself."""
        return self._tokens[len(self._tokens) - self._length :] if self._length else []


@dataclass
class _Open:
    """An object or list that has not ended yet."""

    name: str
    """Of a list: the member it is the value of."""
    is_list: bool
    begun: int | None = None
    """Of a list: where its current item begins."""
    key: str = ""
    """Of an object: its current member."""
    counts: Counter[bytes] = field(default_factory=Counter[bytes])
    last: bytes = b""
    same: int = 0
    """Items in a row, the last included, that are equal."""
    numbered: int = 0
    """Items in a row, the last included, that are equal but for one number."""

    def repeats(self, item: bytes, repeatable: Collection[str]) -> bool:
        """Take in an item; return whether the list repeats itself."""
        self.counts[item] += 1
        self.same = self.same + 1 if item == self.last else 1
        self.numbered = self.numbered + 1 if _differ_by_a_number(item, self.last) else 1
        self.last = item
        if not item.startswith(b"{"):
            return self.same >= SAME_VALUES
        if self.name in repeatable:
            return self.same >= SAME_REPEATABLE or self.numbered >= NUMBERED_REPEATABLE
        return self.counts[item] >= SAME_OBJECTS or self.numbered >= NUMBERED_OBJECTS


class Members:
    """The lists of a JSON document as it grows, byte by byte."""

    def __init__(self, repeatable: Collection[str]) -> None:
        """Take the names of lists in which equal objects have a meaning."""
        self.loop: _Open | None = None
        """A list that repeats itself."""
        self.texts = 0
        """Texts that have begun, keys too."""
        self.in_text = False
        self._repeatable = repeatable
        self._data = bytearray()
        self._open: list[_Open] = []
        self._escaped = False
        self._text_from = 0

    def add(self, data: bytes) -> int:
        """Append bytes up to where a list begins to repeat itself; return how many these are."""
        for length, byte in enumerate(data, start=1):
            self._data.append(byte)
            if self.in_text:
                self._inside(byte)
            else:
                self._outside(byte)
            if self.loop is not None:
                return length
        return len(data)

    def reach(self, rest: bytes, depth: int) -> int:
        """Return how much of the rest of the document ends a text and all that is deeper."""
        ahead = copy.deepcopy(self)
        for length in range(len(rest)):
            if not ahead.in_text and len(ahead._open) <= depth:
                return length
            ahead.add(rest[length : length + 1])
        return len(rest)

    @property
    def depth(self) -> int:
        """Objects and lists that are open."""
        return len(self._open)

    def _inside(self, byte: int) -> None:
        if self._escaped:
            self._escaped = False
        elif byte == ord("\\"):
            self._escaped = True
        elif byte == ord('"'):
            self.in_text = False
            if self._open and self._open[-1].is_list:
                self._end_item(self._open[-1], len(self._data))

    def _outside(self, byte: int) -> None:
        here, opened = len(self._data) - 1, self._open
        top = opened[-1] if opened else None
        if byte in SPACE:
            return
        if byte in b",]" and top is not None and top.is_list:
            self._end_item(top, here)
        elif top is not None and top.is_list and top.begun is None:
            top.begun = here
        if byte == ord('"'):
            self.in_text, self._text_from = True, here + 1
            self.texts += 1
        elif byte == ord(":") and top is not None:
            key = bytes(self._data[self._text_from : here]).rstrip().removesuffix(b'"')
            top.key = key.decode("utf-8", "replace")
        elif byte in b"{[":
            name = "" if top is None else top.name if top.is_list else top.key
            opened.append(_Open(name, is_list=byte == ord("[")))
        elif byte in b"}]" and opened:
            opened.pop()
            if byte == ord("}") and opened and opened[-1].is_list:
                self._end_item(opened[-1], here + 1)

    def _end_item(self, list_: _Open, end: int) -> None:
        if list_.begun is not None:
            item = bytes(self._data[list_.begun : end]).rstrip()
            if list_.repeats(item, self._repeatable):
                self.loop = list_
        list_.begun = None


class LoopGuard:
    """Watches one answer."""

    def __init__(self, repeatable: Collection[str], *, structured: bool) -> None:
        """Take what `Members` takes; `structured` says that the answer is a form by its grammar."""
        self.looped = False
        """Whether the answer repeats itself."""
        self.loops = 0
        """How often it did."""
        self._period = Period()
        self._members = Members(repeatable) if structured else None
        self._text = 0
        self._within = 0
        self._pieces: dict[int, bytes] = {}

    def take(self, token: int, piece: bytes) -> int:
        """Append a token; return how many of its bytes are part of the answer.

        These are all, but where a list begins to repeat itself inside of the token.
        """
        self._period.add(token)
        if self._members is None:
            self._see(self._period.repeats(FREE_TOKENS))
            return len(piece)
        self._pieces[token] = piece
        taken = self._members.add(piece)
        self._within = self._within + 1 if self._members.texts == self._text else 0
        self._text = self._members.texts
        in_text = self._members.in_text and self._text_repeats()
        self._see(in_text or self._members.loop is not None)
        return taken

    @property
    def must_end(self) -> bool:
        """Whether the whole answer is to be ended."""
        return self.looped and (self._members is None or self.loops > LOOPS_LEFT)

    def way_out(self, rest: bytes) -> bytes:
        """Return the part of the form's rest that ends the list or text that repeats itself."""
        members = self._members
        if members is None:
            return b""
        is_list = members.loop is not None
        return rest[: members.reach(rest, members.depth - is_list)]

    def leave(self, way_out: bytes) -> None:
        """Append the bytes that end the list or text that repeats itself."""
        self.looped = False
        self._within = 0
        while self._members is not None and way_out:
            self._members.loop = None
            way_out = way_out[self._members.add(way_out) :]
        if self._members is not None:
            self._members.loop = None

    def _see(self, looped: bool) -> None:
        self.loops += looped and not self.looped
        self.looped |= looped

    def _text_repeats(self) -> bool:
        """Whether a text of a form repeats itself; one character many times is a value to test."""
        if not self._period.repeats(TEXT_TOKENS, self._within):
            return False
        return len(set(b"".join(self._pieces[token] for token in self._period.tokens))) > 1


def _differ_by_a_number(one: bytes, other: bytes) -> bool:
    """Whether two texts are equal, or would be if one number in them were."""
    if NUMBER.sub(b"0", one) != NUMBER.sub(b"0", other):
        return False
    pairs = zip(NUMBER.findall(one), NUMBER.findall(other), strict=True)
    return sum(a != b for a, b in pairs) <= 1
