"""A ladder in the terminal: a table of levels and stages."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table

from pipeline.english import counted
from pipeline.run.ladder import Ladder, Rung, Share


def print_ladder(console: Console, ladder: Ladder) -> None:
    """Print a table of levels and stages, and what could not be done."""
    stages = list(dict.fromkeys(rung.stage for rung in ladder.rungs if rung.stage))
    table = Table(box=None, pad_edge=False)
    table.add_column("level")
    for number in range(ladder.options.feedback + 1):
        table.add_column("first try" if number == 0 else f"+{number} feedback", justify="right")
    for stage in stages:
        table.add_column(stage, justify="right")
    by_place = {(rung.level, rung.stage): rung for rung in ladder.rungs}
    for level in dict.fromkeys(rung.level for rung in ladder.rungs):
        whole = by_place[level, None]
        parts = [by_place.get((level, stage)) for stage in stages]
        shares = [_with_interval(share) for share in whole.by_round]
        table.add_row(level, *shares, *(_plain(part) for part in parts))
    console.print(table)
    forms = max((rung.by_round[0].forms for rung in ladder.rungs if rung.stage is None), default=0)
    console.print(
        f"Share of {counted(forms, 'form')} that {'is' if forms == 1 else 'are'} valid, with its "
        f"95 % interval; by stage after {counted(ladder.options.feedback, 'round')} of feedback."
    )
    for level, why in ladder.refused.items():
        console.print(f"{level}: {why}")


def _with_interval(share: Share) -> str:
    return f"{share.share:.1%} ({share.low:.1%} to {share.high:.1%})"


def _plain(rung: Rung | None) -> str:
    if rung is None:
        return "-"
    last = rung.by_round[-1]
    return f"{last.valid}/{last.forms}"
