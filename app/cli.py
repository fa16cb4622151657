"""The command line: names, options and exit codes that scripts may rely on.

Exit 0 done; 1 the job ended with a failure that it reports; 2 bad usage or input, one sentence on
stderr; 130 cancelled. Commands import what they need when they run: `--help` stays quick.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import tempfile
import threading
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from app.order import DEFAULT_MAX_TOKENS_PER_CALL, RUNS, Order, OrderError
from app.report import numbers
from pipeline.compile import CompileError
from pipeline.errors import PipelineError
from pipeline.journal import RunFolderError, new_run_id, open_run
from pipeline.records import MAX_FEEDBACK_ROUNDS, Event, Level, Result
from pipeline.requests import RequestError, all_requests
from pipeline.runtime import SandboxError
from pipeline.toolchain import ToolchainError

EXIT_FAILED, EXIT_REFUSED, EXIT_CANCELLED = 1, 2, 130
CARD = "card.png"
DEMO_REQUEST, DEMO_SEED = "todo", 1

commands = typer.Typer(
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    no_args_is_help=True,
    help="Measure how well a language model on your own machine can build a backend.",
)

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")]
Folder = Annotated[Path, typer.Argument(exists=True, file_okay=False, help="Project folder.")]
Job = Callable[[Callable[[Event], None], Callable[[], bool]], Result]
"""A run to be shown: takes the function that shows events and the one that tells of Ctrl-C."""
RunDir = Annotated[Path, typer.Argument(exists=True, file_okay=False, help="Run folder.")]


def run_command_line(arguments: Sequence[str]) -> int:
    """Carry out one command and return its exit code; every error becomes a sentence."""
    from engines.protocol import EngineError
    from scoring.folder import ScoringError

    failures = (CompileError, PipelineError, SandboxError, ToolchainError)
    try:
        code = commands(args=list(arguments), standalone_mode=False, prog_name="sixfold")
    except typer.Abort:
        return EXIT_CANCELLED
    except typer.TyperException as error:
        return _complain(f"{error.format_message()} See sixfold --help.", EXIT_REFUSED)
    except (OrderError, RequestError, RunFolderError, EngineError, ScoringError) as error:
        return _complain(str(error), EXIT_REFUSED)
    except failures as error:
        return _complain(str(error), EXIT_FAILED)
    except KeyboardInterrupt:
        return _complain("Cancelled.", EXIT_CANCELLED)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # whoever read us has gone
        return EXIT_FAILED
    except Exception as error:  # noqa: BLE001 - the boundary: no traceback on the screen
        return _complain(_logged(error), EXIT_FAILED)
    return code if isinstance(code, int) else 0


def main() -> None:
    """Start from the installed script `sixfold`."""
    from app.__main__ import start

    sys.exit(start())


@commands.command()
def run(
    request: Annotated[str, typer.Argument(help="Name of a request, or a text file.")],
    model: Annotated[
        Path, typer.Option(help="GGUF file, or folder of an MLX model.", metavar="FILE_OR_DIR")
    ],
    out: Annotated[Path | None, typer.Option(help="Run folder to make.")] = None,
    seed: Annotated[int, typer.Option(min=0, max=2**32 - 1)] = 0,
    level: Annotated[Level, typer.Option(help="How the model is led.")] = "narrowed",
    feedback: Annotated[
        int, typer.Option(min=0, max=MAX_FEEDBACK_ROUNDS, help="Rounds with its errors.")
    ] = MAX_FEEDBACK_ROUNDS,
    context: Annotated[int | None, typer.Option(help="Context in tokens.")] = None,
    max_tokens_per_call: Annotated[int, typer.Option()] = DEFAULT_MAX_TOKENS_PER_CALL,
    as_json: AsJson = False,
) -> int:
    """Have a model turn a request into six artifacts, and score them."""
    run_id = new_run_id()
    order = Order(
        request=request,
        model=model,
        run=run_id,
        out=out if out is not None else RUNS / run_id,
        seed=seed,
        context_tokens=context,
        level=level,
        feedback=feedback,
        max_tokens_per_call=max_tokens_per_call,
    )
    return _carry_out(order, as_json=as_json)


@commands.command()
def resume(run_dir: RunDir, as_json: AsJson = False) -> int:
    """Go on with a run that was stopped: cancelled, failed or killed."""
    from app import worker

    return _show(
        lambda show, cancelled: worker.resume(run_dir, show, cancelled), run_dir, as_json=as_json
    )


@commands.command()
def demo() -> int:
    """Run the request `todo` on the built-in model."""
    from app.models.listing import BUILTIN_MODEL

    run_id = new_run_id()
    order = Order(
        request=DEMO_REQUEST, model=BUILTIN_MODEL, run=run_id, out=RUNS / run_id, seed=DEMO_SEED
    )
    return _carry_out(order, as_json=False)


@commands.command()
def golden(
    name: Annotated[str, typer.Argument(help="Name of a brief.")],
    out: Annotated[Path, typer.Option(help="Folder to make.")],
) -> None:
    """Write the reference project of a brief."""
    from app.golden import build_golden

    build_golden(name, out)
    typer.echo(f"The reference project of {name} is in {out}")


@commands.command()
def score(
    folder: Folder,
    brief: Annotated[str | None, typer.Option(help="Brief to score against.")] = None,
    as_json: AsJson = False,
) -> None:
    """Score any NestJS project, or a run again.

    A run folder is scored by its artifacts and, unless another is named, its own brief."""
    from app.terminal import print_findings, print_score
    from scoring.brief import load_brief
    from scoring.rubric import score_folder

    if (folder / "spec.json").is_file():
        kept = open_run(folder)
        folder, brief = kept.artifacts, brief or kept.spec.request.brief
    made = score_folder(folder, load_brief(brief) if brief is not None else None)
    if as_json:
        typer.echo(made.canonical_json(), nl=False)
        return
    console = Console()
    print_score(console, made.model_dump(mode="json"))
    print_findings(console, made.model_dump(mode="json"))


@commands.command()
def check(folder: Folder, as_json: AsJson = False) -> int:
    """Type-check any NestJS project.

    Exit code 1 if it has errors."""
    from pipeline.compile import check_project

    report = check_project(folder)
    if as_json:
        _print_json(report.model_dump(mode="json"))
    else:
        for found in report.diagnostics:
            place = f"{found.file}:{found.line}:{found.column}" if found.file else "project"
            typer.echo(f"{place}: TS{found.code} {found.message}")
        typer.echo(
            f"{report.units} files, {report.failed_units} with errors, "
            f"{len(report.diagnostics)} errors, {numbers.duration(report.seconds)}"
        )
    return EXIT_FAILED if report.diagnostics else 0


@commands.command()
def verify(folder: Folder, as_json: AsJson = False) -> int:
    """Run a project's E2E tests in the sandbox.

    Exit code 1 if it does not boot or a test fails."""
    from pipeline.runtime import verify_project

    report = verify_project(folder)
    if as_json:
        _print_json(report.model_dump(mode="json"))
    else:
        for test in report.tests:
            typer.echo(f"{'ok  ' if test.ok else 'FAIL'} {test.name}")
            if test.error:
                typer.echo(f"     {test.error.splitlines()[0]}")
        boot = f" It took {report.boot_ms:.0f} ms to boot." if report.boot_ms is not None else ""
        typer.echo(f"{report.message}{boot}")
    return 0 if report.booted and report.passed == report.total else EXIT_FAILED


@commands.command()
def models(
    folders: Annotated[
        list[Path] | None, typer.Argument(metavar="DIR...", exists=True, file_okay=False)
    ] = None,
    as_json: AsJson = False,
) -> None:
    """List the models in folders, GGUF and MLX.

    At any depth; without a folder all that programs keep on this machine."""
    from app.models import listing

    found = listing.list_models(folders or ())
    if as_json:
        _print_json([listing.as_json(entry) for entry in found])
        return
    if not found:
        typer.echo("No model found.")
    for entry in found:
        typer.echo(listing.as_text(entry))


@commands.command("fit")
def fit_command(
    model: Annotated[
        Path, typer.Argument(metavar="FILE_OR_DIR", exists=True, help="GGUF file or MLX folder.")
    ],
    context: Annotated[int | None, typer.Option(help="Context in tokens.")] = None,
    memory: Annotated[
        float | None, typer.Option(min=1, metavar="GB", help="Plan for a Mac with this memory.")
    ] = None,
    as_json: AsJson = False,
) -> int:
    """Tell whether a model fits into memory, without loading it.

    Exit code 1 if it does not."""
    from app.models import memory_fit

    fitted = memory_fit.fit_model(model, RUNS, context, memory)
    if as_json:
        _print_json(memory_fit.as_json(fitted))
    else:
        typer.echo(memory_fit.as_text(fitted))
    return EXIT_FAILED if fitted.verdict == "no" else 0


@commands.command()
def card(
    run_dir: RunDir,
    out: Annotated[Path, typer.Option(help="File: .png, .svg, .pdf, .html or .md.")],
) -> None:
    """Write the result card of a finished run."""
    result = open_run(run_dir).result()
    if result is None:
        raise OrderError(f"The run {run_dir} has not finished, so it has no card yet")
    _write_card(result, out)
    typer.echo(f"Wrote {out}")


@commands.command()
def requests(as_json: AsJson = False) -> None:
    """List the reference requests."""
    known = all_requests()
    if as_json:
        fields = ("name", "title", "text", "brief")
        _print_json([{field: getattr(each, field) for field in fields} for each in known])
        return
    for each in known:
        typer.echo(f"{each.name:<10} {each.title}")


@commands.command()
def doctor() -> int:
    """Look whether all that a run needs is there.

    Exit code 1 if something is missing."""
    from app.doctor import examine

    missing = False
    for finding in examine():
        sign = {True: "ok", False: "MISSING", None: ""}[finding.ok]
        typer.echo(f"{sign:<8}{finding.name:<20} {finding.text}")
        missing = missing or finding.ok is False
    return EXIT_FAILED if missing else 0


@commands.command("app")
def window() -> int:
    """Open the window."""
    from app.main_window import open_window

    return open_window(RUNS.absolute())


def _carry_out(order: Order, *, as_json: bool) -> int:
    from app import worker

    return _show(
        lambda show, cancelled: worker.carry_out(order, show, cancelled), order.out, as_json=as_json
    )


def _show(job: Job, folder: Path, *, as_json: bool) -> int:
    """Carry out a run while its events are shown, then tell what came of it."""
    from app.terminal import print_summary, view_for
    from app.worker import EXIT_CODES

    if as_json:
        with _cancellable() as stop:
            result = job(lambda event: None, stop.is_set)
        _print_json(result.model_dump(mode="json"))
    else:
        console = Console()
        with _cancellable() as stop, view_for(console) as view:
            result = job(view.show, stop.is_set)
        painted = _paint(result, folder / CARD)
        print_summary(console, result, folder, painted)
    if result.outcome == "failed":
        _complain(result.sentence or "The run failed.", EXIT_FAILED)
    if result.outcome == "cancelled":
        _complain(
            f"Cancelled; what was made is in {folder}. Go on with: sixfold resume {folder}",
            EXIT_CANCELLED,
        )
    return EXIT_CODES[result.outcome]


@contextmanager
def _cancellable() -> Iterator[threading.Event]:
    """Turn the first Ctrl-C into a cancelled run; the second one breaks off."""
    stop = threading.Event()

    def cancel(number: int, frame: object) -> None:
        if stop.is_set():
            raise KeyboardInterrupt
        stop.set()

    signals = (signal.SIGINT, signal.SIGTERM)
    before = [signal.signal(each, cancel) for each in signals]
    try:
        yield stop
    finally:
        for each, handler in zip(signals, before, strict=True):
            signal.signal(each, handler)


def _paint(result: Result, path: Path) -> Path | None:
    """Write the card of a scored run; where Qt can't start, say so and go on."""
    if result.score is None:
        return None
    try:
        _write_card(result, path)
    except ImportError as error:
        _complain(f"The card can't be painted: {error}; run `make setup`", EXIT_FAILED)
        return None
    return path


def _write_card(result: Result, path: Path) -> None:
    os.environ["QT_QPA_PLATFORM"] = "offscreen"  # a card needs no screen
    from PySide6.QtGui import QGuiApplication

    from app.report.export import ExportError, export_card

    painting = QGuiApplication.instance() or QGuiApplication([])
    try:
        export_card(result, path)
    except ExportError as error:
        raise OrderError(str(error)) from error
    finally:
        painting.processEvents()


def _print_json(document: object) -> None:
    typer.echo(json.dumps(document, indent=2, ensure_ascii=False))


def _complain(sentence: str, code: int) -> int:
    typer.echo(f"sixfold: {sentence}", err=True)
    return code


def _logged(error: Exception) -> str:
    with tempfile.NamedTemporaryFile(
        "w", prefix="sixfold-", suffix=".log", delete=False, encoding="utf-8"
    ) as log:
        traceback.print_exception(error, file=log)
    return f"Something unexpected failed ({type(error).__name__}); details are in {log.name}"
