"""Checks of the requirements analysis."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.ast.analysis import (
    CALLER,
    CREATED_AT,
    NOW,
    OWNER,
    Limit,
    Membership,
    Overlap,
    Permission,
    Quota,
    Restriction,
    RuleNode,
    Transition,
    Visibility,
)
from pipeline.consistency.invariant import Invariant, Place, repeated
from pipeline.project import Project
from pipeline.settle.analysis import NO_OWNER

ENTITY_FIELDS = ("entity", "dependent", "through", "per")
ATTRIBUTE_FIELDS = (
    *("attribute", "attributes", "reference", "other", "maximum", "amount", "person"),
    *("start", "end", "sum"),
)
WORDS = (NOW, CALLER, OWNER)
"""What stands in a rule's field without being a name of the plan."""


def _names(project: Project) -> Iterator[Place]:
    analysis = project.analysis
    yield from repeated([a.name for a in analysis.actors], "/actors/{}/name")
    yield from repeated([e.name for e in analysis.entities], "/entities/{}/name")
    yield from repeated([f.name for f in analysis.features], "/features/{}/name")


def _ids(project: Project) -> Iterator[Place]:
    analysis = project.analysis
    yield from repeated([r.id for r in analysis.requirements], "/requirements/{}/id")
    yield from repeated([r.id for r in analysis.rules], "/rules/{}/id")


def _owners(project: Project) -> Iterator[Place]:
    accounts = {actor.name for actor in project.analysis.accounts()} | {NO_OWNER}
    for number, entity in enumerate(project.analysis.entities):
        if entity.owner not in accounts:
            yield f"/entities/{number}/owner", entity.owner


def _requirement_names(project: Project) -> Iterator[Place]:
    analysis = project.analysis
    actors = {actor.name for actor in analysis.actors}
    entities = {entity.name for entity in analysis.entities}
    features = {feature.name for feature in analysis.features}
    for number, requirement in enumerate(analysis.requirements):
        if requirement.actor not in actors:
            yield f"/requirements/{number}/actor", requirement.actor
        if requirement.feature not in features:
            yield f"/requirements/{number}/feature", requirement.feature
        for place, entity in enumerate(requirement.entities):
            if entity not in entities:
                yield f"/requirements/{number}/entities/{place}", entity


def _rule_names(project: Project) -> Iterator[Place]:
    analysis = project.analysis
    known = {f"{e.name}.{a}" for e in analysis.entities for a in (*e.attributes, CREATED_AT, OWNER)}
    entities = {entity.name for entity in analysis.entities}
    actors = {actor.name for actor in analysis.actors}
    for number, rule in enumerate(analysis.rules):
        for place, value in _said(rule):
            field = place.split("/")[0]
            unknown = value not in WORDS and (
                (field in ENTITY_FIELDS and value not in entities)
                or (field in ATTRIBUTE_FIELDS and value not in known)
                or (field == "actor" and value not in actors)
            )
            if unknown:
                yield f"/rules/{number}/{place}", value


def _said(rule: RuleNode) -> Iterator[tuple[str, str]]:
    for field in type(rule).model_fields:
        value = getattr(rule, field)
        if isinstance(value, str):
            yield field, value
    for place, attribute in enumerate(getattr(rule, "attributes", ())):
        yield f"attributes/{place}", attribute


def _rule_requirements(project: Project) -> Iterator[Place]:
    ids = {requirement.id for requirement in project.analysis.requirements}
    for number, rule in enumerate(project.analysis.rules):
        if rule.requirement not in ids:
            yield f"/rules/{number}/requirement", rule.requirement


def _bounds(project: Project) -> Iterator[Place]:
    for number, rule in enumerate(project.analysis.rules):
        match rule:
            case Limit(minimum=None, maximum=None):
                yield f"/rules/{number}", "a limit without a number"
            case Limit(minimum=least, maximum=most) if None not in (least, most):
                if float(least or 0) > float(most or 0):
                    yield f"/rules/{number}/minimum", f"{least}, above {most}"
            case _:
                pass


def _steps(project: Project) -> Iterator[Place]:
    for number, rule in enumerate(project.analysis.rules):
        if isinstance(rule, Transition) and rule.source == rule.target:
            yield f"/rules/{number}/target", rule.target


def _contradictions(project: Project) -> Iterator[Place]:
    seen: dict[tuple[str, str, str], bool] = {}
    for number, rule in enumerate(project.analysis.rules):
        if isinstance(rule, Permission):
            key = (rule.actor, rule.action, rule.entity)
            if seen.setdefault(key, rule.allowed) != rule.allowed:
                yield f"/rules/{number}/allowed", "the opposite of an earlier rule"


def _restrictions(project: Project) -> Iterator[Place]:
    for number, rule in enumerate(project.analysis.rules):
        match rule:
            case Restriction(attribute=str(attribute), value=str()) if (
                attribute.split(".")[0] == rule.dependent
            ):
                pass
            case Restriction() if rule.attribute is not None or rule.value is not None:
                yield f"/rules/{number}/attribute", f"{rule.attribute} {rule.value}"
            case _:
                pass


def _conditions(project: Project) -> Iterator[Place]:
    for number, rule in enumerate(project.analysis.rules):
        place = f"/rules/{number}"
        match rule:
            case Quota() | Overlap() | Membership() | Visibility() if (rule.attribute is None) != (
                rule.value is None
            ):
                yield f"{place}/attribute", "an attribute and its value, one without the other"
            case Quota(attribute=str(attribute)) | Overlap(attribute=str(attribute)) if (
                attribute.split(".")[0] != rule.entity
            ):
                yield f"{place}/attribute", attribute
            case Visibility() if (rule.person is not None) != ("related" in rule.shows):
                yield f"{place}/person", "a person and rows that are related, one without the other"
            case _:
                pass


def _unspoken(project: Project) -> Iterator[Place]:
    spoken = {e for r in project.analysis.requirements for e in r.entities}
    for number, entity in enumerate(project.analysis.entities):
        if entity.name not in spoken:
            yield f"/entities/{number}", entity.name


INVARIANTS = (
    Invariant(
        "analysis.names",
        "analysis",
        "names that differ",
        "Two actors, entities or features of one name can't be distinguished.",
        "Give each a name of its own.",
        _names,
    ),
    Invariant(
        "analysis.ids",
        "analysis",
        "an id that nothing else has",
        "Requirements and rules are cited by their ids.",
        "Number them in order.",
        _ids,
    ),
    Invariant(
        "analysis.owners",
        "analysis",
        "an actor with an account, or none",
        "Only an account can own something.",
        "Name an actor who signs in.",
        _owners,
    ),
    Invariant(
        "analysis.requirement_names",
        "analysis",
        "an actor, a feature and entities of the plan",
        "A requirement speaks of something that the plan does not have.",
        "Use the names of the plan.",
        _requirement_names,
    ),
    Invariant(
        "analysis.rule_names",
        "analysis",
        "an actor, entity or attribute of the plan",
        "A rule speaks of something that the plan does not have.",
        "Use the names of the plan.",
        _rule_names,
    ),
    Invariant(
        "analysis.rule_requirements",
        "analysis",
        "the id of a requirement",
        "A rule belongs to a requirement that does not exist.",
        "Cite the requirement that the rule follows from.",
        _rule_requirements,
    ),
    Invariant(
        "analysis.bounds",
        "analysis",
        "a minimum, a maximum, or both in order",
        "No value keeps such a limit, or every value does.",
        "Give the bounds in order.",
        _bounds,
    ),
    Invariant(
        "analysis.steps",
        "analysis",
        "a target other than the source",
        "A step that leads to where it began changes nothing.",
        "Name the state that it leads to.",
        _steps,
    ),
    Invariant(
        "analysis.contradictions",
        "analysis",
        "one answer to who may do what",
        "Two rules allow and forbid the same.",
        "Keep one of them.",
        _contradictions,
    ),
    Invariant(
        "analysis.restrictions",
        "analysis",
        "an attribute of the dependent rows and its value, or neither",
        "It is open which rows keep the other one.",
        "Name an attribute of the dependent rows, and its value.",
        _restrictions,
    ),
    Invariant(
        "analysis.conditions",
        "analysis",
        "whole conditions: an attribute with its value, a person with what is related",
        "Half a condition says nothing, so that all rows are meant or none.",
        "Write both parts, or neither.",
        _conditions,
    ),
    Invariant(
        "analysis.unspoken",
        "analysis",
        "an entity that a requirement speaks of",
        "Nothing is asked of the entity, so nothing can be checked.",
        "Write what the service does with it, or leave it out.",
        _unspoken,
    ),
)
