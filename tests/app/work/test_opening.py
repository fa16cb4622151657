"""A model is looked at once, whatever is asked about it on the way to its first answer."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from app.work.ladder import LadderOrder, make_ladder
from app.work.memory_fit import plan_model
from app.work.model_list import RANDOM_MODEL
from app.work.opening import NO_TEMPLATE, open_planned
from app.work.order import Order, OrderError
from app.work.worker import carry_out
from engines.files import gguf_header, mlx_folder
from engines.options import EngineOptions
from engines.protocol import Cancelled
from engines.random_weights.gguf_model import Shape, write_random_model
from engines.random_weights.vocabulary import byte_level
from pipeline.records.events import Event, Logged
from pipeline.records.journal import new_run_id
from pipeline.records.options import RunOptions

MIB = 1 << 20
CONTEXT = 4096
PLAIN = "{% for m in messages %}{{ m.content }}{% endfor %}"


@pytest.fixture
def mlx_model(tmp_path: Path) -> Path:
    """An MLX folder with room for the forms."""
    random_mlx = pytest.importorskip(
        "engines.random_weights.mlx_model", reason="MLX is not installed"
    )
    words = byte_level("a form and a prompt", 300, ("<|end|>",), "<|end|>")
    path = tmp_path / "tiny-mlx"
    random_mlx.write_random_mlx(path, words, Shape(context_tokens=CONTEXT), chat_template=PLAIN)
    return path


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Collect the files whose headers are read."""
    read: list[Path] = []

    def counted(name: str, module: object) -> None:
        real: Callable[[Path], object] = getattr(module, name)

        def count(path: Path) -> object:
            read.append(path)
            return real(path)

        monkeypatch.setattr(module, name, count)

    counted("_read_file", gguf_header)
    counted("read_arrays", mlx_folder)
    return read


def run_until_asked(model: Path, out: Path) -> None:
    made = Order(request="todo", model=model, run=new_run_id(), out=out)
    with pytest.raises(Cancelled):
        carry_out(made, lambda event: None, lambda: True)


def climb_until_asked(model: Path) -> None:
    made = LadderOrder(request="todo", model=model, options=RunOptions())
    with pytest.raises(Cancelled):
        make_ladder(made, lambda event: None, lambda: True)


def test_a_run_reads_the_header_of_a_gguf_model_once(reads: list[Path], tmp_path: Path) -> None:
    run_until_asked(RANDOM_MODEL, tmp_path / "run")
    assert reads == [RANDOM_MODEL]


def test_a_run_reads_the_header_of_an_mlx_model_once(
    mlx_model: Path, reads: list[Path], tmp_path: Path
) -> None:
    run_until_asked(mlx_model, tmp_path / "run")
    assert reads == [mlx_model / "model.safetensors"]


def test_a_ladder_reads_the_header_once(reads: list[Path]) -> None:
    climb_until_asked(RANDOM_MODEL)
    assert reads == [RANDOM_MODEL]


def test_a_tight_fit_is_said_before_the_model_is_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    needed = plan_model(RANDOM_MODEL, tmp_path, CONTEXT, EngineOptions(parallel=1)).fit
    assert needed is not None
    seen: list[Event] = []
    frugal = EngineOptions(parallel=1, flash_attention=True)
    least = plan_model(RANDOM_MODEL, tmp_path, CONTEXT, frugal).fit
    assert least is not None
    fewer = min(needed.required_bytes, least.required_bytes) - 1
    for usable, verdict in ((needed.required_bytes, "tight"), (fewer, "no")):
        monkeypatch.setattr("app.work.memory_fit.usable_memory", lambda device, most=usable: most)
        plan = plan_model(RANDOM_MODEL, tmp_path, CONTEXT, EngineOptions(parallel=1))
        assert plan.verdict == verdict
        if verdict == "no":
            with pytest.raises(OrderError, match="a smaller model"):
                open_planned(plan, seen.append)
        else:
            open_planned(plan, seen.append).close()
    warning, opening = seen
    assert isinstance(warning, Logged)
    assert warning.level == "warning"
    assert warning.text.endswith("Close other programs.")
    assert isinstance(opening, Logged)
    assert opening.text == f"Opening {RANDOM_MODEL.name}"


def test_a_model_without_a_chat_template_is_said_to_have_none(tmp_path: Path) -> None:
    words = byte_level("a form and a prompt", 300, ("<|end|>",), "<|end|>")
    path = tmp_path / "base.gguf"
    write_random_model(path, words, Shape(context_tokens=CONTEXT))
    events: list[Event] = []
    open_planned(plan_model(path, tmp_path, CONTEXT), events.append).close()
    warning, opening = events
    assert isinstance(warning, Logged)
    assert (warning.level, warning.text) == ("warning", f"base.gguf {NO_TEMPLATE}")
    assert isinstance(opening, Logged)
    assert opening.level == "info"
