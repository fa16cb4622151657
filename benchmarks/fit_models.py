"""Write GGUF models of several architectures whose only purpose is to take up memory.

Weights repeat one block of numbers: memory does not depend on their values, and writing takes
seconds. Tensors as in llama.cpp's graphs of each architecture.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from gguf import GGMLQuantizationType, GGUFWriter, LlamaFileType, quants
from gguf.constants import GGML_QUANT_SIZES
from numpy.typing import NDArray

from engines.random_weights.vocabulary import byte_alphabet

TOKENS = 32000
CONTEXT_TOKENS = 32768
F32 = GGMLQuantizationType.F32
TYPES = {
    "F16": (GGMLQuantizationType.F16, LlamaFileType.MOSTLY_F16),
    "Q8_0": (GGMLQuantizationType.Q8_0, LlamaFileType.MOSTLY_Q8_0),
    "Q4_K": (GGMLQuantizationType.Q4_K, LlamaFileType.MOSTLY_Q4_K_S),
}
Shape = tuple[int, ...]  # as ggml has it: the columns first


@dataclass(frozen=True)
class Family:
    """An architecture with sizes for a model of some 200 to 300 million weights."""

    architecture: str
    shows: str
    layers: int
    embedding: int
    feed_forward: int
    heads: int
    kv_heads: int
    head_width: int


FAMILIES = (
    Family("qwen3", "grouped-query attention", 16, 1024, 3072, 16, 8, 128),
    Family("qwen3moe", "experts, 4 of 16 used", 8, 1024, 512, 16, 4, 128),
    Family("gemma3", "sliding window", 12, 1024, 4096, 8, 4, 256),
    Family("gemma4", "sliding window, shared cache", 12, 1024, 4096, 8, 2, 256),
    Family("deepseek2", "latent attention, experts", 8, 1024, 2048, 16, 1, 576),
    Family("qwen35", "linear attention in 3 of 4 layers", 12, 1024, 3072, 8, 2, 256),
)
EXPERTS, EXPERTS_USED = 16, 4
LORA, ROTATED, NOPE, VALUE = 512, 64, 128, 128  # deepseek2's widths
STATE, GROUPS, RANK, KERNEL = 128, 16, 16, 4  # qwen35's gated delta net
PERIOD = 4


def write_model(path: Path, family: Family, quantization: str) -> None:
    """Write one model; its file takes as many bytes as its weights and little more."""
    kind, file_type = TYPES[quantization]
    writer = GGUFWriter(path, family.architecture)
    writer.add_name(f"{family.architecture} {quantization}")
    writer.add_file_type(file_type)
    writer.add_context_length(CONTEXT_TOKENS)
    writer.add_embedding_length(family.embedding)
    writer.add_block_count(family.layers)
    writer.add_feed_forward_length(family.feed_forward)
    writer.add_head_count(family.heads)
    writer.add_head_count_kv(family.kv_heads)
    writer.add_layer_norm_rms_eps(1e-6)
    writer.add_rope_freq_base(1e6)
    writer.add_key_length(family.head_width)
    writer.add_value_length(LORA if family.architecture == "deepseek2" else family.head_width)
    _add_own(writer, family)
    _add_tokenizer(writer)
    blocks: dict[tuple[GGMLQuantizationType, int], NDArray[np.uint8]] = {}
    for name, shape in _tensors(family):
        if len(shape) == 1 or name.endswith(("ssm_conv1d.weight", "ffn_gate_inp.weight")):
            values = np.full(shape[::-1], -1 if name.endswith("ssm_a") else 1, np.float32)
            writer.add_tensor(name, values)
            continue
        own = kind
        if shape[0] % GGML_QUANT_SIZES[kind][0]:
            own = GGMLQuantizationType.Q8_0  # too narrow for blocks of 256
        row = blocks.setdefault((own, shape[0]), _row(own, shape[0]))
        writer.add_tensor(name, np.broadcast_to(row, (*shape[:0:-1], row.size)), raw_dtype=own)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def _row(kind: GGMLQuantizationType, columns: int) -> NDArray[np.uint8]:
    """Make the bytes of one row of small random weights."""
    random = np.random.default_rng(columns)
    weights = random.standard_normal((1, columns), dtype=np.float32) / np.float32(columns**0.5)
    if kind is GGMLQuantizationType.F16:
        return weights.astype(np.float16).view(np.uint8).reshape(-1)
    if kind is GGMLQuantizationType.Q8_0:
        return quants.quantize(weights, kind).reshape(-1)
    size, size_bytes = GGML_QUANT_SIZES[kind]
    block = random.integers(0, 256, size_bytes, dtype=np.uint8)
    block[:4] = np.array([1e-4, 1e-4], np.float16).view(np.uint8)  # scales of a Q4_K block
    return np.tile(block, columns // size)


def _add_own(writer: GGUFWriter, family: Family) -> None:
    match family.architecture:
        case "qwen3moe":
            _add_experts(writer, family.feed_forward)
        case "gemma3":
            writer.add_sliding_window(512)
        case "gemma4":
            writer.add_sliding_window(512)
            windows = [layer % PERIOD != PERIOD - 1 for layer in range(family.layers)]
            writer.add_sliding_window_pattern(windows)
            writer.add_shared_kv_layers(PERIOD)
            writer.add_key_length_swa(family.head_width // 2)
            writer.add_value_length_swa(family.head_width // 2)
            writer.add_rope_dimension_count(family.head_width)
            writer.add_rope_dimension_count_swa(family.head_width // 2)
            writer.add_uint32("gemma4.embedding_length_per_layer_input", 0)
        case "deepseek2":
            _add_experts(writer, family.feed_forward // 4)
            writer.add_leading_dense_block_count(1)
            writer.add_expert_shared_count(1)
            writer.add_expert_weights_scale(1.0)
            writer.add_q_lora_rank(LORA)
            writer.add_kv_lora_rank(LORA)
            writer.add_key_length_mla(NOPE + ROTATED)
            writer.add_value_length_mla(VALUE)
            writer.add_rope_dimension_count(ROTATED)
        case "qwen35":
            writer.add_rope_dimension_count(family.head_width // 4)
            writer.add_rope_dimension_sections([11, 11, 10, 0])
            writer.add_ssm_conv_kernel(KERNEL)
            writer.add_ssm_state_size(STATE)
            writer.add_ssm_group_count(GROUPS)
            writer.add_ssm_time_step_rank(RANK)
            writer.add_ssm_inner_size(STATE * RANK)
            writer.add_uint32("qwen35.full_attention_interval", PERIOD)
        case _:
            pass


def _add_experts(writer: GGUFWriter, width: int) -> None:
    writer.add_expert_count(EXPERTS)
    writer.add_expert_used_count(EXPERTS_USED)
    writer.add_expert_feed_forward_length(width)


def _add_tokenizer(writer: GGUFWriter) -> None:
    """Add a vocabulary that splits every text into its bytes; the rest only takes room."""
    filler = (f"w{index:06d}" for index in range(TOKENS))
    tokens = [*byte_alphabet(), *filler][: TOKENS - 1]
    tokens.append("<|im_end|>")
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("qwen2")
    writer.add_token_list(tokens)
    writer.add_token_types([1] * (TOKENS - 1) + [3])
    writer.add_token_merges(["w 0"])
    writer.add_add_bos_token(False)
    writer.add_eos_token_id(TOKENS - 1)


def _tensors(family: Family) -> Iterator[tuple[str, Shape]]:
    width = family.embedding
    yield "token_embd.weight", (width, TOKENS)
    yield "output_norm.weight", (width,)
    if family.architecture == "gemma4":
        yield "rope_freqs.weight", (family.head_width // 2,)
    for layer in range(family.layers):
        own: Iterator[tuple[str, Shape]]
        match family.architecture:
            case "deepseek2":
                own = _latent_layer(family, layer)
            case "qwen35":
                own = _delta_layer(family, layer)
            case _:
                own = _plain_layer(family, layer)
        for name, shape in own:
            yield f"blk.{layer}.{name}", shape


def _plain_layer(family: Family, layer: int) -> Iterator[tuple[str, Shape]]:
    width, is_gemma = family.embedding, family.architecture.startswith("gemma")
    head = family.head_width
    if family.architecture == "gemma4" and layer % PERIOD != PERIOD - 1:
        head //= 2
    yield from _attention(family, head)
    yield "ffn_norm.weight", (width,)
    if is_gemma:
        yield "post_attention_norm.weight", (width,)
        yield "post_ffw_norm.weight", (width,)
    if family.architecture == "qwen3moe":
        yield from _experts(width, family.feed_forward)
    else:
        yield from _feed_forward(width, family.feed_forward)


def _attention(family: Family, head: int, gates: int = 1) -> Iterator[tuple[str, Shape]]:
    width = family.embedding
    yield "attn_norm.weight", (width,)
    yield "attn_q.weight", (width, family.heads * head * gates)
    yield "attn_k.weight", (width, family.kv_heads * head)
    yield "attn_v.weight", (width, family.kv_heads * head)
    yield "attn_output.weight", (family.heads * head, width)
    yield "attn_q_norm.weight", (head,)
    yield "attn_k_norm.weight", (head,)


def _feed_forward(width: int, hidden: int, last: str = "") -> Iterator[tuple[str, Shape]]:
    yield f"ffn_gate{last}.weight", (width, hidden)
    yield f"ffn_up{last}.weight", (width, hidden)
    yield f"ffn_down{last}.weight", (hidden, width)


def _experts(width: int, hidden: int) -> Iterator[tuple[str, Shape]]:
    yield "ffn_gate_inp.weight", (width, EXPERTS)
    yield "ffn_gate_exps.weight", (width, hidden, EXPERTS)
    yield "ffn_up_exps.weight", (width, hidden, EXPERTS)
    yield "ffn_down_exps.weight", (hidden, width, EXPERTS)


def _latent_layer(family: Family, layer: int) -> Iterator[tuple[str, Shape]]:
    width, heads = family.embedding, family.heads
    yield "attn_norm.weight", (width,)
    yield "attn_q_a_norm.weight", (LORA,)
    yield "attn_kv_a_norm.weight", (LORA,)
    yield "attn_q_a.weight", (width, LORA)
    yield "attn_q_b.weight", (LORA, heads * (NOPE + ROTATED))
    yield "attn_kv_a_mqa.weight", (width, LORA + ROTATED)
    yield "attn_k_b.weight", (NOPE, LORA, heads)
    yield "attn_v_b.weight", (LORA, VALUE, heads)
    yield "attn_output.weight", (heads * VALUE, width)
    yield "ffn_norm.weight", (width,)
    if layer == 0:
        yield from _feed_forward(width, family.feed_forward)
    else:
        yield from _experts(width, family.feed_forward // 4)
        yield from _feed_forward(width, family.feed_forward // 4, "_shexp")


def _delta_layer(family: Family, layer: int) -> Iterator[tuple[str, Shape]]:
    width = family.embedding
    keys, values = STATE * GROUPS, STATE * RANK
    yield "post_attention_norm.weight", (width,)
    if layer % PERIOD == PERIOD - 1:
        yield from _attention(family, family.head_width, gates=2)
    else:
        yield "attn_norm.weight", (width,)
        yield "attn_qkv.weight", (width, 2 * keys + values)
        yield "attn_gate.weight", (width, values)
        yield "ssm_conv1d.weight", (KERNEL, 2 * keys + values)
        yield "ssm_dt.bias", (RANK,)
        yield "ssm_a", (RANK,)
        yield "ssm_beta.weight", (width, RANK)
        yield "ssm_alpha.weight", (width, RANK)
        yield "ssm_norm.weight", (STATE,)
        yield "ssm_out.weight", (values, width)
    yield from _feed_forward(width, family.feed_forward)
