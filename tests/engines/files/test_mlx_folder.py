"""Facts of MLX folders: packed weights, caches of each architecture, templates, parts."""

import json

import pytest

from engines.files import mlx_folder
from engines.files.facts import Facts
from engines.files.gguf_header import IncompleteFileError
from engines.files.model import sha256_of
from tests.engines.small_files import QWEN3_TINY, THINKING, write_mlx, write_safetensors


def _facts(folder, config=None, tensors=None) -> Facts:
    return mlx_folder.read_facts(write_mlx(folder / "model", config, tensors))


def _layers(count, *tensors):
    """Return the same tensors for every layer, by their last names and rows."""
    return {
        f"model.layers.{layer}.{name}": ("BF16", (rows, 32))
        for layer in range(count)
        for name, rows in tensors
    }


ATTENTION = (("self_attn.k_proj.weight", 32), ("self_attn.v_proj.weight", 32))


def test_packed_weights_are_counted_unpacked(tmp_path):
    config = {
        **QWEN3_TINY,
        "quantization": {"group_size": 64, "bits": 4, "model.lm_head": {"bits": 8}},
    }
    tensors: dict[str, tuple[str, tuple[int, ...]]] = {
        "model.embed_tokens.weight": ("U32", (64, 16)),
        "model.embed_tokens.scales": ("BF16", (64, 2)),
        "model.embed_tokens.biases": ("BF16", (64, 2)),
        "model.lm_head.weight": ("U32", (64, 32)),
        "model.lm_head.scales": ("BF16", (64, 2)),
        "model.lm_head.biases": ("BF16", (64, 2)),
        "model.norm.weight": ("BF16", (128,)),
    }
    known = _facts(tmp_path, config, tensors)
    assert known.parameters == 2 * 64 * 128 + 128
    assert known.quantization == "4-bit"
    assert known.tensor_bytes == 64 * 16 * 4 + 64 * 32 * 4 + 4 * 64 * 2 * 2 + 128 * 2
    assert known.size_bytes > known.tensor_bytes


def test_only_the_language_part_counts(tmp_path):
    config: dict[str, object] = {
        "model_type": "gemma3",
        "text_config": {**QWEN3_TINY, "sliding_window": 512},
    }
    tensors = {
        "language_model.model.embed_tokens.weight": ("BF16", (64, 32)),
        "vision_tower.encoder.layers.0.weight": ("BF16", (999, 32)),
    }
    known = _facts(tmp_path, config, tensors)
    assert (known.parameters, known.layers, known.architecture) == (64 * 32, 2, "gemma3")


def test_caches_of_sliding_windows(tmp_path):
    config = {**QWEN3_TINY, "model_type": "gemma3_text", "num_hidden_layers": 12}
    config["sliding_window"] = 1024
    known = _facts(tmp_path, config, _layers(12, *ATTENTION))
    windows = [cache.window_tokens for cache in known.caches]
    assert windows == ([1024] * 5 + [None]) * 2
    assert {(c.key_width, c.value_width) for c in known.caches} == {(32, 32)}


def test_caches_that_layers_share(tmp_path):
    config: dict[str, object] = {**QWEN3_TINY, "model_type": "gemma3n", "num_hidden_layers": 4}
    config |= {"sliding_window": 512, "num_kv_shared_layers": 2}
    config["layer_types"] = ["sliding_attention", "full_attention"] * 2
    known = _facts(tmp_path, config, _layers(4, *ATTENTION))
    assert [cache.kind for cache in known.caches] == ["window", "attention", "none", "none"]


def test_caches_of_latent_attention(tmp_path):
    config = {**QWEN3_TINY, "model_type": "deepseek_v3"}
    latent = _layers(2, ("self_attn.kv_a_proj_with_mqa.weight", 24))
    assert [c.kind for c in _facts(tmp_path, config, latent).caches] == ["latent", "latent"]
    config |= {"model_type": "deepseek_v2", "qk_nope_head_dim": 8, "qk_rope_head_dim": 4}
    unfolded = _facts(tmp_path, {**config, "v_head_dim": 8}, latent).caches[0]
    assert (unfolded.key_width, unfolded.value_width) == (4 * 12, 4 * 8)


def test_caches_of_linear_attention(tmp_path):
    config = {**QWEN3_TINY, "model_type": "qwen3_next", "num_hidden_layers": 4}
    config |= {
        "linear_num_value_heads": 4,
        "linear_num_key_heads": 2,
        "linear_key_head_dim": 8,
        "linear_value_head_dim": 16,
        "linear_conv_kernel_dim": 4,
    }
    tensors = {
        f"model.layers.{layer}.{name}": ("BF16", (32, 32))
        for layer in range(4)
        for name in (
            ("self_attn.k_proj.weight", "self_attn.v_proj.weight")
            if layer == 3
            else ("linear_attn.in_proj_qkvz.weight",)
        )
    }
    caches = _facts(tmp_path, config, tensors).caches
    assert [cache.kind for cache in caches] == ["state", "state", "state", "attention"]
    assert caches[0].state_bytes == 2 * 3 * (2 * 2 * 8 + 4 * 16) + 4 * 4 * 8 * 16


def test_experts(tmp_path):
    config = {**QWEN3_TINY, "model_type": "qwen3_moe", "num_experts": 8, "num_experts_per_tok": 2}
    config["moe_intermediate_size"] = 48
    tensors = {
        "model.embed_tokens.weight": ("BF16", (64, 32)),
        "model.layers.0.mlp.switch_mlp.up_proj.weight": ("BF16", (8, 48, 32)),
    }
    known = _facts(tmp_path, config, tensors)
    assert known.parameters - known.active_parameters == 6 * 48 * 32
    assert known.feed_forward == 2 * 48


@pytest.mark.parametrize(
    ("file", "content", "reasoning"),
    [
        ("chat_template.jinja", THINKING, True),
        ("chat_template.jinja", "{{ messages }}", False),
        ("chat_template.json", json.dumps({"chat_template": THINKING}), True),
        (
            "tokenizer_config.json",
            json.dumps({"chat_template": [{"name": "default", "template": THINKING}]}),
            True,
        ),
    ],
)
def test_chat_templates(tmp_path, file, content, reasoning):
    folder = write_mlx(tmp_path / "model")
    (folder / file).write_text(content)
    known = mlx_folder.read_facts(folder)
    assert known.chat_template
    assert known.reasoning == reasoning


def test_kinds_of_folders(tmp_path):
    pooled = write_mlx(tmp_path / "pooled")
    (pooled / "modules.json").write_text("[]")
    kinds = {
        "pooled": mlx_folder.read_facts(pooled).kind,
        "bert": _facts(tmp_path / "bert", {**QWEN3_TINY, "model_type": "bert"}).kind,
        "speech": _facts(tmp_path / "speech", {**QWEN3_TINY, "model_type": "whisper"}).kind,
        "classes": _facts(tmp_path / "classes", {**QWEN3_TINY, "architectures": ["ViTModel"]}).kind,
        "model": _facts(tmp_path / "plain").kind,
    }
    assert kinds == {
        "pooled": "embedding",
        "bert": "embedding",
        "speech": "other",
        "classes": "other",
        "model": "model",
    }


def test_weights_in_several_files(tmp_path):
    folder = write_mlx(tmp_path / "model")
    (folder / "model.safetensors").unlink()
    names = ["model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors"]
    for number, name in enumerate(names):
        write_safetensors(folder / name, {f"model.layers.{number}.x": ("F32", (8, 4))})
    index = {"weight_map": {f"model.layers.{n}.x": name for n, name in enumerate(names)}}
    (folder / "model.safetensors.index.json").write_text(json.dumps(index))
    known = mlx_folder.read_facts(folder)
    assert known.parameters == 64
    whole = sha256_of(known.files)
    (folder / names[1]).unlink()
    with pytest.raises(IncompleteFileError, match=names[1]):
        mlx_folder.read_facts(folder)
    write_safetensors(folder / names[1], {"model.layers.1.y": ("F32", (8, 4))})
    assert sha256_of(known.files) != whole
