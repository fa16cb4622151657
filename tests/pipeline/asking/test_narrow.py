from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

import pytest
from pydantic import Field

from engines.schema import EMPTY_ARRAY, Array, Enum, Named, Object, SchemaNode, Text
from pipeline.asking.narrow import Form, one_of
from pipeline.ast.base import Name, Node


class Base(Node):
    note: Name


class Cat(Base):
    kind: Literal["cat"]
    owner: Name


class Dog(Base):
    kind: Literal["dog"]
    friends: Annotated[tuple[Name, ...], Field(min_length=1, max_length=9)]


class Zoo(Node):
    animals: tuple[Annotated[Cat | Dog, Field(discriminator="kind")], ...]


def members(form: Form, name: str) -> Mapping[str, SchemaNode]:
    """Return the members of an object that the form defines."""
    node = form.schema().definitions[name]
    assert isinstance(node, Object)
    return node.members


def test_the_tag_of_a_union_member_comes_first() -> None:
    assert list(members(Form(Zoo), "Cat")) == ["kind", "note", "owner"]


def test_a_reference_becomes_an_enum_of_what_exists() -> None:
    form = Form(Zoo).choose(Cat, "owner", ["ann", "bob", "ann"])
    assert members(form, "Cat")["owner"] == Enum(("ann", "bob"))


def test_a_list_of_references_holds_no_more_than_there_are() -> None:
    form = Form(Zoo).choose(Dog, "friends", ["ann"])
    assert members(form, "Dog")["friends"] == Array(Enum(("ann",)), 1, 1)


def test_a_list_without_anything_to_name_is_empty() -> None:
    form = Form(Zoo).choose(Dog, "friends", [])
    assert members(form, "Dog")["friends"] == EMPTY_ARRAY


def test_a_single_reference_to_nothing_is_an_error() -> None:
    with pytest.raises(ValueError, match=r"Cat\.owner has nothing to choose from"):
        Form(Zoo).choose(Cat, "owner", [])


def test_what_is_derived_is_not_asked() -> None:
    cat = Form(Zoo).omit(Cat, "note").schema().definitions["Cat"]
    assert isinstance(cat, Object)
    assert tuple(cat.members) == ("kind", "owner") == cat.required


def test_a_definition_that_nothing_refers_to_is_left_out() -> None:
    schema = Form(Zoo).list_of(Zoo, "animals", [Named("Cat")]).schema()
    assert list(schema.definitions) == ["Cat"]


def test_a_specialised_node_leaves_the_original_as_it_was() -> None:
    form = Form(Zoo)
    special = form.node(Cat, {"owner": one_of(["ann"])})
    assert special.members["owner"] == Enum(("ann",))
    assert isinstance(members(form, "Cat")["owner"], Text)
