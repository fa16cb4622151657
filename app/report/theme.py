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
BODY, SMALL = 13, 12
"""Pixels of ordinary text, and of what stands under it."""
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
    sidebar: str
    raised: str
    """Ground of lists, fields and panels."""
    ink: str
    muted: str
    line: str
    border: str
    """Outline of fields and buttons."""
    track: str
    """Empty part of a bar."""
    selection: str
    """Ground of a chosen row, under `ink`."""
    accent: str
    on_accent: str
    caution: str
    """Tight, adjusted, tried again."""
    danger: str
    parts: tuple[str, str, str, str]
    """Four colours to tell the parts of a bar apart."""


LIGHT = Theme(
    name="light",
    ground="#FBFBF9",
    sidebar="#F1F2EF",
    raised="#FFFFFF",
    ink="#15191E",
    muted="#5F6872",
    line="#E3E5E3",
    border="#CFD4D2",
    track="#E9ECEA",
    selection="#DCEDEA",
    accent="#0A7067",
    on_accent="#FFFFFF",
    caution="#8A5A00",
    danger="#B42318",
    parts=("#0A7067", "#4C7DD0", "#9A6BC9", "#8B959D"),
)
DARK = Theme(
    name="dark",
    ground="#101417",
    sidebar="#0C0F12",
    raised="#171C20",
    ink="#EEF1F2",
    muted="#98A3AB",
    line="#283037",
    border="#3A444C",
    track="#232B31",
    selection="#173A37",
    accent="#3CCFBD",
    on_accent="#06201D",
    caution="#E9B44C",
    danger="#FF8A7A",
    parts=("#3CCFBD", "#7AA7F0", "#BE97E8", "#77838C"),
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
        role.Highlight: theme.selection,
        role.HighlightedText: theme.ink,
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
    """Make a label that the style sheet knows.

    Roles: `title`, `section`, `body`, `value`, `caption`, `muted` or `error`.
    """
    made = QLabel(text)
    made.setObjectName(role)
    return made
