"""Runs that were chosen to be compared: which count, as what, and why others don't."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from pydantic import ValidationError

from app.library.kept_artifacts import kept_artifacts
from app.library.result import Result, read_result
from engines.remedy import UserError
from pipeline.english import counted
from pipeline.node.compile import CompilerFailure
from pipeline.node.toolchain import ToolchainError
from pipeline.records.journal import RunFolder, RunFolderError, open_run
from pipeline.records.options import Described, describe_options
from pipeline.records.record import Record
from scoring.compare import Comparison, Observation, compare
from scoring.loading import load_brief
from scoring.project.folder import ScoringError
from scoring.report import AXIS_NAMES, RubricRef, Scorecard
from scoring.rubric import rubric_ref, score_folder

HASH_DIGITS = 8
NO_CONTEST = ("seed", "parallel", "flash_attention")
"""Options that make no other contestant although they change answers: seeds are averaged, and the
forms side by side and flash attention follow from the machine."""

Rescore = Callable[[RunFolder], Scorecard]


class CompareError(UserError):
    """The chosen runs can't be compared."""


class LeftOut(Record):
    """A run that does not count, and why."""

    run: str
    reason: str


class Report(Record):
    """What `sixfold compare` prints as JSON and the window shows."""

    rubric: RubricRef
    comparison: Comparison
    left_out: tuple[LeftOut, ...]
    notes: tuple[str, ...]


def rescore(folder: RunFolder) -> Scorecard:
    """Score the kept artifacts of a run by the rubric of today; the model is not needed."""
    brief = kept_artifacts(folder.path).brief
    return score_folder(folder.artifacts, load_brief(brief) if brief is not None else None)


def compare_runs(paths: Sequence[Path], rescored: Rescore = rescore) -> Report:
    """Compare runs. Those that another rubric scored are scored again, never taken as they are.

    Raises CompareError if fewer than two contestants are left.
    """
    left_out: list[LeftOut] = []
    counted: list[tuple[Result, Scorecard, float]] = []
    again = 0
    current = rubric_ref()
    briefs: dict[str, str] = {}
    for path in paths:
        try:
            folder, result, score = _scored(path)
            if score.rubric.sha256 != current.sha256:
                score = rescored(folder)
                again += 1
            points = score.score
            if points is None or score.brief is None:
                raise CompareError("its score could not be made")
            if briefs.setdefault(result.request, score.brief.sha256) != score.brief.sha256:
                raise CompareError("another brief than that of the other runs scored it")
        except (CompareError, RunFolderError) as error:
            left_out.append(LeftOut(run=path.name, reason=str(error)))
        except (ScoringError, CompilerFailure, ToolchainError) as error:
            left_out.append(LeftOut(run=path.name, reason=f"it can't be scored again: {error}"))
        else:
            counted.append((result, score, points))
    try:
        comparison = compare(_observations(counted))
    except ValueError as error:
        reasons = "".join(f" {each.run} does not count: {each.reason}." for each in left_out)
        raise CompareError(f"{error}.{reasons}") from error
    return Report(
        rubric=current,
        comparison=comparison,
        left_out=tuple(left_out),
        notes=_notes([result for result, *_ in counted], again),
    )


def needs_scoring_again(path: Path) -> bool:
    """Whether another rubric scored a run; False for one without a score."""
    try:
        _, _, score = _scored(path)
    except (CompareError, RunFolderError):
        return False
    return score.rubric.sha256 != rubric_ref().sha256


def read_report(text: str) -> Report:
    """Read what `sixfold compare` printed as JSON. Raises CompareError if it is something else."""
    try:
        return Report.model_validate_json(text)
    except ValidationError as error:
        raise CompareError("The comparison can't be read; run it again") from error


def _scored(path: Path) -> tuple[RunFolder, Result, Scorecard]:
    folder = open_run(path)
    result = read_result(folder)
    if result is None or result.outcome != "finished":
        raise CompareError("it has not finished")
    if result.score is None:
        raise CompareError("it has no score")
    if result.brief is None:
        raise CompareError("no brief says what its request demands, so it has no score")
    return folder, result, result.score


def _observations(counted: Sequence[tuple[Result, Scorecard, float]]) -> list[Observation]:
    names = contestants([result for result, *_ in counted])
    return [
        Observation(
            contestant=names[result.run],
            request=result.request,
            seed=result.seed,
            score=points,
            axes={axis: score.axes[axis].share for axis in AXIS_NAMES},
        )
        for result, score, points in counted
    ]


def contestants(results: Iterable[Result]) -> dict[str, str]:
    """Name what each run belongs to (run → contestant), with no more words than tell them apart."""
    runs = list(results)
    keys = {result.run: _key(result) for result in runs}
    names: dict[str, str] = {}
    for result in runs:
        rivals = {key for key in keys.values() if key[0] == result.model.name}
        parts = [result.model.name]
        for place in range(1, len(keys[result.run])):
            if len({key[place] for key in rivals}) > 1:
                parts.append(keys[result.run][place])
        names[result.run] = ", ".join(part for part in parts if part)
    return names


def _key(result: Result) -> tuple[str, ...]:
    """Return all that makes a contestant another one: the name, then what may tell it apart."""
    model = result.model
    return (
        model.name,
        model.quantization,
        model.sha256[:HASH_DIGITS],
        *(
            _words(each, result)
            for each in describe_options()
            if each.name not in NO_CONTEST and not each.option.same_answers
        ),
    )


def _is_contest(option: Described) -> bool:
    """Whether models that differ in an option are other contestants."""
    return option.name not in NO_CONTEST and not option.option.same_answers


def _words(option: Described, result: Result) -> str:
    """Say an option's value; empty for a switch that is off and a list without entries."""
    value = option.of(result)
    is_off = value == () or (value is False and not option.optional)
    return "" if is_off else option.words(value)


def _notes(results: Sequence[Result], again: int) -> tuple[str, ...]:
    notes: list[str] = []
    if again:
        runs = f"{counted(again, 'run')} {'was' if again == 1 else 'were'}"
        notes.append(f"{runs} scored again from the kept artifacts: another rubric had scored them")
    makers = {(each.versions.prompts_sha256, each.versions.forms_sha256) for each in results}
    if len(makers) > 1:
        notes.append(
            "These runs were made by different versions of the prompts or forms, so a difference "
            "may be ours and not a model's"
        )
    cells = Counter((_key(each), each.request, each.seed) for each in results)
    if any(count > 1 for count in cells.values()):
        notes.append("Runs of the same model, request and seed were averaged")
    return tuple(notes)
