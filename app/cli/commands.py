"""The command line: names, options and exit codes that scripts may rely on.

Exit 0 done; 1 the job ended with a failure that it reports; 2 bad usage or input, one sentence on
stderr; 130 cancelled. Commands import what they need when they run: `--help` stays quick.
"""

from __future__ import annotations

import json
import os
import tempfile
import traceback
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Literal

import typer
from rich.console import Console
from typer.core import TyperGroup
from typer.main import get_command

from app.cli.briefs import briefs
from app.cli.interrupt import cancellable
from app.cli.options import (
    AsJson,
    Folder,
    ModelPath,
    RequestName,
    RunDir,
    advise,
    finite,
    flag,
    takes_options,
)
from app.library.result import Result
from app.report import numbers
from app.work.order import Order, OrderError
from app.work.peaks import MEMORY_OPTIONS
from engines.remedy import Remedy, UserError
from pipeline.node.compile import CompilerFailure
from pipeline.node.runtime import SandboxError
from pipeline.node.toolchain import ToolchainError
from pipeline.records.events import Event
from pipeline.records.journal import RunFolder, new_run_id, open_run
from pipeline.records.options import ACTIVE_LEVELS, RunOptions, describe_options
from pipeline.run.requests import all_requests

EXIT_FAILED, EXIT_REFUSED, EXIT_CANCELLED = 1, 2, 130
CARD = "card.png"
NOT_OF_A_LADDER = ("level", "cool_down_s", "warm_up")
LADDER_OPTIONS = [each.name for each in describe_options() if each.name not in NOT_OF_A_LADDER]
FIT_OPTIONS = ("context_tokens", *MEMORY_OPTIONS)

commands = typer.Typer(
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    no_args_is_help=True,
    help="Measure how well a language model on your own machine can build a backend.",
)


commands.add_typer(briefs, name="brief")

Job = Callable[[Callable[[Event], None], Callable[[], bool]], Result]
"""A run to be shown: takes the function that shows events and the one that sees Ctrl-C."""


def run_command_line(arguments: Sequence[str]) -> int:
    """Carry out one command and return its exit code; every error becomes a sentence."""
    from scoring.project.folder import ScoringError

    failures = (CompilerFailure, SandboxError, ToolchainError)
    try:
        code = commands(args=list(arguments), standalone_mode=False, prog_name="sixfold")
    except typer.Abort:
        return EXIT_CANCELLED
    except typer.TyperException as error:
        what = error.format_message().rstrip(".")
        return _complain(f"{what}. See sixfold --help.", EXIT_REFUSED)
    except UserError as error:
        helpful = _offered_by(arguments[0], error.remedies)
        return _complain(_advised(str(error), helpful), EXIT_REFUSED)
    except ScoringError as error:
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


@commands.command()
@takes_options()
def run(
    request: RequestName,
    model: ModelPath,
    options: RunOptions,
    out: Annotated[Path | None, typer.Option(help="Run folder to create.")] = None,
    as_json: AsJson = False,
) -> int:
    """Have a model turn a request into six artifacts, and score them."""
    from app.library.user_data import runs_folder

    run_id = new_run_id()
    order = Order(
        request=request,
        model=model,
        run=run_id,
        out=out if out is not None else runs_folder() / run_id,
        **options.option_values(),
    )
    return _carry_out(order, as_json=as_json)


@commands.command()
@takes_options(*LADDER_OPTIONS, feedback=0)
def ladder(
    request: RequestName,
    model: ModelPath,
    options: RunOptions,
    levels: Annotated[str, typer.Option(metavar="LEVEL,...", help="Levels to compare.")] = ",".join(
        ACTIVE_LEVELS
    ),
    seeds: Annotated[int, typer.Option(min=1, help="Chains of forms, a seed each.")] = 1,
    forms: Annotated[
        int | None, typer.Option(min=1, help="Most forms of a stage; all by default.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="Folder for the result and every answer.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Ask a model the same forms at each level of help, and count the valid ones.

    With a folder, the same command continues where it was stopped."""
    from app.cli.ladder import print_ladder
    from app.cli.terminal import view_for
    from app.work.ladder import LadderOrder, make_ladder, parse_levels

    order = LadderOrder(
        request=request,
        model=model,
        levels=parse_levels(levels),
        options=options,
        seeds=seeds,
        forms_per_stage=forms,
        out=out,
    )
    console = Console()
    with cancellable() as stop:
        if as_json:
            _print_json(make_ladder(order, lambda event: None, stop.is_set).model_dump(mode="json"))
            return
        with view_for(console) as view:
            made = make_ladder(order, view.show, stop.is_set)
    print_ladder(console, made)


@commands.command()
def resume(run_dir: RunDir, as_json: AsJson = False) -> int:
    """Continue a run that was stopped: cancelled, failed or killed."""
    from app.work import worker

    return _show(
        lambda show, cancelled: worker.resume(run_dir, show, cancelled),
        run_dir,
        "resume",
        as_json=as_json,
    )


@commands.command()
def demo(
    runs: Annotated[
        Path | None,
        typer.Option(metavar="DIR", file_okay=False, help="Folder to keep the run in."),
    ] = None,
) -> int:
    """Run the request `todo` on the built-in model."""
    from app.library.user_data import runs_folder
    from app.work.demo import about_demo, demo_order

    typer.echo(about_demo())
    return _carry_out(demo_order(runs or runs_folder()), as_json=False)


@commands.command()
def golden(
    name: Annotated[str, typer.Argument(help="Name of a request.")],
    out: Annotated[Path, typer.Option(help="Folder to create.")],
) -> None:
    """Write the reference project of a request."""
    from app.work.golden import build_golden

    build_golden(name, out)
    typer.echo(f"The reference project of {name} is in {out}")


@commands.command()
def score(
    folder: Folder,
    brief: Annotated[
        str | None, typer.Option(help="Brief to score against: a name, or a .toml file.")
    ] = None,
    html: Annotated[
        Path | None,
        typer.Option(help="Also write a report as HTML.", metavar="FILE", dir_okay=False),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Score any NestJS project, or a run again.

    A run folder is scored by its artifacts and, unless another is named, its own brief. A finished
    run without a brief keeps the brief that is named, and its score."""
    from app.cli.terminal import print_findings, print_scorecard
    from app.library.kept_artifacts import keep_score, kept_artifacts
    from pipeline.records.journal import write_atomic
    from scoring.loading import load_brief
    from scoring.rubric import score_folder

    title = folder.resolve().name
    run = folder
    if (run / "spec.json").is_file():
        kept = kept_artifacts(run)
        folder, brief = kept.folder, brief or kept.brief
    made = score_folder(folder, load_brief(brief) if brief is not None else None)
    is_kept = run != folder and brief is not None and keep_score(run, brief, made)
    if is_kept:
        _repaint(run)
    if html is not None:
        from app.report.html import score_page
        from app.report.theme import LIGHT

        write_atomic(html, score_page(made, title, LIGHT).encode())
    if as_json:
        typer.echo(made.canonical_json(), nl=False)
        return
    console = Console()
    held_to = f"{title} · {made.brief.name}" if made.brief is not None else title
    print_scorecard(console, made, held_to)
    print_findings(console, made)
    if is_kept:
        typer.echo(f"The run {run} keeps this score")
    if html is not None:
        typer.echo(f"Wrote {html}")


@commands.command()
def check(folder: Folder, as_json: AsJson = False) -> int:
    """Type-check any NestJS project.

    Exit code 1 if it has errors."""
    from pipeline.node.compile import check_project

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
def verify(
    folder: Folder,
    postgres: Annotated[
        str | None, typer.Option(metavar="URL", help="Empty PostgreSQL database, on this machine.")
    ] = None,
    as_json: AsJson = False,
) -> int:
    """Run a project's E2E tests in the sandbox.

    Data is kept in SQLite, or in the database that --postgres names: best by its socket
    (postgres://user@/db?host=/var/run/postgresql), with a role that has no rights elsewhere.
    Exit code 1 if it does not boot or a test fails."""
    from pipeline.node.runtime import CaseOutcome, verify_project

    def tell(test: CaseOutcome) -> None:
        typer.echo(f"{'ok  ' if test.ok else 'FAIL'} {test.name}")
        if test.error:
            typer.echo(f"     {test.error.splitlines()[0]}")

    if as_json:
        report = verify_project(folder, database_url=postgres)
        _print_json(report.model_dump(mode="json"))
    else:
        report = verify_project(folder, on_test=tell, database_url=postgres)
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
    """List GGUF and MLX models, and whether they fit.

    Looks into the given folders at any depth, or where other programs keep models on this machine.
    Adapters, projectors, embedding models and unfinished downloads are listed separately."""
    from app.cli import models_text
    from app.library.user_data import runs_folder
    from app.work.model_list import fits, list_models

    found = list_models(folders or ())
    fitted = fits(found, runs_folder())
    if as_json:
        _print_json([models_text.as_json(entry, fitted.get(entry.path)) for entry in found])
        return
    if not fitted:
        typer.echo("No model found.")
    for line in models_text.as_text(found, fitted):
        typer.echo(line)


@commands.command("fit")
@takes_options(*FIT_OPTIONS)
def fit_command(
    model: Annotated[
        Path, typer.Argument(metavar="FILE_OR_DIR", exists=True, help="GGUF file or MLX folder.")
    ],
    options: RunOptions,
    memory: Annotated[
        float | None,
        typer.Option(min=1, callback=finite, metavar="GB", help="Plan for a Mac with this memory."),
    ] = None,
    override: Annotated[
        bool | None, typer.Option(help="Remember to run it anyway, or to no longer do so.")
    ] = None,
    as_json: AsJson = False,
) -> int:
    """Say whether a model fits into memory, without loading it.

    Exit code 1 if it does not and is not to be run anyway."""
    from app.cli import fit_text
    from app.library import overrides
    from app.library.user_data import runs_folder
    from app.work.memory_fit import plan_model

    plan = plan_model(model, runs_folder(), options.context_tokens, options.engine, memory)
    if override is not None:
        overrides.remember(model, plan.facts.size_bytes, overridden=override)
        plan = replace(plan, overridden=override)
    if plan.fit is not None and as_json:
        _print_json(fit_text.as_json(plan.fit, overridden=plan.overridden))
    elif plan.fit is not None:
        typer.echo(fit_text.as_text(plan.fit, overridden=plan.overridden))
    return 0 if plan.allowed else EXIT_FAILED


@commands.command("rpc-server")
def rpc_server(
    host: Annotated[
        str, typer.Option(help="Address to listen at; 127.0.0.1 is this machine only.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535)] = 50052,
    threads: Annotated[int | None, typer.Option(min=1, help="CPU threads.")] = None,
) -> None:
    """Lend this machine to a run elsewhere: sixfold run --rpc.

    Ends with Ctrl-C. Whoever reaches the port can use this machine and crash the program, and read
    what passes by: there is no password and no encryption. Listen in a trusted network only.
    Needs make setup RPC=1 on both machines."""
    from engines.llama.rpc import serve

    serve(host, port, threads)


@commands.command()
def card(
    run_dir: RunDir,
    out: Annotated[Path, typer.Option(help="File: .png, .svg, .pdf, .html or .md.")],
    look: Annotated[Literal["light", "dark"], typer.Option(help="Colours.")] = "light",
    scale: Annotated[int, typer.Option(min=1, max=3, help="Size of a PNG.")] = 2,
) -> None:
    """Write the result card of a finished run.

    As .html it is a report with all findings and figures, as .md a block for a forum."""
    folder = open_run(run_dir)
    if folder.outcome() is None:
        raise OrderError(f"The run {run_dir} has not finished, so it has no card yet")
    _write_card(folder, out, look, scale)
    typer.echo(f"Wrote {out}")


@commands.command()
def compare(
    run_dirs: Annotated[
        list[Path], typer.Argument(metavar="RUN_DIR...", exists=True, file_okay=False)
    ],
    as_json: AsJson = False,
) -> None:
    """Compare the models of several runs: means, differences with intervals, groups.

    Runs that another rubric scored are scored again from their artifacts."""
    from app.cli.comparison import print_report
    from app.library.selection import compare_runs

    report = compare_runs(run_dirs)
    if as_json:
        _print_json(report.model_dump(mode="json"))
    else:
        print_report(Console(), report)


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
    """Check that everything a run needs is installed.

    Exit code 1 if something is missing."""
    from app.cli.doctor import examine

    missing = False
    for finding in examine():
        sign = {True: "ok", False: "MISSING", None: ""}[finding.ok]
        typer.echo(f"{sign:<8}{finding.name:<20} {finding.text}")
        missing = missing or finding.ok is False
    return EXIT_FAILED if missing else 0


@commands.command("app")
def window() -> int:
    """Open the window."""
    from app.window.application import open_window

    return open_window()


def _carry_out(order: Order, *, as_json: bool) -> int:
    from app.work import worker

    return _show(
        lambda show, cancelled: worker.carry_out(order, show, cancelled),
        order.out,
        "run",
        as_json=as_json,
    )


def _show(job: Job, folder: Path, command: str, *, as_json: bool) -> int:
    """Carry out a run while its events are shown, then sum it up."""
    from app.cli.terminal import print_summary, view_for
    from app.work.worker import EXIT_CODES

    if as_json:
        with cancellable() as stop:
            result = job(lambda event: None, stop.is_set)
        _print_json(result.model_dump(mode="json"))
    else:
        console = Console()
        with cancellable() as stop, view_for(console) as view:
            result = job(view.show, stop.is_set)
        painted = _paint(result, folder / CARD)
        print_summary(console, result, folder, painted)
    if result.outcome == "failed":
        helpful = _offered_by(command, result.remedies)
        _complain(_advised(result.sentence or "The run failed.", helpful), EXIT_FAILED)
    if result.outcome == "cancelled":
        _complain(
            f"Cancelled; what was made is in {folder}. Continue with: sixfold resume {folder}",
            EXIT_CANCELLED,
        )
    return EXIT_CODES[result.outcome]


def _paint(result: Result, path: Path) -> Path | None:
    """Write the card of a scored run; where Qt can't start, say so."""
    if result.score is None:
        return None
    try:
        _write_card(open_run(path.parent), path)
    except ImportError as error:
        _complain(f"The card can't be painted: {error}; run `make setup`", EXIT_FAILED)
        return None
    return path


def _repaint(run: Path) -> None:
    """Bring the card in a run's folder up to date."""
    result = open_run(run).result(Result)
    if result is not None and (run / CARD).is_file():
        _paint(result, run / CARD)


def _write_card(folder: RunFolder, path: Path, look: str = "light", scale: int = 2) -> None:
    from app.report.export import export_without_screen
    from app.report.theme import THEMES

    export_without_screen(folder, path, THEMES[look], scale)


def _print_json(document: object) -> None:
    typer.echo(json.dumps(document, indent=2, ensure_ascii=False))


def _complain(sentence: str, code: int) -> int:
    typer.echo(f"sixfold: {sentence}", err=True)
    return code


def _offered_by(name: str, remedies: Sequence[Remedy]) -> tuple[Remedy, ...]:
    """Return the remedies whose option a command has."""
    group = get_command(commands)
    command = group.commands.get(name) if isinstance(group, TyperGroup) else None
    flags = {each for option in command.params for each in option.opts} if command else set[str]()
    return tuple(
        remedy for remedy in remedies if remedy.option == "override" or flag(remedy.option) in flags
    )


def _advised(sentence: str, remedies: Sequence[Remedy]) -> str:
    """Return a sentence of an error with what helps, in flags."""
    if not remedies:
        return sentence
    ways = ", or ".join(advise(remedy) for remedy in remedies)
    return f"{sentence.rstrip('.')}; {ways}"


def _logged(error: Exception) -> str:
    with tempfile.NamedTemporaryFile(
        "w", prefix="sixfold-", suffix=".log", delete=False, encoding="utf-8"
    ) as log:
        traceback.print_exception(error, file=log)
    return f"Something unexpected failed ({type(error).__name__}); details are in {log.name}"
