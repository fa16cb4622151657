from __future__ import annotations

from benchmarks.noise import KINDS, score_noise

WHOLE_MIN = 97
NOISE_MAX = 10
TESTS_MAX = 3


def _score(kind: str) -> float:
    card = score_noise("todo", next(each for each in KINDS if each.name == kind), 1)
    assert card.score is not None
    return card.score


def test_more_noise_never_scores_more() -> None:
    names = ("nothing", "a quarter of the programs", "half of the programs", "all programs")
    scores = [_score(name) for name in names]
    assert scores[0] >= WHOLE_MIN
    assert scores == sorted(scores, reverse=True)
    assert scores[-1] < scores[0] - 10


def test_noise_in_all_forms_is_worth_nothing() -> None:
    assert _score("everything") <= NOISE_MAX


def test_tests_of_noise_earn_little() -> None:
    card = score_noise("todo", next(each for each in KINDS if each.name == "all tests"), 1)
    points = card.axes["tests"].points
    assert points is not None
    assert points <= TESTS_MAX
    assert card.axes["implementation"].points == card.axes["implementation"].max
