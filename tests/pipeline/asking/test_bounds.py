"""What a prompt says of bounds is what the form's schema holds an answer to."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib.resources import files
from typing import Annotated, Any, Literal, NamedTuple, cast

import pytest
from pydantic import BaseModel, Field

from benchmarks.golden_forms import Asked, forms_of
from pipeline.asking import levels, prompts
from pipeline.asking.bounds import bounds
from pipeline.asking.narrow import Form
from pipeline.ast.base import Name, Sentence, Title
from pipeline.records.options import Level
from pipeline.run.golden import golden_names

GOLDEN = golden_names()
SAID = re.compile(r"(`[^;]+`|texts) (?:at most|(-?\d+) to) (-?\d+)( characters)?")
LIMITS = {
    "array": ("minItems", "maxItems"),
    "string": ("minLength", "maxLength"),
    "integer": ("minimum", "maximum"),
    "number": ("minimum", "maximum"),
}
NUMBER = re.compile(r"(?<![\w.`])\d+(?![\w.`])")


class Limit(NamedTuple):
    """The limits of a member; `is_whole` if all that there is to choose may be chosen."""

    low: int | None
    high: int | None
    is_whole: bool


class Part(BaseModel):
    kind: Literal["a"]
    name: Name
    words: Annotated[tuple[Name, ...], Field(min_length=1, max_length=3)]
    parts: Annotated[tuple[Part, ...], Field(max_length=7)]
    days: Annotated[int, Field(ge=-5, le=10)]
    size: Annotated[int, Field(ge=0, le=2_000_000)]
    purpose: Sentence


class Whole(BaseModel):
    title: Title
    text: Sentence
    parts: Annotated[tuple[Part, ...], Field(min_length=2, max_length=9)]
    chosen: Annotated[tuple[Name, ...], Field(max_length=2)]


WORDS = (
    "Bounds: `title` at most 60 characters; texts at most 160 characters; `parts` 2 to 9; "
    "`parts.words` 1 to 3; `parts.days` -5 to 10; `chosen` at most 2."
)


def test_bounds_of_two_levels_are_said_where_they_decide_something() -> None:
    assert bounds(Form(Whole).schema()) == (WORDS, "")


@pytest.mark.parametrize("choices", [("a", "b", "c"), ("a", "b"), ("a",), ()])
def test_a_choice_is_said_to_be_what_its_kind_is(choices: tuple[str, ...]) -> None:
    assert bounds(Form(Whole).choose(Whole, "chosen", choices).schema()) == (WORDS, "")


def test_what_narrowing_bounds_otherwise_is_said_of_the_form_alone() -> None:
    of_kind, of_form = bounds(Form(Whole).at_least(Whole, "chosen", 1).schema())
    assert of_kind == WORDS
    assert of_form == "Bounds of this one: `chosen` 1 to 2."


@pytest.mark.parametrize("name", GOLDEN)
def test_every_number_in_a_prompt_s_bounds_is_the_schema_s(name: str) -> None:
    said = 0
    for form in forms_of(name):
        stated = _stated(form)
        limits = list(_limits(form.schema.as_json()))
        for member, low, high in stated:
            known = [limit for path, limit in limits if member in (path, "texts")]
            is_few = all(limit.is_whole for limit in known)
            is_exact = any(low in (None, each.low) and high == each.high for each in known)
            assert is_exact or is_few, (form.request.key, member)
        said += len(stated)
    assert said > 100


@pytest.mark.parametrize("level", ["narrowed", "grammar"])
def test_the_bounds_of_a_kind_are_shared_and_those_of_a_form_are_its_own(level: Level) -> None:
    schema = Form(Whole).at_least(Whole, "chosen", 1).schema()
    of_kind, of_form = bounds(schema)
    posed = levels.pose(level, prompts.messages("test-sketch", "Shared.", "Own."), schema)
    asked = posed.messages[1]
    assert asked.content[: asked.shared].endswith(f"Shared.\n\n{of_kind}\n\n")
    assert asked.content[asked.shared :] == f"{of_form}\n\nOwn."


def test_no_instruction_has_a_number_of_its_own() -> None:
    words = [file for file in (files("resources") / "prompts").iterdir() if file.is_file()]
    assert len(words) > 10
    for file in words:
        assert NUMBER.findall(file.read_text(encoding="utf-8")) == [], file.name


def _stated(form: Asked) -> list[tuple[str, int | None, int]]:
    """Return each bound that a prompt states: member, the least, and the other number."""
    lines = form.request.messages[1].content.splitlines()
    return [
        (member.strip("` "), None if low is None else int(low), int(high))
        for line in lines
        if line.startswith("Bounds")
        for members, low, high in (found.group(1, 2, 3) for found in SAID.finditer(line))
        for member in members.split(",")
    ]


def _limits(schema: dict[str, Any]) -> Iterator[tuple[str, Limit]]:
    """Yield the path and the limits of each member at the top two levels of a JSON schema."""
    definitions = schema.get("$defs", {})

    def walk(node: Any, path: str) -> Iterator[tuple[str, Limit]]:
        if "$ref" in node:
            yield from walk(definitions[node["$ref"].rsplit("/", 1)[1]], path)
            return
        for option in node.get("anyOf", ()):
            yield from walk(option, path)
        if "items" in node:
            yield from walk(node["items"], path)
        if path.count(".") < 1 + bool(path):
            for name, member in cast("dict[str, Any]", node.get("properties", {})).items():
                inner = f"{path}.{name}" if path else name
                low, high = LIMITS.get(member.get("type", ""), ("", ""))
                choices = member.get("items", {}).get("enum")
                most = member.get(high)
                is_whole = most == 0 or (choices is not None and most >= len(choices))
                yield inner, Limit(member.get(low), most, is_whole)
                if not path:
                    yield from walk(member, inner)

    yield from walk(schema, "")
