"""Facts of this machine, and of nobody."""

import getpass
import platform

import psutil

from engines.device import describe


def test_the_machine_is_described_without_naming_it():
    device = describe()
    assert device.memory_bytes == psutil.virtual_memory().total
    assert 1 <= device.performance_cores <= (psutil.cpu_count() or 1)
    assert device.chip
    assert device.system
    words = f"{device.chip} {device.system}".split()
    assert platform.node() not in words
    assert getpass.getuser() not in words
