"""The estimate against llama.cpp's own numbers and published peaks; verdicts and limits."""

import ctypes
from fractions import Fraction
from pathlib import Path

import llama_cpp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.fit import PUBLISHED_GB
from benchmarks.fit_models import FAMILIES, Family, write_model
from benchmarks.published_models import published_facts
from engines.files.gguf import read_facts
from engines.memory.fit import fit, judge, largest_context, need
from engines.memory.kv_cache import LayerCache, cache_bytes, number_bytes
from engines.options import EngineOptions

GIB = 1 << 30
ALLOWED = 0.08


@pytest.mark.parametrize(
    ("name", "quantization"),
    [(name, quantization) for name, peaks in PUBLISHED_GB.items() for quantization in peaks],
)
def test_published_peaks_of_mlx(tmp_path, name, quantization):
    known = published_facts(tmp_path / "model", name, quantization)
    options = EngineOptions(batch_tokens=2048)
    estimate = need(known, 2048 + 128, options, scored_tokens=2048).model_bytes / 1e9
    assert estimate == pytest.approx(PUBLISHED_GB[name][quantization], rel=ALLOWED)


def test_facts_of_a_published_mixture(tmp_path):
    known = published_facts(tmp_path / "model", "Qwen3-30B-A3B", "4-bit")
    assert known.parameters == pytest.approx(30.5e9, rel=0.01)
    assert known.active_parameters == pytest.approx(3.35e9, rel=0.02)
    assert (known.quantization, known.experts, known.experts_used) == ("4-bit", 128, 8)


SMALL = {
    "qwen3": Family("qwen3", "", 2, 256, 512, 4, 2, 64),
    "gemma3": Family("gemma3", "", 6, 256, 512, 4, 2, 64),
    "gemma4": Family("gemma4", "", 8, 256, 512, 4, 2, 64),
    "qwen3moe": Family("qwen3moe", "", 2, 256, 256, 4, 2, 64),
    "deepseek2": Family("deepseek2", "", 2, 256, 1024, 4, 1, 576),
    "qwen35": Family("qwen35", "", 4, 256, 512, 4, 2, 64),
}


def _state_bytes(
    path: Path, context_tokens: int, kv_type: int, lanes: int, *, flash: bool = True
) -> tuple[int, int]:
    """Ask llama.cpp for its buffers: keys, values and states; compute. In hundredths of a MiB."""
    lines: list[str] = []

    @llama_cpp.llama_log_callback
    def keep(level: int, text: bytes, data: object) -> None:
        lines.append(text.decode("utf-8", "replace"))

    from engines.llama import loading

    llama_cpp.llama_backend_init()
    settings = llama_cpp.llama_model_default_params()
    settings.use_extra_bufts = False  # as our engine loads
    model = llama_cpp.llama_model_load_from_file(str(path).encode(), settings)
    assert model
    settings = llama_cpp.llama_context_default_params()
    settings.n_ctx = context_tokens * lanes
    settings.n_seq_max = settings.n_outputs_max = lanes
    settings.kv_unified = True
    settings.n_batch = settings.n_ubatch = 256
    settings.swa_full = True
    settings.type_k = settings.type_v = kv_type
    settings.flash_attn_type = loading.FLASH_ATTENTION[flash]
    llama_cpp.llama_log_set(keep, ctypes.c_void_p(0))
    try:
        context = llama_cpp.llama_init_from_model(model, settings)
        assert context
        llama_cpp.llama_free(context)
    finally:
        llama_cpp.llama_log_set(loading._keep_log, ctypes.c_void_p(0))
        llama_cpp.llama_model_free(model)

    def total(kind: str) -> float:
        found = [line for line in lines if f"{kind} buffer size =" in line]
        return sum(float(line.split("=")[1].split()[0]) for line in found)

    return round((total("KV") + total("RS")) * 100), round(total("compute") * 100)


@pytest.mark.parametrize(
    ("architecture", "kv_type", "lanes"),
    [
        *((family.architecture, "f16", 1) for family in FAMILIES),
        ("qwen3", "q8_0", 1),
        ("qwen3", "f16", 4),
        ("qwen35", "f16", 4),
    ],
)
def test_caches_are_those_that_llama_cpp_makes(tmp_path, architecture, kv_type, lanes):
    path = tmp_path / "model.gguf"
    write_model(path, SMALL[architecture], "Q8_0")
    known = read_facts(path)
    each = number_bytes("gguf", known.quantization, kv_type)
    ours = cache_bytes(
        known.caches, 3072, each, chunk_tokens=256, keep_windows_whole=True, lanes=lanes
    )
    native = llama_cpp.GGML_TYPE_F16 if kv_type == "f16" else llama_cpp.GGML_TYPE_Q8_0
    theirs, compute = _state_bytes(path, 3072, native, lanes)
    assert ours / (1 << 20) * 100 == pytest.approx(theirs, abs=2)
    options = EngineOptions(kv_type=kv_type, parallel=lanes)
    estimate = need(known, 3072, options).compute_bytes / (1 << 20) * 100
    assert estimate == pytest.approx(compute, rel=0.5)  # a small part, and never far off


@pytest.mark.parametrize("architecture", SMALL)
def test_without_flash_attention_all_scores_are_held_at_once(tmp_path, architecture):
    path = tmp_path / "model.gguf"
    write_model(path, SMALL[architecture], "Q8_0")
    options = EngineOptions(parallel=4, flash_attention=False)
    _, compute = _state_bytes(path, 4096, llama_cpp.GGML_TYPE_F16, 4, flash=False)
    estimate = need(read_facts(path), 4096, options).compute_bytes / (1 << 20) * 100
    assert estimate == pytest.approx(compute, rel=0.06)


def test_a_window_keeps_only_its_tokens():
    layers = [LayerCache(8, 8), LayerCache(8, 8, window_tokens=512)]
    two = Fraction(2)
    whole = cache_bytes(layers, 8192, two, chunk_tokens=256, keep_windows_whole=True)
    window = cache_bytes(layers, 8192, two, chunk_tokens=256, keep_windows_whole=False)
    assert whole == 2 * 8192 * 16 * 2
    assert window == (8192 + 768) * 16 * 2
    assert [layer.kind for layer in layers] == ["attention", "window"]
    assert (LayerCache(576).kind, LayerCache(state_bytes=4).kind) == ("latent", "state")


@pytest.fixture(scope="module")
def known(tmp_path_factory):
    return published_facts(tmp_path_factory.mktemp("fit") / "model", "Qwen3-4B", "4-bit")


def test_a_verdict_for_a_machine(known):
    roomy = fit(known, 8192, 48 * GIB)
    assert (roomy.verdict, roomy.largest_context_tokens) == ("comfortable", 40960)
    narrow = fit(known, 8192, 6 * GIB)
    assert narrow.verdict == "comfortable"
    assert 8192 < narrow.largest_context_tokens < 40960
    assert need(known, narrow.largest_context_tokens).total_bytes <= 6 * GIB
    assert need(known, narrow.largest_context_tokens + 256).total_bytes > 6 * GIB
    assert fit(known, 8192, 2 * GIB).verdict == "no"
    assert fit(known, 8192, 2 * GIB).largest_context_tokens == 0


def test_a_measured_peak_takes_the_place_of_the_estimate(known):
    estimated = fit(known, 8192, 6 * GIB)
    measured = fit(known, 8192, 6 * GIB, measured_bytes=7 * GIB)
    assert (estimated.verdict, measured.verdict) == ("comfortable", "no")
    assert estimated.required_bytes == estimated.need.total_bytes
    assert measured.required_bytes == 7 * GIB
    assert 0 < measured.largest_context_tokens < 8192 < estimated.largest_context_tokens


@given(usable=st.integers(1, 64 * GIB))
def test_the_largest_context_is_the_largest(known, usable):
    largest = largest_context(known, usable)
    assert largest % 256 == 0
    if largest:
        assert judge(need(known, largest).total_bytes, usable) != "no"
    if largest < known.context_train_tokens:
        assert judge(need(known, largest + 256).total_bytes, usable) == "no"


def test_smaller_numbers_in_the_cache_need_less(known):
    gguf = [number_bytes("gguf", "Q8_0", kv_type) for kv_type in ("f32", None, "q8_0", "q4_0")]
    assert gguf == sorted(gguf, reverse=True)
    assert gguf[1] == number_bytes("gguf", "Q8_0", "f16")
    mlx = [number_bytes("mlx", "BF16", kv_type) for kv_type in (None, "q8_0", "q4_0")]
    assert mlx == sorted(mlx, reverse=True)
    assert number_bytes("mlx", "F32", None) == 2 * mlx[0]
    whole, small = (need(known, 8192, EngineOptions(kv_type=each)) for each in (None, "q8_0"))
    assert small.cache_bytes == whole.cache_bytes * 36 // 64
