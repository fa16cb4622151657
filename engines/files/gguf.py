"""What a GGUF file holds: a model, or something that belongs to one; and what the model is.

Everything is read from the header (`engines.files.gguf_header`), so it takes milliseconds. What
would make the native library abort is refused here with a sentence.
"""

from __future__ import annotations

import math
import re
from pathlib import Path

from gguf.constants import LlamaFileType

from engines.files.facts import Facts, Kind
from engines.files.gguf_header import Header, Items, read_header
from engines.memory.gguf_layers import LAYER_LIMIT, layer_caches
from engines.protocol import ModelFileError

EXPERT_LIMIT = 1024  # LLAMA_MAX_EXPERTS
EXPERT_TENSOR = re.compile(r"blk\.\d+\.ffn_(gate|up|down|gate_up)_(ch)?exps\b")
EMBEDDERS = frozenset(
    "bert eurobert gemma-embedding jina-bert-v2 jina-bert-v3 llama-embed modern-bert neo-bert "
    "nomic-bert nomic-bert-moe t5encoder".split()
)
NOT_LEFT_TO_RIGHT = frozenset("dream llada llada-moe rnd1 wavtokenizer-dec pockettts".split())
"""Architectures that do not write one token after the other."""


def kind_of(header: Header, path: Path) -> Kind:
    """Return whether a file holds a model, or else what belongs to one."""
    architecture = header.text("general.architecture")
    declared = header.text("general.type")
    if declared == "adapter" or "adapter.type" in header.metadata:
        return "adapter"
    if declared == "mmproj" or architecture == "clip" or path.name.lower().startswith("mmproj"):
        return "projector"
    if architecture in EMBEDDERS or header.number(f"{architecture}.pooling_type") > 0:
        return "embedding"
    if declared not in ("", "model") or architecture in NOT_LEFT_TO_RIGHT or not header.tensors:
        return "other"
    return "model"


def read_facts(path: Path) -> Facts:
    """Describe the model in a file, or in all parts of a split one.

    Raises ModelFileError if it is damaged or no model, IncompleteFileError if its end or a part is
    missing.
    """
    return describe(read_header(path), path)


def describe(header: Header, path: Path) -> Facts:
    """Describe the model of a header; `path` names it where the file does not.

    Raises ModelFileError if it has no architecture or no weights, or claims what can't be.
    """
    architecture = header.text("general.architecture")
    if not architecture:
        raise ModelFileError(
            f"{path} does not say its architecture (general.architecture), so it can't be run. "
            "Convert or download the model again."
        )
    if not header.tensors:
        raise ModelFileError(
            f"{path} holds a vocabulary but no weights. Choose the file with the model itself."
        )
    kind = kind_of(header, path)
    if kind == "model":
        _require_plausible(header, architecture, path)
    by_type: dict[str, int] = {}
    for tensor in header.tensors:
        by_type[tensor.type] = by_type.get(tensor.type, 0) + tensor.size_bytes
    heads = header.number(f"{architecture}.attention.head_count")
    tokens = header.metadata.get("tokenizer.ggml.tokens")
    experts = header.number(f"{architecture}.expert_count")
    used = header.number(f"{architecture}.expert_used_count")
    in_experts = sum(t.elements for t in header.tensors if EXPERT_TENSOR.match(t.name))
    parameters = sum(tensor.elements for tensor in header.tensors)
    return Facts(
        name=header.text("general.name") or path.stem,
        format="gguf",
        kind=kind,
        architecture=architecture,
        parameters=parameters,
        active_parameters=parameters - _resting(in_experts, experts, used),
        quantization=_file_type(header) or max(by_type, key=lambda name: by_type[name]),
        context_train_tokens=header.number(f"{architecture}.context_length"),
        layers=header.number(f"{architecture}.block_count"),
        embedding=header.number(f"{architecture}.embedding_length"),
        feed_forward=max(
            header.number(f"{architecture}.feed_forward_length"),
            used * header.number(f"{architecture}.expert_feed_forward_length"),
        ),
        heads=heads,
        kv_heads=header.number(f"{architecture}.attention.head_count_kv") or heads,
        experts=experts,
        experts_used=used,
        vocabulary=tokens.count if isinstance(tokens, Items) else 0,
        tokenizer=header.text("tokenizer.ggml.model"),
        tensor_bytes=sum(by_type.values()),
        size_bytes=header.file_bytes,
        files=header.parts,
        chat_template=header.text("tokenizer.chat_template") or None,
        license=header.text("general.license") or None,
        caches=layer_caches(header),
    )


def _resting(in_experts: int, experts: int, used: int) -> int:
    """Count the expert weights that one token does not use."""
    return in_experts * (experts - used) // experts if 0 < used <= experts else 0


def _require_plausible(header: Header, architecture: str, path: Path) -> None:
    """Refuse numbers that llama.cpp asserts, for an assertion ends the process."""

    def refuse(what: str) -> ModelFileError:
        return ModelFileError(f"{path} is damaged: it claims {what}. Download it again.")

    layers = header.number(f"{architecture}.block_count")
    if not 0 < layers <= LAYER_LIMIT:
        raise refuse(f"{layers} layers")
    if header.number(f"{architecture}.nextn_predict_layers") > layers:
        raise refuse("more layers ahead than it has")
    experts = header.number(f"{architecture}.expert_count")
    used = header.number(f"{architecture}.expert_used_count")
    if not 0 <= used <= experts <= EXPERT_LIMIT or (experts > 0 and used == 0):
        raise refuse(f"{used} of {experts} experts for a token")
    if header.number(f"{architecture}.expert_group_count") not in range(max(experts, 1)):
        raise refuse("more groups of experts than experts")
    embedding = header.number(f"{architecture}.embedding_length")
    if embedding <= 0 or math.log2(embedding) > 24:
        raise refuse(f"an embedding of {embedding} numbers")
    tokens = header.metadata.get("tokenizer.ggml.tokens")
    if not isinstance(tokens, Items) or tokens.count == 0:
        raise ModelFileError(f"{path} has no vocabulary, so it can't read text. Convert it again.")


def _file_type(header: Header) -> str | None:
    value = header.metadata.get("general.file_type")
    if not isinstance(value, int):
        return None
    try:
        name = LlamaFileType(value & ~LlamaFileType.GUESSED.value).name
    except ValueError:
        return None
    return name.removeprefix("MOSTLY_").removeprefix("ALL_")
