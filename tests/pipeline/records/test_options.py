"""Every choice of a run is described where it stands, and that is all its readers need."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from engines.options import EngineOptions
from engines.protocol import Sampler
from pipeline.records.options import (
    RunOptions,
    chosen_options,
    describe_options,
    make_options,
)


def test_no_two_options_share_a_name_or_a_label() -> None:
    options = describe_options()
    assert len({each.name for each in options}) == len(options)
    assert len({each.option.label for each in options}) == len(options)
    assert all(each.option.help.endswith(".") for each in options)


def test_every_field_is_an_option_or_holds_some() -> None:
    described = {each.group or each.name for each in describe_options()}
    assert described == set(RunOptions.model_fields)


def test_options_made_by_name_are_the_same_again() -> None:
    values = {"seed": 7, "temperature": 0.5, "kv_type": "q8_0", "rpc": ("a:1", "b:2")}
    made = make_options(values)
    assert made == RunOptions(
        seed=7,
        sampler=Sampler(temperature=0.5),
        engine=EngineOptions(kv_type="q8_0", rpc=("a:1", "b:2")),
    )
    assert make_options(made.by_name()) == made
    assert RunOptions.model_validate_json(made.model_dump_json()) == made
    assert {each.name: value for each, value in chosen_options(made)} == values


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"seed": -1}, "Seed can't be -1; it must be at least 0"),
        ({"seed": 2**32}, "Seed"),
        ({"temperature": 2.5}, "Temperature can't be 2.5; it must be at most 2"),
        ({"temperature": float("nan")}, "Temperature can't be nan"),
        ({"max_tokens_per_call": 1}, "Answer limit can't be 1; it must be at least 64"),
        ({"cool_down_s": float("inf")}, "can't be inf"),
        ({"feedback": 4}, "Feedback can't be 4"),
    ],
)
def test_a_number_out_of_bounds_is_refused_in_words(values: dict[str, float], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        make_options(values)


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("temperature", 0.2, "temperature 0.2"),
        ("kv_type", "q8_0", "KV cache q8_0"),
        ("flash_attention", False, "flash attention off"),
        ("rpc", ("a:1", "b:2"), "2 RPC servers"),
        ("rpc", ("a:1",), "1 RPC server"),
        ("wired_limit_bytes", 48 * 10**9, "wired memory 48 GB"),
        ("think_tokens", 500, "thinking 500 tokens"),
        ("context_tokens", None, ""),
    ],
)
def test_a_value_is_said_in_a_few_words(name: str, value: object, words: str) -> None:
    (option,) = [each for each in describe_options() if each.name == name]
    assert option.words(value) == words
