"""Errors say what helps in the words of the window."""

from __future__ import annotations

import pytest

from app.cli.options import advise
from app.window.parts.remedies import advised
from engines.remedy import Remedy


@pytest.mark.parametrize(
    ("remedy", "in_the_window", "on_the_command_line"),
    [
        (
            Remedy("context_tokens", "raise", 4096),
            "Set Context to at least 4096",
            "use at least --context 4096",
        ),
        (Remedy("context_tokens", "raise"), "Raise Context", "choose a larger --context"),
        (
            Remedy("parallel", "lower"),
            "Lower Forms side by side",
            "a smaller --parallel",
        ),
        (Remedy("kv_type", "set", "f16"), "Set KV cache to f16", "use --kv-type f16"),
        (Remedy("gpu_layers", "omit"), "Leave GPU layers at its default", "leave --gpu-layers out"),
        (
            Remedy("wired_limit_bytes", "lower", 48 * 10**9),
            "Set Wired memory to at most",
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
        "It does not fit. Set Context to 8192, or leave KV cache at its default."
    )
    assert advised("It failed.", ()) == "It failed."
