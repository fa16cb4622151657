"""A comparison in the terminal: standings, differences, groups, notes."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table

from app.library.selection import Report
from app.report import numbers
from app.report.card import AXIS_TITLES
from app.report.comparison import interval_text, share_text, signed_interval, size_text


def print_report(console: Console, report: Report) -> None:
    """Print a comparison."""
    table = Table(box=None, header_style="dim", pad_edge=False)
    table.add_column("Model", overflow="fold")
    for head in ("Score", "95 % interval", "n", *AXIS_TITLES.values()):
        table.add_column(head, justify="right", no_wrap=True)
    for each in report.comparison.standings:
        table.add_row(
            each.contestant,
            numbers.points(each.score.mean),
            interval_text(each.score),
            size_text(each.score),
            *(share_text(each.axes.get(axis)) for axis in AXIS_TITLES),
        )
    console.print(table)
    console.print()
    for each in report.comparison.differences:
        found = each.difference
        reach = f"  [{signed_interval(found)}]" if found is not None else ""
        console.print(f"{each.sentence}{reach}", highlight=False, markup=False)
    for group in report.comparison.groups:
        console.print(f"Can't be separated: {', '.join(group)}.", highlight=False, markup=False)
    console.print(f"\n{report.comparison.method}", style="dim", highlight=False)
    for note in report.notes:
        console.print(f"{note}.", style="yellow", highlight=False)
    for each in report.left_out:
        console.print(f"{each.run} does not count: {each.reason}.", style="yellow", markup=False)
