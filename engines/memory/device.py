"""Facts of the machine a run was measured on; nothing that names its host or its user.

On Linux the chip's name is read from /proc/cpuinfo, on macOS from sysctl. Power and heat are read
from /sys, or with macOS's pmset and notifyutil. The macOS branches are written from Apple's
documentation and manual pages and tested with texts as those show them. They have not been run on a
Mac.
"""

from __future__ import annotations

import platform
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import psutil

COMMAND_TIMEOUT_S = 5
MIB = 1 << 20
GIB = 1 << 30
UNIFIED_SHARE = 0.75
"""Share of a Mac's memory that its GPU may use where the machine does not say; 48 of 64 GB."""
KEPT_FREE_BYTES = 2 * GIB
"""What the system and other programs keep on a machine without a separate GPU."""
CGROUP_LIMIT = Path("/sys/fs/cgroup/memory.max")
CPU_FREQUENCIES = Path("/sys/devices/system/cpu/cpufreq")
PLATFORM_PROFILE = Path("/sys/firmware/acpi/platform_profile")
THERMAL_PRESSURE = "com.apple.system.thermalpressurelevel"
"""Notification of macOS, in <libkern/OSThermalNotification.h>; its state is the level."""


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


@dataclass(frozen=True)
class Slowdown:
    """What slows a machine down; None where it does not say."""

    on_battery: bool | None
    low_power_mode: bool | None
    speed_limit_percent: int | None
    """Share of its full speed that the processor may run at; 100 if nothing holds it back."""
    thermal_pressure: int | None
    """0 nominal, 1 moderate, 2 heavy, 3 trapping, 4 sleeping: the levels of macOS."""


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


def slowdown() -> Slowdown:
    """Return what slows this machine down right now."""
    if sys.platform != "darwin":
        return _linux_slowdown()
    source = _output("/usr/bin/pmset", "-g", "batt")
    saving = re.search(r"^\s*lowpowermode\s+(\d)", _output("/usr/bin/pmset", "-g"), re.MULTILINE)
    heat = _output("/usr/bin/pmset", "-g", "therm")
    limit = re.search(r"CPU_Speed_Limit\s*=\s*(\d+)", heat)
    cool = 100 if "No thermal warning" in heat else None
    pressure = re.search(r"\s(\d+)$", _output("/usr/bin/notifyutil", "-g", THERMAL_PRESSURE))
    return Slowdown(
        on_battery="'Battery Power'" in source if source else None,
        low_power_mode=None if saving is None else saving[1] == "1",
        speed_limit_percent=cool if limit is None else int(limit[1]),
        thermal_pressure=None if pressure is None else int(pressure[1]),
    )


def _linux_slowdown() -> Slowdown:
    """Read the battery, the firmware's profile and the slowest limit of a core's frequency."""
    battery = psutil.sensors_battery()
    profile = _text(PLATFORM_PROFILE)
    allowed = [
        100 * int(now) // int(most)
        for policy in CPU_FREQUENCIES.glob("policy*")
        if (now := _text(policy / "scaling_max_freq")).isdigit()
        and (most := _text(policy / "cpuinfo_max_freq")).isdigit()
        and int(most) > 0
    ]
    return Slowdown(
        on_battery=None if battery is None else not battery.power_plugged,
        low_power_mode=None if not profile else profile == "low-power",
        speed_limit_percent=min(allowed, default=None),
        thermal_pressure=None,
    )


def usable_memory(device: Device) -> int:
    """Return how many bytes a model may take on a machine.

    On a Mac what the GPU may use: as it says, else three quarters of all. Elsewhere all memory but
    what the system needs, or what this process is limited to.
    """
    if device.gpu_memory_bytes is not None:
        return device.gpu_memory_bytes
    if device.system.startswith("macOS"):
        return usable_on_mac(device.memory_bytes)
    return max(min(device.memory_bytes, _cgroup_limit()) - KEPT_FREE_BYTES, 0)


def usable_on_mac(memory_bytes: int) -> int:
    """Return what a model may take on a Mac with this much memory, to plan for one not at hand."""
    return int(memory_bytes * UNIFIED_SHARE)


def _cgroup_limit() -> int:
    """Return the limit of this process's control group; without one, more than any machine has."""
    text = _text(CGROUP_LIMIT)
    return int(text) if text.isdigit() else sys.maxsize


def _text(file: Path) -> str:
    """Return the text of one of the kernel's files; empty if there is none."""
    try:
        return file.read_text(encoding="ascii").strip()
    except (OSError, ValueError):
        return ""


def _mac_gpu_memory() -> int | None:
    """Return the limit set for the GPU's memory, else what Metal recommends."""
    limit = _sysctl("iogpu.wired_limit_mb")
    if limit.isdigit() and int(limit) > 0:
        return int(limit) * MIB
    from engines.llama import devices  # only here: it loads the library and starts Metal

    return devices.gpu_memory_bytes()


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
    return _output("/usr/sbin/sysctl", "-n", name)


def _output(*command: str) -> str:
    """Return what a program of the system prints; empty if it can't be run."""
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=COMMAND_TIMEOUT_S, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip()
