"""Words, texts and comments get their colours, across lines too; every colour can be read."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QTextDocument

from app.report.theme import LIGHT, THEMES, Theme
from app.window.result.highlight import COLOURS, Highlighter, language_of
from tests.app.contrast import contrast

pytestmark = pytest.mark.usefixtures("qapp")


def kinds(language: str, text: str, line: int = 0) -> dict[str, str]:
    """Return what is coloured in a line: its text and the kind of its colour."""
    document = QTextDocument()
    highlighter = Highlighter(document, LIGHT)
    highlighter.set_language(language)
    document.setPlainText(text)
    highlighter.rehighlight()
    block = document.findBlockByNumber(line)
    names = {colour.lower(): kind for kind, colour in COLOURS["light"].items()}
    return {
        block.text()[part.start : part.start + part.length]: names[
            part.format.foreground().color().name()
        ]
        for part in block.layout().formats()
    }


def test_typescript() -> None:
    found = kinds("typescript", 'const limit: Limit = 20; @Get("a/b") // the most')
    assert found == {
        "const": "word",
        "Limit": "type",
        "20": "number",
        "@Get": "name",
        '"a/b"': "text",
        "// the most": "comment",
    }


def test_a_comment_goes_on_over_lines() -> None:
    text = "/** One\n * two const\n */ const x = 1;"
    assert kinds("typescript", text, 1) == {" * two const": "comment"}
    assert kinds("typescript", text, 2) == {" */": "comment", "const": "word", "1": "number"}


def test_a_template_goes_on_over_lines() -> None:
    text = "const a = `one\nreturn // two`;\nreturn;"
    assert kinds("typescript", text, 1) == {"return // two`": "text"}
    assert kinds("typescript", text, 2) == {"return": "word"}


def test_a_comment_sign_inside_a_text_opens_nothing() -> None:
    assert kinds("typescript", 'const a = "/*";\nreturn;', 1) == {"return": "word"}


def test_prisma_and_json() -> None:
    assert kinds("prisma", 'id String @id @map("x") /// key') == {
        "String": "type",
        "@id": "name",
        "@map": "name",
        '"x"': "text",
        "/// key": "comment",
    }
    assert kinds("json", '{"a": ["b", -1, null]}') == {
        '"a"': "name",
        '"b"': "text",
        "-1": "number",
        "null": "word",
    }


def test_the_ending_tells_the_language() -> None:
    names = ("src/a.ts", "schema.prisma", "LICENSE")
    assert [language_of(name) for name in names] == ["typescript", "prisma", None]


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
@pytest.mark.parametrize("ground", ["raised", "selection"])
def test_every_colour_can_be_read(theme: Theme, ground: str) -> None:
    worst = {kind: contrast(colour, getattr(theme, ground))
             for kind, colour in COLOURS[theme.name].items()}  # fmt: skip
    assert min(worst.values()) >= 4.5, worst
