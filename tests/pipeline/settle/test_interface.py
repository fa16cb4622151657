from __future__ import annotations

from pipeline.ast.analysis import Actor, Analysis
from pipeline.ast.database import Relation, Table
from pipeline.ast.interface import (
    Action,
    Endpoint,
    Exposure,
    Flag,
    Listing,
    OperationEntry,
    ResourceForm,
    RowTotal,
    Summary,
)
from pipeline.settle.interface import settle_resource
from pipeline.settle.notes import Notes

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
    owner=True,
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


def entry(
    kind: str, name: str = "", actors: tuple[str, ...] = ("member",), scope: str = "own"
) -> OperationEntry:
    said = {
        "kind": kind,
        "actors": actors,
        "scope": scope,
        "description": "Does it.",
        "requirements": (),
        "rules": (),
    }
    if kind != "action":
        return Endpoint.model_validate(said)
    return Action.model_validate({**said, "name": name, "input": (), "required_input": ("reason",)})


EXPOSURE = Exposure(shown=(), writable_on_create=(), writable_on_update=(), filters=(), sorts=())


def settle(*entries: OperationEntry) -> tuple[tuple[OperationEntry, ...], Notes]:
    form = ResourceForm(operations=entries, exposure=EXPOSURE)
    settled, notes = settle_resource(ARTICLE, form, ANALYSIS)
    return settled.operations, notes


def test_each_kind_stands_once_and_actions_have_names_of_their_own() -> None:
    entries = [entry("read"), entry("read"), entry("action", "hide"), entry("action", "hide")]
    settled, notes = settle(*entries)
    assert [(e.kind, e.name) for e in settled] == [
        ("read", "read"),
        ("action", "hide"),
        ("action", "hide_2"),
    ]
    assert [n.pointer for n in notes.all()] == ["/operations/1/kind", "/operations/3/name"]


def test_what_an_action_must_be_given_is_part_of_what_its_body_takes() -> None:
    (settled,), _ = settle(entry("action", "hide"))
    assert isinstance(settled, Action)
    assert (settled.input, settled.required_input) == (("reason",), ("reason",))


def test_a_reset_of_what_nobody_signs_in_with_is_left_out() -> None:
    settled, notes = settle(entry("reset", scope="any"), entry("read"))
    assert [e.kind for e in settled] == ["read"]
    assert [n.pointer for n in notes.all()] == ["/operations/0/kind"]


def test_no_action_is_called_like_the_reset_of_a_password() -> None:
    account = ARTICLE.model_copy(update={"name": "member", "stance": "actor", "relations": ()})
    operations = (entry("action", "reset_password"), entry("reset", scope="any"))
    form = ResourceForm(operations=operations, exposure=EXPOSURE)
    settled, notes = settle_resource(account, form, ANALYSIS)
    assert [e.name for e in settled.operations] == ["reset_password_2", "reset"]
    assert "/operations/0/name" in [n.pointer for n in notes.all()]


def test_what_a_guest_may_do_is_nobodys_own() -> None:
    (settled,), notes = settle(entry("read", actors=("visitor", "member")))
    assert (settled.actors, settled.scope) == (("visitor", "member"), "any")
    assert [n.pointer for n in notes.all()] == ["/operations/0/scope"]


def test_a_new_row_has_one_owner() -> None:
    (settled,), _ = settle(entry("create", actors=("moderator", "member")))
    assert (settled.actors, settled.scope) == (("member",), "own")


def test_a_list_may_show_owners_theirs_and_others_all() -> None:
    (settled,), notes = settle(entry("list", actors=("moderator", "member")))
    assert (settled.actors, settled.scope) == (("moderator", "member"), "own")
    assert notes.all() == ()


def test_several_actors_share_an_operation_on_one_row() -> None:
    (settled,), notes = settle(entry("erase", actors=("member", "moderator")))
    assert (settled.actors, settled.scope) == (("member", "moderator"), "own")
    assert notes.all() == ()


def test_an_owner_that_is_the_caller_is_not_written_and_that_is_noted() -> None:
    exposure = EXPOSURE.model_copy(update={"writable_on_create": ("author_id",)})
    form = ResourceForm(operations=(entry("create"),), exposure=exposure)
    settled, notes = settle_resource(ARTICLE, form, ANALYSIS)
    assert settled.exposure.writable_on_create == ()
    assert [n.pointer for n in notes.all()] == ["/exposure/writable_on_create"]


def test_a_further_list_gets_a_name_that_nothing_else_has() -> None:
    said = entry("list").model_dump() | {"name": "list", "filters": (), "sorts": ()}
    listing = Listing.model_validate({**said, "kind": "listing"})
    settled, notes = settle(entry("list"), listing)
    assert [each.name for each in settled] == ["list", "list_action"]
    assert [n.pointer for n in notes.all()] == ["/operations/1/name"]


def test_only_the_account_itself_has_an_endpoint_for_its_own() -> None:
    member = ARTICLE.model_copy(update={"name": "member", "stance": "actor", "relations": ()})
    form = ResourceForm(
        operations=(entry("me", actors=("visitor", "moderator"), scope="any"),), exposure=EXPOSURE
    )
    settled, notes = settle_resource(member, form, ANALYSIS)
    assert [(e.actors, e.scope) for e in settled.operations] == [(("member",), "own")]
    assert [n.pointer for n in notes.all()] == ["/operations/0/actors"]


def test_flags_are_called_like_no_column() -> None:
    flags = (Flag(name="author_id", table="like"), Flag(name="liked", table="like"))
    form = ResourceForm(operations=(), exposure=EXPOSURE.model_copy(update={"flags": flags}))
    settled, notes = settle_resource(ARTICLE, form, ANALYSIS)
    assert [flag.name for flag in settled.exposure.flags] == ["author_id_2", "liked"]
    assert [n.pointer for n in notes.all()] == ["/exposure/flags/0/name"]


def test_totals_are_called_like_no_column_and_no_flag() -> None:
    flags = (Flag(name="liked", table="like"),)
    total = RowTotal(name="liked", table="like", column="n", time="created_at", period="always")
    exposure = EXPOSURE.model_copy(update={"flags": flags, "totals": (total,)})
    settled, notes = settle_resource(
        ARTICLE, ResourceForm(operations=(), exposure=exposure), ANALYSIS
    )
    assert [total.name for total in settled.exposure.totals] == ["liked_2"]
    assert [n.pointer for n in notes.all()] == ["/exposure/totals/0/name"]


def test_what_a_row_is_looked_up_by_is_shown() -> None:
    exposure = EXPOSURE.model_copy(update={"lookups": ("slug",)})
    settled, _ = settle_resource(ARTICLE, ResourceForm(operations=(), exposure=exposure), ANALYSIS)
    assert settled.exposure.shown == ("slug",)


def test_a_summary_has_each_figure_once() -> None:
    figure = {"function": "sum", "column": "price"}
    said = entry("list").model_dump() | {"kind": "summary", "name": "revenue"}
    rest = {"group": "everything", "period": "day", "figures": (figure, figure)}
    (settled,), _ = settle(Summary.model_validate({**said, **rest}))
    assert isinstance(settled, Summary)
    assert [(f.function, f.column) for f in settled.figures] == [("sum", "price")]
