"""Memory of this process and of the machine."""

from __future__ import annotations

import resource
import sys

import psutil

from pipeline.records.events import MemorySampled

KIBIBYTE = 1024
"""Unit of the peak on Linux; on macOS it is bytes."""


def measure() -> MemorySampled:
    """Measure now; the peak is the operating system's own, so it misses nothing between samples."""
    machine = psutil.virtual_memory()
    now = psutil.Process().memory_info().rss
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return MemorySampled(
        rss_bytes=now,
        peak_bytes=max(now, peak if sys.platform == "darwin" else peak * KIBIBYTE),
        system_used_bytes=machine.total - machine.available,
        system_total_bytes=machine.total,
    )
