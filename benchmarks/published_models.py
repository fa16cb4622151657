"""Folders with the shapes of published MLX models: real headers, no weights (the files are sparse).

Shapes from the models' published configurations; packing as `mlx_lm.convert` does it, in groups of
64 with two 16-bit numbers each.
"""

from __future__ import annotations

import json
import struct
from pathlib import Path

from engines.files.facts import Facts
from engines.files.mlx_folder import read_facts

GROUP = 64
Tensors = dict[str, tuple[int, ...]]

CONFIGS: dict[str, dict[str, object]] = {
    "Qwen3-4B": {
        "model_type": "qwen3",
        "hidden_size": 2560,
        "intermediate_size": 9728,
        "num_hidden_layers": 36,
        "num_attention_heads": 32,
        "num_key_value_heads": 8,
        "head_dim": 128,
        "vocab_size": 151936,
        "max_position_embeddings": 40960,
        "tie_word_embeddings": True,
    },
    "Qwen3-30B-A3B": {
        "model_type": "qwen3_moe",
        "hidden_size": 2048,
        "intermediate_size": 6144,
        "moe_intermediate_size": 768,
        "num_experts": 128,
        "num_experts_per_tok": 8,
        "num_hidden_layers": 48,
        "num_attention_heads": 32,
        "num_key_value_heads": 4,
        "head_dim": 128,
        "vocab_size": 151936,
        "max_position_embeddings": 40960,
        "tie_word_embeddings": False,
    },
}


def published_facts(folder: Path, name: str, quantization: str) -> Facts:
    """Write the folder of a published model and read its facts back."""
    config = dict(CONFIGS[name])
    bits = 0 if quantization == "bf16" else int(quantization.removesuffix("-bit"))
    if bits:
        config["quantization"] = {"group_size": GROUP, "bits": bits}
    folder.mkdir(parents=True)
    (folder / "config.json").write_text(json.dumps(config), encoding="utf-8")
    _write(folder / "model.safetensors", _tensors(config), bits)
    return read_facts(folder)


def _tensors(config: dict[str, object]) -> Tensors:
    numbers = {name: value for name, value in config.items() if isinstance(value, int)}
    width, head = numbers["hidden_size"], numbers["head_dim"]
    queries, keys = numbers["num_attention_heads"] * head, numbers["num_key_value_heads"] * head
    tensors: Tensors = {"model.embed_tokens.weight": (numbers["vocab_size"], width)}
    if not config["tie_word_embeddings"]:
        tensors["lm_head.weight"] = (numbers["vocab_size"], width)
    for layer in range(numbers["num_hidden_layers"]):
        at = f"model.layers.{layer}."
        tensors[at + "self_attn.q_proj.weight"] = (queries, width)
        tensors[at + "self_attn.k_proj.weight"] = (keys, width)
        tensors[at + "self_attn.v_proj.weight"] = (keys, width)
        tensors[at + "self_attn.o_proj.weight"] = (width, queries)
        experts = numbers.get("num_experts", 0)
        hidden = numbers["moe_intermediate_size"] if experts else numbers["intermediate_size"]
        before = (experts,) if experts else ()
        part = "mlp.switch_mlp." if experts else "mlp."
        if experts:
            tensors[at + "mlp.gate.weight"] = (experts, width)
        tensors[at + part + "gate_proj.weight"] = (*before, hidden, width)
        tensors[at + part + "up_proj.weight"] = (*before, hidden, width)
        tensors[at + part + "down_proj.weight"] = (*before, width, hidden)
    return tensors


def _write(path: Path, tensors: Tensors, bits: int) -> None:
    header: dict[str, object] = {}
    at = 0

    def add(name: str, kind: str, shape: tuple[int, ...], number_bytes: int) -> None:
        nonlocal at
        size = number_bytes
        for each in shape:
            size *= each
        header[name] = {"dtype": kind, "shape": list(shape), "data_offsets": [at, at + size]}
        at += size

    for name, shape in tensors.items():
        if not bits:
            add(name, "BF16", shape, 2)
            continue
        *rows, columns = shape
        stem = name.removesuffix(".weight")
        add(name, "U32", (*rows, columns * bits // 32), 4)
        add(f"{stem}.scales", "BF16", (*rows, columns // GROUP), 2)
        add(f"{stem}.biases", "BF16", (*rows, columns // GROUP), 2)
    text = json.dumps(header).encode()
    with path.open("wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        file.truncate(file.tell() + at)
