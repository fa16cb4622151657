"""Choices outlive the window, and a damaged file is reported."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from app.library.preferences import FILE, Preferences, load_preferences, save_preferences
from app.window.preferences_dialog import PreferencesDialog
from pipeline.records.journal import RunFolderError
from pipeline.records.options import MIN_MAX_TOKENS_PER_CALL


def test_what_was_chosen_is_found_again(tmp_path: Path) -> None:
    chosen = Preferences(scheme="dark", model_folders=(tmp_path,), keep_awake=False)
    save_preferences(tmp_path / "new" / "folder", chosen)
    assert load_preferences(tmp_path / "new" / "folder") == (chosen, "")


def test_without_a_file_the_usual_holds(tmp_path: Path) -> None:
    assert load_preferences(tmp_path) == (Preferences(), "")


@pytest.mark.parametrize("text", ["{", '{"scheme": "pink"}', '{"unknown": 1}', '{"version": 2}'])
def test_a_damaged_file_is_seen(tmp_path: Path, text: str) -> None:
    (tmp_path / FILE).write_text(text)
    preferences, problem = load_preferences(tmp_path)
    assert preferences == Preferences()
    assert FILE in problem


def test_a_folder_that_can_not_be_made_is_seen(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(RunFolderError, match="can't be made"):
        save_preferences(tmp_path / "file" / "data", Preferences())


def test_the_dialog_tells_each_change(qtbot: QtBot, tmp_path: Path) -> None:
    dialog = PreferencesDialog(Preferences(model_folders=(tmp_path,)), tmp_path)
    qtbot.addWidget(dialog)
    seen: list[Preferences] = []
    dialog.changed.connect(seen.append)
    dialog.scheme.setCurrentIndex(dialog.scheme.findData("dark"))
    dialog.tokens.setValue(512)
    dialog.awake.click()
    assert seen[-1] == Preferences(
        scheme="dark", model_folders=(tmp_path,), max_tokens_per_call=512, keep_awake=False
    )


def test_the_answer_limit_is_the_option_of_a_run(qtbot: QtBot, tmp_path: Path) -> None:
    dialog = PreferencesDialog(Preferences(max_tokens_per_call=100_000), tmp_path)
    qtbot.addWidget(dialog)
    assert dialog.tokens.accessibleName() == "Answer limit"
    assert dialog.tokens.value() == 100_000
    assert dialog.tokens.minimum() == MIN_MAX_TOKENS_PER_CALL


def test_the_dialog_moves_the_runs(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dialog = PreferencesDialog(Preferences(), tmp_path)
    qtbot.addWidget(dialog)
    seen: list[Preferences] = []
    dialog.changed.connect(seen.append)
    assert dialog.runs.whole == str(tmp_path / "runs")
    assert not dialog.default_runs.isEnabled()
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(tmp_path / "disk"))
    dialog.choose_runs.click()
    assert seen[-1].runs == tmp_path / "disk"
    assert dialog.runs.whole == str(tmp_path / "disk")
    dialog.default_runs.click()
    assert seen[-1].runs is None
