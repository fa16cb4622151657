"""Make a brief of a draft, with the operations that its things imply."""

from __future__ import annotations

import re
from typing import Any

from pipeline.english import plural, with_article
from scoring.brief import Brief
from scoring.drafting.draft import Draft, DraftAttribute, DraftEntity, DraftRule
from scoring.drafting.nouns import Phrase

_OF_EACH = ("list", "read", "create", "update", "erase")
_METHODS = {
    "list": ["GET", "PATCH"],
    "read": ["GET"],
    "create": ["POST"],
    "update": ["PUT", "PATCH"],
    "erase": ["DELETE"],
}
_BREACH = {"uniqueness": [409, 400, 422], "ownership": [404, 403], "restrict": [409, 400, 422]}
LEFT_OPEN = frozenset({"state", "visibility"})
"""Kinds of which a draft knows too little: they are shown to whoever confirms it."""
_DENIED = ["refused", "rejected", "only", "cannot", "not", "nobody", "never", "conflict"]


def to_brief(draft: Draft, name: str, title: str, text: str) -> Brief:
    """Return the brief of a draft; every name in it is defined."""
    member = _member(draft)
    entities = [_entity(draft, each, member) for each in draft.entities.values()]
    operations = [one for each in draft.entities.values() for one in _operations(draft, each)]
    rules = [one for place, each in enumerate(draft.rules) for one in _rule(draft, each, place)]
    known = {operation["id"] for operation in operations}
    for rule in rules:
        rule["operations"] = [id for id in rule["operations"] if id in known]
    return Brief.model_validate(
        {
            "name": name,
            "title": title,
            "text": text,
            "actors": _actors(draft),
            "entities": entities,
            "operations": operations,
            "rules": [rule for rule in rules if rule["operations"]],
        }
    )


def spoken(name: Phrase) -> str:
    """Return a name as it is written in a brief."""
    return " ".join(name)


def _member(draft: Draft) -> str | None:
    accounts = [each for each in draft.entities.values() if each.account]
    signing = [each for each in accounts if not each.invited] or accounts
    return spoken(signing[0].name) if signing else None


def _actors(draft: Draft) -> list[dict[str, Any]]:
    accounts = [each for each in draft.entities.values() if each.account]
    people = [
        {"name": spoken(each.name), "kind": "admin" if each.invited else "member"}
        for each in accounts
    ]
    return [{"name": "guest", "kind": "guest"}, *people]


def _entity(draft: Draft, entity: DraftEntity, member: str | None) -> dict[str, Any]:
    name = spoken(entity.name)
    owned = any(
        rule.entity == entity.name and rule.kind in ("ownership", "quota") for rule in draft.rules
    )
    relations = {spoken(other): spoken(other) for other in _parents(draft, entity.name)}
    owner = member if owned and member is not None and not entity.account else None
    if owner is not None:
        relations[owner] = owner
    return {
        "name": name,
        "account": entity.account,
        "owner": owner,
        "attributes": [_attribute(each) for each in entity.attributes.values()],
        "relations": [
            {"name": each, "target": target, "on_delete": ["cascade", "restrict", "set_null"]}
            for each, target in relations.items()
        ],
    }


def _parents(draft: Draft, entity: Phrase) -> list[Phrase]:
    """Return the things that rows of an entity belong to, as the rules say."""
    found: list[Phrase] = []
    for rule in draft.rules:
        about = tuple(rule.about[0].split()) if rule.about else ()
        if rule.kind in ("restrict", "deletion") and about == entity:
            found.append(rule.entity)
        if (
            rule.entity == entity
            and rule.kind in ("uniqueness", "state")
            and about in draft.entities
        ):
            found.append(about)
    return list(dict.fromkeys(found))


def _attribute(attribute: DraftAttribute) -> dict[str, Any]:
    given: dict[str, Any] = {
        "name": spoken(attribute.name),
        "types": [attribute.type],
        "minimum": _bound(attribute.minimum),
        "maximum": _bound(attribute.maximum),
        "default": attribute.default,
    }
    if attribute.values:
        given["values"] = list(attribute.values)
    if not attribute.required:
        given["required"] = False
    return {key: value for key, value in given.items() if value is not None}


def _bound(number: float | None) -> int | None:
    return int(number) if number is not None and number == int(number) else None


def _operations(draft: Draft, entity: DraftEntity) -> list[dict[str, Any]]:
    name = spoken(entity.name)
    path = "/" + re.sub(r"\s+", "-", plural(name))
    key = re.sub(r"\s+(\w)", lambda match: match[1].upper(), name)
    people = [spoken(each.name) for each in draft.entities.values() if each.account]
    if entity.account:
        return [
            _operation(name, "join", ["POST"], f"{path}/join", [], [400, 409]),
            _operation(name, "login", ["POST"], f"{path}/login", [], [401]),
        ]
    found = [
        _operation(
            name, action, _METHODS[action],
            path if action in ("list", "create") else f"{path}/{{{key}Id}}", people,
            [401] if action == "list" else [400, 401] if action == "create" else [401, 404],
        )
        for action in _OF_EACH
    ]  # fmt: skip
    for rule in draft.rules:
        if rule.kind == "transition" and rule.entity == entity.name:
            verb = rule.about[2]
            act = _operation(
                name, "act", ["POST", "PUT", "PATCH"], f"{path}/{{{key}Id}}/{verb}", people,
                [401, 404, 409],
            )  # fmt: skip
            found.append({**act, "id": f"{name}.{verb}", "words": [verb], "via": rule.about[0]})
    return found


def _operation(
    entity: str, action: str, methods: list[str], path: str, actors: list[str], errors: list[int]
) -> dict[str, Any]:
    return {
        "id": f"{entity}.{action}", "entity": entity, "action": action, "methods": methods,
        "path": path, "actors": actors, "errors": errors,
    }  # fmt: skip


def _rule(draft: Draft, rule: DraftRule, place: int) -> list[dict[str, Any]]:
    """Return a rule in the brief's form, or nothing if a draft knows too little of its kind."""
    if rule.kind in LEFT_OPEN:
        return []
    entity = spoken(rule.entity)
    about = list(rule.about)
    return [
        {
            "id": "-".join(re.findall(r"\w+", f"{entity} {' '.join(about)} {rule.kind}"))
            + f"-{place}",
            "kind": rule.kind,
            "entity": entity,
            "statuses": _BREACH.get(rule.kind, [400, 409, 422]),
            "text": _text(rule, entity, about),
            "operations": _places(rule, entity, about),
            "words": _words(rule, entity, about),
            **_details(draft, rule, about),
        }
    ]


def _details(draft: Draft, rule: DraftRule, about: list[str]) -> dict[str, Any]:
    match rule.kind:
        case "limit":
            numbers = {"minimum": rule.minimum, "maximum": rule.maximum}
            return {"attribute": about[0], **_given(numbers)}
        case "quota":
            return {"maximum": rule.maximum}
        case "default":
            return {"attribute": about[0], "value": about[1]}
        case "uniqueness":
            is_relation = tuple(about[0].split()) in draft.entities
            return {"attributes": about[:1], "scope": "owner" if is_relation else "global"}
        case "transition":
            return {"attribute": about[0], "source": about[1], "target": about[2]}
        case "restrict":
            return {"child": about[0]}
        case "deletion":
            return {"child": about[0], "effect": about[1]}
        case _:
            return {}


def _text(rule: DraftRule, entity: str, about: list[str]) -> str:
    one, many = with_article(entity), plural(entity)
    match rule.kind:
        case "limit":
            return f"The {about[0]} of {one} is {_range(rule)}."
        case "quota":
            return f"There are at most {rule.maximum} {many} for each."
        case "default":
            return f"The {about[0]} of {one} is {about[1]} at first."
        case "uniqueness":
            return f"No two {many} have the same {about[0]}."
        case "transition":
            return f"Only {with_article(about[1])} {entity} becomes {about[2]}."
        case "restrict":
            return f"{one.capitalize()} that has {plural(about[0])} cannot be deleted."
        case "deletion":
            then = "are kept" if about[1] == "keep" else "are deleted with it"
            return f"When {one} is deleted, its {plural(about[0])} {then}."
        case _:
            return f"Only its owner changes or deletes {one}."


def _places(rule: DraftRule, entity: str, about: list[str]) -> list[str]:
    """Return the operations that must keep a rule."""
    actions = {
        "limit": ["create", "update", "join"],
        "uniqueness": ["create", "update", "join"],
        "quota": ["create"],
        "default": ["create"],
        "ownership": ["update", "erase"],
        "restrict": ["erase"],
        "deletion": ["erase"],
        "transition": about[2:],
    }
    return [f"{entity}.{action}" for action in actions[rule.kind]]


def _words(rule: DraftRule, entity: str, about: list[str]) -> list[list[str]]:
    own = list(dict.fromkeys([entity, rule.entity[-1]]))
    numbers = [[str(each)] for each in (rule.minimum, rule.maximum) if each is not None]
    match rule.kind:
        case "limit":
            return [about[:1], *numbers]
        case "quota":
            return [own, *numbers]
        case "default":
            return [own, [about[1]], ["first", "default", "initially"]]
        case "uniqueness":
            return [own, about[:1], ["unique", "same", "once", "already", "no two"]]
        case "transition":
            return [own, [about[2]], _DENIED]
        case "restrict":
            return [own, about[:1], ["delete", "deleted"], _DENIED]
        case "deletion":
            return [own, about[:1], ["delete", "deleted"]]
        case _:
            return [own, ["own", "owner", "author", "only", "else", "private"]]


def _given(numbers: dict[str, float | None]) -> dict[str, float]:
    return {key: value for key, value in numbers.items() if value is not None}


def _range(rule: DraftRule) -> str:
    if rule.minimum is None:
        return f"at most {rule.maximum}"
    return (
        f"at least {rule.minimum}" if rule.maximum is None else f"{rule.minimum} to {rule.maximum}"
    )
