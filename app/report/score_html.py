"""A score as one HTML file: the axes, each check and what it looked at, every lost point."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from app.report import numbers
from app.report.card import AXIS_TITLES, axis_label, compile_share, coverage, ungated
from app.report.html import STYLE, section
from app.report.numbers import NOT_MEASURED
from app.report.theme import Theme

SCORE_STYLE = """
h1 {{ font-size: 40px; margin: 0; }}
h1 small {{ font-size: 20px; font-weight: 400; color: {muted}; }}
.bar {{ width: 240px; height: 10px; border-radius: 5px; background: {line}; }}
.bar div {{ height: 10px; border-radius: 5px; background: {accent}; }}
td.number {{ text-align: right; white-space: nowrap; }}
"""


def score_page(score: Mapping[str, Any], title: str, theme: Theme) -> str:
    """Write the page of a scorecard (as `score --json` has it); it loads nothing from anywhere."""
    colours = {name: str(value) for name, value in vars(theme).items()}
    total = score["score"]
    head = "Not scored" if total is None else f"{numbers.points(total)} / 100"
    grade = f" grade {escape(score['grade'])}" if score["grade"] is not None else ""
    brief = score["brief"]["name"] if score["brief"] is not None else "its own documents"
    facts = [
        f"held to {brief}",
        f"compile share {compile_share(score)}",
        f"{ungated(score)} ungated",
        coverage(score),
        f"rubric {score['rubric']['id']}, version {score['rubric']['version']}",
    ]
    sections = "".join(section(name, score["axes"][key]) for key, name in AXIS_TITLES.items())
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f"<title>{escape(f'Sixfold: {title}')}</title>\n"
        f"<style>{(STYLE + SCORE_STYLE).format(**colours)}</style>\n</head>\n<body>\n<main>\n"
        f"<p>{escape(title)}</p>\n<h1>{escape(head)} <small>{grade}</small></h1>\n"
        f"<p>{escape(', '.join(fact for fact in facts if fact))}</p>\n"
        f"{_axes(score)}{_checks(score)}{_notes('Not measured', score['missing'])}"
        f"{_compile(score)}{sections}{_notes('Files that were not read', score['notes'])}"
        "</main>\n</body>\n</html>\n"
    )


def _axes(score: Mapping[str, Any]) -> str:
    rows = ""
    for key, title in AXIS_TITLES.items():
        axis = score["axes"][key]
        share = axis["points"] / axis["max"] if axis["points"] is not None else 0.0
        rows += (
            f"<tr><td>{title}</td>"
            f'<td><div class="bar"><div style="width: {100 * share:.1f}%"></div></div></td>'
            f'<td class="number">{escape(axis_label(axis))}</td></tr>\n'
        )
    return f"<table>\n{rows}</table>\n"


def _checks(score: Mapping[str, Any]) -> str:
    rows = ""
    for key in AXIS_TITLES:
        for check in score["axes"][key]["checks"]:
            points = (
                NOT_MEASURED
                if check["points"] is None
                else f"{numbers.points(check['points'])} / {check['max']}"
            )
            seen = f"{check['right']} of {check['looked_at']}" if check["looked_at"] else ""
            rows += (
                f"<tr><td><code>{escape(check['id'])}</code></td><td>{escape(check['title'])}</td>"
                f'<td class="number">{points}</td><td class="number">{seen}</td></tr>\n'
            )
    head = "<tr><th>Check</th><th>Asks for</th><th>Points</th><th>Right</th></tr>"
    return f"<h2>Checks</h2>\n<table><thead>{head}</thead>\n<tbody>\n{rows}</tbody></table>\n"


def _notes(title: str, notes: Sequence[Mapping[str, Any]]) -> str:
    if not notes:
        return ""
    rows = "".join(
        f"<tr><td><code>{escape(note['what'])}</code></td><td>{escape(note['reason'])}</td></tr>\n"
        for note in notes
    )
    return f"<h2>{title}</h2>\n<table>\n{rows}</table>\n"


def _compile(score: Mapping[str, Any]) -> str:
    compiled = score["compile"]
    errors = [] if compiled is None else compiled["diagnostics"]
    own = [error for error in errors if not error["environment"]]
    rows = "".join(
        f"<tr><td><code>{escape(error['file'])}:{error['line']}</code></td>"
        f"<td>TS{error['code']}</td><td>{escape(error['message'])}</td></tr>\n"
        for error in own
    )
    return f"<h2>Type errors</h2>\n<table>\n{rows}</table>\n" if rows else ""
