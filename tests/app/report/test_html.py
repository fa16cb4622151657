"""The page and the terminal's card of a score."""

from __future__ import annotations

import io
from html.parser import HTMLParser
from pathlib import Path

import pytest
from rich.console import Console

from app.cli.terminal import print_scorecard
from app.report.html import score_page
from app.report.theme import LIGHT
from scoring.loading import load_brief
from scoring.project.folder import read_folder
from scoring.report import Missing, Scorecard
from tests.scoring.texts import score_texts

FOREIGN = Path(__file__).parents[2] / "scoring/foreign"


@pytest.fixture(scope="module")
def score() -> Scorecard:
    return score_texts(read_folder(FOREIGN / "classic").texts, load_brief("todo"))


class Balance(HTMLParser):
    """Counts open tags, and notes addresses that a page would load something from."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.addresses: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in ("meta",):
            self.open.append(tag)
        self.addresses += [value or "" for name, value in attrs if name in ("src", "href")]

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_the_page_shows_every_check_and_finding(score: Scorecard) -> None:
    page = score_page(score, "classic <1>", LIGHT)
    parser = Balance()
    parser.feed(page)
    assert parser.open == []
    assert parser.addresses == []
    assert "classic &lt;1&gt;" in page
    for axis in score.axes.values():
        for check in axis.checks:
            assert f"<code>{check.id}</code>" in page
    findings = sum(len(axis.findings) for axis in score.axes.values())
    assert page.count('<td class="points">') == findings
    assert "src/lists/lists.controller.ts:42" in page


def test_the_page_says_what_is_missing(score: Scorecard) -> None:
    missing = (Missing(what="compile", reason="no compiler"),)
    lacking = score.model_copy(update={"score": None, "grade": None, "missing": missing})
    page = score_page(lacking, "classic", LIGHT)
    assert "Not scored" in page
    assert "no compiler" in page


def test_the_card_in_the_terminal_names_what_cost_most(score: Scorecard) -> None:
    out = io.StringIO()
    print_scorecard(Console(file=out, width=90), score, "classic · todo")
    lines = out.getvalue().splitlines()
    assert "classic · todo" in lines[0]
    assert any("/ 100" in line and "grade" in line for line in lines)
    (tests,) = [line for line in lines if line.strip("│ ").startswith("Tests")]
    assert "tests.rules" in tests
    assert all(len(line) <= 90 for line in lines)
