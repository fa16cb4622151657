"""What the window asks of macOS beyond Qt: staying awake, notifications, a bar in the Dock.

On other systems each of them does nothing. Not run on a Mac: written from the manual pages of
caffeinate and osascript; the Dock shows the icon that the program gives itself.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence

from PySide6.QtCore import QProcess
from PySide6.QtGui import QGuiApplication, QIcon

from app.window.parts.app_icon import app_icon

CAFFEINATE = "/usr/bin/caffeinate"
OSASCRIPT = "/usr/bin/osascript"
NOTIFY = (
    "on run words",
    "display notification (item 2 of words) with title (item 1 of words)",
    "end run",
)
"""AppleScript that takes its texts as arguments, so that no text can become a command."""
STEPS = 50
"""Steps of the Dock's bar; each is another icon."""

Start = Callable[[str, Sequence[str]], object]
SetIcon = Callable[[QIcon], object]


class Mac:
    """The three services; what starts programs and what sets the icon can be given for tests."""

    def __init__(
        self,
        platform: str = sys.platform,
        start: Start = QProcess.startDetached,
        set_icon: SetIcon = QGuiApplication.setWindowIcon,
    ) -> None:
        """Do nothing unless the platform is macOS."""
        self._here = platform == "darwin"
        self._start = start
        self._set_icon = set_icon
        self._step: int | None = None

    def keep_awake(self, pid: int) -> None:
        """Keep the machine from idle sleep as long as a process lives."""
        if self._here and pid:
            self._start(CAFFEINATE, ["-i", "-w", str(pid)])

    def notify(self, title: str, text: str) -> None:
        """Show a notification."""
        if self._here:
            script = [word for line in NOTIFY for word in ("-e", line)]
            self._start(OSASCRIPT, [*script, title, text])

    def show_progress(self, share: float | None) -> None:
        """Show how far the queue is in the Dock, 0 to 1; None takes the bar away."""
        step = None if share is None else round(share * STEPS)
        if self._here and step != self._step:
            self._step = step
            self._set_icon(app_icon(share))
