"""A run in the terminal: a live view, or plain lines where there is no terminal, and a summary."""

from __future__ import annotations

from pathlib import Path
from types import TracebackType
from typing import Self

from rich.console import Console, Group
from rich.live import Live
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from app.library.progress import Progress, StageProgress, StageState
from app.library.result import Result
from app.report import numbers
from app.report.card import (
    AXIS_TITLES,
    NO_BRIEF,
    WRITE_ONE,
    anchors,
    bars_of,
    compile_share,
    coverage,
    headline,
    ungated,
)
from app.report.markdown import bar
from app.work.samples import Samples
from pipeline.english import counted
from pipeline.records.calls import Counts
from pipeline.records.events import (
    ArtifactWritten,
    CallFinished,
    Event,
    Logged,
    Lost,
    RunResumed,
    RunStarted,
    Scored,
    StageFinished,
    StageStarted,
)
from scoring.report import NEEDS_BRIEF, Scorecard

FRAMES_PER_SECOND = 6
TAIL_LINES = 4
GOOD_SHARE, FAIR_SHARE = 0.9, 0.6
SIGNS: dict[StageState, tuple[str, str]] = {
    "waiting": ("·", "dim"),
    "running": ("▸", "bold cyan"),
    "done": ("✓", "green"),
    "stopped": ("✗", "red"),
}


def view_for(console: Console) -> TerminalView | PlainView:
    """Choose the live view for a terminal, plain lines for anything else."""
    return TerminalView(console) if console.is_terminal else PlainView(console)


class TerminalView:
    """Six stages, speed, memory, the form being filled and its text, redrawn in place."""

    def __init__(self, console: Console) -> None:
        """Draw on this console."""
        self._console = console
        self._progress = Progress()
        self._note = ""
        self._live = Live(console=console, auto_refresh=False, transient=True)
        self._frames = Samples(self._frame, self._draw, 1 / FRAMES_PER_SECOND)

    def __enter__(self) -> Self:
        self._live.start()
        self._draw(self._frame())
        self._frames.__enter__()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._frames.__exit__(kind, error, trace)
        self._draw(self._frame())
        self._live.stop()

    def show(self, event: Event) -> None:
        """Take in one event; the next frame shows it."""
        self._progress.apply(event)
        if isinstance(event, Logged):
            self._note = event.text

    def _draw(self, frame: Group) -> None:
        self._live.update(frame, refresh=True)

    def _frame(self) -> Group:
        progress = self._progress
        title = Text(no_wrap=True, overflow="ellipsis")
        title.append(progress.request or "Sixfold", style="bold")
        if progress.model:
            title.append(f"  with {progress.model}")
        title.append(f"   {numbers.duration(progress.t_s)}", style="dim")
        table = Table.grid(padding=(0, 2))
        for name, stage in progress.stages.items():
            sign, style = SIGNS[stage.state]
            table.add_row(Text(sign, style), Text(name, style), *_stage_cells(stage))
        tail = Text(_visible(progress.tail), style="dim", overflow="fold")
        lines = tail.wrap(self._console, max(20, self._console.width - 4))[-TAIL_LINES:]
        return Group(
            title,
            table,
            Text(_speed_line(progress), no_wrap=True, overflow="ellipsis"),
            Text(progress.form or self._note, style="cyan", no_wrap=True, overflow="ellipsis"),
            *lines,
        )


class PlainView:
    """One line for everything worth a line, for logs and pipes."""

    def __init__(self, console: Console) -> None:
        """Print on this console."""
        self._console = console
        self._progress = Progress()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        return None

    def show(self, event: Event) -> None:
        """Print the line of one event, if it has one."""
        self._progress.apply(event)
        line = self._line(event)
        if line:
            self._console.out(line, highlight=False)

    def _line(self, event: Event) -> str:
        match event:
            case Logged():
                return event.text if event.level == "info" else f"{event.level}: {event.text}"
            case RunStarted():
                return f"Run {event.run}: {event.request} with {event.model}, in {event.folder}"
            case RunResumed(answers=answers):
                return f"Continuing with {counted(answers, 'answer')} from before"
            case StageStarted():
                return f"{event.stage}"
            case CallFinished():
                return f"  {self._call(event)}"
            case Lost():
                return f"  {event.form} was dropped: {event.reason}"
            case StageFinished(summary=done):
                if not done.forms:
                    return f"  {done.name} done: derived, no form to fill"
                seconds = numbers.duration(done.seconds)
                return f"  {done.name} done: {done.valid}/{done.forms} valid, {seconds}"
            case ArtifactWritten():
                return f"  wrote {event.path}"
            case Scored():
                if event.score is not None:
                    return f"Score {numbers.points(event.score)} of 100, grade {event.grade}"
                if event.well_formed is not None:
                    return f"{numbers.well_formed(event.well_formed).capitalize()}. {NO_BRIEF}"
                return "The project has no score; score.json says what is missing"
            case _:
                return ""

    def _call(self, event: CallFinished) -> str:
        stage = self._progress.stages[event.stage]
        done = stage.answered.forms if stage.answered else 0
        verdict = "valid" if event.valid else counted(len(event.diagnostics), "error")
        again = f", round {event.round}" if event.round else ""
        ended = f", {event.stop}" if event.stop in ("looped", "cut") else ""
        tokens = counted(event.usage.output_tokens, "token")
        return (
            f"{done}/{stage.calls_expected or '?'} {event.form}: {verdict}{again}{ended}, "
            f"{tokens}, {numbers.speed(event.usage.decode_tok_per_s)}"
        )


def print_summary(console: Console, result: Result, folder: Path, card: Path | None) -> None:
    """Print the summary of a run: score, axes, tokens, time, and where things are."""
    if result.score is not None:
        print_score(console, result.score)
    totals = result.totals
    _print(
        console,
        f"{counted(totals.forms, 'form')}, {numbers.share(totals.valid, totals.forms)} valid, "
        f"{numbers.share(totals.valid_first_try, totals.forms)} at first try, "
        f"{counted(totals.retries, 'retry')}, {result.lost} dropped{_early(totals)}",
    )
    _print(
        console,
        f"{numbers.count(totals.prompt_tokens)} prompt tokens "
        f"({numbers.count(totals.cached_tokens)} cached), "
        f"{numbers.count(totals.output_tokens)} out "
        f"({numbers.count(totals.forced_tokens)} forced)",
    )
    _print(
        console,
        f"{numbers.duration(result.wall_s)}, decode {numbers.speed(result.decode_tok_per_s)}, "
        f"prefill {numbers.speed(result.prefill_tok_per_s)}, "
        f"peak memory {numbers.size(result.peak_memory_bytes)}",
    )
    _print(console, "")
    places = [(name, folder / path) for name, path in result.artifacts.items()]
    if result.score is not None:
        places.append(("score", folder / "score.json"))
    if card is not None:
        places.append(("card", card))
    places.append(("run", folder))
    for name, path in places:
        _print(console, f"{name:<15} {path}")


def print_score(console: Console, score: Scorecard) -> None:
    """Print a score with its six axes, or how well-formed a project without a brief is."""
    grade = f"   grade {score.grade}" if score.grade is not None else ""
    share = f"   compile share {compile_share(score)}"
    whole = f", {ungated(score)} ungated" if score.well_formed is None else ""
    measured = f", {coverage(score)}" if coverage(score) else ""
    _print(console, "")
    _print(console, f"{headline(score)}{grade}{share}{whole}{measured}", style="bold")
    if score.well_formed is not None:
        _print(console, f"{NO_BRIEF} {WRITE_ONE}")
    for each in bars_of(score):
        _print(console, f"{each.title:<15} {bar(each.share)} {each.label:>12}")
    _print(console, "")


def print_scorecard(console: Console, score: Scorecard, title: str) -> None:
    """Print a score as a card with a frame: the total, six bars, and what is behind each."""
    table = Table.grid(padding=(0, 2))
    for each, words in zip(bars_of(score), _behind_bars(score), strict=True):
        share = each.share
        style = "green" if share >= GOOD_SHARE else "yellow" if share >= FAIR_SHARE else "red"
        table.add_row(each.title, Text(bar(share), style), Text(each.label, justify="right"), words)
    head = Text(headline(score), "bold")
    if score.grade is not None:
        head.append(f"   grade {score.grade}")
    rubric = score.rubric
    facts = [
        f"compile share {compile_share(score)}",
        f"{ungated(score)} ungated" if score.well_formed is None else "",
        coverage(score),
        anchors(score),
        f"{rubric.id} v{rubric.version}",
    ]
    body = Group(head, Text(", ".join(fact for fact in facts if fact), "dim"), "", table)
    console.print(Panel(body, title=Text(_visible(title)), expand=False, padding=(1, 2)))
    if score.well_formed is not None:
        _print(console, f"{NO_BRIEF} {WRITE_ONE}")
    for missing in score.missing:
        if missing.reason != NEEDS_BRIEF:
            _print(console, f"not measured: {missing.what}: {missing.reason}")


def _behind_bars(score: Scorecard) -> list[str]:
    """Return what each axis lost most by, or what each part of what is well-formed asks for."""
    if score.well_formed is not None:
        return [part.asks for part in score.well_formed.parts]
    words: list[str] = []
    for axis in score.axes.values():
        lost = [check for check in axis.checks if check.lost]
        worst = max(lost, key=lambda check: check.lost, default=None)
        words.append(f"-{numbers.small_points(worst.lost)} {worst.id}" if worst else "")
    return words


def print_findings(console: Console, score: Scorecard) -> None:
    """Print every lost point with its finding, axis by axis; without a brief what is odd first."""
    if score.well_formed is not None:
        for part in score.well_formed.parts:
            odd = [each for each in score.well_formed.oddities if each.part == part.name]
            if odd:
                _print(console, part.title, style="bold")
            for each in odd:
                _print(console, f"  {each.file}:{each.line}  {each.found}")
        if any(axis.findings for axis in score.axes.values()):
            _print(console, "Checks that need no brief", style="bold")
    for name, title in AXIS_TITLES.items():
        findings = score.axes[name].findings
        if findings:
            _print(console, title, style="bold")
        for finding in findings:
            place = finding.file or ""
            if place and finding.line:
                place = f"{place}:{finding.line}"
            cost = f"-{numbers.small_points(finding.points)}" if score.well_formed is None else ""
            _print(console, f"  {cost:>5}  {finding.check}  {place}")
            _print(console, f"         expected {finding.expected}; found {finding.found}")


def _print(console: Console, text: str, style: str | None = None) -> None:
    console.print(Text(_visible(text), style=style or ""), soft_wrap=True, highlight=False)


def _stage_cells(stage: StageProgress) -> tuple[str, str, str]:
    answered = stage.answered
    if answered is None:
        return "", "", ""
    total = stage.calls_expected if stage.calls_expected is not None else "?"
    forms = f"{answered.forms}/{total} forms"
    if stage.state == "done":
        forms = counted(answered.forms, "form")
    retries = f", {counted(answered.retries, 'retry')}" if answered.retries else ""
    lost = f", {stage.lost} dropped" if stage.lost else ""
    words = f"{answered.valid} valid{retries}{lost}{_early(answered)}"
    return forms, words, _seconds(answered.seconds)


def _early(counts: Counts) -> str:
    """Return how many answers did not end by themselves, as the end of a list of words."""
    return f", {counts.ended_early}" if counts.ended_early else ""


def _seconds(seconds: float) -> str:
    return numbers.duration(seconds) if seconds else ""


def _speed_line(progress: Progress) -> str:
    speed = progress.speed
    parts = [
        f"decode {numbers.speed(speed.decode_tok_per_s)}",
        f"prefill {numbers.speed(speed.prefill_tok_per_s)}",
        f"first token {numbers.duration(speed.ttft_s)}",
    ]
    if progress.memory is not None:
        parts.append(
            f"memory {numbers.size(progress.memory.rss_bytes)}, "
            f"peak {numbers.size(progress.peak_memory_bytes)}"
        )
    return "   ".join(parts)


def _visible(text: str) -> str:
    return "".join(character if character.isprintable() else " " for character in text)
