from __future__ import annotations

import pytest

from pipeline.ast.analysis import Actor, Analysis, Entity
from pipeline.ast.database import (
    Column,
    EnumType,
    IntegerType,
    PatternType,
    Relation,
    Table,
    TableEntry,
    TableForm,
    TextType,
)
from pipeline.settle.database import settle_deletions, settle_table, settle_tables
from pipeline.settle.notes import Notes


def entity(name: str, attribute: str) -> Entity:
    return Entity(
        name=name,
        description="A thing.",
        owner="member",
        is_account=name == "member",
        attributes=(attribute,),
    )


ANALYSIS = Analysis(
    title="Forum",
    summary="Members write.",
    actors=(Actor(name="member", kind="member", description="Writes."),),
    entities=(
        entity("member", "nickname"),
        entity("article", "title"),
        entity("comment", "text"),
    ),
    features=(),
    requirements=(),
    rules=(),
)


def entry(name: str, entity: str) -> TableEntry:
    return TableEntry(name=name, stance="primary", entity=entity, purpose="Keeps things.")


def tables() -> dict[str, Table]:
    laid, _ = settle_tables([entry("article", "article"), entry("comment", "comment")], ANALYSIS)
    return {table.name: table for table in laid}


def relation(target: str, **changes: object) -> Relation:
    parts: dict[str, object] = {
        "name": target,
        "description": "Belongs to it.",
        "target": target,
        "owner": False,
        "cardinality": "many_to_one",
        "on_delete": "cascade",
        "nullable": False,
    }
    return Relation.model_validate(parts | changes)


def text(name: str) -> Column:
    kind = TextType(type="text", min_length=1, max_length=80)
    return Column(name=name, description="A text.", type=kind, nullable=False)


def form(*relations: Relation, columns: tuple[Column, ...] = ()) -> TableForm:
    return TableForm(soft_delete=False, relations=relations, columns=columns)


def test_accounts_come_first_and_forgotten_entities_get_a_table() -> None:
    laid, notes = settle_tables([entry("member", "member"), entry("post", "article")], ANALYSIS)
    assert [(t.name, t.plural, t.stance) for t in laid] == [
        ("member", "members", "actor"),
        ("post", "posts", "primary"),
        ("comment", "comments", "primary"),
    ]
    assert [n.suggestion for n in notes.all()] == ["left out: it is derived", "added"]


def test_plurals_of_the_longest_names_stay_apart() -> None:
    laid, _ = settle_tables([entry("x" * 32, "article")] * 3, ANALYSIS)
    several = [table.plural for table in laid]
    assert len(set(several)) == len(several)
    assert max(map(len, several)) == 32


def test_a_table_named_in_the_plural_keeps_its_name() -> None:
    laid, _ = settle_tables([entry("articles", "article"), entry("series", "comment")], ANALYSIS)
    names = {table.name: table.plural for table in laid}
    assert names == {"member": "members", "articles": "articles", "series": "series"}


def test_rows_that_would_need_each_other_first_do_not() -> None:
    laid = tables()
    article, first = settle_table(
        laid["article"], form(relation("comment")), [laid["member"]], "none"
    )
    comment, second = settle_table(laid["comment"], form(relation("article")), [article], "none")
    assert article.relations[0].nullable is False
    assert comment.relations[0].nullable is True
    assert first.all() == ()
    assert [n.pointer for n in second.all()] == ["/relations/0/nullable"]


def test_a_row_never_needs_one_of_its_own_table() -> None:
    laid = tables()
    comment, _ = settle_table(laid["comment"], form(relation("comment", name="parent")), [], "none")
    assert comment.relations[0].nullable is True


def test_a_required_relation_can_not_be_set_to_null() -> None:
    laid = tables()
    settled, notes = settle_table(
        laid["comment"], form(relation("article", on_delete="set_null")), [], "none"
    )
    assert settled.relations[0].on_delete == "cascade"
    assert [n.pointer for n in notes.all()] == ["/relations/0/on_delete"]


def test_columns_never_collide_with_keys_that_are_derived() -> None:
    laid = tables()
    settled, _ = settle_table(
        laid["comment"],
        form(relation("article"), columns=(text("article_id"), text("password_hash"), text("id"))),
        [],
        "none",
    )
    physical = [column.name for column in settled.physical()]
    assert len(set(physical)) == len(physical)
    assert {"article_id_2", "password_hash_value", "id_value"} <= set(physical)


def test_bounds_and_defaults_are_put_in_order() -> None:
    laid = tables()
    number = IntegerType(type="integer", minimum=9, maximum=1, default=70)
    word = EnumType(type="enum", values=("low", "high", "low"), default="urgent")
    settled, _ = settle_table(
        laid["article"],
        form(
            columns=(
                Column(name="votes", description="Votes.", type=number, nullable=False),
                Column(name="rank", description="Rank.", type=word, nullable=False),
            )
        ),
        [],
        "none",
    )
    votes, rank = (column.type for column in settled.columns)
    assert votes == IntegerType(type="integer", minimum=1, maximum=9, default=9)
    assert rank == EnumType(type="enum", values=("low", "high", "low_2"), default="low")


def test_only_texts_of_any_length_are_held_to_one() -> None:
    laid = tables()
    digits = PatternType(type="pattern", pattern="digits", length=13)
    currency = PatternType(type="pattern", pattern="currency", length=13)
    columns = tuple(
        Column(name=type_.pattern, description="A text.", type=type_, nullable=False)
        for type_ in (digits, currency)
    )
    settled, notes = settle_table(laid["comment"], form(columns=columns), [], "none")
    lengths = [c.type.length for c in settled.columns if isinstance(c.type, PatternType)]
    assert lengths == [13, None]
    assert [note.pointer for note in notes.all()] == ["/columns/1/type/length"]


def test_lengths_of_a_pattern_are_put_in_order_and_said_once() -> None:
    laid = tables()
    turned = PatternType(type="pattern", pattern="slug", min_length=24, max_length=2)
    twice = PatternType(type="pattern", pattern="code", length=8, max_length=9)
    columns = tuple(
        Column(name=type_.pattern, description="A text.", type=type_, nullable=False)
        for type_ in (turned, twice)
    )
    settled, notes = settle_table(laid["comment"], form(columns=columns), [], "none")
    lengths = [c.type.lengths for c in settled.columns if isinstance(c.type, PatternType)]
    assert lengths == [(2, 24), (8, 8)]
    assert [note.pointer for note in notes.all()] == [
        f"/columns/{place}/type/min_length" for place in (0, 1)
    ]


def test_the_only_relation_to_the_owner_of_the_plan_is_the_owner() -> None:
    laid = tables()
    settled, notes = settle_table(laid["comment"], form(relation("member")), [], "member")
    assert settled.relations[0].owner is True
    assert [n.pointer for n in notes.all()] == ["/relations/0/owner"]


def test_where_two_people_meet_the_form_says_whose_row_it_is() -> None:
    laid = tables()
    both = (relation("member", name="sender"), relation("member", name="receiver", owner=True))
    settled, notes = settle_table(laid["comment"], form(*both), [], "member")
    assert [r.owner for r in settled.relations] == [False, True]
    assert notes.all() == ()
    unsaid, _ = settle_table(
        laid["comment"], form(*(r.model_copy(update={"owner": False}) for r in both)), [], "member"
    )
    assert [r.owner for r in unsaid.relations] == [False, False]


def test_a_row_has_one_owner_of_a_kind() -> None:
    laid = tables()
    both = (relation("member", name="one", owner=True), relation("member", name="two", owner=True))
    settled, notes = settle_table(laid["comment"], form(*both), [], "member")
    assert [r.owner for r in settled.relations] == [True, False]
    assert [n.pointer for n in notes.all()] == ["/relations/1/owner"]


@pytest.mark.parametrize(
    ("kind", "said", "on_delete"),
    [
        ("cascade", {"then": "deleted"}, "cascade"),
        ("cascade", {"then": "kept"}, "set_null"),
        ("restriction", {}, "restrict"),
    ],
)
def test_a_rule_says_what_becomes_of_rows_whose_row_is_deleted(
    kind: str, said: dict[str, str], on_delete: str
) -> None:
    rule = {"id": "B-1.1", "requirement": "R-1.1", "statement": "So.", "kind": kind}
    about = {"entity": "article", "dependent": "comment"}
    analysis = Analysis.model_validate(
        {**ANALYSIS.model_dump(), "rules": [{**rule, **about, **said}]}
    )
    other = "restrict" if on_delete == "cascade" else "cascade"
    laid = tables()
    form = TableForm(
        soft_delete=False, relations=(relation("article", on_delete=other),), columns=()
    )
    formed, _ = settle_table(laid["comment"], form, [], "none")
    notes = Notes()
    (made,) = settle_deletions(formed, analysis, laid.values(), notes).relations
    assert made.on_delete == on_delete
    assert made.nullable == (on_delete == "set_null")
    assert [note.pointer for note in notes.all()] == ["/relations/0/on_delete"]
    again = Notes()
    settle_deletions(
        formed.model_copy(update={"relations": (made,)}), analysis, laid.values(), again
    )
    assert again.all() == ()
