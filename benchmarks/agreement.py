"""Ask a model the forms of golden projects, and measure how far it says what the golden forms say.

    .venv/bin/python -m benchmarks.agreement --models FILE.gguf ... --out FOLDER
        [--requests todo board] [--seeds 2] [--forms 6] [--examples off on]
        [--max-tokens-per-call 1000] [--threads 1] [--before FOLDER]

Each form is asked as in the golden run: same prompt, same narrowed schema, all earlier answers
golden, no feedback. Of each kind at most `--forms` forms a request are asked, chosen by a hash of
their key: the same ones in every run that has them. An answer has a quarter more room than the
golden one takes, because small models repeat themselves until it is used up. `--examples` asks with
the worked example of the form's kind, without, or both. Answers are kept in `--out` as they arrive
and not asked again. The command ends by writing `docs/measured/agreement.md` from all that is kept;
`--before` is the folder of an earlier state of the prompts, to which the page then compares.
Statements are counted from the kept answers each time. Seconds are of processor time.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from benchmarks.agreement_page import Answer, page
from engines.open import open_model
from engines.options import EngineOptions
from engines.protocol import Engine, Message
from engines.scripted import ScriptedEngine
from pipeline.asking import prompts
from pipeline.asking.harness import Ask, Harness
from pipeline.records.calls import CallRecord
from pipeline.records.events import Event, Lost
from pipeline.records.journal import write_atomic
from pipeline.records.options import RunOptions
from pipeline.records.stages import StageName
from pipeline.run.agreement import choices_of, form_kind
from pipeline.run.chain import Chain
from pipeline.run.golden import load_answers
from pipeline.run.requests import load_request
from pipeline.run.run import design

REPORT = Path("docs/measured/agreement.md")
ANSWERS = "answers.jsonl"
CONTEXT_TOKENS = 8192
EXAMPLES = {"off": False, "on": True}
ROOM = 1.25
"""Tokens that an answer may have, for each of the golden one."""
LEAST_TOKENS = 100
"""That it may have in any case."""


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--models", type=Path, nargs="*", default=[])
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--requests", nargs="+", default=["todo", "board"])
    parser.add_argument("--seeds", type=int, default=2)
    parser.add_argument("--forms", type=int, default=6, help="of a kind and request")
    parser.add_argument("--examples", nargs="+", choices=EXAMPLES, default=["off"])
    parser.add_argument("--max-tokens-per-call", type=int, default=1000)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--before", type=Path)
    given = parser.parse_args()
    time.perf_counter = time.process_time  # the engine's clock, on a machine that is busy
    kept = Kept(given.out)
    engine_options = EngineOptions(parallel=1, threads=given.threads, flash_attention=False)
    options = RunOptions(
        feedback=0,
        context_tokens=CONTEXT_TOKENS,
        max_tokens_per_call=given.max_tokens_per_call,
        engine=engine_options,
    )
    forms = [form for name in given.requests for form in sampled(golden_forms(name), given.forms)]
    for path in given.models:
        engine = open_model(path, CONTEXT_TOKENS, engine_options)
        for examples in given.examples:
            questioner = Questioner(path.stem, engine, options, EXAMPLES[examples], kept)
            for form in forms:
                questioner.ask(form, given.seeds)
        engine.close()
    before = [] if given.before is None else Kept(given.before).answers
    write_atomic(REPORT, page(kept.answers, before))


class Form:
    """A form of a golden run, and its golden answer."""

    def __init__(self, request: str, stage: StageName, ask: Ask[Any], golden: object) -> None:
        self.request = request
        self.stage: StageName = stage
        self.ask = ask
        self.golden = golden
        self.kind = form_kind(ask.key)


def golden_forms(request: str) -> list[Form]:
    """Play a golden project through the pipeline and return all its forms in order."""
    answers = load_answers(request)
    engine = ScriptedEngine(answers)
    chain = Chain(engine, RunOptions(feedback=0), lambda _: None, lambda _: None, lambda: False)
    design(chain, load_request(request).text, lambda _stage, _ast: None)
    return [
        Form(request, stage, ask, answers[ask.key]) for stage, asks in chain.asked for ask in asks
    ]


def sampled(forms: Iterable[Form], most: int) -> list[Form]:
    """Return at most `most` forms of each kind, whatever other forms there are; kind by kind."""
    kinds: dict[str, list[Form]] = {}
    for form in forms:
        kinds.setdefault(form.kind, []).append(form)
    return [form for each in kinds.values() for form in sorted(each, key=_place)[:most]]


def _place(form: Form) -> str:
    return hashlib.sha256(form.ask.key.encode()).hexdigest()


class Kept:
    """The answers of a folder: those there, and those that are added."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._path = folder / ANSWERS
        lines = self._path.read_text(encoding="utf-8").splitlines() if self._path.exists() else []
        read = (Answer.model_validate_json(line) for line in lines)
        self._latest = {answer.question: answer for answer in read}

    @property
    def answers(self) -> list[Answer]:
        """The latest answer to each question."""
        return list(self._latest.values())

    def calls(self) -> Mapping[str, CallRecord]:
        """Return the calls by the hash that they are known again by."""
        return {answer.call.input_hash: answer.call for answer in self._latest.values()}

    def add(self, answer: Answer) -> None:
        with self._path.open("a", encoding="utf-8") as file:
            file.write(answer.model_dump_json() + "\n")
        self._latest[answer.question] = answer


class Questioner:
    """Asks one model, with or without examples."""

    def __init__(
        self, model: str, engine: Engine, options: RunOptions, examples: bool, kept: Kept
    ) -> None:
        self._model = model
        self._engine = engine
        self._options = options
        self._examples = examples
        self._kept = kept

    def ask(self, form: Form, seeds: int) -> None:
        """Ask one form with each seed in turn, so that its prompt is evaluated once."""
        for seed in range(seeds):
            self._ask(form, seed)

    def _room(self, form: Form) -> int:
        """Return the tokens that an answer may have before it is closed the shortest way."""
        golden = json.dumps(form.golden, ensure_ascii=False, separators=(",", ":"))
        needed = self._engine.count_tokens((Message("user", golden),))
        return min(self._options.max_tokens_per_call, max(LEAST_TOKENS, int(needed * ROOM)))

    def _ask(self, form: Form, seed: int) -> None:
        recall = self._kept.calls()
        ask, records, losses = form.ask, list[CallRecord](), list[str]()
        if self._examples:
            prompt = prompts.with_example(ask.prompt, form.kind.replace("/", "-"))
            ask = Ask(ask.key, prompt, ask.schema, ask.read)
        room = {"max_tokens_per_call": self._room(form), "seed": seed}
        options = self._options.model_copy(update=room)

        def hear(event: Event) -> None:
            if isinstance(event, Lost):
                losses.append(event.reason)

        harness = Harness(self._engine, options, records.append, hear, lambda: False, recall)
        harness.begin(form.stage, 1)
        harness.fill_all([ask])
        if not records:
            raise SystemExit(f"{ask.key} can't be asked: {losses}")
        if records[0].input_hash in recall:
            return
        answer = Answer(
            model=self._model,
            request=form.request,
            kind=form.kind,
            seed=seed,
            examples=self._examples,
            golden=form.golden,
            choices=tuple(sorted(choices_of(ask.schema))),
            call=records[0],
        )
        self._kept.add(answer)
        print(answer.line(), flush=True)


if __name__ == "__main__":
    main()
