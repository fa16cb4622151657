"""What the user chose to run whatever its fit."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.cli.doctor import examine
from app.library.overrides import FILE, is_overridden, remember
from pipeline.records.journal import RunFolderError

MODEL = Path("/models/large.gguf")


def test_a_choice_is_remembered_for_this_file_only(own_choices: Path) -> None:
    assert not is_overridden(MODEL, 1000)
    remember(MODEL, 1000, overridden=True)
    remember(Path("/models/other.gguf"), 7, overridden=True)
    assert is_overridden(MODEL, 1000)
    assert not is_overridden(MODEL, 1001)
    remember(MODEL, 1000, overridden=False)
    assert not is_overridden(MODEL, 1000)
    assert is_overridden(Path("/models/other.gguf"), 7)
    assert [file.name for file in own_choices.iterdir()] == [FILE]


def test_a_damaged_file_remembers_nothing_and_is_never_overwritten(own_choices: Path) -> None:
    own_choices.mkdir()
    file = own_choices / FILE
    file.write_text('{"models": 3}')
    assert not is_overridden(MODEL, 1000)
    with pytest.raises(RunFolderError, match=f"{FILE} can't be read"):
        remember(MODEL, 1000, overridden=True)
    assert file.read_text() == '{"models": 3}'
    file.unlink()
    remember(MODEL, 1000, overridden=True)
    assert is_overridden(MODEL, 1000)


def test_the_doctor_names_a_damaged_file(own_choices: Path) -> None:
    assert not [each for each in examine() if each.name == "models to run anyway"]
    own_choices.mkdir()
    (own_choices / FILE).write_text("{")
    (found,) = [each for each in examine() if each.name == "models to run anyway"]
    assert found.ok is False
    assert str(own_choices / FILE) in found.text


def test_a_folder_that_can_not_be_made_is_a_sentence(own_choices: Path) -> None:
    own_choices.write_text("a file")
    with pytest.raises(RunFolderError, match="Name another one in SIXFOLD_DATA"):
        remember(MODEL, 1000, overridden=True)
