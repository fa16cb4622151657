"""Write a brief as TOML, and as comments what the draft leaves open."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, cast

from scoring.brief import Brief
from scoring.drafting.draft import Draft
from scoring.drafting.to_brief import spoken

_INTRODUCTION = """# A draft of a brief, read from the request's text. Each line is a guess: strike
# what is wrong, add what is missing. The format is described in docs/briefs.md.
"""


def write_brief(brief: Brief, draft: Draft) -> str:
    """Return the file's text; the same brief gives the same bytes."""
    lines = [_INTRODUCTION.rstrip(), ""]
    lines += [f"name = {_value(brief.name)}", f"title = {_value(brief.title)}"]
    lines += [f"text = {_value(brief.text)}", ""]
    for table in ("actors", "entities", "operations", "rules"):
        for record in getattr(brief, table):
            lines += [f"[[{table}]]", *_members(record.model_dump(exclude_defaults=True)), ""]
    if draft.doubts:
        lines.append("# The text also has these, and does not say plainly what has them:")
        for owner, attribute in draft.doubts:
            bounds = [
                str(each) for each in (attribute.minimum, attribute.maximum) if each is not None
            ]
            what = f"{spoken(attribute.name)} ({' to '.join(bounds)})"
            lines.append(f"#   {what}: perhaps of {spoken(owner)}. \u201c{attribute.said}\u201d")
        lines.append("")
    return "\n".join(lines)


def _members(record: dict[str, Any]) -> list[str]:
    lines: list[str] = []
    for key, value in record.items():
        rows = _rows(value)
        if rows:
            lines += [f"{key} = [", *(f"  {_table(row)}," for row in rows), "]"]
        elif value is not None:
            lines.append(f"{key} = {_value(value)}")
    return lines


def _rows(value: object) -> list[dict[str, Any]]:
    """Return the records of a value that is a list of such."""
    if not isinstance(value, list | tuple):
        return []
    several = cast("Sequence[object]", value)
    return [cast("dict[str, Any]", each) for each in several if isinstance(each, dict)]


def _table(row: dict[str, Any]) -> str:
    members = (f"{key} = {_value(value)}" for key, value in row.items() if value is not None)
    return f"{{ {', '.join(members)} }}"


def _value(value: object) -> str:
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_value, cast('Sequence[object]', value)))}]"
    if isinstance(value, dict):
        members = cast("dict[str, object]", value).items()
        return "{ " + ", ".join(f"{json.dumps(k)} = {_value(v)}" for k, v in members) + " }"
    return str(value)
