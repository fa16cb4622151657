"""Every bad file ends in one sentence, before native code sees it."""

import contextlib
import struct
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engines.gguf import facts, read_header, sha256_of
from engines.protocol import ModelFileError

COUNTS_AT = 8  # tensor count and metadata count, 8 bytes each


def _variant(folder: Path, data: bytes) -> Path:
    path = folder / "variant.gguf"
    path.write_bytes(data)
    return path


def test_facts_of_a_whole_file(model_path):
    header = read_header(model_path)
    known = facts(header, model_path)
    assert known.name == "Test Qwen"
    assert known.architecture == "qwen3"
    assert known.quantization == "Q8_0"
    assert (known.layers, known.heads, known.kv_heads, known.embedding) == (2, 4, 2, 64)
    assert known.parameters == sum(tensor.elements for tensor in header.tensors)
    assert known.vocabulary == next(
        t.shape[1] for t in header.tensors if t.name == "token_embd.weight"
    )
    assert (known.chat_template or "").startswith("{% for")
    assert header.data_offset + known.tensor_bytes <= known.size_bytes


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda data: b"", "is empty"),
        (lambda data: data[:10], "only 10 bytes"),
        (lambda data: b"PK\3\4" + data[4:], "is not a GGUF file"),
        (lambda data: data[:4] + struct.pack("<I", 1) + data[8:], "GGUF version 1;"),
        (lambda data: data[:4] + struct.pack(">I", 3) + data[8:], "GGUF version"),
        (lambda data: data[:8] + struct.pack("<QQ", 1 << 60, 1) + data[24:], "claims"),
        (lambda data: data[:8] + struct.pack("<QQ", 1, 1 << 60) + data[24:], "claims"),
        (lambda data: data[:24] + struct.pack("<Q", 1 << 63) + data[32:], "a text claims"),
        (lambda data: data[:500], "is truncated"),
        (lambda data: data[:-100], "100 of .* bytes are missing"),
    ],
    ids=["empty", "stub", "magic", "old", "endian", "tensors", "facts", "text", "header", "data"],
)
def test_bad_files(model_path, tmp_path, change, sentence):
    path = _variant(tmp_path, change(model_path.read_bytes()))
    with pytest.raises(ModelFileError, match=sentence) as raised:
        read_header(path)
    assert str(path) in str(raised.value)
    assert str(raised.value).endswith(".")


def test_what_is_no_file(tmp_path):
    with pytest.raises(ModelFileError, match="There is no model file at"):
        read_header(tmp_path / "nothing.gguf")
    with pytest.raises(ModelFileError, match="is a folder"):
        read_header(tmp_path)
    with pytest.raises(ModelFileError, match="can't be read"):
        sha256_of(tmp_path)


def test_a_vocabulary_alone_is_no_model(model_path, tmp_path):
    data = model_path.read_bytes()
    path = _variant(tmp_path, data[:8] + struct.pack("<Q", 0) + data[16:])
    with pytest.raises(ModelFileError, match="a vocabulary but no weights"):
        facts(read_header(path), path)


def test_a_file_that_hides_its_architecture(model_path, tmp_path):
    data = model_path.read_bytes().replace(b"general.architecture", b"general.architextura")
    path = _variant(tmp_path, data)
    with pytest.raises(ModelFileError, match="does not say its architecture"):
        facts(read_header(path), path)


@given(data=st.data())
@settings(max_examples=300, deadline=None)
def test_damaged_headers_never_escape_as_another_error(model_path, tmp_path_factory, data):
    original = model_path.read_bytes()
    header_bytes = read_header(model_path).data_offset
    damaged = bytearray(original)
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(COUNTS_AT, header_bytes - 8))
        damaged[at : at + 8] = data.draw(st.binary(min_size=8, max_size=8))
    path = _variant(tmp_path_factory.getbasetemp(), bytes(damaged))
    with contextlib.suppress(ModelFileError):
        known = facts(read_header(path), path)
        assert known.tensor_bytes <= known.size_bytes
