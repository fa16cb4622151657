"""Options that make no sense are refused before anything is loaded; the others are kept to."""

import llama_cpp
import pytest

from engines.llama.engine import LlamaEngine
from engines.open import open_model
from engines.options import EngineOptions, OptionError
from engines.protocol import EngineError
from engines.remedy import Remedy


@pytest.mark.parametrize(
    ("options", "remedy"),
    [
        ({"batch_tokens": 4}, Remedy("batch_tokens", "raise", 16)),
        ({"threads": 0}, Remedy("threads", "raise", 1)),
        ({"gpu_layers": -1}, Remedy("gpu_layers", "raise", 0)),
        ({"kv_type": "q8_0", "flash_attention": False}, Remedy("flash_attention", "omit", False)),
        ({"rpc": ("10.0.0.7",)}, Remedy("rpc", "set", "host:port")),
        ({"rpc": ("10.0.0.7:99999",)}, Remedy("rpc", "set", "host:port")),
    ],
)
def test_an_option_without_sense_is_refused_with_what_helps(options, remedy):
    with pytest.raises(OptionError) as refused:
        EngineOptions(**options)
    assert refused.value.remedies[0] == remedy


@pytest.mark.parametrize(
    ("fixture", "kv_type"),
    [("model_path", each) for each in ("f32", "bf16", "q8_0", "q4_0")]
    + [("mlx_path", each) for each in ("q8_0", "q4_0")],
)
def test_the_cache_can_have_other_types(request, function_form, fixture, kv_type):
    path = request.getfixturevalue(fixture)
    engine = open_model(path, 1024, EngineOptions(kv_type=kv_type))
    text = engine.complete(function_form.request(1, max_tokens=20)).text
    engine.close()
    function_form.form.model_validate_json(text)


@pytest.mark.parametrize("options", [{"flash_attention": False}, {"batch_tokens": 32}])
def test_speed_options_of_llama_cpp_leave_forms_valid(model_path, function_form, options):
    engine = LlamaEngine(model_path, 1024, EngineOptions(gpu_layers=0, threads=2, **options))
    completion = engine.complete(function_form.request(2, prompt="word " * 60, max_tokens=20))
    engine.close()
    function_form.form.model_validate_json(completion.text)


@pytest.mark.parametrize(
    ("fixture", "options", "why"),
    [
        ("model_path", {"distributed": True}, "shared between machines by RPC servers"),
        ("model_path", {"wired_limit_bytes": 1}, "no such limit"),
        ("mlx_path", {"rpc": ("localhost:50052",)}, "mlx.launch"),
        ("mlx_path", {"threads": 2}, "“Threads”: MLX chooses"),
        ("mlx_path", {"gpu_layers": 0}, "“GPU layers”"),
        ("mlx_path", {"flash_attention": True}, "“Flash attention”"),
        ("mlx_path", {"kv_type": "bf16"}, "not bf16"),
        ("mlx_path", {"wired_limit_bytes": 1}, "no Metal"),
        ("mlx_hybrid_path", {"kv_type": "f16"}, "not f16"),
    ],
)
def test_what_an_engine_can_not_honour_is_refused(request, fixture, options, why):
    with pytest.raises(OptionError, match=why):
        open_model(request.getfixturevalue(fixture), 1024, EngineOptions(**options))


@pytest.mark.skipif(llama_cpp.llama_supports_gpu_offload(), reason="this llama.cpp has a GPU")
def test_layers_can_not_be_on_a_gpu_that_is_not_there(model_path):
    with pytest.raises(OptionError, match="computes on the CPU only"):
        open_model(model_path, 1024, EngineOptions(gpu_layers=2))


def test_sharing_with_nobody_is_refused(mlx_path):
    with pytest.raises(EngineError, match="this process runs alone"):
        open_model(mlx_path, 1024, EngineOptions(distributed=True))


def test_a_server_that_can_not_be_had_is_a_sentence(model_path):
    why = "No RPC server answers" if llama_cpp.llama_supports_rpc() else "built without RPC"
    with pytest.raises(EngineError, match=why):
        LlamaEngine(model_path, 1024, EngineOptions(rpc=("127.0.0.1:1",)))


def test_what_is_chosen_is_told_without_addresses():
    chosen = EngineOptions(kv_type="q8_0", rpc=("studio.local:50052", "mini.local:50052"))
    assert chosen.chosen() == {"kv_type": "q8_0", "rpc": 2}
    assert chosen.answers_key() == "kv_type=q8_0 rpc=2"
    assert EngineOptions().chosen() == {}
    assert EngineOptions().answers_key() == EngineOptions(wired_limit_bytes=1 << 30).answers_key()
