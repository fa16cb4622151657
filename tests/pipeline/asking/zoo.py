"""A small form with all that forms have: tagged unions, recursion, names, bounds, lists."""

from __future__ import annotations

from typing import Annotated, Literal

from hypothesis import strategies as st
from pydantic import Field

from engines.schema import Named
from pipeline.asking.narrow import Form, NarrowedSchema, any_of, one_of
from pipeline.ast.base import Name, Node, Sentence

OWNERS = ("ann", "bob_smith", "cleo")


class Cat(Node):
    kind: Literal["cat"]
    owner: Name
    lives: Annotated[int, Field(ge=1, le=9)]
    note: Sentence | None


class Dog(Node):
    kind: Literal["dog"]
    friends: Annotated[tuple[Name, ...], Field(max_length=3)]
    good: bool


class Cage(Node):
    kind: Literal["cage"]
    animals: Annotated[tuple[Animal, ...], Field(max_length=2)]


Animal = Annotated[Cat | Dog | Cage, Field(discriminator="kind")]


class Zoo(Node):
    title: Sentence
    open_days: Annotated[int, Field(ge=0, le=7)]
    animals: Annotated[tuple[Animal, ...], Field(min_length=1, max_length=4)]


def narrowed() -> NarrowedSchema:
    """Return the form narrowed to its owners, with two branches of one tag."""
    form = Form(Zoo).choose(Cat, "owner", OWNERS).choose(Dog, "friends", OWNERS)
    loved = form.node(Cat, {"owner": one_of(["ann"]), "lives": one_of([9])})
    animals = [any_of([form.node(Cat), loved]), Named("Dog"), Named("Cage")]
    return form.list_of(Zoo, "animals", animals).schema()


SENTENCES = st.sampled_from(["A plain sentence.", "Two words", "x", "it's [one] {more}, ok?"])
CATS = st.fixed_dictionaries(
    {
        "kind": st.just("cat"),
        "owner": st.sampled_from(OWNERS),
        "lives": st.integers(1, 9),
        "note": st.none() | SENTENCES,
    }
)
DOGS = st.fixed_dictionaries(
    {
        "kind": st.just("dog"),
        "friends": st.lists(st.sampled_from(OWNERS), max_size=3),
        "good": st.booleans(),
    }
)
ANIMALS = st.recursive(
    CATS | DOGS,
    lambda inner: st.fixed_dictionaries(
        {"kind": st.just("cage"), "animals": st.lists(inner, max_size=2)}
    ),
    max_leaves=4,
)
ZOOS = st.fixed_dictionaries(
    {
        "title": SENTENCES,
        "open_days": st.integers(0, 7),
        "animals": st.lists(ANIMALS, min_size=1, max_size=4),
    }
)
"""Documents of the narrowed form."""
