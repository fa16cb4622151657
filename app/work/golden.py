"""Golden projects: the golden forms of a request, played back through the whole pipeline."""

from __future__ import annotations

from pathlib import Path

from engines.remedy import UserError
from engines.scripted import ScriptedEngine
from pipeline.asking.harness import Harness
from pipeline.project import Project
from pipeline.records.events import Event, Lost
from pipeline.records.journal import check_target, write_files
from pipeline.records.options import RunOptions
from pipeline.render.project import render
from pipeline.run.golden import load_answers
from pipeline.run.requests import load_request
from pipeline.run.run import design


class GoldenError(UserError):
    """The golden forms no longer make a whole project; the message says which form is lost."""


def design_golden(name: str) -> Project:
    """Make the golden ASTs of a reference request.

    Raises RequestError if it has none, GrammarError or GoldenError if a form is not valid.
    """
    lost: list[Lost] = []

    def emit(event: Event) -> None:
        if isinstance(event, Lost):
            lost.append(event)

    engine = ScriptedEngine(load_answers(name), name=f"golden {name}")
    options = RunOptions(feedback=0, max_tokens_per_call=1 << 20)
    harness = Harness(engine, options, lambda _: None, emit, lambda: False)
    project = design(harness, load_request(name).text, lambda _stage, _ast: None)
    if lost:
        raise GoldenError(
            f"The golden form {lost[0].form} of {name} is not valid: {lost[0].reason}"
        )
    return project


def build_golden(name: str, out: Path) -> Project:
    """Write the reference project of a request into the folder `out`, which must be new or empty.

    Raises RunFolderError if `out` can't be written, and what `design_golden` raises.
    """
    check_target(out)
    project = design_golden(name)
    write_files(out, {file.path: file.text for file in render(project)})
    return project
