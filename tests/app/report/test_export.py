"""Every format is written, shows the card, and can be read by something else."""

from __future__ import annotations

import gc
import sys
import xml.etree.ElementTree as ElementTree
from html.parser import HTMLParser
from pathlib import Path

import pytest
from PySide6.QtCore import QByteArray, QRectF
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtSvg import QSvgRenderer

from app.library.result import Result
from app.report.card import card_of
from app.report.export import ExportError, export_card, image_of, svg_of
from app.report.paint import HEIGHT, RIGHT, WIDTH
from app.report.theme import DARK, LIGHT, THEMES, Theme
from pipeline.records.journal import RunFolderError

pytestmark = pytest.mark.usefixtures("qapp")


def differing_share(one: QImage, other: QImage) -> float:
    """Give the share of sampled pixels that clearly differ."""
    step = 4
    spots = [(x, y) for x in range(0, WIDTH, step) for y in range(0, HEIGHT, step)]
    differing = sum(
        abs(one.pixelColor(x, y).lightness() - other.pixelColor(x, y).lightness()) > 96
        for x, y in spots
    )
    return differing / len(spots)


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
def test_nothing_touches_the_margin(result: Result, theme: Theme) -> None:
    wide = result.model_copy(
        update={
            "model": result.model.__class__(
                **{**vars(result.model), "name": "A model " * 30, "engine": "engine " * 30}
            ),
            "title": "A very long request " * 20,
            "brief": None,
        }
    )
    image = image_of(card_of(wide), theme, scale=1)
    ground = QColor(theme.ground)
    outside = [*range(0, 50), *range(RIGHT + 10, WIDTH)]
    assert all(image.pixelColor(x, y) == ground for x in outside for y in range(0, HEIGHT, 3))


def test_png_carries_the_run(result: Result, tmp_path: Path) -> None:
    export_card(result, tmp_path / "card.png")
    image = QImage(str(tmp_path / "card.png"))
    assert (image.width(), image.height()) == (2 * WIDTH, 2 * HEIGHT)
    assert image.text("Run") == "9e1d4b20"


def test_svg_looks_like_the_png_without_the_font(result: Result) -> None:
    drawing = svg_of(card_of(result), LIGHT)
    assert b"<text" not in drawing
    image = QImage(WIDTH, HEIGHT, QImage.Format.Format_RGB32)
    painter = QPainter(image)
    QSvgRenderer(QByteArray(drawing)).render(painter, QRectF(0, 0, WIDTH, HEIGHT))
    painter.end()
    assert differing_share(image, image_of(card_of(result), LIGHT, scale=1)) < 0.005
    assert differing_share(image, image_of(card_of(result), DARK, scale=1)) > 0.5


def test_pdf_is_one_page(result: Result, tmp_path: Path) -> None:
    export_card(result, tmp_path / "card.pdf")
    data = (tmp_path / "card.pdf").read_bytes()
    assert data.startswith(b"%PDF-")
    assert data.count(b"/Type /Page\n") == 1


class Page(HTMLParser):
    """Collects the text and everything a page would load."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.loads: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        self.loads += [value for name in ("src", "href") if (value := named.get(name))]

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def test_html_is_one_file_with_every_finding(result: Result, tmp_path: Path) -> None:
    export_card(result, tmp_path / "card.html", DARK)
    page = Page()
    page.feed((tmp_path / "card.html").read_text(encoding="utf-8"))
    assert page.loads == []
    assert page.words.count("the owner <is> checked") == 6
    assert "src/todo.service.ts:42" in page.words


def test_svg_inside_html_is_well_formed(result: Result) -> None:
    assert ElementTree.fromstring(svg_of(card_of(result), LIGHT)).tag.endswith("svg")


def test_markdown_is_a_forum_block(result: Result, tmp_path: Path) -> None:
    export_card(result, tmp_path / "card.md")
    text = (tmp_path / "card.md").read_text(encoding="utf-8")
    assert text.startswith("### Qwen3 30B A3B Instruct 2507 on `todo`: 83.6 / 100 (grade B)\n")
    assert "| Implementation | `█████████░` | 21.4 / 25 |" in text


def test_another_ending_is_refused(result: Result, tmp_path: Path) -> None:
    with pytest.raises(ExportError, match=r"use one of \.png, \.svg, \.pdf, \.html, \.md"):
        export_card(result, tmp_path / "card.docx")
    assert list(tmp_path.iterdir()) == []


def test_an_unwritable_place_is_a_sentence(result: Result, tmp_path: Path) -> None:
    with pytest.raises(RunFolderError, match="can't be written"):
        export_card(result, tmp_path / "nowhere" / "card.png")


def test_painting_keeps_python_alive(result: Result) -> None:
    """PySide6 6.12.0 gives back a reference to None it never took; on Python 3.11 that kills."""
    card = card_of(result)
    image_of(card, LIGHT, scale=1)
    gc.collect()
    before = sys.getrefcount(None)
    for _ in range(10):
        image_of(card, LIGHT, scale=1)
    assert sys.getrefcount(None) > before - 1000


@pytest.mark.parametrize("scale", [1, 2, 3])
def test_png_comes_in_three_sizes(result: Result, tmp_path: Path, scale: int) -> None:
    export_card(result, tmp_path / "card.png", scale=scale)
    assert QImage(str(tmp_path / "card.png")).width() == scale * WIDTH
