"""Reports as one HTML file each, which loads nothing from anywhere: a run's result, or a score."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import resources
from app.library.result import Result
from app.report import numbers
from app.report.card import (
    AXIS_TITLES,
    NO_BRIEF,
    WRITE_ONE,
    anchors,
    axis_label,
    bars_of,
    card_of,
    compile_share,
    coverage,
    headline,
    ungated,
)
from app.report.figure import Figure
from app.report.theme import Theme
from scoring.report import NEEDS_BRIEF, Scorecard

if TYPE_CHECKING:
    from jinja2 import Environment

TEMPLATES = Path(resources.__file__).parent / "reports"


def result_page(
    result: Result, theme: Theme, card_svg: bytes, figures: Sequence[Figure] = ()
) -> str:
    """Return the page of a run: its card, its figures, then every lost point with its finding."""
    return (
        _templates()
        .get_template("result.html")
        .render(
            card=card_of(result),
            card_svg=card_svg,
            figures=figures,
            score=result.score,
            theme=theme,
        )
    )


def score_page(score: Scorecard, title: str, theme: Theme) -> str:
    """Return the page of a scorecard: the axes, each check and what it looked at, lost points."""
    facts = (
        f"held to {score.brief.name}" if score.brief else "",
        f"compile share {compile_share(score)}",
        f"{ungated(score)} ungated" if score.brief else "",
        coverage(score),
        anchors(score),
        f"rubric {score.rubric.id}, version {score.rubric.version}",
    )
    errors = score.compile.diagnostics if score.compile else ()
    return (
        _templates()
        .get_template("score.html")
        .render(
            title=title,
            headline=headline(score),
            without_brief=f"{NO_BRIEF} {WRITE_ONE}" if score.well_formed else "",
            bars=bars_of(score),
            score=score,
            missing=[each for each in score.missing if each.reason != NEEDS_BRIEF],
            facts=[fact for fact in facts if fact],
            errors=[error for error in errors if not error.environment],
            theme=theme,
        )
    )


@functools.cache
def _templates() -> Environment:
    """Set Jinja2 up so that every text is escaped but the drawings, which are ours."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {
        "axis_label": axis_label,
        "drawing": _drawing,
        "points": numbers.points,
        "small_points": numbers.small_points,
    }
    made.globals |= {"axis_titles": AXIS_TITLES, "not_measured": numbers.NOT_MEASURED}
    return made


def _drawing(svg: bytes) -> str:
    """Return the drawing of an SVG file, to stand inside a page."""
    from markupsafe import Markup

    text = svg.decode()
    return Markup(text[text.index("<svg") :])  # noqa: S704 - painted by us, its texts escaped
