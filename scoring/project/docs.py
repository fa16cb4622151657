"""Read the requirements documents: addressable statements, and prose."""

from __future__ import annotations

import re
from collections.abc import Mapping

from scoring.project.facts import Statement

ID = re.compile(r"\b([A-Z]{1,6}-\d+(?:[.-]\d+)*)\b")
"""`R-1.2`, `B-3.1`, `REQ-12`, `FR-1`."""
_RULE_ID = re.compile(r"^(B|BR|RULE)-")
_DEFINITION = re.compile(
    r"^\s*(?:#{1,6}\s+|[-*+]\s+|\d+[.)]\s+|\|\s*)?[*_`\[(]*([A-Z]{1,6}-\d+(?:[.-]\d+)*)[*_`\])]*"
)
_DIAGRAM = re.compile(
    r"^\s*```\s*(mermaid|plantuml|dbml|dot)\b|\.svg\b", re.MULTILINE | re.IGNORECASE
)
_DRAWING = re.compile(r"<svg\b")
_FORMAL = re.compile(r"^\s*`[^`]+`(\s*,\s*`[^`]+`)*\s*(:|\u2192|=)")
"""A cell such as `` `todo.title`: 1 to 120 characters ``: notation, not prose."""
_LEADING_ID = re.compile(rf"^{ID.pattern}[\s:.)\]\u2014\u2013-]*")
_ITEM = re.compile(r"^\s*(?:[-*+]|\d+[.)])\s+")
_CONTINUES = re.compile(r"^\W*(when|then|and|but)\b", re.IGNORECASE)
_RULED = re.compile(r"^[\s|:-]*$")
_TRACE_HEADING = re.compile(r"^#{1,6}\s.*(traceab|matrix|coverage)", re.IGNORECASE)


def read_statements(texts: Mapping[str, str]) -> tuple[Statement, ...]:
    """Read the statements of `docs/**/*.md`, path → Markdown.

    A statement is a block that starts with an id (heading, bullet or table row) and lasts until
    the next one; a bullet or paragraph without an id is a statement that nothing can refer to.
    Traceability tables state nothing, nor do a drawing and what stands beside it,
    or tables beside a diagram whose rows have no id.
    """
    found: list[Statement] = []
    for path, text in sorted(texts.items()):
        found += _document(path, text)
    return tuple(found)


def _document(path: str, text: str) -> list[Statement]:
    found: list[Statement] = []
    block: list[str] = []
    block_id, block_line = "", 0
    in_trace = in_fence = False
    has_diagram = _DIAGRAM.search(text) is not None
    is_drawing = _DRAWING.search(text) is not None

    def close() -> None:
        is_row = bool(block) and block[0].lstrip().startswith("|")
        if not block or (not block_id and (is_drawing or (has_diagram and is_row))):
            return
        bare = _plain(" ".join(block))
        if bare:
            is_rule = _RULE_ID.match(block_id) is not None
            found.append(Statement(block_id, bare, _parts(block), path, block_line, is_rule))

    for number, line in enumerate(text.splitlines(), start=1):
        if line.lstrip().startswith("```"):
            in_fence = not in_fence
            continue
        if in_fence:
            continue
        if line.startswith("#"):
            in_trace = _TRACE_HEADING.match(line) is not None
        if in_trace:
            close()
            block, block_id = [], ""
            continue
        definition = _DEFINITION.match(line)
        starts_block = definition is not None or line.startswith("#")
        starts_prose = not block_id and (
            not line.strip() or re.match(r"\s*[-*+|]", line) is not None
        )
        ends_row = bool(block) and block[-1].lstrip().startswith("|")
        if starts_block or starts_prose or (ends_row and not line.lstrip().startswith("|")):
            close()
            block, block_line = [], number
            block_id = definition[1] if definition else ""
        if line.strip() and (block_id or not line.startswith("#")):
            block.append(line)
    close()
    return found


def _parts(lines: list[str]) -> tuple[str, ...]:
    """Split a block into paragraphs, list items and cells; a scenario's steps stay together."""
    parts: list[list[str]] = []
    for line in lines:
        if line.lstrip().startswith("|"):
            cells = [] if _RULED.match(line) else line.strip().strip("|").split("|")
            parts += [[cell] for cell in cells if not _FORMAL.match(cell)]
            continue
        item = _ITEM.match(line)
        bare = line[item.end() :] if item else line
        if parts and not line.startswith("#") and (item is None or _CONTINUES.match(bare)):
            above = parts[-1][-1]
            is_apart = (
                bare.lstrip().startswith("<") or above.startswith("#") or above.endswith("**")
            )
            if not is_apart:
                parts[-1].append(bare)
                continue
        parts.append([bare])
    plain = (_LEADING_ID.sub("", _plain(" ".join(part))) for part in parts)
    return tuple(part for part in plain if part)


def _plain(text: str) -> str:
    """Strip Markdown marks."""
    text = re.sub(r"<[^>]*>|&[a-z]+;", " ", text)
    text = re.sub(r"[*`|]+", " ", text)
    return re.sub(r"\s+", " ", text).strip(" -#")


def read_citations(statements: tuple[Statement, ...], texts: Mapping[str, str]) -> dict[str, str]:
    """Map each requirement id to the first of the files (path → text) that cites it."""
    ids = {statement.id for statement in statements if statement.id}
    cited: dict[str, str] = {}
    if not ids:
        return cited
    for path, text in sorted(texts.items()):
        for match in ID.finditer(text):
            if match[1] in ids:
                cited.setdefault(match[1], path)
    return cited
