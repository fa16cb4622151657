"""A request that has no brief: what stands for its score, everywhere, and how it gets one."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot
from rich.console import Console

from app.cli.commands import run_command_line
from app.cli.terminal import print_findings, print_scorecard, print_summary, view_for
from app.library.index import RunIndex
from app.library.kept_artifacts import BRIEF, keep_score, kept_artifacts
from app.library.result import Result, read_result
from app.library.runs import RunEntry, read_entry
from app.library.selection import CompareError, compare_runs
from app.report import numbers
from app.report.card import NO_BRIEF, WRITE_ONE, card_of
from app.report.figures import figures_of
from app.report.html import result_page, score_page
from app.report.markdown import forum_block
from app.report.theme import LIGHT
from app.window.history.table import COLUMNS, SCORE
from app.window.queue.queue import QueueItem
from app.window.queue.queue_list import status_of
from app.window.result.result_view import ResultView
from app.work.order import Order
from pipeline.records.events import Scored
from pipeline.records.journal import open_run
from scoring.loading import brief_source
from scoring.report import BriefRef
from tests.app.conftest import scorecard, unbriefed

GRADE = "grade"


def result_of(run: Path) -> Result:
    result = read_result(open_run(run))
    assert result is not None
    return result


def paper() -> tuple[Console, io.StringIO]:
    out = io.StringIO()
    return Console(file=out, width=140, _environ={}), out


def test_a_card_says_well_formed_and_why(run_without_brief: Path) -> None:
    card = card_of(result_of(run_without_brief))
    assert (card.score, card.grade, card.well_formed) == (None, None, "well-formed 87")
    assert card.score_words == card.instead == "Well-formed 87"
    assert (card.under_score, card.advice) == (NO_BRIEF, WRITE_ONE)
    assert card.notes == ("compile share 100\u2009%  ·  single run, no interval",)
    assert [axis.title for axis in card.axes] == [
        "Requirements", "Rules", "Names", "Bounds", "Conditions", "Tests",
    ]  # fmt: skip
    assert {axis.label for axis in card.axes} == {"9 / 10"}


def test_pages_show_what_is_odd_and_no_points(run_without_brief: Path) -> None:
    result = result_of(run_without_brief)
    pages = (
        forum_block(result),
        result_page(result, LIGHT, b"<svg></svg>"),
        score_page(unbriefed(), "shop", LIGHT),
    )
    for page in pages:
        assert "well-formed 87" in page.lower()
        assert GRADE not in page.lower()
        assert "83.6" not in page
    for page in pages[1:]:
        assert "B-1.2 is no &lt;sentence&gt;" in page
        assert 'class="points"' not in page
    assert [drawn.title for drawn in figures_of(result, (), LIGHT)] == ["Tokens of each stage"]


def test_a_terminal_says_the_same(run_without_brief: Path) -> None:
    console, out = paper()
    print_summary(console, result_of(run_without_brief), run_without_brief, None)
    print_scorecard(console, unbriefed(), "shop")
    print_findings(console, unbriefed())
    text = out.getvalue()
    assert text.count("Well-formed 87") == text.count(f"{NO_BRIEF} {WRITE_ONE}") == 2
    assert "docs/a.md:12  B-1.2 is no <sentence>" in text
    assert GRADE not in text
    assert "ungated" not in text


def test_a_log_says_the_same() -> None:
    console, out = paper()
    with view_for(console) as view:
        view.show(Scored(score=None, grade=None, well_formed=87.4))
        view.show(Scored(score=None, grade=None))
    assert out.getvalue().splitlines() == [
        f"Well-formed 87. {NO_BRIEF}",
        "The project has no score; score.json says what is missing",
    ]


def test_totals_in_words() -> None:
    assert numbers.total(83.6, None) == "83.6 of 100"
    assert numbers.total(None, 99.6) == "well-formed 100"
    assert numbers.total(None, None) == ""


def test_the_list_of_runs_sorts_it_below_every_score(run_without_brief: Path) -> None:
    (entry,) = RunIndex(run_without_brief.parent).entries()
    assert RunIndex(run_without_brief.parent).entries() == (entry,)
    assert (entry.score, entry.grade, entry.well_formed) == (None, None, 87.4)
    assert not entry.comparable
    column = COLUMNS[SCORE]
    assert (column.text(entry), column.key(entry)) == ("well-formed 87", -1.0)
    assert column.text(RunEntry(entry.path, "failed", "todo", "", None, None)) == "–"  # noqa: RUF001


def test_the_queue_says_it_too(run_without_brief: Path) -> None:
    order = Order(request="own.txt", model=Path("m"), run="r", out=run_without_brief)
    item = QueueItem(order, "A shop", "m", "finished", well_formed=87.4)
    assert status_of(item, None) == "well-formed 87"


def test_the_window_shows_what_is_odd(qtbot: QtBot, run_without_brief: Path) -> None:
    view = ResultView(LIGHT)
    qtbot.addWidget(view)
    view.show_result(open_run(run_without_brief), result_of(run_without_brief))
    head = view.overview.head
    assert head.accessibleName() == "Well-formed 87"
    assert head.accessibleDescription() == f"{NO_BRIEF} {WRITE_ONE}"
    assert not head.grab().isNull()
    assert view.lost.note.text() == f"{NO_BRIEF} {WRITE_ONE}"
    heads = [view.lost.tree.topLevelItem(row) for row in range(view.lost.tree.topLevelItemCount())]
    assert [item.text(1) for item in heads if item][:2] == [
        "Requirements, 9 of 10",
        "Rules, 9 of 10",
    ]
    rules = heads[1]
    assert rules is not None
    odd = rules.child(0)
    assert odd is not None
    assert [odd.text(column) for column in (0, 2, 4)] == [
        "",
        "docs/a.md:12",
        "B-1.2 is no <sentence>",
    ]


def test_it_is_not_compared(run_without_brief: Path) -> None:
    with pytest.raises(CompareError, match="no brief says what its request demands"):
        compare_runs([run_without_brief])


def test_a_brief_that_is_written_later_gives_the_run_its_score(
    run_without_brief: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    brief = tmp_path / "mine.toml"
    brief.write_bytes(brief_source("todo"))
    command = ["score", str(run_without_brief)]
    assert run_command_line([*command, "--brief", str(brief)]) == 0
    assert f"The run {run_without_brief} keeps this score" in capsys.readouterr().out
    result = result_of(run_without_brief)
    assert result.brief == "todo"
    assert result.score is not None
    assert result.score.score is not None
    assert (run_without_brief / "score.json").read_text() == result.score.canonical_json()
    entry = read_entry(run_without_brief)
    assert (entry.score, entry.grade) == (result.score.score, result.score.grade)
    assert card_of(result).score is not None
    assert open_run(run_without_brief).spec.brief is None
    brief.unlink()
    assert kept_artifacts(run_without_brief).brief == str(run_without_brief / BRIEF)
    assert run_command_line([*command, "--json"]) == 0
    assert capsys.readouterr().out == result.score.canonical_json()


def test_a_run_that_had_a_brief_keeps_its_score(finished_run: Path) -> None:
    before = result_of(finished_run)
    assert not keep_score(finished_run, "todo", scorecard())
    assert result_of(finished_run) == before


def test_runs_that_different_briefs_scored_are_not_compared(runs: Path) -> None:
    paths = sorted(runs.iterdir())
    result = result_of(paths[0])
    assert result.score is not None
    changes = {"brief": BriefRef(name="todo", sha256="7" * 64)}
    other = result.score.model_copy(update=changes)
    open_run(paths[0]).write_result(result.model_copy(update={"score": other}))
    left = compare_runs([*paths[1:], paths[0]]).left_out
    assert [each.run for each in left] == [paths[0].name]
    assert "another brief" in left[0].reason
