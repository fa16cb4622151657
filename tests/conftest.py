"""What every test needs: Qt without a screen, and the golden projects, each designed once."""

from __future__ import annotations

import functools
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from engines.protocol import Request
    from pipeline.project import Project

os.environ["QT_QPA_PLATFORM"] = "offscreen"
settings.register_profile("thorough", deadline=None, print_blob=True)


@functools.cache
def _asked(name: str) -> tuple[Project, dict[str, Request]]:
    from app.work.golden import design_golden
    from engines.scripted import ScriptedEngine

    asked: dict[str, Request] = {}
    answer = ScriptedEngine.complete_all

    def record(self: ScriptedEngine, requests: Sequence[Request], *rest: Any) -> Any:
        asked.update({request.key: request for request in requests})
        return answer(self, requests, *rest)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ScriptedEngine, "complete_all", record)
        return design_golden(name), asked


def _design(name: str) -> Project:
    return _asked(name)[0]


@pytest.fixture(scope="session")
def golden() -> Callable[[str], Project]:
    """Return what designs a golden project by its name, each once."""
    return _design


@pytest.fixture(scope="session")
def asked() -> Callable[[str], dict[str, Request]]:
    """Return what a golden project's model was asked, by the key of the form."""
    return lambda name: _asked(name)[1]


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Write a golden project's files into a folder that all tests share, by its name."""
    from pipeline.records.journal import write_files
    from pipeline.render.project import render

    @functools.cache
    def build(name: str) -> Path:
        out = tmp_path_factory.mktemp("golden") / name
        write_files(out, {file.path: file.text for file in render(_design(name))})
        return out

    return build
