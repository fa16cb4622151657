"""Models with random weights: the same call writes the same file."""

import pytest

from engines.files.gguf import read_facts
from engines.random_weights.gguf_model import Shape, write_random_model
from engines.random_weights.vocabulary import byte_level

SHAPE = Shape(layers=1, embedding=32, feed_forward=64, heads=2, kv_heads=1, context_tokens=512)


@pytest.mark.parametrize("architecture", ["qwen3", "llama"])
def test_the_same_seed_writes_the_same_bytes(tmp_path, training_text, architecture):
    vocabulary = byte_level(training_text, 300, ("<|end|>",), "<|end|>")
    paths = [tmp_path / f"{seed}-{copy}.gguf" for seed in (1, 2) for copy in (1, 2)]
    for path in paths:
        write_random_model(
            path,
            vocabulary,
            SHAPE,
            architecture=architecture,
            license_id="cc0-1.0",
            seed=int(path.name[0]),
        )
    first, again, other, _ = (path.read_bytes() for path in paths)
    assert first == again != other
    known = read_facts(paths[0])
    assert (known.architecture, known.license) == (architecture, "cc0-1.0")
    assert (known.layers, known.context_train_tokens, known.vocabulary) == (1, 512, 300)
