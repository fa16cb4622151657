"""The card says everything it must, and never what was not measured."""

from __future__ import annotations

from dataclasses import fields

from app.library.result import Result
from app.report.card import Card, Fact, card_of
from app.report.numbers import NOT_MEASURED
from engines.options import EngineOptions
from pipeline.records.measurements import Power


def words(card: Card) -> str:
    """Join every text of a card."""
    texts: list[str] = []
    for field in fields(card):
        value = getattr(card, field.name)
        if isinstance(value, str):
            texts.append(value)
    for axis in card.axes:
        texts += [axis.title, axis.label]
    for fact in (*card.facts, *card.machine):
        texts += [fact.label, fact.value]
    return "\n".join(texts)


def test_all_fields_of_a_card_are_there(result: Result) -> None:
    text = words(card_of(result)).replace("\u2009", " ")
    for expected in (
        "83.6",
        "B",
        "sixfold-2 v1",
        "single run",
        "21.4 / 25",
        "compile share 100 %",
        "Qwen3 30B A3B Instruct 2507",
        "GGUF",
        "Q4_K_M",
        "3f9a1c77",
        "30.5 B parameters",
        "8 192 tokens",
        "Apple M2 Max, 12 cores, 64 GB, GPU memory 48 GB, macOS 14.5",
        "llama-cpp-python 0.3.36",
        "71.3 tok/s",
        "812 tok/s",
        "412 ms",
        "19.87 GB",
        "12 min 22 s",
        "41 750",
        "seed 1",
        "temperature 0.2",
        "Sixfold 0.1.0",
        "2026-11-21 UTC",
        "9e1d4b20",
        "offline",
    ):
        assert expected in text, expected


def test_what_was_not_measured_says_so(result: Result) -> None:
    bare = result.model_copy(
        update={
            "score": None,
            "outcome": "failed",
            "decode_tok_per_s": None,
            "prefill_tok_per_s": None,
            "ttft_s": None,
            "peak_memory_bytes": None,
            "artifacts_sha256": None,
            "machine": result.machine.model_copy(update={"gpu_memory_bytes": None}),
        }
    )
    card = card_of(bare)
    assert card.score is None
    assert card.score_words == "No score"
    assert card.grade is None
    assert [axis.label for axis in card.axes] == [NOT_MEASURED] * 6
    assert all(axis.share == 0 for axis in card.axes)
    assert [fact for fact in card.facts if not fact.measured] == [
        Fact("Decode", NOT_MEASURED),
        Fact("Prefill", NOT_MEASURED),
        Fact("First token", NOT_MEASURED),
        Fact("Peak memory", NOT_MEASURED),
    ]
    assert "GPU not measured" in words(card)


def test_no_card_tells_where_the_model_lies(result: Result) -> None:
    assert "/models" not in words(card_of(result))


def test_a_request_of_ones_own_says_so(result: Result) -> None:
    own = result.model_copy(update={"brief": None, "title": "A shop"})
    assert card_of(own).request == "A shop (own request)"


def test_a_model_that_was_shared_and_a_machine_that_was_slowed_say_so(result: Result) -> None:
    plain = words(card_of(result))
    assert "offline" in plain
    power = Power(on_battery=True, low_power_mode=True, speed_limit_percent=70, thermal_pressure=2)
    chosen = EngineOptions(kv_type="q8_0", rpc=("server-1:50052", "server-2:50052"))
    text = words(card_of(result.model_copy(update={"engine": chosen, "power": power})))
    for expected in (
        "llama-cpp-python 0.3.36, KV cache q8_0, 2 RPC servers",
        "on battery, low-power mode, slowed to 70\u2009%, hot",
        "on a local network",
    ):
        assert expected in text
        assert expected not in plain
    assert "offline" not in text
    shared = result.model_copy(update={"engine": EngineOptions(distributed=True)})
    assert "distributed on" in words(card_of(shared))
