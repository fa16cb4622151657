"""Put this process under limits and become another program; run as a script.

``runtime`` starts it with one argument, the JSON of a ``Confinement``, and the command. It runs in
a fresh interpreter because limits and namespaces cannot safely be set between fork and exec of a
process that has threads. What it does not find on this system it leaves out, except for the network
namespace, which it makes or not, as it is asked.
"""

import ctypes
import fcntl
import json
import os
import resource
import signal
import socket
import struct
import sys
from pathlib import Path
from typing import NoReturn, TypedDict

CONFINE = "--confine"
"""First argument that makes the frozen program this script; it has no interpreter to run it."""
CLONE_NEWUSER = 0x10000000
CLONE_NEWNET = 0x40000000
PR_SET_PDEATHSIG = 1
PR_SET_NO_NEW_PRIVS = 38
SIOCGIFFLAGS = 0x8913
SIOCSIFFLAGS = 0x8914
IFF_UP = 0x1


class Confinement(TypedDict):
    """The limits of the program."""

    cpu_s: int
    """Processor time of all its threads; over it the kernel kills the program."""
    memory_bytes: int
    """Private writable memory (Linux; elsewhere the caller has to watch the resident size)."""
    file_bytes: int
    """Size of any file it writes, its output among them."""
    network_namespace: bool
    """Whether to make its own network, in which only loopback is up (Linux)."""


def confine(limits: Confinement) -> None:
    """Put the calling process, and so the program it becomes, under the limits.

    Raises OSError where the system does not permit the network namespace.
    """
    if limits["network_namespace"]:
        _leave_network()
    if sys.platform == "linux":
        _call_libc("prctl", PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
        _call_libc("prctl", PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    _lower(resource.RLIMIT_CORE, 0)
    _lower(resource.RLIMIT_CPU, limits["cpu_s"])
    _lower(resource.RLIMIT_DATA, limits["memory_bytes"])
    _lower(resource.RLIMIT_FSIZE, limits["file_bytes"])


def _lower(kind: int, limit: int) -> None:
    _, hard = resource.getrlimit(kind)
    value = limit if hard == resource.RLIM_INFINITY else min(limit, hard)
    resource.setrlimit(kind, (value, value))


def _leave_network() -> None:
    """Move to a new network namespace and bring its loopback up, as the same user as before."""
    user, group = os.geteuid(), os.getegid()
    _call_libc("unshare", CLONE_NEWUSER | CLONE_NEWNET)
    for name, line in (
        ("setgroups", "deny"),
        ("uid_map", f"{user} {user} 1"),
        ("gid_map", f"{group} {group} 1"),
    ):
        Path("/proc/self", name).write_text(line, encoding="ascii")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        request = struct.pack("16sh14x", b"lo", 0)
        _, flags = struct.unpack("16sh14x", fcntl.ioctl(control, SIOCGIFFLAGS, request))
        fcntl.ioctl(control, SIOCSIFFLAGS, struct.pack("16sh14x", b"lo", flags | IFF_UP))


def _call_libc(name: str, *arguments: int) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if getattr(libc, name)(*arguments) != 0:
        code = ctypes.get_errno()
        raise OSError(code, f"{name}: {os.strerror(code)}")


def become(limits: str, command: list[str]) -> NoReturn:
    """Confine the calling process by the JSON of a ``Confinement`` and become the command.

    Raises OSError where the system does not permit one of the two.
    """
    confine(json.loads(limits))
    os.environ.pop("LC_CTYPE", None)  # set by this interpreter itself (PEP 538)
    os.execv(command[0], command)


if __name__ == "__main__":
    become(sys.argv[1], sys.argv[2:])
