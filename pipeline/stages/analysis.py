"""Stage 1, analysis: one form for the plan, one for each feature."""

from __future__ import annotations

from typing import Any

from engines.schema import FormSchema, Union
from pipeline.asking import prompts
from pipeline.asking.growth import Growth, growth_of
from pipeline.asking.harness import Ask, Harness
from pipeline.asking.narrow import Form, any_of, one_of
from pipeline.ast import analysis as an
from pipeline.derive.accounts.schemas import PASSWORD_LENGTHS
from pipeline.records.calls import Diagnostic
from pipeline.settle.analysis import NO_OWNER, number_feature, settle_feature, settle_plan
from pipeline.stages import refusals, slices

MAX_REQUIREMENTS = 10
NAMES_OF = {
    "actor": "actors",
    "entity": "entities",
    "dependent": "entities",
    "through": "entities",
    "per": "counted",
    "attribute": "attributes",
    "attributes": "attributes",
    "sum": "attributes",
    "start": "attributes",
    "end": "attributes",
    "reference": "moments",
    "other": "people",
    "person": "held",
}
"""What the fields of rules are names of."""

ACCOUNTS_ONLY = an.Plan(
    title="Accounts",
    summary="A service that nothing is planned for but its accounts.",
    actors=(an.Actor(name="member", kind="member", description="Somebody with an account."),),
    entities=(
        an.Entity(
            name="member",
            description="An account.",
            owner="member",
            is_account=True,
            attributes=("email",),
        ),
    ),
    features=(an.Feature(name="accounts", description="Joining and signing in."),),
)
"""The plan of a run whose model wrote no valid one, at a level that lets that happen."""


def run(harness: Harness, request: str) -> an.Analysis:
    """Turn the request (plain text) into the requirements analysis.

    Without a valid plan the run continues with the smallest service there is: accounts and no more.
    """
    harness.begin("analysis", None)
    growth = growth_of(request)
    said = slices.head(request) or f"The request:\n{request.strip()}"
    prompt = prompts.messages("analysis-plan", "", "Write the plan.", said)
    planned = harness.fill("analysis/plan", prompt, plan_schema(growth), _read_plan)
    plan = planned or ACCOUNTS_ONLY
    harness.expect(1 + len(plan.features))
    asks = [_ask(plan, said, number, growth) for number in range(1, len(plan.features) + 1)]
    filled = [each for each in harness.fill_all(asks) if each is not None]
    harness.end()
    return an.Analysis(
        title=plan.title,
        summary=plan.summary,
        actors=plan.actors,
        entities=plan.entities,
        features=plan.features,
        requirements=tuple(r for each in filled for r in each.requirements),
        rules=tuple(rule for each in filled for rule in each.rules),
    )


def _ask(plan: an.Plan, said: str, number: int, growth: Growth) -> Ask[an.FeatureRequirements]:
    """Ask for the requirements of a feature, by its number from 1."""
    feature = plan.features[number - 1]

    def read(form: Any) -> tuple[an.FeatureRequirements, tuple[Diagnostic, ...]]:
        numbered, cited = number_feature(form, feature.name, number)
        settled, notes = settle_feature(an.FeatureRequirements.model_validate(numbered))
        return settled, (*cited.all(), *notes.all())

    own = (
        f"Ids of its requirements, in order: R-{number}.1, R-{number}.2 and so on.\n"
        f"Write the requirements and rules of the feature {feature.name}: {feature.description}"
    )
    service = f"{said}\n\n{slices.plan(plan)}\n\n{refusals.by_rule()}"
    least, most = PASSWORD_LENGTHS
    shared = f"A password has {least} to {most} characters; a rule with one bound leaves the other."
    prompt = prompts.messages("analysis-feature", shared, own, service)
    schema = feature_schema(plan, number, growth)
    return Ask(f"analysis/feature/{feature.name}", prompt, schema, read)


def _read_plan(form: Any) -> tuple[an.Plan, tuple[Diagnostic, ...]]:
    settled, notes = settle_plan(an.Plan.model_validate(form))
    return settled, notes.all()


def plan_schema(growth: Growth) -> FormSchema:
    """Bound the plan by what the request can hold."""
    form = Form(an.Plan)
    form.at_most(an.Plan, "entities", growth.entities)
    form.at_most(an.Plan, "features", growth.features)
    return form.at_most(an.Entity, "attributes", growth.attributes).schema()


def feature_schema(plan: an.Plan, index: int, growth: Growth) -> FormSchema:
    """Narrow the form of the feature at `index` (from 1) to the plan's actors and entities."""
    known = _known(plan)
    ids = [f"R-{index}.{number}" for number in range(1, MAX_REQUIREMENTS + 1)]
    form = Form(an.FeatureRequirements)
    form.at_most(an.FeatureRequirements, "requirements", growth.requirements)
    form.at_most(an.FeatureRequirements, "rules", growth.rules)
    form.omit(an.Requirement, "id", "feature")
    form.choose(an.Requirement, "actor", known["actors"])
    form.choose(an.Requirement, "entities", known["entities"])
    for rule in an.RULES:
        form.omit(rule, "id").choose(rule, "requirement", ids)
        for field, values in NAMES_OF.items():
            if field in rule.model_fields:
                form.choose(rule, field, known[values])
    form.choose(an.Ordering, "attribute", known["moments"])
    form.choose(an.Window, "attribute", known["moments"])
    form.choose(an.Identity, "attribute", known["held"])
    for rule, field in ((an.Quota, "maximum"), (an.Window, "amount")):
        number = form.node(rule).members[field]
        assert isinstance(number, Union)
        form.set(rule, field, any_of([number.options[0], one_of(known["attributes"])]))
    form.choose(an.Sorting, "attribute", [*known["attributes"], *known["made"]])
    return form.schema()


def _known(plan: an.Plan) -> dict[str, list[str]]:
    """Return the names that a plan has, and the words that rules use beside them.

    Where no entity has an attribute, rules speak of when it was made.
    """
    entities = [entity.name for entity in plan.entities]
    made = [f"{name}.{an.CREATED_AT}" for name in entities]
    attributes = [f"{e.name}.{a}" for e in plan.entities for a in e.attributes] or made
    owners = [f"{e.name}.{an.OWNER}" for e in plan.entities if e.owner != NO_OWNER]
    return {
        "actors": [actor.name for actor in plan.actors],
        "entities": entities,
        "counted": [an.OWNER, *entities],
        "attributes": attributes,
        "moments": [an.NOW, *attributes, *made],
        "made": made,
        "held": [*owners, *attributes],
        "people": [an.CALLER, *owners, *attributes],
    }
