"""A home folder with every program's layout: each model is found once, with the right facts."""

import hashlib
import json
from collections import Counter
from pathlib import Path

import pytest

from engines.catalog import Entry, Place, find_models, places
from engines.open import open_model
from engines.protocol import ModelFileError
from tests.engines.small_files import (
    QWEN3_TINY,
    THINKING,
    write_gguf,
    write_mlx,
    write_safetensors,
    write_split,
)

MANY = 150


def _hugging_face(home: Path) -> None:
    """One repository in two revisions that share a blob, one MLX repository, one unfinished."""
    repository = home / ".cache/huggingface/hub/models--maker--Small-GGUF"
    blob = write_gguf(repository / "blobs/aaaa")
    for revision in ("1111", "2222"):
        snapshot = repository / "snapshots" / revision
        snapshot.mkdir(parents=True)
        (snapshot / "Small-Q4_K_M.gguf").symlink_to(blob)
    write_mlx(
        home / ".cache/huggingface/hub/models--mlx-community--Tiny-4bit/snapshots/3333",
        template=THINKING,
    )
    arriving = home / ".cache/huggingface/hub/models--maker--Late/blobs/bbbb.incomplete"
    arriving.parent.mkdir(parents=True)
    arriving.write_bytes(b"GGUF")


def _lm_studio(home: Path) -> None:
    folder = home / ".lmstudio/models/maker/Vision-GGUF"
    write_gguf(folder / "Vision-Q8_0.gguf")
    write_gguf(folder / "mmproj-Vision-F16.gguf", "clip", general_type="mmproj")
    write_gguf(folder / "lora.gguf", general_type="adapter")
    write_gguf(folder / "embed.gguf", "nomic-bert")
    write_gguf(folder / "qwen-embed.gguf", metadata={"pooling_type": 3})
    write_split(folder, "Large-Q4_K_M")
    write_split(folder, "Gap-Q4_K_M")
    (folder / "Gap-Q4_K_M-00002-of-00003.gguf").unlink()
    (folder / "Huge-Q4_K_M.gguf.part").write_bytes(b"GGUF")
    write_mlx(home / ".lmstudio/models/mlx/Own-8bit")
    tuned = home / ".lmstudio/models/mlx/Tuned-lora"
    write_safetensors(tuned / "adapters.safetensors", {"lora_a": ("F32", (4, 4))})
    (tuned / "adapter_config.json").write_text("{}")


def _ollama(home: Path) -> None:
    store = home / ".ollama/models"
    for name, tag, present in (("qwen3", "4b", True), ("llama3", "latest", False)):
        digest = hashlib.sha256(name.encode()).hexdigest()
        layers = [
            {"mediaType": "application/vnd.ollama.image.license", "digest": "sha256:0"},
            {"mediaType": "application/vnd.ollama.image.model", "digest": f"sha256:{digest}"},
        ]
        manifest = store / "manifests/registry.ollama.ai/library" / name / tag
        manifest.parent.mkdir(parents=True)
        manifest.write_text(json.dumps({"layers": layers}))
        blob = store / f"blobs/sha256-{digest}{'' if present else '-partial'}"
        write_gguf(blob)
    twin = store / "manifests/registry.ollama.ai/library/qwen3/latest"
    twin.write_text((twin.parent / "4b").read_text())
    (store / "manifests/registry.ollama.ai/library/evil").mkdir()
    escape = [{"mediaType": layers[1]["mediaType"], "digest": "sha256:../../../secret"}]
    (twin.parent.parent / "evil/latest").write_text(json.dumps({"layers": escape}))


def _others(home: Path) -> None:
    write_gguf(home / ".cache/llama.cpp/maker_Plain.gguf")
    write_gguf(home / "Library/Application Support/Jan/data/llamacpp/models/Jan/model.gguf")
    write_gguf(home / ".local/share/nomic.ai/GPT4All/gpt4all.GGUF")
    (home / "Library/Application Support/nomic.ai/GPT4All").mkdir(parents=True)
    (home / "models/deep/er/still").mkdir(parents=True)
    write_gguf(home / "models/deep/er/still/Deep.gguf", template=THINKING)
    (home / "models/again.gguf").symlink_to(home / "models/deep/er/still/Deep.gguf")
    (home / "models/loop").symlink_to(home / "models")
    (home / "models/hard.gguf").hardlink_to(home / ".cache/llama.cpp/maker_Plain.gguf")
    (home / "models/broken.gguf").symlink_to(home / "nowhere")
    (home / "models/notes.gguf").write_text("This is a text about models, not a model.")
    whole = write_gguf(home / "models/cut.gguf")
    whole.write_bytes(whole.read_bytes()[:-900])
    for number in range(MANY):
        write_gguf(home / f"models/many/{number // 10}/m{number}.gguf")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("home")
    for make in (_hugging_face, _lm_studio, _ollama, _others):
        make(folder)
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
