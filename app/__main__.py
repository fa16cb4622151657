"""The one way in: the console script `sixfold`, `python -m app`, workers and the sandbox."""

from __future__ import annotations

import sys
from pathlib import Path


def start() -> int:
    """Choose by the first argument; a worker must never import Qt or the command line."""
    from app.work.child import WORKER
    from pipeline.node.sandbox import CONFINE, become

    arguments = sys.argv[1:]
    if arguments[:1] == [CONFINE]:
        become(arguments[1], arguments[2:])
    if arguments[:1] == [WORKER] and len(arguments) == 2:
        from app.work import worker

        return worker.main(Path(arguments[1]))
    from app.cli.commands import run_command_line

    return run_command_line(arguments)


def main() -> None:
    """Start from the installed script `sixfold`."""
    _leave_current_folder()
    sys.exit(start())


def _leave_current_folder() -> None:
    """Take the current folder off the import path, unless this program lives in it.

    `python -m app` and some values of PYTHONPATH put it there, and it may have packages with the
    names of ours.
    """
    try:
        here = Path.cwd()
    except FileNotFoundError:
        return  # it was deleted, and its packages with it
    if here != Path(__file__).resolve().parent.parent:
        sys.path[:] = [each for each in sys.path if Path(each).resolve() != here]


if __name__ == "__main__":
    main()
