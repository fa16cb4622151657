"""Install, build, lint and check the format of generated projects with the tools they name.

    .venv/bin/python -m benchmarks.lint_generated todo board

It needs a package index, so no test does it. What npm installs stays outside of the repository.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from app.work.golden import design_golden
from pipeline.node import toolchain
from pipeline.records.journal import write_files
from pipeline.render.project import render
from pipeline.run.golden import golden_names

NPM = Path("lib", "node_modules", "npm", "bin", "npm-cli.js")
SCRIPTS = ("build", "lint", "format:check", "test")
TIMEOUT_S = 900.0


def main() -> None:
    """Print a line for each project and script; exit with 1 if one of them fails."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", default=golden_names(), help="golden projects")
    cache = Path(tempfile.gettempdir(), "sixfold-lint")
    parser.add_argument("--cache", type=Path, default=cache, help="where npm installs")
    given = parser.parse_args()
    failed = [name for name in given.names if not check(name, given.cache / name)]
    if failed:
        raise SystemExit(1)


def check(name: str, folder: Path) -> bool:
    """Write a golden project, install what it names, and run its scripts; whether all succeed."""
    for part in ("src", "sdk", "test", "dist"):
        shutil.rmtree(folder / part, ignore_errors=True)
    write_files(folder, {file.path: file.text for file in render(design_golden(name))})
    if not (folder / "node_modules").is_dir() and not npm(
        folder, "ci", "--ignore-scripts", "--no-audit", "--no-fund"
    ):
        return False
    outcomes = [npm(folder, "run", script) for script in SCRIPTS]
    return all(outcomes)


def npm(folder: Path, *arguments: str) -> bool:
    """Run npm in a project, and print how it ended; whether it succeeded."""
    node = toolchain.node_path()
    done = subprocess.run(
        [str(node), str(node.parent.parent / NPM), *arguments],
        cwd=folder,
        env=os.environ | {"PATH": f"{node.parent}{os.pathsep}{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        timeout=TIMEOUT_S,
        check=False,
    )
    is_good = done.returncode == 0
    print(f"{folder.name}: npm {' '.join(arguments)}: {'ok' if is_good else 'failed'}")
    if not is_good:
        print(done.stdout + done.stderr)
    return is_good


if __name__ == "__main__":
    main()
