"""What counts as found, as partly found, as implied and as invented."""

from __future__ import annotations

from typing import Any

import pytest

from benchmarks.comparing import Comparison
from benchmarks.unsaid import UNSAID
from scoring.brief import Brief, Rule
from scoring.loading import load_brief


def brief(rules: list[dict[str, Any]], shelf: str = "shelf") -> Brief:
    told = {"text": "", "statuses": [], "entity": "jar", "operations": ["jar.create"]}
    return Brief.model_validate(
        {
            "name": "pantry",
            "actors": [{"name": "cook", "kind": "member"}],
            "entities": [
                {"name": "cook", "account": True, "attributes": []},
                {
                    "name": shelf,
                    "synonyms": ["rack"] if shelf == "shelf" else [],
                    "attributes": [{"name": "name", "types": ["text"]}],
                },
                {
                    "name": "jar",
                    "owner": "cook",
                    "attributes": [
                        {"name": "label", "types": ["text"], "maximum": 40},
                        {"name": "status", "types": ["enum"], "values": ["sealed", "empty"]},
                    ],
                    "relations": [
                        {"name": "cook", "target": "cook", "on_delete": ["cascade"]},
                        {"name": shelf, "target": shelf, "on_delete": ["cascade"]},
                    ],
                },
            ],
            "rules": [{**told, "id": f"r{place}", **rule} for place, rule in enumerate(rules)],
        }
    )


def agreement(wanted: dict[str, Any], drafted: dict[str, Any], shelf: str = "shelf") -> str:
    comparison = Comparison(brief([wanted]), brief([drafted], shelf))
    return comparison.agreement(comparison.brief.rules[0], comparison.drafted.rules[0])


def first(rule: dict[str, Any]) -> tuple[Comparison, Rule]:
    comparison = Comparison(brief([]), brief([rule]))
    return comparison, comparison.drafted.rules[0]


LABEL = {"kind": "uniqueness", "attributes": ["label", "shelf"], "scope": "global"}
CLOSES = {"kind": "transition", "attribute": "status", "source": "sealed", "target": "empty"}


@pytest.mark.parametrize(
    ("wanted", "drafted", "expected"),
    [
        (LABEL, LABEL, "whole"),
        (LABEL, {**LABEL, "attributes": ["label"]}, "partly"),
        (LABEL, {**LABEL, "attributes": ["status"]}, "none"),
        (CLOSES, CLOSES, "whole"),
        (CLOSES, {**CLOSES, "source": "empty", "target": "sealed"}, "none"),
        (CLOSES, {"kind": "state", "attribute": "status", "value": "sealed"}, "partly"),
        (
            {"kind": "ownership", "or_actors": ["cook"]},
            {"kind": "ownership"},
            "partly",
        ),
        (
            {"kind": "ownership"},
            {"kind": "ownership", "operations": ["jar.erase"]},
            "none",
        ),
        (
            {"kind": "effect", "writes": "shelf", "change": "update", "sets": {"name": "given"}},
            {"kind": "effect", "writes": "shelf", "change": "update"},
            "partly",
        ),
    ],
)
def test_rules_agree_as_far_as_they_say_the_same(
    wanted: dict[str, Any], drafted: dict[str, Any], expected: str
) -> None:
    assert agreement(wanted, drafted) == expected


def test_entities_are_the_same_by_a_synonym() -> None:
    wanted = {"kind": "reference", "relation": "shelf"}
    assert agreement(wanted, {"kind": "reference", "relation": "rack"}, "rack") == "whole"
    assert agreement(wanted, {"kind": "reference", "relation": "box"}, "box") == "none"


def test_what_an_attribute_says_is_implied() -> None:
    comparison, rule = first({"kind": "limit", "attribute": "label", "maximum": 40})
    assert comparison.is_implied(rule)
    comparison, rule = first({"kind": "limit", "attribute": "label", "maximum": 41})
    assert not comparison.is_implied(rule)


@pytest.mark.parametrize("name", UNSAID)
def test_rules_that_no_sentence_says_are_rules(name: str) -> None:
    assert UNSAID[name].keys() <= {rule.id for rule in load_brief(name).rules}
