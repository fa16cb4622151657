"""What every engine keeps to, tested on each: llama.cpp, MLX, and the script."""

import dataclasses
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from engines.grammar.closing import shortest_rest
from engines.grammar.grammar import compile_grammar
from engines.open import open_model
from engines.options import DEFAULT_BATCH_TOKENS, EngineOptions, KvType
from engines.protocol import Cancelled, ContextError, Engine, GrammarError, Message
from engines.schema import parse_schema
from engines.scripted import ScriptedEngine

LONG_PROMPT = "The user has a list of orders, and every order has a title. " * 30
SHARED = 2 * DEFAULT_BATCH_TOKENS  # what prompts with it have in common at least
MODELS = {
    "llama.cpp": "model_path",
    "llama.cpp, hybrid": "hybrid_path",
    "MLX": "mlx_path",
    "MLX, hybrid": "mlx_hybrid_path",
}
MIB = 1 << 20
CONTEXT_TOKENS = 4096

Open = Callable[..., Engine]


@pytest.fixture(scope="module", params=[*MODELS, "script"])
def path(request: pytest.FixtureRequest) -> Path | None:
    """The model's path; None for the script."""
    return request.getfixturevalue(MODELS[request.param]) if request.param in MODELS else None


@pytest.fixture(scope="module")
def open_engine(path, function_form):
    """Open engines of one kind; they are closed after the last test of that kind."""
    opened: list[Engine] = []

    def open_one(options: EngineOptions | None = None) -> Engine:
        if path is not None:
            engine = open_model(path, CONTEXT_TOKENS, options or EngineOptions())
        else:
            schema = compile_grammar(function_form.schema).schema
            answers = {"test/form": shortest_rest(schema, b"").decode()}
            engine = ScriptedEngine(answers, context_tokens=CONTEXT_TOKENS)
        opened.append(engine)
        return engine

    yield open_one
    for engine in opened:
        engine.close()


def exact(path: Path | None) -> KvType | None:
    """Name the cache without rounding; the MLX models are of full precision themselves."""
    return "f32" if path is not None and path.is_file() else None


@pytest.fixture(scope="module")
def engine(open_engine: Open) -> Engine:
    return open_engine()


def test_a_form_is_valid_whatever_the_seed(engine, function_form):
    for seed in range(3):
        completion = engine.complete(function_form.request(seed))
        function_form.form.model_validate_json(completion.text)
        assert completion.constraint_active


def test_a_form_is_valid_whatever_the_budget(engine, function_form):
    for seed, budget in enumerate([0, 5, 23]):
        completion = engine.complete(function_form.request(seed, max_tokens=budget))
        function_form.form.model_validate_json(completion.text)
        assert completion.stop in ("end", "budget")


def test_a_form_that_is_too_long_is_cut(path, engine, function_form):
    whole = engine.complete(function_form.request(3)).text
    asked = dataclasses.replace(function_form.request(3), max_bytes=len(whole) // 2)
    completion = engine.complete(asked)
    function_form.form.model_validate_json(completion.text)
    assert completion.stop == ("end" if path is None else "cut")
    assert path is None or len(completion.text) < len(whole)


def test_greedy_answers_repeat_token_by_token(engine, function_form):
    heard: list[list[tuple[str, bool]]] = []
    for seed in (None, 5, None):
        texts: list[tuple[str, bool]] = []
        engine.complete(
            function_form.request(seed), on_text=lambda *each, to=texts: to.append(each)
        )
        heard.append(texts)
    assert heard[0] == heard[2]


def test_seeded_answers_repeat(engine, function_form):
    drawn = [engine.complete(function_form.request(seed)).text for seed in (1, 2, 1)]
    assert drawn[0] == drawn[2]


def test_several_requests_are_answered_as_each_alone(engine, function_form):
    requests = [function_form.request(seed, max_tokens=40) for seed in (None, 4, 9)]
    heard = [""] * len(requests)

    def hear(index: int, text: str, forced: bool) -> None:
        heard[index] += text

    together = engine.complete_all(requests, hear)
    assert engine.lanes == 1
    assert heard == [each.text for each in together]
    assert heard == [engine.complete(each).text for each in requests]


def test_counts_add_up(engine, function_form):
    heard: list[str] = []
    request = function_form.request(3, prompt=LONG_PROMPT)
    completion = engine.complete(request, on_text=lambda text, _: heard.append(text))
    usage = completion.usage
    assert "".join(heard) == completion.text
    assert usage.prompt_tokens == engine.count_tokens(request.messages)
    assert usage.prompt_tokens == usage.evaluated_tokens + usage.cached_tokens
    assert usage.output_tokens == usage.forced_tokens + usage.sampled_tokens > 0
    assert 0 <= usage.decode_calls <= usage.output_tokens
    assert usage.prefill_s + usage.decode_s <= usage.total_s
    assert usage.mask_s <= usage.decode_s
    assert usage.ttft_s <= usage.total_s


def test_a_cached_prefix_gives_what_no_cache_gives(open_engine, path, function_form):
    used, fresh = open_engine(), open_engine()
    first = function_form.request(7, prompt=LONG_PROMPT + "First.")
    second = function_form.request(7, prompt=LONG_PROMPT + "Second, of another length.")
    retry = function_form.request(7, earlier=(*second.messages[1:], Message("assistant", "{}")))
    elsewhere = function_form.request(7, prompt="Nothing in common.", max_tokens=1)
    cached = [used.complete(each) for each in (first, second, retry, first)]
    for request, answer in zip((first, second, retry, first), cached, strict=True):
        fresh.complete(elsewhere)
        plain = fresh.complete(request)
        assert plain.usage.cached_tokens == 0
        assert plain.text == answer.text
    if path is not None:
        for again in cached[1:]:
            assert again.usage.cached_tokens >= SHARED
            assert again.usage.cached_tokens % DEFAULT_BATCH_TOKENS == 0


def test_forced_tokens_in_batches_give_the_text_of_one_by_one(open_engine, path, function_form):
    fast, slow = (
        open_engine(EngineOptions(kv_type=exact(path), fast_forward=batches))
        for batches in (True, False)
    )
    calls = [0, 0]
    for seed in (None, 0, 1):
        with_batches, one_by_one = (
            each.complete(function_form.request(seed)) for each in (fast, slow)
        )
        assert with_batches.text == one_by_one.text
        calls[0] += with_batches.usage.decode_calls
        calls[1] += one_by_one.usage.decode_calls
    assert path is None or calls[0] < calls[1]


@pytest.mark.parametrize("checks", [0, 2, 8])
def test_a_cancelled_call_ends_at_the_next_check_and_leaves_the_engine_usable(
    engine, path, function_form, checks
):
    if path is None and checks:
        pytest.skip("a script answers at once: it asks before, not in between")
    request = function_form.request(5, prompt=LONG_PROMPT)
    expected = engine.complete(request).text
    asked_times = [0]

    def cancelled() -> bool:
        asked_times[0] += 1
        return asked_times[0] > checks

    with pytest.raises(Cancelled):
        engine.complete(
            function_form.request(6, prompt="Other. " + LONG_PROMPT), cancelled=cancelled
        )
    assert asked_times[0] <= checks + 2
    assert engine.complete(request).text == expected


def test_a_prompt_that_does_not_fit_is_refused(engine, function_form):
    with pytest.raises(ContextError, match=rf"context holds {CONTEXT_TOKENS}"):
        engine.complete(function_form.request(prompt="word " * 9000))


def test_a_schema_that_does_not_build_never_becomes_a_free_call(engine, function_form):
    schema = parse_schema({"type": "string", "pattern": "(?=look)ahead"})
    with pytest.raises(GrammarError, match="does not build"):
        engine.complete(dataclasses.replace(function_form.request(), schema=schema))


def test_memory_returns_after_close(path, function_form):
    if path is None:
        pytest.skip("a script holds no memory worth giving back")

    def use() -> int:
        engine = open_model(path, CONTEXT_TOKENS, EngineOptions(kv_type=exact(path)))
        engine.complete(function_form.request(1, max_tokens=10))
        engine.close()
        engine.close()
        return psutil.Process().memory_info().rss

    use()
    before = use()
    after = [use() for _ in range(6)]
    assert min(after[-2:]) - before < 12 * MIB  # a leak of the cache alone would be 4 MiB each
