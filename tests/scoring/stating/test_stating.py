"""Which sentences state a rule of a brief, and which only have its words."""

from __future__ import annotations

import random
import re
import statistics

import pytest

from scoring.brief import Brief
from scoring.loading import load_brief
from scoring.project.docs import read_statements
from scoring.stating.library import Library
from scoring.stating.vocabulary import Vocabulary

REFERENCES = "blog board booking community expenses library shop todo workforce".split()
OWN_MIN = 0.95
SALAD_MAX = 0.10
SHUFFLES = 5
STATED = [
    ("todo", "title-length", "Todo titles must be between 1 and 120 characters long."),
    ("todo", "title-length", "A todo whose title does not have 1 to 120 characters is refused."),
    ("todo", "notes-length", "The notes of a todo cannot be longer than 2,000 characters."),
    ("todo", "password-length", "Passwords with fewer than 8 characters are rejected."),
    ("todo", "list-quota", "Members can have no more than 20 lists."),
    ("todo", "list-quota", "A member who already has 20 lists is refused another list."),
    ("todo", "email-unique", "Each account has a unique e-mail address."),
    ("todo", "email-unique", "If the e-mail address is already taken, the request is rejected."),
    ("todo", "list-name-unique", "The name of a list must be unique for each member."),
    ("todo", "todo-owner", "Members see and change only their own todos."),
    ("todo", "todo-owner", "Nobody but its owner can read or change a todo."),
    ("todo", "list-owner", "A list cannot be seen or changed by somebody else."),
    ("todo", "priority-default", "The default priority of a todo is normal."),
    ("todo", "priority-default", "The priority of a todo is normal unless another one is given."),
    ("todo", "status-default", "A todo starts with the status open."),
    ("todo", "complete-open", "A todo that is already done cannot be completed."),
    ("todo", "complete-open", "Members can complete only open todos."),
    ("todo", "reopen-done", "Reopening a todo that is not done is refused."),
    ("todo", "list-deletion", "When a list is deleted, its todos are kept without a list."),
    ("todo", "list-deletion", "Deleting a list does not delete its todos."),
    ("todo", "own-list", "A todo can be put only into one of the member's own lists."),
    ("board", "section-with-articles", "Sections with articles cannot be deleted."),
    ("board", "section-with-articles", "Deleting a section that still has articles is refused."),
    ("board", "hidden-articles", "Hidden articles are visible to moderators only."),
    ("board", "hidden-articles", "Nobody but moderators sees hidden articles."),
    ("board", "comment-on-hidden", "Members cannot comment on a hidden article."),
    ("board", "article-deletion", "Deleting an article deletes its comments, too."),
    ("community", "post-window", "A post cannot be changed after 7 days."),
    ("community", "no-own-post-vote", "A member cannot vote on his own post."),
    ("community", "comment-members", "Only members of a community can comment on its posts."),
]
NOT_STATED = [
    ("todo", "title-length", "A title has no 1 to 120 characters."),
    ("todo", "title-length", "The title of a todo has 1 to 130 characters."),
    ("todo", "title-length", "The title of a todo has at least 120 characters."),
    ("todo", "title-length", "A todo has a title, and notes of 1 to 120 characters."),
    ("todo", "title-length", "title 1 120 characters todo has is."),
    ("todo", "list-quota", "A member has at least 20 lists."),
    ("todo", "list-quota", "A member has more than 20 lists."),
    ("todo", "list-quota", "A member has at most 20 todos."),
    ("todo", "email-unique", "Two members can have the same e-mail address."),
    ("todo", "email-unique", "The e-mail address of a member is not unique."),
    ("todo", "todo-owner", "Not only its member sees a todo."),
    ("todo", "todo-owner", "Members see all todos, also those of others."),
    ("todo", "todo-owner", "Only its member sees a todo list."),
    ("todo", "priority-default", "The priority of a todo is not normal at first."),
    ("todo", "complete-open", "Only a todo that is done is completed."),
    ("todo", "complete-open", "Completing a todo that is done already is not refused."),
    ("todo", "complete-open", "Completing a todo that is open is refused."),
    ("todo", "list-deletion", "When a list is deleted, its todos are deleted, too."),
    ("board", "section-with-articles", "A section that has articles can be deleted."),
    ("board", "section-with-articles", "A section without articles cannot be deleted."),
    ("board", "hidden-articles", "Hidden articles are shown to members only."),
    ("board", "comment-on-hidden", "Everybody comments on a hidden article."),
    ("board", "comment-on-hidden", "Nobody comments on a published article."),
    ("community", "post-window", "A post can be changed after 7 days."),
    ("community", "no-own-post-vote", "A member can vote on his own post."),
    ("community", "post-moderators", "Only members of the community remove and approve posts."),
]


def stated(brief: Brief, *texts: str) -> set[str]:
    """Return the rules that a document of these requirements states."""
    blocks = [f"#### R-1.{number}\n\n{text}" for number, text in enumerate(texts, start=1)]
    library = Library(read_statements({"docs/requirements.md": "\n\n".join(blocks)}))
    known = Vocabulary(brief)
    return {rule.id for rule in brief.rules if library.stating(rule, known)}


@pytest.mark.parametrize(("name", "rule", "text"), STATED)
def test_a_rule_in_other_words(name: str, rule: str, text: str) -> None:
    assert rule in stated(load_brief(name), text)


@pytest.mark.parametrize(("name", "rule", "text"), NOT_STATED)
def test_another_rule_in_the_same_words(name: str, rule: str, text: str) -> None:
    assert rule not in stated(load_brief(name), text)


@pytest.mark.parametrize("name", REFERENCES)
def test_a_brief_is_stated_in_its_own_words(name: str) -> None:
    brief = load_brief(name)
    found = stated(brief, *(rule.text for rule in brief.rules))
    assert len(found) >= OWN_MIN * len(brief.rules) - 1


@pytest.mark.parametrize("name", REFERENCES)
def test_shuffled_words_state_nothing(name: str) -> None:
    brief, chance = load_brief(name), random.Random(name)
    counts: list[int] = []
    for _ in range(SHUFFLES):
        texts: list[str] = []
        for rule in brief.rules:
            words = rule.text.rstrip(".").lower().split()
            chance.shuffle(words)
            texts.append(" ".join(words) + ".")
        counts.append(len(stated(brief, *texts)))
    assert statistics.mean(counts) <= SALAD_MAX * len(brief.rules) + 1, counts


@pytest.mark.parametrize("name", REFERENCES)
def test_the_words_of_a_brief_are_no_requirement(name: str) -> None:
    brief = load_brief(name)
    each = [" ".join(word for group in rule.words for word in group) for rule in brief.rules]
    assert not stated(brief, " ".join(each) + ".")
    assert len(stated(brief, *(f"{text} is." for text in each))) <= SALAD_MAX * len(brief.rules)


SIDES = {"at least": "at most", "at most": "at least", "up to": "at least"}


@pytest.mark.parametrize("name", REFERENCES)
def test_other_numbers_and_other_sides_state_no_limit(name: str) -> None:
    brief = load_brief(name)
    for rule in brief.rules:
        if rule.kind not in ("limit", "quota"):
            continue
        other = re.sub(r"(?<![\w-])\d+(?!\w)", lambda m: str(int(m[0]) + 3), rule.text)
        turned = re.sub("|".join(SIDES), lambda m: SIDES[m[0]], rule.text)
        for text in {other, turned} - {rule.text}:
            assert rule.id not in stated(brief, text), text


def test_a_pronoun_stands_for_the_entity() -> None:
    text = "A moderator makes a section. It cannot be deleted while it has articles."
    assert "section-with-articles" in stated(load_brief("board"), text)
