"""The loop: prompt, decode under the grammar, parse, check; once more with the errors marked.

Forms that do not depend on each other are asked in groups, in their order and of as many as the
engine answers together. So a run that is resumed makes the same groups. What is answered beside a
form can change its answer, by rounding: the group is part of a call's input hash, and one that was
recorded only in part is decoded once more as a whole, which gives what is missing as it would have
been.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Generic, TypeVar

from pydantic import ValidationError

from engines.protocol import (
    ContextError,
    Engine,
    IsCancelled,
    Message,
    Request,
)
from engines.schema import FormSchema
from pipeline.asking import levels
from pipeline.asking.feedback import FormError, diagnose, last_words
from pipeline.asking.filled_form import FilledForm
from pipeline.asking.growth import Allowance, Growth
from pipeline.asking.repeats import REPEATABLE, without_repeats
from pipeline.records.calls import CallRecord, Counts, Diagnostic, StageSummary
from pipeline.records.events import (
    Adjusted,
    CallFinished,
    CallStarted,
    Event,
    Lost,
    StageFinished,
    StageStarted,
    TextStreamed,
)
from pipeline.records.options import RunOptions
from pipeline.records.stages import StageName

T = TypeVar("T")
Read = Callable[[Any], tuple[T, tuple[Diagnostic, ...]]]
"""Makes the AST of a parsed form, and says what it adjusted.

Raises FormError or pydantic.ValidationError if the form can't be used.
"""


@dataclass(frozen=True)
class Answered:
    """An answer to a form."""

    key: str
    output: str


@dataclass(frozen=True)
class Ask(Generic[T]):
    """One form to be filled."""

    key: str
    prompt: tuple[Message, ...]
    schema: FormSchema
    read: Read[T]


@dataclass(frozen=True)
class _Turn:
    """What is said to the model about a form in one round."""

    key: str
    messages: tuple[Message, ...]
    schema: FormSchema
    max_bytes: int | None
    """Of the answer; None if only the tokens of a call are bounded."""


class Harness:
    """Fills forms with a model, stage by stage, and reports all that happens."""

    def __init__(
        self,
        engine: Engine,
        options: RunOptions,
        record: Callable[[CallRecord], None],
        emit: Callable[[Event], None],
        cancelled: IsCancelled,
        recall: Mapping[str, CallRecord] | None = None,
        refused: Mapping[Answered, tuple[Diagnostic, ...]] | None = None,
    ) -> None:
        """Take an engine; every answer goes to `record`, everything that happens to `emit`.

        `recall` are answers of an earlier attempt by their input hash: they are not asked again.
        `refused` are answers to forms that read well but whose code the compiler did not take.
        """
        self.forms: dict[str, FilledForm] = {}
        """Valid forms by key, as the model wrote them."""
        self.answers: dict[str, Answered] = {}
        """The answer each of them came from."""
        self._options = options
        self._engine = engine
        self._record = record
        self._emit = emit
        self._cancelled = cancelled
        self._recall = recall or {}
        self._refused = refused or {}
        self._calls = 0
        self._stage: StageName = "analysis"
        self._expected: int | None = None
        self._counts = Counts()
        self._allowance: Allowance | None = None

    def limit(self, growth: Growth) -> None:
        """Bound what all forms together may write, before the first stage begins."""
        self._allowance = Allowance(growth)

    def begin(self, stage: StageName, forms: int | None) -> None:
        """Start a stage that will ask for `forms` forms, None if that is not known yet."""
        self._stage, self._expected, self._counts = stage, forms, Counts()
        if self._allowance is not None:
            self._allowance.begin(stage)
        self._emit(StageStarted(stage=stage, calls_expected=forms))

    def expect(self, forms: int) -> None:
        """Correct the number of forms the stage will ask for."""
        self._expected = forms

    def end(self) -> None:
        """Close the stage and report its counts."""
        summary = StageSummary(name=self._stage, **self._counts.model_dump())
        self._emit(StageFinished(summary=summary))

    def fill(
        self, key: str, prompt: tuple[Message, ...], schema: FormSchema, read: Read[T]
    ) -> T | None:
        """Have the model fill one form; None if it stayed invalid, which is recorded as a loss.

        Raises EngineError if the engine fails or the run is cancelled.
        """
        return self.fill_all([Ask(key, prompt, schema, read)])[0]

    def fill_all(self, asks: Sequence[Ask[T]]) -> list[T | None]:
        """Have the model fill forms that do not depend on each other; see `fill`."""
        values: list[T | None] = []
        for start in range(0, len(asks), self._engine.lanes):
            group = asks[start : start + self._engine.lanes]
            values += self._fill_group(group, later=len(asks) - start - len(group))
        return values

    def _fill_group(self, asks: Sequence[Ask[T]], later: int) -> list[T | None]:
        values: list[T | None] = [None] * len(asks)
        allowance = self._allowance
        max_bytes = None if allowance is None else allowance.of_each(len(asks), later)
        going = {
            index: _Turn(ask.key, ask.prompt, ask.schema, max_bytes)
            for index, ask in enumerate(asks)
        }
        for number in range(self._options.feedback + 1):
            invalid: dict[int, _Turn] = {}
            records = self._call(list(going.values()), number)
            for (index, turn), record in zip(going.items(), records, strict=True):
                ask = asks[index]
                if isinstance(record, ContextError):
                    self._lose(ask.key, (_no_room(record),))
                    continue
                if allowance is not None and number == 0:
                    # Rounds of feedback must not change what later forms are allowed.
                    allowance.spend(record.output)
                document, value, notes, diagnostics = self._read(record, ask)
                self._close(record, diagnostics)
                if not diagnostics:
                    values[index] = value
                    self.forms[ask.key] = FilledForm(document, record.stop == "end")
                    self.answers[ask.key] = Answered(ask.key, record.output)
                    if notes:
                        self.note(ask.key, notes)
                elif number == self._options.feedback:
                    self._lose(ask.key, diagnostics)
                else:
                    messages = (*ask.prompt, *last_words(record.output, document, diagnostics))
                    invalid[index] = replace(turn, messages=messages)
            going = invalid
            if not going:
                break
        return values

    def _lose(self, key: str, diagnostics: tuple[Diagnostic, ...]) -> None:
        reason = "; ".join(d.why for d in diagnostics[:3])
        self._emit(Lost(stage=self._stage, form=key, reason=reason))

    def _read(
        self, record: CallRecord, ask: Ask[T]
    ) -> tuple[Any, T | None, tuple[Diagnostic, ...], tuple[Diagnostic, ...]]:
        """Return an answer's document, its value, what was adjusted and what is wrong with it."""
        answer = levels.understand(self._options.level, ask.schema, record.output)
        refused = self._refused.get(Answered(ask.key, record.output), ())
        if answer.diagnostics or refused:
            return answer.document, None, (), answer.diagnostics or refused
        document, repeats = without_repeats(answer.document)
        try:
            value, notes = ask.read(document)
        except FormError as error:
            return answer.document, None, (), error.diagnostics
        except ValidationError as error:
            return answer.document, None, (), diagnose(error)
        return answer.document, value, (*repeats, *notes), ()

    def note(self, key: str, notes: tuple[Diagnostic, ...]) -> None:
        """Report what derivation adjusted in a form without asking again."""
        self._emit(Adjusted(stage=self._stage, form=key, diagnostics=notes))

    def _call(self, turns: Sequence[_Turn], number: int) -> list[CallRecord | ContextError]:
        """Ask one group, or recall what it answered."""
        requests = [self._request(turn, number) for turn in turns]
        hashes = self._input_hashes(requests)
        first = self._calls + 1
        self._calls += len(turns)
        for n, request in enumerate(requests, start=first):
            self._emit(
                CallStarted(
                    n=n,
                    stage=self._stage,
                    form=request.key,
                    round=number,
                    prompt_tokens=self._engine.count_tokens(request.messages, request.tool),
                    calls_expected=self._expected,
                )
            )
        level = self._options.level
        records: dict[int, CallRecord | ContextError] = {
            index: self._recall[each].model_copy(update={"n": first + index, "level": level})
            for index, each in enumerate(hashes)
            if each in self._recall
        }
        missing = [index for index in range(len(turns)) if index not in records]
        # What an engine answers together depends on all of the group: it is asked whole, or not.
        asked = list(range(len(turns))) if missing and self._engine.lanes > 1 else missing

        def tell(place: int, text: str, forced: bool) -> None:
            if asked[place] in missing:
                self._emit(TextStreamed(n=first + asked[place], text=text, forced=forced))

        answers = self._engine.complete_all([requests[i] for i in asked], tell, self._cancelled)
        for index, answer in zip(asked, answers, strict=True):
            if index in records:
                continue
            if isinstance(answer, ContextError):
                records[index] = answer
                continue
            turn, request = turns[index], requests[index]
            records[index] = CallRecord(
                n=first + index,
                stage=self._stage,
                form=turn.key,
                input_hash=hashes[index],
                level=level,
                schema_sha256=turn.schema.sha256,
                prompt=request.messages,
                output=answer.text,
                thinking=answer.thinking,
                thinking_looped=answer.thinking_looped,
                valid=False,
                round=number,
                diagnostics=(),
                usage=answer.usage,
                constraint_active=answer.constraint_active,
                stop=answer.stop,
            )
        return [records[index] for index in range(len(turns))]

    def _request(self, turn: _Turn, number: int) -> Request:
        options = self._options
        posed = levels.pose(options.level, turn.messages, turn.schema)
        return Request(
            turn.key,
            posed.messages,
            posed.schema,
            replace(options.sampler, seed=_seed(options.seed, turn.key, number)),
            options.max_tokens_per_call,
            posed.tool,
            max_bytes=None if posed.schema is None else turn.max_bytes,
            repeatable=REPEATABLE,
            think_tokens=options.think_tokens,
        )

    def _input_hashes(self, requests: Sequence[Request]) -> list[str]:
        """Hash what decides the answers of a group, for each of its requests."""
        options = self._options.engine.answers_key()
        alone = [_input_hash(self._engine, request, options) for request in requests]
        if self._engine.lanes == 1:
            return alone
        group = "\0".join(alone)
        return [hashlib.sha256(f"{each}\0{group}".encode()).hexdigest() for each in alone]

    def _close(self, record: CallRecord, diagnostics: tuple[Diagnostic, ...]) -> None:
        valid = not diagnostics
        closed = record.model_copy(update={"valid": valid, "diagnostics": diagnostics})
        self._counts = self._counts.after(closed)
        self._record(closed)
        self._emit(
            CallFinished(
                n=record.n,
                stage=record.stage,
                form=record.form,
                valid=valid,
                round=record.round,
                usage=record.usage,
                stop=record.stop,
                diagnostics=diagnostics,
            )
        )


def _no_room(error: ContextError) -> Diagnostic:
    return Diagnostic(
        pointer="",
        expected="a prompt with room for its answer",
        found="a longer one",
        why=str(error),
        suggestion="Run with a larger context.",
    )


def _seed(seed: int, key: str, number: int) -> int:
    """Derive a call's own seed, so that it does not depend on the order of the calls."""
    digest = hashlib.sha256(f"{seed}\0{key}\0{number}".encode()).digest()
    return int.from_bytes(digest[:4], "big")


def _input_hash(engine: Engine, request: Request, engine_options: str) -> str:
    parts = [
        engine.info.sha256,
        str(engine.context_tokens),
        "" if request.schema is None else request.schema.sha256,
        "" if request.tool is None else json.dumps(request.tool.parameters),
        repr(request.sampler),
        str(request.max_tokens),
        str(request.max_bytes),
        str(request.think_tokens),
        engine_options,
        *(f"{message.role}:{message.content}" for message in request.messages),
    ]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()
