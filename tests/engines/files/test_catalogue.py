"""A home folder with every program's layout: each model is found once, with the right facts."""

from collections import Counter
from pathlib import Path

import pytest

from engines.files.catalogue import Entry, Place, find_models, places
from engines.open import open_model
from engines.protocol import ModelFileError
from tests.engines.files.home_folder import make_home
from tests.engines.small_files import (
    QWEN3_TINY,
    write_gguf,
    write_mlx,
)

MANY = 150


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("home")
    make_home(folder, MANY)
    return folder


@pytest.fixture(scope="module")
def entries(home: Path) -> dict[str, Entry]:
    found = find_models(places(home, {}))
    assert len({entry.name for entry in found}) == len(found)
    return {entry.name: entry for entry in found}


def test_every_model_is_found_once(entries, home):
    models = {e.name: e.source for e in entries.values() if e.state == "model"}
    many = {name for name in models if name.startswith("many/")}
    assert len(many) == MANY
    assert {name: source for name, source in models.items() if name not in many} == {
        "maker/Small-GGUF/Small-Q4_K_M": "Hugging Face",
        "mlx-community/Tiny-4bit": "Hugging Face",
        "maker/Vision-GGUF/Vision-Q8_0": "LM Studio",
        "maker/Vision-GGUF/Large-Q4_K_M": "LM Studio",
        "Own-8bit": "LM Studio",
        "qwen3:4b": "Ollama",
        "maker_Plain": "llama.cpp",
        "llamacpp/models/Jan/model": "Jan",
        "gpt4all": "GPT4All",
        "again": "folder",
    }
    files = Counter(entry.path.resolve() for entry in entries.values())
    assert max(files.values()) == 1
    assert (home / "models/again.gguf").resolve() in files


def test_what_is_no_model_is_told_apart(entries):
    others = {name: e.state for name, e in entries.items() if e.state != "model"}
    assert others == {
        "maker/Vision-GGUF/mmproj-Vision-F16": "projector",
        "maker/Vision-GGUF/lora": "adapter",
        "Tuned-lora": "adapter",
        "maker/Vision-GGUF/embed": "embedding",
        "maker/Vision-GGUF/qwen-embed": "embedding",
        "maker/Vision-GGUF/Gap-Q4_K_M": "incomplete",
        "maker/Vision-GGUF/Huge-Q4_K_M.gguf.part": "incomplete",
        "maker/Late/bbbb.incomplete": "incomplete",
        "llama3:latest": "incomplete",
        "cut": "incomplete",
        "broken": "damaged",
        "notes": "damaged",
    }
    for name in others:
        problem = entries[name].problem
        assert problem is not None
        assert problem.endswith(".")


def test_facts_come_with_the_models(entries):
    large = entries["maker/Vision-GGUF/Large-Q4_K_M"]
    assert large.path.name == "Large-Q4_K_M-00001-of-00003.gguf"
    assert large.facts is not None
    assert large.facts.parameters == 3 * 64 * 32
    assert not large.facts.reasoning
    thinking = entries["again"].facts
    assert thinking is not None
    assert (thinking.reasoning, thinking.architecture, thinking.layers) == (True, "qwen3", 2)
    tiny = entries["mlx-community/Tiny-4bit"].facts
    assert tiny is not None
    assert (tiny.format, tiny.reasoning, tiny.quantization) == ("mlx", True, "BF16")


def test_environment_variables_move_the_places(tmp_path):
    write_gguf(tmp_path / "elsewhere/models--a--b/snapshots/1/b.gguf")
    environment = {"HF_HUB_CACHE": str(tmp_path / "elsewhere")}
    assert places(tmp_path, environment) == (Place("Hugging Face", tmp_path / "elsewhere"),)
    assert [e.name for e in find_models(places(tmp_path, environment))] == ["a/b/b"]


def test_what_is_no_model_is_not_opened(entries):
    for entry in entries.values():
        if entry.state in ("projector", "adapter", "embedding") and not entry.path.is_dir():
            with pytest.raises(ModelFileError, match=r"can't be run\. It "):
                open_model(entry.path)


def test_a_model_of_mlx_that_can_not_write_is_not_opened(tmp_path):
    folder = write_mlx(tmp_path / "embedder", {**QWEN3_TINY, "model_type": "bert"})
    with pytest.raises(ModelFileError, match="turns texts into vectors"):
        open_model(folder)
