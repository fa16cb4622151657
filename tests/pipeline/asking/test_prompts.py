"""Prompts, and the worked examples that may stand in them."""

from __future__ import annotations

from importlib.resources import files

import pytest

from engines.protocol import GrammarError, Message, Request, Sampler
from engines.schema import FormSchema
from engines.scripted import ScriptedEngine
from pipeline.asking.narrow import opened
from pipeline.asking.prompts import messages, text, with_example
from pipeline.records.options import RunOptions
from pipeline.run.agreement import form_kind
from pipeline.run.chain import Chain
from pipeline.run.golden import load_answers
from pipeline.run.requests import all_requests, load_request
from pipeline.run.run import design
from scoring.words import words

EXAMPLES = sorted(
    entry.name.removesuffix(".md")
    for entry in (files("resources") / "prompts" / "examples").iterdir()
)


@pytest.fixture(scope="module")
def forms() -> dict[str, list[FormSchema]]:
    """The forms of a whole run by kind, their names open."""
    engine = ScriptedEngine(load_answers("todo"))
    chain = Chain(engine, RunOptions(feedback=0), lambda _: None, lambda _: None, lambda: False)
    design(chain, load_request("todo").text, lambda _stage, _ast: None)
    found: dict[str, list[FormSchema]] = {}
    for ask in (ask for _, asks in chain.asked for ask in asks):
        found.setdefault(form_kind(ask.key).replace("/", "-"), []).append(opened(ask.schema))
    return found


def is_answer(engine: ScriptedEngine, form: FormSchema) -> bool:
    """Whether a script's answer is in the grammar of a form."""
    try:
        engine.complete(Request("example", (), form, Sampler(), 1000))
    except GrammarError:
        return False
    return True


def test_each_kind_of_form_has_an_example(forms: dict[str, list[FormSchema]]) -> None:
    assert sorted(forms) == EXAMPLES


@pytest.mark.parametrize("example", EXAMPLES)
def test_an_example_is_an_answer_to_a_form(
    example: str, forms: dict[str, list[FormSchema]]
) -> None:
    engine = ScriptedEngine({"example": text(f"examples/{example}").splitlines()[-1]})
    assert any(is_answer(engine, form) for form in forms[example])


@pytest.mark.parametrize("example", EXAMPLES)
def test_an_example_is_of_another_domain_than_all_requests(example: str) -> None:
    nouns = {"loan", "reader", "librarian", "shelf"}
    assert nouns & set(words(text(f"examples/{example}")))
    assert not any(nouns & set(words(request.text)) for request in all_requests())


def test_an_example_belongs_to_what_prompts_of_a_form_share() -> None:
    plain = messages("database-table", "Tables: todo.", "Write the table todo.", "Service: Todo.")
    (system, user), (same, shown) = plain, with_example(plain, "database-table")
    assert same == system
    assert shown.content[: shown.shared] == (
        f"{user.content[: user.shared]}{text('examples/database-table')}\n\n"
    )
    assert shown.content[shown.shared :] == user.content[user.shared :] == "Write the table todo."


def test_a_form_without_an_example_is_asked_as_it_is() -> None:
    prompt = (Message("user", "Write.", shared=0),)
    assert with_example(prompt, "no-such-form") == prompt
