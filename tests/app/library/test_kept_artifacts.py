"""What of a run of any version can be scored again."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from app.library.kept_artifacts import KeptArtifacts, kept_artifacts, read_kept_spec
from pipeline.records.journal import ARTIFACTS, SPEC, RunFolderError
from tests.app.other_version import OLDER, make_other_version


def test_artifacts_and_brief_of_a_run_of_any_version(finished_run: Path) -> None:
    kept = KeptArtifacts(finished_run / ARTIFACTS, "todo")
    assert kept_artifacts(finished_run) == kept
    assert kept_artifacts(make_other_version(finished_run)) == kept


def test_the_first_version_kept_its_brief_with_the_request(finished_run: Path) -> None:
    request = {"name": None, "title": "A shop", "text": "…", "brief": "todo"}
    first = {"version": 1, "model": {"name": "Qwen3"}, "request": request}
    (finished_run / SPEC).write_text(json.dumps(first))
    kept = read_kept_spec(finished_run)
    assert (kept.title, kept.model.name) == ("A shop", "Qwen3")
    assert kept_artifacts(finished_run) == KeptArtifacts(finished_run / ARTIFACTS, "todo")


@pytest.mark.parametrize(
    ("text", "words"),
    [("{", "not JSON"), (f'{{"version": {OLDER}}}', "does not say what was asked")],
)
def test_a_spec_that_says_nothing_is_refused(finished_run: Path, text: str, words: str) -> None:
    (finished_run / SPEC).write_text(text)
    with pytest.raises(RunFolderError, match=words):
        kept_artifacts(finished_run)
