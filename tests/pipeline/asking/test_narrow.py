from __future__ import annotations

from typing import Annotated, Literal

import pytest
from pydantic import Field

from pipeline.asking.narrow import Form
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


def test_the_tag_of_a_union_member_comes_first() -> None:
    assert list(Form(Zoo).schema()["$defs"]["Cat"]["properties"]) == ["kind", "note", "owner"]


def test_a_reference_becomes_an_enum_of_what_exists() -> None:
    schema = Form(Zoo).choose(Cat, "owner", ["ann", "bob", "ann"]).schema()
    assert schema["$defs"]["Cat"]["properties"]["owner"] == {"enum": ["ann", "bob"]}


def test_a_list_of_references_holds_no_more_than_there_are() -> None:
    friends = Form(Zoo).choose(Dog, "friends", ["ann"]).schema()["$defs"]["Dog"]["properties"]
    assert friends["friends"]["items"] == {"enum": ["ann"]}
    assert (friends["friends"]["minItems"], friends["friends"]["maxItems"]) == (1, 1)


def test_a_list_without_anything_to_name_is_empty() -> None:
    friends = Form(Zoo).choose(Dog, "friends", []).schema()["$defs"]["Dog"]["properties"]["friends"]
    assert (friends["minItems"], friends["maxItems"]) == (0, 0)


def test_a_single_reference_to_nothing_is_an_error() -> None:
    with pytest.raises(ValueError, match=r"Cat\.owner has nothing to choose from"):
        Form(Zoo).choose(Cat, "owner", [])


def test_what_is_derived_is_not_asked() -> None:
    cat = Form(Zoo).omit(Cat, "note").schema()["$defs"]["Cat"]
    assert list(cat["properties"]) == ["kind", "owner"] == cat["required"]


def test_a_definition_that_nothing_refers_to_is_left_out() -> None:
    schema = Form(Zoo).list_of(Zoo, "animals", [{"$ref": "#/$defs/Cat"}]).schema()
    assert list(schema["$defs"]) == ["Cat"]


def test_a_specialised_node_leaves_the_original_as_it_was() -> None:
    form = Form(Zoo)
    special = form.node(Cat, {"owner": {"enum": ["ann"]}})
    assert special["properties"]["owner"] == {"enum": ["ann"]}
    assert form.schema()["$defs"]["Cat"]["properties"]["owner"]["type"] == "string"
