"""Options that make no sense are refused before anything is loaded; the others are kept to."""

import llama_cpp
import pytest

from engines.llama import LlamaEngine
from engines.open import open_model
from engines.options import EngineOptions, OptionError
from engines.protocol import EngineError


@pytest.mark.parametrize(
    ("options", "why"),
    [
        ({"batch_tokens": 4}, "at least 16"),
        ({"threads": 0}, "at least 1"),
        ({"gpu_layers": -1}, "leave the option out"),
        ({"kv_type": "q8_0", "flash_attention": False}, "needs flash attention"),
        ({"rpc": ("10.0.0.7",)}, "write host:port"),
        ({"rpc": ("10.0.0.7:99999",)}, "write host:port"),
    ],
)
def test_an_option_without_sense_is_refused(options, why):
    with pytest.raises(OptionError, match=why):
        EngineOptions(**options)


@pytest.mark.parametrize("kv_type", ["f32", "bf16", "q8_0", "q4_0"])
def test_the_cache_can_have_any_type(model_path, mlx_path, function_form, kv_type):
    for path in (model_path, mlx_path):
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


def test_other_machines_are_asked_for_in_the_format_that_has_them(model_path, mlx_path):
    with pytest.raises(EngineError, match=r"--rpc and not by mlx\.launch"):
        open_model(model_path, 1024, EngineOptions(distributed=True))
    with pytest.raises(EngineError, match=r"mlx\.launch and not by --rpc"):
        open_model(mlx_path, 1024, EngineOptions(rpc=("localhost:50052",)))
    with pytest.raises(EngineError, match="this process runs alone"):
        open_model(mlx_path, 1024, EngineOptions(distributed=True))


def test_a_server_that_can_not_be_had_is_a_sentence(model_path):
    why = "No RPC server answers" if llama_cpp.llama_supports_rpc() else "built without RPC"
    with pytest.raises(EngineError, match=why):
        LlamaEngine(model_path, 1024, EngineOptions(rpc=("127.0.0.1:1",)))
