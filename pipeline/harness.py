"""The loop: prompt, decode under the grammar, parse, check; once more with the errors marked."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from pydantic import ValidationError

from engines.protocol import (
    ContextError,
    Engine,
    IsCancelled,
    Message,
    Request,
    Sampler,
)
from pipeline import levels
from pipeline.feedback import FormError, diagnose, last_words
from pipeline.narrow import Schema
from pipeline.records import (
    Adjusted,
    CallFinished,
    CallRecord,
    CallStarted,
    Counts,
    Diagnostic,
    Event,
    Level,
    Lost,
    StageFinished,
    StageName,
    StageStarted,
    StageSummary,
    TextStreamed,
)

MIN_CONTEXT_TOKENS = 4096
"""Smallest context in which the prompt of every form and its answer have room."""

T = TypeVar("T")
Read = Callable[[Any], tuple[T, tuple[Diagnostic, ...]]]
"""Makes the AST of a parsed form, and says what it adjusted.

Raises FormError or pydantic.ValidationError if the form can't be used.
"""


@dataclass(frozen=True)
class Settings:
    """What of a run's spec the loop needs."""

    seed: int
    sampler: Sampler
    feedback: int
    """Rounds in which an invalid form goes back, 0 to 3."""
    max_tokens_per_call: int
    engine_options: str = ""
    """Names the engine options that may change answers; empty if there are none."""
    level: Level = "narrowed"
    think_tokens: int = 0
    """Most tokens of a think block before each answer."""


class Harness:
    """Fills forms with a model and keeps the account of it, stage by stage."""

    def __init__(
        self,
        engine: Engine,
        settings: Settings,
        record: Callable[[CallRecord], None],
        emit: Callable[[Event], None],
        cancelled: IsCancelled,
        recall: Mapping[str, CallRecord] | None = None,
    ) -> None:
        """Take an engine; every answer goes to `record`, everything that happens to `emit`.

        `recall` are answers of an earlier attempt by their input hash: they are not asked again.
        """
        self.summaries: list[StageSummary] = []
        self.lost = 0
        self._settings = settings
        self._engine = engine
        self._record = record
        self._emit = emit
        self._cancelled = cancelled
        self._recall = recall or {}
        self._calls = 0
        self._stage: StageName = "analysis"
        self._expected: int | None = None
        self._counts = Counts()

    def begin(self, stage: StageName, forms: int | None) -> None:
        """Start a stage that will ask for `forms` forms, None if that is not known yet."""
        self._stage, self._expected, self._counts = stage, forms, Counts()
        self._emit(StageStarted(stage=stage, calls_expected=forms))

    def expect(self, forms: int) -> None:
        """Correct the number of forms the stage will ask for."""
        self._expected = forms

    def end(self) -> None:
        """Close the stage and keep its summary."""
        summary = StageSummary(name=self._stage, **self._counts.model_dump())
        self.summaries.append(summary)
        self._emit(StageFinished(summary=summary))

    def fill(
        self, key: str, prompt: tuple[Message, ...], schema: Schema, read: Read[T]
    ) -> T | None:
        """Have the model fill one form; None if it stayed invalid, which is recorded as a loss.

        Raises EngineError if the engine fails or the run is cancelled.
        """
        messages = prompt
        diagnostics: tuple[Diagnostic, ...] = ()
        for number in range(self._settings.feedback + 1):
            try:
                record = self._call(key, messages, schema, number)
            except ContextError as error:
                diagnostics = (_no_room(error),)
                break
            document, value, notes, diagnostics = self._read(record, schema, read)
            self._close(record, diagnostics)
            if not diagnostics:
                if notes:
                    self.note(key, notes)
                return value
            messages = (*prompt, *last_words(record.output, document, diagnostics))
        reason = "; ".join(d.why for d in diagnostics[:3]) or "no valid answer"
        self.lost += 1
        self._emit(Lost(stage=self._stage, form=key, reason=reason))
        return None

    def _read(
        self, record: CallRecord, schema: Schema, read: Read[T]
    ) -> tuple[Any, T | None, tuple[Diagnostic, ...], tuple[Diagnostic, ...]]:
        """Return an answer's document, its value, what was adjusted and what is wrong with it."""
        answer = levels.understand(self._settings.level, schema, record.output)
        if answer.diagnostics:
            return answer.document, None, (), answer.diagnostics
        try:
            value, notes = read(answer.document)
        except FormError as error:
            return answer.document, None, (), error.diagnostics
        except ValidationError as error:
            return answer.document, None, (), diagnose(error)
        return answer.document, value, notes, ()

    def note(self, key: str, notes: tuple[Diagnostic, ...]) -> None:
        """Report what derivation adjusted in a form without asking again."""
        self._emit(Adjusted(stage=self._stage, form=key, diagnostics=notes))

    def _call(
        self, key: str, messages: tuple[Message, ...], schema: Schema, number: int
    ) -> CallRecord:
        self._calls += 1
        n = self._calls
        settings = self._settings
        sampler = replace(settings.sampler, seed=_seed(settings.seed, key, number))
        posed = levels.pose(settings.level, messages, schema)
        request = Request(
            key,
            posed.messages,
            posed.schema,
            sampler,
            settings.max_tokens_per_call,
            posed.tool,
            settings.think_tokens,
        )
        input_hash = _input_hash(self._engine, request, settings.engine_options)
        self._emit(
            CallStarted(
                n=n,
                stage=self._stage,
                form=key,
                round=number,
                prompt_tokens=self._engine.count_tokens(request.messages, request.tool),
                calls_expected=self._expected,
            )
        )
        known = self._recall.get(input_hash)
        if known is not None:
            return known.model_copy(update={"n": n, "level": settings.level})
        completion = self._engine.complete(
            request,
            lambda text, forced: self._emit(TextStreamed(n=n, text=text, forced=forced)),
            self._cancelled,
        )
        return CallRecord(
            n=n,
            stage=self._stage,
            form=key,
            input_hash=input_hash,
            level=settings.level,
            schema_sha256=hashlib.sha256(_canonical(schema).encode()).hexdigest(),
            prompt=request.messages,
            output=completion.text,
            thinking=completion.thinking,
            valid=False,
            round=number,
            diagnostics=(),
            usage=completion.usage,
            constraint_active=completion.constraint_active,
            stop=completion.stop,
        )

    def _close(self, record: CallRecord, diagnostics: tuple[Diagnostic, ...]) -> None:
        valid = not diagnostics
        usage = record.usage
        counts = self._counts
        self._counts = Counts(
            calls=counts.calls + 1,
            valid_first_try=counts.valid_first_try + (valid and record.round == 0),
            valid=counts.valid + valid,
            retries=counts.retries + (record.round > 0),
            prompt_tokens=counts.prompt_tokens + usage.prompt_tokens,
            cached_tokens=counts.cached_tokens + usage.cached_tokens,
            forced_tokens=counts.forced_tokens + usage.forced_tokens,
            sampled_tokens=counts.sampled_tokens + usage.sampled_tokens,
            thinking_tokens=counts.thinking_tokens + usage.thinking_tokens,
            seconds=counts.seconds + usage.total_s,
        )
        self._record(record.model_copy(update={"valid": valid, "diagnostics": diagnostics}))
        self._emit(
            CallFinished(
                n=record.n,
                stage=record.stage,
                form=record.form,
                valid=valid,
                round=record.round,
                usage=usage,
                diagnostics=diagnostics,
            )
        )


def _no_room(error: ContextError) -> Diagnostic:
    return Diagnostic(
        pointer="",
        expected="a prompt with room for its answer",
        found="a longer one",
        why=str(error),
        suggestion="Run with a larger --context.",
    )


def _seed(seed: int, key: str, number: int) -> int:
    """Derive a call's own seed, so that it does not depend on the order of the calls."""
    digest = hashlib.sha256(f"{seed}\0{key}\0{number}".encode()).digest()
    return int.from_bytes(digest[:4], "big")


def _input_hash(engine: Engine, request: Request, engine_options: str) -> str:
    parts = [
        engine.info.sha256,
        str(engine.context_tokens),
        _canonical(request.schema),
        _canonical(None if request.tool is None else request.tool.parameters),
        repr(request.sampler),
        str(request.max_tokens),
        str(request.think_tokens),
        engine_options,
        *(f"{message.role}:{message.content}" for message in request.messages),
    ]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def _canonical(schema: Mapping[str, object] | None) -> str:
    return json.dumps(schema, sort_keys=True)
