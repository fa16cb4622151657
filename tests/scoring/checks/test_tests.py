"""Tests that are weakened, one place at a time, cost points on the tests axis."""

from __future__ import annotations

import functools
import re
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from scoring.checks.tests import CHECKS
from scoring.loading import load_brief
from scoring.matching import match
from scoring.project import read_project
from scoring.project.folder import Folder, read_folder
from scoring.report import score_check


@dataclass(frozen=True)
class Weakened:
    """An edit of the files that begin with `file`: every match of `pattern` is replaced."""

    name: str
    file: str
    pattern: str
    replacement: str
    project: str = "todo"


FILE = Path(__file__).with_name("weakened.toml")
MUTANTS = tuple(
    Weakened(**each) for each in tomllib.loads(FILE.read_text(encoding="utf-8"))["mutants"]
)
AT_LEAST = 40


def points(texts: dict[str, str], name: str) -> float:
    """Return what the tests of a project are worth."""
    subject = match(read_project(Folder(texts, ())), load_brief(name))
    return sum(score_check(c, c.judge(subject), subject.liveness, 1.0)[0] for c in CHECKS)


@pytest.fixture(scope="module")
def whole(built: Callable[[str], Path]) -> Callable[[str], tuple[dict[str, str], float]]:
    @functools.cache
    def read(name: str) -> tuple[dict[str, str], float]:
        texts = read_folder(built(name)).texts
        return texts, points(texts, name)

    return read


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda m: m.name.replace(" ", "-"))
def test_a_weaker_test_is_worth_less(
    mutant: Weakened, whole: Callable[[str], tuple[dict[str, str], float]]
) -> None:
    texts, before = whole(mutant.project)
    weaker = {
        path: re.sub(mutant.pattern, mutant.replacement, text)
        if path.startswith(mutant.file)
        else text
        for path, text in texts.items()
    }
    assert weaker != texts, "the edit fits nowhere"
    assert points(weaker, mutant.project) < before


def test_there_are_many_mutants() -> None:
    assert len(MUTANTS) >= AT_LEAST
