"""Planted defects: one edit each on a project that is right, and what it costs.

They show that no axis is a constant: each defect lowers its own check, and hardly anything else.
The table of them in `docs/rubric.md` is written by `benchmarks/defects.py`.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from scoring.report import AXIS_NAMES, AxisName, Scorecard

TABLE_START = "<!-- defects: made by benchmarks/defects.py -->"
TABLE_END = "<!-- end of defects -->"
_HEAD = "| defect | in | check | its axis | other axes |\n| --- | --- | --- | ---: | --- |\n"


class PlantError(Exception):
    """A defect's edit fits nowhere in the project."""


@dataclass(frozen=True)
class Defect:
    """One edit: in the files like `file`, the first matches of `pattern` become `replacement`."""

    name: str
    check: str
    file: str
    pattern: str
    replacement: str
    count: int = 1
    project: str = "todo"
    """The golden project that it is planted in."""

    @property
    def axis(self) -> AxisName:
        """Return the axis that the defect must lower."""
        return next(name for name in AXIS_NAMES if self.check.startswith(f"{name}."))


def load_defects(path: Path) -> tuple[Defect, ...]:
    """Read the list of defects, a TOML file with a table `defects`."""
    raw = tomllib.loads(path.read_text(encoding="utf-8"))
    return tuple(Defect(**each) for each in raw["defects"])


def plant(texts: Mapping[str, str], defect: Defect) -> dict[str, str]:
    """Return the project's texts with the defect in them; raises PlantError if it fits nowhere."""
    spoiled = dict(texts)
    wanted = _glob(defect.file)
    hits = 0
    for path in sorted(texts):
        if wanted.fullmatch(path):
            spoiled[path], found = re.subn(
                defect.pattern, defect.replacement, texts[path], count=defect.count
            )
            hits += found
    if not hits:
        raise PlantError(
            f"The defect {defect.name!r} fits nowhere: nothing in {defect.file} matches "
            f"{defect.pattern}."
        )
    return spoiled


def _glob(pattern: str) -> re.Pattern[str]:
    """Compile `src/**/*.ts`: `**/` is any folders, `*` anything within one name."""
    parts = re.split(r"(\*\*/|\*)", pattern)
    known = {"**/": "(?:.*/)?", "*": "[^/]*"}
    return re.compile("".join(known.get(part, re.escape(part)) for part in parts))


def losses(reference: Scorecard, card: Scorecard) -> dict[AxisName, float]:
    """Return the points that each axis has lost, in hundredths; what rose is negative."""
    return {
        name: round((axis.points or 0.0) - (card.axes[name].points or 0.0), 2)
        for name, axis in reference.axes.items()
    }


def row(defect: Defect, lost: Mapping[AxisName, float]) -> str:
    """Write a defect's line of the table."""
    others = ", ".join(
        f"{axis} -{points:g}" for axis, points in lost.items() if points and axis != defect.axis
    )
    head = f"| {defect.name} | {defect.project} | `{defect.check}`"
    return f"{head} | -{lost[defect.axis]:g} | {others} |"


def table(rows: Iterable[str]) -> str:
    """Write the whole table, between its marks."""
    return f"{TABLE_START}\n\n{_HEAD}" + "\n".join(rows) + f"\n\n{TABLE_END}"


def recorded_rows(document: str) -> tuple[str, ...]:
    """Return the lines of the table as a document has them; empty if it has none."""
    _, _, rest = document.partition(TABLE_START)
    inside, _, _ = rest.partition(TABLE_END)
    lines = [line for line in inside.splitlines() if line.startswith("| ")]
    return tuple(lines[2:])
