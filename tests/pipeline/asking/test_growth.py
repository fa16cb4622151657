"""What a request can hold: counted from its text, and never too little for the golden forms."""

import itertools
import json
from collections import Counter

import pytest

from pipeline.asking.growth import LEAST_BYTES, Allowance, growth_of
from pipeline.records.stages import STAGES
from pipeline.run.golden import golden_names, load_answers
from pipeline.run.requests import load_request

TEXT = (
    """
Members keep todos. A todo has a title of 1 to 120 characters and two notes.
Each member has lists, at most 20 lists. Nobody may delete the 20 oldest todos.
"""
    * 12
)
SMALL = ("todo", "board")
"""Requests by which a run is held to three times what its golden forms hold."""
OVERRUN = 1.2
"""What closing its forms adds to a run that fills everything to the brim."""


def written(name):
    """Return the bytes of the golden forms by the stage that asks them."""
    sizes = Counter()
    for key, answer in load_answers(name).items():
        text = json.dumps(answer, ensure_ascii=False, separators=(",", ":"))
        sizes[key.partition("/")[0]] += len(text.encode())
    return sizes


def test_a_text_is_counted():
    growth = growth_of(TEXT)
    assert growth.words == 12 * 31
    assert growth.sentences == 48
    assert growth.numbers == 3
    many = "the cat dog bird fish horse cow sheep goat duck hen pig fox wolf bear deer frog".split()
    assert growth_of(" and the ".join(many)).nouns == len(many) - 1
    assert growth_of("a cat, the cats and two cats").nouns == growth_of("").nouns


def test_a_short_request_has_room_for_a_small_service():
    growth = growth_of("Build a forum.")
    assert growth == growth_of("")
    assert growth.entities >= 8
    assert growth.features >= 6
    assert growth.bytes_of("test") > 30_000


def test_a_longer_request_holds_more():
    growths = [growth_of(load_request(name).text) for name in ("todo", "community", "shop")]
    for small, large in itertools.pairwise(growths):
        for name in ("entities", "features", "attributes", "requirements", "rules", "steps"):
            assert getattr(small, name) < getattr(large, name)
        assert small.operations(10) < large.operations(10)
        assert small.scenarios(30, 10) < large.scenarios(30, 10)


def test_what_many_tables_share_is_less_for_each():
    growth = growth_of(TEXT)
    assert growth.operations(40) < growth.operations(4)
    assert growth.scenarios(40, 10) < growth.scenarios(4, 10)
    assert growth.scenarios(4, 1) < growth.scenarios(4, 9)


@pytest.mark.parametrize("name", golden_names())
def test_golden_forms_have_room_to_spare(name):
    """The forms themselves are held against their bounded schemas wherever they are played."""
    growth = growth_of(load_request(name).text)
    answers = load_answers(name)
    plan = answers["analysis/plan"]
    assert len(plan["entities"]) < growth.entities
    assert len(plan["features"]) <= growth.features
    tables = answers["database/tables"]["tables"]
    assert len(tables) < growth.tables(len(plan["entities"]))
    left = 0
    for stage, size in written(name).items():
        left += growth.bytes_of(stage)
        assert size * 1.15 <= left, stage
        left -= size
    assert left > 0.15 * sum(written(name).values())


@pytest.mark.parametrize("name", SMALL)
def test_a_run_may_hold_three_times_its_golden_forms(name):
    growth = growth_of(load_request(name).text)
    most = sum(growth.bytes_of(stage) for stage in STAGES)
    assert OVERRUN * most <= 3 * sum(written(name).values())


def test_one_form_leaves_something_to_those_after_it():
    allowance = Allowance(growth_of(""))
    allowance.begin("analysis")
    whole = allowance.of_each(1, 0)
    assert whole == growth_of("").bytes_of("analysis")
    first = allowance.of_each(1, 3)
    assert LEAST_BYTES < first < whole
    allowance.spend("x" * first)
    assert LEAST_BYTES < allowance.of_each(1, 2) < whole
    assert allowance.of_each(3, 0) <= allowance.of_each(1, 0)


def test_a_form_may_always_write_a_little():
    allowance = Allowance(growth_of(""))
    allowance.begin("analysis")
    allowance.spend("x" * 100_000)
    assert allowance.of_each(1, 0) == LEAST_BYTES
    assert allowance.of_each(8, 100) == LEAST_BYTES


def test_what_a_stage_leaves_is_there_for_the_next_and_so_are_its_debts():
    growth = growth_of("")
    allowance = Allowance(growth)
    allowance.begin("analysis")
    allowance.begin("database")
    own = growth.bytes_of("analysis") + growth.bytes_of("database")
    assert allowance.of_each(1, 0) == own
    allowance.spend("é" * (own // 2 + 50))
    allowance.begin("interface")
    assert growth.bytes_of("interface") - 102 <= allowance.of_each(1, 0)
    assert allowance.of_each(1, 0) < growth.bytes_of("interface")
