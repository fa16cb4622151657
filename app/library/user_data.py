"""The one home of all that Sixfold keeps on a machine.

    runs/  queue.json  requests/  preferences.json  fit-overrides.json  window.ini

The index of the runs lies among them, so that both move together.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import platformdirs

from app.library.preferences import load_preferences

VARIABLE = "SIXFOLD_DATA"
"""Environment variable that names another folder for all of it."""
NAME = "Sixfold" if sys.platform == "darwin" else "sixfold"


def data_folder() -> Path:
    """Return the folder, where the system wants it; it need not exist."""
    chosen = os.environ.get(VARIABLE)
    if chosen:
        return Path(chosen).absolute()
    return platformdirs.user_data_path(NAME, appauthor=False)


def runs_folder() -> Path:
    """Return the folder for runs: the one that the preferences name, else `runs` in the home.

    Preferences that can't be read name none; the window and `sixfold doctor` say so.
    """
    data = data_folder()
    preferences, _ = load_preferences(data)
    return preferences.runs_below(data)
