"""`sixfold ladder` on random weights: a table, a document, a folder to go on from."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from app.cli.commands import run_command_line
from app.work.ladder import parse_levels
from app.work.model_list import RANDOM_MODEL
from app.work.order import OrderError

MODEL = ("--model", str(RANDOM_MODEL))
QUICK = ("--forms", "1", "--max-tokens-per-call", "64")


def test_levels_are_read_in_the_order_of_the_ladder() -> None:
    assert parse_levels("narrowed, free") == ("free", "narrowed")
    with pytest.raises(OrderError, match="magic is no level"):
        parse_levels("free,magic")


def test_a_ladder_is_printed_and_kept(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "ladder"
    command = ["ladder", "todo", *MODEL, *QUICK, "--levels", "grammar,narrowed", "--out", str(out)]
    assert run_command_line(command) == 0
    shown = capsys.readouterr().out
    assert "first try" in shown
    made = json.loads((out / "ladder.json").read_text())
    answers = sorted((out / "calls").rglob("*.json"))
    assert {rung["level"] for rung in made["rungs"]} == {"grammar", "narrowed"}
    narrowed = next(rung for rung in made["rungs"] if rung["level"] == "narrowed")
    assert narrowed["by_round"][0]["share"] == 1.0
    times = [path.stat().st_mtime_ns for path in answers]

    assert run_command_line([*command, "--json"]) == 0  # continues from what is there
    assert json.loads(capsys.readouterr().out) == made
    assert sorted((out / "calls").rglob("*.json")) == answers
    assert [path.stat().st_mtime_ns for path in answers] == times


def test_a_ladder_is_climbed_with_the_options_of_a_run(capsys: pytest.CaptureFixture[str]) -> None:
    how = ("--kv-type", "q8_0", "--threads", "1", "--batch", "64", "--parallel", "2")
    command = ["ladder", "todo", *MODEL, *QUICK, *how, "--temperature", "0", "--json"]
    assert run_command_line([*command, "--levels", "narrowed"]) == 0
    made = json.loads(capsys.readouterr().out)
    chosen = {"kv_type": "q8_0", "threads": 1, "batch_tokens": 64, "parallel": 2}
    assert made["options"]["engine"].items() >= chosen.items()
    assert made["options"]["sampler"]["temperature"] == 0.0
    assert made["rungs"][0]["by_round"][0]["share"] == 1.0


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--levels", "tools"), "can't offer functions"),
        (("--levels", "tools"), "choose another --levels"),
        (("--seed", "4294967295", "--seeds", "2"), "4294967295 is the largest"),
        (("--think-tokens", "50"), "think block"),
        (("--think-tokens", "50"), "leave --think-tokens out"),
        (("--levels", ""), "is no level"),
        (("--threads", "0"), "'--threads'"),
        (("--rpc", "nowhere"), "names no server"),
    ],
)
def test_what_can_not_be_is_refused_in_a_sentence(
    options: tuple[str, ...], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_command_line(["ladder", "todo", *MODEL, *QUICK, *options]) == 2
    assert words in capsys.readouterr().err


def test_a_folder_of_something_else_is_left_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "thesis.txt").write_text("keep")
    assert run_command_line(["ladder", "todo", *MODEL, *QUICK, "--out", str(tmp_path)]) == 2
    assert "holds no ladder" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]
