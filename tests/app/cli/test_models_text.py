"""The list of models as lines and as JSON."""

from __future__ import annotations

from pathlib import Path

from app.cli.models_text import as_json, as_text
from app.work.model_list import RANDOM_MODEL, fits, list_models
from engines.files.catalogue import Entry

DAMAGED = Entry("cut", Path("/m/cut.gguf"), "folder", "damaged", None, "It ends too early.")
ADAPTER = Entry("lora", Path("/m/lora.gguf"), "Ollama", "adapter", None, "It only changes others.")


def demo() -> Entry:
    (entry,) = [each for each in list_models([RANDOM_MODEL.parent]) if each.path == RANDOM_MODEL]
    return entry


def test_models_stand_before_what_is_none(tmp_path: Path) -> None:
    entry = demo()
    fitted = fits([entry], tmp_path)
    lines = list(as_text([DAMAGED, ADAPTER, entry], fitted))
    assert lines[0] == f"{entry.name}  (folder)"
    assert lines[1] == f"  {RANDOM_MODEL}"
    assert lines[2].startswith("  GGUF ")
    assert lines[3].startswith("  comfortable: ")
    assert lines[4:] == [
        "\nAdapters: they change a model",
        "  lora  (Ollama)",
        "    /m/lora.gguf",
        "\nDamaged files",
        "  cut  (folder)",
        "    /m/cut.gguf",
        "    It ends too early.",
    ]


def test_a_model_has_facts_and_fit_and_others_a_problem(tmp_path: Path) -> None:
    entry = demo()
    described = as_json(entry, fits([entry], tmp_path)[entry.path])
    assert (described["format"], described["problem"]) == ("gguf", None)
    fit = described["fit"]
    assert isinstance(fit, dict)
    assert fit["verdict"] == "comfortable"
    assert as_json(DAMAGED, None) == {
        "name": "cut",
        "path": "/m/cut.gguf",
        "source": "folder",
        "state": "damaged",
        "problem": "It ends too early.",
    }
