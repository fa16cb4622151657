"""Checks of the requirements analysis: names unique and safe, owners real, ids in order."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Iterator, Sequence
from typing import Any, TypeVar

from pipeline import names
from pipeline.ast.analysis import (
    OWNER,
    Actor,
    Analysis,
    Cascade,
    Default,
    Derivation,
    Entity,
    Feature,
    FeatureRequirements,
    Identity,
    Limit,
    Membership,
    Ordering,
    Overlap,
    Plan,
    Quota,
    Required,
    Requirement,
    Restriction,
    Rule,
    Sorting,
    State,
    Transition,
    Uniqueness,
    Visibility,
    Window,
)
from pipeline.settle.notes import Notes

_Stated = TypeVar("_Stated", bound=Overlap | Quota | Restriction)
NO_OWNER = "none"
MAX_ATTRIBUTES = 16
ALWAYS_OF_ACCOUNTS = ("email", "password")
OF_EVERY_ACCOUNT = re.compile(r"id|e_?mail.*|password.*|created_at|updated_at|joined_at")
"""Attributes that every account has without being asked for."""


def settle_plan(plan: Plan) -> tuple[Plan, Notes]:
    """Make names unique and safe, owners real, and each account one entity, called like its actor.

    A plan that was sound is returned as it was.
    """
    notes = Notes()
    nouns = names.nouns()
    actors: list[Actor] = []
    for number, actor in enumerate(plan.actors):
        name = nouns.take(actor.name)
        notes.rename(f"/actors/{number}/name", actor.name, name)
        actors.append(actor.model_copy(update={"name": name}))
    labels = names.labels()
    features: list[Feature] = []
    for number, feature in enumerate(plan.features):
        name = labels.take(feature.name)
        notes.rename(f"/features/{number}/name", feature.name, name)
        features.append(feature.model_copy(update={"name": name}))
    accounts = [actor for actor in actors if actor.kind != "guest"]
    entities = _settle_entities(plan.entities, accounts, notes)
    update = {"actors": tuple(actors), "entities": entities, "features": tuple(features)}
    return plan.model_copy(update=update), notes


def _settle_entities(
    entities: Sequence[Entity], accounts: Sequence[Actor], notes: Notes
) -> tuple[Entity, ...]:
    """Settle the entities; every account is one of them, called like its actor."""
    nouns = names.nouns()
    settled: dict[str, Entity] = {}
    for actor in accounts:
        nouns.take(actor.name)
    for number, entity in enumerate(entities):
        place = f"/entities/{number}"
        attributes = tuple(dict.fromkeys(entity.attributes))
        account = _account(entity, accounts)
        if entity.is_account != (account is not None):
            expected = "true for the account of an actor, and for nothing else"
            notes.add(f"{place}/is_account", expected, str(entity.is_account).lower(), "set")
        if account is None:
            name, owner = nouns.take(entity.name), entity.owner
            notes.rename(f"{place}/name", entity.name, name)
            if owner not in (NO_OWNER, *(actor.name for actor in accounts)):
                notes.add(f"{place}/owner", "an actor with an account", owner, "left ownerless")
                owner = NO_OWNER
        else:
            name = owner = account
            attributes = tuple(dict.fromkeys((*ALWAYS_OF_ACCOUNTS, *attributes)))
            if entity.name != account:
                notes.add(f"{place}/name", account, entity.name, f"folded into {account}")
            if account in settled:
                attributes = tuple(dict.fromkeys((*settled[account].attributes, *attributes)))
        update = {"name": name, "owner": owner, "is_account": account is not None}
        if len(attributes) > MAX_ATTRIBUTES:
            left_out = ", ".join(attributes[MAX_ATTRIBUTES:])
            expected = f"at most {MAX_ATTRIBUTES} attributes"
            notes.add(f"{place}/attributes", expected, left_out, "left out")
        first = settled.get(name, entity)
        settled[name] = first.model_copy(
            update={**update, "attributes": attributes[:MAX_ATTRIBUTES]}
        )
    return (*settled.values(), *_forgotten(accounts, settled, notes))


def _account(entity: Entity, accounts: Sequence[Actor]) -> str | None:
    """Return the actor whose account an entity is, by its name or because the plan says so."""
    known = [actor.name for actor in accounts]
    if entity.name in known:
        return entity.name
    return entity.owner if entity.is_account and entity.owner in known else None


def _forgotten(
    accounts: Sequence[Actor], settled: Collection[str], notes: Notes
) -> Iterator[Entity]:
    """Yield the accounts that no entity is, so that rules can speak of them."""
    for actor in accounts:
        if actor.name not in settled:
            notes.add("/entities", f"an account of {actor.name}", "none", "added")
            yield Entity(
                name=actor.name,
                description=actor.description,
                owner=actor.name,
                is_account=True,
                attributes=ALWAYS_OF_ACCOUNTS,
            )


def number_feature(form: dict[str, Any], feature: str, index: int) -> tuple[dict[str, Any], Notes]:
    """Fill in what is derived: ids in order, the feature, and the requirement a rule belongs to.

    `index` is the feature's place, from 1. A rule that cites a requirement the form does not have
    gets the last one.
    """
    notes = Notes()
    requirements = [
        {**item, "id": f"R-{index}.{number}", "feature": feature}
        for number, item in enumerate(form["requirements"], start=1)
    ]
    ids = [item["id"] for item in requirements]
    rules: list[dict[str, Any]] = []
    for number, item in enumerate(form["rules"], start=1):
        cited = item["requirement"]
        if cited not in ids:
            place = f"/rules/{number - 1}/requirement"
            notes.add(place, "a requirement of the form", cited, f"{ids[-1]} instead")
            cited = ids[-1]
        rules.append({**item, "id": f"B-{index}.{number}", "requirement": cited})
    return {"requirements": requirements, "rules": rules}, notes


def settle_feature(form: FeatureRequirements) -> tuple[FeatureRequirements, Notes]:
    """Put bounds in order and fold lists that say a thing twice."""
    notes = Notes()
    requirements: list[Requirement] = []
    for requirement in form.requirements:
        entities = tuple(dict.fromkeys(requirement.entities))
        requirements.append(requirement.model_copy(update={"entities": entities}))
    rules = tuple(
        _settle_rule(rule, f"/rules/{number}", notes) for number, rule in enumerate(form.rules)
    )
    return FeatureRequirements(requirements=tuple(requirements), rules=rules), notes


def _settle_rule(rule: Rule, place: str, notes: Notes) -> Rule:
    match rule:
        case Limit():
            return _settle_limit(rule, place, notes)
        case Uniqueness(attributes=attributes):
            return rule.model_copy(update={"attributes": tuple(dict.fromkeys(attributes))})
        case State(values=values):
            return rule.model_copy(update={"values": tuple(dict.fromkeys(values))})
        case Quota() | Overlap():
            return _settle_state(rule, rule.entity, place, notes)
        case Restriction():
            return _settle_state(rule, rule.dependent, place, notes)
        case Visibility():
            return _settle_shown(rule, place, notes)
        case _:
            return rule


def _settle_state(rule: _Stated, entity: str, place: str, notes: Notes) -> _Stated:
    """Keep the condition on rows of an entity only if it is one: with a value."""
    if rule.attribute is None and rule.value is None:
        return rule
    is_whole = rule.attribute is not None and rule.value is not None
    if is_whole and _entity(rule.attribute or "") == entity:
        return rule
    expected = f"an attribute of {entity} and its value"
    found = " ".join(filter(None, (rule.attribute, rule.value)))
    notes.add(f"{place}/attribute", expected, found, "left out: all rows count")
    return rule.model_copy(update={"attribute": None, "value": None})


def _settle_shown(rule: Visibility, place: str, notes: Notes) -> Visibility:
    """Fold what is shown; a person who is named sees what is related."""
    shows = tuple(dict.fromkeys(rule.shows))
    if rule.person is not None and "related" not in shows:
        notes.add(f"{place}/shows", "related, as a person is named", ", ".join(shows), "added")
        shows = (*shows, "related")
    return rule.model_copy(update={"shows": shows})


def _settle_limit(rule: Limit, place: str, notes: Notes) -> Limit:
    """Count characters and elements by whole numbers, and put the lesser bound first."""
    least, most = rule.minimum, rule.maximum
    if rule.unit != "value":
        least = None if least is None else math.ceil(least)
        most = None if most is None else math.floor(most)
        if (least, most) != (rule.minimum, rule.maximum):
            notes.add(place, f"a whole number of {rule.unit}", "a part of one", "rounded")
    if least is not None and most is not None and least > most:
        notes.add(f"{place}/minimum", f"at most {most}", least, "exchanged")
        least, most = most, least
    return rule.model_copy(update={"minimum": least, "maximum": most})


def rule_entities(rule: Rule) -> tuple[str, ...]:
    """Return the entities that a rule speaks of."""
    named: list[str | None] = []
    match rule:
        case Uniqueness(attributes=attributes):
            named += map(_entity, attributes)
        case Ordering(attribute=attribute, reference=reference):
            named += [_entity(attribute), _entity(reference)]
        case Window(attribute=attribute, reference=reference, amount=amount):
            named += [_entity(attribute), _entity(reference), _entity(str(amount))]
        case State(entity=entity, attribute=attribute):
            named += [entity, _entity(attribute)]
        case Identity(entity=entity, attribute=attribute, other=other):
            named += [entity, _entity(attribute), _entity(other)]
        case (
            Restriction(entity=entity, dependent=dependent)
            | Cascade(entity=entity, dependent=dependent)
        ):
            named += [entity, dependent]
        case Membership(entity=entity, through=through):
            named += [entity, through]
        case Visibility(entity=entity, through=through, person=person):
            named += [entity, through, _entity(person or "")]
        case Quota(entity=entity, per=per, maximum=maximum):
            named += [entity, None if per == OWNER else per, _entity(str(maximum))]
        case Overlap(entity=entity, per=per):
            named += [entity, None if per == OWNER else per]
        case Limit() | Transition() | Derivation() | Default() | Required() | Sorting():
            named.append(_entity(rule.attribute))
        case _:
            named.append(rule.entity)
    return tuple(dict.fromkeys(name for name in named if name is not None))


def _entity(reference: str) -> str | None:
    """Return the entity of an attribute; None for words like `now` and `caller`."""
    entity, dot, _ = reference.partition(".")
    return entity if dot else None


def rules_of(analysis: Analysis, entity: str) -> tuple[Rule, ...]:
    """Return the rules that speak of an entity, or whose requirement does.

    How long or large a value of another entity may be decides nothing about it.
    """
    about = {r.id for r in analysis.requirements if entity in r.entities}
    return tuple(
        rule
        for rule in analysis.rules
        if entity in rule_entities(rule)
        or (rule.requirement in about and not isinstance(rule, Limit))
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
