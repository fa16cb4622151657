"""Colours and type of the windows and cards: two themes of the same tokens, one font."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from PySide6.QtGui import QColor, QFont, QFontDatabase, QPalette
from PySide6.QtWidgets import QLabel

import resources

FONTS = Path(resources.__file__).parent / "fonts"
FAMILY = "Inter"
WEIGHTS = {
    400: QFont.Weight.Normal,
    500: QFont.Weight.Medium,
    600: QFont.Weight.DemiBold,
    700: QFont.Weight.Bold,
}


@dataclass(frozen=True)
class Theme:
    """Tokens of one colour scheme; text on its ground has a contrast of at least 4.5 : 1."""

    name: str
    ground: str
    raised: str
    """Ground of lists, fields and panels."""
    ink: str
    muted: str
    line: str
    track: str
    """Empty part of a bar."""
    accent: str
    on_accent: str
    danger: str


LIGHT = Theme(
    name="light",
    ground="#FBFBF9",
    raised="#FFFFFF",
    ink="#15191E",
    muted="#5F6872",
    line="#E3E5E3",
    track="#E9ECEA",
    accent="#0B7A6F",
    on_accent="#FFFFFF",
    danger="#B42318",
)
DARK = Theme(
    name="dark",
    ground="#101417",
    raised="#171C20",
    ink="#EEF1F2",
    muted="#98A3AB",
    line="#283037",
    track="#232B31",
    accent="#3CCFBD",
    on_accent="#06201D",
    danger="#FF8A7A",
)
THEMES = {theme.name: theme for theme in (LIGHT, DARK)}


@cache
def load_fonts() -> None:
    """Register the bundled fonts; a QGuiApplication must exist."""
    for file in sorted(FONTS.glob("*.ttf")):
        QFontDatabase.addApplicationFont(str(file))


def font(pixels: float, weight: int = 400, *, tabular: bool = False) -> QFont:
    """Make a font of the bundled family; `tabular` gives its figures one width, for columns."""
    load_fonts()
    made = QFont(FAMILY)
    made.setPixelSize(round(pixels))
    made.setWeight(WEIGHTS[weight])
    if tabular:
        made.setFeature(QFont.Tag("tnum"), 1)
    made.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    return made


def palette(theme: Theme) -> QPalette:
    """Turn a theme into the palette that every widget inherits."""
    made = QPalette()
    role = QPalette.ColorRole
    colours = {
        role.Window: theme.ground,
        role.Base: theme.raised,
        role.AlternateBase: theme.track,
        role.Button: theme.raised,
        role.WindowText: theme.ink,
        role.Text: theme.ink,
        role.ButtonText: theme.ink,
        role.ToolTipBase: theme.raised,
        role.ToolTipText: theme.ink,
        role.PlaceholderText: theme.muted,
        role.Highlight: theme.accent,
        role.HighlightedText: theme.on_accent,
        role.Link: theme.accent,
        role.Mid: theme.line,
        role.Accent: theme.accent,
    }
    for which, colour in colours.items():
        made.setColor(which, QColor(colour))
    for which in (role.WindowText, role.Text, role.ButtonText):
        made.setColor(QPalette.ColorGroup.Disabled, which, QColor(theme.muted))
    return made


def label(text: str, role: str) -> QLabel:
    """Make a label that the style sheet knows: `title`, `value`, `muted` or `error`."""
    made = QLabel(text)
    made.setObjectName(role)
    return made


def style_sheet(theme: Theme) -> str:
    """Write the few rules that the palette can't say."""
    return f"""
        QWidget {{ color: {theme.ink}; }}
        QWidget#bar {{ background: {theme.raised}; border-bottom: 1px solid {theme.line}; }}
        QListView {{ background: {theme.ground}; border: 0; border-right: 1px solid {theme.line}; }}
        QLabel#title {{ font-size: 22px; font-weight: 600; }}
        QLabel#muted {{ color: {theme.muted}; font-size: 13px; }}
        QLabel#value {{ font-size: 18px; font-weight: 600; }}
        QLabel#error {{ color: {theme.danger}; }}
        QPlainTextEdit, QTreeWidget {{
            background: {theme.raised}; border: 1px solid {theme.line}; border-radius: 8px;
            padding: 8px; }}
        QHeaderView::section {{
            background: {theme.raised}; color: {theme.muted}; border: 0; padding: 4px 8px; }}
        QPushButton {{
            background: {theme.ground}; border: 1px solid {theme.line}; border-radius: 7px;
            padding: 6px 12px; min-height: 20px; }}
        QPushButton:hover {{ border-color: {theme.accent}; }}
        QPushButton:focus {{ border: 2px solid {theme.accent}; padding: 5px 11px; }}
        QPushButton:disabled {{ color: {theme.muted}; border-color: {theme.line}; }}
        QPushButton#run:enabled {{
            background: {theme.accent}; color: {theme.on_accent}; font-weight: 600;
            border-color: {theme.accent}; }}
        QSplitter::handle {{ background: {theme.line}; }}
        QSplitter::handle:vertical {{ height: 1px; }}
    """
