"""What must not change a score, and what must never raise it."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from benchmarks.calibration import PlantError, load_defects, plant
from scoring.brief import Brief
from scoring.loading import load_brief
from scoring.project.folder import read_folder
from scoring.report import Scorecard
from tests.scoring.texts import score_texts

FOREIGN = Path(__file__).parent / "foreign"
DEFECTS = [
    defect
    for defect in load_defects(Path(__file__).with_name("defects.toml"))
    if defect.project == "todo"
]
RENAMABLE = {
    "kysely": (
        "own", "refuseTwin", "present", "checkList", "mark", "MAX_LISTS", "SessionGuard",
        "CurrentSession", "Session", "Validated", "ListBody", "NewTodo", "TodoChange", "Page",
        "db", "someone", "ann", "bob", "derive", "issue", "pageQuery", "Tables",
    ),
    "nestia": (
        "findTodoList", "toTodoList", "assertList", "transform", "move", "find", "TodoProvider",
        "AuthProvider", "MyGlobal", "LISTS_MAX", "authorize", "stranger", "eraseTodoList",
        "PasswordUtil", "ICreate", "IUpdate", "renewed",
    ),
}  # fmt: skip
"""Names of helpers, types and constants: what they are called says nothing of what they do."""
EXAMPLES = settings(
    max_examples=8,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


def texts_of(name: str) -> dict[str, str]:
    return read_folder(FOREIGN / name).texts


PROJECTS = {name: texts_of(name) for name in RENAMABLE}
BRIEF: Brief = load_brief("todo")
BEFORE = {name: score_texts(texts, BRIEF) for name, texts in PROJECTS.items()}
names = st.sampled_from(sorted(PROJECTS))


def points(card: Scorecard) -> dict[str, float | None]:
    return {axis: found.points for axis, found in card.axes.items()} | {"all": card.score}


@EXAMPLES
@given(project=names, data=st.data())
def test_renaming_changes_nothing(project: str, data: st.DataObject) -> None:
    chosen = data.draw(st.lists(st.sampled_from(RENAMABLE[project]), unique=True, min_size=1))
    texts = PROJECTS[project]
    for number, old in enumerate(chosen):
        tail = data.draw(st.text("bcdfghjklmnpqrvwxyz", min_size=3, max_size=8))
        new = ("Zq" if old[0].isupper() else "zq") + f"{tail}{number}"
        old_word = re.compile(rf"\b{old}\b")
        texts = {old_word.sub(new, path): old_word.sub(new, text) for path, text in texts.items()}
    assert points(score_texts(texts, BRIEF)) == points(BEFORE[project])


@EXAMPLES
@given(project=names, data=st.data())
def test_the_order_of_members_and_files_changes_nothing(project: str, data: st.DataObject) -> None:
    texts: dict[str, str] = {}
    for path in data.draw(st.permutations(sorted(PROJECTS[project]))):
        text = PROJECTS[project][path]
        if path.endswith(".ts") and not path.startswith("test/"):
            text = shuffled(text, data)
        texts[path] = text
    assert points(score_texts(texts, BRIEF)) == points(BEFORE[project])


def shuffled(text: str, data: st.DataObject) -> str:
    """Shuffle the methods of each class, and the functions and types of a module."""
    blocks = re.split(r"\n\n(?=\S)", text)
    fixed = [b for b in blocks if not re.match(r"(/\*\*|export|async function|function)", b)]
    moved = [b for b in blocks if b not in fixed]
    for index, block in enumerate(moved):
        head, brace, body = block.partition(" {\n")
        if re.search(r"\bclass \w+$", head.splitlines()[-1] if head else ""):
            members = re.split(r"\n\n(?=  \S)", body.rstrip().removesuffix("}").rstrip())
            order = data.draw(st.permutations(members))
            moved[index] = head + brace + "\n\n".join(order) + "\n}\n"
    return "\n\n".join([*fixed, *data.draw(st.permutations(moved))])


def wide(text: str) -> str:
    return re.sub(r"^( +)", r"\1\1", text, flags=re.MULTILINE)


def tabs(text: str) -> str:
    return re.sub(r"^(?:  )+", lambda m: "\t" * (len(m[0]) // 2), text, flags=re.MULTILINE)


def joined_chains(text: str) -> str:
    return re.sub(r"\n +\.(?=\w+\()", ".", text)


def airy(text: str) -> str:
    return re.sub(r";\n", ";\n\n", text)


def trailing(text: str) -> str:
    return re.sub(r"\n", "  \n", text)


def commas_broken(text: str) -> str:
    return re.sub(r", (?=\w+:)", ",\n      ", text)


@EXAMPLES
@given(
    project=names,
    layouts=st.lists(
        st.sampled_from((wide, tabs, joined_chains, airy, trailing, commas_broken)),
        unique=True,
        min_size=1,
    ),
)
def test_the_layout_changes_nothing(project: str, layouts: list[Callable[[str], str]]) -> None:
    texts = dict(PROJECTS[project])
    for layout in layouts:
        texts = {p: layout(t) if p.endswith(".ts") else t for p, t in texts.items()}
    assert points(score_texts(texts, BRIEF)) == points(BEFORE[project])


@EXAMPLES
@given(project=names, data=st.data())
def test_more_prose_never_raises_it(project: str, data: st.DataObject) -> None:
    texts = dict(PROJECTS[project])
    documents = [path for path in texts if path.endswith(".md")]
    path = data.draw(st.sampled_from(documents))
    paragraphs = re.split(r"\n\n+", texts[path])
    repeated = data.draw(st.lists(st.sampled_from(paragraphs), min_size=1, max_size=8))
    target = data.draw(st.sampled_from((path, "docs/more.md")))
    texts[target] = "\n\n".join([texts.get(target, ""), *repeated]) + "\n"
    after, before = score_texts(texts, BRIEF), BEFORE[project]
    for axis, found in points(after).items():
        assert (found or 0) <= (points(before)[axis] or 0), axis


@pytest.fixture(scope="module")
def golden_texts(golden: Path) -> dict[str, str]:
    return read_folder(golden).texts


@EXAMPLES
@given(data=st.data())
def test_a_further_defect_never_raises_it(
    golden_texts: dict[str, str], data: st.DataObject
) -> None:
    chosen = data.draw(st.lists(st.sampled_from(DEFECTS), unique=True, min_size=2, max_size=5))
    texts, last = golden_texts, 100.0
    for defect in chosen:
        try:
            texts = plant(texts, defect)
        except PlantError:
            continue  # an earlier one has taken its place away
        score = score_texts(texts, BRIEF).score
        assert score is not None
        assert score <= last, defect.name
        last = score


@pytest.mark.parametrize("project", sorted(PROJECTS))
def test_the_same_files_give_the_same_bytes(project: str) -> None:
    again = score_texts(dict(reversed(PROJECTS[project].items())), BRIEF)
    assert again.canonical_json() == BEFORE[project].canonical_json()
