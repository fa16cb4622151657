"""Checks of the requirements analysis: names unique and safe, owners real, ids in order."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from pipeline import names
from pipeline.ast.analysis import (
    Actor,
    Analysis,
    Deadline,
    Default,
    Derivation,
    Entity,
    Feature,
    FeatureRequirements,
    Limit,
    Membership,
    Ordering,
    Plan,
    Requirement,
    Restriction,
    Rule,
    State,
    Transition,
    Uniqueness,
)
from pipeline.settle.notes import Notes

NO_OWNER = "none"


def settle_plan(plan: Plan) -> tuple[Plan, Notes]:
    """Make names unique and safe and owners real; a plan that was sound comes back as it was."""
    notes = Notes()
    nouns = names.nouns()
    actors: list[Actor] = []
    for number, actor in enumerate(plan.actors):
        name = nouns.take(actor.name)
        notes.rename(f"/actors/{number}/name", actor.name, name)
        actors.append(actor.model_copy(update={"name": name}))
    accounts = {actor.name for actor in actors if actor.kind != "guest"}
    nouns = names.nouns()
    entities: list[Entity] = []
    for number, entity in enumerate(plan.entities):
        place = f"/entities/{number}"
        name = nouns.take(entity.name)
        notes.rename(f"{place}/name", entity.name, name)
        attributes = tuple(dict.fromkeys(entity.attributes))
        owner = entity.owner if entity.owner in accounts else NO_OWNER
        if owner != entity.owner:
            notes.add(f"{place}/owner", "an actor with an account", entity.owner, "left ownerless")
        entities.append(
            entity.model_copy(update={"name": name, "attributes": attributes, "owner": owner})
        )
    labels = names.labels()
    features: list[Feature] = []
    for number, feature in enumerate(plan.features):
        name = labels.take(feature.name)
        notes.rename(f"/features/{number}/name", feature.name, name)
        features.append(feature.model_copy(update={"name": name}))
    return (
        plan.model_copy(
            update={
                "actors": tuple(actors),
                "entities": tuple(entities),
                "features": tuple(features),
            }
        ),
        notes,
    )


def number_feature(form: dict[str, Any], feature: str, index: int) -> dict[str, Any]:
    """Fill in what is derived: ids in order, the feature, and the requirement a rule belongs to.

    `index` is the feature's place, from 1. A rule that cites a requirement the form does not have
    gets the last one.
    """
    requirements = [
        {**item, "id": f"R-{index}.{number}", "feature": feature}
        for number, item in enumerate(form["requirements"], start=1)
    ]
    ids = [item["id"] for item in requirements]
    rules = [
        {
            **item,
            "id": f"B-{index}.{number}",
            "requirement": item["requirement"] if item["requirement"] in ids else ids[-1],
        }
        for number, item in enumerate(form["rules"], start=1)
    ]
    return {"requirements": requirements, "rules": rules}


def settle_feature(form: FeatureRequirements) -> tuple[FeatureRequirements, Notes]:
    """Put bounds in order and fold lists that say a thing twice."""
    notes = Notes()
    requirements: list[Requirement] = []
    for requirement in form.requirements:
        entities = tuple(dict.fromkeys(requirement.entities))
        requirements.append(requirement.model_copy(update={"entities": entities}))
    rules: list[Rule] = []
    for number, rule in enumerate(form.rules):
        if rule.kind == "limit" and rule.minimum > rule.maximum:
            notes.add(
                f"/rules/{number}/minimum", f"at most {rule.maximum}", rule.minimum, "exchanged"
            )
            rule = rule.model_copy(update={"minimum": rule.maximum, "maximum": rule.minimum})
        elif rule.kind == "uniqueness":
            rule = rule.model_copy(update={"attributes": tuple(dict.fromkeys(rule.attributes))})
        rules.append(rule)
    return FeatureRequirements(requirements=tuple(requirements), rules=tuple(rules)), notes


def rule_entities(rule: Rule) -> tuple[str, ...]:
    """Return the entities that a rule speaks of."""
    match rule:
        case Uniqueness(attributes=attributes):
            named = [attribute.split(".")[0] for attribute in attributes]
        case Ordering(attribute=attribute, after=after):
            named = [attribute.split(".")[0], after.split(".")[0]]
        case State(entity=entity, attribute=attribute):
            named = [entity, attribute.split(".")[0]]
        case Restriction(entity=entity, dependent=dependent):
            named = [entity, dependent]
        case Membership(entity=entity, through=through):
            named = [entity, through]
        case Limit() | Transition() | Derivation() | Default() | Deadline():
            named = [rule.attribute.split(".")[0]]
        case _:
            named = [rule.entity]
    return tuple(dict.fromkeys(named))


def rules_of(analysis: Analysis, entity: str) -> tuple[Rule, ...]:
    """Return the rules that speak of an entity, or whose requirement does."""
    about = {r.id for r in analysis.requirements if entity in r.entities}
    return tuple(
        rule
        for rule in analysis.rules
        if entity in rule_entities(rule) or rule.requirement in about
    )


def requirements_of(analysis: Analysis, entity: str) -> tuple[Requirement, ...]:
    """Return the requirements that speak of an entity, or whose rules do."""
    cited = {rule.requirement for rule in rules_of(analysis, entity)}
    return tuple(r for r in analysis.requirements if entity in r.entities or r.id in cited)


def spoken_entities(
    analysis: Analysis, requirements: Collection[str], rules: Collection[str]
) -> frozenset[str]:
    """Return the entities that the requirements and rules of these ids speak of."""
    cited = [rule for rule in analysis.rules if rule.id in rules]
    belonging = {rule.requirement for rule in cited} | set(requirements)
    found = {entity for rule in cited for entity in rule_entities(rule)}
    return frozenset(found).union(*(r.entities for r in analysis.requirements if r.id in belonging))
