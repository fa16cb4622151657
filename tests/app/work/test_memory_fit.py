"""The command `fit`: what it prints, what an earlier run teaches it, and what `run` makes of it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from app.cli.commands import run_command_line
from app.library.result import read_result
from app.report.fit_words import OVERRIDDEN
from app.work import memory_fit
from app.work.memory_fit import fit_known, plan_model
from app.work.model_list import RANDOM_MODEL
from app.work.order import OrderError
from app.work.peaks import measured_peaks
from engines.files.model import read_facts
from engines.llama.attention import with_attention
from engines.memory.fit import Fit
from engines.options import EngineOptions
from engines.random_weights.gguf_model import Shape, write_random_model
from engines.random_weights.vocabulary import byte_level
from engines.remedy import Remedy
from pipeline.records.journal import RESULT, open_run
from tests.app.conftest import write_run

MIB = 1 << 20
CONTEXT = 4096


@pytest.fixture
def empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in an empty folder."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def small_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a model take less memory here than that of random weights needs."""
    monkeypatch.setattr(memory_fit, "usable_memory", lambda device: 100 * MIB)


def test_fit_in_json_has_all_parts(empty: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command = ["fit", str(RANDOM_MODEL), "--context", "4096", "--memory", "64", "--json"]
    assert run_command_line(command) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["verdict"], found["measured"]) == ("comfortable", False)
    assert found["flash_attention"] is None
    assert found["usable_bytes"] == 48 << 30
    parts = found["estimate"]
    assert parts.pop("total_bytes") == sum(parts.values()) == found["required_bytes"]
    assert found["largest_context_tokens"] == 32768
    assert run_command_line([*command, "--kv-type", "q4_0"]) == 0
    smaller = json.loads(capsys.readouterr().out)
    assert smaller["estimate"]["cache_bytes"] < parts["cache_bytes"]


def test_fit_in_words(empty: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command_line(["fit", str(RANDOM_MODEL)]) == 0
    out = capsys.readouterr().out
    assert out.startswith("comfortable: ")
    assert "(estimated, context 8192, 8 forms side by side)" in out
    assert "largest context that fits" in out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--context", "99999999"], "was trained for a context of"),
        (["--context", "9"], "9 tokens is too small for the forms; use at least --context 4096"),
        (["--memory", "0"], "--memory"),
        (["--batch", "1"], "'--batch'"),
    ],
)
def test_what_can_not_be_judged(
    arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_command_line(["fit", str(RANDOM_MODEL), *arguments]) == 2
    assert words in capsys.readouterr().err


@pytest.mark.parametrize(
    ("trained", "context"), [(2048, []), (2048, ["--context", "4096"]), (8192, ["--context", "9"])]
)
def test_a_context_too_small_for_the_forms_is_refused_as_by_a_run(
    trained: int, context: list[str], empty: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    model = empty / "small.gguf"
    words = byte_level("a form and a prompt", 300, ("<|end|>",), "<|end|>")
    write_random_model(model, words, Shape(context_tokens=trained), chat_template="{{ messages }}")
    assert run_command_line(["fit", str(model), *context]) == 2
    refused = capsys.readouterr().err
    assert "4096" in refused
    assert run_command_line(["run", "todo", "--model", str(model), "--out", "run", *context]) == 2
    assert capsys.readouterr().err == refused
    assert not (empty / "run").exists()


def test_a_finished_run_replaces_the_estimate(finished_run: Path) -> None:
    result = read_result(open_run(finished_run))
    assert result is not None
    file = finished_run / RESULT
    decided = with_attention(EngineOptions(parallel=8), read_facts(RANDOM_MODEL))
    eight = result.model_copy(update={"engine": decided})
    file.write_text(eight.model_dump_json())
    model = Path(result.model.path)
    known = replace(read_facts(RANDOM_MODEL), size_bytes=result.model.size_bytes)
    peaks, context = measured_peaks(finished_run.parent), result.context_tokens
    assert context is not None
    assert list(peaks.values()) == [result.peak_memory_bytes]

    def judged(path: Path, context: int, **options: str) -> int | None:
        chosen = EngineOptions(**options)  # type: ignore[arg-type]
        return fit_known(path, known, peaks, 1 << 40, context, chosen).measured_bytes

    assert judged(model, context) == result.peak_memory_bytes
    assert judged(model, context - 256) is None
    assert judged(RANDOM_MODEL, context) is None
    assert judged(model, context, kv_type="q8_0") is None
    assert measured_peaks(finished_run.parent / "none") == {}
    heavy = replace(known, tensor_bytes=(result.peak_memory_bytes or 0) + 1)
    assert fit_known(model, heavy, peaks, 1 << 40, context).measured_bytes is None


def test_only_whole_runs_on_this_machine_alone_teach(finished_run: Path, spec) -> None:
    runs = finished_run.parent
    shared = replace(spec.engine, rpc=("127.0.0.1:50052",))
    write_run(runs / "shared", spec, peak_memory_bytes=30 << 30, engine=shared)
    write_run(runs / "cancelled", spec, peak_memory_bytes=31 << 30, outcome="cancelled")
    write_run(runs / "again", spec, peak_memory_bytes=29 << 30)
    (runs / "odd").mkdir()
    (runs / "odd" / RESULT).write_text("[]")
    assert list(measured_peaks(runs).values()) == [29 << 30]


@pytest.mark.usefixtures("small_machine")
def test_what_does_not_fit_is_refused_until_its_user_wants_it(
    empty: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = ["run", "todo", "--model", str(RANDOM_MODEL), "--context", str(CONTEXT), "--out", "run"]
    assert run_command_line(run) == 2
    refused = capsys.readouterr().err
    assert f"sixfold fit {RANDOM_MODEL} --override" in refused
    assert "on this machine" in refused
    assert "a smaller model or quantization" in refused
    assert not (empty / "run").exists()
    fit = ["fit", str(RANDOM_MODEL), "--context", str(CONTEXT)]
    assert run_command_line(fit) == 1
    assert run_command_line([*fit, "--override"]) == 0
    assert OVERRIDDEN in capsys.readouterr().out
    plan = plan_model(RANDOM_MODEL, empty, CONTEXT)
    plan.require()
    assert OVERRIDDEN in plan.warning
    assert run_command_line([*fit, "--no-override"]) == 1
    plan = plan_model(RANDOM_MODEL, empty, CONTEXT)
    with pytest.raises(OrderError) as refusal:
        plan.require()
    assert refusal.value.remedies == (Remedy("override", "set", str(RANDOM_MODEL)),)


def test_a_smaller_context_is_offered_where_one_fits(
    empty: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fused = EngineOptions(flash_attention=True)
    fits = plan_model(RANDOM_MODEL, empty, CONTEXT, fused).fit
    assert fits is not None
    monkeypatch.setattr(memory_fit, "usable_memory", lambda device: fits.required_bytes)
    plan = plan_model(RANDOM_MODEL, empty, 2 * CONTEXT, replace(fused, parallel=fits.parallel))
    assert plan.verdict == "no"
    with pytest.raises(OrderError) as refusal:
        plan.require()
    assert refusal.value.remedies == (
        Remedy("context_tokens", "lower", CONTEXT),
        Remedy("override", "set", str(RANDOM_MODEL)),
    )


def test_a_plan_chooses_the_lanes_that_memory_allows(
    empty: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    roomy = plan_model(RANDOM_MODEL, empty, CONTEXT)
    assert roomy.warning == ""
    assert roomy.fit is not None
    assert (roomy.options.parallel, roomy.fit.parallel) == (8, 8)
    alone = plan_model(RANDOM_MODEL, empty, CONTEXT, EngineOptions(parallel=1))
    assert alone.options.parallel == 1
    assert alone.fit is not None
    needed = alone.fit.required_bytes
    monkeypatch.setattr(memory_fit, "usable_memory", lambda device: needed)
    assert plan_model(RANDOM_MODEL, empty, CONTEXT).options.parallel == 1


def test_other_machines_are_not_judged(empty: Path) -> None:
    shared = EngineOptions(rpc=("127.0.0.1:50052",))
    plan = plan_model(RANDOM_MODEL, empty, CONTEXT, shared)
    plan.require()
    assert (plan.fit, plan.verdict, plan.options.parallel) == (None, None, 1)
    assert "is not known" in plan.warning


def test_models_tell_their_fit(finished_run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command_line(["models", str(RANDOM_MODEL.parent), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)[0]
    assert found["fit"]["verdict"] == "comfortable"
    assert not found["fit"]["measured"]
    assert run_command_line(["models", str(RANDOM_MODEL.parent)]) == 0
    assert "(estimated, context 8192, 8 forms side by side)" in capsys.readouterr().out


def test_flash_attention_is_off_on_a_processor_while_there_is_room(empty: Path) -> None:
    """All scores at once take memory; where only flash attention fits, it is on."""
    facts = read_facts(RANDOM_MODEL)
    alone, many = EngineOptions(parallel=1), 1 << 40

    def chosen(usable: int, options: EngineOptions = alone, gpu: bool = False) -> Fit:
        return fit_known(RANDOM_MODEL, facts, {}, usable, 32768, options, gpu=gpu)

    roomy = chosen(many)
    assert (roomy.flash_attention, roomy.verdict) == (False, "comfortable")
    narrow = chosen(roomy.required_bytes)
    assert (narrow.flash_attention, narrow.verdict) == (True, "comfortable")
    assert narrow.required_bytes < roomy.required_bytes
    assert narrow.largest_context_tokens == roomy.largest_context_tokens
    typed = chosen(roomy.required_bytes, replace(alone, flash_attention=False))
    assert (typed.flash_attention, typed.verdict) == (False, "tight")
    assert chosen(many, replace(alone, kv_type="q8_0")).flash_attention is True
    assert chosen(many, gpu=True).flash_attention is None


def test_what_was_chosen_is_in_the_plan(empty: Path) -> None:
    here = with_attention(EngineOptions(), read_facts(RANDOM_MODEL)).flash_attention
    assert plan_model(RANDOM_MODEL, empty, CONTEXT).options.flash_attention is here
    mac = plan_model(RANDOM_MODEL, empty, CONTEXT, memory_gb=64)
    assert mac.options.flash_attention is None
