"""Our own models are listed by what they are for; only one of them is built in."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.work import model_list
from app.work.model_list import RANDOM_MODEL, TRAINED_FILE, builtin_model, find_all, is_own


def sources() -> dict[str, str]:
    return {each.path.name: each.source for each in find_all([]) if is_own(each.path)}


def test_random_weights_are_built_in_only_where_nothing_else_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(model_list, "MODELS", tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    weights = RANDOM_MODEL.read_bytes()
    for name in (RANDOM_MODEL.name, "gemma.gguf"):
        (tmp_path / name).write_bytes(weights)
    assert builtin_model() == tmp_path / RANDOM_MODEL.name
    assert sources() == {
        RANDOM_MODEL.name: "built-in, random weights",
        "gemma.gguf": "for tests",
    }
    (tmp_path / TRAINED_FILE).write_bytes(weights)
    assert builtin_model() == tmp_path / TRAINED_FILE
    assert sources() == {
        TRAINED_FILE: "built-in",
        RANDOM_MODEL.name: "random weights, for tests",
        "gemma.gguf": "for tests",
    }


def test_a_model_of_the_user_keeps_its_source(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    (tmp_path / "own.gguf").write_bytes(RANDOM_MODEL.read_bytes())
    (found,) = [each for each in find_all([tmp_path]) if each.name == "own"]
    assert (found.source, is_own(found.path)) == ("folder", False)
