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

from pipeline.records.journal import write_atomic
from scoring.brief import Attribute, Brief, Entity, Relation, Rule
from scoring.drafting.draft import Draft, DraftAttribute, DraftRule
from scoring.drafting.drafting import draft_brief
from scoring.drafting.nouns import Phrase
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

    def add(self, other: Count) -> None:
        """Add the figures of another request."""
        self.wanted.update(other.wanted)
        self.found.update(other.found)
        self.invented.update(other.invented)

    def cells(self, kind: str) -> str:
        """Write found of wanted, and the share of the draft that is invented."""
        wanted, found, invented = self.wanted[kind], self.found[kind], self.invented[kind]
        share = found / wanted if wanted else 1.0
        wrong = invented / (found + invented) if found + invented else 0.0
        return f"{found} of {wanted} | {share:.0%} | {invented} | {wrong:.0%}"


def measure(name: str) -> Count:
    """Compare the draft of a reference request with its brief."""
    brief = load_brief(name)
    draft = draft_brief(brief.text)
    count = Count()
    names = {words(each): e for e in reversed(brief.entities) for each in e.names}
    hit = {names[phrase].name for phrase in draft.entities if phrase in names}
    count.wanted["entities"] = len(brief.entities)
    count.found["entities"] = len(hit)
    count.invented["entities"] = sum(phrase not in names for phrase in draft.entities)
    _numbers(brief, draft, names, count)
    _rules(brief, draft, count)
    return count


def _numbers(brief: Brief, draft: Draft, names: dict[Phrase, Entity], count: Count) -> None:
    wanted = {
        (entity.name, attribute.name)
        for entity in brief.entities
        for attribute in entity.attributes
        if _bounds(brief, entity, attribute) != (None, None)
    }
    hit: set[tuple[str, str]] = set()
    for phrase, drafted in draft.entities.items():
        entity = names.get(phrase)
        for attribute in drafted.attributes.values():
            if (attribute.minimum, attribute.maximum) == (None, None):
                continue
            same = _same_number(brief, entity, attribute) if entity is not None else None
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


def _same_number(brief: Brief, entity: Entity, drafted: DraftAttribute) -> str | None:
    for attribute in entity.attributes:
        low, high = _bounds(brief, entity, attribute)
        named = drafted.name in map(words, attribute.names)
        least = drafted.minimum == low or low is None or (drafted.minimum is None and low in (0, 1))
        if named and least and (drafted.maximum == high or high is None):
            return attribute.name
    return None


def _rules(brief: Brief, draft: Draft, count: Count) -> None:
    hit: set[str] = set()
    for drafted in draft.rules:
        same = [rule for rule in brief.rules if _same_rule(brief, rule, drafted)]
        hit |= {rule.id for rule in same}
        invented = not same and not _implied(brief, drafted)
        count.invented[f"rules: {drafted.kind}"] += invented
        count.invented["rules"] += invented
    for rule in brief.rules:
        for kind in ("rules", f"rules: {rule.kind}"):
            count.wanted[kind] += 1
            count.found[kind] += rule.id in hit


def _implied(brief: Brief, drafted: DraftRule) -> bool:
    """Whether the brief says so without a rule: by an attribute, or by a permission."""
    for entity in brief.entities:
        if drafted.entity not in _named(entity):
            continue
        rights = [p for p in brief.permissions if p.entity == entity.name]
        if drafted.kind == "ownership":
            return any("own" in (p.list, p.read, p.update, p.erase) for p in rights)
        for attribute in entity.attributes:
            if not drafted.about or words(drafted.about[0]) not in map(words, attribute.names):
                continue
            if drafted.kind == "limit":
                low = drafted.minimum in (None, attribute.minimum)
                return low and drafted.maximum in (None, attribute.maximum)
            return drafted.kind == "default" and drafted.about[1] == attribute.default
    return False


def _same_rule(brief: Brief, rule: Rule, drafted: DraftRule) -> bool:
    """Whether a drafted rule says of the same things what the brief's rule says."""
    entity = brief.entity(rule.entity)
    if entity is None or rule.kind != drafted.kind or drafted.entity not in _named(entity):
        return False
    about = [words(each) for each in drafted.about]
    match rule.kind:
        case "limit":
            least = drafted.minimum in (None, rule.minimum) or rule.minimum is None
            most = rule.maximum is None or drafted.maximum == rule.maximum
            return about[0] in _member(entity, rule.attribute) and least and most
        case "quota":
            return drafted.maximum == rule.maximum
        case "default":
            return about[0] in _member(entity, rule.attribute) and drafted.about[1] == rule.value
        case "uniqueness":
            return any(about[0] in _member(entity, each) for each in rule.attributes)
        case "transition":
            return drafted.about[1:] == (rule.source, rule.target)
        case "restrict" | "deletion":
            child = brief.entity(rule.child)
            same = rule.kind == "restrict" or drafted.about[1] == rule.effect
            return child is not None and about[0] in _named(child) and same
        case "visibility":
            return drafted.about[1] == rule.hidden
        case _:
            return True


def _named(entity: Entity) -> set[Phrase]:
    return {words(name) for name in entity.names}


def _member(entity: Entity, name: str) -> set[Phrase]:
    member: Attribute | Relation | None = entity.attribute(name) or entity.relation(name)
    if member is None:
        return {words(name)}
    own = {words(each) for each in member.names}
    return own | ({words(member.target)} if isinstance(member, Relation) else set())


def report(counts: dict[str, Count]) -> str:
    """Write the page."""
    total = Count()
    for count in counts.values():
        total.add(count)
    lines = [
        "# Drafts of briefs",
        "",
        "What `sixfold brief new` reads of the reference requests, compared with the briefs that "
        "were made by hand (`python -m benchmarks.drafting`). Invented is what the draft has and "
        "the brief has neither as a rule nor as an attribute or a permission; what the text does "
        "not say plainly stands in the draft as a comment and counts as neither.",
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
