"""Read the header of a safetensors file: names, types and shapes of its tensors.

Format: eight bytes with the length of a JSON object, the object, the data
(https://github.com/huggingface/safetensors#format). Every tensor must lie within the file, so a
damaged or truncated file ends in a sentence here.
"""

from __future__ import annotations

import json
import math
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from engines.files.gguf_header import IncompleteFileError
from engines.protocol import ModelFileError

LENGTH = struct.Struct("<Q")
HEADER_LIMIT_BYTES = 100_000_000  # the format's own limit
DIMENSION_LIMIT = 8
BITS = {
    "BOOL": 8,
    "U8": 8,
    "I8": 8,
    "F8_E4M3": 8,
    "F8_E5M2": 8,
    "F8_E8M0": 8,
    "U16": 16,
    "I16": 16,
    "F16": 16,
    "BF16": 16,
    "U32": 32,
    "I32": 32,
    "F32": 32,
    "U64": 64,
    "I64": 64,
    "F64": 64,
    "C64": 64,
}


@dataclass(frozen=True)
class Array:
    """One tensor as the header declares it."""

    name: str
    type: str
    shape: tuple[int, ...]
    size_bytes: int

    @property
    def elements(self) -> int:
        """Number of values."""
        return math.prod(self.shape)


def read_arrays(path: Path) -> tuple[Array, ...]:
    """List the tensors of a safetensors file.

    Raises ModelFileError if it is missing, unreadable or damaged, IncompleteFileError if its end
    is missing.
    """
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            start = file.read(LENGTH.size)
            if len(start) < LENGTH.size:
                raise IncompleteFileError(
                    f"{path} has only {len(start)} bytes, so it holds no weights. "
                    "Download it again."
                )
            (length,) = LENGTH.unpack(start)
            if length > HEADER_LIMIT_BYTES:
                raise _damaged(path, f"its header claims {length} bytes")
            if LENGTH.size + length > size:
                raise IncompleteFileError(
                    f"{path} is truncated: its header continues after the last byte ({size}). "
                    "Download it again."
                )
            text = file.read(length)
    except FileNotFoundError:
        raise ModelFileError(f"There is no file at {path}. Check the path.") from None
    except OSError as error:
        raise ModelFileError(f"{path} can't be read: {error.strerror}.") from error
    return _arrays(path, text, size - LENGTH.size - length)


def _arrays(path: Path, text: bytes, data_bytes: int) -> tuple[Array, ...]:
    try:
        header: object = json.loads(text)
    except (ValueError, RecursionError):
        raise _damaged(path, "its header is no JSON") from None
    if not isinstance(header, dict):
        raise _damaged(path, "its header is no JSON object")
    arrays: list[Array] = []
    end = 0
    for name, entry in cast("dict[str, object]", header).items():
        if name == "__metadata__":
            continue
        array, last = _array(path, name, entry)
        end = max(end, last)
        arrays.append(array)
    if end > data_bytes:
        raise IncompleteFileError(
            f"{path} is truncated: {end - data_bytes} bytes are missing at its end. "
            "Download it again."
        )
    return tuple(arrays)


def _array(path: Path, name: str, entry: object) -> tuple[Array, int]:
    """Read one entry of the header; returns the tensor and where its data ends."""
    shown = name[:80]
    if not isinstance(entry, dict):
        raise _damaged(path, f"tensor '{shown}' is not described")
    known = cast("dict[str, object]", entry)
    kind = known.get("dtype")
    shape = _numbers(known.get("shape"))
    offsets = _numbers(known.get("data_offsets"))
    if not isinstance(kind, str) or kind not in BITS:
        raise _damaged(path, f"tensor '{shown}' has the unknown type {str(kind)[:20]!r}")
    if shape is None or offsets is None or len(offsets) != 2 or offsets[0] > offsets[1]:
        raise _damaged(path, f"tensor '{shown}' has an impossible shape or place")
    size_bytes = offsets[1] - offsets[0]
    if math.prod(shape) * BITS[kind] // 8 != size_bytes:
        raise _damaged(path, f"tensor '{shown}' has another size than its shape says")
    return Array(name, kind, shape, size_bytes), offsets[1]


def _numbers(value: object) -> tuple[int, ...] | None:
    """Return a list of small whole numbers; None if it is anything else."""
    if not isinstance(value, list):
        return None
    items = cast("list[object]", value)
    numbers = tuple(item for item in items if isinstance(item, int) and 0 <= item < 1 << 62)
    return numbers if len(numbers) == len(items) <= DIMENSION_LIMIT else None


def _damaged(path: Path, why: str) -> ModelFileError:
    return ModelFileError(f"{path} is damaged: {why}. Download it again.")
