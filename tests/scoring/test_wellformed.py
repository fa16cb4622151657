"""How well-formed a project is without a brief: the anchors, and what is odd."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.node.compile import CompileReport
from pipeline.render.project import render
from scoring.brief import Brief
from scoring.project import read_project
from scoring.project.folder import Folder, read_folder
from scoring.report import WellFormed
from scoring.rubric import score_folder
from scoring.wellformed import LOOKS, well_formed
from tests.pipeline.random_forms import RandomForms, design_random

GOLDEN_MIN = 95.0
NOISE_MAX = 10.0
PROJECTS = ("todo", "board", "booking", "blog", "expenses", "library")


def measured(texts: dict[str, str]) -> WellFormed:
    return well_formed(read_project(Folder(texts, ())))


@pytest.mark.parametrize("name", PROJECTS)
def test_a_golden_project_is_well_formed(name: str, built: Callable[[str], Path]) -> None:
    found = measured(read_folder(built(name)).texts)
    assert found.value is not None
    assert found.value >= GOLDEN_MIN


@pytest.mark.parametrize("seed", range(3))
def test_random_forms_are_not(seed: int) -> None:
    project, _ = design_random(RandomForms(seed))
    found = measured({file.path: file.text for file in render(project)})
    assert found.value is not None
    assert found.value <= NOISE_MAX


def test_a_card_without_a_brief_has_no_score(golden: Path, clean: CompileReport) -> None:
    card = score_folder(golden, None, clean)
    assert (card.score, card.ungated, card.grade, card.anchors) == (None, None, None, None)
    assert card.well_formed is not None
    assert card.well_formed == well_formed(read_project(read_folder(golden)))
    assert [part.name for part in card.well_formed.parts] == [look.name for look in LOOKS]
    assert all(part.right <= part.looked_at for part in card.well_formed.parts)


def test_a_card_with_a_brief_has_no_other_number(
    golden: Path, todo: Brief, clean: CompileReport
) -> None:
    assert score_folder(golden, todo, clean).well_formed is None


def test_moments_of_one_table_may_be_compared(built: Callable[[str], Path]) -> None:
    words = {"starts_at": "departure", "startsAt": "departure", "ends_at": "arrival"}
    words["endsAt"] = "arrival"
    texts = dict(read_folder(built("booking")).texts)
    for path, text in texts.items():
        texts[path] = re.sub("|".join(words), lambda found: words[found[0]], text)
    assert [odd for odd in measured(texts).oddities if odd.part == "programs"] == []


def test_an_empty_folder_is_nothing() -> None:
    assert measured({}).value == 0


def test_without_documents_there_is_no_number(golden: Path) -> None:
    texts = read_folder(golden).texts
    bare = {path: text for path, text in texts.items() if not path.endswith(".md")}
    assert measured(bare).value is None


def test_tables_that_are_not_read_accuse_nobody(golden: Path) -> None:
    texts = read_folder(golden).texts
    found = measured({path: t for path, t in texts.items() if not path.endswith(".prisma")})
    assert found.value is None
    assert not [odd for odd in found.oddities if odd.part in ("prose", "rules", "names")]


@pytest.mark.parametrize(
    ("part", "file", "pattern", "replacement"),
    [
        ("prose", "docs/requirements.md", r"When a todo is deleted", "{} todo the deleted"),
        ("rules", "docs/requirements.md", r"A member has at most 20 todo lists\.", "x."),
        ("names", "prisma/schema.prisma", r"\bpriority\b", "zebra"),
        ("bounds", "docs/requirements.md", r"1 to 120 characters", "1 to 121 characters"),
        (
            "programs",
            "src/modules/todos/todos.service.ts",
            r'"status", "=", query\.status',
            '"status", "=", "nowhere"',
        ),
        ("tests", "test/features/**", r"expectStatus\(404", "expectStatus(418"),
    ],
)
def test_what_is_odd_is_found(
    golden: Path, part: str, file: str, pattern: str, replacement: str
) -> None:
    texts = dict(read_folder(golden).texts)
    before = [oddity for oddity in measured(texts).oddities if oddity.part == part]
    for path, text in texts.items():
        if Path(path).match(file) or path.startswith(file.removesuffix("**")):
            texts[path] = re.sub(pattern, replacement, text)
    after = [oddity for oddity in measured(texts).oddities if oddity.part == part]
    assert len(after) > len(before)
