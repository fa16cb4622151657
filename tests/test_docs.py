"""The pages for people: every page can be found, and what they point at exists."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
INDEX = DOCS / "README.md"
PAGES = (ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted(DOCS.rglob("*.md")))
LINK = re.compile(r"\]\(([^)\s]+)\)")
FOLDERS = "app|engines|pipeline|scoring|packaging|resources|benchmarks|tests"
PATH = re.compile(rf"`((?:{FOLDERS})/[^`\s]*)`")
MAP_LINE = re.compile(rf"^((?:{FOLDERS})/\S*)", re.MULTILINE)
PLACEHOLDER = re.compile(r"<\w+>|NAME")
FENCE = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
RECIPE_LINES = 10


def name(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


def links(page: Path) -> list[str]:
    """Return the relative links of a page, without their anchors."""
    found = LINK.findall(page.read_text(encoding="utf-8"))
    relative = (link.partition("#")[0] for link in found if "://" not in link)
    return [link for link in relative if link]


def paths(page: Path) -> list[str]:
    """Return the paths in backticks, and those that begin a line of a map."""
    text = page.read_text(encoding="utf-8")
    maps = "\n".join(FENCE.findall(text))
    return PATH.findall(FENCE.sub("", text)) + MAP_LINE.findall(maps)


def is_there(path: str) -> bool:
    """Whether a path exists; a placeholder such as `<stage>` or `*` stands for any name."""
    return any(ROOT.glob(PLACEHOLDER.sub("*", path).rstrip("/")))


def test_the_index_links_every_page() -> None:
    linked = {(DOCS / link).resolve() for link in links(INDEX)}
    missing = [name(page) for page in DOCS.rglob("*.md") if page != INDEX and page not in linked]
    assert not missing


def test_the_readme_links_the_index() -> None:
    assert "docs/README.md" in links(ROOT / "README.md")


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_links_lead_somewhere(page: Path) -> None:
    assert [link for link in links(page) if not (page.parent / link).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_paths_exist(page: Path) -> None:
    assert [path for path in paths(page) if not is_there(path)] == []


def test_recipes_are_short() -> None:
    """A recipe is the numbered list of a section "Add …"; ten lines are enough for it."""
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    recipes = [section for section in text.split("\n## ") if section.startswith("Add ")]
    assert len(recipes) == 4
    for recipe in recipes:
        steps = re.findall(r"^(?:\d+\.|   ) ?\S.*$", recipe, re.MULTILINE)
        assert 1 <= len(steps) <= RECIPE_LINES, recipe
