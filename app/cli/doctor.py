"""Look whether everything a run needs is on this machine."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from app.library.overrides import load_overrides
from app.library.preferences import load_preferences
from app.library.user_data import data_folder, runs_folder
from app.report import numbers
from app.work.model_list import builtin_model, is_trained
from engines.files.gguf_header import read_header
from engines.llama import rpc
from engines.memory.device import describe, usable_memory
from engines.protocol import ModelFileError
from pipeline.node import toolchain
from pipeline.node.runtime import network_namespace_permitted
from pipeline.node.toolchain import ToolchainError
from pipeline.records.journal import RunFolderError, check_target


@dataclass(frozen=True)
class Finding:
    """One thing looked at; `ok` None if it only informs."""

    name: str
    ok: bool | None
    text: str


def examine() -> Iterator[Finding]:
    """Look at the machine, the engine, the toolchain, the built-in model and the run folder."""
    machine = describe()
    yield Finding(
        "machine",
        None,
        f"{machine.chip}, {machine.cores} cores, {machine.memory_bytes / 2**30:.0f} GB, "
        f"{machine.system}",
    )
    usable = numbers.size(usable_memory(machine))
    yield Finding("memory", None, f"a model may take {usable}")
    for package in ("llama-cpp-python", "mlx-lm", "llguidance", "PySide6-Essentials"):
        yield _package(package)
    sharing = (
        "llama.cpp can share layers with other machines"
        if rpc.is_supported()
        else "llama.cpp can't share layers with other machines; make setup RPC=1 builds it in"
    )
    yield Finding("RPC", None, sharing)
    yield _path("node", toolchain.node_path)
    yield _path("npm packages", toolchain.node_modules_dir)
    yield _path("TypeScript", toolchain.tsc_path)
    try:
        model = builtin_model()
        read_header(model)
        remark = "" if is_trained(model) else " (random weights: the trained one was not fetched)"
        yield Finding("built-in model", True, f"{model}{remark}")
    except ModelFileError as error:
        yield Finding("built-in model", False, f"{error} Run `make setup`.")
    _, problem = load_preferences(data_folder())
    if problem:
        yield Finding("preferences", False, problem)
    _, problem = load_overrides()
    if problem:
        yield Finding("models to run anyway", False, problem)
    try:
        check_target(runs_folder() / "new")
        yield Finding("run folder", True, str(runs_folder()))
    except RunFolderError as error:
        yield Finding("run folder", False, str(error))
    walls = "a network namespace" if network_namespace_permitted() else "Node's permissions"
    yield Finding("sandbox", None, f"generated code is cut off the network by {walls}")


def _package(name: str) -> Finding:
    try:
        return Finding(name, True, version(name))
    except PackageNotFoundError:
        return Finding(name, False, "not installed; run `make setup`")


def _path(name: str, find: Callable[[], Path]) -> Finding:
    try:
        return Finding(name, True, str(find()))
    except ToolchainError as error:
        return Finding(name, False, str(error))
