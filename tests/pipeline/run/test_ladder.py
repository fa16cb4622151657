"""The same forms at each level, counted with their uncertainty."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest

from engines.grammar.grammar import compile_grammar
from engines.protocol import Completion, IsCancelled, OnText, Request, Usage
from pipeline.records.calls import CallRecord
from pipeline.records.events import Event
from pipeline.records.options import ACTIVE_LEVELS, Level, RunOptions
from pipeline.run.ladder import climb, rungs, wilson
from tests.pipeline.random_forms import RandomForms

OPTIONS = RunOptions(seed=3, feedback=0, max_tokens_per_call=1000)


class Talker(RandomForms):
    """Fills what a grammar forces on it; free, it only talks."""

    asked: list[str]

    def complete(
        self,
        request: Request,
        on_text: OnText | None = None,
        cancelled: IsCancelled | None = None,
    ) -> Completion:
        self.asked.append(request.key)
        if request.schema is None:
            return Completion("Which form?", Usage(), "length", constraint_active=False)
        bounded = replace(request, schema=compile_grammar(request.schema, depth=2).schema)
        return super().complete(bounded, on_text, cancelled)


def climbed(
    levels: Sequence[Level] = ACTIVE_LEVELS,
    most: int | None = None,
    recall: Mapping[str, CallRecord] | None = None,
    options: RunOptions = OPTIONS,
) -> tuple[list[CallRecord], list[str]]:
    """Climb and return the records, and the keys of all that the engine was asked."""
    engine = Talker(3)
    engine.asked = []
    events: list[Event] = []
    records = climb(
        engine,
        "Anything.",
        options,
        levels,
        most,
        lambda _: None,
        events.append,
        lambda: False,
        recall or {},
    )
    return records, engine.asked


@pytest.fixture(scope="module")
def whole() -> tuple[list[CallRecord], list[str]]:
    return climbed()


def test_every_level_is_asked_the_same_forms(whole: tuple[list[CallRecord], list[str]]) -> None:
    records, _ = whole
    forms = {
        level: [record.form for record in records if record.level == level]
        for level in ("free", "lenient", "grammar", "narrowed")
    }
    assert len(forms["narrowed"]) > 20
    assert all(asked == forms["narrowed"] for asked in forms.values())
    assert "tools" not in {record.level for record in records}  # its template has none


def test_free_and_lenient_read_the_same_answers(
    whole: tuple[list[CallRecord], list[str]],
) -> None:
    _, asked = whole
    assert max(asked.count(form) for form in asked) == 3  # narrowed, grammar, free with lenient


def test_shares_by_level_and_stage(whole: tuple[list[CallRecord], list[str]]) -> None:
    found = {(rung.level, rung.stage): rung for rung in rungs(whole[0], 0)}
    assert found["narrowed", None].by_round[0].share == 1.0
    assert 0 < found["grammar", None].by_round[0].share < 1
    assert found["free", None].by_round[0].valid == 0
    assert found["grammar", None].constraint_active
    assert not found["free", None].constraint_active
    assert found["free", None].stops == {"length": found["free", None].by_round[0].forms}
    stages = [rung for (level, stage), rung in found.items() if level == "grammar" and stage]
    assert sum(rung.by_round[0].valid for rung in stages) == (
        found["grammar", None].by_round[0].valid
    )


def test_feedback_only_adds() -> None:
    options = RunOptions(seed=3, feedback=2, max_tokens_per_call=1000)
    records, _ = climbed(("grammar",), 3, options=options)
    shares = [share.share for share in rungs(records, 2)[0].by_round]
    assert shares == sorted(shares)
    assert {record.round for record in records} == {0, 1, 2}


def test_a_sample_takes_so_many_of_each_stage() -> None:
    records, _ = climbed(("narrowed", "free"), 2)
    for level in ("narrowed", "free"):
        stages = [record.stage for record in records if record.level == level]
        assert max(stages.count(stage) for stage in stages) == 2


def test_answers_that_are_known_are_not_asked_again(
    whole: tuple[list[CallRecord], list[str]],
) -> None:
    records, _ = whole
    again, asked = climbed(recall={record.input_hash: record for record in records})
    assert asked == []
    assert [record.valid for record in again] == [record.valid for record in records]


@pytest.mark.parametrize(
    ("valid", "forms", "low", "high"),
    [(0, 10, 0.0, 0.2775), (10, 10, 0.7225, 1.0), (5, 10, 0.2366, 0.7634), (0, 0, 0.0, 1.0)],
)
def test_the_interval_is_wilsons(valid: int, forms: int, low: float, high: float) -> None:
    share = wilson(valid, forms)
    assert (share.low, share.high) == pytest.approx((low, high), abs=5e-5)
