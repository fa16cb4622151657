"""The bar at the window's top: which model, which request, which seed; run, cancel, export."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSpinBox,
    QWidget,
)

from app.models.listing import BUILTIN_MODEL
from app.order import RUNS, Order
from pipeline.journal import new_run_id
from pipeline.requests import all_requests

OWN_REQUEST = "Text file…"
FIRST_REQUEST = "todo"
"""The smallest one."""
MAX_SEED = 2**31 - 1
"""Qt's spin box counts no further."""


class OrderBar(QWidget):
    """Makes orders; knows nothing of how they are carried out."""

    ordered = Signal(Order)
    cancelled = Signal()
    export_wanted = Signal()

    def __init__(self, runs: Path = RUNS) -> None:
        """Offer the built-in model, if it was made, and the reference requests."""
        super().__init__()
        self.setObjectName("bar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._runs = runs
        self._model: Path | None = None
        self._model_button = QPushButton("Choose model…")
        self._request = QComboBox()
        self._request.setAccessibleName("Request")
        for request in all_requests():
            self._request.addItem(f"{request.name}: {request.title}", request.name)
        self._request.addItem(OWN_REQUEST, None)
        self._request.setCurrentIndex(max(0, self._request.findData(FIRST_REQUEST)))
        self._seed = QSpinBox()
        self._seed.setRange(0, MAX_SEED)
        self._seed.setValue(1)
        self._seed.setAccessibleName("Seed")
        self.run_button = QPushButton("Run")
        self.run_button.setObjectName("run")
        self.cancel_button = QPushButton("Cancel")
        self.export_button = QPushButton("Export card…")
        self._model_button.clicked.connect(self._ask_model)
        self._request.activated.connect(self._ask_text)
        self.run_button.clicked.connect(self._order)
        self.cancel_button.clicked.connect(self.cancelled)
        self.export_button.clicked.connect(self.export_wanted)
        self._lay_out()
        if BUILTIN_MODEL.is_file():
            self.set_model(BUILTIN_MODEL)
        self.set_running(False)
        self.set_exportable(False)

    def set_model(self, path: Path) -> None:
        """Choose a model file."""
        self._model = path
        self._model_button.setText(path.name)
        self._model_button.setToolTip(str(path))
        self.run_button.setEnabled(not self.cancel_button.isEnabled())

    def set_running(self, running: bool) -> None:
        """Allow what makes sense now."""
        self.cancel_button.setEnabled(running)
        self.run_button.setEnabled(not running and self._model is not None)

    def set_exportable(self, exportable: bool) -> None:
        """Allow to export the card of the run that is shown."""
        self.export_button.setEnabled(exportable)

    def _order(self) -> None:
        request = self._request.currentData()
        if self._model is None or request is None:
            return
        run = new_run_id()
        self.ordered.emit(
            Order(
                request=request,
                model=self._model,
                run=run,
                out=self._runs / run,
                seed=self._seed.value(),
            )
        )

    def _ask_model(self) -> None:
        name, _ = QFileDialog.getOpenFileName(self, "Choose a model", "", "GGUF (*.gguf)")
        if name:
            self.set_model(Path(name))

    def _ask_text(self, row: int) -> None:
        if self._request.itemText(row) != OWN_REQUEST:
            return
        name, _ = QFileDialog.getOpenFileName(self, "Choose a request", "", "Text (*.txt *.md)")
        if name:
            self._request.insertItem(row, Path(name).name, name)
            self._request.setCurrentIndex(row)
        else:
            self._request.setCurrentIndex(0)

    def _lay_out(self) -> None:
        line = QHBoxLayout(self)
        line.setSpacing(10)
        line.setContentsMargins(16, 10, 16, 10)
        for widget in (self._model_button, self._request, QLabel("Seed"), self._seed):
            line.addWidget(widget)
        line.addWidget(self.run_button)
        line.addWidget(self.cancel_button)
        line.addStretch(1)
        line.addWidget(self.export_button)
