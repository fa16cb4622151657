"""The one way in: the console script `sixfold`, `python -m app`, and the worker process."""

from __future__ import annotations

import sys
from pathlib import Path

WORKER_FLAG = "--worker"


def start() -> int:
    """Choose by the first argument; a worker must never import Qt or the command line."""
    if sys.argv[1:2] == [WORKER_FLAG] and len(sys.argv) == 3:
        from app.work import worker

        return worker.main(Path(sys.argv[2]))
    from app.cli.commands import run_command_line

    return run_command_line(sys.argv[1:])


def main() -> None:
    """Start from the installed script `sixfold`."""
    sys.exit(start())


if __name__ == "__main__":
    main()
