"""Spoil a golden project in everything that it does, while it still looks like one.

No refusal is ever thrown, keys and owners are compared the wrong way round, answers show other
columns, any password is good, requirements are a salad of the brief's words, assertions hold
whatever the server says.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import cycle, islice

from scoring.brief import Brief

THROWN = re.compile(r"\.executeTakeFirstOrThrow\(\s*\(\) =>\s*new \w+\([^;]*?\),?\s*\)")
COMPARED = re.compile(r'(\.where\("[\w.]*(?:_id|id)", )"="')
PRESENTED = re.compile(r"(\w+): row\.(\w+)")
ASSERTED = re.compile(r"assert\.\w+\(([^;]*?)\);")
STATED = re.compile(r"(?:R|B)-\d+\.\d+")


def sabotaged(texts: Mapping[str, str], brief: Brief) -> dict[str, str]:
    """Return the project's files, spoilt."""
    return {path: _spoilt(path, text, brief) for path, text in texts.items()}


def _spoilt(path: str, text: str, brief: Brief) -> str:
    if path.endswith("ensure.ts"):
        return text.replace("if (!condition)", 'if (!condition && message === "")')
    if path.endswith("password.service.ts"):
        return re.sub(r"(public async verify\([^{]*\{)", r"\1 return true;", text)
    if path.endswith(".service.ts") and "/modules/" in path:
        return _mixed(COMPARED.sub(r'\1"!="', THROWN.sub(".executeTakeFirst() as never", text)))
    if path.startswith("test/features/"):
        return ASSERTED.sub(_tautology, text)
    if path.startswith("docs/"):
        salad = " ".join(word for rule in brief.rules for group in rule.words for word in group)
        return "\n".join(_tossed(line, salad) for line in text.split("\n"))
    return text


def _tossed(line: str, salad: str) -> str:
    """Let a line keep its marks and ids, and say nothing but the salad."""
    if line.startswith(("#", "`")) or not re.search("[a-z]", line):
        return line
    if line.startswith("|"):
        return f"| {' '.join(STATED.findall(line))} | {salad} |"
    ids = " ".join(STATED.findall(line))
    return f"{line[: len(line) - len(line.lstrip(' -*'))]}{ids} {salad}."


def _mixed(text: str) -> str:
    """Let each member of an answer show the column of the next."""
    columns = [found[2] for found in PRESENTED.finditer(text)]
    following: Iterator[str] = islice(cycle(columns), 1, None)
    return PRESENTED.sub(lambda found: f"{found[1]}: row.{next(following)} as never", text)


def _tautology(found: re.Match[str]) -> str:
    first = found[1].split(",")[0]
    return f"assert.ok({first} === 1 || {first} !== 1);"
