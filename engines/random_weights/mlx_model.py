"""Write a small model with random weights as an MLX folder, as `gguf_model` does a GGUF.

The weights are float32, the only type that is fast on a CPU in MLX. `qwen3_next` is a hybrid: three
of four layers are recurrent, so its cache can't be cut.
"""

from __future__ import annotations

import importlib
import json
from pathlib import Path
from typing import Any, Literal

import mlx.core as mx
from mlx_lm.utils import save_model
from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, pre_tokenizers

from engines.random_weights.gguf_model import NORM_EPSILON, ROPE_BASE, Shape
from engines.random_weights.vocabulary import Vocabulary

QWEN2_WORDS = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}"
    r"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)
HYBRID_INTERVAL = 4


def write_random_mlx(
    folder: Path,
    vocabulary: Vocabulary,
    shape: Shape,
    *,
    architecture: Literal["qwen3", "qwen3_next"] = "qwen3",
    chat_template: str | None = None,
    seed: int = 0,
) -> None:
    """Write the model into `folder`; the vocabulary must be a byte-level one."""
    folder.mkdir(parents=True, exist_ok=True)
    config = _config(shape, vocabulary, architecture)
    module: Any = importlib.import_module(f"mlx_lm.models.{architecture}")
    mx.random.seed(seed)
    model = module.Model(module.ModelArgs.from_dict(config))
    model.set_dtype(mx.float32)
    save_model(folder, model)
    (folder / "config.json").write_text(json.dumps(config, indent=2), encoding="utf-8")
    end = vocabulary.tokens[vocabulary.end].text
    settings = {"eos_token": end, "chat_template": chat_template}
    (folder / "tokenizer_config.json").write_text(json.dumps(settings), encoding="utf-8")
    _tokenizer(vocabulary).save(str(folder / "tokenizer.json"))


def _config(shape: Shape, vocabulary: Vocabulary, architecture: str) -> dict[str, Any]:
    config: dict[str, Any] = {
        "model_type": architecture,
        "vocab_size": len(vocabulary.tokens),
        "hidden_size": shape.embedding,
        "num_hidden_layers": shape.layers,
        "intermediate_size": shape.feed_forward,
        "num_attention_heads": shape.heads,
        "num_key_value_heads": shape.kv_heads,
        "head_dim": shape.head_width,
        "rms_norm_eps": NORM_EPSILON,
        "rope_theta": ROPE_BASE,
        "max_position_embeddings": shape.context_tokens,
        "tie_word_embeddings": True,
        "eos_token_id": vocabulary.end,
        "torch_dtype": "float32",
    }
    if architecture == "qwen3_next":
        config |= {
            "full_attention_interval": HYBRID_INTERVAL,
            "partial_rotary_factor": 0.25,
            "linear_num_value_heads": shape.heads,
            "linear_num_key_heads": shape.kv_heads,
            "linear_key_head_dim": shape.head_width,
            "linear_value_head_dim": shape.head_width,
            "linear_conv_kernel_dim": 4,
            "num_experts": 0,
            "num_experts_per_tok": 0,
            "decoder_sparse_step": 1,
            "shared_expert_intermediate_size": 0,
            "moe_intermediate_size": 0,
            "mlp_only_layers": [],
            "norm_topk_prob": True,
        }
    return config


def _tokenizer(vocabulary: Vocabulary) -> Tokenizer:
    ids = {token.text: index for index, token in enumerate(vocabulary.tokens)}
    control = [token.text for token in vocabulary.tokens if token.kind == "control"]
    plain = {text: index for text, index in ids.items() if text not in control}
    merges = [(left, right) for left, right in map(str.split, vocabulary.merges)]
    tokenizer: Any = Tokenizer(models.BPE(vocab=plain, merges=merges, fuse_unk=False))
    split = pre_tokenizers.Split(Regex(QWEN2_WORDS), "isolated")
    letters = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([split, letters])
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens([AddedToken(t, special=True, normalized=False) for t in control])
    return tokenizer
