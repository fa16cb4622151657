"""The models page: search, filters, context, fit, override."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.report.theme import LIGHT
from app.window.models import table
from app.window.models.page import CONTEXTS, ModelsPage
from app.window.models.shelf import Shelf
from pipeline.records.spec import RunSpec
from tests.app.conftest import write_run
from tests.engines.small_files import write_gguf, write_mlx

SMALL = 64 << 20
"""Memory in which a tiny model with its process does not fit."""


@pytest.fixture
def page(qtbot: QtBot, data: Path, tmp_path: Path) -> Iterator[ModelsPage]:
    """Return a page with a GGUF model of a long context, an MLX folder and a broken download."""
    models = tmp_path / "models"
    long: dict[str, int | list[int] | list[bool]] = {
        "context_length": 262144,
        "block_count": 8,
        "attention.head_count_kv": 4,
    }
    write_gguf(models / "alpha-Q8.gguf", metadata=long)
    write_mlx(models / "beta-4bit")
    (models / "gamma.gguf.part").write_bytes(b"GGUF")
    shelf = Shelf(tmp_path / "runs")
    shelf.folders = (models,)
    made = ModelsPage(tmp_path / "runs", LIGHT, shelf)
    qtbot.addWidget(made)
    made.show()
    shelf.scan()
    qtbot.waitUntil(lambda: shelf.scanned)
    yield made
    shelf.wait()
    made.close_process()


def names(page: ModelsPage) -> list[str]:
    rows = range(page.table.filter.rowCount())
    return [page.table.filter.index(row, table.NAME).data() for row in rows]


def test_models_are_listed_and_other_files_apart(page: ModelsPage, qtbot: QtBot) -> None:
    assert [name for name in names(page) if name != "sixfold-random"] == ["alpha-Q8", "beta-4bit"]
    qtbot.mouseClick(page.kind.button("other"), Qt.MouseButton.LeftButton)
    assert names(page) == ["gamma.gguf.part"]
    assert not page.details.run_button.isEnabled()
    qtbot.mouseClick(page.kind.button("mlx"), Qt.MouseButton.LeftButton)
    assert names(page) == ["beta-4bit"]


def test_words_are_searched_everywhere(page: ModelsPage, qtbot: QtBot) -> None:
    qtbot.keyClicks(page.search, "qwen3 mlx")
    assert names(page) == ["beta-4bit"]
    qtbot.keyClicks(page.search, " nowhere")
    assert names(page) == []
    assert not page.table.isVisible()


def test_the_slider_changes_what_is_needed(page: ModelsPage) -> None:
    page.table.select(next(e.path for e in page._shelf.entries if e.name == "alpha-Q8"))
    before = page.table.current
    page.context.setValue(len(CONTEXTS) - 1)
    after = page.table.current
    assert before is not None
    assert after is not None
    assert before.fit is not None
    assert after.fit is not None
    assert after.fit.context_tokens == 262144
    assert after.fit.need.cache_bytes > 20 * before.fit.need.cache_bytes
    assert "262" in page.details._words.text()


def test_what_does_not_fit_runs_only_if_its_user_says_so(page: ModelsPage, qtbot: QtBot) -> None:
    page._shelf.usable_bytes = SMALL
    page.show_models()
    page.table.select(next(e.path for e in page._shelf.entries if e.name == "alpha-Q8"))
    shown = page.table.current
    assert shown is not None
    assert shown.fit is not None
    assert shown.fit.verdict == "no"
    assert not page.details.run_button.isEnabled()
    assert page.details.override.isVisible()
    page.details.override.click()
    assert page.details.run_button.isEnabled()
    again = Shelf(page.runs)
    again.folders, again.usable_bytes = page._shelf.folders, SMALL
    again.scan()
    again.wait()
    assert next(m for m in again.models(8192) if m.entry.name == "alpha-Q8").overridden


def test_the_hash_is_computed_when_asked(page: ModelsPage, qtbot: QtBot) -> None:
    value = page.details._facts["sha256"]
    assert value.text() == "not computed yet"
    qtbot.mouseClick(page.details.hash_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: len(value.toolTip()) == 64)
    assert value.toolTip().startswith(value.text()[:16])


def test_what_a_run_measured_is_shown(
    page: ModelsPage, qtbot: QtBot, spec: RunSpec, tmp_path: Path
) -> None:
    entry = next(e for e in page._shelf.entries if e.name == "alpha-Q8")
    assert entry.facts is not None
    model = {"path": str(entry.path), "size_bytes": entry.facts.size_bytes}
    ran = spec.model.__class__(**{**vars(spec.model), **model})
    spec = spec.model_copy(update={"model": ran})
    write_run(tmp_path / "runs" / spec.run, spec)
    page.refresh()
    page._shelf.wait()
    page.table.select(entry.path)
    row = page.table.currentIndex().row()
    cells = [page.table.filter.index(row, column).data() for column in (table.SCORE, table.SPEED)]
    assert cells == ["83.6", "71.3 tok/s"]
    assert page.details._facts["sha256"].toolTip() == spec.model.sha256


def test_columns_are_sorted_by_their_numbers(page: ModelsPage) -> None:
    page.table.sortByColumn(table.SIZE, Qt.SortOrder.DescendingOrder)
    sizes = [
        page.table.filter.index(row, 0).data(table.SHELVED_ROLE).entry.facts.size_bytes
        for row in range(page.table.filter.rowCount())
    ]
    assert sizes == sorted(sizes, reverse=True)
    assert len(sizes) >= 2
