from __future__ import annotations

from pipeline.ast.analysis import Actor, Analysis, Entity
from pipeline.ast.database import (
    Column,
    EnumType,
    Index,
    IntegerType,
    Relation,
    Table,
    TableEntry,
    TableForm,
    TableKeys,
    TextType,
    UniqueKey,
)
from pipeline.settle.database import settle_keys, settle_table, settle_tables

ANALYSIS = Analysis(
    title="Forum",
    summary="Members write.",
    actors=(Actor(name="member", kind="member", description="Writes."),),
    entities=(
        Entity(name="member", description="Account.", owner="member", attributes=("nickname",)),
        Entity(name="article", description="A text.", owner="member", attributes=("title",)),
        Entity(name="comment", description="A remark.", owner="member", attributes=("text",)),
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
        "cardinality": "many_to_one",
        "on_delete": "cascade",
        "nullable": False,
    }
    return Relation.model_validate(parts | changes)


def text(name: str) -> Column:
    kind = TextType(type="text", min_length=1, max_length=80)
    return Column(name=name, description="A text.", type=kind, nullable=False)


def form(*relations: Relation, columns: tuple[Column, ...] = ()) -> TableForm:
    return TableForm(requirements=(), soft_delete=False, relations=relations, columns=columns)


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
    article, first = settle_table(laid["article"], form(relation("comment")), [laid["member"]])
    comment, second = settle_table(laid["comment"], form(relation("article")), [article])
    assert article.relations[0].nullable is False
    assert comment.relations[0].nullable is True
    assert first.all() == ()
    assert [n.pointer for n in second.all()] == ["/relations/0/nullable"]


def test_a_row_never_needs_one_of_its_own_table() -> None:
    laid = tables()
    comment, _ = settle_table(laid["comment"], form(relation("comment", name="parent")), [])
    assert comment.relations[0].nullable is True


def test_a_required_relation_can_not_be_set_to_null() -> None:
    laid = tables()
    settled, notes = settle_table(
        laid["comment"], form(relation("article", on_delete="set_null")), []
    )
    assert settled.relations[0].on_delete == "cascade"
    assert [n.pointer for n in notes.all()] == ["/relations/0/on_delete"]


def test_columns_never_collide_with_keys_that_are_derived() -> None:
    laid = tables()
    settled, _ = settle_table(
        laid["comment"],
        form(relation("article"), columns=(text("article_id"), text("password_hash"), text("id"))),
        [],
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
    )
    votes, rank = (column.type for column in settled.columns)
    assert votes == IntegerType(type="integer", minimum=1, maximum=9, default=9)
    assert rank == EnumType(type="enum", values=("low", "high", "low_2"), default="low")


def test_a_key_said_twice_is_said_once_and_foreign_keys_are_indexed() -> None:
    laid = tables()
    table, _ = settle_table(
        laid["comment"], form(relation("article"), relation("member"), columns=(text("slug"),)), []
    )
    unique = UniqueKey(columns=("article_id", "slug"), rules=())
    keyed, notes = settle_keys(
        table,
        TableKeys(uniques=(unique, unique), indexes=(Index(columns=("slug", "slug")),)),
    )
    assert [u.columns for u in keyed.uniques] == [("article_id", "slug")]
    assert [i.columns for i in keyed.indexes] == [("slug",), ("member_id",)]
    assert [n.pointer for n in notes.all()] == ["/uniques/1"]
