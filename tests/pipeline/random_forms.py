"""Engines that fill forms with random documents of their schema: models without any sense.

A random-weight model does the same thing a thousand times slower; here hundreds of projects can
be made. Names come from a short list, so that they collide, and hostile ones are among them.
`projects` is the hypothesis strategy of valid ASTs: what is made of such forms.
"""

from __future__ import annotations

import hashlib
import json
import random
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from hypothesis import strategies as st

from engines.protocol import (
    Completion,
    IsCancelled,
    Message,
    ModelInfo,
    OnGroupText,
    OnText,
    Request,
    Sampler,
    Tool,
    Usage,
)
from engines.schema import (
    Array,
    Boolean,
    Const,
    Dictionary,
    Enum,
    FormSchema,
    Named,
    Null,
    Number,
    Object,
    SchemaNode,
    Text,
    Union,
)
from pipeline.asking.harness import Harness
from pipeline.ast.base import TEXT_PATTERN
from pipeline.names import NAME_PATTERN
from pipeline.project import Project
from pipeline.records.events import CallFinished, Event, Lost
from pipeline.records.options import Level, RunOptions
from pipeline.run.run import design

if TYPE_CHECKING:
    from _typeshed import SupportsLenAndGetItem

T = TypeVar("T")

NAMES = """
todo todos list_item class constructor delete page date error module value row body actor query
status state owner owner_id id created_at todo_page member admin user session token password hash
a b c parent child name title count amount due_on is_done then to_string get new promise string
null undefined connection request response api index test key sort limit update create order
proto etc_passwd has_own_property drop_table_members series people equipment
""".split()
TEXTS = (
    "A plain sentence.",
    "*/ } process.exit(1) /*",
    "${globalThis} `tick` </script>",
    "# | pipes | and [brackets](x) <b>",
    "\u202eright to left\u202c and \u200bnothing 💣",
    "'; DROP TABLE members; --",
    "../../etc/passwd",
    "__proto__",
    "{{7*7}} <%= 7 %> #{7} %s $1 :id ?",
    "x" * 200,
    "When the member, if anybody, at 00:00 +01:00 ",
    "x",
)
HOSTILE_NAMES = (
    "../../etc/passwd",
    "constructor",
    "__proto__",
    "delete",
    "toString",
    "💣 boom",
    "x" * 200,
    "'; DROP TABLE members; --",
    "${process.exit(1)}",
    "\u202eevil\u202c",
    "CON.ts",
    "a/../../b",
    "..\\..\\windows",
)
"""Names as a model that no grammar holds may write them; one of which nothing stays is refused."""
REFERENCES = (
    *("R-1.1", "R-9.9", "B-1.1", "B-9.9", "todo.title", "todos.read", "row", "body", "18:30"),
    *("spring-24", "SPRING-24", "0123456789", "+14155550100", "#a0b1c2", "EUR", "DE"),
)
"""What stands in forms whose names are open."""
MANY = 3
"""Lists are short: at most this many items more than they must have."""
LENGTH_WITHIN = re.compile(r"\{\d+,(\d+)\}\$$")
"""The end of a pattern into which a grammar has taken the greatest length."""

EXACT_LENGTH = re.compile(r"\{(\d+)\}\$$")
"""The end of a pattern whose texts are all of one length; each of them may be of digits alone."""


class RandomForms:
    """Answers every request by a random document of its schema, the same for the same seed."""

    def __init__(self, seed: int, names: Sequence[str] = ()) -> None:
        """Take the seed, and the names to write whatever the form's pattern.

        Each form is drawn from the seed and its key.
        """
        self._seed = seed
        self._names = names
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
        document = _Drawer(request.schema, *self.chance(request.key), self._names).document()
        return Completion(json.dumps(document), Usage(), "end", constraint_active=True)

    def chance(self, key: str) -> tuple[random.Random, int]:
        """Return what decides in the form, and how many items more than needed its lists have."""
        return random.Random(f"{self._seed}/{key}"), MANY

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


class DrawnForms(RandomForms):
    """Answers every request by a document that hypothesis draws."""

    def __init__(self, draw: st.DrawFn) -> None:
        """Take what draws."""
        super().__init__(0)
        self._draw = draw

    def chance(self, key: str) -> tuple[random.Random, int]:
        """Draw one number a form: the plainest document is 0, the smallest lists come first.

        A form that has nothing to do with a failure shrinks to its plainest document. To draw
        each choice by itself would be too much for hypothesis: a project has some ten thousand.
        """
        many, seed = self._draw(FORMS, label=key)
        return (random.Random(f"{seed}/{key}") if seed else _Plainest()), many


class PlainForms(RandomForms):
    """Answers every request by the plainest document of its schema: nothing is decided."""

    def __init__(self) -> None:
        """Take nothing."""
        super().__init__(0)

    def chance(self, key: str) -> tuple[random.Random, int]:
        """Choose the first and the least of everything."""
        return _Plainest(), 0


FORMS = st.tuples(st.integers(0, MANY), st.integers(0, 1 << 16))
"""How long the lists of a form are, and the seed of the rest."""


@st.composite
def projects(draw: st.DrawFn) -> Project:
    """Draw a valid project: five ASTs that real stages made of random forms.

    Nothing may be lost, and all is valid at first try.
    """
    project, events = design_random(DrawnForms(draw))
    assert not any(isinstance(event, Lost) for event in events)
    assert all(event.valid for event in events if isinstance(event, CallFinished))
    return project


def design_random(engine: RandomForms, level: Level = "narrowed") -> tuple[Project, list[Event]]:
    """Go through all stages with an engine; return all that happened, too."""
    events: list[Event] = []
    settings = RunOptions(
        seed=0, sampler=Sampler(), feedback=0, max_tokens_per_call=1 << 20, level=level
    )
    harness = Harness(engine, settings, lambda _: None, events.append, lambda: False)
    return design(harness, "Anything.", lambda _stage, _ast: None), events


class _Plainest(random.Random):
    """Always the first and the least."""

    def random(self) -> float:
        return 0.99

    def choice(self, seq: SupportsLenAndGetItem[T]) -> T:
        return seq[0]

    def randint(self, a: int, b: int) -> int:
        return a

    def sample(self, population: Sequence[T], k: int, *, counts: object = None) -> list[T]:
        return list(population[:k])


class _Drawer:
    """Draws one document."""

    def __init__(
        self, schema: FormSchema, draw: random.Random, many: int, names: Sequence[str]
    ) -> None:
        self._schema = schema
        self._chance = draw
        self._many = many
        self._names = names

    def document(self) -> Any:
        return self._draw(self._schema.root)

    def _draw(self, node: SchemaNode) -> Any:
        match node:
            case Named(name):
                return self._draw(self._schema.definitions[name])
            case Union(options):
                return self._draw(self._chance.choice(options))
            case Const(value):
                return value
            case Enum(values):
                return self._chance.choice(values)
            case Object(members, required):
                return {
                    name: self._draw(part)
                    for name, part in members.items()
                    if name in required or self._chance.random() < 0.5
                }
            case Array(items, least):
                least = least or 0
                most = least + self._many if node.most is None else node.most
                count = self._chance.randint(least, min(most, least + self._many))
                return [self._draw(items) for _ in range(count) if items is not None]
            case Text():
                return self._text(node)
            case Number(kind, low, high):
                low, high = -9 if low is None else low, 9 if high is None else high
                few = (-1, 0, 1, 2, 7, 40) if kind == "integer" else (-0.5, 0, 0.01, 7, 19.99)
                near = [n for n in few if low <= n <= high]
                return self._chance.choice([low, high, *near])
            case Boolean():
                return self._chance.random() < 0.5
            case Null():
                return None
            case Dictionary():
                raise AssertionError(f"a form with {node.text}")

    def _text(self, node: Text) -> str:
        pattern = node.pattern or ""
        within = LENGTH_WITHIN.search(pattern)
        longest = node.most if within is None else int(within.group(1))
        if pattern == NAME_PATTERN:
            assert longest is not None
            if self._names:
                return self._chance.choice(self._names)
            if self._chance.random() < 0.1:
                return "x" * longest
            words = self._chance.sample(NAMES, self._chance.choice((1, 1, 1, 2)))
            return "_".join(words)[:longest].rstrip("_")
        if pattern == TEXT_PATTERN or (within is not None and "[^" in pattern):
            assert longest is not None
            return self._chance.choice(TEXTS)[:longest]
        fitting = [text for text in REFERENCES if re.search(pattern, text)]
        exact = EXACT_LENGTH.search(pattern)
        if exact is not None and not fitting:
            return "7" * (pattern.count("[") - 1 + int(exact.group(1)))
        return self._chance.choice(fitting)
