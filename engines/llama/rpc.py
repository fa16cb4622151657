"""Layers on other machines: llama.cpp's RPC back end, if the library was built with it.

A server is `sixfold rpc-server`, or llama.cpp's own `ggml-rpc-server` of the same release. There is
neither a password nor encryption, and the protocol is not hardened: use it only in a network whose
every machine is trusted. Off unless servers are named.
"""

from __future__ import annotations

import ctypes
import os
import socket
import sys
from typing import Any

import llama_cpp as native

from engines.llama import devices
from engines.memory import device
from engines.protocol import EngineError
from engines.remedy import Remedy

HOW_TO_BUILD = "Run make setup RPC=1 on every machine that takes part."
ADD_SERVER = b"ggml_backend_rpc_add_server"
START_SERVER = b"ggml_backend_rpc_start_server"
ANSWER_TIMEOUT_S = 5.0
LOST = "Remote RPC server crashed"
"""What llama.cpp says when a server is gone or answers nonsense, before it ends the process."""
LOST_SENTENCE = (
    "An RPC server was lost in the middle of a run, and llama.cpp can't continue without it. What "
    "was answered is kept: see that every server runs, then resume the run."
)
EXIT_LOST = 1
SHOW_CURSOR = b"\x1b[?25h\n"

_added: set[str] = set()
"""Servers are devices of the whole process; a second model finds them there."""


def is_supported() -> bool:
    """Whether the loaded llama.cpp was built with RPC."""
    return bool(native.llama_supports_rpc())


def add_server(server: str) -> None:
    """Make the devices of a server `host:port` available to all models loaded from now on.

    Raises EngineError if this llama.cpp has no RPC or the server does not answer.
    """
    if server in _added:
        return
    library = _library(f"The layers can't be shared with {server}")
    _require_answer(server)
    report_lost_servers()
    add = ctypes.CFUNCTYPE(ctypes.c_void_p, ctypes.c_char_p)(_function(library, ADD_SERVER))
    added = add(server.encode())
    if not added:
        raise EngineError(f"The RPC server at {server} has no devices to compute on.")
    library.ggml_backend_register.restype = None
    library.ggml_backend_register.argtypes = [ctypes.c_void_p]
    library.ggml_backend_register(added)
    _added.add(server)


def report_lost_servers() -> None:
    """End the process with a sentence and exit code 1 when a server is lost.

    llama.cpp would end it with a signal and an internal message; nothing can keep it from ending.
    """
    library = devices.library()
    library.ggml_set_abort_callback.restype = ctypes.c_void_p
    library.ggml_set_abort_callback.argtypes = [_LastWords]
    library.ggml_set_abort_callback(_last_words)


def _end(words: bytes) -> None:
    text = words.decode("utf-8", "replace")
    if LOST not in text:
        os.write(2, f"{text}\n".encode())
        return  # any other failure of llama.cpp is a crash, and looks like one
    if sys.stdout.isatty():
        os.write(1, SHOW_CURSOR)
    os.write(2, f"sixfold: {LOST_SENTENCE}\n".encode())
    os._exit(EXIT_LOST)


_LastWords = ctypes.CFUNCTYPE(None, ctypes.c_char_p)
_last_words = _LastWords(_end)


def serve(host: str, port: int, threads: int | None) -> None:
    """Lend this machine's devices, its GPUs or else its processor, until the process is ended.

    Raises EngineError if this llama.cpp has no RPC or the address can't be listened at.
    """
    library = _library("This machine can't be lent")
    _require_free(host, port)
    found = devices.devices()
    lent = [each.handle for each in found if each.kind in devices.GPUS]
    lent = lent or [each.handle for each in found if each.kind == devices.CPU]
    handles = (ctypes.c_void_p * len(lent))(*lent)
    start = ctypes.CFUNCTYPE(
        None, ctypes.c_char_p, ctypes.c_char_p, ctypes.c_size_t, ctypes.c_size_t, ctypes.c_void_p
    )(_function(library, START_SERVER))
    endpoint = f"{host}:{port}".encode()
    start(endpoint, None, threads or device.performance_cores(), len(lent), handles)


def _library(refused: str) -> Any:
    """Return llama.cpp's library.

    Raises EngineError, beginning with what is refused, if it was built without RPC.
    """
    if not is_supported():
        raise EngineError(
            f"{refused}: this llama.cpp was built without RPC. {HOW_TO_BUILD} RPC has no "
            "password: use it in a trusted network only."
        )
    return devices.library()


def _function(library: Any, name: bytes) -> int:
    """Return the address of a function of the RPC back end, which may be a separate library."""
    library.ggml_backend_reg_by_name.restype = ctypes.c_void_p
    library.ggml_backend_reg_by_name.argtypes = [ctypes.c_char_p]
    library.ggml_backend_reg_get_proc_address.restype = ctypes.c_void_p
    library.ggml_backend_reg_get_proc_address.argtypes = [ctypes.c_void_p, ctypes.c_char_p]
    rpc = library.ggml_backend_reg_by_name(b"RPC")
    address = library.ggml_backend_reg_get_proc_address(rpc, name) if rpc else None
    if not address:
        raise EngineError(f"The RPC of this llama.cpp has no {name.decode()}. {HOW_TO_BUILD}")
    return int(address)


def _require_answer(server: str) -> None:
    """Refuse a server that does not answer: the library would end the process."""
    host, _, port = server.rpartition(":")
    try:
        socket.create_connection((host, int(port)), ANSWER_TIMEOUT_S).close()
    except OSError as error:
        raise EngineError(
            f"No RPC server answers at {server} ({error.strerror or error}). Start sixfold "
            "rpc-server there, of the same release, and check the address."
        ) from error


def _require_free(host: str, port: int) -> None:
    """Refuse an address that can't be listened at: the library would only print and end."""
    try:
        socket.create_server((host, port)).close()
    except OSError as error:
        raise EngineError(
            f"{host}:{port} can't be listened at ({error.strerror or error}).",
            Remedy("host"),
            Remedy("port"),
        ) from error
