"""Rows and keys that are given with another row as a list, in one call."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from pipeline.ast.analysis import Derivation
from pipeline.ast.interface import Related
from pipeline.derive.context import Context
from pipeline.derive.nested.offers import nestable
from pipeline.derive.rules.kept import open_rules
from pipeline.design import Design
from pipeline.project import Project
from pipeline.stages.skeleton import skeleton
from tests.pipeline.postgres_server import PostgresServer, needs_postgres
from tests.pipeline.small_forms import (
    Form,
    by_kind,
    column,
    design_answers,
    exposure,
    files_of,
    operation,
    verify_small,
    walk_small,
)

TEXT: Form = {"type": "text", "min_length": 1, "max_length": 40}
KINDS = ("list", "read", "create", "update", "erase")


def relation(name: str, target: str, *, owner: bool = False, null: bool = False) -> Form:
    return {
        "name": name,
        "description": f"The {name}.",
        "target": target,
        "owner": owner,
        "cardinality": "many_to_one",
        "on_delete": "set_null" if null else "cascade",
        "nullable": null,
    }


TABLES: dict[str, Form] = {
    "member": {"relations": [], "columns": []},
    "product": {"relations": [], "columns": [column("name", **TEXT)]},
    "tag": {"relations": [], "columns": [column("label", **TEXT)]},
    "order": {
        "relations": [relation("member", "member", owner=True)],
        "columns": [column("note", nullable=True, **TEXT)],
    },
    "order_item": {
        "relations": [relation("order", "order"), relation("product", "product")],
        "columns": [
            column("quantity", type="integer", minimum=1, maximum=99, default=None),
            column("size", type="enum", values=["small", "large"], default="small"),
            column("extras", nullable=True, type="json", max_length=200),
            column("gift_text", nullable=True, **TEXT),
        ],
    },
    "order_tag": {"relations": [relation("order", "order"), relation("tag", "tag")], "columns": []},
    "order_note": {
        "relations": [relation("order", "order"), relation("author", "member", owner=True)],
        "columns": [column("text", **TEXT)],
    },
}
STANCES = {"order_item": "subsidiary", "order_tag": "junction", "order_note": "subsidiary"}
RULES: list[Form] = [
    {
        "kind": "uniqueness",
        "requirement": "R-1.1",
        "statement": "An order has each product once.",
        "attributes": ["order_item.order", "order_item.product"],
        "scope": "global",
    },
    {
        "kind": "quota",
        "requirement": "R-1.1",
        "statement": "An order has at most 20 items.",
        "entity": "order_item",
        "per": "order",
        "maximum": 20,
        "period": "at_once",
    },
]
SHOWN = {
    "product": ["name"],
    "tag": ["label"],
    "order": ["note"],
    "order_item": ["order_id", "product_id", "quantity", "size", "extras", "gift_text"],
    "order_tag": ["order_id", "tag_id"],
    "order_note": ["text"],
}


def _entity(name: str, table: Form) -> Form:
    attributes = [each["name"] for each in (*table["relations"], *table["columns"])]
    is_account = name == "member"
    return {
        "name": name,
        "description": f"The {name}.",
        "owner": "member" if is_account or name == "order" else "none",
        "is_account": is_account,
        "attributes": ["email", "password"] if is_account else attributes,
    }


def _resource(name: str) -> Form:
    scope = "own" if name == "order" else "any"
    cited = ["R-1.1"] if name in ("order", "order_item") else []
    operations = [{**operation(kind), "scope": scope, "requirements": cited} for kind in KINDS]
    for each in operations:
        if name == "order" and each["kind"] in ("create", "update"):
            each["rules"] = ["B-1.1", "B-1.2"]
    if name in STANCES:
        operations = [each for each in operations if each["kind"] in ("list", "read")]
    exposed = exposure(SHOWN[name], SHOWN[name])
    if name == "order":
        exposed = {"shown": exposed.pop("shown"), "nested": ["order_item", "order_tag"], **exposed}
    return {"operations": by_kind(*operations), "exposure": exposed}


def answers() -> dict[str, Any]:
    listed = [
        {"name": n, "stance": STANCES.get(n, "primary"), "entity": n, "purpose": f"The {n}."}
        for n in TABLES
        if n != "member"
    ]
    requirement = {
        "pattern": "ubiquitous",
        "actor": "member",
        "entities": ["order"],
        "condition": "Always",
        "response": "orders",
        "acceptance": {"given": "a member", "when": "they order", "then": "it is there"},
    }
    found: dict[str, Any] = {
        "analysis/plan": {
            "title": "Orders",
            "summary": "Members order products.",
            "actors": [{"name": "member", "kind": "member", "description": "Who orders."}],
            "entities": [_entity(name, table) for name, table in TABLES.items()],
            "features": [{"name": "items", "description": "Ordering."}],
        },
        "analysis/feature/items": {"requirements": [requirement], "rules": RULES},
        "database/tables": {"tables": listed},
    }
    for name, table in TABLES.items():
        found[f"database/table/{name}"] = {"soft_delete": False, **table}
        found[f"test/scenarios/{name}"] = {"scenarios": []}
        found[f"program/needs/{name}"] = {"operations": []}
        if name != "member":
            found[f"interface/{name}"] = _resource(name)
    found["interface/member"] = {"operations": {}, "exposure": exposure([], [])}
    return found


@pytest.fixture(scope="module")
def orders() -> Project:
    return design_answers(answers())


def _elements(attribute: str, statement: str, **bounds: int) -> Form:
    named = {"kind": "limit", "requirement": "R-1.1", "statement": statement}
    return {**named, "attribute": attribute, "unit": "elements", **bounds}


def bounded_answers() -> dict[str, Any]:
    """Return forms in which an order has 1 to 3 items, which complaints are about, and 2 tags."""
    found = answers()
    complaint = {
        "relations": [relation("order_item", "order_item")],
        "columns": [
            column("text", **TEXT),
        ],
    }
    plan = found["analysis/plan"]["entities"]
    plan.append(_entity("complaint", complaint))
    order = next(each for each in plan if each["name"] == "order")
    order["attributes"] += ["items", "tags"]
    found["analysis/feature/items"]["rules"] = [
        *RULES,
        _elements("order.items", "An order has 1 to 3 items.", minimum=1, maximum=3),
        _elements("order.tags", "An order has at most 2 tags.", maximum=2),
    ]
    listed = {"name": "complaint", "stance": "primary", "entity": "complaint", "purpose": "It."}
    found["database/tables"]["tables"].append(listed)
    found["database/table/complaint"] = {"soft_delete": False, **complaint}
    own = {**operation("list"), "scope": "any", "requirements": []}
    found["interface/complaint"] = {"operations": by_kind(own), "exposure": exposure(["text"], [])}
    found["interface/order_tag"]["operations"] = {}
    exposed = found["interface/order"]["exposure"]
    sorts = exposed.pop("sorts")
    exposed["related_filters"] = [{"table": "order_tag", "column": "tag_id"}]
    exposed["sorts"] = sorts
    found["test/scenarios/complaint"] = {"scenarios": []}
    found["program/needs/complaint"] = {"operations": []}
    return found


@pytest.fixture(scope="module")
def bounded() -> Project:
    return design_answers(bounded_answers())


STEPS = """
  const name = "pen";
  const pen = await api.products.create(member, { name });
  const ink = await api.products.create(member, { name: "ink" });
  const gift = await api.tags.create(member, { label: "gift" });
  const items = [
    { productId: pen.id, quantity: 2, extras: { engraved: "Ann" } },
    { productId: ink.id, quantity: 1, size: "large" as const },
  ];
  const order = await api.orders.create(member, { items, tagIds: [gift.id] });
  strict.deepEqual(order.items.map((item) => [item.productId, item.size]), [
    [pen.id, "small"],
    [ink.id, "large"],
  ]);
  strict.deepEqual(order.items[0]?.extras, { engraved: "Ann" });
  const [listed] = (await api.orders.list(member)).data;
  strict.deepEqual(listed, order);
  strict.deepEqual(await api.orders.read(member, order.id), order);
  const noted = await api.orders.update(member, order.id, { note: "soon" });
  strict.deepEqual([noted.items, noted.tagIds], [order.items, [gift.id]]);
  const less = await api.orders.update(member, order.id, { items: items.slice(1), tagIds: [] });
  strict.deepEqual([less.items.length, less.items[0]?.productId, less.tagIds], [1, ink.id, []]);
  const change = (body: api.OrderUpdate) => status(api.orders.update(member, order.id, body));
  const unknown = order.id;
  const one = { productId: pen.id, quantity: 1 };
  strict.equal(await change({ items: [one, { productId: unknown, quantity: 1 }] }), 404);
  strict.equal(await change({ items: [one, one] }), 409);
  strict.equal(await change({ items: [one, { ...one, quantity: 100 }] }), 400);
  strict.equal(await change({ items: Array<typeof one>(21).fill(one) }), 400);
  strict.equal(await change({ tagIds: [gift.id, unknown] }), 422);
  strict.equal(await change({ tagIds: [gift.id, gift.id] }), 422);
  strict.equal(await change({ tagIds: Array<string>(51).fill(gift.id) }), 400);
  strict.deepEqual(await api.orders.read(member, order.id), less);
  const { data } = await api.orderItems.list(member);
  strict.deepEqual(data.map((item) => item.orderId), [order.id]);
  await api.orders.erase(member, order.id);
  strict.equal(await status(api.orders.create(member, { items: [one, one] })), 409);
  strict.equal((await api.orders.list(member)).pagination.records, 0);
  strict.equal((await api.orderItems.list(member)).pagination.records, 0);
"""


def test_lists_are_stored_and_replaced_as_a_whole(orders: Project, tmp_path: Path) -> None:
    walk_small(orders, tmp_path, STEPS)


def test_a_service_with_lists_passes_its_own_tests(orders: Project, tmp_path: Path) -> None:
    names = {test.name for test in orders.tests.functions}
    for ending in ("keeps_its", "has_its", "has_all_its"):
        assert any(name.startswith(f"order_{ending}") for name in names)
    verify_small(orders, tmp_path)


@needs_postgres
def test_lists_are_stored_on_postgresql(
    orders: Project, tmp_path: Path, server: PostgresServer
) -> None:
    verify_small(orders, tmp_path, server.new_database())


def test_a_table_is_offered_only_as_a_part_without_rules_of_a_program(orders: Project) -> None:
    analysis, database = orders.analysis, orders.database
    order = database.table("order")
    assert nestable(analysis, database, order) == ["order_item", "order_tag"]
    assert nestable(analysis, database, database.table("member")) == []
    derived = Derivation(
        kind="derivation",
        id="B-1.3",
        requirement="R-1.1",
        statement="It costs what the product costs.",
        attribute="order_item.quantity",
        formula="the price",
    )
    stricter = analysis.model_copy(update={"rules": (*analysis.rules, derived)})
    assert nestable(stricter, database, order) == ["order_tag"]


def test_bodies_publish_how_much_a_list_may_hold(orders: Project) -> None:
    schemas = json.loads(files_of(orders)["openapi.json"])["components"]["schemas"]
    properties = schemas["OrderCreate"]["properties"]
    reference = {"$ref": "#/components/schemas/OrderItemEntry"}
    assert (properties["items"]["items"], properties["items"]["maxItems"]) == (reference, 20)
    assert properties["tagIds"]["items"]["format"] == "uuid"
    assert properties["tagIds"]["maxItems"] == 50
    assert "maxItems" not in schemas["Order"]["properties"]["items"]
    assert "orderId" not in schemas["OrderItemEntry"]["properties"]
    statuses = orders.interface.operation("orders.create").statuses()
    assert statuses == (400, 401, 404, 409, 422)


def test_a_rule_that_bounds_a_list_is_kept_by_the_body(orders: Project) -> None:
    design = Design(orders.analysis, orders.database, orders.interface)
    for kind in ("create", "update"):
        changing = orders.interface.operation(f"orders.{kind}")
        assert open_rules(Context(design, changing)) == ()
        assert "number of order_item" not in skeleton(design, changing)
        assert [error.status for error in changing.errors if "B-1.2" in error.rules] == [400]


def test_a_skeleton_says_what_becomes_of_lists(orders: Project) -> None:
    design = Design(orders.analysis, orders.database, orders.interface)
    text = skeleton(design, orders.interface.operation("orders.update"))
    assert "if body.items is given: erase every order_item where order_id = changed.id" in text
    assert "if body.items is given: new order_item for each of body.items" in text


def test_a_rule_says_how_many_elements_a_list_has(bounded: Project) -> None:
    schemas = json.loads(files_of(bounded)["openapi.json"])["components"]["schemas"]
    create, update = schemas["OrderCreate"], schemas["OrderUpdate"]
    items, tags = create["properties"]["items"], create["properties"]["tagIds"]
    assert (items["minItems"], items["maxItems"], tags["maxItems"]) == (1, 3, 2)
    assert "items" in create["required"]
    assert "minItems" not in tags
    assert update["properties"]["tagIds"]["maxItems"] == 2
    assert "items" not in update["properties"]  # complaints are about them
    refused = {e.rules: e.status for e in bounded.interface.operation("orders.create").errors}
    assert refused["B-1.2", "B-1.3"] == refused["B-1.4",] == 400


def test_rows_are_filtered_by_what_they_are_joined_with(bounded: Project) -> None:
    query = bounded.interface.operation("orders.list").query
    assert query is not None
    found = {each.property: (each.related, each.column) for each in query.filters}
    assert found == {"orderTagTagId": (Related(table="order_tag", relation="order"), "tag_id")}


def test_a_service_with_bounded_lists_passes_its_own_tests(
    bounded: Project, tmp_path: Path
) -> None:
    names = {test.name for test in bounded.tests.functions}
    assert {"orders_are_filtered_by_tag_ids", "order_loses_a_deleted_tag"} <= names
    verify_small(bounded, tmp_path)
