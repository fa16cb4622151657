"""Colours of code: TypeScript, Prisma, JSON, Markdown, by rules a line at a time."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

from PySide6.QtGui import QColor, QFont, QSyntaxHighlighter, QTextCharFormat, QTextDocument

from app.report.theme import Theme

TYPESCRIPT_WORDS = (
    "abstract as async await break case catch class const continue default delete do else enum "
    "export extends false finally for from function get if implements import in instanceof "
    "interface is keyof let namespace new null of private protected public readonly return set "
    "static super switch this throw true try type typeof undefined var void while yield"
)
PRISMA_WORDS = "model enum datasource generator"
LANGUAGES = {
    ".ts": "typescript",
    ".js": "typescript",
    ".cjs": "typescript",
    ".prisma": "prisma",
    ".json": "json",
    ".md": "markdown",
}
STRING = r"\"(?:\\.|[^\"\\])*\"|'(?:\\.|[^'\\])*'|`(?:\\.|[^`\\])*`"
NUMBER = r"\b\d[\d_]*(?:\.\d+)?\b"
COMMENT_OPEN, TEMPLATE_OPEN = 1, 2
"""Block states: the line ends inside a comment, or inside a template literal."""
COLOURS = {
    "light": {
        "word": "#8A2A8C",
        "text": "#0A6B3D",
        "number": "#1F5FBF",
        "comment": "#586169",
        "name": "#9A4A00",
        "type": "#0B6E7F",
    },
    "dark": {
        "word": "#D6A2F0",
        "text": "#8FD6A0",
        "number": "#8CB8F5",
        "comment": "#98A3AB",
        "name": "#F0B57A",
        "type": "#7FD4DF",
    },
}
"""Six kinds of text; each has a contrast of at least 4.5 : 1 on the ground of fields."""


def _rule(kinds: dict[str, str]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?P<{kind}>{pattern})" for kind, pattern in kinds.items()))


def _words(words: str) -> str:
    return r"\b(?:" + "|".join(words.split()) + r")\b"


RULES = {
    "typescript": _rule(
        {
            "comment": r"//.*|/\*.*?\*/",
            "text": STRING,
            "name": r"@\w+",
            "word": _words(TYPESCRIPT_WORDS),
            "type": r"\b[A-Z]\w*\b",
            "number": NUMBER,
        }
    ),
    "prisma": _rule(
        {
            "comment": r"//.*",
            "text": STRING,
            "name": r"@@?\w+(?:\.\w+)?",
            "word": _words(PRISMA_WORDS),
            "type": r"\b[A-Z]\w*\b",
            "number": NUMBER,
        }
    ),
    "json": _rule(
        {
            "name": r"\"(?:\\.|[^\"\\])*\"(?=\s*:)",
            "text": r"\"(?:\\.|[^\"\\])*\"",
            "word": r"\b(?:true|false|null)\b",
            "number": r"-?" + NUMBER,
        }
    ),
    "markdown": _rule(
        {"word": r"^#{1,6} .*", "text": r"`[^`]*`", "name": r"\*\*[^*]+\*\*", "type": r"^\s*[-*] "}
    ),
}


def language_of(path: str) -> str | None:
    """Name the language of a file by its ending; None for one without rules."""
    return LANGUAGES.get(PurePosixPath(path).suffix)


class Highlighter(QSyntaxHighlighter):
    """Colours a document by the rules of one language."""

    def __init__(self, document: QTextDocument, theme: Theme) -> None:
        """Start without a language: plain text."""
        super().__init__(document)
        self._language: str | None = None
        self._formats: dict[str, QTextCharFormat] = {}
        self.set_theme(theme)

    def set_language(self, language: str | None) -> None:
        """Use the rules of another language; takes effect with the next text."""
        self._language = language

    def set_theme(self, theme: Theme) -> None:
        """Colour for another theme."""
        self._formats = {kind: _format(kind, value) for kind, value in COLOURS[theme.name].items()}
        self.rehighlight()

    def highlightBlock(self, text: str) -> None:  # noqa: N802 - Qt's name
        """Colour one line."""
        if self._language is None:
            return
        start = self._continued(text) if self._language == "typescript" else 0
        for found in RULES[self._language].finditer(text, start):
            kind = found.lastgroup
            if kind is not None:
                self.setFormat(found.start(), found.end() - found.start(), self._formats[kind])
        if self._language == "typescript" and self.currentBlockState() <= 0:
            self._opened(text, start)

    def _continued(self, text: str) -> int:
        """Colour what still belongs to a comment or template of the line before; say how far."""
        state = self.previousBlockState()
        self.setCurrentBlockState(0)
        if state not in (COMMENT_OPEN, TEMPLATE_OPEN):
            return 0
        kind, closing = ("comment", "*/") if state == COMMENT_OPEN else ("text", "`")
        at = text.find(closing)
        end = len(text) if at < 0 else at + len(closing)
        self.setFormat(0, end, self._formats[kind])
        if at < 0:
            self.setCurrentBlockState(state)
        return end

    def _opened(self, text: str, start: int) -> None:
        rest = RULES["typescript"].sub(lambda found: " " * len(found[0]), text[start:])
        for opening, kind, state in (("/*", "comment", COMMENT_OPEN), ("`", "text", TEMPLATE_OPEN)):
            at = rest.find(opening)
            if at >= 0:
                self.setFormat(start + at, len(text) - start - at, self._formats[kind])
                self.setCurrentBlockState(state)
                return


def _format(kind: str, colour: str) -> QTextCharFormat:
    made = QTextCharFormat()
    made.setForeground(QColor(colour))
    if kind == "word":
        made.setFontWeight(QFont.Weight.DemiBold)
    return made
