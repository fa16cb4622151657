"""An answer that grows token by token, and how it ends; the tokens are bytes."""

import itertools
import json

import numpy as np
import pytest

from engines.decoding.filling import Answer, Filling
from engines.decoding.loops import LOOPS_LEFT
from engines.decoding.sequence import Prompt
from engines.grammar.closing import shortest_rest
from engines.grammar.grammar import byte_tokenizer, compile_grammar
from engines.protocol import Message, Request, Sampler
from engines.schema import FormSchema, parse_schema

END = 256
ROOM = 1_000_000
MEMBER = {
    "type": "object",
    "properties": {"name": {"type": "string", "maxLength": 200}, "size": {"type": "integer"}},
    "required": ["name", "size"],
    "additionalProperties": False,
}
SCHEMA = parse_schema(
    {
        "type": "object",
        "properties": {
            name: {"type": "array", "items": MEMBER, "maxItems": 40} for name in ("things", "steps")
        },
        "required": ["things", "steps"],
        "additionalProperties": False,
    }
)


def fill(
    text, *, schema: FormSchema | None = SCHEMA, max_bytes=None, max_tokens=5000, fast_forward=True
):
    """Have a model write a text as far as it is allowed to, and close the form."""
    request = Request(
        "form",
        (Message("user", "Fill it."),),
        schema,
        Sampler(),
        max_tokens,
        max_bytes=max_bytes,
        repeatable=frozenset({"steps"}),
    )
    grammar = None if schema is None else compile_grammar(schema)
    matcher = None if grammar is None else grammar.matcher(byte_tokenizer())
    answer = Answer(lambda token: bytes([token]), None)
    filling = Filling(request, Prompt([1]), grammar, matcher, answer, fast_forward=fast_forward)
    vocabulary = byte_tokenizer().vocab_size
    mask = np.zeros((vocabulary + 31) // 32, dtype=np.int32)
    filling.begin()
    data = text.encode()
    while filling.stop is None:
        filling.check(ROOM)
        if filling.stop is None and filling.guard.looped:
            assert grammar is not None
            rest = shortest_rest(grammar.schema, bytes(answer.data) + filling.owed)
            way_out = filling.guard.way_out(rest)
            filling.leave_loop(way_out, list(filling.owed + way_out))
            filling.check(ROOM)
        if filling.stop is None:
            scores = np.zeros(vocabulary, dtype=np.float32)
            at = len(answer.data)
            scores[data[at] if at < len(data) else END] = 1
            filling.advance(scores, mask, frozenset({END}))
    if grammar is not None and not filling.is_whole:
        filling.close(list(shortest_rest(grammar.schema, bytes(answer.data))))
    return filling.stop, answer.finish()


def form(things, steps=()):
    return json.dumps({"things": list(things), "steps": list(steps)}, separators=(",", ":"))


def thing(name, size=1):
    return {"name": name, "size": size}


@pytest.mark.parametrize("fast_forward", [True, False])
def test_a_list_that_repeats_a_member_ends_after_the_third(fast_forward):
    stop, text = fill(form([thing("todo")] * 30), fast_forward=fast_forward)
    assert stop == "looped"
    assert json.loads(text)["things"] == [thing("todo")] * 3


def test_the_model_continues_behind_a_list_that_was_ended():
    wanted = form([thing("todo")] * 3, [thing("call"), thing("check")])
    assert fill(wanted) == ("looped", wanted)


def test_a_text_that_repeats_itself_is_ended():
    stop, text = fill(form([thing("the list of " * 16)]))
    assert stop == "looped"
    assert len(json.loads(text)["things"][0]["name"]) < 80


def test_a_form_that_repeats_itself_everywhere_is_closed():
    stop, text = fill(form([thing(f"{word} the list of " * 12) for word in "abcdefghijklmno"]))
    assert stop == "looped"
    assert len(json.loads(text)["things"]) <= 2 * LOOPS_LEFT


def test_equal_steps_are_no_loop_as_long_as_they_are_few():
    wanted = form([thing("a"), thing("b")], [thing("call")] * 5)
    assert fill(wanted) == ("end", wanted)
    assert fill(form([], [thing("call")] * 30))[0] == "looped"


def test_a_form_longer_than_it_needs_to_be_is_cut():
    things = [thing(f"thing {word}", number) for number, word in enumerate("abcdefghijkl")]
    stop, text = fill(form(things), max_bytes=100)
    assert stop == "cut"
    assert 100 <= len(text) < 180
    assert json.loads(text)["things"][0] == thing("thing a", 0)
    assert fill(form(things), max_tokens=100)[0] == "budget"
    assert fill(form(things), max_bytes=len(form(things)) + 1) == ("end", form(things))


def test_free_text_that_repeats_itself_ends_as_it_is():
    stop, text = fill("I am not sure. " * 100, schema=None)
    assert stop == "looped"
    assert text == ("I am not sure. " * 100)[: len(text)]
    assert len(text) < 300
    words = " ".join(map("".join, itertools.permutations("abcde")))
    assert fill(words, schema=None) == ("end", words)
    assert fill(words, schema=None, max_tokens=50)[0] == "length"
