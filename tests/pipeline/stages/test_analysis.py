"""The form of a feature can be filled whatever the plan has."""

from __future__ import annotations

from pipeline.asking.growth import growth_of
from pipeline.ast import analysis as an
from pipeline.stages.analysis import feature_schema


def plan(*attributes: str) -> an.Plan:
    return an.Plan(
        title="Signs",
        summary="Signs that everybody reads.",
        actors=(an.Actor(name="visitor", kind="guest", description="Reads."),),
        entities=(
            an.Entity(
                name="sign",
                description="A sign.",
                owner="none",
                is_account=False,
                attributes=attributes,
            ),
        ),
        features=(an.Feature(name="signs", description="Reading signs."),),
    )


def test_rules_speak_of_attributes_or_of_when_a_thing_was_made() -> None:
    growth = growth_of("Signs that everybody reads.")
    assert '"sign.text"' in feature_schema(plan("text"), 1, growth).text
    assert '"sign.created_at"' in feature_schema(plan(), 1, growth).text


def test_what_a_rule_takes_from_an_attribute_is_one_of_the_plan() -> None:
    text = feature_schema(plan("loan_days"), 1, growth_of("Signs.")).text
    window = text[text.index('"Window"') :]
    assert '"sign.loan_days"' in window
