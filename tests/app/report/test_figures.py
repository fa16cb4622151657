"""The figures of the report: what was measured is drawn in the theme's colours, nothing else."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

from app.library.result import Result, read_result
from app.report.export import export_card
from app.report.figures import figures_of
from app.report.theme import DARK, THEMES, Theme
from pipeline.records.calls import Counts
from pipeline.records.events import MemorySampled
from pipeline.records.journal import open_run


def memory(*gigabytes: float) -> list[MemorySampled]:
    return [
        MemorySampled(
            t_s=float(second),
            rss_bytes=int(size * 1e9),
            peak_bytes=int(max(gigabytes) * 1e9),
            system_used_bytes=int((size + 5) * 1e9),
            system_total_bytes=64 * 10**9,
        )
        for second, size in enumerate(gigabytes)
    ]


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
def test_all_three_are_drawn(result: Result, theme: Theme) -> None:
    figures = figures_of(result, memory(1, 4, 3), theme)
    assert [figure.title for figure in figures] == [
        "Points of each axis",
        "Tokens of each stage",
        "Memory over time",
    ]
    assert "Tests 14.2 / 20" in figures[0].words
    assert "Analysis: 30000 in, 8350 out" in figures[1].words
    assert "4.00 GB" in figures[2].words
    for figure in figures:
        assert ElementTree.fromstring(figure.svg).tag.endswith("svg")
        assert theme.accent.lower() in figure.svg.decode().lower()


def test_what_was_not_measured_is_not_drawn(result: Result) -> None:
    bare = result.model_copy(update={"score": None, "stages": (), "totals": Counts()})
    assert figures_of(bare, memory(1), DARK) == ()


def test_the_same_run_gives_the_same_bytes(result: Result) -> None:
    assert figures_of(result, memory(1, 2), DARK) == figures_of(result, memory(1, 2), DARK)


@pytest.mark.usefixtures("qapp")
def test_the_report_holds_them_and_loads_nothing(finished_run: Path, tmp_path: Path) -> None:
    folder = open_run(finished_run)
    result = read_result(folder)
    assert result is not None
    export_card(result, tmp_path / "report.html", DARK, folder=folder)
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert page.count("<figure") == 2, "one sample of memory makes no curve"
    assert re.findall(r"(?:src|href)=\"(?!#)[^\"]*|url\((?!#)", page) == []
    assert "<metadata" not in page
