"""What the request says reaches every form that decides about it.

Each number, word and condition of a brief's rules stands in the prompt of each form that turns it
into a column, an endpoint, a test or a program.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest

from engines.protocol import Request
from pipeline.project import Project
from pipeline.run.golden import golden_names
from scoring import brief as br
from scoring.loading import load_brief
from scoring.words import mentions, named, words

WORDINGS = ("true", "false", "given", "now", "caller")
"""A switch is on or off; the request says which word it is called by."""
MAY_BE_MISSING = re.compile(r"may be missing|perhaps|or none|without|may have|\bor not\b|if any")
ENDING = re.compile(r"(?:ed|d|ing)$")
"""What turns a verb into the word for a state: the request ends something, and it is ended."""
NEAR = 160
"""Characters between an attribute and the words that it may be missing, at most."""


def demands(brief: br.Brief) -> Iterator[tuple[str, str]]:
    """Yield each entity with the numbers, words and people that the brief says about it."""
    for entity in brief.entities:
        for attribute in entity.attributes:
            for bound in (attribute.minimum, attribute.maximum):
                if bound is not None:
                    yield entity.name, str(abs(bound))
            for word in attribute.values:
                yield entity.name, word
    for rule in brief.rules:
        for field in ("minimum", "maximum", "days", "source", "target", "value", "hidden"):
            said = getattr(rule, field, None)
            if said is not None and said not in WORDINGS:
                yield rule.entity, str(said).lstrip("-")
    accounts = {actor.name for actor in brief.actors if actor.kind != "guest"}
    for each in brief.permissions:
        if each.actor in accounts:
            yield each.entity, each.actor


def stands(said: str, text: str) -> bool:
    if said.isdecimal():
        return re.search(rf"(?<![\d.]){said}(?!\d)", text) is not None
    spoken = {form for word in words(text) for form in (word, ENDING.sub("", word))}
    return all(word in spoken or ENDING.sub("", word) in spoken for word in words(said))


def marked(attribute: br.Attribute, text: str) -> bool:
    """Whether the words that it may be missing stand near an attribute."""
    return any(
        mentions(text[max(0, mark.start() - NEAR) : mark.end() + NEAR], attribute.names)
        for mark in MAY_BE_MISSING.finditer(text)
    )


def forms(project: Project, entity: br.Entity, asked: dict[str, Request]) -> list[str]:
    """Return the keys of the forms that decide about an entity."""
    tables = [t for t in project.database.tables if named(t.name, entity.names)]
    tables = [t for t in tables if named(t.name, [entity.name])] or tables
    operations = {o.id for t in tables for o in project.interface.operations if o.table == t.name}
    tests = {f.form for f in project.tests.functions if f.form and f.operation in operations}
    keys = [
        *(f"{stage}/{t.name}" for t in tables for stage in ("database/table", "interface")),
        *(f"{stage}/{t.name}" for t in tables for stage in ("test/scenarios", "program/needs")),
        *(f"program/{each}" for each in operations),
        *tests,
    ]
    return [key for key in keys if key in asked]


@pytest.mark.parametrize("name", golden_names())
def test_every_demand_reaches_the_forms_that_decide_about_it(
    name: str,
    golden: Callable[[str], Project],
    asked: Callable[[str], dict[str, Request]],
) -> None:
    project, requests, brief = golden(name), asked(name), load_brief(name)
    texts = {key: " ".join(m.content for m in r.messages).lower() for key, r in requests.items()}
    missing: list[str] = []
    checked = 0
    for entity_name, said in dict.fromkeys(demands(brief)):
        entity = brief.entity(entity_name)
        assert entity is not None
        found = forms(project, entity, requests)
        assert found, f"{entity_name} is decided by no form"
        checked += len(found)
        missing += [f"{key}: {said}" for key in found if not stands(said, texts[key])]
    for entity in brief.entities:
        for each in (a for a in entity.attributes if a.given and not a.required):
            if "datetime" in each.types:
                continue  # the moment at which something happened, or has not yet
            found = [key for key in forms(project, entity, requests) if "table" in key]
            checked += len(found)
            missing += [f"{k}: {each.name} or none" for k in found if not marked(each, texts[k])]
    assert checked > 100
    assert missing == []
