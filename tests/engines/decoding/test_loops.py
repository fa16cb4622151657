"""A repeating answer is seen soon, and what forms may well repeat is never taken for one."""

import itertools
import json
import re

import pytest

from engines.decoding.loops import (
    FREE_TOKENS,
    LOOPS_LEFT,
    SAME_REPEATABLE,
    TEXT_TOKENS,
    LoopGuard,
    Members,
    Period,
)
from pipeline.asking.repeats import REPEATABLE
from pipeline.run.golden import golden_names, load_answers

WORD = re.compile(rb"\w+|\W")


def words(text):
    """Split a text into tokens, each with its bytes; equal words are equal tokens."""
    numbers = {}
    for word in WORD.findall(text.encode()):
        yield numbers.setdefault(word, len(numbers)), word


def in_bytes(text):
    return ((byte, bytes([byte])) for byte in text.encode())


def seen_after(pairs, *, structured=True, repeatable=()):
    """Return how many tokens it takes until a loop is seen, None if there is none."""
    guard = LoopGuard(repeatable, structured=structured)
    for number, (token, piece) in enumerate(pairs, start=1):
        guard.take(token, piece)
        if guard.looped:
            return number
    return None


def way_out(text, rest):
    """Return what of a text is part of the answer, and what ends the loop behind it."""
    guard = LoopGuard((), structured=True)
    kept = guard.take(0, text.encode())
    assert guard.looped
    return text[:kept], guard.way_out(rest.encode()).decode()


def document(value):
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


@pytest.mark.parametrize("length", [1, 2, 5, 40])
def test_a_period_is_found_whatever_came_before(length):
    period = Period()
    for token in itertools.chain(range(1000, 1300), [1, 2, 3, 1, 2, 4]):
        period.add(token)
        assert not period.repeats(1)
    for turn, token in itertools.product(range(6), range(length)):
        period.add(token)
        if turn < 3:
            assert not period.repeats(1)
    assert period.repeats(1)
    assert period.repeats(4 * length)
    assert sorted(period.tokens) == list(range(length))
    assert not period.repeats(1, within=4 * length - 1)


def test_a_period_with_a_part_that_stands_in_it_twice_is_found():
    period = Period()
    for _ in range(6):
        for token in (1, 2, 3, 9, 1, 2, 3, 8):
            period.add(token)
    assert period.repeats(4 * 8)
    assert len(period.tokens) == 8


def test_a_text_of_a_form_that_repeats_itself():
    text = '{"description":"' + "the member and " * 50
    found = seen_after(words(text))
    assert found is not None
    assert TEXT_TOKENS < found <= 2 * TEXT_TOKENS


def test_one_character_many_times_is_a_value_to_test_with():
    assert seen_after(words('{"value":"' + "!" * 200 + '"}')) is None


def test_what_stands_in_several_texts_is_no_loop_of_a_text():
    texts = {f"k{number}": "of the member" for number in range(40)}
    assert seen_after(words(document(texts))) is None


def test_free_text_that_repeats_itself():
    found = seen_after(words("I think that " * 400), structured=False)
    assert found is not None
    assert FREE_TOKENS <= found <= FREE_TOKENS + 20
    assert seen_after(words("I think that " * 20), structured=False) is None


ENTITY = {"name": "todo", "description": "A thing.", "attributes": ["title", "notes"]}


def looped(items, name="entities", repeatable=()):
    members = Members(repeatable)
    members.add(document({"title": "x [{", name: items}).encode())
    return members.loop is not None


def test_the_third_equal_object_of_a_list():
    other = ENTITY | {"name": "list"}
    assert looped([ENTITY, ENTITY, ENTITY])
    assert looped([ENTITY, other, ENTITY, other, ENTITY])
    assert not looped([ENTITY, ENTITY, other])


def test_equal_objects_of_different_lists_are_none():
    assert not looped([{"name": word, "things": [ENTITY, ENTITY]} for word in "abcdef"])


def test_objects_that_differ_by_one_number():
    assert looped([ENTITY | {"name": f"todo_{number}"} for number in range(4)])
    assert not looped([ENTITY | {"name": f"todo_{number}"} for number in range(3)])
    pairs = [{"name": f"n{number}", "at": number * 7} for number in range(9)]
    assert not looped(pairs)


def test_equal_texts_and_numbers_in_a_row():
    assert looped(["title"] * 4)
    assert looped([7] * 4)
    assert not looped(["title"] * 3 + ["notes"])
    assert not looped(["R-1.1", "R-1.2", "R-1.3", "R-1.4", "R-1.5"])


def test_objects_whose_list_may_hold_equal_ones():
    call = {"kind": "call", "operation": "todos.create", "values": []}
    may = frozenset({"steps"})
    assert not looped([call] * (SAME_REPEATABLE - 1), "steps", may)
    assert looped([call] * SAME_REPEATABLE, "steps", may)
    numbered = [call | {"times": number} for number in range(12)]
    assert not looped(numbered[:6], "steps", may)
    assert looped(numbered, "steps", may)


def test_the_way_out_ends_the_list_or_text_and_no_more():
    item = '{"b":["x]"]}'
    items = f'{{"a":[{item},{item},{item}'
    assert way_out(items, '],"c":{"d":[]}}') == (items, "]")
    assert way_out(items + ',{"b":["', '],"c":[]}') == (items, "]")
    assert way_out(items, ',{"b":[]}],"c":[]}') == (items, ',{"b":[]}]')
    words = '{"a":{"b":["x","x","x","x"'
    assert way_out(words + ',"', "]}}") == (words, "]")


def test_the_way_out_of_a_text_is_its_end():
    guard = LoopGuard((), structured=True)
    for token, piece in words('{"a":["' + "to the list " * 5):
        guard.take(token, piece)
    assert guard.looped
    assert guard.way_out(b'a\\"b"],"c":"d"}') == b'a\\"b"'


def test_a_loop_that_was_left_may_be_followed_by_others():
    guard = LoopGuard((), structured=True)
    guard.take(0, b"{")
    for number in range(LOOPS_LEFT + 1):
        for token, piece in words(f'"{number}":[{{"a":1}},{{"a":1}},{{"a":1}}'):
            guard.take(token, piece)
        assert guard.looped
        assert guard.must_end == (number == LOOPS_LEFT)
        assert guard.loops == number + 1
        guard.leave(b"]")
        assert not guard.looped
        guard.take(0, b",")


def test_quotes_escapes_and_spaces_are_read_as_json_has_them():
    members = Members(())
    members.add(b'{ "a\\"]" : [ {"b" : "}]\\\\"} , {"b":"}]\\\\"} ,\n {"b" : "c"} ] }')
    assert members.loop is None
    members = Members(())
    members.add(b'{"a":[{"b":"}]\\\\"} , {"b":"}]\\\\"},{"b":"}]\\\\"')
    assert members.loop is None
    members.add(b"}")
    assert members.loop is not None


@pytest.mark.parametrize("name", golden_names())
def test_no_golden_form_is_a_loop(name):
    for key, answer in load_answers(name).items():
        text = document(answer)
        assert seen_after(words(text), repeatable=REPEATABLE) is None, key
        assert seen_after(in_bytes(text), repeatable=REPEATABLE) is None, key
        spread = json.dumps(answer, indent=2, ensure_ascii=False)
        assert seen_after(words(spread), structured=False) is None, key


def test_twenty_equal_calls_are_said_by_a_number():
    call = {"kind": "call", "operation": "lists.create", "values": [], "times": 20}
    check = {"kind": "check", "path": "data.0.name", "value": {"kind": "text", "value": "a" * 32}}
    text = document({"steps": [call, call | {"times": 1, "status": 409}, check, call, check]})
    assert seen_after(words(text), repeatable=REPEATABLE) is None
    assert seen_after(in_bytes(text), repeatable=REPEATABLE) is None
