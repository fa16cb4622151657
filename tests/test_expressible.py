"""The page that says what the forms can say: its totals are those of its tables."""

import re
from collections import Counter
from pathlib import Path

PAGE = (Path(__file__).parent.parent / "docs" / "expressible.md").read_text(encoding="utf-8")
SECTIONS = {
    title: body for title, _, body in (part.partition("\n") for part in PAGE.split("\n## ")[1:])
}
VERDICTS = ("said", "derived", "not possible")


def rows(section: str) -> list[list[str]]:
    """Return the cells of a section's table, without marks, head and rule left out."""
    lines = [line for line in SECTIONS[section].splitlines() if line.startswith("|")]
    return [[cell.strip(" *") for cell in line.strip("|").split("|")] for line in lines[2:]]


def totals() -> dict[str, list[str]]:
    """Return the line of each request in the table of totals, by its title."""
    return {re.sub(r"\[(.*?)\]\(.*\)", r"\1", name): rest for name, *rest in rows("Totals")}


def line(counted: Counter[str]) -> list[str]:
    share = 100 * (counted["said"] + counted["derived"]) / counted.total()
    numbers = (counted.total(), *(counted[verdict] for verdict in VERDICTS))
    return [*(str(number) for number in numbers), f"{share:.1f} %"]


def test_totals_are_counted() -> None:
    every: Counter[str] = Counter()
    for request, said in totals().items():
        if request == "all eleven":
            assert said == line(every)
            continue
        counted = Counter(verdict for _, verdict, _ in rows(request))
        assert set(counted) <= set(VERDICTS), request
        assert said == line(counted), request
        every += counted
    assert len(totals()) == 12


def test_each_gap_has_a_kind() -> None:
    missing = int(totals()["all eleven"][3])
    assert sum(int(sentences) for _, _, sentences, _, _ in rows("What is not possible")) == missing
    for _, requests, _, names, _ in rows("What is not possible"):
        assert int(requests) == len(names.split(", "))
