"""Write a small model with random weights as a GGUF file: a real architecture, a real tokenizer.

Such a model writes nonsense, and that is its use: a form it fills is valid because of the grammar
alone. Weights are uniform, drawn from the seed's bit stream, so the same call writes the same
bytes. Layer shapes as in llama.cpp's `qwen3`, `llama` and `qwen35` graphs; the last is a hybrid: in
three of four layers a recurrence (gated delta net) stands for the attention.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from gguf import GGMLQuantizationType, GGUFWriter, LlamaFileType, TokenType, quants

from engines.random_weights.vocabulary import Vocabulary

NORM_EPSILON = 1e-6
ROPE_BASE = 1e6
HYBRID_PERIOD = 4  # every fourth layer attends
CONVOLUTION_TOKENS = 4
ROTATED_PART = 4  # hybrids rotate a quarter of each head, in three sections

Architecture = Literal["qwen3", "llama", "qwen35"]
TOKEN_TYPES = {
    "normal": TokenType.NORMAL,
    "unknown": TokenType.UNKNOWN,
    "control": TokenType.CONTROL,
    "byte": TokenType.BYTE,
}


@dataclass(frozen=True)
class Shape:
    """Sizes of a transformer; all widths are multiples of 32, the block of Q8_0."""

    layers: int = 2
    embedding: int = 64
    feed_forward: int = 192
    heads: int = 4
    kv_heads: int = 2
    head_width: int = 32
    context_tokens: int = 16384


def write_random_model(
    path: Path,
    vocabulary: Vocabulary,
    shape: Shape,
    *,
    architecture: Architecture = "qwen3",
    chat_template: str | None = None,
    name: str = "random",
    license_id: str | None = None,
    seed: int = 0,
) -> None:
    """Write the model to `path`, weights in Q8_0, the output layer shared with the embedding."""
    writer = GGUFWriter(path, architecture)
    writer.add_name(name)
    if license_id:
        writer.add_license(license_id)
    writer.add_context_length(shape.context_tokens)
    writer.add_embedding_length(shape.embedding)
    writer.add_block_count(shape.layers)
    writer.add_feed_forward_length(shape.feed_forward)
    writer.add_head_count(shape.heads)
    writer.add_head_count_kv(shape.kv_heads)
    writer.add_key_length(shape.head_width)
    writer.add_value_length(shape.head_width)
    if architecture == "qwen35":
        _add_recurrence(writer, shape)
    else:
        writer.add_rope_dimension_count(shape.head_width)
    writer.add_layer_norm_rms_eps(NORM_EPSILON)
    writer.add_rope_freq_base(ROPE_BASE)
    writer.add_file_type(LlamaFileType.MOSTLY_Q8_0)
    _add_vocabulary(writer, vocabulary)
    if chat_template is not None:
        writer.add_chat_template(chat_template)
    weights = _Weights(writer, shape, np.random.default_rng(seed))
    weights.add_all(architecture, len(vocabulary.tokens))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def _add_recurrence(writer: GGUFWriter, shape: Shape) -> None:
    rotated = shape.head_width // ROTATED_PART
    writer.add_rope_dimension_count(rotated)
    writer.add_rope_dimension_sections([rotated // 6, rotated // 6, rotated // 6, 0])
    writer.add_ssm_conv_kernel(CONVOLUTION_TOKENS)
    writer.add_ssm_state_size(shape.head_width)
    writer.add_ssm_group_count(shape.kv_heads)
    writer.add_ssm_time_step_rank(shape.heads)
    writer.add_ssm_inner_size(shape.head_width * shape.heads)
    writer.add_uint32("qwen35.full_attention_interval", HYBRID_PERIOD)


def _add_vocabulary(writer: GGUFWriter, vocabulary: Vocabulary) -> None:
    writer.add_tokenizer_model(vocabulary.model)
    writer.add_token_list([token.text for token in vocabulary.tokens])
    writer.add_token_types([TOKEN_TYPES[token.kind] for token in vocabulary.tokens])
    if vocabulary.model == "gpt2":
        writer.add_tokenizer_pre("qwen2")
        writer.add_token_merges(list(vocabulary.merges))
    else:
        writer.add_token_scores([token.score for token in vocabulary.tokens])
    if vocabulary.begin is not None:
        writer.add_bos_token_id(vocabulary.begin)
    writer.add_add_bos_token(vocabulary.begin is not None)
    writer.add_eos_token_id(vocabulary.end)


class _Weights:
    """Adds tensors to a file, one after the other from one stream of random numbers."""

    def __init__(self, writer: GGUFWriter, shape: Shape, random: np.random.Generator) -> None:
        self._writer = writer
        self._shape = shape
        self._random = random

    def add_all(self, architecture: Architecture, tokens: int) -> None:
        shape = self._shape
        hybrid = architecture == "qwen35"
        self._matrix("token_embd", tokens, shape.embedding)
        self._ones("output_norm", shape.embedding)
        for layer in range(shape.layers):
            block = f"blk.{layer}."
            self._ones(block + "attn_norm", shape.embedding)
            if hybrid and (layer + 1) % HYBRID_PERIOD:
                self._recurrence(block)
            else:
                self._attention(block, normed=architecture != "llama", gated=hybrid)
            self._ones(block + ("post_attention_norm" if hybrid else "ffn_norm"), shape.embedding)
            self._matrix(block + "ffn_gate", shape.feed_forward, shape.embedding)
            self._matrix(block + "ffn_up", shape.feed_forward, shape.embedding)
            self._matrix(block + "ffn_down", shape.embedding, shape.feed_forward)

    def _attention(self, block: str, *, normed: bool, gated: bool) -> None:
        shape = self._shape
        queries, keys = shape.heads * shape.head_width, shape.kv_heads * shape.head_width
        self._matrix(block + "attn_q", queries * 2 if gated else queries, shape.embedding)
        self._matrix(block + "attn_k", keys, shape.embedding)
        self._matrix(block + "attn_v", keys, shape.embedding)
        self._matrix(block + "attn_output", shape.embedding, queries)
        if normed:
            self._ones(block + "attn_q_norm", shape.head_width)
            self._ones(block + "attn_k_norm", shape.head_width)

    def _recurrence(self, block: str) -> None:
        shape = self._shape
        keys, values = shape.kv_heads * shape.head_width, shape.heads * shape.head_width
        mixed = 2 * keys + values
        self._matrix(block + "attn_qkv", mixed, shape.embedding)
        self._matrix(block + "attn_gate", values, shape.embedding)
        kernel = self._random.random((mixed, CONVOLUTION_TOKENS), dtype=np.float32)
        self._writer.add_tensor(block + "ssm_conv1d.weight", kernel)
        self._writer.add_tensor(block + "ssm_dt.bias", np.ones(shape.heads, dtype=np.float32))
        self._writer.add_tensor(block + "ssm_a", -np.ones(shape.heads, dtype=np.float32))
        self._matrix(block + "ssm_beta", shape.heads, shape.embedding)
        self._matrix(block + "ssm_alpha", shape.heads, shape.embedding)
        self._ones(block + "ssm_norm", shape.head_width)
        self._matrix(block + "ssm_out", shape.embedding, values)

    def _matrix(self, name: str, rows: int, columns: int) -> None:
        """Add a matrix whose products keep the variance of their input (uniform, var 1/n)."""
        limit = np.float32(np.sqrt(3.0 / columns))
        uniform = self._random.random((rows, columns), dtype=np.float32)
        weights = (uniform * np.float32(2) - np.float32(1)) * limit
        quantized = quants.quantize(weights, GGMLQuantizationType.Q8_0)
        self._writer.add_tensor(name + ".weight", quantized, raw_dtype=GGMLQuantizationType.Q8_0)

    def _ones(self, name: str, width: int) -> None:
        self._writer.add_tensor(name + ".weight", np.ones(width, dtype=np.float32))
