"""Files small enough for hundreds of models: headers are real, weights are a few kilobytes."""

import json
import struct
from pathlib import Path

import numpy as np
from gguf import GGUFValueType, GGUFWriter

TEMPLATE = "{% for m in messages %}{{ m.content }}{% endfor %}"
THINKING = TEMPLATE + "{% if enable_thinking %}<think>{% endif %}"


def write_gguf(
    path: Path,
    architecture: str = "qwen3",
    metadata: dict[str, int | list[int] | list[bool]] | None = None,
    tensors: dict[str, tuple[int, ...]] | None = None,
    *,
    general_type: str = "model",
    template: str | None = TEMPLATE,
    split: tuple[int, int, int] | None = None,
) -> Path:
    """Write a GGUF model; `metadata` without the architecture, `tensors` rows first, in F32."""
    path.parent.mkdir(parents=True, exist_ok=True)
    writer = GGUFWriter(path, architecture)
    numbers: dict[str, int | list[int] | list[bool]] = {
        "block_count": 2,
        "context_length": 4096,
        "embedding_length": 32,
        "feed_forward_length": 64,
        "attention.head_count": 4,
        "attention.head_count_kv": 2,
        **(metadata or {}),
    }
    if split is None or split[0] == 0:
        writer.add_name(path.stem)
        writer.add_type(general_type)
        writer.add_file_type(0)
        for key, value in numbers.items():
            if isinstance(value, list):
                writer.add_array(f"{architecture}.{key}", value)
            else:
                writer.add_uint32(f"{architecture}.{key}", value)
        writer.add_tokenizer_model("gpt2")
        writer.add_token_list([chr(33 + index) for index in range(64)])
        if template is not None:
            writer.add_chat_template(template)
    if split is not None:
        number, count, total = split
        writer.add_key_value("split.no", number, GGUFValueType.UINT16)
        writer.add_key_value("split.count", count, GGUFValueType.UINT16)
        writer.add_key_value("split.tensors.count", total, GGUFValueType.INT32)
    for name, shape in (tensors or {"token_embd.weight": (64, 32)}).items():
        writer.add_tensor(name, np.zeros(shape, np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def write_split(folder: Path, stem: str, count: int = 3) -> Path:
    """Write a model in several parts; returns the first."""
    paths = [folder / f"{stem}-{n + 1:05d}-of-{count:05d}.gguf" for n in range(count)]
    for number, path in enumerate(paths):
        name = "token_embd.weight" if number == 0 else f"blk.{number}.attn_k.weight"
        write_gguf(path, tensors={name: (64, 32)}, split=(number, count, count))
    return paths[0]


def write_safetensors(path: Path, tensors: dict[str, tuple[str, tuple[int, ...]]]) -> Path:
    """Write a safetensors file of zeros as a sparse file; types BF16, F32 and U32."""
    header: dict[str, object] = {"__metadata__": {"format": "mlx"}}
    at = 0
    for name, (kind, shape) in tensors.items():
        size = int(np.prod(shape)) * (2 if kind == "BF16" else 4)
        header[name] = {"dtype": kind, "shape": list(shape), "data_offsets": [at, at + size]}
        at += size
    text = json.dumps(header).encode()
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        file.truncate(8 + len(text) + at)
    return path


QWEN3_TINY: dict[str, object] = {
    "model_type": "qwen3",
    "architectures": ["Qwen3ForCausalLM"],
    "hidden_size": 32,
    "intermediate_size": 64,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "head_dim": 16,
    "vocab_size": 64,
    "max_position_embeddings": 4096,
}


def write_mlx(
    folder: Path,
    config: dict[str, object] | None = None,
    tensors: dict[str, tuple[str, tuple[int, ...]]] | None = None,
    template: str = TEMPLATE,
) -> Path:
    """Write an MLX folder; returns it."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "config.json").write_text(json.dumps(QWEN3_TINY if config is None else config))
    (folder / "tokenizer_config.json").write_text(json.dumps({"chat_template": template}))
    write_safetensors(
        folder / "model.safetensors",
        tensors or {"model.embed_tokens.weight": ("BF16", (64, 32))},
    )
    return folder
