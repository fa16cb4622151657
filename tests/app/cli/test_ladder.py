"""A ladder in the terminal."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from app.cli.ladder import print_ladder
from pipeline.records.spec import RunSpec
from tests.app.ladders import ladder_of


@pytest.mark.parametrize(
    ("forms", "feedback", "words"),
    [
        (1, 1, "Share of 1 form that is valid, with its 95 % interval; by stage after 1 round of"),
        (9, 3, "Share of 9 forms that are valid, with its 95 % interval; by stage after 3 rounds"),
    ],
)
def test_forms_and_rounds_are_counted(spec: RunSpec, forms: int, feedback: int, words: str) -> None:
    out = io.StringIO()
    print_ladder(Console(file=out, width=200, _environ={}), ladder_of(spec.model, forms, feedback))
    assert words in out.getvalue()
