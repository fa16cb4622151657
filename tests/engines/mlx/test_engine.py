"""What only the MLX engine does, on float32 models on the CPU; see also the conformance suite."""

import json
import shutil

import pytest

from engines.llama.engine import LlamaEngine
from engines.open import open_model
from engines.protocol import Message, ModelFileError

mx = pytest.importorskip("mlx.core", reason="MLX is not installed")


@pytest.fixture
def copied(mlx_path, tmp_path):
    return shutil.copytree(mlx_path, tmp_path / "copied")


def _change(file, **values):
    file.write_text(json.dumps(json.loads(file.read_text()) | values))


def test_facts_of_the_model(mlx_path):
    engine = open_model(mlx_path)
    assert (engine.info.format, engine.info.architecture) == ("mlx", "qwen3")
    assert engine.info.quantization == "F32"
    assert engine.info.vocabulary == 600
    assert engine.info.context_train_tokens == engine.context_tokens == 4096
    assert engine.info.chat_template
    assert engine.info.engine.startswith("mlx-lm ")
    engine.close()


def test_it_splits_texts_as_llama_cpp_does(mlx_path, model_path):
    from engines.mlx.engine import MlxEngine

    ours, theirs = MlxEngine(mlx_path), LlamaEngine(model_path)
    text = 'The user\'s list: {"op":"null","value":[12, "títle"]}\n\n  <|im_end|> end'
    messages = (Message("system", "Fill."), Message("user", text))
    assert ours._prompts.write(messages) == theirs._prompts.write(messages)
    ours.close()
    theirs.close()


def test_closing_gives_all_arrays_back(mlx_path, function_form):
    before = mx.get_active_memory()
    engine = open_model(mlx_path)
    engine.complete(function_form.request(1, max_tokens=10))
    assert mx.get_active_memory() > before
    engine.close()
    assert mx.get_active_memory() == before


def test_code_that_a_model_brings_along_is_not_run(copied, tmp_path):
    (copied / "net.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w')")
    _change(copied / "config.json", model_file="net.py", auto_map={"AutoModel": "net.Model"})
    with pytest.raises(ModelFileError, match=r"its program net\.py"):
        open_model(copied)
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda at: (at / "tokenizer.json").unlink(), r"has no tokenizer\.json"),
        (lambda at: (at / "tokenizer.json").write_text("{"), "is no tokenizer"),
        (lambda at: _change(at / "config.json", model_type="poem"), "can't load"),
        (lambda at: _change(at / "config.json", hidden_size=96), "can't load"),
        (lambda at: (at / "config.json").unlink(), "holds no MLX model"),
        (
            lambda at: (
                _change(at / "config.json", eos_token_id=None),
                _change(at / "tokenizer_config.json", eos_token=None),
            ),
            "which token ends an answer",
        ),
    ],
)
def test_a_folder_that_can_not_be_used_is_a_sentence(copied, change, why):
    change(copied)
    with pytest.raises(ModelFileError, match=why):
        open_model(copied)
