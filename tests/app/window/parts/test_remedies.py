"""Errors say what helps in the words of the window."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from app.cli.options import advise
from app.window.parts.remedies import advised, sentence_of
from engines.remedy import Remedy, UserError
from pipeline.records.options import make_options


@pytest.mark.parametrize(
    ("remedy", "in_the_window", "on_the_command_line"),
    [
        (
            Remedy("context_tokens", "raise", 4096),
            "Set Context to at least 4\u2009096",
            "use at least --context 4096",
        ),
        (Remedy("context_tokens", "raise"), "Raise Context", "choose a larger --context"),
        (
            Remedy("parallel", "lower"),
            "Lower Forms side by side",
            "a smaller --parallel",
        ),
        (Remedy("kv_type", "set", "f16"), "Set KV cache to f16", "use --kv-type f16"),
        (Remedy("gpu_layers", "omit"), "Use the default for GPU layers", "leave --gpu-layers out"),
        (
            Remedy("flash_attention", "omit", False),
            "Use the default for Flash attention",
            "leave --no-flash-attention out",
        ),
        (
            Remedy("flash_attention", "set", True),
            "Set Flash attention to on",
            "use --flash-attention",
        ),
        (
            Remedy("wired_limit_bytes", "lower", 48 * 10**9),
            "Set Wired memory to at most 48 GB",
            "use at most --wired-limit 48",
        ),
        (Remedy("override", "set", "my model.gguf"), "anyway", "sixfold fit 'my model.gguf'"),
        (Remedy("out"), "Choose another folder", "choose another --out"),
        (Remedy("override", "set", "m.gguf"), "run it anyway", "sixfold fit m.gguf --override"),
    ],
)
def test_each_reader_sees_the_option_by_its_own_name(
    remedy: Remedy, in_the_window: str, on_the_command_line: str
) -> None:
    shown = advised("It failed.", (remedy,))
    assert in_the_window in shown
    assert "--" not in shown
    assert on_the_command_line in advise(remedy)


def test_ways_are_joined_and_none_adds_nothing() -> None:
    ways = (Remedy("context_tokens", "set", 8192), Remedy("kv_type", "omit"))
    assert advised("It does not fit.", ways) == (
        "It does not fit. Set Context to 8\u2009192, or use the default for KV cache."
    )
    assert advised("It failed.", ()) == "It failed."


def test_bytes_are_advised_in_gb() -> None:
    most = Remedy("wired_limit_bytes", "lower", 48_500_000_000)
    assert advised("It is too much.", (most,)) == (
        "It is too much. Set Wired memory to at most 48.5 GB."
    )
    none = Remedy("wired_limit_bytes", "raise", 0)
    assert advised("It is too little.", (none,)).endswith("at least 0 GB.")


def test_an_error_is_a_sentence_with_what_helps() -> None:
    assert sentence_of(UserError("It is full.", Remedy("out"))) == (
        "It is full. Choose another folder for runs in Preferences."
    )
    assert sentence_of(OSError("No space")) == "No space"
    with pytest.raises(ValidationError) as error:
        make_options({"feedback": 9})
    assert sentence_of(error.value) == "Feedback can't be 9; it must be at most 3."
    with pytest.raises(ValidationError) as error:
        make_options({"engine": 1, "seed": "x"})
    assert sentence_of(error.value).startswith("seed: Input should be a valid integer")
