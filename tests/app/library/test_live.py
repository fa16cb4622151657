"""What is worth a note, and what the charts are drawn from."""

from __future__ import annotations

from app.library.live import POINTS_KEPT, LiveRun, Series
from engines.protocol import Usage
from pipeline.records.calls import Diagnostic
from pipeline.records.events import (
    Adjusted,
    CallFinished,
    CallStarted,
    Event,
    Lost,
    RunResumed,
    TextStreamed,
)

WRONG = Diagnostic(pointer="/a", expected="x", found="y", why="a is not x", suggestion="say x")
USAGE = Usage(prompt_tokens=10, sampled_tokens=20, prefill_s=0.1, decode_s=2.0)


def run_of(*events: Event) -> LiveRun:
    live = LiveRun("todo", "tiny")
    for event in events:
        live.apply(event)
    return live


def started(n: int, round: int = 0, t_s: float = 0.0) -> CallStarted:
    return CallStarted(n=n, stage="test", form=f"test/{n}", round=round, t_s=t_s)


def finished(n: int, **changes: object) -> CallFinished:
    values = {"n": n, "stage": "test", "form": f"test/{n}", "valid": True, "round": 0}
    return CallFinished.model_validate({**values, "usage": USAGE, **changes})


def test_what_went_another_way_is_noted() -> None:
    live = run_of(
        started(1),
        finished(1, valid=False, diagnostics=(WRONG,)),
        started(2, round=1),
        finished(2),
        Adjusted(stage="test", form="test/2", diagnostics=(WRONG,)),
        Lost(stage="test", form="test/3", reason="no valid answer"),
        RunResumed(answers=2),
    )
    kinds = [note.kind for note in live.notes]
    assert kinds == ["invalid", "retry", "adjusted", "lost", "resumed"]
    assert live.noted == 5
    assert live.notes[-1].text == "Resumed with 2 answers from before"


def test_an_answer_that_did_not_end_by_itself_is_noted() -> None:
    live = run_of(finished(1, stop="looped"), finished(2, stop="cut"), finished(3, stop="budget"))
    assert [(note.kind, note.form) for note in live.notes] == [
        ("looped", "test/1"),
        ("cut", "test/2"),
    ]
    assert "repeated itself" in live.notes[0].text


def test_one_answer_is_counted_as_one() -> None:
    (note,) = run_of(RunResumed(answers=1)).notes
    assert note.text == "Resumed with 1 answer from before"


def test_forms_side_by_side_keep_their_own_text() -> None:
    live = run_of(
        started(1),
        started(2),
        TextStreamed(n=1, text="{", forced=True),
        TextStreamed(n=2, text="[", forced=True),
        TextStreamed(n=1, text="}", forced=False),
    )
    assert live.calls[1].parts == [("{", True), ("}", False)]
    assert live.calls[2].parts == [("[", True)]
    assert live.shown_call is live.calls[1]
    live.apply(finished(1))
    assert live.shown_call is live.calls[2]
    live.apply(finished(2))
    assert live.shown_call is not None
    assert live.shown_call.n == 2


def test_the_speed_of_an_open_call_is_estimated_from_its_text() -> None:
    live = run_of(
        started(1),
        TextStreamed(n=1, text="x" * 100, forced=False, t_s=0.0),
        finished(1, t_s=2.0),
        started(2, t_s=2.0),
        TextStreamed(n=2, text="x" * 10, forced=False, t_s=2.0),
    )
    assert live.decode_now() is None
    live.apply(TextStreamed(n=2, text="x" * 40, forced=False, t_s=3.0))
    assert live.decode_now() == 10.0  # 50 characters in 1 s, 5 characters a token


def test_a_series_stays_small_and_keeps_its_peak() -> None:
    series = Series()
    for t in range(10 * POINTS_KEPT):
        series.add(t, 99.0 if t == 777 else 1.0)
    assert len(series.points) <= POINTS_KEPT
    assert max(series.points, key=lambda point: point[1]) == (777, 99.0)
    assert [t for t, _ in series.points] == sorted(t for t, _ in series.points)
