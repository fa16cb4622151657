"""What the window asks of macOS; tested with what it would start, not run on a Mac."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from PySide6.QtGui import QIcon
from pytestqt.qtbot import QtBot

from app.window.mac import Mac


class Started:
    """Notes what is started and shown."""

    def __init__(self) -> None:
        self.commands: list[tuple[str, ...]] = []
        self.icons: list[QIcon] = []

    def __call__(self, program: str, arguments: Sequence[str]) -> bool:
        self.commands.append((program, *arguments))
        return True


@pytest.fixture
def started(qapp: object) -> Started:
    return Started()


def mac(started: Started, platform: str = "darwin") -> Mac:
    return Mac(platform, started, started.icons.append)


def test_the_machine_stays_awake_as_long_as_the_worker(started: Started) -> None:
    mac(started).keep_awake(4711)
    assert started.commands == [("/usr/bin/caffeinate", "-i", "-w", "4711")]


def test_no_worker_keeps_nothing_awake(started: Started) -> None:
    mac(started).keep_awake(0)
    assert started.commands == []


def test_texts_of_a_notification_are_arguments_and_never_script(started: Started) -> None:
    evil = '" & (do shell script "rm -rf /") & "'
    mac(started).notify("Done", evil)
    command = started.commands[0]
    assert command[0] == "/usr/bin/osascript"
    assert command[-2:] == ("Done", evil)
    script = [command[place + 1] for place, word in enumerate(command) if word == "-e"]
    assert not any("rm -rf" in line for line in script)


def test_the_dock_is_drawn_only_when_it_changes(started: Started, qtbot: QtBot) -> None:
    shown = mac(started)
    for share in (0.0, 0.001, 0.5, 0.501, None, None):
        shown.show_progress(share)
    assert len(started.icons) == 3
    pictures = [icon.pixmap(128, 128).toImage() for icon in started.icons]
    assert pictures[0] != pictures[1]
    assert pictures[1] != pictures[2]


def test_elsewhere_nothing_happens(started: Started) -> None:
    other = mac(started, "linux")
    other.keep_awake(1)
    other.notify("a", "b")
    other.show_progress(0.5)
    assert (started.commands, started.icons) == ([], [])
