"""The command line's contract: exit codes, one sentence on stderr, one JSON document on stdout."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from pathlib import Path

import pytest

from app.cli.commands import run_command_line
from app.library.result import read_result
from app.library.runs import read_entry
from app.work import worker
from app.work.child import child_command
from app.work.model_list import RANDOM_MODEL
from app.work.order import Order, OrderError
from app.work.peaks import measured_peaks
from pipeline.records.journal import RESULT, SPEC, open_run
from pipeline.records.spec import RunSpec
from pipeline.records.stages import ARTIFACTS
from tests.app.conftest import write_run
from tests.app.other_version import make_other_version

WAIT_S = 60


@pytest.fixture
def workplace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in an empty folder."""
    place = tmp_path / "work"
    place.mkdir()
    monkeypatch.chdir(place)
    return place


def gguf(path: Path, *, keep_bytes: int) -> Path:
    path.write_bytes(RANDOM_MODEL.read_bytes()[:keep_bytes])
    return path


def bad_runs(place: Path) -> dict[str, tuple[list[str], str]]:
    """Give every bad input with a word of the sentence it must get."""
    model = ["--model", str(RANDOM_MODEL)]
    (place.parent / "empty.txt").write_text(" \n")
    (place.parent / "text.gguf").write_text("This is not a model at all, but it is long enough.")
    (place.parent / "empty.gguf").touch()
    (place.parent / "full").mkdir()
    (place.parent / "full" / "thesis.txt").write_text("keep")
    (place.parent / "file").write_text("")
    cut = gguf(place.parent / "cut.gguf", keep_bytes=200_000)
    return {
        "unknown request": (["nonsense", *model], "no request 'nonsense'"),
        "empty request": ([str(place.parent / "empty.txt"), *model], "is empty"),
        "missing model": (["todo", "--model", "none.gguf"], "no model file"),
        "empty model": (["todo", "--model", str(place.parent / "empty.gguf")], "is empty"),
        "truncated model": (["todo", "--model", str(cut)], str(cut)),
        "other file": (["todo", "--model", str(place.parent / "text.gguf")], "text.gguf"),
        "folder for a model": (["todo", "--model", str(place.parent)], "holds no MLX model"),
        "no model": (["todo"], "--model"),
        "out not empty": (["todo", *model, "--out", str(place.parent / "full")], "not empty"),
        "out is a file": (["todo", *model, "--out", str(place.parent / "file")], "is a file"),
        "out below a file": (["todo", *model, "--out", str(place.parent / "file/x")], "file"),
        "unwritable out": (["todo", *model, "--out", "/proc/sixfold"], "can't be written"),
        "small context": (["todo", *model, "--context", "100"], "100 tokens is too small"),
        "large context": (["todo", *model, "--context", "9999999"], "context"),
        "no such level": (["todo", *model, "--level", "magic"], "magic"),
        "feedback": (["todo", *model, "--feedback", "4"], "--feedback"),
        "no such option": (["todo", *model, "--turbo"], "--turbo"),
    }


CASES = (
    "unknown request",
    "empty request",
    "missing model",
    "empty model",
    "truncated model",
    "other file",
    "folder for a model",
    "no model",
    "out not empty",
    "out is a file",
    "out below a file",
    "unwritable out",
    "small context",
    "large context",
    "no such level",
    "feedback",
    "no such option",
)


@pytest.mark.parametrize("case", CASES)
def test_bad_input_is_one_sentence(
    case: str, workplace: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    arguments, words = bad_runs(workplace)[case]
    assert run_command_line(["run", *arguments, "--json"]) == 2
    out, err = capfd.readouterr()
    assert out == ""
    assert err.startswith("sixfold: ")
    assert err.count("\n") == 1
    assert words in err
    assert "Traceback" not in err
    assert list(workplace.iterdir()) == []
    assert [path.name for path in (workplace.parent / "full").iterdir()] == ["thesis.txt"]


@pytest.mark.parametrize(
    "arguments",
    [
        ("run", "todo", "--temperature"),
        ("run", "todo", "--cool-down"),
        ("run", "todo", "--wired-limit"),
        ("ladder", "todo", "--temperature"),
        ("fit", str(RANDOM_MODEL), "--memory"),
    ],
)
@pytest.mark.parametrize("number", ["nan", "inf"])
def test_what_is_no_amount_is_refused(
    arguments: tuple[str, ...], number: str, workplace: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    model = [] if arguments[0] == "fit" else ["--model", str(RANDOM_MODEL)]
    assert run_command_line([*arguments, number, *model]) == 2
    out, err = capfd.readouterr()
    assert out == ""
    assert err.startswith(f"sixfold: Invalid value for '{arguments[-1]}': ")
    assert err.count("\n") == 1
    assert list(workplace.iterdir()) == []


def test_a_run_prints_its_result_and_nothing_else(
    workplace: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """A model with random weights, every form closed early: valid and type-checked anyway."""
    arguments = ["run", "todo", "--model", str(RANDOM_MODEL), "--out", "run", "--seed", "3"]
    code = run_command_line([*arguments, "--max-tokens-per-call", "64", "--json"])
    out, err = capfd.readouterr()
    assert (code, err) == (0, "")
    result = json.loads(out)
    assert result == json.loads((workplace / "run" / "result.json").read_text())
    assert result["outcome"] == "finished"
    assert result["totals"]["valid"] == result["totals"]["calls"] > 0
    assert set(result["artifacts"]) == set(ARTIFACTS)
    assert result["score"]["compile"]["failed"] == 0
    assert set(result["score"]["axes"]) == {
        "requirements",
        "database",
        "api",
        "tests",
        "implementation",
        "sdk",
    }
    assert result["peak_memory_bytes"] > 0
    assert result["decode_tok_per_s"] > 0


@pytest.mark.parametrize(
    ("arguments", "place"),
    [
        (["run", "todo", "--model", str(RANDOM_MODEL)], "choices/runs"),
        (["demo"], "choices/runs"),
        (["demo", "--runs", "runs"], "work/runs"),
    ],
)
def test_a_run_without_a_folder_of_its_own_is_kept_in_the_home(
    arguments: list[str], place: str, workplace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    orders: list[Order] = []

    def refuse(order: Order, *_: object) -> None:
        orders.append(order)
        raise OrderError("Seen enough")

    monkeypatch.setattr(worker, "carry_out", refuse)
    assert run_command_line(arguments) == 2
    assert orders[0].out.absolute().parent == workplace.parent / place
    assert list(workplace.iterdir()) == []


def test_an_old_run_is_scored_again_without_its_model(
    finished_run: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_command_line(["score", str(finished_run), "--json"]) == 0
    first = capsys.readouterr().out
    assert json.loads(first)["brief"]["name"] == "todo"
    assert run_command_line(["score", str(finished_run / "artifacts"), "--brief", "todo"]) == 0
    assert "Requirements" in capsys.readouterr().out
    assert run_command_line(["score", str(finished_run), "--json"]) == 0
    assert capsys.readouterr().out == first


def test_a_run_of_another_version_is_scored_again(
    finished_run: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_command_line(["score", str(finished_run), "--json"]) == 0
    ours = capsys.readouterr().out
    make_other_version(finished_run)
    assert run_command_line(["score", str(finished_run), "--json"]) == 0
    assert capsys.readouterr().out == ours
    for command in (["resume"], ["card", "--out", "card.png"]):
        assert run_command_line([command[0], str(finished_run), *command[1:]]) == 2
        assert "an older version of Sixfold" in capsys.readouterr().err


def test_an_unknown_brief_is_refused(
    finished_run: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_command_line(["score", str(finished_run), "--brief", "nonsense"]) == 2
    assert "nonsense" in capsys.readouterr().err


def test_requests_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command_line(["requests", "--json"]) == 0
    names = [request["name"] for request in json.loads(capsys.readouterr().out)]
    assert {"todo", "board"} <= set(names)


def test_models_are_found_at_any_depth_and_bad_ones_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "deep" / "er").mkdir(parents=True)
    (tmp_path / "deep" / "er" / "demo.gguf").symlink_to(RANDOM_MODEL)
    gguf(tmp_path / "cut.gguf", keep_bytes=5000)
    assert run_command_line(["models", str(tmp_path), "--json"]) == 0
    found = {Path(each["path"]).name: each for each in json.loads(capsys.readouterr().out)}
    assert found["demo.gguf"]["architecture"]
    assert found["demo.gguf"]["problem"] is None
    assert "cut.gguf" in found["cut.gguf"]["problem"]


def test_check_counts_files_and_errors(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "good.ts").write_text("export const one: number = 1;\n")
    assert run_command_line(["check", str(tmp_path), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["units"] == 1
    (tmp_path / "src" / "bad.ts").write_text("export const one: number = 'x';\n")
    assert run_command_line(["check", str(tmp_path)]) == 1
    out = capsys.readouterr().out
    assert "src/bad.ts:1:14: TS2322" in out
    assert "2 files, 1 with errors" in out


@pytest.mark.parametrize("ending", ["png", "svg", "pdf", "html", "md"])
def test_a_card_in_every_format(finished_run: Path, tmp_path: Path, ending: str) -> None:
    command = child_command("card", str(finished_run))
    out = tmp_path / f"card.{ending}"
    done = subprocess.run([*command, "--out", str(out)], capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")
    assert out.stat().st_size > 500


def test_a_card_of_no_run_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command_line(["card", str(tmp_path), "--out", str(tmp_path / "card.png")]) == 2
    assert "is not a run folder" in capsys.readouterr().err


def test_the_doctor_finds_everything(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command_line(["doctor"]) == 0
    assert "MISSING" not in capsys.readouterr().out


def test_ctrl_c_keeps_the_folder_whole(tmp_path: Path) -> None:
    out = tmp_path / "run"
    command = child_command("run", "todo", "--model", str(RANDOM_MODEL))
    with subprocess.Popen(
        [*command, "--out", str(out)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        deadline = time.monotonic() + WAIT_S
        while not (out / "calls").is_dir() and time.monotonic() < deadline:
            time.sleep(0.05)
        os.kill(process.pid, signal.SIGINT)
        _, err = process.communicate(timeout=WAIT_S)
    assert process.returncode == 130
    assert err == (
        f"sixfold: Cancelled; what was made is in {out}. Continue with: sixfold resume {out}\n"
    )
    result = read_result(open_run(out))
    assert result is not None
    assert result.outcome == "cancelled"


def test_a_command_offers_no_option_that_it_does_not_have(
    finished_run: Path, spec: RunSpec, capsys: pytest.CaptureFixture[str]
) -> None:
    (finished_run / RESULT).unlink()
    asked = json.loads((finished_run / SPEC).read_text())
    asked["model"]["path"], asked["context_tokens"] = str(RANDOM_MODEL), 512
    (finished_run / SPEC).write_text(json.dumps(asked))
    assert run_command_line(["resume", str(finished_run)]) == 2
    refused = capsys.readouterr().err
    assert "too small for the forms" in refused
    assert "--context" not in refused


def test_one_damaged_option_leaves_the_rest_of_the_history(
    finished_run: Path, spec: RunSpec
) -> None:
    whole = write_run(finished_run.parent / "whole", spec)
    for name in (SPEC, RESULT):
        text = (finished_run / name).read_text()
        (finished_run / name).write_text(text.replace('"threads": null', '"threads": 0'))
    assert read_entry(finished_run).state == "damaged"
    assert read_entry(whole).state == "finished"
    assert list(measured_peaks(finished_run.parent).values()) == [19_870_000_000]
