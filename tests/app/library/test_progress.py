"""Events add up to where a run stands."""

from __future__ import annotations

import pytest

from app.library.progress import TAIL_CHARACTERS, Progress
from engines.protocol import Usage
from pipeline.records.calls import StageSummary
from pipeline.records.events import (
    CallFinished,
    CallStarted,
    Event,
    Lost,
    MemorySampled,
    RunCancelled,
    RunFinished,
    StageFinished,
    StageStarted,
    TextStreamed,
)


def after(*events: Event) -> Progress:
    progress = Progress()
    for event in events:
        progress.apply(event)
    return progress


def finished(n: int, *, valid: bool, round: int, ttft_s: float = 0.5) -> CallFinished:
    usage = Usage(
        prompt_tokens=100,
        cached_tokens=60,
        forced_tokens=10,
        sampled_tokens=20,
        thinking_tokens=7,
        prefill_s=0.1,
        decode_s=0.5,
        ttft_s=ttft_s,
        total_s=1.0,
    )
    return CallFinished(
        n=n, stage="database", form="f", valid=valid, round=round, usage=usage, t_s=n + 1.0
    )


def test_calls_are_counted_by_form_and_round() -> None:
    progress = after(
        StageStarted(stage="database", calls_expected=2, t_s=1.0),
        finished(1, valid=True, round=0),
        finished(2, valid=False, round=0),
        finished(3, valid=True, round=1),
    )
    stage = progress.stages["database"].answered
    assert stage is not None
    assert (stage.calls, stage.forms, stage.retries) == (3, 2, 1)
    assert (stage.valid_first_try, stage.valid) == (1, 2)
    assert (stage.prompt_tokens, stage.cached_tokens, stage.output_tokens) == (300, 180, 90)
    assert stage.thinking_tokens == 21
    assert stage.seconds == pytest.approx(3.0)


def test_speed_is_over_all_calls_and_the_first_token_of_the_first() -> None:
    speed = after(
        finished(1, valid=True, round=0, ttft_s=0.7), finished(2, valid=True, round=0)
    ).speed
    assert speed.ttft_s == 0.7
    assert speed.prefill_tok_per_s == pytest.approx(400)
    assert speed.decode_tok_per_s == pytest.approx(60)


def test_nothing_is_measured_before_the_first_call() -> None:
    progress = Progress()
    assert progress.speed.decode_tok_per_s is None
    assert progress.speed.ttft_s is None
    assert progress.peak_memory_bytes is None
    assert progress.summaries() == ()


def test_the_tail_is_of_the_call_that_runs_and_bounded() -> None:
    progress = after(
        CallStarted(n=1, stage="sdk", form="first"),
        TextStreamed(n=1, text="old", forced=False),
        CallStarted(n=2, stage="sdk", form="second"),
        TextStreamed(n=2, text="x" * TAIL_CHARACTERS, forced=False),
        TextStreamed(n=2, text="end", forced=True),
    )
    assert progress.form == "second"
    assert progress.tail.endswith("xend")
    assert len(progress.tail) == TAIL_CHARACTERS


def test_the_peak_never_falls() -> None:
    sample = MemorySampled(rss_bytes=5, peak_bytes=9, system_used_bytes=1, system_total_bytes=20)
    progress = after(sample, sample.model_copy(update={"peak_bytes": 7}))
    assert progress.peak_memory_bytes == 9


@pytest.mark.parametrize(
    ("end", "state"), [(RunCancelled(), "stopped"), (RunFinished(), "stopped")]
)
def test_the_end_stops_what_was_running(end: Event, state: str) -> None:
    progress = after(
        StageStarted(stage="analysis"),
        StageFinished(summary=StageSummary(name="analysis")),
        StageStarted(stage="database"),
        Lost(stage="database", form="f", reason="r"),
        end,
    )
    assert progress.stages["analysis"].state == "done"
    assert progress.stages["database"].state == state
    assert progress.stages["sdk"].state == "waiting"
    assert progress.lost == 1
