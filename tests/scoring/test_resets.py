"""A brief can demand the reset of a forgotten password."""

from __future__ import annotations

from typing import Any

import pytest

from engines.scripted import ScriptedEngine
from pipeline.asking.harness import Harness
from pipeline.records.options import RunOptions
from pipeline.render.project import render
from pipeline.run.golden import load_answers
from pipeline.run.requests import load_request
from pipeline.run.run import design
from scoring.brief import Brief, RequiredOperation
from scoring.loading import load_brief
from tests.scoring.texts import score_texts

RESET: dict[str, Any] = {
    "kind": "reset",
    "actors": ["member"],
    "scope": "any",
    "description": "Reset a forgotten password.",
    "requirements": [],
    "rules": [],
}
STEPS = (
    ("member.request-reset", "", (400,), ("request password reset", "forgot password")),
    ("member.reset", "/confirm", (400, 401), ("reset password", "confirm")),
)
SCORE_MIN = 99.0


@pytest.fixture(scope="module")
def texts() -> dict[str, str]:
    """Return the golden todo, whose members can reset a password, too."""
    answers: dict[str, Any] = {**load_answers("todo")}
    form = answers["interface/member"]
    answers["interface/member"] = {**form, "operations": [*form["operations"], RESET]}
    options = RunOptions(feedback=0, max_tokens_per_call=1 << 20)
    harness = Harness(
        ScriptedEngine(answers), options, lambda _: None, lambda _: None, lambda: False
    )
    project = design(harness, load_request("todo").text, lambda _stage, _ast: None)
    return {file.path: file.text for file in render(project)}


@pytest.fixture(scope="module")
def brief() -> Brief:
    """Return the brief of todo that demands a reset, too."""
    steps = tuple(
        RequiredOperation(
            id=id_,
            entity="member",
            action="reset",
            methods=("POST",),
            path=f"/members/password-reset{end}",
            errors=errors,
            words=words,
        )
        for id_, end, errors, words in STEPS
    )
    todo = load_brief("todo")
    return todo.model_copy(update={"operations": (*todo.operations, *steps)})


def test_both_steps_of_a_reset_are_found(texts: dict[str, str], brief: Brief) -> None:
    card = score_texts(texts, brief)
    found = card.matched.operations
    assert found["member.request-reset"] == "POST /members/password-reset"
    assert found["member.reset"] == "POST /members/password-reset/confirm"
    assert card.score is not None
    assert card.score >= SCORE_MIN, card.axes


def test_a_reset_that_nobody_demands_is_part_of_the_accounts(texts: dict[str, str]) -> None:
    card = score_texts(texts, load_brief("todo"))
    assert card.score is not None
    assert card.score >= SCORE_MIN, card.axes
