"""What a card shows is what `result.json` says: read back from the drawing, field by field."""

from __future__ import annotations

import json
import random
import re
import xml.etree.ElementTree as ElementTree
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QRectF, QSize
from PySide6.QtGui import QPainter
from PySide6.QtSvg import QSvgGenerator

from app.library.result import Result
from app.report.card import AXIS_TITLES, Card, card_of
from app.report.paint import HEIGHT, WIDTH, paint
from app.report.theme import LIGHT
from pipeline.records.journal import RESULT

pytestmark = pytest.mark.usefixtures("qapp")

UNITS = {"ms": 1e-3, "s": 1, "min": 60, "h": 3600, "MB": 1e6, "GB": 1e9, "%": 0.01,
         "tok/s": 1, "tokens": 1, "k": 1e3, "M": 1e6, "B": 1e9}  # fmt: skip


def drawn(card: Card) -> list[str]:
    """Paint a card as SVG with real text and give its texts in the order of drawing."""
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    generator = QSvgGenerator()
    generator.setOutputDevice(buffer)
    generator.setSize(QSize(WIDTH, HEIGHT))
    generator.setViewBox(QRectF(0, 0, WIDTH, HEIGHT))
    painter = QPainter(generator)
    paint(painter, card, LIGHT)
    painter.end()
    root = ElementTree.fromstring(bytes(data.data()).decode())
    texts = ("".join(each.itertext()) for each in root.iter() if each.tag.endswith("}text"))
    return [text.replace("\u2009", " ").strip() for text in texts]


def value(text: str) -> float:
    """Read a number with its unit back: `12 min 22 s`, `19.87 GB`, `41 750`."""
    text = re.sub(r"(?<=\d) (?=\d{3}\b)", "", text)
    total = 0.0
    for number, unit in re.findall(r"([\d.]+) ?([A-Za-z%/]*)", text):
        total += float(number) * UNITS.get(unit, 1)
    return total


def varied(raw: dict[str, Any], seed: int) -> dict[str, Any]:
    """Give a result with other numbers everywhere."""
    dice = random.Random(seed)
    score = raw["score"]
    for axis in score["axes"].values():
        axis["points"] = round(dice.uniform(0, axis["max"]), 2)
    score["ungated"] = round(sum(axis["points"] for axis in score["axes"].values()), 2)
    score["compile"] |= {"units": 40, "failed": dice.randrange(40)}
    share = (40 - score["compile"]["failed"]) / 40
    score["score"] = round(score["ungated"] * share, 2)
    score["grade"] = dice.choice("ABCDF")
    return raw | {
        "score": score,
        "decode_tok_per_s": 10 ** dice.uniform(0, 4),
        "prefill_tok_per_s": 10 ** dice.uniform(1, 5),
        "ttft_s": 10 ** dice.uniform(-2, 2),
        "peak_memory_bytes": round(10 ** dice.uniform(8, 11)),
        "wall_s": 10 ** dice.uniform(0, 5),
        "seed": dice.randrange(1000),
        "context_tokens": dice.choice((4096, 8192, 131072)),
    }


@pytest.mark.parametrize("seed", range(6))
def test_the_drawing_says_what_the_json_says(finished_run: Path, seed: int) -> None:
    raw = varied(json.loads((finished_run / RESULT).read_text()), seed)
    texts = drawn(card_of(Result.model_validate(raw)))

    def after(label: str) -> str:
        return texts[texts.index(label) + 1]

    score, totals = raw["score"], raw["totals"]
    forms = totals["calls"] - totals["retries"]
    assert float(texts[texts.index("/ 100") - 1]) == pytest.approx(score["score"], abs=0.051)
    assert f"Grade {score['grade']}" in texts
    for axis, title in AXIS_TITLES.items():
        points, most = after(title).split(" / ")
        assert float(points) == pytest.approx(score["axes"][axis]["points"], abs=0.051)
        assert float(most) == score["axes"][axis]["max"]
    compiled = score["compile"]
    (under,) = (text for text in texts if text.startswith("compile share"))
    share, ungated = re.findall(r"[\d.]+", under)
    assert float(share) == pytest.approx(100 * (1 - compiled["failed"] / 40), abs=0.051)
    assert float(ungated) == pytest.approx(score["ungated"], abs=0.051)
    for label, expected in (
        ("Decode", raw["decode_tok_per_s"]),
        ("Prefill", raw["prefill_tok_per_s"]),
        ("First token", raw["ttft_s"]),
        ("Peak memory", raw["peak_memory_bytes"]),
        ("Wall time", raw["wall_s"]),
        ("Tokens out", totals["forced_tokens"] + totals["sampled_tokens"]),
        ("Schema-valid", totals["valid"] / forms),
        ("Valid at first try", totals["valid_first_try"] / forms),
        ("Retries", totals["retries"]),
        ("Context", raw["context_tokens"]),
    ):
        assert value(after(label)) == pytest.approx(expected, rel=0.05), label
    everything = "\n".join(texts)
    for exact in (
        raw["model"]["name"],
        raw["model"]["architecture"],
        raw["model"]["quantization"],
        raw["model"]["engine"],
        raw["model"]["sha256"][:8],
        raw["machine"]["chip"],
        raw["machine"]["os"],
        raw["artifacts_sha256"][:8],
        raw["finished_at"][:10],
        f"seed {raw['seed']}",
        f"temperature {raw['sampler']['temperature']:g}",
        f"rubric {score['rubric']['id']} v{score['rubric']['version']}",
        score["rubric"]["sha256"][:8],
        f"Sixfold {raw['versions']['app']}",
        "offline",
        "single run",
    ):
        assert exact in everything, exact
    assert "…" not in everything, "nothing is cut"
