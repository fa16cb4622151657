"""The forms of a run, kept to be asked again."""

from __future__ import annotations

from engines.scripted import ScriptedEngine
from pipeline.records.options import RunOptions
from pipeline.run.chain import Chain
from pipeline.run.golden import load_answers
from pipeline.run.requests import load_request
from pipeline.run.run import design


def test_a_chain_keeps_every_form_with_its_stage() -> None:
    answers = load_answers("todo")
    engine = ScriptedEngine(answers)
    chain = Chain(engine, RunOptions(feedback=0), lambda _: None, lambda _: None, lambda: False)
    design(chain, load_request("todo").text, lambda _stage, _ast: None)
    keys = [ask.key for _, asks in chain.asked for ask in asks]
    assert sorted(keys) == sorted(chain.forms)
    assert all(ask.key.startswith(f"{stage}/") for stage, asks in chain.asked for ask in asks)
