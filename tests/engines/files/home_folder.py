"""A home folder with every program's layout of models, and files that are none."""

import hashlib
import json
from pathlib import Path

from tests.engines.small_files import (
    THINKING,
    write_gguf,
    write_mlx,
    write_safetensors,
    write_split,
)

NAMED = 10
"""Models that have a program's layout of their own."""


def make_home(home: Path, many: int) -> None:
    """Fill a folder with `NAMED` models in the programs' layouts, and `many` more."""
    _hugging_face(home)
    _lm_studio(home)
    _ollama(home)
    _others(home, many)


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


def _others(home: Path, many: int) -> None:
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
    for number in range(many):
        write_gguf(home / f"models/many/{number // 10}/m{number}.gguf")
