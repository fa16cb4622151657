"""One run: the six stages in order, the artifacts on disk as soon as they are known."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from pydantic import BaseModel

from engines.protocol import Engine, IsCancelled
from pipeline.asking.growth import growth_of
from pipeline.asking.harness import Answered, Harness
from pipeline.consistency.catalogue import inspect
from pipeline.consistency.invariant import Inspection
from pipeline.derive.keys import with_indexes
from pipeline.derive.refusal import promise
from pipeline.design import Design
from pipeline.project import Project
from pipeline.records.calls import CallRecord, Diagnostic
from pipeline.records.events import ArtifactWritten, Event, Logged, RunResumed
from pipeline.records.journal import RunFolder
from pipeline.records.measurements import Compliance
from pipeline.records.spec import RunSpec
from pipeline.records.stages import ArtifactName, StageName
from pipeline.render.project import render
from pipeline.run.compliance import measure
from pipeline.run.draft import Draft
from pipeline.run.origins import blame
from pipeline.stages import analysis, database, interface, program, test

ARTIFACT_PATHS: dict[ArtifactName, str] = {
    "requirements": "artifacts/docs/requirements.md",
    "database": "artifacts/prisma/schema.prisma",
    "openapi": "artifacts/openapi.json",
    "tests": "artifacts/test",
    "implementation": "artifacts/src",
    "sdk": "artifacts/sdk",
}


@dataclass(frozen=True)
class BuildOutcome:
    """What the pipeline made; paths are relative to the run folder."""

    artifacts: dict[ArtifactName, str]
    compliance: Compliance | None


def design(harness: Harness, request: str, keep: Callable[[StageName, BaseModel], None]) -> Project:
    """Go through the stages that ask the model; each AST goes to `keep` as soon as it is there.

    Raises EngineError (Cancelled too).
    """
    harness.limit(growth_of(request))
    analysed = analysis.run(harness, request)
    keep("analysis", analysed)
    laid = database.run(harness, request, analysed)
    keep("database", laid)
    offered = interface.run(harness, request, analysed, laid)
    indexed = with_indexes(laid, offered)
    keep("database", indexed)
    keep("interface", offered)
    made = Design(analysed, indexed, offered)
    suite = test.run(harness, request, made)
    keep("test", suite)
    functions = program.run(harness, request, made)
    promised = promise(offered, functions)
    if promised != offered:
        keep("interface", promised)
    keep("program", functions)
    return Project(analysed, indexed, promised, suite, functions)


def build(
    spec: RunSpec,
    engine: Engine,
    folder: RunFolder,
    emit: Callable[[Event], None],
    cancelled: IsCancelled,
) -> BuildOutcome:
    """Turn the spec's request into six artifacts in the run folder.

    Answers that the folder has already, from an attempt that was stopped, are not asked again.
    Raises EngineError (Cancelled too) or RunFolderError.
    """
    harness, project = _design_that_compiles(spec, engine, folder, emit, cancelled)
    inspection = Inspection(findings=inspect(project))
    folder.write_inspection(inspection)
    if inspection.findings:
        text = f"{inspection.sentence}: ast/findings.json"
        emit(Logged(level="info", text=text))
    harness.begin("sdk", 0)
    folder.write_artifacts({file.path: file.text for file in render(project)})
    harness.end()
    for name, path in ARTIFACT_PATHS.items():
        emit(ArtifactWritten(name=name, path=path))
    return BuildOutcome(dict(ARTIFACT_PATHS), measure(spec.text, harness.forms, project))


class _Refused(Exception):
    """The compiler does not take what was made of these answers."""

    def __init__(self, answers: dict[Answered, tuple[Diagnostic, ...]]) -> None:
        super().__init__(", ".join(answer.key for answer in answers))
        self.answers = answers


def _design_that_compiles(
    spec: RunSpec,
    engine: Engine,
    folder: RunFolder,
    emit: Callable[[Event], None],
    cancelled: IsCancelled,
) -> tuple[Harness, Project]:
    """Design a project; a form whose code has type errors is asked again, with these marked.

    It gets the rounds that any invalid form gets, and is lost like it when those are used up. The
    stages are gone through once more for it; all other answers are recalled and not asked.
    """
    recall = {record.input_hash: record for record in folder.calls()}
    refused: dict[Answered, tuple[Diagnostic, ...]] = {}

    def record(call: CallRecord) -> None:
        recall[call.input_hash] = call
        folder.write_call(call)

    while True:
        harness = Harness(engine, spec, record, emit, cancelled, recall, refused)
        try:
            return harness, _design_checked(harness, spec.text, folder, emit)
        except _Refused as found:
            refused |= found.answers
            text = f"The compiler refuses what was made of {found}; asking again"
            emit(Logged(level="warning", text=text))
            emit(RunResumed(answers=len(recall)))


def _design_checked(
    harness: Harness, request: str, folder: RunFolder, emit: Callable[[Event], None]
) -> Project:
    with Draft(emit) as draft:

        def keep(stage: StageName, ast: BaseModel) -> None:
            folder.write_ast(stage, ast)
            draft.add(stage, ast)
            if draft.errors:
                blamed = blame(draft.project(), draft.files, draft.errors)
                answers = harness.answers
                faults = {answers[key]: why for key, why in blamed.items() if key in answers}
                if faults:
                    raise _Refused(faults)

        return design(harness, request, keep)
