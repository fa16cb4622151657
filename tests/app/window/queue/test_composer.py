"""Orders are every model with every request and every seed."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.report.theme import LIGHT
from app.window.models.shelf import Shelf
from app.window.queue.composer import Composer
from pipeline.run.requests import load_request
from tests.engines.small_files import write_gguf

CHECKED = Qt.CheckState.Checked


@pytest.fixture
def composer(qtbot: QtBot, data: Path, tmp_path: Path) -> Composer:
    """Return an order form with two models, both ticked, and no request."""
    for name in ("a", "b"):
        write_gguf(tmp_path / "models" / f"{name}.gguf")
    shelf = Shelf(tmp_path / "runs")
    shelf.folders = (tmp_path / "models",)
    made = Composer(tmp_path / "runs", LIGHT, shelf, tmp_path / "texts")
    qtbot.addWidget(made)
    made.show()
    shelf.scan()
    shelf.wait()
    for row in range(made.models.count()):
        is_ours = made.models.item(row).text() in "ab"
        made.models.item(row).setCheckState(CHECKED if is_ours else Qt.CheckState.Unchecked)
    tick(made, [])
    return made


def tick(composer: Composer, names: list[str | None]) -> None:
    for row in range(composer.requests.list.count()):
        item = composer.requests.list.item(row)
        name, _ = item.data(Qt.ItemDataRole.UserRole)
        item.setCheckState(CHECKED if name in names else Qt.CheckState.Unchecked)


def test_every_model_with_every_request_and_every_seed(composer: Composer, qtbot: QtBot) -> None:
    tick(composer, ["todo", "board"])
    composer.how.seeds.setText("1-3")
    assert composer.summary.text().endswith("= 12 runs, one after the other")
    with qtbot.waitSignal(composer.ordered) as ordered:
        qtbot.mouseClick(composer.run_button, Qt.MouseButton.LeftButton)
    assert ordered.args is not None
    orders = [item.order for item in ordered.args[0]]
    made = {(order.model.stem, order.request, order.seed) for order in orders}
    assert made == {(m, r, s) for m in "ab" for r in ("todo", "board") for s in (1, 2, 3)}
    assert len({order.run for order in orders}) == 12
    models = [order.model.stem for order in orders]
    assert models == sorted(models)


def test_an_own_request_is_kept_as_a_file_that_a_run_can_read(composer: Composer) -> None:
    tick(composer, [None])
    assert composer.requests.own.isVisible()
    assert composer.summary.text() == "Write your own request, or untick it."
    composer.requests.own.setPlainText("A shop for tea.\nMembers order, admins send.")
    (first, second) = composer.items()
    assert first.title == "A shop for tea., seed 1"
    assert first.order.request == second.order.request
    request = load_request(first.order.request)
    assert request.text == "A shop for tea.\nMembers order, admins send."
    assert request.brief is None


@pytest.mark.parametrize(
    ("seeds", "requests", "own", "words"),
    [
        ("1", [], "", "Tick at least one request."),
        ("x", ["todo"], "", "numbers and ranges"),
        ("1", [None], "x" * 7000, "are allowed"),
    ],
)
def test_what_is_missing_is_said(
    composer: Composer, seeds: str, requests: list[str | None], own: str, words: str
) -> None:
    tick(composer, requests)
    composer.requests.own.setPlainText(own)
    composer.how.seeds.setText(seeds)
    assert words in composer.summary.text()
    assert not composer.run_button.isEnabled()


def test_a_context_is_never_longer_than_a_model_allows(composer: Composer) -> None:
    tick(composer, ["todo"])
    composer.how.context.setCurrentIndex(composer.how.context.count() - 1)
    assert [item.order.context_tokens for item in composer.items()] == [4096, 4096]


def test_a_model_can_be_chosen_from_outside(composer: Composer, tmp_path: Path) -> None:
    composer.choose_model(tmp_path / "models" / "b.gguf")
    assert composer.chosen_models() == (tmp_path / "models" / "b.gguf",)
