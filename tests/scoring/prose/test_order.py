"""Which words in a row can be a sentence."""

from __future__ import annotations

import pytest

from scoring.prose.sentence import read, sentences

SOUND = """
The title of a todo has 1 to 120 characters.
No two members have the same e-mail address.
If the todo is done already, then the member is refused to complete it again.
Only moderators of the community change it.
A section that has articles cannot be deleted.
An address that an order went to cannot be deleted.
Nobody whose membership has ended asks for leave.
Members see only their own notices, mark them as read and delete them.
When a name of 1 to 60 characters is given, the member creates a todo list or renames it.
A vote on a post is 1, 0 or -1.
"""
UNSOUND = """
todo list title name 1 120 own unique same refused
member no the has two same address.
The title and the name and the first is shown.
Has at most 20 lists.
The title of a todo 1 to 120 characters
a todo of the has title 1 characters 120 to.
article author own only alone else refused others is.
nickname unique same already taken no two nobody else is.
title: 1 to 120 characters
"""


@pytest.mark.parametrize("text", SOUND.strip().splitlines())
def test_a_sentence_is_sound(text: str) -> None:
    assert read(text).sound


@pytest.mark.parametrize("text", UNSOUND.strip().splitlines())
def test_a_list_of_words_is_not(text: str) -> None:
    assert not read(text).sound


def test_a_text_falls_into_sentences() -> None:
    found = sentences("A list has a name, e.g. Home. No two have the same. It can't be empty.")
    assert [len(sentence.tokens) for sentence in found] == [11, 5, 4]


def test_spellings_are_one() -> None:
    assert read("No one can't have an e-mail").words >= {"nobody", "cannot", "email"}
    assert [token.number for token in read("at most 10,000 or 10 000 or -1").tokens] == [
        None,
        None,
        10000,
        None,
        10000,
        None,
        -1,
    ]
