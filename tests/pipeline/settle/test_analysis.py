from __future__ import annotations

from typing import Any

from pipeline.ast.analysis import Actor, Entity, Feature, FeatureRequirements, Plan
from pipeline.settle.analysis import number_feature, settle_feature, settle_plan

MEMBER = Entity(
    name="member",
    description="Somebody.",
    owner="member",
    is_account=True,
    attributes=("email", "password"),
)


def plan(**changes: object) -> Plan:
    parts: dict[str, object] = {
        "title": "Todos",
        "summary": "Members keep todos.",
        "actors": (Actor(name="member", kind="member", description="Somebody."),),
        "entities": (
            MEMBER,
            Entity(
                name="todo",
                description="To do.",
                owner="member",
                is_account=False,
                attributes=("title",),
            ),
        ),
        "features": (Feature(name="todos", description="Todos."),),
    }
    return Plan.model_validate(parts | changes)


def requirement() -> dict[str, object]:
    return {
        "pattern": "event",
        "actor": "member",
        "entities": ["todo", "todo"],
        "condition": "When asked",
        "response": "sees todos",
        "acceptance": {"given": "a todo", "when": "asked", "then": "shown"},
    }


def limit(**changes: object) -> dict[str, object]:
    rule: dict[str, object] = {
        "kind": "limit",
        "requirement": "R-2.1",
        "statement": "A title has 1 to 120 characters.",
        "attribute": "todo.title",
        "unit": "characters",
        "minimum": 1,
        "maximum": 120,
    }
    return rule | changes


def test_a_sound_plan_comes_back_as_it_was() -> None:
    settled, notes = settle_plan(plan())
    assert settled == plan()
    assert notes.all() == ()


def test_names_said_twice_and_reserved_names_are_changed_and_noted() -> None:
    entity = Entity(
        name="class", description="A class.", owner="none", is_account=False, attributes=("title",)
    )
    settled, notes = settle_plan(plan(entities=(MEMBER, entity, entity)))
    assert [e.name for e in settled.entities] == ["member", "class_record", "class_record_2"]
    assert [n.pointer for n in notes.all()] == ["/entities/1/name", "/entities/2/name"]
    assert {n.severity for n in notes.all()} == {"adjusted"}


def test_an_owner_that_has_no_account_is_nobody() -> None:
    guest = Actor(name="visitor", kind="guest", description="Anybody.")
    entity = Entity(
        name="todo", description="To do.", owner="visitor", is_account=False, attributes=("title",)
    )
    settled, notes = settle_plan(plan(actors=(guest,), entities=(entity,)))
    assert settled.entities[0].owner == "none"
    assert [n.pointer for n in notes.all()] == ["/entities/0/owner"]


def test_an_account_under_another_name_is_folded_into_its_actor() -> None:
    account = Entity(
        name="account",
        description="An account.",
        owner="member",
        is_account=True,
        attributes=("nickname",),
    )
    settled, notes = settle_plan(plan(entities=(account, MEMBER)))
    (folded,) = settled.entities
    assert (folded.name, folded.owner, folded.is_account) == ("member", "member", True)
    assert folded.attributes == ("email", "password", "nickname")
    assert [n.suggestion for n in notes.all()] == ["folded into member"]


def test_an_account_that_is_nobodys_is_a_thing() -> None:
    entity = Entity(
        name="bank_account",
        description="Money.",
        owner="none",
        is_account=True,
        attributes=("number",),
    )
    settled, notes = settle_plan(plan(entities=(MEMBER, entity)))
    assert settled.entities[1].is_account is False
    assert [n.pointer for n in notes.all()] == ["/entities/1/is_account"]


def test_an_account_that_the_plan_forgets_is_added() -> None:
    settled, notes = settle_plan(plan(entities=plan().entities[1:]))
    assert [(e.name, e.is_account) for e in settled.entities] == [("todo", False), ("member", True)]
    assert [n.suggestion for n in notes.all()] == ["added"]


def test_ids_are_given_in_order_and_rules_keep_to_their_form() -> None:
    form = {
        "requirements": [requirement(), requirement()],
        "rules": [limit(), limit(requirement="R-2.5")],
    }
    numbered, notes = number_feature(form, "todos", 2)
    assert [r["id"] for r in numbered["requirements"]] == ["R-2.1", "R-2.2"]
    assert [(r["id"], r["requirement"]) for r in numbered["rules"]] == [
        ("B-2.1", "R-2.1"),
        ("B-2.2", "R-2.2"),
    ]
    assert [n.pointer for n in notes.all()] == ["/rules/1/requirement"]


def test_bounds_the_wrong_way_round_are_exchanged() -> None:
    form = {"requirements": [requirement()], "rules": [limit(minimum=9, maximum=3)]}
    numbered = FeatureRequirements.model_validate(number_feature(form, "todos", 2)[0])
    settled, notes = settle_feature(numbered)
    (rule,) = settled.rules
    assert rule.kind == "limit"
    assert (rule.minimum, rule.maximum) == (3, 9)
    assert [n.pointer for n in notes.all()] == ["/rules/0/minimum"]
    assert settled.requirements[0].entities == ("todo",)


def settled_rule(**said: object) -> tuple[Any, list[str]]:
    rule = {"requirement": "R-2.1", "statement": "As it is said.", **said}
    form = {"requirements": [requirement()], "rules": [rule]}
    numbered = FeatureRequirements.model_validate(number_feature(form, "todos", 2)[0])
    settled, notes = settle_feature(numbered)
    return settled.rules[0], [note.pointer for note in notes.all()]


def test_half_a_condition_on_what_is_counted_is_left_out_with_a_note() -> None:
    quota = {
        "kind": "quota",
        "entity": "todo",
        "per": "owner",
        "maximum": 3,
        "period": "at_once",
        "attribute": "todo.status",
    }
    rule, notes = settled_rule(**quota)
    assert (rule.attribute, rule.value, notes) == (None, None, ["/rules/0/attribute"])
    rule, notes = settled_rule(**quota | {"attribute": "list.status"}, value="open")
    assert (rule.attribute, rule.value, notes) == (None, None, ["/rules/0/attribute"])
    rule, notes = settled_rule(**quota, value="open")
    assert (rule.attribute, rule.value, notes) == ("todo.status", "open", [])


def test_half_a_state_of_what_keeps_a_row_is_left_out_with_a_note() -> None:
    kept = {"kind": "restriction", "entity": "list", "dependent": "todo"}
    rule, notes = settled_rule(**kept, attribute="list.status", value="open")
    assert (rule.attribute, rule.value, notes) == (None, None, ["/rules/0/attribute"])
    rule, notes = settled_rule(**kept, attribute="todo.status", value="open")
    assert (rule.attribute, rule.value, notes) == ("todo.status", "open", [])


def test_a_person_who_is_named_sees_what_is_related() -> None:
    said = {"kind": "visibility", "entity": "todo", "actor": "member", "person": "list.keeper"}
    rule, notes = settled_rule(shows=["own", "own"], **said)
    assert (rule.shows, notes) == (("own", "related"), ["/rules/0/shows"])


def test_words_of_a_state_count_once() -> None:
    said = {"kind": "state", "entity": "todo", "attribute": "todo.status", "relation": "is_not"}
    rule, notes = settled_rule(values=["done", "done", "lost"], **said)
    assert (rule.values, notes) == (("done", "lost"), [])
