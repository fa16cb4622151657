"""Measure how long prompts are: whether every form has room in a context, at every level.

    .venv/bin/python -m benchmarks.context [--vocabulary FILE.gguf] [--projects todo board]

Tokens of the golden forms: the prompt as it is first put, and what a round of feedback needs with
the answer to it, where as many lines are wrong as a round ever marks.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple, cast

import numpy as np

from benchmarks.golden_forms import TEMPLATE, Asked, forms_of, vocabulary_of
from engines.llama.engine import LlamaEngine
from engines.options import EngineOptions
from engines.protocol import Message
from engines.random_weights.gguf_model import Shape, write_random_model
from pipeline.asking.feedback import MAX_COMMENTS, last_words, pointer
from pipeline.asking.levels import pose
from pipeline.records.calls import Diagnostic
from pipeline.records.options import Level
from pipeline.run.agreement import form_kind

CONTEXT_TOKENS = 8192
LEVELS: tuple[Level, ...] = ("narrowed", "free", "tools")
TOOLS = "{% if tools %}# Tools\n{% for tool in tools %}{{ tool | tojson }}\n{% endfor %}{% endif %}"


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--vocabulary", type=Path)
    parser.add_argument("--projects", nargs="+", default=["todo", "board"])
    given = parser.parse_args()
    projects = {name: forms_of(name) for name in given.projects}
    everything = [form for forms in projects.values() for form in forms]
    words = vocabulary_of(given.vocabulary, everything)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "tiny.gguf"
        write_random_model(path, words, Shape(), chat_template=TOOLS + TEMPLATE)
        engine = LlamaEngine(path, CONTEXT_TOKENS, EngineOptions())
        longest: dict[str, Longest] = {}
        for name, forms in projects.items():
            for level in LEVELS:
                show(f"{name}, {level}", [tokens(engine, form, level) for form in forms], forms)
            for form in forms:
                kind = form_kind(form.request.key)
                measured = with_answer(engine, form)
                longest[kind] = max(longest.get(kind, measured), measured)
        engine.close()
    print("\n| form | longest prompt with its answer | prompt alone | of |\n|---|---:|---:|---|")
    for kind, found in longest.items():
        print(f"| `{kind}` | {found.whole:,} | {found.prompt:,} | `{found.key}` |")


class Longest(NamedTuple):
    """Tokens of a prompt, and of it with its answer; and which form's they are."""

    whole: int
    prompt: int
    key: str


def with_answer(engine: LlamaEngine, form: Asked) -> Longest:
    """Count a form's prompt at `narrowed`, alone and with the answer."""
    messages = form.request.messages
    counts = [
        engine.count_tokens(posed.messages, posed.tool)
        for posed in (
            pose("narrowed", each, form.schema)
            for each in (messages, (*messages, Message("assistant", form.answer)))
        )
    ]
    return Longest(counts[1], counts[0], form.request.key)


def tokens(engine: LlamaEngine, form: Asked, level: Level) -> tuple[int, int]:
    """Count a form's first prompt, and a round of feedback with the answer."""
    document = json.loads(form.answer)
    everywhere = places(document)
    marked = np.linspace(0, len(everywhere) - 1, min(MAX_COMMENTS, len(everywhere)), dtype=int)
    wrong = [
        Diagnostic(
            pointer=everywhere[place],
            expected="one of the names that exist",
            found="another name",
            why="No such name exists.",
            suggestion="Use one of the names that are listed above.",
        )
        for place in marked
    ]
    feedback = last_words(form.answer, document, wrong)
    first = form.request.messages
    counts: list[int] = []
    for messages in (first, (*first, *feedback, Message("assistant", form.answer))):
        posed = pose(level, messages, form.schema)
        counts.append(engine.count_tokens(posed.messages, posed.tool))
    return counts[0], counts[1]


def places(value: Any, path: tuple[object, ...] = ()) -> list[str]:
    """Return the JSON pointers of all that stands in a document."""
    inner: Iterable[tuple[object, Any]] = ()
    if isinstance(value, dict):
        inner = cast("dict[str, Any]", value).items()
    elif isinstance(value, list):
        inner = enumerate(cast("list[Any]", value))
    below = [place for key, each in inner for place in places(each, (*path, key))]
    return [pointer(path), *below]


def show(name: str, counted: list[tuple[int, int]], forms: list[Asked]) -> None:
    """Print the longest prompts and which form has them."""
    first, again = (np.array(each) for each in zip(*counted, strict=True))
    print(
        f"{name:<20}{len(forms):4} forms: prompt median {np.median(first):5.0f}, "
        f"longest {first.max():5} ({forms[int(first.argmax())].request.key}); "
        f"with feedback and answer {again.max():5} ({forms[int(again.argmax())].request.key})"
    )


if __name__ == "__main__":
    main()
