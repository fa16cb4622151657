"""TypeScript as text: literals, comments, imports, types, and the shapes that code comes in."""

from __future__ import annotations

import textwrap
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from pipeline.ast.interface import (
    ArraySchema,
    BooleanSchema,
    ConstantSchema,
    FreeObjectSchema,
    IntegerSchema,
    NullSchema,
    NumberSchema,
    ObjectSchema,
    OneOfSchema,
    ReferenceSchema,
    Schema,
    StringSchema,
)
from pipeline.render.layout import (
    INDENT_COLUMNS,
    LINE,
    LINE_COLUMNS,
    SOFT_LINE,
    Doc,
    DocGroup,
    IfBroken,
    Indent,
    concat,
    join,
    layout,
)

_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_CHAIN_CALLS_ON_ONE_LINE = 3


def quoted(text: str) -> str:
    """Write a text as a string literal in double quotes."""
    return f'"{"".join(_ESCAPES.get(c, c) for c in text)}"'


def template(text: str) -> str:
    """Write a text as a template literal without holes."""
    escaped = text.replace("\\", "\\\\").replace("`", "\\`").replace("${", "\\${")
    return f"`{escaped}`"


def number(value: float) -> str:
    """Write a number the way a person does: no exponent of small ones, no `.0`."""
    return str(int(value)) if float(value).is_integer() else repr(float(value))


def comment_text(text: str) -> str:
    """Make a text safe inside a block comment: it neither ends it nor gives the compiler orders."""
    safe = text.replace("*/", "*\\/")
    return "\\" + safe if safe.startswith("@") else safe


def jsdoc(lines: Sequence[str], tags: Sequence[str] = (), indent: int = 0) -> str:
    """Write a JSDoc comment with a final newline: paragraphs, then tags (given with their `@`).

    Texts are made safe and wrapped. Without lines and tags the result is empty.
    """
    pad = " " * indent
    width = LINE_COLUMNS - indent - len(" * ")
    wrapped = [part for line in lines for part in _wrap(comment_text(line), width)]
    if not wrapped and not tags:
        return ""
    if not tags and len(wrapped) == 1 and len(wrapped[0]) <= width - len("/**  */"):
        return f"{pad}/** {wrapped[0]} */\n"
    gap = [""] if wrapped and tags else []
    tag_lines: list[str] = []
    for tag in tags:
        first, *others = _wrap(tag.replace("*/", "*\\/"), width - INDENT_COLUMNS)
        tag_lines += [first, *(f"  {other}" for other in others)]
    body = [f"{pad} * {line}".rstrip() for line in (*wrapped, *gap, *tag_lines)]
    return "\n".join([f"{pad}/**", *body, f"{pad} */"]) + "\n"


def line_comment(text: str, indent: int = 0) -> str:
    """Write a text as `//` lines with a final newline."""
    pad = " " * indent
    lines = _wrap(comment_text(text), LINE_COLUMNS - indent - len("// "))
    return "".join(f"{pad}// {line}\n" for line in lines)


def _wrap(text: str, width: int) -> list[str]:
    lines = textwrap.wrap(text, width, break_long_words=False, break_on_hyphens=False)
    return [comment_text(line) if number else line for number, line in enumerate(lines)]


class Imports:
    """The imports of one file: what it uses is asked for here, and printed once, sorted.

    `taken` are names that the file or its own imports define; a library's name among them comes
    in as `Nest<Name>`-like alias.
    """

    def __init__(self, taken: Collection[str] = ()) -> None:
        self._taken = frozenset(taken)
        self._names: defaultdict[str, dict[str, tuple[str, bool]]] = defaultdict(dict)

    def value(self, module: str, name: str) -> str:
        """Import something that exists at run time; return its name in this file."""
        local = f"Nest{name}" if name in self._taken else name
        self._names[module][name] = (local, False)
        return local

    def type(self, module: str, name: str) -> str:
        """Import a type; return its name in this file."""
        local = f"Nest{name}" if name in self._taken else name
        self._names[module].setdefault(name, (local, True))
        return local

    def own(self, module: str, name: str, *, is_type: bool = True) -> str:
        """Import one of the project's own names, which is never renamed."""
        if is_type:
            self._names[module].setdefault(name, (name, True))
        else:
            self._names[module][name] = (name, False)
        return name

    def render(self) -> str:
        """Print the imports: Node's, packages', then the project's, with a blank line after."""
        statements = [self._statement(module) for module in sorted(self._names, key=_module_order)]
        return "\n".join(statements) + "\n\n" if statements else ""

    def _statement(self, module: str) -> str:
        names = self._names[module]
        only_types = all(is_type for _, is_type in names.values())
        if "default" in names:
            return f"import {names['default'][0]} from {quoted(module)};"
        written: list[Doc] = []
        for name in sorted(names, key=lambda name: (name.lower(), name)):
            local, is_type = names[name]
            prefix = "type " if is_type and not only_types else ""
            written.append(prefix + (name if local == name else f"{name} as {local}"))
        head = "import type " if only_types else "import "
        # A single name stays beside its braces, however long the line is.
        listed = concat("{ ", written[0], " }") if len(written) == 1 else braces(written)
        return layout(concat(head, listed, f" from {quoted(module)};"))


def _module_order(module: str) -> tuple[int, int, str]:
    if module.startswith("node:"):
        return (0, 0, module)
    if not module.startswith("."):
        return (1, 0, module)
    return (2, -module.count("../"), module)


@dataclass(frozen=True)
class Bracketed(DocGroup):
    """An object or a list: in a call, its brackets sit beside the parentheses."""


def braces(parts: Iterable[Doc]) -> Doc:
    """Write `{ a, b }`, one part a line if it does not fit."""
    listed = list(parts)
    if not listed:
        return "{}"
    content = join(concat(",", LINE), listed)
    return Bracketed(concat("{", Indent(concat(LINE, content)), IfBroken(","), LINE, "}"))


def brackets(parts: Iterable[Doc]) -> Doc:
    """Write `[a, b]`, one part a line if it does not fit."""
    listed = list(parts)
    if not listed:
        return "[]"
    content = join(concat(",", LINE), listed)
    inner = concat("[", Indent(concat(SOFT_LINE, content)), IfBroken(","), SOFT_LINE, "]")
    return Bracketed(inner)


def call(callee: Doc, *arguments: Doc) -> Doc:
    """Write `callee(a, b)`, one argument a line if it does not fit.

    An object or list in the last place hugs the parentheses: it opens on the same line.
    """
    if not arguments:
        return concat(callee, "()")
    if isinstance(arguments[-1], Bracketed):
        return concat(callee, "(", join(", ", arguments), ")")
    content = join(concat(",", LINE), arguments)
    inner = concat(callee, "(", Indent(concat(SOFT_LINE, content)), IfBroken(","), SOFT_LINE, ")")
    return DocGroup(inner)


def chain(head: Doc, calls: Sequence[Doc]) -> Doc:
    """Write `head.a().b()`, one call a line if there are several or they do not fit.

    The calls come without their dots.
    """
    if len(calls) == 1:
        return concat(head, ".", calls[0])
    broken = len(calls) > _CHAIN_CALLS_ON_ONE_LINE
    links = [concat(SOFT_LINE, ".", each) for each in calls]
    return DocGroup(concat(head, Indent(concat(*links))), broken)


def ts_type(schema: Schema, *, nested: bool = False) -> Doc:
    """Write the TypeScript type of a schema; `nested` puts unions in parentheses."""
    match schema:
        case ConstantSchema(value=value):
            return quoted(value)
        case BooleanSchema():
            return "boolean"
        case IntegerSchema() | NumberSchema():
            return "number"
        case StringSchema(enum=values):
            return union([quoted(value) for value in values], nested) if values else "string"
        case ArraySchema(items=items):
            return concat(ts_type(items, nested=True), "[]")
        case ObjectSchema(properties=properties):
            members: list[Doc] = []
            for each in properties:
                mark = "" if each.required else "?"
                members.append(concat(each.name, mark, ": ", ts_type(each.schema_)))
            content = join(concat(";", LINE), members)
            inner = concat("{", Indent(concat(LINE, content)), IfBroken(";"), LINE, "}")
            return DocGroup(inner) if members else "Record<string, never>"
        case FreeObjectSchema():
            return "Record<string, unknown>"
        case ReferenceSchema(name=name):
            return name
        case OneOfSchema(options=options):
            return union([ts_type(option, nested=True) for option in options], nested)
        case NullSchema():
            return "null"


def union(members: Sequence[Doc], nested: bool = False) -> Doc:
    """Write `a | b`, in parentheses if nested."""
    flat: list[Doc] = list(members)
    if len(flat) == 1:
        return flat[0]
    content = join(concat(LINE, "| "), flat)
    parts = DocGroup(Indent(concat(SOFT_LINE, IfBroken("| "), content)))
    return concat("(", parts, ")") if nested else parts


def references(schema: Schema) -> tuple[str, ...]:
    """List the named schemas that a schema speaks of, in order, each once."""
    match schema:
        case ReferenceSchema(name=name):
            found: tuple[str, ...] = (name,)
        case ArraySchema(items=items):
            found = references(items)
        case ObjectSchema(properties=properties):
            found = tuple(n for p in properties for n in references(p.schema_))
        case OneOfSchema(options=options):
            found = tuple(n for option in options for n in references(option))
        case _:
            found = ()
    return tuple(dict.fromkeys(found))
