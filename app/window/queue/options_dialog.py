"""Options of a run in a dialog: a field for each, made from what the option says of itself."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import ValidationError
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QVBoxLayout,
    QWidget,
)

from app.report.theme import label
from app.window.parts.option_field import Read, make_field
from app.window.parts.panel import GRID
from app.window.parts.remedies import sentence_of
from engines.remedy import UserError
from pipeline.records.options import Described, RunOptions, make_options

WIDTH = 460


class OptionsDialog(QDialog):
    """Shows options with their values; gives new ones back when they are confirmed."""

    chosen = Signal(RunOptions)

    def __init__(
        self, options: RunOptions, offered: Sequence[Described], parent: QWidget | None = None
    ) -> None:
        """Show the values of the offered options; all others stay as they are."""
        super().__init__(parent)
        self.setWindowTitle("Options")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setMinimumWidth(WIDTH)
        self._options = options
        self._reads: dict[str, Read] = {}
        self.fields: dict[str, QWidget] = {}
        form = QFormLayout()
        form.setVerticalSpacing(GRID)
        for each in offered:
            field, self._reads[each.name] = make_field(each, each.of(options))
            self.fields[each.name] = field
            form.addRow(each.option.label, field)
        self.problem = label("", "muted")
        self.problem.setWordWrap(True)
        buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Ok
            | QDialogButtonBox.StandardButton.Cancel
            | QDialogButtonBox.StandardButton.RestoreDefaults
        )
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        defaults = buttons.button(QDialogButtonBox.StandardButton.RestoreDefaults)
        defaults.clicked.connect(self._restore)
        page = QVBoxLayout(self)
        page.addLayout(form)
        page.addWidget(self.problem)
        page.addWidget(buttons)

    def accept(self) -> None:
        """Give the options back, or say why they can't be used and stay open."""
        values = self._options.by_name() | {name: read() for name, read in self._reads.items()}
        try:
            made = make_options(values)
        except (UserError, ValidationError) as error:
            self.problem.setText(sentence_of(error))
            return
        self.chosen.emit(made)
        super().accept()

    def _restore(self) -> None:
        usual = RunOptions().by_name()
        restored = {name: usual[name] for name in self._reads}
        self.chosen.emit(make_options(self._options.by_name() | restored))
        super().accept()
