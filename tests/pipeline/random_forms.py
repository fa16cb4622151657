"""An engine that fills forms with random documents of their schema: models without any sense.

A random-weight model does the same thing a thousand times slower; here hundreds of projects can
be made. Names come from a short list, so that they collide, and hostile ones are among them.
"""

from __future__ import annotations

import hashlib
import json
import random
import re
from collections.abc import Mapping, Sequence
from typing import Any

from engines.protocol import (
    Completion,
    IsCancelled,
    Message,
    ModelInfo,
    OnGroupText,
    OnText,
    Request,
    Tool,
    Usage,
)
from pipeline.ast.base import TEXT_PATTERN
from pipeline.names import NAME_PATTERN

NAMES = """
todo todos list_item class constructor delete page date error module value row body actor query
status state owner owner_id id created_at todo_page member admin user session token password hash
a b c parent child name title count amount due_on is_done then to_string get new promise string
null undefined connection request response api index test key sort limit update create order
""".split()
TEXTS = (
    "A plain sentence.",
    "*/ } process.exit(1) /*",
    "${globalThis} `tick` </script>",
    "# | pipes | and [brackets](x) <b>",
    "\u202eright to left\u202c and \u200bnothing 💣",
    "'; DROP TABLE members; --",
    "When the member, if anybody, at 00:00 +01:00 ",
    "x",
)
REFERENCES = ("R-1.1", "R-9.9", "B-1.1", "B-9.9", "todo.title", "todos.read", "row", "body")
"""What stands in forms whose names are open."""
MANY = 3
"""Lists are short: at most this many items more than they must have."""
LENGTH_WITHIN = re.compile(r"\{\d+,(\d+)\}\$$")
"""The end of a pattern into which a grammar has taken the greatest length."""


class RandomForms:
    """Answers every request by a random document of its schema, the same for the same seed."""

    def __init__(self, seed: int) -> None:
        """Take the seed; each form is drawn from it and its key."""
        self._seed = seed
        self.context_tokens = 1 << 20
        self.lanes = 1
        self.info = ModelInfo(
            name=f"random {seed}",
            path="",
            sha256=hashlib.sha256(str(seed).encode()).hexdigest(),
            format="random",
            architecture="random",
            parameters=0,
            quantization="",
            context_train_tokens=self.context_tokens,
            vocabulary=256,
            size_bytes=0,
            chat_template=False,
            engine="random",
        )

    def count_tokens(self, messages: tuple[Message, ...], tool: Tool | None = None) -> int:
        """Count characters."""
        return sum(len(message.content) for message in messages)

    def complete(
        self,
        request: Request,
        on_text: OnText | None = None,
        cancelled: IsCancelled | None = None,
    ) -> Completion:
        """Draw a document of the schema."""
        assert request.schema is not None
        draw = random.Random(f"{self._seed}/{request.key}")
        document = _draw(request.schema, request.schema.get("$defs", {}), draw)
        return Completion(json.dumps(document), Usage(), "end", constraint_active=True)

    def complete_all(
        self,
        requests: Sequence[Request],
        on_text: OnGroupText | None = None,
        cancelled: IsCancelled | None = None,
    ) -> list[Completion]:
        """Draw a document for each."""
        return [self.complete(request) for request in requests]

    def close(self) -> None:
        """Hold nothing."""


def _draw(schema: Mapping[str, Any], definitions: Any, draw: random.Random) -> Any:
    if "$ref" in schema:
        return _draw(definitions[schema["$ref"].rsplit("/", 1)[-1]], definitions, draw)
    for union in ("anyOf", "oneOf"):
        if union in schema:
            return _draw(draw.choice(schema[union]), definitions, draw)
    if "const" in schema:
        return schema["const"]
    if "enum" in schema:
        return draw.choice(schema["enum"])
    match schema["type"]:
        case "object":
            return {
                name: _draw(part, definitions, draw) for name, part in schema["properties"].items()
            }
        case "array":
            least = schema.get("minItems", 0)
            most = min(schema.get("maxItems", least + MANY), least + MANY)
            return [
                _draw(schema["items"], definitions, draw) for _ in range(draw.randint(least, most))
            ]
        case "string":
            return _text(schema, draw)
        case "number":
            return draw.choice([-0.5, 0, 7])
        case "integer":
            low, high = schema.get("minimum", -9), schema.get("maximum", 9)
            near = [n for n in (-1, 0, 1, 2, 7, 40) if low <= n <= high]
            return draw.choice([low, high, *near])
        case "boolean":
            return draw.random() < 0.5
        case "null":
            return None
        case other:
            raise AssertionError(f"a form with {other} {schema}")


def _text(schema: Mapping[str, Any], draw: random.Random) -> str:
    within = LENGTH_WITHIN.search(schema.get("pattern", ""))
    longest = schema["maxLength"] if within is None else int(within.group(1))
    if schema.get("pattern") == NAME_PATTERN:
        if draw.random() < 0.1:
            return "x" * longest
        return "_".join(draw.sample(NAMES, draw.choice((1, 1, 1, 2))))[:longest].rstrip("_")
    if schema.get("pattern") == TEXT_PATTERN or within is not None:
        return draw.choice(TEXTS)[:longest]
    fitting = [text for text in REFERENCES if re.search(schema["pattern"], text)]
    return draw.choice(fitting)
