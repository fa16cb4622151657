"""The five levels: how a form is put to the model, and how its answer becomes a document.

| level | decoded under | how the answer is read |
|---|---|---|
| `free` | nothing | as it is: JSON or not |
| `lenient` | nothing | by the recovering parser, bent towards the form |
| `tools` | nothing | the arguments of a function call, recovered and bent |
| `grammar` | the form, its names open | as it is |
| `narrowed` | the form, its names those that exist | as it is |

At each of them a form is valid if it is one that the narrowed grammar could have written.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import Any

from engines.protocol import Message, ModelInfo, Tool
from engines.remedy import Remedy, UserError
from engines.schema import FormSchema
from pipeline.asking import prompts
from pipeline.asking.bounds import bounds
from pipeline.asking.conform import conform
from pipeline.asking.narrow import opened
from pipeline.asking.recovery.coerce import coerce
from pipeline.asking.recovery.lenient import NotFoundError, recover
from pipeline.asking.recovery.tool_call import NoCallError, arguments
from pipeline.asking.shape import as_parameters, as_type
from pipeline.records.calls import Diagnostic
from pipeline.records.options import Level

TOOL_NAME = "fill_form"


@dataclass(frozen=True)
class Posed:
    """How a form goes to the engine."""

    messages: tuple[Message, ...]
    schema: FormSchema | None
    """The constraint; None if there is none."""
    tool: Tool | None


@dataclass(frozen=True)
class Understood:
    """What an answer says; `document` is None if it holds none."""

    document: Any
    diagnostics: tuple[Diagnostic, ...]


def pose(level: Level, messages: tuple[Message, ...], schema: FormSchema) -> Posed:
    """Return how a form with a (narrowed) schema is asked at a level.

    What a model does not see must be said in words: the form's bounds, or its type, or its
    function, which both have their bounds.
    """
    match level:
        case "narrowed":
            return Posed(_bounded(messages, schema), schema, None)
        case "grammar":
            return Posed(_bounded(messages, schema), opened(schema), None)
        case "tools":
            tool = Tool(TOOL_NAME, prompts.text("tools"), as_parameters(opened(schema)))
            return Posed(_added(messages, prompts.text("tools")), None, tool)
        case "free" | "lenient":
            words = f"{prompts.text('free')}\n{as_type(opened(schema))}"
            return Posed(_added(messages, words), None, None)


def understand(level: Level, schema: FormSchema, output: str) -> Understood:
    """Read an answer as its level does, and hold it against the narrowed schema."""
    members = schema.members
    try:
        match level:
            case "free" | "grammar" | "narrowed":
                document: Any = json.loads(output)
            case "lenient":
                document = coerce(schema, recover(output, members))
            case "tools":
                document = coerce(schema, arguments(output, TOOL_NAME, members))
    except (NotFoundError, NoCallError) as error:
        return Understood(None, (_unread(str(error)),))
    except (ValueError, RecursionError) as error:
        return Understood(None, (_unread(f"The answer is not JSON: {error}"),))
    # What was decoded under the narrowed grammar can't leave it.
    return Understood(document, () if level == "narrowed" else conform(schema, document))


def _bounded(messages: tuple[Message, ...], schema: FormSchema) -> tuple[Message, ...]:
    """Say the bounds of a form: its kind's with what forms share, its own with its slice."""
    of_kind, of_form = (f"{words}\n\n" if words else "" for words in bounds(schema))
    place = next(n for n, message in enumerate(messages) if message.role == "user")
    asked = messages[place]
    common = f"{asked.content[: asked.shared]}{of_kind}"
    content = f"{common}{of_form}{asked.content[asked.shared :]}"
    bounded = replace(asked, content=content, shared=len(common))
    return (*messages[:place], bounded, *messages[place + 1 :])


def _added(messages: tuple[Message, ...], words: str) -> tuple[Message, ...]:
    """Add words to what the system says: all forms of one kind share them."""
    first, *rest = messages
    content = f"{first.content}\n\n{words}"
    return (replace(first, content=content, shared=len(content)), *rest)


def refusal(level: Level, think_tokens: int, model: ModelInfo) -> UserError | None:
    """Return why a model can't be run at a level or can't think, None if it can."""
    if level == "tools" and not model.tools:
        return UserError(
            f"The chat template of {model.name} can't offer functions, so the level tools is not "
            "possible with it. Choose a model trained to call functions.",
            Remedy("level"),
        )
    if think_tokens and not model.thinks:
        return UserError(
            f"Neither the chat template nor the vocabulary of {model.name} has a think block. "
            "Choose a reasoning model.",
            Remedy("think_tokens", "omit"),
        )
    return None


def _unread(why: str) -> Diagnostic:
    return Diagnostic(
        pointer="",
        expected="the form as one JSON document",
        found="another text",
        why=why,
        suggestion="Answer with the form alone.",
    )
