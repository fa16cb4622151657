"""The about box: version, promise, and the licences of everything inside."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib.metadata import PackageNotFoundError, distribution, requires, version
from re import match

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from app.report.theme import label
from app.window.parts.app_icon import sign
from app.window.parts.panel import GRID
from app.work.model_list import builtin_model, is_trained
from scoring.rubric import RUBRIC_ID, RUBRIC_VERSION

PACKAGE = "sixfold"
SIGN, WIDTH, HEIGHT = 64, 560, 480
FONT_LICENCE = ("Inter (font)", "4.1", "SIL Open Font License 1.1")
MODEL_LICENCE = ("SmolLM2-135M-Instruct (built-in model)", "Q4_1", "Apache-2.0")
UNKNOWN = "unknown"
LONGEST_LICENCE = 60
"""Some packages give the whole text where its name belongs."""


def licences() -> Iterator[tuple[str, str, str]]:
    """Name what this program is made with: name, version, licence; only what is here."""
    yield FONT_LICENCE
    if is_trained(builtin_model()):
        yield MODEL_LICENCE
    found = (match(r"[A-Za-z0-9._-]+", each) for each in requires(PACKAGE) or ())
    for name in sorted({each[0] for each in found if each is not None}, key=str.lower):
        try:
            package = distribution(name)
        except PackageNotFoundError:
            continue
        yield package.name, package.version, _licence(package.metadata.get_all)


class About(QDialog):
    """Version, promise, and a list of licences."""

    def __init__(self, parent: QWidget | None = None) -> None:
        """Fill it."""
        super().__init__(parent)
        self.setWindowTitle("About Sixfold")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(WIDTH, HEIGHT)
        picture = QLabel()
        picture.setPixmap(sign(SIGN, scale=self.devicePixelRatioF()))
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(label(f"Sixfold {version(PACKAGE)}", "title"))
        words.addWidget(label(f"Rubric {RUBRIC_ID}, version {RUBRIC_VERSION}", "muted"))
        words.addWidget(label("Offline: it opens no connection and collects nothing.", "muted"))
        head = QHBoxLayout()
        head.setSpacing(2 * GRID)
        head.addWidget(picture)
        head.addLayout(words, 1)
        self.list = QTreeWidget()
        self.list.setHeaderLabels(("Made with", "Version", "Licence"))
        self.list.setRootIsDecorated(False)
        self.list.setUniformRowHeights(True)
        self.list.setAccessibleName("Licences")
        self.list.addTopLevelItems([QTreeWidgetItem(list(each)) for each in licences()])
        self.list.header().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        page = QVBoxLayout(self)
        page.setContentsMargins(3 * GRID, 3 * GRID, 3 * GRID, 2 * GRID)
        page.setSpacing(2 * GRID)
        page.addLayout(head)
        page.addWidget(self.list, 1)
        page.addWidget(buttons)


def _licence(get_all: Callable[[str], list[str] | None]) -> str:
    """Find the licence in a package's metadata, which has had three places for it."""
    for key in ("License-Expression", "License"):
        for value in get_all(key) or ():
            first = value.strip().splitlines()
            if first and len(first[0]) <= LONGEST_LICENCE:
                return first[0]
    for value in get_all("Classifier") or ():
        if value.startswith("License ::"):
            return value.rpartition(" :: ")[2]
    return UNKNOWN
