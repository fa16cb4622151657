"""Write a card to a file: PNG, SVG, PDF, HTML or Markdown, by its ending."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QMarginsF, QRectF, QSize, QSizeF
from PySide6.QtGui import QGuiApplication, QImage, QImageWriter, QPageSize, QPainter, QPdfWriter
from PySide6.QtSvg import QSvgGenerator

from app.library.result import Result, read_result
from app.report.card import Card, card_of
from app.report.html import result_page
from app.report.markdown import forum_block
from app.report.paint import HEIGHT, WIDTH, paint
from app.report.theme import LIGHT, Theme
from engines.remedy import UserError
from pipeline.records.journal import RunFolder, write_atomic

PNG_SCALE = 2
"""Pixels per logical pixel: sharp on every screen."""
PDF_DPI = 144
POINTS_PER_INCH = 72


class ExportError(UserError):
    """The card can't be written as asked."""


@dataclass(frozen=True)
class Export:
    """What is to be written, and how it shall look."""

    result: Result
    theme: Theme
    scale: int
    """Pixels per logical pixel of a PNG."""
    folder: RunFolder | None
    """Where the events are, for the figures of a report; None leaves those out."""


def export_card(
    result: Result,
    path: Path,
    theme: Theme = LIGHT,
    *,
    scale: int = PNG_SCALE,
    folder: RunFolder | None = None,
) -> None:
    """Write the card of a run, in the format that the file's ending names.

    A QGuiApplication must exist. Raises ExportError for another ending, RunFolderError if the
    file can't be written or the events can't be read.
    """
    writer = WRITERS.get(path.suffix.lower())
    if writer is None:
        endings = ", ".join(WRITERS)
        raise ExportError(f"A card can't be written as {path.name}; use one of {endings}")
    write_atomic(path, writer(Export(result, theme, scale, folder)))


def export_without_screen(folder: RunFolder, path: Path, theme: Theme, scale: int) -> None:
    """Write the card of a finished run from a program that has no window and needs no screen.

    Does nothing if the run has not ended. Raises as `export_card` does.
    """
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    painting = QGuiApplication.instance() or QGuiApplication([])
    try:
        result = read_result(folder)
        if result is not None:
            export_card(result, path, theme, scale=scale, folder=folder)
    finally:
        painting.processEvents()


def image_of(card: Card, theme: Theme, scale: float = PNG_SCALE) -> QImage:
    """Paint a card into an image of `scale` pixels per logical pixel."""
    image = QImage(QSize(round(WIDTH * scale), round(HEIGHT * scale)), QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(scale)
    painter = QPainter(image)
    paint(painter, card, theme)
    painter.end()
    image.setText("Software", "Sixfold")
    image.setText("Run", card.run_hash)
    return image


def svg_of(card: Card, theme: Theme) -> bytes:
    """Draw a card as SVG, its text as outlines, so that it looks the same without the font."""
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    generator = QSvgGenerator()
    generator.setOutputDevice(buffer)
    generator.setSize(QSize(WIDTH, HEIGHT))
    generator.setViewBox(QRectF(0, 0, WIDTH, HEIGHT))
    generator.setTitle(f"Sixfold: {card.model}, {card.request}")
    generator.setDescription(card.score_words)
    painter = QPainter(generator)
    paint(painter, card, theme, outlines=True)
    painter.end()
    return bytes(data.data())


def pdf_of(card: Card, theme: Theme) -> bytes:
    """Draw a card as a PDF of one page of its own size."""
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(buffer)
    writer.setTitle(f"Sixfold: {card.model}, {card.request}")
    writer.setResolution(PDF_DPI)
    points = QSizeF(WIDTH, HEIGHT) * (POINTS_PER_INCH / 96)
    writer.setPageSize(
        QPageSize(points, QPageSize.Unit.Point, "", QPageSize.SizeMatchPolicy.ExactMatch)
    )
    writer.setPageMargins(QMarginsF(0, 0, 0, 0))
    painter = QPainter(writer)
    painter.scale(writer.width() / WIDTH, writer.width() / WIDTH)
    paint(painter, card, theme)
    painter.end()
    return bytes(data.data())


def _png(export: Export) -> bytes:
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image = image_of(card_of(export.result), export.theme, export.scale)
    QImageWriter(buffer, QByteArray(b"png")).write(image)
    return bytes(data.data())


def _html(export: Export) -> bytes:
    from app.report.figures import figures_of  # matplotlib takes a second to import

    card = svg_of(card_of(export.result), export.theme)
    events = tuple(export.folder.events()) if export.folder is not None else ()
    figures = figures_of(export.result, events, export.theme)
    return result_page(export.result, export.theme, card, figures).encode()


WRITERS: dict[str, Callable[[Export], bytes]] = {
    ".png": _png,
    ".svg": lambda export: svg_of(card_of(export.result), export.theme),
    ".pdf": lambda export: pdf_of(card_of(export.result), export.theme),
    ".html": _html,
    ".md": lambda export: forum_block(export.result).encode(),
}
