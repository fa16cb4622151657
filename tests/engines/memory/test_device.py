"""Facts of this machine, and of nobody."""

import getpass
import platform
import sys

import psutil
import pytest

from engines.llama import devices
from engines.memory import device as device_module
from engines.memory.device import (
    GIB,
    Device,
    Slowdown,
    describe,
    slowdown,
    usable_memory,
    usable_on_mac,
)

MAC = {
    ("/usr/sbin/sysctl", "-n", "machdep.cpu.brand_string"): "Apple M1 Max",
    ("/usr/sbin/sysctl", "-n", "hw.perflevel0.physicalcpu"): "8",
    ("/usr/sbin/sysctl", "-n", "iogpu.wired_limit_mb"): "0",
    ("/usr/bin/pmset", "-g", "batt"): "Now drawing from 'Battery Power'\n -InternalBattery-0 80%",
    ("/usr/bin/pmset", "-g"): "Currently in use:\n standby   1\n lowpowermode         1\n sleep 1",
    ("/usr/bin/pmset", "-g", "therm"): "CPU_Scheduler_Limit = 100\n CPU_Speed_Limit = 70",
    ("/usr/bin/notifyutil", "-g", "com.apple.system.thermalpressurelevel"): (
        "com.apple.system.thermalpressurelevel 2"
    ),
}
"""What a Mac's programs print, after their manual pages; not taken from a Mac."""


@pytest.fixture
def mac(monkeypatch):
    """Make this machine answer like a Mac; returns the texts, to be changed."""
    texts = dict(MAC)
    monkeypatch.setattr(sys, "platform", "darwin")
    monkeypatch.setattr(platform, "mac_ver", lambda: ("26.1", ("", "", ""), "arm64"))
    monkeypatch.setattr(device_module, "_output", lambda *command: texts.get(command, ""))
    return texts


def test_the_machine_is_described_without_naming_it():
    device = describe()
    assert device.memory_bytes == psutil.virtual_memory().total
    assert 1 <= device.performance_cores <= (psutil.cpu_count() or 1)
    assert device.chip
    assert device.system
    words = f"{device.chip} {device.system}".split()
    assert platform.node() not in words
    assert getpass.getuser() not in words


def test_what_slows_a_mac_down(mac):
    assert slowdown() == Slowdown(True, True, speed_limit_percent=70, thermal_pressure=2)
    mac["/usr/bin/pmset", "-g", "batt"] = "Now drawing from 'AC Power'"
    mac["/usr/bin/pmset", "-g"] = " lowpowermode 0"
    mac["/usr/bin/pmset", "-g", "therm"] = "Note: No thermal warning level has been recorded"
    mac["/usr/bin/notifyutil", "-g", device_module.THERMAL_PRESSURE] = "a word and 0"
    assert slowdown() == Slowdown(False, False, speed_limit_percent=100, thermal_pressure=0)
    mac.clear()
    assert slowdown() == Slowdown(None, None, None, None)


@pytest.mark.skipif(sys.platform != "linux", reason="reads /sys")
def test_what_slows_a_linux_machine_down(monkeypatch, tmp_path):
    monkeypatch.setattr(device_module, "CPU_FREQUENCIES", tmp_path)
    monkeypatch.setattr(device_module, "PLATFORM_PROFILE", tmp_path / "profile")
    monkeypatch.setattr(psutil, "sensors_battery", lambda: None)
    assert slowdown() == Slowdown(None, None, None, None)
    for number, now in enumerate((4_000_000, 3_000_000)):
        (tmp_path / f"policy{number}").mkdir()
        (tmp_path / f"policy{number}" / "scaling_max_freq").write_text(f"{now}\n")
        (tmp_path / f"policy{number}" / "cpuinfo_max_freq").write_text("4000000\n")
    (tmp_path / "profile").write_text("low-power\n")
    assert slowdown() == Slowdown(
        None, low_power_mode=True, speed_limit_percent=75, thermal_pressure=None
    )


def test_memory_of_a_mac(mac, monkeypatch):
    assert all(each.memory_bytes > 0 for each in devices.devices())
    monkeypatch.setattr(devices, "devices", lambda: (devices.GgmlDevice(1, devices.CPU, GIB),))
    found = describe()
    assert (found.chip, found.performance_cores, found.system) == ("Apple M1 Max", 8, "macOS 26.1")
    assert found.gpu_memory_bytes is None
    assert usable_memory(found) == found.memory_bytes * 3 // 4
    metal = devices.GgmlDevice(2, devices.GPUS[1], 53 * GIB)
    monkeypatch.setattr(devices, "devices", lambda: (metal,))
    assert usable_memory(describe()) == 53 * GIB
    mac["/usr/sbin/sysctl", "-n", "iogpu.wired_limit_mb"] = "57344"
    assert usable_memory(describe()) == 56 * GIB
    assert usable_on_mac(64 * GIB) == 48 * GIB


def test_memory_without_a_gpu(monkeypatch, tmp_path):
    machine = Device("chip", 2, 2, 24 * GIB, "Linux", None)
    monkeypatch.setattr(device_module, "CGROUP_LIMIT", tmp_path / "memory.max")
    assert usable_memory(machine) == 22 * GIB
    (tmp_path / "memory.max").write_text("max\n")
    assert usable_memory(machine) == 22 * GIB
    (tmp_path / "memory.max").write_text(f"{8 * GIB}\n")
    assert usable_memory(machine) == 6 * GIB
