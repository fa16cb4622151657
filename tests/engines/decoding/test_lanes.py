"""Forms filled side by side by llama.cpp: models with and without recurrent layers."""

import dataclasses
import json

import pytest

from engines.llama.engine import LlamaEngine
from engines.options import EngineOptions, OptionError
from engines.protocol import Cancelled, Completion, ContextError, Message

LANES = 4
SHARED = "The user has a list of orders, and every order has a title. " * 12
KIND = "The form is about the orders of one user, in the order of their titles. " * 6


@pytest.fixture(scope="module", params=["model_path", "hybrid_path"])
def path(request):
    return request.getfixturevalue(request.param)


@pytest.fixture(scope="module")
def lanes(path):
    engine = LlamaEngine(path, 2048, EngineOptions(kv_type="f32", parallel=LANES))
    yield engine
    engine.close()


@pytest.fixture(scope="module")
def single(path):
    engine = LlamaEngine(path, 2048, EngineOptions(kv_type="f32"))
    yield engine
    engine.close()


@pytest.fixture
def group(function_form):
    """Six requests: one more than a group and a half, of two kinds, of different lengths."""
    requests = []
    for number in range(6):
        shared = SHARED if number < 4 else SHARED + KIND
        own = f"Write number {number}. " * (number + 1)
        asked = function_form.request(number if number % 2 else None, max_tokens=60 + 20 * number)
        system = asked.messages[0]
        messages = (
            dataclasses.replace(system, shared=len(system.content)),
            Message("user", shared + own, shared=len(shared)),
        )
        requests.append(dataclasses.replace(asked, messages=messages))
    return requests


def test_answers_side_by_side_are_those_of_one_after_another(lanes, single, group, function_form):
    # In f32 the small model's scores differ by rounding only, too little to change a choice.
    together = lanes.complete_all(group)
    for request, answer in zip(group, together, strict=True):
        alone = single.complete(request)
        assert answer.text == alone.text
        assert answer.stop == alone.stop
        assert answer.constraint_active
        function_form.form.model_validate_json(answer.text)
        usage = answer.usage
        assert usage.prompt_tokens == alone.usage.prompt_tokens
        assert (usage.forced_tokens, usage.sampled_tokens) == (
            alone.usage.forced_tokens,
            alone.usage.sampled_tokens,
        )
        assert usage.decode_calls == alone.usage.decode_calls


def test_a_group_is_answered_alike_whatever_came_before(path, lanes, group):
    fresh = LlamaEngine(path, 2048, EngineOptions(kv_type="f32", parallel=LANES))
    first = [each.text for each in fresh.complete_all(group) if isinstance(each, Completion)]
    fresh.close()
    lanes.complete_all([*group[2:], *group[:3]])
    lanes.complete(group[4])
    scores = lanes._model.logits().copy()
    assert [each.text for each in lanes.complete_all(group)] == first
    lanes.complete_all(group[1:3])
    lanes.complete(group[4])
    assert (lanes._model.logits() == scores).all()


def test_common_text_is_evaluated_once(lanes, group):
    lanes.complete(dataclasses.replace(group[0], messages=(Message("user", "Other."),)))
    usages = [each.usage for each in lanes.complete_all(group[:LANES])]
    assert usages[-1].cached_tokens == 0  # the last is seated first
    first = usages[-1].prompt_tokens
    assert all(each.cached_tokens > 0.6 * first for each in usages[:-1])
    again = [each.usage for each in lanes.complete_all(group[:LANES])]
    assert all(each.cached_tokens > 0.6 * first for each in again)


def test_texts_are_told_to_the_right_request(lanes, group):
    heard = [""] * len(group)

    def hear(index: int, text: str, forced: bool) -> None:
        heard[index] += text

    answers = lanes.complete_all(group, hear)
    assert heard == [each.text for each in answers]
    assert all(json.loads(text) for text in heard)


def test_times_of_a_group_add_up(lanes, group):
    usages = [each.usage for each in lanes.complete_all(group)]
    assert all(0 < each.mask_s <= each.decode_s <= each.total_s for each in usages)


def test_a_cancelled_group_leaves_the_engine_usable(lanes, group):
    expected = [each.text for each in lanes.complete_all(group[:LANES])]
    checks = iter(range(1000))
    with pytest.raises(Cancelled):
        lanes.complete_all(group[:LANES], cancelled=lambda: next(checks) > 9)
    assert [each.text for each in lanes.complete_all(group[:LANES])] == expected


def test_each_lane_has_a_whole_context(lanes, group):
    long = "word "
    while lanes.count_tokens((Message("user", long * 2),)) < 1900:
        long *= 2
    wide = [
        dataclasses.replace(each, messages=(Message("user", f"{number} {long}"),), max_tokens=200)
        for number, each in enumerate(group[:LANES])
    ]
    assert all(each.stop in ("end", "budget") for each in lanes.complete_all(wide))


def test_what_does_not_fit_is_refused_and_the_others_are_answered_as_without_it(lanes, group):
    too_long = dataclasses.replace(group[0], messages=(Message("user", "word " * 3000),))
    first, refused, second = lanes.complete_all([group[0], too_long, group[1]])
    assert isinstance(refused, ContextError)
    assert [first.text, second.text] == [each.text for each in lanes.complete_all(group[:2])]


def test_a_number_of_lanes_that_makes_no_sense_is_refused():
    with pytest.raises(OptionError, match="Forms side by side can't be 0"):
        EngineOptions(parallel=0)
