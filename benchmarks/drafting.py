"""Compare drafts of briefs with the briefs made by hand.

    .venv/bin/python -m benchmarks.drafting

For each reference request: what of its entities, bounds and rules the draft has, and what of the
draft is not in the brief. The table goes to docs/measured/drafting.md.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.comparing import Comparison
from benchmarks.unsaid import is_unsaid
from pipeline.records.journal import write_atomic
from scoring.brief import Attribute, Brief, Entity
from scoring.drafting.drafting import draft_brief
from scoring.drafting.to_brief import to_brief
from scoring.loading import load_brief
from scoring.words import words

REPORT = Path(__file__).parent.parent / "docs" / "measured" / "drafting.md"
REFERENCES = (
    "blog",
    "board",
    "booking",
    "community",
    "expenses",
    "library",
    "shop",
    "todo",
    "workforce",
)


@dataclass
class Count:
    """What a brief has, what of it the draft has, and what only the draft has."""

    wanted: Counter[str] = field(default_factory=Counter[str])
    found: Counter[str] = field(default_factory=Counter[str])
    invented: Counter[str] = field(default_factory=Counter[str])
    unsaid: int = 0
    """Rules of the brief that the text does not say."""
    guessed: int = 0
    """Those of them that the draft has."""

    def add(self, other: Count) -> None:
        """Add the figures of another request."""
        self.wanted.update(other.wanted)
        self.found.update(other.found)
        self.invented.update(other.invented)
        self.unsaid += other.unsaid
        self.guessed += other.guessed

    def cells(self, kind: str) -> str:
        """Write found of wanted, and the share of the draft that is invented."""
        wanted, found, invented = self.wanted[kind], self.found[kind], self.invented[kind]
        share = found / wanted if wanted else 1.0
        wrong = invented / (found + invented) if found + invented else 0.0
        return f"{found} of {wanted} | {share:.0%} | {invented} | {wrong:.0%}"


def measure(name: str) -> Count:
    """Compare the draft of a reference request with its brief."""
    brief = load_brief(name)
    comparison = Comparison(brief, to_brief(draft_brief(brief.text), name, "", brief.text))
    count = Count()
    same = {each.name: comparison.entity(each.name) for each in comparison.drafted.entities}
    count.wanted["entities"] = len(brief.entities)
    count.found["entities"] = len({each.name for each in same.values() if each is not None})
    count.invented["entities"] = sum(each is None for each in same.values())
    _numbers(brief, comparison, count)
    _rules(brief, comparison, count)
    return count


def _numbers(brief: Brief, comparison: Comparison, count: Count) -> None:
    wanted = {
        (entity.name, attribute.name)
        for entity in brief.entities
        for attribute in entity.attributes
        if _bounds(brief, entity, attribute) != (None, None)
    }
    hit: set[tuple[str, str]] = set()
    for drafted in comparison.drafted.entities:
        entity = comparison.entity(drafted.name)
        for attribute in drafted.attributes:
            bounds = _bounds(comparison.drafted, drafted, attribute)
            if bounds == (None, None):
                continue
            same = _same_number(brief, entity, attribute.name, bounds) if entity else None
            if same is None or entity is None:
                count.invented["numbers"] += 1
            else:
                hit.add((entity.name, same))
    count.wanted["numbers"], count.found["numbers"] = len(wanted), len(hit & wanted)


def _bounds(
    brief: Brief, entity: Entity, attribute: Attribute
) -> tuple[float | None, float | None]:
    for rule in brief.rules:
        if rule.kind == "limit" and (rule.entity, rule.attribute) == (entity.name, attribute.name):
            return rule.minimum, rule.maximum
    return attribute.minimum, attribute.maximum


def _same_number(
    brief: Brief, entity: Entity, name: str, drafted: tuple[float | None, float | None]
) -> str | None:
    for attribute in entity.attributes:
        low, high = _bounds(brief, entity, attribute)
        named = words(name) in map(words, attribute.names)
        least = drafted[0] == low or low is None or (drafted[0] is None and low in (0, 1))
        if named and least and (drafted[1] == high or high is None):
            return attribute.name
    return None


def _rules(brief: Brief, comparison: Comparison, count: Count) -> None:
    hit: set[str] = set()
    for drafted in comparison.drafted.rules:
        says = {rule.id: comparison.agreement(rule, drafted) for rule in brief.rules}
        hit |= {id for id, agreement in says.items() if agreement == "whole"}
        invented = set(says.values()) == {"none"} and not comparison.is_implied(drafted)
        count.invented[f"rules: {drafted.kind}"] += invented
        count.invented["rules"] += invented
    for rule in brief.rules:
        if is_unsaid(brief, rule):
            count.unsaid += 1
            count.guessed += rule.id in hit
            continue
        for kind in ("rules", f"rules: {rule.kind}"):
            count.wanted[kind] += 1
            count.found[kind] += rule.id in hit


def report(counts: dict[str, Count]) -> str:
    """Write the page."""
    total = Count()
    for count in counts.values():
        total.add(count)
    found = total.found["rules"] + total.guessed
    wanted = total.wanted["rules"] + total.unsaid
    lines = [
        "# Drafts of briefs",
        "",
        "What `sixfold brief new` writes of the reference requests, compared with the briefs that "
        "were made by hand (`python -m benchmarks.drafting`). Found is what the drafted file holds "
        "whole; a rule that says less than the brief's counts as neither found nor invented. "
        "Invented is what the draft has and the brief has neither as a rule nor as an attribute or "
        f"a permission. {total.unsaid} rules of the briefs are not in the text at all "
        "(`benchmarks/unsaid.py`); they are left out. With them, the drafts have "
        f"{found} of {wanted} rules ({found / wanted:.0%}).",
        "",
        "The constructions were worked out on these requests, so others fare worse: of three that "
        "were written afterwards, in other words and of other domains, the first draft had between "
        "two and four fifths of the rules, counted by hand, and hardly any that were not said. Of "
        "two longer ones, with two kinds of account each, it had a half and a quarter, and about a "
        "fifth of what it said was put on the wrong thing.",
        "",
    ]
    kinds = ("entities", "numbers", "rules")
    lines += ["| request | what | found | share | invented | of the draft |"]
    lines += ["| --- | --- | ---: | ---: | ---: | ---: |"]
    lines += _rows(counts.items(), kinds)
    lines += _rows([("all", total)], kinds)
    rules = sorted(kind for kind in total.wanted if kind.startswith("rules: "))
    lines += ["", "| kind of rule | found | share | invented | of the draft |"]
    lines += ["| --- | ---: | ---: | ---: | ---: |"]
    lines += [f"| {kind.removeprefix('rules: ')} | {total.cells(kind)} |" for kind in rules]
    return "\n".join(lines) + "\n"


def _rows(counts: Iterable[tuple[str, Count]], kinds: tuple[str, ...]) -> list[str]:
    return [
        f"| {name} | {kind} | {count.cells(kind)} |" for name, count in counts for kind in kinds
    ]


def main() -> None:
    """Measure all references and write the page."""
    text = report({name: measure(name) for name in REFERENCES})
    write_atomic(REPORT, text.encode())
    print(text)


if __name__ == "__main__":
    main()
