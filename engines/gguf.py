"""Read the header of a GGUF file: what the model is, and whether the file is whole.

Format: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md. The header is read from a memory
map and long arrays (the vocabulary) are skipped, so a file of any size takes milliseconds. Every
count and length is checked against the file's size before it is used: a damaged or hostile file
ends in a `ModelFileError` here, before native code sees it.
"""

from __future__ import annotations

import hashlib
import math
import mmap
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from gguf.constants import GGML_QUANT_SIZES, GGMLQuantizationType, LlamaFileType

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
    """Everything before the tensor data."""

    version: int
    metadata: Mapping[str, Value]
    tensors: tuple[Tensor, ...]
    data_offset: int
    file_bytes: int


@dataclass(frozen=True)
class Facts:
    """What the header says about the model; 0 or None where it is silent."""

    name: str
    architecture: str
    parameters: int
    quantization: str
    """File type as llama.cpp names it (`Q4_K_M`), else the tensor type with the most bytes."""
    context_train_tokens: int
    layers: int
    embedding: int
    heads: int
    kv_heads: int
    """Largest number of key/value heads of a layer."""
    vocabulary: int
    tokenizer: str
    tensor_bytes: int
    size_bytes: int
    chat_template: str | None
    license: str | None


def read_header(path: Path) -> Header:
    """Read and check the header of a GGUF file.

    Raises ModelFileError if the file is missing, unreadable, not GGUF, damaged or truncated.
    """
    try:
        size = path.stat().st_size
        if path.is_dir():
            raise ModelFileError(
                f"{path} is a folder; a model is read from one GGUF file. Name the .gguf file."
            )
        if size < HEADER_BYTES:
            what = "is empty" if size == 0 else f"has only {size} bytes"
            raise ModelFileError(f"{path} {what}, so it is no GGUF model. Download it again.")
        with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
            return _Reader(path, data).header()
    except FileNotFoundError:
        raise ModelFileError(f"There is no model file at {path}. Check the path.") from None
    except OSError as error:
        raise ModelFileError(f"{path} can't be read: {error.strerror}.") from error


def facts(header: Header, path: Path) -> Facts:
    """Describe the model of a header; `path` names it where the file does not.

    Raises ModelFileError if it has no architecture or no weights.
    """
    architecture = _text(header, "general.architecture")
    if not architecture:
        raise ModelFileError(
            f"{path} does not say its architecture (general.architecture), so it can't be run. "
            "Convert or download the model again."
        )
    if not header.tensors:
        raise ModelFileError(
            f"{path} holds a vocabulary but no weights. Choose the file with the model itself."
        )
    by_type: dict[str, int] = {}
    for tensor in header.tensors:
        by_type[tensor.type] = by_type.get(tensor.type, 0) + tensor.size_bytes
    heads = _largest(header, f"{architecture}.attention.head_count")
    tokens = header.metadata.get("tokenizer.ggml.tokens")
    return Facts(
        name=_text(header, "general.name") or path.stem,
        architecture=architecture,
        parameters=sum(tensor.elements for tensor in header.tensors),
        quantization=_file_type(header) or max(by_type, key=lambda name: by_type[name]),
        context_train_tokens=_largest(header, f"{architecture}.context_length"),
        layers=_largest(header, f"{architecture}.block_count"),
        embedding=_largest(header, f"{architecture}.embedding_length"),
        heads=heads,
        kv_heads=_largest(header, f"{architecture}.attention.head_count_kv") or heads,
        vocabulary=tokens.count if isinstance(tokens, Items) else 0,
        tokenizer=_text(header, "tokenizer.ggml.model"),
        tensor_bytes=sum(by_type.values()),
        size_bytes=header.file_bytes,
        chat_template=_text(header, "tokenizer.chat_template") or None,
        license=_text(header, "general.license") or None,
    )


def sha256_of(path: Path) -> str:
    """Hash a whole file; about 1 s per GB, and nothing is cached."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise ModelFileError(f"{path} can't be read: {error.strerror}.") from error


def _text(header: Header, key: str) -> str:
    value = header.metadata.get(key)
    return value if isinstance(value, str) else ""


def _largest(header: Header, key: str) -> int:
    """Return a whole number of the metadata; of one per layer the largest."""
    value = header.metadata.get(key)
    if isinstance(value, Items):
        value = max(value.values or (0,))
    return int(value) if isinstance(value, int | float) else 0


def _file_type(header: Header) -> str | None:
    value = header.metadata.get("general.file_type")
    if not isinstance(value, int):
        return None
    try:
        name = LlamaFileType(value & ~LlamaFileType.GUESSED.value).name
    except ValueError:
        return None
    return name.removeprefix("MOSTLY_").removeprefix("ALL_")


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
            metadata[key] = self._value(self._number("I"), key)
        tensors = tuple(self._tensor() for _ in range(tensor_count))
        alignment = metadata.get("general.alignment", DEFAULT_ALIGNMENT)
        if not isinstance(alignment, int) or alignment < 8 or alignment & (alignment - 1):
            raise self._damaged(f"its alignment is {alignment}")
        data_offset = (self._at + alignment - 1) // alignment * alignment
        end = max((t.offset + t.size_bytes for t in tensors), default=0)
        if tensors and data_offset + end > self._size:
            missing = data_offset + end - self._size
            raise ModelFileError(
                f"{self._path} is truncated: {missing} of {data_offset + end} bytes are missing "
                "at its end. Download it again."
            )
        return Header(version, metadata, tensors, data_offset, self._size)

    def _damaged(self, why: str) -> ModelFileError:
        return ModelFileError(
            f"{self._path} is damaged near byte {self._at}: {why}. Download it again."
        )

    def _take(self, count: int) -> bytes:
        end = self._at + count
        if end > self._size:
            raise ModelFileError(
                f"{self._path} is truncated: its header goes on after the last byte "
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
        """Step over `count` texts; a plain loop, for vocabularies have hundreds of thousands."""
        data, at, last = self._data, self._at, self._size - LENGTH.size
        for _ in range(count):
            if at > last:
                raise self._damaged(f"the list '{key}' goes on after the end of the file")
            at += LENGTH.size + LENGTH.unpack_from(data, at)[0]
        if at > self._size:
            raise self._damaged(f"a text in '{key}' goes on after the end of the file")
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
