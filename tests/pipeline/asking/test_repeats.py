"""What a form says twice is said once, where it has no meaning to say it twice."""

import copy

import pytest

from pipeline.asking.repeats import without_repeats
from pipeline.run.golden import golden_names, load_answers

ENTITY = {"name": "todo", "attributes": ["title", "title"]}
OTHER = {"name": "todo", "attributes": ["title"]}


def test_an_equal_object_is_left_out_with_a_note():
    form = {"title": "x", "entities": [ENTITY, OTHER, ENTITY, ENTITY]}
    before = copy.deepcopy(form)
    cleaned, notes = without_repeats(form)
    assert cleaned == {"title": "x", "entities": [ENTITY, OTHER]}
    assert form == before
    assert [note.pointer for note in notes] == ["/entities/2", "/entities/3"]
    assert {note.severity for note in notes} == {"adjusted"}
    assert notes[0].why == "one of the entities is said twice"


def test_lists_within_lists_are_cleaned_too():
    rule = {"kind": "quota", "where": [{"column": "a"}, {"column": "a"}]}
    cleaned, notes = without_repeats({"checks": [rule, rule]})
    assert cleaned == {"checks": [{"kind": "quota", "where": [{"column": "a"}]}]}
    assert [note.pointer for note in notes] == ["/checks/1", "/checks/0/where/1"]


def test_steps_may_be_equal_and_requirements_keep_their_places():
    call = {"kind": "call", "values": [{"property": "a"}, {"property": "a"}]}
    cleaned, notes = without_repeats({"steps": [call, call], "requirements": [ENTITY, ENTITY]})
    assert len(cleaned["steps"]) == len(cleaned["requirements"]) == 2
    assert [note.pointer for note in notes] == ["/steps/0/values/1", "/steps/1/values/1"]


@pytest.mark.parametrize("name", golden_names())
def test_no_golden_form_says_anything_twice(name):
    for key, answer in load_answers(name).items():
        assert without_repeats(answer) == (answer, ()), key
