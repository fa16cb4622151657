"""What llama.cpp can compute on here: ggml's list of processors and GPUs."""

from __future__ import annotations

import ctypes
from dataclasses import dataclass
from typing import Any

import llama_cpp as native

CPU = 0
GPUS = (1, 2)
"""With memory of its own, or with the machine's; ggml_backend_dev_type in ggml-backend.h."""


@dataclass(frozen=True)
class GgmlDevice:
    """A processor or GPU that ggml computes on."""

    handle: int
    kind: int
    memory_bytes: int
    """All that may be used; of a Mac's GPU Metal's recommendedMaxWorkingSetSize."""


def library() -> Any:
    """Return llama.cpp's library; symbols of the libraries it depends on are found through it."""
    bindings: Any = native.llama_cpp
    return bindings._lib


def devices() -> tuple[GgmlDevice, ...]:
    """List the devices in ggml's order."""
    ggml = library()
    ggml.ggml_backend_dev_count.restype = ctypes.c_size_t
    ggml.ggml_backend_dev_get.restype = ctypes.c_void_p
    ggml.ggml_backend_dev_get.argtypes = [ctypes.c_size_t]
    ggml.ggml_backend_dev_type.restype = ctypes.c_int
    ggml.ggml_backend_dev_type.argtypes = [ctypes.c_void_p]
    size = ctypes.POINTER(ctypes.c_size_t)
    ggml.ggml_backend_dev_memory.restype = None
    ggml.ggml_backend_dev_memory.argtypes = [ctypes.c_void_p, size, size]
    found: list[GgmlDevice] = []
    for index in range(ggml.ggml_backend_dev_count()):
        handle = ggml.ggml_backend_dev_get(index)
        free, total = ctypes.c_size_t(), ctypes.c_size_t()
        ggml.ggml_backend_dev_memory(handle, ctypes.byref(free), ctypes.byref(total))
        found.append(GgmlDevice(handle, ggml.ggml_backend_dev_type(handle), total.value))
    return tuple(found)


def gpu_memory_bytes() -> int | None:
    """Return what models may take on the GPU; None without a GPU."""
    return max((each.memory_bytes for each in devices() if each.kind in GPUS), default=None)
