"""A real window on a real screen: the demo by clicks alone, from welcome to card."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtGui import QImage

from app.library.preferences import Preferences, save_preferences
from app.library.result import read_result
from pipeline.records.journal import open_run

SCRIPT = Path(__file__).parent / "click_through.py"
ROOT = Path(__file__).parents[2]
XVFB = shutil.which("Xvfb")
WIDTH, HEIGHT = 1440, 900
LONGEST_S = 280

pytestmark = pytest.mark.skipif(
    XVFB is None, reason="Xvfb is not installed; `make setup` installs it where it may"
)


@pytest.fixture
def display() -> Iterator[str]:
    """Start an X server without a screen of glass and give its name."""
    assert XVFB is not None
    reading, writing = os.pipe()
    size = f"{WIDTH}x{HEIGHT}x24"
    command = [XVFB, "-displayfd", str(writing), "-screen", "0", size, "-nolisten", "tcp"]
    server = subprocess.Popen(command, pass_fds=(writing,), stderr=subprocess.DEVNULL)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        number = pipe.readline().strip()
    yield f":{number}"
    server.terminate()
    server.wait()


def test_the_demo_by_clicks_alone(display: str, tmp_path: Path) -> None:
    save_preferences(tmp_path / "data", Preferences(max_tokens_per_call=64))
    card, screen = tmp_path / "card.png", tmp_path / "screen.png"
    environment = {
        **os.environ,
        "QT_QPA_PLATFORM": "xcb",
        "DISPLAY": display,
        "SIXFOLD_DATA": str(tmp_path / "data"),
        "HOME": str(tmp_path),
        "PYTHONPATH": str(ROOT),
    }
    done = subprocess.run(
        [sys.executable, str(SCRIPT), str(card), str(screen)],
        env=environment, capture_output=True, text=True, timeout=LONGEST_S, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    (folder,) = (each for each in (tmp_path / "data" / "runs").iterdir() if each.is_dir())
    result = read_result(open_run(folder))
    assert result is not None
    assert result.outcome == "finished"
    assert result.score is not None
    assert result.artifacts_sha256 is not None
    image = QImage(str(card))
    assert image.text("Run") == result.artifacts_sha256[:8]
    seen = QImage(str(screen))
    colours = {seen.pixelColor(x, y).name() for x in range(0, seen.width(), 7)
               for y in range(0, seen.height(), 7)}  # fmt: skip
    assert seen.width() >= 1000
    assert len(colours) > 20
