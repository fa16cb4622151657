"""Briefs load, or say in a sentence why not."""

from __future__ import annotations

from pathlib import Path

import pytest

from scoring.brief import Brief, Limit, Uniqueness
from scoring.loading import load_brief
from scoring.project.folder import ScoringError

SMALL = """
name = "small"
title = "Small"
text = "A shelf of books."

[[actors]]
name = "member"
kind = "member"

[[entities]]
name = "book"
attributes = [{ name = "title", types = ["text"], maximum = 80 }]

[[operations]]
id = "book.read"
entity = "book"
action = "read"
methods = ["GET"]
path = "/books/{bookId}"
errors = [404]
"""
LIMIT = """
[[rules]]
id = "title"
kind = "limit"
text = "Titles are short."
entity = "book"
attribute = "title"
operations = ["book.read"]
"""


@pytest.mark.parametrize("name", ["todo", "board"])
def test_the_reference_briefs_are_whole(name: str) -> None:
    brief = load_brief(name)
    assert brief.name == name
    assert brief.has_facts
    assert len(brief.sha256) == 64
    assert all(rule.words for rule in brief.rules), "each rule says how documents state it"
    permitted = {(row.entity, row.actor) for row in brief.permissions}
    assert len(permitted) == len(brief.permissions)


def test_the_numbers_of_todo() -> None:
    rules = {rule.id: rule for rule in load_brief("todo").rules}
    title = rules["title-length"]
    assert isinstance(title, Limit)
    assert (title.minimum, title.maximum) == (1, 120)
    name = rules["list-name-unique"]
    assert isinstance(name, Uniqueness)
    assert name.scope == "owner"


def write(folder: Path, text: str) -> Path:
    path = folder / "small.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_brief_from_a_file(tmp_path: Path) -> None:
    brief = load_brief(write(tmp_path, SMALL))
    assert [operation.id for operation in brief.operations] == ["book.read"]
    assert load_brief(tmp_path / "small.toml").sha256 == brief.sha256


def test_a_request_without_facts_is_no_brief(tmp_path: Path) -> None:
    brief = load_brief(write(tmp_path, 'name = "x"\ntext = "Anything."'))
    assert isinstance(brief, Brief)
    assert not brief.has_facts


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("name = ", "not valid TOML"),
        (SMALL.replace('types = ["text"]', 'types = ["colour"]'), "wrong: entities"),
        (SMALL.replace('entity = "book"', 'entity = "bok"'), "names 'bok'"),
        (SMALL + '\nunknown = "member"\n', "wrong: operations"),
        (SMALL + LIMIT, "limit 'title' without a bound"),
        (SMALL + LIMIT.replace('["book.read"]', "[]"), "wrong: rules 'title'"),
    ],
)
def test_a_wrong_brief_is_a_sentence(text: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(ScoringError, match=message):
        load_brief(write(tmp_path, text))


def test_an_unknown_brief_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(ScoringError, match=r"known are blog, .*todo"):
        load_brief("tdo")
    with pytest.raises(ScoringError, match=r"cannot be read"):
        load_brief(tmp_path / "no.toml")


def test_mistakes_are_shown_by_the_names_that_the_author_gave(tmp_path: Path) -> None:
    file = tmp_path / "books.toml"
    file.write_text(
        'name = "books"\n[[entities]]\nname = "book"\n'
        'attributes = [{ name = "isbn", types = ["texty"] }]\nfilter = ["isbn"]\n'
    )
    with pytest.raises(
        ScoringError, match="'book' attributes 'isbn' types: Input should be"
    ) as raised:
        load_brief(file)
    assert "'book' filter: Extra inputs are not permitted" in str(raised.value)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('filters = ["shelf"]', "names 'shelf' in filters of entity book; defined there: "),
        ('owner = "reader"', "names 'reader' in owner of entity book; defined there: nothing"),
        ('[[entities]]\nname = "book"\nattributes = []', "has two entities called 'book'"),
    ],
)
def test_names_that_nothing_defines_are_refused(line: str, message: str, tmp_path: Path) -> None:
    file = tmp_path / "books.toml"
    head = 'name = "books"\n[[entities]]\nname = "book"\n'
    file.write_text(f'{head}attributes = [{{ name = "isbn", types = ["text"] }}]\n{line}\n')
    with pytest.raises(ScoringError, match=message):
        load_brief(file)
