"""The requirements document: actors, entities, EARS requirements, rules and their traces."""

from __future__ import annotations

import re
from collections.abc import Collection

from pipeline.ast.analysis import (
    OWNER,
    Actor,
    Analysis,
    Cascade,
    Default,
    Derivation,
    Identity,
    Limit,
    Membership,
    Ordering,
    Overlap,
    Ownership,
    Permission,
    Quota,
    Required,
    Requirement,
    Restriction,
    Retention,
    Rule,
    Sorting,
    State,
    Transition,
    Uniqueness,
    Visibility,
    Window,
)
from pipeline.english import counted, plural, with_article
from pipeline.names import words
from pipeline.project import File, Project
from pipeline.render.markdown import code, codes, escape, sentence, table

_KEYWORDS = {"event": "When", "state": "While", "unwanted": "If", "optional": "Where"}
_PATTERNS = {
    "ubiquitous": "always",
    "event": "event-driven",
    "state": "state-driven",
    "unwanted": "unwanted behaviour",
    "optional": "optional feature",
}
_KINDS = {
    "guest": "has no account",
    "member": "signs in with an account",
    "admin": "signs in, joins by invitation only",
}
_VERBS = {
    "list": "list",
    "read": "read",
    "create": "create",
    "update": "change",
    "erase": "erase",
}
_SHOWS = {
    "all": "all rows",
    "own": "rows of their own",
    "published": "published rows",
    "member": "rows they belong to",
    "related": "rows they are named by",
    "none": "no rows",
}
_SIDES = {
    "not_before": "is not before",
    "not_after": "is not after",
    "before": "is before",
    "after": "is after",
}
_MODAL = re.compile(r"^(shall|must|can|cannot|may|will|should|is|are|has|does)\b", re.IGNORECASE)
_ADVERB = re.compile(r"^(alone|also|always|never|no longer) \w+[^s]s\b", re.IGNORECASE)
_FINITE = r"(shall|must|can|cannot|may|will|is|are|was|were|has|have|does|do|stays?|remains?)"
_CLAUSE = re.compile(rf"\b({_FINITE}|becomes?|gets?|receives?|sees?|starts?)\b", re.IGNORECASE)
_NOUN_CLAUSE = re.compile(rf"^\w+ {_FINITE}\b", re.IGNORECASE)
_DETERMINER = re.compile(
    r"^(the|an?|all|no|only|every|each|any|its|their|it|they|this|that|other|nobody|nothing)\b",
    re.IGNORECASE,
)
_STARTERS = frozenset(
    """a after all an and any anybody anyone as at before both by each every everybody everyone for
    from given he her his if in it its no nobody nothing on one only other others she somebody
    someone that the their then there they this those three to two upon when whenever where while
    with without""".split()
)
"""Words that begin a sentence with a capital letter only because they begin it."""


def render(project: Project) -> tuple[File, ...]:
    """Render `docs/requirements.md`."""
    analysis = project.analysis
    parts = [
        f"# {escape(analysis.title)}: requirements",
        escape(sentence(analysis.summary)),
        _introduction(),
        "## 1. Actors",
        table(
            ["Actor", "Account", "Description"],
            [_actor_row(actor) for actor in analysis.actors],
        ),
        "## 2. Entities",
        table(
            ["Entity", "Belongs to", "Attributes", "Meaning"],
            [
                (
                    f"**{escape(words(entity.name))}**",
                    "—" if entity.owner == "none" else escape(words(entity.owner)),
                    codes(entity.attributes),
                    escape(sentence(entity.description)),
                )
                for entity in analysis.entities
            ],
        ),
        "## 3. Requirements",
        *_features(analysis),
        "## 4. Rules",
        "What the service enforces. Each rule belongs to one requirement.",
        _rules(analysis),
        "## 5. Traceability",
        *_traces(project),
    ]
    return (File("docs/requirements.md", "\n\n".join(parts) + "\n"),)


def ears(requirement: Requirement) -> str:
    """Put a requirement into one EARS sentence, not escaped."""
    nouns = _nouns(requirement)
    keyword = _KEYWORDS.get(requirement.pattern)
    condition = _clause(requirement.condition, "(?:when|while|if|where|whenever)", nouns)
    response = _response(requirement, nouns)
    if keyword is None:
        return sentence(response)
    link = ", then " if keyword == "If" else ", "
    return sentence(f"{keyword} {condition}{link}{response}")


def _nouns(requirement: Requirement) -> frozenset[str]:
    """Return the words that the names of the requirement's actor and entities start with."""
    names = (requirement.actor, *requirement.entities)
    return frozenset(form.split("_")[0] for name in names for form in (name, plural(name)))


def _introduction() -> str:
    return (
        "Requirements are written in EARS, one testable sentence each, with an acceptance "
        "criterion. The ids of requirements (`R-…`) and rules (`B-…`) are stable: tables, "
        "operations and tests cite them."
    )


def _actor_row(actor: Actor) -> tuple[str, str, str]:
    return (
        f"**{escape(words(actor.name))}**",
        _KINDS[actor.kind],
        escape(sentence(actor.description)),
    )


def _features(analysis: Analysis) -> list[str]:
    parts: list[str] = []
    for number, feature in enumerate(analysis.features, start=1):
        parts.append(f"### 3.{number} {escape(sentence(words(feature.name)).rstrip('.'))}")
        parts.append(escape(sentence(feature.description)))
        for requirement in analysis.requirements:
            if requirement.feature == feature.name:
                parts.append(_requirement(analysis, requirement))
    return parts


def _requirement(analysis: Analysis, requirement: Requirement) -> str:
    about = ", ".join(escape(words(name)) for name in requirement.entities) or "—"
    rules = [rule.id for rule in analysis.rules if rule.requirement == requirement.id]
    accepted, nouns = requirement.acceptance, _nouns(requirement)
    facts = [f"actor: {escape(words(requirement.actor))}", f"entities: {about}"]
    facts.append(f"pattern: {_PATTERNS[requirement.pattern]}")
    if rules:
        facts.append(f"rules: {', '.join(rules)}")
    return "\n".join(
        [
            f"#### {requirement.id}",
            "",
            f"**{escape(ears(requirement))}**",
            "",
            f"- *Given* {escape(_clause(accepted.given, 'given', nouns))}",
            f"- *when* {escape(_clause(accepted.when, 'when', nouns))}",
            f"- *then* {escape(sentence(_clause(accepted.then, 'then', nouns), capital=False))}",
            "",
            f"<sub>{' · '.join(facts)}</sub>",
        ]
    )


def _clause(text: str, keyword: str, nouns: Collection[str]) -> str:
    """Make a sentence part of a sentence: no keyword, no full stop, no needless capital."""
    bare = re.sub(rf"(?i)^{keyword}[\s,:]+", "", text) if keyword else text
    bare = bare.rstrip(" .,;:") or bare
    first = bare.split(" ", 1)[0].lower()
    return bare[:1].lower() + bare[1:] if first in _STARTERS or first in nouns else bare


def _response(requirement: Requirement, nouns: Collection[str]) -> str:
    """Say who gets what; the response may be a verb phrase, a clause or a noun phrase."""
    actor = words(requirement.actor)
    text = _clause(requirement.response, "then", nouns)
    first = re.split(r"\W", text, maxsplit=1)[0].lower()
    if first in (actor.split(" ")[0], "system", "service", "server", "backend"):
        return f"the {text}"
    if _MODAL.match(text) or _ADVERB.match(text):
        return f"the {actor} {text}"
    if first in nouns and _NOUN_CLAUSE.match(text):
        return text
    if not _DETERMINER.match(text) and first.endswith("s") and not first.endswith("ss"):
        return f"the {actor} {text[:1].lower()}{text[1:]}"
    return text if _CLAUSE.search(text) else f"the {actor} gets {text}"


def _rules(analysis: Analysis) -> str:
    return table(
        ["Rule", "Requirement", "Kind", "Statement", "Exactly"],
        [
            (
                f"**{rule.id}**",
                rule.requirement,
                rule.kind,
                escape(sentence(rule.statement)),
                _exactly(rule),
            )
            for rule in analysis.rules
        ],
    )


def _exactly(rule: Rule) -> str:
    """Say what the rule's fields say, with its names and numbers; escaped."""
    match rule:
        case Uniqueness():
            where = "one owner" if rule.scope == "owner" else "the whole service"
            case = ", whatever the case" if rule.ignore_case else ""
            return f"{codes(rule.attributes)} unique within {where}{case}"
        case Ownership():
            status = 404 if rule.others_see == "not_found" else 403
            return f"{code(rule.entity)}: others get {status}"
        case Permission():
            may = "may" if rule.allowed else "may not"
            return f"{escape(words(rule.actor))} {may} {_VERBS[rule.action]} {code(rule.entity)}"
        case Limit():
            unit = "as value" if rule.unit == "value" else rule.unit
            return f"{code(rule.attribute)}: {_range(rule)} {unit}"
        case Quota():
            most = code(rule.maximum) if isinstance(rule.maximum, str) else rule.maximum
            per = "owner" if rule.per == OWNER else code(rule.per)
            when = "" if rule.period == "at_once" else f", within a {words(rule.period)}"
            added = "" if rule.sum is None else f"a sum of {code(rule.sum)} of "
            return f"{code(rule.entity)}{_role(rule)}: {added}at most {most} for each {per}{when}"
        case Overlap():
            return _apart(rule)
        case Transition():
            step = f"{code(rule.source)} → {code(rule.target)}"
            return f"{code(rule.attribute)}: {step}, by {with_article(escape(words(rule.actor)))}"
        case Retention():
            return f"{code(rule.entity)}: erased {rule.after_days} days after it was {rule.since}"
        case Visibility():
            return f"{escape(words(rule.actor))} sees {_shown(rule)}"
        case Derivation():
            return f"{code(rule.attribute)} = {escape(rule.formula)}"
        case Default():
            return f"{code(rule.attribute)} starts as {escape(rule.value)}"
        case Restriction():
            return f"{code(rule.entity)} stays while there are {code(rule.dependent)}{_role(rule)}"
        case Cascade():
            return f"{code(rule.dependent)} are {rule.then} when {code(rule.entity)} is deleted"
        case Sorting():
            first = "least" if rule.order == "rising" else "greatest"
            return f"lists begin with the {first} {code(rule.attribute)}"
        case State():
            relation = "is" if rule.relation == "is" else "is not"
            values = " or ".join(map(code, rule.values))
            return f"{code(rule.entity)}: only while {code(rule.attribute)} {relation} {values}"
        case Membership():
            actor = escape(words(rule.actor))
            return f"{actor} belongs to {code(rule.entity)} by {code(rule.through)}{_role(rule)}"
        case Identity():
            relation = "is" if rule.relation == "is" else "is not"
            return f"{code(rule.entity)}: {code(rule.attribute)} {relation} {code(rule.other)}"
        case Required():
            return f"{code(rule.attribute)} must be given"
        case Ordering():
            side = _SIDES[rule.relation]
            return f"{code(rule.attribute)} {side} {code(rule.reference)}"
        case Window():
            span = f"{_span(rule)} {rule.side} {code(rule.reference)}"
            return f"{code(rule.attribute)}: {rule.bound.replace('_', ' ')} {span}"


def _shown(rule: Visibility) -> str:
    shown = " and ".join(_SHOWS[each] for each in rule.shows)
    by = "" if rule.through is None else f", by {code(rule.through)}{_role(rule)}"
    by += "" if rule.person is None else f", as {code(rule.person)}"
    return f"{shown} of {code(rule.entity)}{by}"


def _apart(rule: Overlap) -> str:
    per = "owner" if rule.per == OWNER else code(rule.per)
    span = f"{code(rule.start)} to {code(rule.end)}"
    return f"{code(rule.entity)}{_role(rule)}: no two at once for each {per}, from {span}"


def _span(rule: Window) -> str:
    if isinstance(rule.amount, int):
        return counted(rule.amount, rule.unit[:-1])
    return f"{code(rule.amount)} {rule.unit}"


def _range(limit: Limit) -> str:
    if limit.minimum is None:
        return f"at most {limit.maximum}"
    if limit.maximum is None:
        return f"at least {limit.minimum}"
    return f"{limit.minimum} to {limit.maximum}"


def _role(rule: Membership | Overlap | Quota | Restriction | Visibility) -> str:
    if rule.attribute is None or rule.value is None:
        return ""
    return f" whose {code(rule.attribute)} is {code(rule.value)}"


def _traces(project: Project) -> list[str]:
    rows: list[tuple[str, ...]] = []
    for requirement in project.analysis.requirements:
        cited = requirement.id
        rows.append(
            (
                f"[{cited}](#{_anchor(cited)})",
                codes(t.plural for t in project.database.tables if cited in t.requirements),
                codes(o.id for o in project.interface.operations if cited in o.requirements),
                codes(t.name for t in project.tests.functions if cited in t.requirements),
            )
        )
    rule_rows = [
        (
            f"**{rule.id}**",
            codes(o.id for o in project.interface.operations if _enforces(project, o.id, rule.id)),
            codes(t.name for t in project.tests.functions if rule.id in t.rules),
        )
        for rule in project.analysis.rules
    ]
    return [
        table(["Requirement", "Tables", "Operations", "Tests"], rows),
        table(["Rule", "Operations", "Tests"], rule_rows),
    ]


def _enforces(project: Project, operation_id: str, rule: str) -> bool:
    operation = project.interface.operation(operation_id)
    return rule in operation.rules or any(rule in error.rules for error in operation.errors)


def _anchor(heading: str) -> str:
    """Return the anchor that GitHub gives a heading."""
    return re.sub(r"[^a-z0-9 -]", "", heading.lower()).replace(" ", "-")
