"""Take a picture of every page, light and dark, large and small, into docs/screenshots.

Everything shown is real: runs made by the pipeline (sample_runs.py), the built-in model running in
the queue, models on disk with the headers of published ones (and no weights, so that they are
small). Made by `make screenshots`; the sample runs are kept in `.tools` until something that shapes
them changes.

Usage: python packaging/screenshots.py [FOLDER_OF_RUNS]
"""

from __future__ import annotations

import io
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(Path(__file__).parent)]
os.environ["QT_QPA_PLATFORM"] = "offscreen"

import numpy as np  # noqa: E402
import sample_runs  # noqa: E402
from PIL import Image  # noqa: E402
from PySide6.QtCore import QBuffer, QByteArray, QEventLoop, QIODevice, QTimer  # noqa: E402
from PySide6.QtWidgets import QApplication, QWidget  # noqa: E402

from app.library.index import RunIndex  # noqa: E402
from app.library.preferences import Preferences, save_preferences  # noqa: E402
from app.report.theme import THEMES, Theme  # noqa: E402
from app.window.application import make_application  # noqa: E402
from app.window.compare.page import ComparePage  # noqa: E402
from app.window.main_window import MainWindow  # noqa: E402
from app.window.parts.tree_items import children, top_items  # noqa: E402
from app.work import worker  # noqa: E402
from benchmarks.published_models import published_facts  # noqa: E402
from scoring.rubric import rubric_ref  # noqa: E402

OUT = ROOT / "docs" / "screenshots"
SIZES = ((1440, 900), (1100, 700))
MODELS = (
    ("Qwen3-4B", "bf16"),
    ("Qwen3-4B", "8-bit"),
    ("Qwen3-4B", "4-bit"),
    ("Qwen3-30B-A3B", "8-bit"),
    ("Qwen3-30B-A3B", "4-bit"),
)
MIXED, GOLDEN, DEMO = (
    ("Golden design, random programs", "board"),
    ("Golden forms", "board"),
    ("sixfold-random", "todo"),
)
"""Model and request of the runs that are opened."""
TABS = {
    "Overview": MIXED,
    "Requirements": MIXED,
    "Database": MIXED,
    "API": MIXED,
    "Code": MIXED,
    "Findings": MIXED,
    "Card": MIXED,
    "Verify": GOLDEN,
}
LIVE_STAGE, LIVE_CHARACTERS = "interface", 120
COLOURS, FREQUENT = 256, 160
MOST_BYTES = 250_000
WAIT_S = 180.0


def main() -> None:
    """Make what is shown, then all pictures."""
    made_by = f"{worker.versions().forms_sha256[:8]}-{rubric_ref().sha256[:8]}"
    runs = ROOT / ".tools" / "samples" / made_by
    if len(sys.argv) > 1:
        runs = Path(sys.argv[1])
    else:
        sample_runs.main(runs)
    OUT.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="sixfold-") as name:
        home = Path(name)
        os.environ["HOME"] = str(home)
        models = home / "Models"
        for model, quantization in MODELS:
            published_facts(models / f"{model}-{quantization}", model, quantization)
        application = make_application()
        for theme in THEMES.values():
            for size in SIZES:
                with window(home, runs, theme, size, models) as shown:
                    for title, show in pages(shown, runs):
                        show()
                        save(shown, title, theme, size)
        live_pages(home, models)
        application.quit()
    print(f"{len(list(OUT.glob('*.png')))} pictures in {OUT}")


@contextmanager
def window(
    home: Path, runs: Path, theme: Theme, size: tuple[int, int], models: Path
) -> Iterator[MainWindow]:
    """Open a window with choices of its own; close it afterwards."""
    with tempfile.TemporaryDirectory(dir=home) as name:
        data = Path(name)
        choices = Preferences(
            welcomed=True,
            runs=runs,
            model_folders=(models,),
            max_tokens_per_call=sample_runs.MAX_TOKENS,
        )
        save_preferences(data, choices)
        os.environ["SIXFOLD_DATA"] = name
        shown = MainWindow(data, theme)
        shown.resize(*size)
        shown.show()
        shown.shelf.scan()
        wait(lambda: shown.shelf.scanned)
        yield shown
        shown.close()


def pages(shown: MainWindow, runs: Path) -> Iterator[tuple[str, Callable[[], None]]]:
    """Return the pages and how to reach each."""
    yield "welcome", shown.pages.show_first_run
    yield "models", lambda: shown.pages.show_page("models")
    yield "queue", lambda: _compose(shown)
    yield "runs", lambda: _select_runs(shown)
    folders = {(each.model, each.request): each.path for each in RunIndex(runs).entries()}
    for tab, run in TABS.items():
        yield f"result-{tab.lower()}", lambda tab=tab, run=run: _open(shown, folders[run], tab)
    yield "result-overview-demo", lambda: _open(shown, folders[DEMO], "Overview")
    yield "compare", lambda: _compare(shown)
    yield "compare-below", lambda: _scroll_down(shown)


def live_pages(home: Path, models: Path) -> None:
    """Run the built-in model in the queue and look at it meanwhile."""
    with tempfile.TemporaryDirectory(dir=home) as name:
        for theme in THEMES.values():
            runs = Path(name) / theme.name
            with window(home, runs, theme, SIZES[0], models) as shown:
                _start_demo(shown)
                taken: list[bytes] = []
                for size in SIZES:
                    shown.resize(*size)
                    settle()
                    written = shown.pages.run_page.live.text
                    wait(lambda written=written: len(written.toPlainText()) >= LIVE_CHARACTERS)
                    taken.append(grab(shown))
                shown.queue.pause()
                shown.queue.close()
                for size, picture in zip(SIZES, taken, strict=True):
                    write(picture, "queue-live", theme, size)


def _start_demo(shown: MainWindow) -> None:
    shown.run_demo()
    live = shown.queue.live
    run = shown.queue.items[0].order.run
    wait(lambda: run in live and live[run].progress.stages[LIVE_STAGE].answered is not None)


def _compose(shown: MainWindow) -> None:
    shown.pages.show_page("run")
    shown.pages.run_page.compose()


def _select_runs(shown: MainWindow) -> None:
    shown.pages.show_page("history")
    shown.pages.history.show_list()
    shown.pages.history.view.selectRow(1)


def _open(shown: MainWindow, run: Path, tab: str) -> None:
    shown.pages.open_run(run)
    result = shown.pages.history.result
    result.show_tab(tab)
    if tab == "Findings":
        head = list(top_items(result.lost.tree))[3]
        for first in islice(children(head), 1):
            result.lost.tree.setCurrentItem(first)
            result.lost.tree.scrollToItem(head)
    if tab == "Verify":
        result.verify.start()
        wait(lambda: not result.verify.is_running())


def _compare(shown: MainWindow) -> None:
    shown.pages.show_page("compare")
    page = shown.pages.page("compare")
    assert isinstance(page, ComparePage)
    wait(lambda: page.report is not None)


def _scroll_down(shown: MainWindow) -> None:
    page = shown.pages.page("compare")
    assert isinstance(page, ComparePage)
    bar = page.area.verticalScrollBar()
    bar.setValue(bar.maximum())


def settle(milliseconds: int = 350) -> None:
    """Let the window draw, and its timers fire."""
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


def wait(done: Callable[[], bool]) -> None:
    """Let the window work until something is so. Raises TimeoutError."""
    end = time.monotonic() + WAIT_S
    while not done():
        if time.monotonic() > end:
            raise TimeoutError("The window never showed the page")
        settle(50)


def save(shown: QWidget, title: str, theme: Theme, size: tuple[int, int]) -> None:
    """Write one picture of what is shown once it is at rest; see `write`."""
    settle()
    QApplication.processEvents()
    write(grab(shown), title, theme, size)


def grab(shown: QWidget) -> bytes:
    """Take a picture, a PNG."""
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    shown.grab().save(buffer, "PNG")
    return bytes(data.data())


def write(png: bytes, title: str, theme: Theme, size: tuple[int, int]) -> None:
    """Write one picture with few colours, so that it is small. Raises ValueError if it is not."""
    small = _few_colours(Image.open(io.BytesIO(png)).convert("RGB"))
    path = OUT / f"{title}-{theme.name}-{size[0]}x{size[1]}.png"
    small.save(path, optimize=True)
    if path.stat().st_size > MOST_BYTES:
        raise ValueError(f"{path} has {path.stat().st_size} bytes; the most is {MOST_BYTES}")


def _few_colours(picture: Image.Image) -> Image.Image:
    """Keep the most frequent colours as they are; give the rare ones the nearest of a palette."""
    rest = picture.quantize(COLOURS - FREQUENT, method=Image.Quantize.MAXCOVERAGE).getpalette()
    pixels = np.asarray(picture, dtype=np.int32).reshape(-1, 3)
    found, place, times = np.unique(pixels, axis=0, return_inverse=True, return_counts=True)
    kept = found[np.argsort(-times)[:FREQUENT]]
    palette = np.vstack([kept, np.reshape(rest or [], (-1, 3))]).astype(np.int32)
    distance = ((found[:, None, :] - palette[None, :, :]) ** 2).sum(axis=2)
    indices = distance.argmin(axis=1).astype(np.uint8)[place.ravel()]
    small = Image.fromarray(indices.reshape(picture.height, picture.width), mode="P")
    small.putpalette(palette.ravel().tolist())
    return small


if __name__ == "__main__":
    main()
