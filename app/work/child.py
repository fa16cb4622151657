"""How this program starts itself: workers, verifications and scoring run in its children."""

from __future__ import annotations

import sys

WORKER = "--worker"
"""First argument of a worker process; the second is the file with its order."""


def child_command(*arguments: str) -> tuple[str, ...]:
    """Return the command line that starts this program with other arguments.

    The current folder is kept off the import path: the project in it may have a package `app` too.
    Frozen into an app, the program is its own interpreter.
    """
    if getattr(sys, "frozen", False):
        return (sys.executable, *arguments)
    return (sys.executable, "-P", "-m", "app", *arguments)
