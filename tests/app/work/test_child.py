"""A child is this program again, frozen or not."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from app import __main__
from app.work.child import child_command
from pipeline.node import runtime, sandbox


def test_a_child_does_not_look_into_the_current_folder() -> None:
    assert child_command("verify", "x") == (sys.executable, "-P", "-m", "app", "verify", "x")


@pytest.fixture
def frozen(monkeypatch: pytest.MonkeyPatch) -> None:
    """Be a program without an interpreter beside it."""
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(sys, "executable", "/Applications/Sixfold")


@pytest.mark.usefixtures("frozen")
def test_a_frozen_program_starts_itself() -> None:
    assert child_command("verify", "x") == ("/Applications/Sixfold", "verify", "x")
    program, flag, limits = runtime._confined(5, network_namespace=False)
    assert (program, flag) == ("/Applications/Sixfold", sandbox.CONFINE)
    assert json.loads(limits)["cpu_s"] == 5


def test_the_program_understands_what_a_frozen_one_is_started_with(tmp_path: Path) -> None:
    limits = runtime._confined(5, network_namespace=False)[-1]
    command = child_command(sandbox.CONFINE, limits, "/bin/echo", "confined")
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "confined\n")


def test_the_current_folder_is_left_unless_the_program_lives_in_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = Path(__main__.__file__).resolve().parent.parent
    for folder, left in ((tmp_path, [str(home)]), (home, [str(tmp_path), str(home)])):
        monkeypatch.chdir(folder)
        monkeypatch.setattr(sys, "path", [str(tmp_path), str(home)])
        __main__._leave_current_folder()
        assert sys.path == left
