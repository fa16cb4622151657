"""Make the runs that the screenshots show, by the real pipeline, scorer and run folder.

Three contestants with names of their own: the golden forms of a request; the golden design
with programs and tests of the model of random weights, which knows nothing; and that model alone.

Usage: python packaging/sample_runs.py FOLDER
"""

from __future__ import annotations

import hashlib
import sys
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from app.work import worker  # noqa: E402
from app.work.model_list import RANDOM_MODEL  # noqa: E402
from app.work.order import Order  # noqa: E402
from engines.open import open_model  # noqa: E402
from engines.protocol import (  # noqa: E402
    Completion,
    Engine,
    IsCancelled,
    ModelInfo,
    OnText,
    Request,
    Sampler,
)
from engines.scripted import ScriptedEngine  # noqa: E402
from pipeline.records.journal import create_run, new_run_id, open_run  # noqa: E402
from pipeline.records.spec import RunSpec  # noqa: E402
from pipeline.run.golden import load_answers  # noqa: E402
from pipeline.run.requests import load_request  # noqa: E402
from scoring.report import Scorecard  # noqa: E402

REQUESTS, SEEDS = ("todo", "board"), (1, 2)
DESIGN = ("analysis", "database", "interface")
MAX_TOKENS = 192
"""Enough to see what random weights write; they would write on for ever."""
TEMPERATURE = 0.2


class PartlyGolden(ScriptedEngine):
    """Plays golden forms back where it has them, and asks a model for all others."""

    def __init__(self, name: str, answers: dict[str, object], model: Engine) -> None:
        """Take the golden answers and the model for what they leave open."""
        super().__init__(answers, name=name)  # pyright: ignore[reportArgumentType] - JSON objects
        self._open = set(answers)
        self._model = model

    @property
    def info(self) -> ModelInfo:
        """Facts of the mixture: the same for every request."""
        own, model = super().info, self._model.info
        mixture = hashlib.sha256(f"{own.name} {model.sha256}".encode()).hexdigest()
        return replace(own, sha256=mixture, engine=f"scripted, {model.engine}")

    def complete(
        self,
        request: Request,
        on_text: OnText | None = None,
        cancelled: IsCancelled | None = None,
    ) -> Completion:
        """Answer from the script, or by the model."""
        if request.key in self._open:
            return super().complete(request, on_text, cancelled)
        return self._model.complete(request, on_text, cancelled)


def main(folder: Path) -> None:
    """Make all runs that are not there yet; a run takes up to a minute."""
    made = {}
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        spec = open_run(path).spec
        made[spec.model.name, spec.request, spec.seed] = path
    model = open_model(RANDOM_MODEL, context_tokens=None)
    for request in REQUESTS:
        answers = load_answers(request)
        design = {key: value for key, value in answers.items() if key.split("/")[0] in DESIGN}
        engines = (
            PartlyGolden("Golden forms", answers, model),
            PartlyGolden("Golden design, random programs", design, model),
        )
        for seed in SEEDS:
            for engine in engines:
                if (engine.info.name, request, seed) not in made:
                    play(engine, request, seed, folder)
            if (model.info.name, request, seed) not in made:
                run = new_run_id()
                order = Order(
                    request=request, model=RANDOM_MODEL, run=run, out=folder / run, seed=seed,
                    max_tokens_per_call=MAX_TOKENS,
                )  # fmt: skip
                result = worker.carry_out(order, lambda _: None, lambda: False)
                tell(request, seed, model.info.name, result.score)
    model.close()


def play(engine: Engine, request_name: str, seed: int, folder: Path) -> None:
    """Carry out one run with an engine of ours."""
    request = load_request(request_name)
    run = new_run_id()
    spec = RunSpec(
        run=run,
        model=engine.info,
        request=request.name or request.title,
        title=request.title,
        text=request.text,
        brief=request.brief,
        seed=seed,
        sampler=Sampler(temperature=TEMPERATURE),
        context_tokens=engine.context_tokens,
        max_tokens_per_call=MAX_TOKENS,
        versions=worker.versions(),
        machine=worker.machine(),
    )
    report = worker.Reporter(lambda _: None)
    with create_run(spec, folder / run) as kept:
        report.attach(kept)
        result = worker.execute(spec, engine, kept, report, lambda: False, datetime.now(UTC))
    tell(request_name, seed, engine.info.name, result.score)


def tell(request: str, seed: int, name: str, score: Scorecard | None) -> None:
    """Say how one run went."""
    points = score.score if score else "no score"
    print(f"{time.strftime('%H:%M:%S')} {request} {seed} {name}: {points}", flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
