"""Facts of the machine a run was measured on; nothing that names its host or its user.

On Linux the chip's name is read from /proc/cpuinfo, on macOS from sysctl. The macOS branch is
written from Apple's documentation and has not been run on a Mac.
"""

from __future__ import annotations

import platform
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import psutil

SYSCTL_TIMEOUT_S = 5
MIB = 1 << 20


@dataclass(frozen=True)
class Device:
    """The machine; None where it does not say."""

    chip: str
    cores: int
    """Physical ones."""
    performance_cores: int
    """Cores to compute on: on chips with two kinds, the fast ones."""
    memory_bytes: int
    system: str
    """Operating system and version."""
    gpu_memory_bytes: int | None
    """Memory the GPU may use at most; on Apple chips a part of the whole memory."""


def describe() -> Device:
    """Describe this machine."""
    on_mac = sys.platform == "darwin"
    chip = _sysctl("machdep.cpu.brand_string") if on_mac else _linux_chip()
    system = f"macOS {platform.mac_ver()[0]}" if on_mac else _linux_system()
    return Device(
        chip=chip or platform.machine(),
        cores=psutil.cpu_count(logical=False) or 1,
        performance_cores=performance_cores(),
        memory_bytes=psutil.virtual_memory().total,
        system=system,
        gpu_memory_bytes=_mac_gpu_memory() if on_mac else None,
    )


def performance_cores() -> int:
    """Count the cores to compute on."""
    if sys.platform == "darwin":
        fast = _sysctl("hw.perflevel0.physicalcpu")
        if fast.isdigit():
            return int(fast)
    return psutil.cpu_count(logical=False) or 1


def _mac_gpu_memory() -> int | None:
    """Return the limit set for the GPU's memory; None if it is the system's default."""
    limit = _sysctl("iogpu.wired_limit_mb")
    return int(limit) * MIB if limit.isdigit() and int(limit) > 0 else None


def _linux_chip() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return ""
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, "")


def _linux_system() -> str:
    try:
        release = platform.freedesktop_os_release()
    except OSError:
        return f"{platform.system()} {platform.release()}"
    return release.get("PRETTY_NAME", platform.system())


def _sysctl(name: str) -> str:
    """Read one value of the macOS kernel; empty if there is none."""
    command = ["/usr/sbin/sysctl", "-n", name]
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=SYSCTL_TIMEOUT_S, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip()
