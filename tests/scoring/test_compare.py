"""Intervals that hold as often as they say, pairs by request, and groups in order."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.compare import Comparison, Observation, compare, interval, t_quantile
from scoring.report import AxisName

AXES: dict[AxisName, float | None] = {"requirements": 0.5, "database": None}


def runs(name: str, scores: dict[tuple[str, int], float]) -> list[Observation]:
    return [
        Observation(contestant=name, request=request, seed=seed, score=score, axes=AXES)
        for (request, seed), score in scores.items()
    ]


def grid(
    base: float, requests: int = 4, seeds: int = 3, wobble: float = 1.0
) -> dict[tuple[str, int], float]:
    """Return scores of requests of different difficulty, a little different for every seed."""
    dice = random.Random(base)
    return {
        (f"r{request}", seed): base - 10 * request + dice.uniform(-wobble, wobble)
        for request in range(requests)
        for seed in range(seeds)
    }


@pytest.mark.parametrize(
    ("degrees", "tabulated"),
    [(1, 12.7062), (2, 4.3027), (3, 3.1824), (5, 2.5706), (10, 2.2281), (29, 2.0452)],
)
def test_quantiles_are_those_of_the_tables(degrees: int, tabulated: float) -> None:
    assert t_quantile(0.975, degrees) == pytest.approx(tabulated, abs=1e-4)


def test_one_run_has_no_interval() -> None:
    found = interval({("todo", 1): 70.0})
    assert (found.mean, found.error, found.low, found.basis) == (70.0, None, None, "none")


def test_seeds_of_one_request_give_an_interval_for_it() -> None:
    found = interval({("todo", seed): value for seed, value in enumerate((70.0, 72.0, 74.0))})
    assert found.basis == "seeds"
    assert found.mean == 72.0
    assert found.error == pytest.approx(2 / 3**0.5, abs=1e-3)


def test_requests_are_the_clusters() -> None:
    """Ten seeds of a request are no ten pieces of evidence about requests."""
    few = interval({("a", 0): 60.0, ("b", 0): 80.0})
    many = interval({(name, seed): value for name, value in (("a", 60.0), ("b", 80.0))
                     for seed in range(10)})  # fmt: skip
    assert few.basis == many.basis == "requests"
    assert few.error == many.error == 10.0


def test_intervals_hold_as_often_as_they_say() -> None:
    dice = random.Random(7)
    held = 0
    trials = 600
    for _ in range(trials):
        cells = {
            (f"r{request}", seed): centre + dice.gauss(0, 2)
            for request in range(5)
            for centre in (50 + dice.gauss(0, 8),)
            for seed in range(3)
        }
        found = interval(cells)
        assert found.low is not None
        assert found.high is not None
        held += found.low <= 50 <= found.high
    assert 0.92 < held / trials < 0.98


def test_pairing_takes_the_difficulty_of_requests_out() -> None:
    """The means overlap widely; request by request one model is always 3 points better."""
    better = grid(80.0)
    worse = {cell: value - 3 for cell, value in better.items()}
    made = compare([*runs("better", better), *runs("worse", worse)])
    (pair,) = made.differences
    assert pair.separated
    assert pair.difference is not None
    assert pair.difference.mean == pytest.approx(3)
    assert pair.sentence == "better is better than worse by 3.0 points."
    assert made.groups == ()
    low, high = made.standings[1].score.high, made.standings[0].score.low
    assert low is not None
    assert high is not None
    assert low > high


def test_what_lies_within_the_noise_is_not_separated() -> None:
    made = compare([*runs("one", grid(80.0, wobble=5)), *runs("two", grid(80.5, wobble=5))])
    assert not made.differences[0].separated
    assert made.differences[0].sentence.endswith("can't be separated.")
    assert [set(group) for group in made.groups] == [{"one", "two"}]


def test_one_shared_run_separates_nothing() -> None:
    made = compare([*runs("one", {("todo", 1): 90.0}), *runs("two", {("todo", 1): 10.0})])
    (pair,) = made.differences
    assert not pair.separated
    assert "a single run" in pair.sentence
    assert made.groups == (("one", "two"),)


def test_models_without_anything_in_common_are_not_compared() -> None:
    made = compare([*runs("one", {("todo", 1): 90.0}), *runs("two", {("board", 1): 10.0})])
    assert made.differences[0].difference is None
    assert "nothing in common" in made.differences[0].sentence


def test_other_seeds_do_where_there_are_several_requests() -> None:
    ours = {("a", 1): 80.0, ("b", 1): 60.0, ("c", 1): 40.0}
    theirs = {("a", 2): 70.0, ("b", 2): 49.0, ("c", 2): 31.0}
    (pair,) = compare([*runs("one", ours), *runs("two", theirs)]).differences
    assert pair.separated


def three(gap: float) -> Comparison:
    base = grid(80.0)
    near = {
        cell: value - (0.1 if cell[0] in ("r0", "r1") else -0.1) for cell, value in base.items()
    }
    far = {cell: value - gap for cell, value in base.items()}
    return compare([*runs("a", base), *runs("b", near), *runs("c", far)])


def test_groups_are_neighbours_that_no_pair_separates() -> None:
    made = three(gap=20)
    assert [standing.contestant for standing in made.standings][2] == "c"
    assert [set(group) for group in made.groups] == [{"a", "b"}]
    assert made.confidence == pytest.approx(1 - 0.05 / 3)
    assert "Bonferroni" in made.method


def test_a_single_contestant_is_refused() -> None:
    with pytest.raises(ValueError, match="two models"):
        compare(runs("one", grid(80.0)))


def test_axes_are_means_of_what_was_measured() -> None:
    made = compare([*runs("one", grid(80.0)), *runs("two", grid(70.0))])
    assert made.standings[0].axes["requirements"] == 0.5
    assert made.standings[0].axes["database"] is None


scores = st.dictionaries(
    st.tuples(st.sampled_from("abc"), st.integers(0, 3)), st.floats(0, 100), min_size=1
)


@given(ours=scores, theirs=scores, shift=st.floats(-20, 20))
def test_swapping_and_shifting_change_only_signs_and_means(
    ours: dict[tuple[str, int], float], theirs: dict[tuple[str, int], float], shift: float
) -> None:
    first = compare([*runs("one", ours), *runs("two", theirs)])
    assert first == compare([*runs("two", theirs), *runs("one", ours)])
    both = [{cell: value + shift for cell, value in each.items()} for each in (ours, theirs)]
    moved = compare([*runs("one", both[0]), *runs("two", both[1])])
    before, after = first.differences[0].difference, moved.differences[0].difference
    if before is None or after is None:
        assert before is after
    else:
        assert abs(before.mean) == pytest.approx(abs(after.mean), abs=1e-3)
