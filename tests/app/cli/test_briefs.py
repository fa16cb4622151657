"""`sixfold brief new`."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.cli.commands import run_command_line
from scoring.loading import load_brief

REQUEST = """A shelf of recipes. Members sign up with an e-mail address and a password of at least 8
characters. A recipe has a title of 3 to 80 characters. A member has at most 50 recipes.
"""


def test_a_draft_is_written_or_printed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    request, out = tmp_path / "Recipe Shelf.txt", tmp_path / "brief.toml"
    request.write_text(REQUEST, encoding="utf-8")
    assert run_command_line(["brief", "new", str(request), "--out", str(out)]) == 0
    assert "2 entities" in capsys.readouterr().out
    brief = load_brief(out)
    assert brief.name == "recipe-shelf"
    assert {rule.kind for rule in brief.rules} == {"limit", "quota", "uniqueness"}
    assert run_command_line(["brief", "new", str(request)]) == 0
    assert capsys.readouterr().out == out.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("data", "sentence"),
    [(None, "cannot be read"), (b"", "must have a text"), (b"\xff\xfe", "no text in UTF-8")],
)
def test_what_is_no_request_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], data: bytes | None, sentence: str
) -> None:
    request = tmp_path / "request.txt"
    if data is not None:
        request.write_bytes(data)
    assert run_command_line(["brief", "new", str(request)]) == 2
    assert sentence in capsys.readouterr().err
