"""The style sheet: what a palette can't say about widgets, written once from the theme's tokens.

Sizes follow a grid of 4 pixels; controls are 28 high, so that they stand in one line.
"""

from __future__ import annotations

from pathlib import Path

import resources
from app.report.theme import BODY, SMALL, Theme

ICONS = Path(resources.__file__).parent / "icons"


def style_sheet(theme: Theme) -> str:
    """Write the style sheet of the whole window."""
    parts = (_text, _buttons, _fields, _menus, _lists, _places)
    return "".join(part(theme) for part in parts)


def _icon(name: str, theme: Theme) -> str:
    return f"url({(ICONS / f'{name}-{theme.name}.svg').as_posix()})"


def _text(theme: Theme) -> str:
    return f"""
        QWidget {{ color: {theme.ink}; font-size: {BODY}px; }}
        QLabel {{ background: transparent; }}
        QLabel#title {{ font-size: 22px; font-weight: 600; }}
        QLabel#section {{ font-size: 15px; font-weight: 600; }}
        QLabel#value {{ font-size: 18px; font-weight: 600; }}
        QLabel#caption {{ color: {theme.muted}; font-size: {SMALL}px; font-weight: 500; }}
        QLabel#muted {{ color: {theme.muted}; font-size: {SMALL}px; }}
        QLabel#error {{ color: {theme.danger}; }}
        QToolTip {{
            background: {theme.raised}; color: {theme.ink}; border: 1px solid {theme.border};
            padding: 4px 6px; }}
    """


def _buttons(theme: Theme) -> str:
    return f"""
        QPushButton {{
            background: {theme.raised}; border: 1px solid {theme.border}; border-radius: 6px;
            padding: 0 12px; min-height: 26px; }}
        QPushButton:hover {{ background: {theme.track}; }}
        QPushButton:pressed {{ background: {theme.line}; }}
        QPushButton:focus {{ border: 2px solid {theme.accent}; padding: 0 11px; min-height: 24px; }}
        QPushButton:disabled {{
            color: {theme.muted}; background: {theme.ground}; border-color: {theme.line}; }}
        QPushButton#run:enabled {{
            background: {theme.accent}; color: {theme.on_accent}; font-weight: 600;
            border-color: {theme.accent}; }}
        QPushButton#run:enabled:focus {{ border: 2px solid {theme.ink}; }}
        QPushButton#danger:enabled {{ color: {theme.danger}; }}
        QPushButton#choice {{ border-radius: 0; border-right-width: 0; }}
        QPushButton#choice:checked {{
            background: {theme.selection}; font-weight: 600; color: {theme.ink}; }}
        QPushButton#choice[place="first"] {{
            border-top-left-radius: 6px; border-bottom-left-radius: 6px; }}
        QPushButton#choice[place="last"] {{
            border-top-right-radius: 6px; border-bottom-right-radius: 6px;
            border-right-width: 1px; }}
        QPushButton#choice:focus {{
            border: 1px solid {theme.accent}; padding: 0 12px; min-height: 26px; }}
    """


def _fields(theme: Theme) -> str:
    return f"""
        QLineEdit, QComboBox, QAbstractSpinBox {{
            background: {theme.raised}; border: 1px solid {theme.border}; border-radius: 6px;
            padding: 0 8px; min-height: 26px; selection-background-color: {theme.selection};
            selection-color: {theme.ink}; }}
        QAbstractSpinBox QLineEdit, QComboBox QLineEdit {{
            background: transparent; border: 0; padding: 0 8px; min-height: 0; }}
        QLineEdit#search {{ padding: 0 2px; }}
        QLineEdit:focus, QComboBox:focus, QAbstractSpinBox:focus {{
            border: 2px solid {theme.accent}; padding: 0 7px; min-height: 24px; }}
        QLineEdit:disabled, QComboBox:disabled, QAbstractSpinBox:disabled {{
            color: {theme.muted}; }}
        QComboBox::drop-down {{ border: 0; width: 24px; }}
        QComboBox::down-arrow {{ image: {_icon("down", theme)}; width: 12px; height: 12px; }}
        QComboBox QAbstractItemView {{
            background: {theme.raised}; border: 1px solid {theme.border}; padding: 4px;
            outline: 0; selection-background-color: {theme.selection};
            selection-color: {theme.ink}; }}
        QAbstractSpinBox::up-button, QAbstractSpinBox::down-button {{ border: 0; width: 20px; }}
        QAbstractSpinBox::up-arrow {{ image: {_icon("up", theme)}; width: 10px; height: 10px; }}
        QAbstractSpinBox::down-arrow {{ image: {_icon("down", theme)}; width: 10px; height: 10px; }}
        QCheckBox {{ spacing: 8px; min-height: 20px; }}
        QCheckBox::indicator, QListView::indicator, QTableView::indicator {{
            width: 14px; height: 14px; border: 1px solid {theme.muted}; border-radius: 4px;
            background: {theme.raised}; }}
        QCheckBox::indicator:checked, QListView::indicator:checked {{
            background: {theme.accent}; border-color: {theme.accent};
            image: {_icon("check", theme)}; }}
        QCheckBox::indicator:disabled {{ border-color: {theme.line}; }}
        QCheckBox:focus {{ color: {theme.accent}; }}
        QSlider {{ min-height: 20px; }}
        QSlider::groove:horizontal {{
            height: 4px; border-radius: 2px; background: {theme.track}; }}
        QSlider::sub-page:horizontal {{ border-radius: 2px; background: {theme.accent}; }}
        QSlider::handle:horizontal {{
            width: 16px; height: 16px; margin: -7px 0; border-radius: 9px;
            background: {theme.raised}; border: 1px solid {theme.muted}; }}
        QSlider::handle:horizontal:focus {{ border: 2px solid {theme.accent}; }}
    """


def _menus(theme: Theme) -> str:
    return f"""
        QMenuBar {{ background: {theme.sidebar}; }}
        QMenuBar::item {{ padding: 4px 8px; background: transparent; }}
        QMenuBar::item:selected {{ background: {theme.selection}; border-radius: 4px; }}
        QMenu {{
            background: {theme.raised}; border: 1px solid {theme.border}; padding: 4px; }}
        QMenu::item {{ padding: 5px 24px 5px 12px; border-radius: 4px; }}
        QMenu::item:selected {{ background: {theme.selection}; }}
        QMenu::item:disabled {{ color: {theme.muted}; }}
        QMenu::separator {{ height: 1px; background: {theme.line}; margin: 4px 8px; }}
    """


def _lists(theme: Theme) -> str:
    return f"""
        QAbstractScrollArea {{ background: {theme.raised}; }}
        QAbstractScrollArea::corner {{ background: transparent; border: 0; }}
        QGraphicsView {{
            background: {theme.ground}; border: 1px solid {theme.line}; border-radius: 8px;
            padding: 4px; }}
        QListView, QTableView, QTreeView, QTextEdit, QPlainTextEdit, QTextBrowser {{
            background: {theme.raised}; border: 1px solid {theme.line}; border-radius: 8px;
            outline: 0; selection-background-color: {theme.selection};
            selection-color: {theme.ink}; }}
        QListView:focus, QTableView:focus, QTreeView:focus, QTextEdit:focus,
        QPlainTextEdit:focus, QTextBrowser:focus {{ border-color: {theme.accent}; }}
        QPlainTextEdit, QTextEdit, QTextBrowser {{ padding: 8px; }}
        QTreeView#outline, QListView#outline {{ padding: 6px; }}
        QTableView {{ gridline-color: {theme.line}; }}
        QTableView#runs::item {{ padding: 0 5px; }}
        QTreeView::item {{ min-height: 24px; padding: 0 4px; }}
        QTreeView::branch {{ background: transparent; }}
        QTreeView::branch:has-children:closed {{ image: {_icon("right", theme)}; }}
        QTreeView::branch:has-children:open {{ image: {_icon("down", theme)}; }}
        QHeaderView {{ background: transparent; border: 0; }}
        QHeaderView::section {{
            background: {theme.raised}; color: {theme.muted}; border: 0;
            border-bottom: 1px solid {theme.line}; padding: 6px 8px; font-size: {SMALL}px;
            font-weight: 500; }}
        QHeaderView::up-arrow {{ image: {_icon("up", theme)}; width: 10px; height: 10px; }}
        QHeaderView::down-arrow {{ image: {_icon("down", theme)}; width: 10px; height: 10px; }}
        QHeaderView::section:first {{ border-top-left-radius: 7px; }}
        QHeaderView::section:last {{ border-top-right-radius: 7px; }}
        QTableCornerButton::section {{ background: {theme.raised}; border: 0; }}
        QScrollBar:vertical {{ background: transparent; width: 10px; margin: 2px; }}
        QScrollBar:horizontal {{ background: transparent; height: 10px; margin: 2px; }}
        QScrollBar::handle {{ background: {theme.border}; border-radius: 3px; }}
        QScrollBar::handle:vertical {{ min-height: 32px; }}
        QScrollBar::handle:horizontal {{ min-width: 32px; }}
        QScrollBar::handle:hover {{ background: {theme.muted}; }}
        QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; }}
        QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}
        QSplitter::handle {{ background: transparent; }}
        QTabWidget::pane {{ border: 0; }}
        QTabBar {{ qproperty-drawBase: 0; }}
        QTabBar::tab {{
            background: transparent; color: {theme.muted}; border: 0;
            border-bottom: 2px solid transparent; padding: 4px 2px; margin-right: 16px; }}
        QTabBar::tab:selected {{ color: {theme.ink}; border-bottom-color: {theme.accent}; }}
        QTabBar::tab:hover {{ color: {theme.ink}; }}
        QTabBar:focus {{ border-bottom: 1px solid {theme.accent}; }}
    """


def _places(theme: Theme) -> str:
    return f"""
        QMainWindow, QDialog {{ background: {theme.ground}; }}
        QWidget#sidebar {{
            background: {theme.sidebar}; border: 0; border-right: 1px solid {theme.line}; }}
        QListView#places, QListView#places:focus {{
            background: transparent; border: 0; border-radius: 0; }}
        QListView#places::item {{ height: 32px; padding-left: 8px; border-radius: 6px; }}
        QListView#places::item:selected {{ background: {theme.selection}; color: {theme.ink}; }}
        QListView#places::item:focus {{ border: 1px solid {theme.accent}; }}
        QFrame#panel {{
            background: {theme.raised}; border: 1px solid {theme.line}; border-radius: 8px; }}
        QListView#bare, QListView#bare:focus {{
            background: transparent; border: 0; border-radius: 0; }}
        QListView#bare::item {{ height: 30px; border-radius: 6px; padding-left: 4px; }}
        QListView#bare::item:hover {{ background: {theme.ground}; }}
        QListView#bare::item:selected {{ background: {theme.ground}; }}
        QListView#bare::item:focus {{ border: 1px solid {theme.accent}; }}
        QFrame#notice {{
            background: {theme.selection}; border: 1px solid {theme.line}; border-radius: 8px; }}
        QScrollArea {{ background: transparent; border: 0; }}
        QScrollArea > QWidget > QWidget#plain {{ background: transparent; }}
        QStatusBar {{ background: {theme.sidebar}; border-top: 1px solid {theme.line}; }}
        QStatusBar::item {{ border: 0; }}
        QProgressBar {{
            background: {theme.track}; border: 0; border-radius: 3px; max-height: 6px; }}
        QProgressBar::chunk {{ background: {theme.accent}; border-radius: 3px; }}
    """
