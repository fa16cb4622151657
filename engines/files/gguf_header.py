"""Read the header of a GGUF file, or of the parts of a split one.

Format: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md. The header is read from a memory
map and long arrays (the vocabulary) are skipped, so a file of any size takes milliseconds. Every
count and length is checked against the file's size before it is used: a damaged or hostile file
ends in a `ModelFileError` here, before native code sees it.
"""

from __future__ import annotations

import hashlib
import math
import mmap
import re
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from gguf.constants import GGML_QUANT_SIZES, GGMLQuantizationType

from engines.protocol import ModelFileError

MAGIC = b"GGUF"
VERSIONS = (2, 3)
HEADER_BYTES = 24  # magic, version, tensor count, metadata count
TENSOR_LIMIT = 1 << 20  # no model has a million tensors
METADATA_LIMIT = 1 << 16
DIMENSION_LIMIT = 4  # GGML_MAX_DIMS
STRING_LIMIT_BYTES = 1 << 24  # the longest real value is a chat template of some 10 kB
KEPT_ITEMS = 4096  # arrays up to this length are kept (per-layer facts); longer ones only counted
DEFAULT_ALIGNMENT = 32
PART_LIMIT = 1000
PART_NAME = re.compile(r"(?P<stem>.+)-(?P<number>\d{5})-of-(?P<count>\d{5})\.gguf", re.DOTALL)
"""How llama.cpp names the parts of a split model; it finds them by these names alone."""
REMEMBERED_BYTES = 1 << 16  # lists of texts from this size on are remembered

LENGTH = struct.Struct("<Q")  # before every text
TYPE_STRING = 8
TYPE_ARRAY = 9
SCALARS = {
    0: "B",
    1: "b",
    2: "H",
    3: "h",
    4: "I",
    5: "i",
    6: "f",
    7: "?",
    10: "Q",
    11: "q",
    12: "d",
}


@dataclass(frozen=True)
class Items:
    """A metadata array: its length, and its values unless it is long or of strings."""

    count: int
    values: tuple[int | float | bool, ...] | None = None


Value = int | float | bool | str | Items


@dataclass(frozen=True)
class Tensor:
    """One tensor as the header declares it; `shape` in ggml's order, fastest first."""

    name: str
    shape: tuple[int, ...]
    type: str
    offset: int
    """Bytes from the start of the tensor data."""
    size_bytes: int

    @property
    def elements(self) -> int:
        """Number of weights."""
        return math.prod(self.shape)


@dataclass(frozen=True)
class Header:
    """Everything before the tensor data; of a split model, of all its parts."""

    version: int
    metadata: Mapping[str, Value]
    """Of a split model, what its first part says."""
    tensors: tuple[Tensor, ...]
    data_offset: int
    """Where the tensor data begins in the first part."""
    file_bytes: int
    parts: tuple[Path, ...] = ()
    """The files, in order; one unless the model is split."""

    def text(self, key: str) -> str:
        """Return a text of the metadata, empty if there is none."""
        value = self.metadata.get(key)
        return value if isinstance(value, str) else ""

    def number(self, key: str) -> int:
        """Return a whole number of the metadata, of one per layer the largest; 0 if none."""
        value = self.metadata.get(key)
        if isinstance(value, Items):
            value = max(value.values or (0,))
        return _whole(value)

    def numbers(self, key: str, count: int) -> tuple[int, ...] | None:
        """Return one whole number for each of `count` layers, or None if there is none.

        A single number counts for all layers; a list that is too short is filled up with zeros.
        """
        value = self.metadata.get(key)
        if isinstance(value, Items):
            known = tuple(map(_whole, value.values or ()))[:count]
            return known + (0,) * (count - len(known))
        return None if value is None else (_whole(value),) * count


class IncompleteFileError(ModelFileError):
    """The file, or a part of the model, has not arrived in full."""


def _whole(value: object) -> int:
    """Return a value of the metadata as a whole number, and 0 for anything else."""
    if isinstance(value, float) and not math.isfinite(value):
        return 0
    return int(value) if isinstance(value, int | float) else 0


def read_header(path: Path) -> Header:
    """Read and check the header of a GGUF model: of one file, or of all parts of a split one.

    A split model is named by its first part. Raises ModelFileError if a file is missing,
    unreadable, not GGUF, damaged or truncated (the last as IncompleteFileError).
    """
    first = _read_file(path)
    count = first.number("split.count")
    if count <= 1:
        return first
    parts = parts_of(path, count)
    number = first.number("split.no")
    if number != 0:
        raise ModelFileError(
            f"{path} is part {number + 1} of {count} of one model. Name its first part, {parts[0]}."
        )
    headers = [first]
    for index, part in enumerate(parts[1:], start=1):
        if not part.is_file():
            raise IncompleteFileError(
                f"{path} is the first of {count} parts, but part {index + 1} is missing: there is "
                f"no {part}. Download it too."
            )
        header = _read_file(part)
        if (header.number("split.no"), header.number("split.count")) != (index, count):
            raise ModelFileError(f"{part} is not part {index + 1} of {path}. Download it again.")
        headers.append(header)
    tensors = tuple(tensor for header in headers for tensor in header.tensors)
    promised = first.number("split.tensors.count")
    if promised and len(tensors) != promised:
        raise ModelFileError(
            f"The {count} parts of {path} hold {len(tensors)} tensors instead of {promised}. "
            "Download them again."
        )
    size = sum(header.file_bytes for header in headers)
    return Header(first.version, first.metadata, tensors, first.data_offset, size, parts)


def parts_of(path: Path, count: int) -> tuple[Path, ...]:
    """Return the paths of all parts of a split model, by the name of one.

    Raises ModelFileError if the name is not of the form `…-00001-of-0000N.gguf`.
    """
    named = PART_NAME.fullmatch(path.name)
    if named is None or int(named["count"]) != count or count > PART_LIMIT:
        raise ModelFileError(
            f"{path} is one of {count} parts of a model, but its name does not end in "
            f"-00001-of-{count:05d}.gguf, so the others can't be found. Restore the names."
        )
    names = (f"{named['stem']}-{number:05d}-of-{count:05d}.gguf" for number in range(1, count + 1))
    return tuple(path.with_name(name) for name in names)


def _read_file(path: Path) -> Header:
    try:
        if path.is_dir():
            raise ModelFileError(
                f"{path} is a folder; a GGUF model is read from its file. Name the .gguf file."
            )
        size = path.stat().st_size
        if size < HEADER_BYTES:
            what = "is empty" if size == 0 else f"has only {size} bytes"
            raise IncompleteFileError(f"{path} {what}, so it is no GGUF model. Download it again.")
        with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
            return _Reader(path, data).header()
    except FileNotFoundError:
        raise ModelFileError(f"There is no model file at {path}. Check the path.") from None
    except OSError as error:
        raise ModelFileError(f"{path} can't be read: {error.strerror}.") from error


class _Spans:
    """Remembers the long lists of texts that were walked over, by their hashes.

    A vocabulary is hundreds of thousands of texts, and models of one family share it: the second
    one is recognized by its bytes and stepped over at once.
    """

    def __init__(self) -> None:
        self._known: dict[int, dict[int, bytes]] = {}

    def length(self, data: mmap.mmap, at: int, count: int) -> int | None:
        """Return how many bytes the list at `at` takes if it was seen before."""
        for length, digest in self._known.get(count, {}).items():
            if at + length <= len(data) and _digest(data, at, length) == digest:
                return length
        return None

    def remember(self, data: mmap.mmap, at: int, count: int, length: int) -> None:
        if length >= REMEMBERED_BYTES:
            self._known.setdefault(count, {})[length] = _digest(data, at, length)


def _digest(data: mmap.mmap, at: int, length: int) -> bytes:
    return hashlib.sha256(memoryview(data)[at : at + length]).digest()


_spans = _Spans()


class _Reader:
    """Walks over the mapped file; every read is checked against its end."""

    def __init__(self, path: Path, data: mmap.mmap) -> None:
        self._path = path
        self._data = data
        self._size = len(data)
        self._at = 0

    def header(self) -> Header:
        if self._take(4) != MAGIC:
            raise ModelFileError(
                f"{self._path} is not a GGUF file (it does not begin with 'GGUF'). "
                "Choose a model in GGUF format."
            )
        version = self._number("I")
        if version not in VERSIONS:
            raise ModelFileError(
                f"{self._path} is GGUF version {version}; versions 2 and 3 are read. "
                "Convert it with a current llama.cpp, or download it again."
            )
        tensor_count = self._number("Q")
        metadata_count = self._number("Q")
        if tensor_count > TENSOR_LIMIT or metadata_count > METADATA_LIMIT:
            raise self._damaged(f"it claims {tensor_count} tensors and {metadata_count} facts")
        metadata: dict[str, Value] = {}
        for _ in range(metadata_count):
            key = self._string()
            if key in metadata:
                raise self._damaged(f"'{key}' stands there twice")
            metadata[key] = self._value(self._number("I"), key)
        tensors = tuple(self._tensor() for _ in range(tensor_count))
        alignment = metadata.get("general.alignment", DEFAULT_ALIGNMENT)
        if not isinstance(alignment, int) or alignment < 8 or alignment & (alignment - 1):
            raise self._damaged(f"its alignment is {alignment}")
        data_offset = (self._at + alignment - 1) // alignment * alignment
        end = max((t.offset + t.size_bytes for t in tensors), default=0)
        if tensors and data_offset + end > self._size:
            missing = data_offset + end - self._size
            raise IncompleteFileError(
                f"{self._path} is truncated: {missing} of {data_offset + end} bytes are missing "
                "at its end. Download it again."
            )
        return Header(version, metadata, tensors, data_offset, self._size, (self._path,))

    def _damaged(self, why: str) -> ModelFileError:
        return ModelFileError(
            f"{self._path} is damaged near byte {self._at}: {why}. Download it again."
        )

    def _take(self, count: int) -> bytes:
        end = self._at + count
        if end > self._size:
            raise IncompleteFileError(
                f"{self._path} is truncated: its header continues after the last byte "
                f"({self._size}). Download it again."
            )
        taken = self._data[self._at : end]
        self._at = end
        return taken

    def _number(self, code: str) -> int:
        return struct.unpack("<" + code, self._take(struct.calcsize("<" + code)))[0]

    def _string(self) -> str:
        length = self._number("Q")
        if length > STRING_LIMIT_BYTES:
            raise self._damaged(f"a text claims {length} bytes")
        return self._take(length).decode("utf-8", "replace")

    def _value(self, kind: int, key: str) -> Value:
        if kind == TYPE_STRING:
            return self._string()
        if kind == TYPE_ARRAY:
            return self._array(key)
        if kind not in SCALARS:
            raise self._damaged(f"'{key}' has the unknown type {kind}")
        return self._number(SCALARS[kind])

    def _array(self, key: str) -> Items:
        kind = self._number("I")
        count = self._number("Q")
        if count > self._size:
            raise self._damaged(f"'{key}' claims {count} items")
        if kind == TYPE_STRING:
            self._skip_strings(count, key)
            return Items(count)
        if kind not in SCALARS:
            raise self._damaged(f"'{key}' is a list of the unknown type {kind}")
        raw = self._take(count * struct.calcsize("<" + SCALARS[kind]))
        if count > KEPT_ITEMS:
            return Items(count)
        return Items(count, struct.unpack(f"<{count}{SCALARS[kind]}", raw))

    def _skip_strings(self, count: int, key: str) -> None:
        """Step over `count` texts; a plain loop, since vocabularies have hundreds of thousands."""
        start = self._at
        known = _spans.length(self._data, start, count)
        if known is not None:
            self._at = start + known
            return
        data, at, last = self._data, start, self._size - LENGTH.size
        for _ in range(count):
            if at > last:
                raise self._damaged(f"the list '{key}' continues after the end of the file")
            at += LENGTH.size + LENGTH.unpack_from(data, at)[0]
        if at > self._size:
            raise self._damaged(f"a text in '{key}' continues after the end of the file")
        _spans.remember(self._data, start, count, at - start)
        self._at = at

    def _tensor(self) -> Tensor:
        name = self._string()
        dimensions = self._number("I")
        if dimensions > DIMENSION_LIMIT:
            raise self._damaged(f"tensor '{name}' has {dimensions} dimensions")
        shape = tuple(self._number("Q") for _ in range(dimensions))
        code = self._number("I")
        offset = self._number("Q")
        try:
            kind = GGMLQuantizationType(code)
        except ValueError:
            raise ModelFileError(
                f"Tensor '{name}' of {self._path} has the type {code}, which this version does "
                "not know. Choose another quantization of the model."
            ) from None
        block, block_bytes = GGML_QUANT_SIZES[kind]
        elements = math.prod(shape)
        if not shape or elements == 0 or shape[0] % block:
            raise self._damaged(f"tensor '{name}' has the impossible shape {list(shape)}")
        return Tensor(name, shape, kind.name, offset, elements // block * block_bytes)
