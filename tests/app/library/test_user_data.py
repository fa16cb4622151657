"""All that is kept has one home, and the runs may have another."""

from __future__ import annotations

from pathlib import Path

import platformdirs
import pytest

from app.library.preferences import FILE, Preferences, save_preferences
from app.library.user_data import NAME, data_folder, runs_folder


def test_the_home_is_where_the_system_wants_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("SIXFOLD_DATA")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "share"))
    assert data_folder() == platformdirs.user_data_path(NAME, appauthor=False)
    assert data_folder().name.lower() == "sixfold"
    assert not data_folder().exists()


def test_the_runs_are_at_home_from_any_folder(
    own_choices: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for folder in ("/", Path(__file__).parent):
        monkeypatch.chdir(folder)
        assert runs_folder() == own_choices / "runs"


def test_a_preference_moves_the_runs(own_choices: Path, tmp_path: Path) -> None:
    save_preferences(own_choices, Preferences(runs=tmp_path / "elsewhere"))
    assert data_folder() == own_choices
    assert runs_folder() == tmp_path / "elsewhere"


def test_damaged_preferences_move_nothing(own_choices: Path) -> None:
    own_choices.mkdir()
    (own_choices / FILE).write_text("{")
    assert runs_folder() == own_choices / "runs"


def test_a_relative_home_is_that_of_the_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SIXFOLD_DATA", "mine")
    monkeypatch.chdir(tmp_path)
    assert data_folder() == tmp_path / "mine"
