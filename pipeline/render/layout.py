"""A pretty printer: documents that lay themselves out within a line width.

After Wadler, "A prettier printer" (2003), in the strict form of Lindig, "Strictly pretty" (2000).
A document is a string, a `Line`, or a tree of the nodes below.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

INDENT_COLUMNS = 2
LINE_COLUMNS = 100


@dataclass(frozen=True)
class Line:
    """A place where a line may end; `flat` stands there if it does not."""

    flat: str = " "
    hard: bool = False


@dataclass(frozen=True)
class Concat:
    """Parts after each other."""

    parts: tuple[Doc, ...]


@dataclass(frozen=True)
class Indent:
    """Content whose new lines are indented one step more."""

    content: Doc


@dataclass(frozen=True)
class DocGroup:
    """Content on one line if it fits and `broken` allows it, else broken at each of its lines."""

    content: Doc
    broken: bool = False


@dataclass(frozen=True)
class IfBroken:
    """A text that appears only where the enclosing group is broken."""

    broken: str


Doc = str | Line | Concat | Indent | DocGroup | IfBroken
_Pending = tuple[int, bool, Doc]
"""A document still to be printed: its indentation, whether its lines break, and itself."""

LINE = Line()
SOFT_LINE = Line("")
HARD_LINE = Line("", hard=True)


def concat(*parts: Doc) -> Doc:
    """Put the parts after each other."""
    return Concat(parts)


def join(separator: Doc, parts: Iterable[Doc]) -> Doc:
    """Put the parts after each other with the separator between them."""
    joined: list[Doc] = []
    for part in parts:
        joined += [separator, part] if joined else [part]
    return Concat(tuple(joined))


def layout(doc: Doc, indent: int = 0, width: int = LINE_COLUMNS) -> str:
    """Print the document as lines of at most `width` columns where that can be.

    The first line is indented, too: by `indent` columns.
    """
    out: list[str] = [" " * indent]
    column = indent
    stack: list[_Pending] = [(indent, True, doc)]
    while stack:
        level, broken, node = stack.pop()
        match node:
            case str():
                out.append(node)
                column += len(node)
            case Line(flat=flat, hard=hard):
                if broken or hard:
                    out.append("\n" + " " * level)
                    column = level
                else:
                    out.append(flat)
                    column += len(flat)
            case Concat(parts=parts):
                stack.extend([(level, broken, part) for part in reversed(parts)])
            case Indent(content=content):
                stack.append((level + INDENT_COLUMNS, broken, content))
            case IfBroken(broken=text):
                if broken:
                    out.append(text)
                    column += len(text)
            case DocGroup(content=content, broken=forced):
                rest: list[_Pending] = [(level, False, content)]
                fits = not forced and _fits(width - column, rest, stack)
                stack.append((level, not fits, content))
    lines = "".join(out).split("\n")
    return "\n".join(line.rstrip() for line in lines)


def _fits(room: int, head: list[_Pending], rest: list[_Pending]) -> bool:
    """Whether the head, and what follows it up to the next line's end, has room."""
    stack: list[_Pending] = head
    following = len(rest)
    while room >= 0:
        if not stack:
            if following == 0:
                return True
            following -= 1
            stack = [rest[following]]
        level, broken, node = stack.pop()
        match node:
            case str():
                room -= len(node)
            case Line(flat=flat, hard=hard):
                if broken or hard:
                    return broken
                room -= len(flat)
            case Concat(parts=parts):
                stack.extend([(level, broken, part) for part in reversed(parts)])
            case Indent(content=content):
                stack.append((level, broken, content))
            case IfBroken(broken=text):
                room -= len(text) if broken else 0
            case DocGroup(content=content, broken=forced):
                if forced and not broken:
                    return False
                stack.append((level, broken and forced, content))
    return False
