"""A run's result as one HTML file: the card, then every lost point with its finding."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from app.report import numbers
from app.report.card import AXIS_TITLES, axis_label, card_of
from app.report.figure import Figure
from app.report.theme import Theme
from pipeline.records.records import Result

STYLE = """
body {{ margin: 0; background: {ground}; color: {ink};
  font: 16px/1.5 Inter, system-ui, sans-serif; font-variant-numeric: tabular-nums; }}
main {{ max-width: 1200px; margin: 0 auto; padding: 24px; }}
svg {{ width: 100%; height: auto; border: 1px solid {line}; border-radius: 12px; }}
.figures {{ display: grid; grid-template-columns: repeat(auto-fit, minmax(340px, 1fr));
  gap: 24px; margin-top: 32px; }}
figure {{ margin: 0; }}
figcaption {{ color: {muted}; font-size: 14px; }}
h2 {{ margin: 40px 0 8px; font-size: 20px; }}
h2 small {{ color: {muted}; font-weight: 400; }}
table {{ width: 100%; border-collapse: collapse; font-size: 14px; }}
th {{ text-align: left; color: {muted}; font-weight: 500; }}
th, td {{ padding: 6px 12px 6px 0; border-bottom: 1px solid {line}; vertical-align: top; }}
td.points {{ color: {danger}; white-space: nowrap; }}
code {{ font-size: 13px; }}
"""


def html_page(result: Result, theme: Theme, card_svg: bytes, figures: Sequence[Figure] = ()) -> str:
    """Write the page; it loads nothing from anywhere."""
    card = card_of(result)
    colours = {name: str(value) for name, value in vars(theme).items()}
    axes: Mapping[str, Any] = result.score["axes"] if result.score else {}
    sections = "".join(
        section(title, axes[name]) for name, title in AXIS_TITLES.items() if name in axes
    )
    title = escape(f"Sixfold: {card.model}, {card.request}")
    label = escape(f"{card.model}, {card.request}: {card.score or 'no score'} of 100 points")
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f"<title>{title}</title>\n<style>{STYLE.format(**colours)}</style>\n</head>\n<body>\n"
        f'<main>\n<div role="img" aria-label="{label}">\n{inline(card_svg)}</div>\n'
        f'<div class="figures">{_figures(figures)}</div>\n'
        f"{sections}\n<p>{escape(card.provenance)}</p>\n</main>\n</body>\n</html>\n"
    )


def inline(svg: bytes) -> str:
    """Take the drawing out of an SVG file, to stand inside a page."""
    text = svg.decode()
    return text[text.index("<svg") :]


def _figures(figures: Sequence[Figure]) -> str:
    return "".join(
        f'<figure role="img" aria-label="{escape(figure.words)}">\n{inline(figure.svg)}'
        f"<figcaption>{escape(figure.title)}</figcaption></figure>\n"
        for figure in figures
    )


def section(title: str, axis: Mapping[str, Any]) -> str:
    """Write an axis: its points, then its findings, the most expensive first."""
    findings: Sequence[Mapping[str, Any]] = axis["findings"]
    points = axis_label(axis)
    rows = "".join(
        "<tr>"
        f'<td class="points">&minus;{numbers.small_points(finding["points"])}</td>'
        f"<td>{escape(finding['check'])}</td>"
        f"<td><code>{escape(_place(finding))}</code></td>"
        f"<td>{escape(str(finding['expected']))}</td>"
        f"<td>{escape(str(finding['found']))}</td>"
        "</tr>\n"
        for finding in findings
    )
    table = (
        "<table><thead><tr><th>Lost</th><th>Check</th><th>Where</th><th>Expected</th>"
        f"<th>Found</th></tr></thead>\n<tbody>\n{rows}</tbody></table>\n"
        if findings
        else "<p>No point lost.</p>\n"
        if axis["points"] is not None
        else ""
    )
    return f"<h2>{title} <small>{points}</small></h2>\n{table}"


def _place(finding: Mapping[str, Any]) -> str:
    if not finding["file"]:
        return ""
    return f"{finding['file']}:{finding['line']}" if finding["line"] else str(finding["file"])
