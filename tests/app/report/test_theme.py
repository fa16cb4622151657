"""Every text can be read on every ground it stands on, in both themes."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QPalette

from app.report.theme import THEMES, Theme, palette
from tests.app.contrast import contrast

TEXT_CONTRAST, SHAPE_CONTRAST = 4.5, 3.0
"""WCAG 2.2, success criteria 1.4.3 and 1.4.11."""
GROUNDS = ("ground", "sidebar", "raised", "selection")
TEXTS = ("ink", "muted", "accent", "caution", "danger")


def test_black_on_white_is_21_to_1() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
@pytest.mark.parametrize("ground", GROUNDS)
@pytest.mark.parametrize("text", TEXTS)
def test_text_can_be_read(theme: Theme, text: str, ground: str) -> None:
    assert contrast(getattr(theme, text), getattr(theme, ground)) >= TEXT_CONTRAST


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
def test_the_words_on_a_button_can_be_read(theme: Theme) -> None:
    assert contrast(theme.on_accent, theme.accent) >= TEXT_CONTRAST
    for ground in (theme.track, theme.line):
        assert contrast(theme.ink, ground) >= TEXT_CONTRAST


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
def test_parts_of_a_bar_stand_out(theme: Theme) -> None:
    for colour in theme.parts:
        assert contrast(colour, theme.raised) >= SHAPE_CONTRAST


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
def test_widgets_without_a_style_can_be_read_too(theme: Theme) -> None:
    made = palette(theme)
    role, group = QPalette.ColorRole, QPalette.ColorGroup
    for text, ground in (
        (role.WindowText, role.Window),
        (role.Text, role.Base),
        (role.ButtonText, role.Button),
        (role.HighlightedText, role.Highlight),
        (role.PlaceholderText, role.Base),
    ):
        for state in (group.Active, group.Disabled):
            pair = (made.color(state, text).name(), made.color(state, ground).name())
            assert contrast(*pair) >= TEXT_CONTRAST
