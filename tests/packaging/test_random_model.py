"""The model of random weights: made twice the same, small, and able to fill a form."""

import runpy
import sys
from pathlib import Path

from engines.llama.engine import LlamaEngine
from engines.protocol import Message, Request, Sampler
from engines.schema import parse_schema

SCRIPT = Path(__file__).parents[2] / "packaging" / "random_model.py"
LIMIT_BYTES = 12_000_000
FORM = parse_schema(
    {"type": "object", "properties": {"done": {"type": "boolean"}}, "required": ["done"]}
)


def test_it_is_made_the_same_every_time_and_runs(tmp_path, monkeypatch):
    paths = [tmp_path / "one" / "demo.gguf", tmp_path / "two" / "demo.gguf"]
    for path in paths:
        monkeypatch.setattr(sys, "argv", [str(SCRIPT), str(path)])
        runpy.run_path(str(SCRIPT), run_name="__main__")
    assert paths[0].read_bytes() == paths[1].read_bytes()
    assert paths[0].stat().st_size <= LIMIT_BYTES
    assert [each.name for each in paths[0].parent.iterdir()] == ["demo.gguf"]
    engine = LlamaEngine(paths[0])
    assert engine.info.name == "sixfold-random"
    assert engine.info.chat_template
    request = Request("demo", (Message("user", "Done?"),), FORM, Sampler(), 20)
    assert engine.complete(request).text in ('{"done":true}', '{"done":false}')
    engine.close()
