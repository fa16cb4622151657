"""A result in its eight tabs: artifacts, findings that lead to lines, verification, card."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QObject, QPoint, QPointF, Qt
from PySide6.QtGui import QAccessible, QGuiApplication, QImage, QWheelEvent
from PySide6.QtWidgets import QApplication, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from app.library.result import read_result
from app.report.theme import DARK, LIGHT
from app.window.parts.tree_items import children, top_items
from app.window.result.result_view import ResultView
from pipeline.records.journal import open_run
from scoring.report import CompileDiagnostic, CompileResult

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")  # the offscreen platform has none

VERIFY_MS = 120_000


@pytest.fixture
def view(qtbot: QtBot, whole_run: Path) -> ResultView:
    """Show the golden todo project with a result."""
    made = ResultView(LIGHT)
    qtbot.addWidget(made)
    made.resize(1000, 700)
    made.show()
    folder = open_run(whole_run)
    result = read_result(folder)
    assert result is not None
    made.show_result(folder, result)
    return made


def test_the_overview_says_what_the_result_says(view: ResultView) -> None:
    assert view.overview.head.accessibleName() == "Score 83.6 of 100"
    assert "grade B" in view.overview.head.accessibleDescription()
    assert "Tests 14.2 / 20" in view.overview.bars.accessibleDescription()
    assert view.overview.ladder.accessibleDescription().startswith("First try: 5 of 5")
    assert "Analysis: 30000 in, 8350 out" in view.overview.tokens.accessibleDescription()


def test_the_overview_says_how_many_answers_did_not_end_by_themselves(
    view: ResultView, whole_run: Path
) -> None:
    folder = open_run(whole_run)
    result = read_result(folder)
    assert result is not None
    totals = result.totals.model_copy(update={"looped": 3, "cut": 2})
    view.show_result(folder, result.model_copy(update={"totals": totals}))
    words = [each.text() for each in view.overview.findChildren(type(view.lost.note))]
    (level,) = (text for text in words if text.startswith("This run"))
    assert "none dropped, 3 looped, 2 cut." in level


def test_published_costs_stand_beside_ours_with_their_date(view: ResultView) -> None:
    words = [each.text() for each in view.overview.findChildren(type(view.lost.note))]
    (reference,) = (text for text in words if text.startswith("AutoBe"))
    for part in ("20.6 M tokens in", "726 k out", "690 calls", "2026-04-08", "111 times"):
        assert part in reference.replace("\u2009", " ")


def test_requirements_are_rendered_and_their_chapters_lead_there(view: ResultView) -> None:
    view.show_tab("Requirements")
    page = view.requirements
    titles = [page.headings.item(row).text().strip() for row in range(page.headings.count())]
    assert titles[:2] == ["1. Actors", "2. Entities"]
    assert "<sub>" not in page.document.toPlainText()
    page.headings.setCurrentRow(titles.index("4. Rules"))
    assert page.document.textCursor().block().text() == "4. Rules"


def test_the_diagram_zooms_and_fits(view: ResultView) -> None:
    view.show_tab("Database")
    picture = view.database.diagram.picture
    QApplication.processEvents()
    fitted = picture.scale_factor
    assert 0 < fitted <= 1
    turn = QWheelEvent(
        QPointF(50, 50), picture.mapToGlobal(QPointF(50, 50)), QPoint(), QPoint(0, 240),
        Qt.MouseButton.NoButton, Qt.KeyboardModifier.ControlModifier, Qt.ScrollPhase.NoScrollPhase,
        False,
    )  # fmt: skip
    picture.wheelEvent(turn)
    assert picture.scale_factor == pytest.approx(fitted * 1.25**2)
    for _ in range(40):
        picture.zoom(2)
    assert picture.scale_factor == pytest.approx(8)
    picture.fit()
    assert picture.scale_factor == pytest.approx(fitted)


def test_a_missing_diagram_is_told(view: ResultView, tmp_path: Path) -> None:
    view.database.diagram.show_file(tmp_path / "none.svg")
    (tmp_path / "bad.svg").write_text("no picture")
    words = [each.text() for each in view.database.diagram.findChildren(type(view.lost.note))]
    assert "The diagram was not made." in words


def test_the_api_is_a_tree_with_details(view: ResultView) -> None:
    view.show_tab("API")
    tree = view.api.tree
    view.api.search.setText("complete")
    shown = [
        child.text(1)
        for group in top_items(tree)
        if not group.isHidden()
        for child in children(group)
        if not child.isHidden()
    ]
    assert shown == ["/todos/{todoId}/complete"]
    item = tree.findItems("todos", Qt.MatchFlag.MatchExactly)[0]
    complete = next(child for child in children(item) if not child.isHidden())
    tree.setCurrentItem(complete)
    details = view.api.details.toPlainText()
    assert "POST /todos/{todoId}/complete" in details
    assert "409" in details
    assert "todoId" in details


def test_a_finding_leads_to_its_line(view: ResultView, qtbot: QtBot, whole_run: Path) -> None:
    (whole_run / "artifacts/src/todo.service.ts").write_text("\n" * 60)
    view.code.show_project(whole_run / "artifacts")
    view.show_tab("Findings")
    finding = next(children(next(top_items(view.lost.tree))))
    assert [finding.text(column) for column in range(5)] == [
        "-1.5",
        "requirements.rules",
        "src/todo.service.ts:42",
        "the owner <is> checked",
        "no condition on member_id",
    ]
    view.lost.tree.setCurrentItem(finding)
    qtbot.mouseClick(view.lost.open_button, Qt.MouseButton.LeftButton)
    assert view.code.code.isVisible()
    assert view.code.code.editor.marked_line() == 42
    assert view.code.code.editor.textCursor().blockNumber() == 41
    current = view.code.files.currentItem()
    assert current is not None
    assert current.text(0) == "todo.service.ts"


def test_a_finding_without_its_file_stays_and_says_so(view: ResultView) -> None:
    view.show_tab("Findings")
    view.show_place("src/gone.ts", 3)
    assert view.lost.tree.isVisible()
    assert view.lost.note.text() == "The project has no file src/gone.ts."


def test_findings_are_filtered(view: ResultView) -> None:
    view.lost.search.setText("sdk.rules")
    heads = top_items(view.lost.tree)
    assert [head.text(1) for head in heads if not head.isHidden()] == ["SDK, 9 / 10"]


def test_type_errors_stand_before_the_findings(view: ResultView, whole_run: Path) -> None:
    result = read_result(open_run(whole_run))
    assert result is not None
    assert result.score is not None
    error = CompileDiagnostic(
        file="src/main.ts", line=3, code=2322, message="no", environment=False
    )
    compiled = CompileResult(units=10, failed=1, diagnostics=(error,), missing_packages=())
    view.lost.show_score(result.score.model_copy(update={"compile": compiled}))
    head = next(top_items(view.lost.tree))
    assert (head.text(1), next(children(head)).text(2)) == ("Type errors, 1", "src/main.ts:3")


def test_text_is_found_in_a_file(view: ResultView) -> None:
    view.show_tab("Code")
    code = view.code.code
    code.show_text("a.ts", "one\ntwo\none\n")
    code.search.setText("one")
    assert code.editor.textCursor().blockNumber() == 0
    assert code.find_next()
    assert code.editor.textCursor().blockNumber() == 2
    assert code.find_next()
    assert code.editor.textCursor().blockNumber() == 0
    code.search.setText("three")
    assert not code.find_next()


def test_the_tests_are_run_with_a_live_log(view: ResultView, qtbot: QtBot) -> None:
    view.show_tab("Verify")
    lines: list[int] = []
    view.verify.process.readyReadStandardOutput.connect(
        lambda: lines.append(view.verify.log.blockCount())
    )
    with qtbot.waitSignal(view.verify.process.finished, timeout=VERIFY_MS):
        qtbot.mouseClick(view.verify.start_button, Qt.MouseButton.LeftButton)
        assert not view.verify.start_button.isEnabled()
    assert view.verify.outcome.text() == "All tests passed"
    assert view.verify.counts.text().startswith("The backend booted and passed")
    assert "ok   todo_is_created_open_and_normal" in view.verify.log.toPlainText()
    assert len(set(lines)) > 2, "the log grew while the tests ran"
    assert view.verify.start_button.isEnabled()


def test_tests_that_run_are_stopped(view: ResultView, qtbot: QtBot) -> None:
    view.show_tab("Verify")
    with qtbot.waitSignal(view.verify.process.started):
        view.verify.start()
    with qtbot.waitSignal(view.verify.process.finished, timeout=VERIFY_MS):
        qtbot.mouseClick(view.verify.stop_button, Qt.MouseButton.LeftButton)
    assert view.verify.outcome.text() == "Stopped"
    view.verify.start()
    view.close_process()
    assert not view.verify.is_running()


def test_a_project_without_tests_can_not_be_verified(view: ResultView, tmp_path: Path) -> None:
    view.verify.show_project(tmp_path)
    assert not view.verify.start_button.isEnabled()


def test_the_card_is_copied_and_exported_in_the_chosen_look(
    view: ResultView, tmp_path: Path, qtbot: QtBot
) -> None:
    view.show_tab("Card")
    page = view.card_page
    assert page.view.accessibleName() == "Card of Qwen3 30B A3B Instruct 2507, todo"
    page.copy_picture()
    clipboard = QGuiApplication.clipboard()
    assert clipboard.image().width() == 2400
    page.copy_markdown()
    assert clipboard.text().startswith("### Qwen3 30B")
    page.set_theme(DARK)
    assert page.export_to(tmp_path / "card.png")
    image = QImage(str(tmp_path / "card.png"))
    assert image.pixelColor(5, 5).name() == DARK.ground.lower()
    assert not page.export_to(tmp_path / "card.docx")
    assert "use one of" in page.note.text()


def focusable(widget: QWidget) -> list[QWidget]:
    return [
        child
        for child in widget.findChildren(QWidget)
        if child.focusPolicy() & Qt.FocusPolicy.TabFocus and child.isVisible()
        and child.isEnabled() and child.focusProxy() is None
    ]  # fmt: skip


def stop(widget: QWidget) -> QObject:
    """Return what Tab stops at: the widget, or the group in which the arrow keys continue."""
    return (widget.group() if isinstance(widget, QPushButton) else None) or widget


def test_what_has_the_focus_has_a_name(view: ResultView) -> None:
    for title in ("Overview", "Requirements", "Database", "API", "Code", "Findings", "Verify",
                  "Card"):  # fmt: skip
        view.show_tab(title)
        QApplication.processEvents()
        for widget in focusable(view):
            reader = QAccessible.queryAccessibleInterface(widget)
            name = reader.text(QAccessible.Text.Name)
            assert name, f"{title}: {type(widget).__name__} {widget.objectName()}"


def test_the_keyboard_reaches_everything(view: ResultView, qtbot: QtBot) -> None:
    view.activateWindow()
    for title in ("Database", "API", "Code", "Findings", "Card"):
        view.show_tab(title)
        QApplication.processEvents()
        view.tabs.tabBar().setFocus()
        wanted = {stop(each) for each in focusable(view)}
        reached: set[QObject] = set()
        for _ in range(3 * len(wanted) + 3):
            view.focusNextChild()
            now = QApplication.focusWidget()
            if now is not None:
                reached.add(stop(now))
        assert wanted <= reached, (title, [type(each).__name__ for each in wanted - reached])


def test_everything_follows_the_theme(view: ResultView) -> None:
    view.set_theme(DARK)
    assert view.overview.bars.theme is DARK
    assert view.card_page.view.theme is DARK
    assert view.code.code.editor.theme is DARK


def test_a_run_without_artifacts_or_score_is_shown(qtbot: QtBot, finished_run: Path) -> None:
    folder = open_run(finished_run)
    result = read_result(folder)
    assert result is not None
    bare = result.model_copy(update={"score": None, "outcome": "failed", "sentence": "No memory."})
    made = ResultView(LIGHT)
    qtbot.addWidget(made)
    made.show_result(folder, bare)
    assert made.overview.head.accessibleName() == "No score"
    assert made.lost.note.text() == "This run has no score."
    assert made.api.tree.topLevelItemCount() == 0
