"""Make a brief of a draft, with the operations that its things imply."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from pipeline.english import plural
from scoring.brief import Brief
from scoring.drafting.draft import Draft, DraftAttribute, DraftEntity, DraftRule
from scoring.drafting.nouns import Phrase
from scoring.drafting.wording import words_of

_OF_EACH = ("list", "read", "create", "update", "erase")
_METHODS = {
    "list": ["GET", "PATCH"],
    "read": ["GET"],
    "create": ["POST"],
    "update": ["PUT", "PATCH"],
    "erase": ["DELETE"],
}
_ACTING = ["POST", "PUT", "PATCH"]
_BREACH = {"uniqueness": [409, 400, 422], "ownership": [404, 403], "restrict": [409, 400, 422]}


def to_brief(draft: Draft, name: str, title: str, text: str) -> Brief:
    """Return the brief of a draft; every name in it is defined."""
    member = _member(draft)
    entities = [_entity(draft, each, member) for each in draft.entities.values()]
    operations = [one for each in draft.entities.values() for one in _operations(draft, each)]
    rules = [one for place, each in enumerate(draft.rules) for one in _rule(draft, each, place)]
    known = {operation["id"] for operation in operations}
    members = {each["name"]: _names(each) for each in entities}
    for rule in rules:
        rule["operations"] = [id for id in rule["operations"] if id in known]
    rules = [rule for rule in rules if rule["operations"] and _is_defined(rule, members)]
    return Brief.model_validate(
        {
            "name": name,
            "title": title,
            "text": text,
            "actors": _actors(draft),
            "entities": entities,
            "operations": operations,
            "rules": rules,
        }
    )


def _names(entity: dict[str, Any]) -> set[str]:
    return {each["name"] for each in (*entity["attributes"], *entity["relations"])} | {"created_at"}


_HOLDERS = ("writes", "through", "relation", "child")
"""What may have the attribute that a rule names, if it is not the rule's own entity."""


def _is_defined(rule: dict[str, Any], members: dict[str, set[str]]) -> bool:
    """Whether the entities that a rule names have what it names of them."""
    other = next((rule[key] for key in _HOLDERS if rule.get(key)), None)
    holder = str(other or rule["entity"])
    asked = [rule.get(key) for key in ("child", "writes", "through")]
    if any(name not in members for name in (*asked, holder) if name is not None):
        return False
    own = [rule.get("relation"), rule.get("within"), *rule.get("attributes", ())]
    own += [str(rule.get("other") or "").split(".")[0]]
    own += [str(rule.get("attribute") or "").split(".")[0]] if other is None else []
    theirs = [*rule.get("sets", {}), *([rule.get("attribute")] if other is not None else [])]
    return {each for each in own if each} <= members[rule["entity"]] and {
        each for each in theirs if each
    } <= members[holder]


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
    rules = [rule for rule in draft.rules if rule.entity == entity.name]
    owned = any(
        rule.kind in ("ownership", "quota") or rule.details.get("scope") == "owner"
        for rule in rules
    ) or any(
        r.kind in ("reference", "stranger") and _related(r) == entity.name for r in draft.rules
    )
    relations = {spoken(other): spoken(other) for other in _parents(draft, entity)}
    owner = member if owned and member is not None and not entity.account else None
    if owner is not None:
        relations[owner] = owner
    return {
        "name": name,
        "account": entity.account,
        "owner": owner,
        "attributes": [
            _attribute(each)
            for each in entity.attributes.values()
            if spoken(each.name) not in relations
        ],
        "relations": [
            {"name": each, "target": target, "on_delete": ["cascade", "restrict", "set_null"]}
            for each, target in relations.items()
        ],
    }


def _related(rule: DraftRule) -> Phrase:
    return tuple(str(rule.details.get("relation") or "").split())


def _parents(draft: Draft, entity: DraftEntity) -> list[Phrase]:
    """Return the things that rows of an entity belong to, as the rules say."""
    found: list[Phrase] = [*entity.links, *entity.refers]
    for rule in draft.rules:
        child = tuple(str(rule.details.get("child") or "").split())
        if child == entity.name:
            found.append(rule.entity)
        if rule.details.get("writes") == spoken(entity.name):
            for told in (rule.details.get("sets"), rule.details.get("where")):
                found += [tuple(key.split()) for key in told] if isinstance(told, Mapping) else []
        if rule.details.get("through") == spoken(entity.name):
            found.append(tuple(str(rule.details.get("person") or "").split()))
        if rule.entity == entity.name:
            attributes = rule.details.get("attributes", ())
            named = attributes if isinstance(attributes, tuple) else ()
            told = ("relation", "within", "or_relation", "whom")
            named = (*named, *(rule.details.get(key) for key in told))
            other = str(rule.details.get("other") or "")
            named = (*named, other.split(".")[0] if "." in other else None)
            found += [tuple(each.split()) for each in named if isinstance(each, str)]
    return list(dict.fromkeys(each for each in found if each in draft.entities))


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
    asked = {
        action for rule in draft.rules if rule.entity == entity.name for action in rule.actions
    }
    found: list[dict[str, Any]] = []
    if entity.account:
        found = [
            _operation(name, "join", ["POST"], f"{path}/join", [], [400, 409]),
            _operation(name, "login", ["POST"], f"{path}/login", [], [401]),
        ]
    found += [
        _operation(
            name, action, _METHODS[action],
            path if action in ("list", "create") else f"{path}/{{{key}Id}}", people,
            [401] if action == "list" else [400, 401] if action == "create" else [401, 404],
        )
        for action in _OF_EACH
        if not entity.account or (action in asked and action in ("read", "update", "erase"))
    ]  # fmt: skip
    known = {*_OF_EACH, "join", "login"}
    for rule in draft.rules:
        for verb in rule.actions if rule.entity == entity.name else ():
            if verb in known:
                continue
            known.add(verb)
            place = f"{path}/{{{key}Id}}/{verb.replace(' ', '-')}"
            act = _operation(name, "act", _ACTING, place, people, [401, 404, 409])
            via = rule.details["attribute"] if rule.kind == "transition" else None
            found.append({**act, "id": f"{name}.{verb}", "words": [verb], "via": via})
    return found


def _operation(
    entity: str, action: str, methods: list[str], path: str, actors: list[str], errors: list[int]
) -> dict[str, Any]:
    return {
        "id": f"{entity}.{action}", "entity": entity, "action": action, "methods": methods,
        "path": path, "actors": actors, "errors": errors,
    }  # fmt: skip


def _rule(draft: Draft, rule: DraftRule, place: int) -> list[dict[str, Any]]:
    """Return a rule in the brief's form."""
    entity = spoken(rule.entity)
    details = {
        key: list(value) if isinstance(value, tuple) else value
        for key, value in rule.details.items()
        if value not in (None, "", ()) or key == "actors"
    }
    said = " ".join(_flat(details))
    return [
        {
            "id": "-".join(re.findall(r"\w+", f"{entity} {said} {rule.kind}")) + f"-{place}",
            "kind": rule.kind,
            "entity": entity,
            "statuses": _BREACH.get(rule.kind, [400, 409, 422]),
            "text": rule.said or said,
            "operations": [f"{entity}.{action}" for action in rule.actions],
            "words": words_of(rule),
            **details,
        }
    ]


def _flat(details: dict[str, Any]) -> list[str]:
    return [each for each in details.values() if isinstance(each, str)]
