"""Layers on other machines: llama.cpp's RPC back end, if the library was built with it.

A server is llama.cpp's `ggml-rpc-server` of the same release. There is neither a password nor
encryption, and the protocol is not hardened: use it only in a network whose every machine is
trusted. Off unless servers are named.
"""

from __future__ import annotations

import ctypes
import socket
from typing import Any

import llama_cpp as native

from engines.protocol import EngineError

HOW_TO_BUILD = (
    "cmake -S llama.cpp -B build -DGGML_RPC=ON -DBUILD_SHARED_LIBS=ON && cmake --build build "
    "--target llama ggml-rpc-server, then start Sixfold with LLAMA_CPP_LIB_PATH=build/bin"
)
ADD_SERVER = b"ggml_backend_rpc_add_server"
ANSWER_TIMEOUT_S = 5.0

_added: set[str] = set()
"""Servers are devices of the whole process; a second model finds them there."""


def is_supported() -> bool:
    """Tell whether the loaded llama.cpp was built with RPC."""
    return bool(native.llama_supports_rpc())


def add_server(server: str) -> None:
    """Make the devices of a server `host:port` available to all models loaded from now on.

    Raises EngineError if this llama.cpp has no RPC or the server does not answer.
    """
    if server in _added:
        return
    if not is_supported():
        raise EngineError(
            f"The layers can't be shared with {server}: this llama.cpp was built without RPC. "
            f"Build it with {HOW_TO_BUILD}. RPC has no password: use it in a trusted network only."
        )
    _require_answer(server)
    bindings: Any = native.llama_cpp
    library = bindings._lib  # symbols of the libraries it depends on are found through it
    library.ggml_backend_reg_by_name.restype = ctypes.c_void_p
    library.ggml_backend_reg_by_name.argtypes = [ctypes.c_char_p]
    library.ggml_backend_reg_get_proc_address.restype = ctypes.c_void_p
    library.ggml_backend_reg_get_proc_address.argtypes = [ctypes.c_void_p, ctypes.c_char_p]
    library.ggml_backend_register.restype = None
    library.ggml_backend_register.argtypes = [ctypes.c_void_p]
    rpc = library.ggml_backend_reg_by_name(b"RPC")
    address = library.ggml_backend_reg_get_proc_address(rpc, ADD_SERVER) if rpc else None
    if not address:
        raise EngineError(
            f"The layers can't be shared with {server}: the RPC of this llama.cpp is too old."
        )
    add = ctypes.CFUNCTYPE(ctypes.c_void_p, ctypes.c_char_p)(address)
    devices = add(server.encode())
    if not devices:
        raise EngineError(f"The RPC server at {server} has no devices to compute on.")
    library.ggml_backend_register(devices)
    _added.add(server)


def _require_answer(server: str) -> None:
    """Refuse a server that does not answer: the library would end the process."""
    host, _, port = server.rpartition(":")
    try:
        socket.create_connection((host, int(port)), ANSWER_TIMEOUT_S).close()
    except OSError as error:
        raise EngineError(
            f"No RPC server answers at {server} ({error.strerror or error}). Start ggml-rpc-server "
            "there, of the same release of llama.cpp, and check the address."
        ) from error
