"""The scripted engine answers by key, through the grammar."""

import pytest

from engines.protocol import (
    Cancelled,
    ContextError,
    EngineError,
    GrammarError,
    Message,
    Request,
    Sampler,
)
from engines.schema import FormSchema, parse_schema
from engines.scripted import ScriptedEngine

FORM = parse_schema(
    {
        "type": "object",
        "properties": {"kind": {"const": "todo"}, "count": {"type": "integer", "maximum": 20}},
        "required": ["kind", "count"],
    }
)
GOOD, BAD = {"kind": "todo", "count": 7}, {"kind": "todo", "count": 21}


def _request(key: str = "a/form", rounds: int = 0, schema: FormSchema | None = FORM) -> Request:
    messages = (Message("user", "Fill it."), *[Message("assistant", "before")] * rounds)
    return Request(key, messages, schema, Sampler(), 5)


def test_an_answer_of_the_form_is_given_whole_whatever_the_budget():
    completion = ScriptedEngine({"a/form": GOOD}).complete(_request())
    assert completion.text == '{"kind":"todo","count":7}'
    assert completion.stop == "end"
    assert completion.constraint_active
    assert completion.usage.output_tokens == len(completion.text)
    assert completion.usage.forced_tokens == len(completion.text) - len("7")
    assert completion.usage.prompt_tokens == len("Fill it.")


def test_rounds_follow_the_answers_in_the_conversation_and_the_last_one_stays():
    engine = ScriptedEngine({"a/form": [{"kind": "todo", "count": n} for n in (1, 2)]})
    texts = [engine.complete(_request(rounds=rounds)).text for rounds in range(4)]
    assert [text[-2] for text in texts] == ["1", "2", "2", "2"]


def test_an_answer_outside_the_grammar_names_its_key_and_place():
    with pytest.raises(
        GrammarError, match=r"answer for a/form leaves its form at byte 24: .*2 it has 1"
    ):
        ScriptedEngine({"a/form": BAD}).complete(_request())
    with pytest.raises(GrammarError, match="it has the end of the answer"):
        ScriptedEngine({"a/form": '{"kind":"todo"'}).complete(_request())


def test_without_a_schema_anything_goes_unconstrained():
    completion = ScriptedEngine({"a/form": "not {json"}).complete(_request(schema=None))
    assert completion.text == "not {json"
    assert not completion.constraint_active


def test_an_unknown_key_names_the_nearest():
    with pytest.raises(EngineError, match=r"no answer for the form a/from\. It has one for a/form"):
        ScriptedEngine({"a/form": GOOD}).complete(_request("a/from"))


def test_text_is_told_once_and_a_cancelled_call_tells_nothing():
    engine, heard = ScriptedEngine({"a/form": GOOD}), []
    engine.complete(_request(), on_text=lambda text, forced: heard.append(text))
    assert heard == ['{"kind":"todo","count":7}']
    with pytest.raises(Cancelled):
        engine.complete(_request(), on_text=lambda *_: heard.append(""), cancelled=lambda: True)
    assert len(heard) == 1


def test_its_context_counts_bytes():
    with pytest.raises(ContextError, match="8 bytes and its answer 25, but the context holds 30"):
        ScriptedEngine({"a/form": GOOD}, context_tokens=30).complete(_request())


def test_its_hash_covers_the_answers():
    hashes = {ScriptedEngine({"k": each}).info.sha256 for each in (GOOD, BAD, [GOOD, BAD])}
    assert len(hashes) == 3
