"""GitHub Markdown: prose that stays prose, tables and headings."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

_SPECIAL = re.compile(r"([\\`*_\[\]<>|~$])")
_WORD_UNDERSCORE = re.compile(r"(?<=[A-Za-z0-9])\\_(?=[A-Za-z0-9])")
_LINE_START = re.compile(r"^(#|[-+](?=\s)|=|(?=\d+[.)](?:\s|$)))")
_LIST_NUMBER = re.compile(r"^(\d+)([.)])(?=\s|$)")


def escape(text: str) -> str:
    """Escape prose so that GitHub shows it letter by letter, in a table and at a line start too."""
    escaped = _WORD_UNDERSCORE.sub("_", _SPECIAL.sub(r"\\\1", text.replace("&", "&amp;")))
    numbered = _LIST_NUMBER.sub(r"\1\\\2", escaped)
    return _LINE_START.sub(r"\\\1", numbered) if numbered == escaped else numbered


def code(text: str) -> str:
    """Show an identifier as code; it must hold no backtick and no vertical bar."""
    return f"`{text}`"


def codes(texts: Iterable[str]) -> str:
    """Show identifiers as code, separated by commas; a dash if there are none."""
    return ", ".join(code(text) for text in texts) or "—"


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Lay out a table; cells must be escaped already."""
    lines = [_row(header), _row(["---"] * len(header))]
    return "\n".join(lines + [_row(row) for row in rows])


def sentence(text: str, *, capital: bool = True) -> str:
    """End with a full stop, and begin with a capital letter unless asked otherwise."""
    begun = text[:1].upper() + text[1:] if capital else text
    return begun if begun.endswith((".", "!", "?", "…")) else begun + "."


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
