"""The five levels over a script: what is asked, what counts as valid, what goes back."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, cast

import pytest

from engines.protocol import Message, Sampler
from engines.scripted import ScriptedEngine
from pipeline.asking.bounds import bounds
from pipeline.asking.harness import Harness
from pipeline.asking.levels import TOOL_NAME, pose, refusal, understand
from pipeline.asking.narrow import opened
from pipeline.records.calls import CallRecord
from pipeline.records.events import Event, Lost
from pipeline.records.options import ACTIVE_LEVELS, Level, RunOptions
from tests.pipeline.asking.test_conform import SOUND
from tests.pipeline.asking.zoo import Zoo, narrowed

SCHEMA = narrowed()
PROMPT = (Message("system", "Fill the form."), Message("user", "Which animals?"))
WRITTEN = json.dumps(SOUND, separators=(",", ":"))
DANGLING = WRITTEN.replace('"ann"', '"nobody"')


def run(level: Level, answers: str | Sequence[str], feedback: int = 0) -> list[CallRecord]:
    """Fill the form from a script and return the records."""
    records: list[CallRecord] = []
    events: list[Event] = []
    harness = Harness(
        ScriptedEngine({"zoo": answers}),
        RunOptions(
            seed=1, sampler=Sampler(), feedback=feedback, max_tokens_per_call=1000, level=level
        ),
        records.append,
        events.append,
        lambda: False,
    )
    harness.begin("analysis", 1)
    value = harness.fill("zoo", PROMPT, SCHEMA, lambda form: (Zoo.model_validate(form), ()))
    assert (value is None) == any(isinstance(event, Lost) for event in events)
    return records


@pytest.mark.parametrize(
    ("level", "output", "valid"),
    [
        ("free", WRITTEN, True),
        ("free", f"```json\n{WRITTEN}\n```", False),
        ("free", DANGLING, False),
        ("lenient", f"Here it is:\n```json\n{WRITTEN[:-2]}\n```", True),
        ("lenient", WRITTEN.replace("true", "'Yes'").replace("5", '"5"'), True),
        ("lenient", DANGLING, False),
        ("lenient", "I can't.", False),
        (
            "tools",
            f'<tool_call>{{"name": "{TOOL_NAME}", "arguments": {WRITTEN}}}</tool_call>',
            True,
        ),
        ("tools", WRITTEN, False),
        ("grammar", WRITTEN, True),
        ("grammar", DANGLING, False),
        ("narrowed", WRITTEN, True),
    ],
)
def test_what_is_valid_at_a_level(level: Level, output: str, valid: bool) -> None:
    (record,) = run(level, output)
    assert (record.level, record.valid) == (level, valid)
    assert record.constraint_active == (level in ("grammar", "narrowed"))
    assert valid or record.diagnostics


def test_a_dangling_name_goes_back_with_the_names_that_exist() -> None:
    first, second = run("grammar", [DANGLING, WRITTEN], feedback=1)
    assert (first.valid, second.valid, second.round) == (False, True, 1)
    assert "expected one of ann, bob_smith, cleo" in second.prompt[-1].content


def test_an_answer_without_a_document_goes_back_with_the_reason() -> None:
    _, second = run("free", ["Sorry!", WRITTEN], feedback=1)
    assert second.prompt[-2].content == "Sorry!"
    assert "The answer is not JSON" in second.prompt[-1].content


def test_what_the_grammar_does_not_say_the_prompt_says() -> None:
    posed = {level: pose(level, PROMPT, SCHEMA) for level in ACTIVE_LEVELS}
    assert posed["narrowed"].schema == SCHEMA
    assert posed["grammar"].schema == opened(SCHEMA)
    assert posed["grammar"].messages == posed["narrowed"].messages
    for words in filter(None, bounds(SCHEMA)):
        assert words in posed["narrowed"].messages[1].content
        assert words not in posed["free"].messages[1].content  # its type has them
    assert posed["free"] == posed["lenient"]
    assert 'type Cat = { kind: "cat"; owner: string' in posed["free"].messages[0].content
    tool = posed["tools"].tool
    assert tool is not None
    assert TOOL_NAME in posed["tools"].messages[0].content
    assert set(cast("dict[str, Any]", tool.parameters["properties"])) == {
        "title",
        "open_days",
        "animals",
    }
    assert [level for level in ACTIVE_LEVELS if posed[level].schema is None] == [
        "free",
        "lenient",
        "tools",
    ]


@pytest.mark.parametrize("level", ["lenient", "tools"])
def test_any_text_is_understood_as_something(level: Level) -> None:
    for output in ("", "{", '{"name": "fill_form"}', "fill_form(", "[" * 5000, "\ud800", "null"):
        found: Any = understand(level, SCHEMA, output)
        assert found.diagnostics


def test_a_model_that_can_not_is_refused_in_words() -> None:
    model = replace(ScriptedEngine({}).info, tools=False)
    assert "can't offer functions" in str(refusal("tools", 0, model))
    assert "think block" in str(refusal("narrowed", 100, model))
    assert refusal("grammar", 0, model) is None
