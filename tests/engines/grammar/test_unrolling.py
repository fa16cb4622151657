"""Unrolling keeps the language of a schema, less what is too deep."""

import pytest
from pydantic import BaseModel

from engines.grammar.sharing import share
from engines.grammar.unrolling import unroll
from engines.protocol import GrammarError
from engines.schema import (
    Array,
    FormSchema,
    Named,
    Null,
    Object,
    SchemaNode,
    Union,
    inside,
    parse_schema,
)


def schema_of(model: type[BaseModel]) -> FormSchema:
    return share(parse_schema(model.model_json_schema()))


def deepest(schema: FormSchema, node: SchemaNode) -> int:
    """Return the nesting of objects in the deepest document of an unrolled schema."""
    if isinstance(node, Named):
        return deepest(schema, schema.definitions[node.name])
    below = max((deepest(schema, each) for each in inside(node)), default=0)
    return below + isinstance(node, Object)


@pytest.mark.parametrize("depth", [1, 2, 5])
def test_the_nesting_is_bounded(asked, depth):
    unrolled = unroll(share(asked.schema), depth)
    assert parse_schema(unrolled.as_json()) == unrolled
    assert deepest(unrolled, unrolled.root) <= depth + 2


def test_flat_schemas_are_left_alone():
    class Flat(BaseModel):
        name: str
        tags: list[str]

    flat = schema_of(Flat)
    assert unroll(flat, 3) is flat


def test_a_recursion_without_an_end_is_refused():
    class Endless(BaseModel):
        inner: "Endless"

    with pytest.raises(GrammarError, match="no document that ends"):
        unroll(schema_of(Endless), 4)


def test_a_recursion_inside_another_has_its_own_depth():
    class Leaf(BaseModel):
        inner: "Leaf | None"

    class Tree(BaseModel):
        leaf: Leaf
        left: "Tree | None"

    names = set(unroll(schema_of(Tree), 2).definitions)
    assert names == {"Tree__2", "Tree__1", "Tree__0", "Leaf__2", "Leaf__1", "Leaf__0"}


def test_a_list_that_can_hold_no_item_is_empty():
    tree = Object({"first": Named("tree"), "more": Array(Named("tree"))}, ("more",))
    schema = unroll(FormSchema(Named("tree"), {"tree": tree}), 1)
    inner = Named("tree__0")
    assert schema.definitions == {
        "tree__1": Object({"first": inner, "more": Array(inner)}, ("more",)),
        "tree__0": Object({"more": Array(None, most=0)}, ("more",)),
    }


def test_a_branch_that_can_not_end_is_dropped():
    tree = Union((Null(), Array(Named("tree"), 1)))
    schema = unroll(FormSchema(Named("tree"), {"tree": tree}), 0)
    assert schema.definitions == {"tree__0": Union((Null(),))}
