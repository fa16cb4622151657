"""What a terminal, a log and a summary show."""

from __future__ import annotations

import io
from pathlib import Path

from rich.console import Console

from app.cli.terminal import PlainView, TerminalView, print_findings, print_summary, view_for
from app.library.result import Result
from engines.protocol import Stop, Usage
from pipeline.records.calls import Diagnostic
from pipeline.records.events import (
    CallFinished,
    CallStarted,
    RunResumed,
    StageStarted,
    TextStreamed,
)
from pipeline.records.journal import open_run


def console(*, terminal: bool) -> tuple[Console, io.StringIO]:
    out = io.StringIO()
    return Console(file=out, force_terminal=terminal, width=100, _environ={}), out


def test_a_log_gets_a_line_for_every_call(finished_run: Path) -> None:
    plain, out = console(terminal=False)
    with view_for(plain) as view:
        assert isinstance(view, PlainView)
        for event in open_run(finished_run).events():
            view.show(event)
    lines = out.getvalue().splitlines()
    assert "\x1b" not in out.getvalue()
    assert lines[0].startswith("Run 01KAJ4Y5T3G2N8Q7W6E5R4D3CX: todo with Qwen3 30B")
    assert "  1/1 database/form: valid, 40 tokens, 80.0 tok/s" in lines
    assert "Score 83.6 of 100, grade B" in lines


def test_one_of_a_kind_is_counted_as_one() -> None:
    plain, out = console(terminal=False)
    wrong = Diagnostic(pointer="", expected="a", found="b", why="c", suggestion="d")
    with view_for(plain) as view:
        view.show(RunResumed(answers=1))
        view.show(StageStarted(stage="database", calls_expected=1))
        view.show(
            CallFinished(
                n=1,
                stage="database",
                form="database/form",
                valid=False,
                round=0,
                usage=Usage(sampled_tokens=1),
                diagnostics=(wrong,),
            )
        )
    assert out.getvalue().splitlines() == [
        "Continuing with 1 answer from before",
        "database",
        "  1/1 database/form: 1 error, 1 token, 0.0 tok/s",
    ]


def ended(stop: Stop) -> CallFinished:
    usage = Usage(sampled_tokens=2)
    return CallFinished(
        n=1, stage="test", form="test/a", valid=True, round=0, usage=usage, stop=stop
    )


def test_how_answers_ended_is_said_and_counted(result: Result, tmp_path: Path) -> None:
    plain, out = console(terminal=False)
    live, drawn = console(terminal=True)
    with view_for(plain) as view, view_for(live) as stages:
        for event in (StageStarted(stage="test"), ended("looped"), ended("cut"), ended("end")):
            view.show(event)
            stages.show(event)
    assert out.getvalue().splitlines()[1:] == [
        f"  {n}/? test/a: valid{words}, 2 tokens, 0.0 tok/s"
        for n, words in ((1, ", looped"), (2, ", cut"), (3, ""))
    ]
    assert "3 valid, 1 looped, 1 cut" in drawn.getvalue()
    totals = result.totals.model_copy(update={"cut": 12})
    print_summary(plain, result.model_copy(update={"totals": totals}), tmp_path, None)
    assert "0 dropped, 12 cut" in out.getvalue()


def test_a_terminal_gets_stages_speed_and_the_text() -> None:
    live, out = console(terminal=True)
    with view_for(live) as view:
        assert isinstance(view, TerminalView)
        view.show(StageStarted(stage="database", calls_expected=4))
        view.show(CallStarted(n=1, stage="database", form="database/table/todo"))
        view.show(TextStreamed(n=1, text='{"na\x1b[31mme"', forced=False))
    shown = out.getvalue()
    for expected in ("analysis", "0/4 forms", "decode not measured", "database/table/todo"):
        assert expected in shown
    assert "\x1b[31m" not in shown, "a model must not steer the terminal"


def test_the_summary_says_what_and_where(result: Result, tmp_path: Path) -> None:
    plain, out = console(terminal=False)
    print_summary(plain, result, tmp_path, tmp_path / "card.png")
    text = out.getvalue().replace("\u2009", " ")
    for expected in (
        "83.6 / 100   grade B   compile share 100 %, 83.6 ungated",
        "Implementation  █████████░    21.4 / 25",
        "65 forms, 100 % valid, 92.3 % at first try, 5 retries, 0 dropped",
        "150 000 prompt tokens (105 000 cached), 41 750 out (15 500 forced)",
        f"sdk             {tmp_path / 'artifacts/sdk'}",
        f"score           {tmp_path / 'score.json'}",
        f"card            {tmp_path / 'card.png'}",
    ):
        assert expected in text, expected


def test_a_run_without_a_score_has_none_in_its_summary(result: Result, tmp_path: Path) -> None:
    plain, out = console(terminal=False)
    failed = result.model_copy(update={"score": None, "outcome": "failed", "artifacts": {}})
    print_summary(plain, failed, tmp_path, None)
    assert "/ 100" not in out.getvalue()
    assert "score.json" not in out.getvalue()


def test_findings_name_place_expected_and_found(result: Result) -> None:
    plain, out = console(terminal=False)
    assert result.score is not None
    print_findings(plain, result.score)
    assert "   -3.6  implementation.rules  src/todo.service.ts:42" in out.getvalue()
    assert "expected the owner <is> checked; found no condition on member_id" in out.getvalue()
