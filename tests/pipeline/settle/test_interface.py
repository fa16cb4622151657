from __future__ import annotations

from pipeline.ast.analysis import Actor, Analysis
from pipeline.ast.database import Relation, Table
from pipeline.ast.interface import OperationEntry
from pipeline.settle.interface import settle_operations

ANALYSIS = Analysis(
    title="Forum",
    summary="Members write.",
    actors=(
        Actor(name="visitor", kind="guest", description="Reads."),
        Actor(name="member", kind="member", description="Writes."),
        Actor(name="moderator", kind="admin", description="Looks after it."),
    ),
    entities=(),
    features=(),
    requirements=(),
    rules=(),
)
AUTHOR = Relation(
    name="author",
    description="Who wrote it.",
    target="member",
    cardinality="many_to_one",
    on_delete="cascade",
    nullable=False,
)
ARTICLE = Table(
    name="article",
    plural="articles",
    stance="primary",
    entity="article",
    purpose="A text.",
    requirements=(),
    soft_delete=False,
    columns=(),
    relations=(AUTHOR,),
    uniques=(),
    indexes=(),
)


def entry(kind: str, name: str = "", actors: tuple[str, ...] = ("member",), scope: str = "own"):
    return OperationEntry.model_validate(
        {
            "kind": kind,
            "name": name or kind,
            "input": (),
            "actors": actors,
            "scope": scope,
            "description": "Does it.",
            "requirements": (),
            "rules": (),
        }
    )


def test_each_kind_stands_once_and_actions_have_names_of_their_own() -> None:
    entries = [entry("read"), entry("read"), entry("action", "hide"), entry("action", "hide")]
    settled, notes = settle_operations(ARTICLE, entries, ANALYSIS)
    assert [(e.kind, e.name) for e in settled] == [
        ("read", "read"),
        ("action", "hide"),
        ("action", "hide_2"),
    ]
    assert [n.pointer for n in notes.all()] == ["/operations/1/kind", "/operations/3/name"]


def test_what_a_guest_may_do_is_nobodys_own() -> None:
    (settled,), notes = settle_operations(
        ARTICLE, [entry("read", actors=("visitor", "member"))], ANALYSIS
    )
    assert (settled.actors, settled.scope) == (("visitor", "member"), "any")
    assert [n.pointer for n in notes.all()] == ["/operations/0/scope"]


def test_a_new_row_has_one_owner() -> None:
    (settled,), _ = settle_operations(
        ARTICLE, [entry("create", actors=("moderator", "member"))], ANALYSIS
    )
    assert (settled.actors, settled.scope) == (("member",), "own")


def test_several_actors_share_an_operation_on_one_row() -> None:
    (settled,), notes = settle_operations(
        ARTICLE, [entry("erase", actors=("member", "moderator"))], ANALYSIS
    )
    assert (settled.actors, settled.scope) == (("member", "moderator"), "own")
    assert notes.all() == ()
