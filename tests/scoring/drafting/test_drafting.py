"""Drafts of briefs from a request's text."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.drafting import REFERENCES, Count, measure
from scoring.drafting.draft import DraftRule
from scoring.drafting.drafting import draft_brief
from scoring.drafting.to_brief import to_brief
from scoring.drafting.writing import write_brief
from scoring.loading import load_brief

FOUND_MIN = 0.80
INVENTED_MAX = 0.05
PLAIN = """
Members sign up with an e-mail address, a password of at least 8 characters and a nickname of 2 to
30 characters that nobody else has.

A recipe has a title of 3 to 80 characters, notes of up to 500 characters that may be missing, 1 to
24 portions and a status (draft or published; draft at first). Members write recipes. A member has
at most 50 recipes. Members publish a draft recipe. Only the author changes or deletes a recipe. A
recipe that has ratings cannot be deleted.

Members rate a recipe once. A rating has a text of 1 to 200 characters.
"""


def told(rule: DraftRule) -> tuple[object, ...]:
    """Return what a rule says, in the order of its details."""
    flat: list[object] = []
    for value in rule.details.values():
        flat += value if isinstance(value, tuple) else [value]
    return tuple(flat)


SENTENCES = [
    sentence
    for name in REFERENCES
    for sentence in re.split(r"(?<=[.:;])\s+", load_brief(name).text)
]
WORDS = sorted({word for sentence in SENTENCES for word in sentence.split()})


@settings(deadline=None)
@given(st.lists(st.sampled_from(SENTENCES) | st.sampled_from(WORDS), min_size=1, max_size=12))
def test_whatever_is_asked_for_is_drafted(said: list[str]) -> None:
    text = " ".join(said)
    draft = draft_brief(text)
    written = write_brief(to_brief(draft, "drafted", "Drafted", text), draft)
    assert tomllib.loads(written)["text"] == text


def test_kinds_of_account_are_read() -> None:
    draft = draft_brief("There are two kinds of account: owners and vets. Owners write letters.")
    assert draft.accounts() == [("owner",), ("vet",)]


def test_what_is_said_plainly_is_read() -> None:
    draft = draft_brief(PLAIN)
    assert draft.entities[("member",)].account
    recipe = draft.entities[("recipe",)].attributes
    assert (recipe[("title",)].minimum, recipe[("title",)].maximum) == (3, 80)
    assert (recipe[("note",)].maximum, recipe[("note",)].required) == (500, False)
    assert (recipe[("portion",)].type, recipe[("portion",)].maximum) == ("integer", 24)
    assert recipe[("status",)].values == ("draft", "published")
    assert recipe[("status",)].default == "draft"
    rules = {(rule.kind, rule.entity, told(rule)) for rule in draft.rules}
    assert rules >= {
        ("uniqueness", ("member",), ("nickname", "global")),
        ("quota", ("recipe",), (50,)),
        ("transition", ("recipe",), ("status", "draft", "published")),
        ("ownership", ("recipe",), ()),
        ("restrict", ("recipe",), ("rating",)),
        ("uniqueness", ("rating",), ("recipe", "owner")),
        ("default", ("recipe",), ("status", "draft")),
        ("limit", ("rating",), ("text", 1, 200)),
    }


@pytest.mark.parametrize("name", REFERENCES)
def test_a_draft_is_a_brief(name: str, tmp_path: Path) -> None:
    reference = load_brief(name)
    draft = draft_brief(reference.text)
    brief = to_brief(draft, name, reference.title, reference.text)
    text = write_brief(brief, draft)
    assert text == write_brief(brief, draft_brief(reference.text))
    path = tmp_path / "brief.toml"
    path.write_text(text, encoding="utf-8")
    assert load_brief(path).has_facts
    assert tomllib.loads(text)["text"] == reference.text


@pytest.mark.parametrize("name", ["board", "todo", "expenses"])
def test_short_requests_are_read_nearly_whole(name: str) -> None:
    count = measure(name)
    for what in ("entities", "numbers", "rules"):
        assert count.found[what] >= 0.8 * count.wanted[what]
        assert count.invented[what] <= max(1, INVENTED_MAX * count.found[what])


@pytest.fixture(scope="module")
def total() -> Count:
    count = Count()
    for name in REFERENCES:
        count.add(measure(name))
    return count


@pytest.mark.parametrize("what", ["entities", "numbers", "rules"])
def test_most_is_found_and_little_invented(total: Count, what: str) -> None:
    found, invented = total.found[what], total.invented[what]
    assert found >= FOUND_MIN * total.wanted[what]
    assert invented <= INVENTED_MAX * (found + invented)


def test_what_is_not_plain_is_left_open() -> None:
    text = "A seller offers products. Somebody books pieces, with a note of up to 200 characters."
    draft = draft_brief(text)
    assert not any(entity.attributes for entity in draft.entities.values())


def test_a_text_without_sense_makes_an_empty_draft() -> None:
    draft = draft_brief("Lorem ipsum dolor sit amet.")
    assert not draft.rules
    assert write_brief(to_brief(draft, "x", "x", "x"), draft)
