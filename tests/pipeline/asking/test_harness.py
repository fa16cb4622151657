from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest

from engines.protocol import Cancelled, Completion, IsCancelled, Message, OnText, Request
from engines.schema import Array, FormSchema, Object, Text
from engines.scripted import ScriptedEngine
from pipeline.asking.feedback import FormError
from pipeline.asking.growth import growth_of
from pipeline.asking.harness import Ask, Harness
from pipeline.records.calls import CallRecord, Diagnostic
from pipeline.records.events import Adjusted, Event, Lost, StageFinished
from pipeline.records.options import RunOptions

SCHEMA = FormSchema(Object({"word": Text(most=20)}, ("word",)), {})
PROMPT = (Message("system", "Fill the form."), Message("user", "Which word?"))
WRONG = Diagnostic(
    pointer="/word", expected="right", found="wrong", why="wrong word", suggestion="Write right."
)


def read(form: Any) -> tuple[str, tuple[Diagnostic, ...]]:
    if form["word"] == "wrong":
        raise FormError([WRONG])
    return form["word"], ()


class Desk:
    """A harness over a script, and everything that came out of it."""

    def __init__(
        self,
        answers: Mapping[str, Any | Sequence[Any]],
        feedback: int = 3,
        cancelled: bool = False,
        recall: Sequence[CallRecord] = (),
    ) -> None:
        self.records: list[CallRecord] = []
        self.events: list[Event] = []
        self.harness = Harness(
            ScriptedEngine(answers),
            RunOptions(seed=1, feedback=feedback, max_tokens_per_call=1000),
            self.records.append,
            self.events.append,
            lambda: cancelled,
            {record.input_hash: record for record in recall},
        )
        self.harness.begin("analysis", 1)

    def fill(self) -> str | None:
        return self.harness.fill("word", PROMPT, SCHEMA, read)

    def of(self, kind: type[Event]) -> list[Any]:
        return [event for event in self.events if isinstance(event, kind)]


def test_a_valid_form_takes_one_call() -> None:
    desk = Desk({"word": {"word": "right"}})
    assert desk.fill() == "right"
    assert [(r.round, r.valid) for r in desk.records] == [(0, True)]
    assert desk.records[0].constraint_active


def test_an_invalid_form_goes_back_with_its_errors_marked() -> None:
    desk = Desk({"word": [{"word": "wrong"}, {"word": "right"}]})
    assert desk.fill() == "right"
    assert [(r.round, r.valid) for r in desk.records] == [(0, False), (1, True)]
    retold = desk.records[1].prompt
    assert retold[0] == PROMPT[0]
    assert retold[1].content.endswith(PROMPT[1].content)
    assert retold[2] == Message("assistant", '{"word":"wrong"}')
    assert '"word": "wrong"  // expected right, found wrong: Write right.' in retold[3].content


def test_what_stays_invalid_is_lost_and_said() -> None:
    desk = Desk({"word": [{"word": "wrong"}] * 3}, feedback=2)
    assert desk.fill() is None
    assert len(desk.records) == 3
    assert [event.reason for event in desk.of(Lost)] == ["wrong word"]


def test_the_account_of_a_stage_adds_up() -> None:
    desk = Desk({"word": [{"word": "wrong"}, {"word": "right"}]})
    desk.fill()
    desk.harness.end()
    (finished,) = desk.of(StageFinished)
    summary = finished.summary
    assert (summary.calls, summary.valid_first_try, summary.valid, summary.retries) == (2, 0, 1, 1)
    assert summary.prompt_tokens == sum(r.usage.prompt_tokens for r in desk.records)
    assert summary.name == "analysis"


def test_adjustments_are_reported() -> None:
    desk = Desk({"word": {"word": "right"}})
    note = WRONG.model_copy(update={"severity": "adjusted"})
    assert desk.harness.fill("word", PROMPT, SCHEMA, lambda form: (form["word"], (note,)))
    assert [event.diagnostics for event in desk.of(Adjusted)] == [(note,)]


def test_the_hash_of_a_call_depends_on_what_decides_its_answer() -> None:
    first, second = Desk({"word": {"word": "right"}}), Desk({"word": {"word": "right"}})
    first.fill()
    second.fill()
    assert first.records[0].input_hash == second.records[0].input_hash
    second.harness.fill("word", (*PROMPT, Message("user", "Quickly!")), SCHEMA, read)
    assert second.records[1].input_hash != first.records[0].input_hash


def test_a_cancelled_run_ends_at_once() -> None:
    desk = Desk({"word": {"word": "right"}}, cancelled=True)
    with pytest.raises(Cancelled):
        desk.fill()


def test_an_answer_that_is_there_is_not_asked_again() -> None:
    answers = {"word": [{"word": "wrong"}, {"word": "right"}]}
    first = Desk(answers)
    first.fill()
    recalled = Desk(answers, recall=first.records, cancelled=True)  # any call would raise Cancelled
    assert recalled.fill() == "right"
    assert recalled.records == first.records


LISTED = FormSchema(
    Object({"words": Array(Object({"word": Text(most=20)}, ("word",)), most=9)}, ("words",)), {}
)


def read_words(form: Any) -> tuple[list[str], tuple[Diagnostic, ...]]:
    return [each["word"] for each in form["words"]], ()


def test_what_is_said_twice_is_read_once_and_noted() -> None:
    twice = {"words": [{"word": "a"}, {"word": "b"}, {"word": "a"}]}
    desk = Desk({"list": twice})
    assert desk.harness.fill("list", PROMPT, LISTED, read_words) == ["a", "b"]
    assert desk.harness.forms["list"].document == twice
    (adjusted,) = desk.of(Adjusted)
    assert [note.pointer for note in adjusted.diagnostics] == ["/words/2"]


asked: list[Request] = []


class Noting(ScriptedEngine):
    """A script that keeps what it was asked, and says of each answer that it was looped."""

    def complete(
        self,
        request: Request,
        on_text: OnText | None = None,
        cancelled: IsCancelled | None = None,
    ) -> Completion:
        asked.append(request)
        return replace(super().complete(request, on_text, cancelled), stop="looped")


def noting(recall: Mapping[str, CallRecord] | None = None) -> tuple[Harness, list[CallRecord]]:
    records: list[CallRecord] = []
    engine = Noting({f"word/{number}": {"word": "right"} for number in range(4)})
    options = RunOptions(feedback=0)
    harness = Harness(engine, options, records.append, lambda _: None, lambda: False, recall)
    asked.clear()
    return harness, records


def test_how_an_answer_ended_is_recorded_and_counted() -> None:
    events: list[Event] = []
    engine = Noting({"word/1": {"word": "right"}})
    records: list[CallRecord] = []
    harness = Harness(engine, RunOptions(), records.append, events.append, lambda: False)
    harness.begin("analysis", 1)
    harness.fill("word/1", PROMPT, SCHEMA, read)
    harness.end()
    assert records[0].stop == "looped"
    assert not harness.forms["word/1"].ended
    (summary,) = [event.summary for event in events if isinstance(event, StageFinished)]
    assert (summary.looped, summary.cut) == (1, 0)


def test_forms_may_write_what_the_request_can_hold() -> None:
    growth = growth_of("")
    harness, records = noting()
    harness.limit(growth)
    harness.begin("analysis", 4)
    asks = [Ask(f"word/{number}", PROMPT, SCHEMA, read) for number in range(4)]
    harness.fill_all(asks)
    bounds = [request.max_bytes for request in asked]
    assert all(bound is not None and bound < growth.bytes_of("analysis") for bound in bounds[:3])
    assert bounds == sorted(bounds, key=lambda bound: bound or 0)
    again, _ = noting({record.input_hash: record for record in records})
    again.limit(growth)
    again.begin("analysis", 4)
    again.fill_all(asks)
    assert asked == []


def test_without_a_growth_only_tokens_are_bounded() -> None:
    harness, _ = noting()
    harness.begin("analysis", 1)
    harness.fill("word/1", PROMPT, SCHEMA, read)
    assert [request.max_bytes for request in asked] == [None]
    assert "steps" in asked[0].repeatable
