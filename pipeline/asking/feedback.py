"""Feedback: a form printed back to the model, each wrong line with a comment that says why."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any, cast

from pydantic import ValidationError

from engines.protocol import Message
from pipeline.records.calls import Diagnostic

MAX_COMMENTS = 12
"""A longer list of errors only buries the first ones."""
MAX_ANSWER_CHARACTERS = 1500
"""Of an answer as it was; the whole of it stands in the annotated form."""
MAX_FORM_CHARACTERS = 6000
"""Of an annotated form: about 2,000 tokens, a quarter of the smallest usual context."""
LINES_AROUND = 3


class FormError(Exception):
    """A form that can't be used as it is; carries every diagnostic."""

    def __init__(self, diagnostics: Sequence[Diagnostic]) -> None:
        super().__init__("; ".join(d.why for d in diagnostics))
        self.diagnostics = tuple(diagnostics)


def diagnose(error: ValidationError) -> tuple[Diagnostic, ...]:
    """Turn pydantic's errors into diagnostics with JSON pointers."""
    return tuple(
        Diagnostic(
            pointer=pointer(part for part in item["loc"]),
            expected=item["msg"],
            found=json.dumps(item["input"], default=str)[:80],
            why=f"{item['msg']} ({item['type']})",
            suggestion="Write the value the form asks for.",
        )
        for item in error.errors(include_url=False)
    )


def pointer(path: Iterable[object]) -> str:
    """Write a path as a JSON pointer (RFC 6901)."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in path)


def last_words(
    answer: str, form: Any, diagnostics: Sequence[Diagnostic]
) -> tuple[Message, Message]:
    """Return the model's last answer and what is wrong with it, as two turns of a conversation.

    `form` is the document in the answer, None if it holds none. Both turns are cut to a length
    that leaves room for another answer.
    """
    if form is None:
        asks = f"{diagnostics[0].why}\nWrite the whole form again."
    else:
        asks = (
            f"Mend the marked lines and write the whole form again:\n{annotate(form, diagnostics)}"
        )
    return Message("assistant", _cut(answer)), Message("user", asks)


def _cut(text: str) -> str:
    return text if len(text) <= MAX_ANSWER_CHARACTERS else text[:MAX_ANSWER_CHARACTERS] + " …"


def annotate(form: Any, diagnostics: Sequence[Diagnostic]) -> str:
    """Print a form as indented JSON; lines that a diagnostic points at end in `// expected …`.

    A diagnostic whose place the form does not have is shown at the nearest place that it has. Of
    a long form only the lines around those are printed.
    """
    lines: list[tuple[str, str]] = []
    _print(form, "", "", "", lines)
    places = [place for place, _ in lines]
    comments: dict[int, list[str]] = {}
    for diagnostic in diagnostics[:MAX_COMMENTS]:
        target = diagnostic.pointer
        while target not in places:
            target = target.rpartition("/")[0]
        comment = (
            f"expected {diagnostic.expected}, found {diagnostic.found}: {diagnostic.suggestion}"
        )
        comments.setdefault(places.index(target), []).append(comment)
    shown = [
        text + (f"  // {'; '.join(comments[number])}" if number in comments else "")
        for number, (_, text) in enumerate(lines)
    ]
    if sum(map(len, shown)) <= MAX_FORM_CHARACTERS:
        return "\n".join(shown)
    near = {
        line
        for number in comments
        for line in range(number - LINES_AROUND, number + LINES_AROUND + 1)
    }
    kept = [text if number in near else "…" for number, text in enumerate(shown)]
    return "\n".join(
        text for number, text in enumerate(kept) if text != "…" or kept[number - 1] != "…"
    )


def _print(
    value: Any, place: str, indent: str, label: str, lines: list[tuple[str, str]], end: str = ""
) -> None:
    if isinstance(value, dict) and value:
        members = cast("dict[str, Any]", value)
        lines.append((place, f"{indent}{label}{{"))
        for number, (key, item) in enumerate(members.items(), start=1):
            comma = "," if number < len(members) else ""
            name = f"{json.dumps(key)}: "
            _print(item, place + pointer([key]), indent + " ", name, lines, comma)
        lines.append((f"{place}/", f"{indent}}}{end}"))
    elif isinstance(value, list) and value:
        lines.append((place, f"{indent}{label}["))
        items = cast("list[Any]", value)
        for number, item in enumerate(items, start=1):
            comma = "," if number < len(items) else ""
            _print(item, f"{place}/{number - 1}", indent + " ", "", lines, comma)
        lines.append((f"{place}/", f"{indent}]{end}"))
    else:
        text = json.dumps(value, ensure_ascii=False)
        lines.append((place, f"{indent}{label}{text}{end}"))
