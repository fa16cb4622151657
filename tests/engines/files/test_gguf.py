"""Every bad file ends in one sentence, before native code sees it."""

import contextlib
import struct
from pathlib import Path

import pytest
from gguf import GGUFReader, GGUFValueType, GGUFWriter
from hypothesis import given, settings
from hypothesis import strategies as st

from engines.files.gguf import describe, kind_of, read_facts
from engines.files.gguf_header import read_header
from engines.files.model import sha256_of
from engines.llama.engine import LlamaEngine
from engines.protocol import Message, ModelFileError, Request, Sampler
from tests.engines.small_files import THINKING, write_gguf, write_split

COUNTS_AT = 8  # tensor count and metadata count, 8 bytes each


def _variant(folder: Path, data: bytes) -> Path:
    path = folder / "variant.gguf"
    path.write_bytes(data)
    return path


def test_facts_of_a_whole_file(model_path):
    header = read_header(model_path)
    known = describe(header, model_path)
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
        sha256_of((tmp_path,))


def test_a_vocabulary_alone_is_no_model(model_path, tmp_path):
    data = model_path.read_bytes()
    path = _variant(tmp_path, data[:8] + struct.pack("<Q", 0) + data[16:])
    with pytest.raises(ModelFileError, match="a vocabulary but no weights"):
        read_facts(path)


def test_a_file_that_hides_its_architecture(model_path, tmp_path):
    data = model_path.read_bytes().replace(b"general.architecture", b"general.architextura")
    path = _variant(tmp_path, data)
    with pytest.raises(ModelFileError, match="does not say its architecture"):
        read_facts(path)


@given(data=st.data())
@settings(max_examples=100, deadline=None)
def test_damaged_headers_never_escape_as_another_error(model_path, tmp_path_factory, data):
    original = model_path.read_bytes()
    header_bytes = read_header(model_path).data_offset
    damaged = bytearray(original)
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(COUNTS_AT, header_bytes - 8))
        damaged[at : at + 8] = data.draw(st.binary(min_size=8, max_size=8))
    path = _variant(tmp_path_factory.getbasetemp(), bytes(damaged))
    with contextlib.suppress(ModelFileError):
        known = read_facts(path)
        assert known.tensor_bytes <= known.size_bytes


def test_a_split_model_is_one_model(tmp_path):
    first = write_split(tmp_path, "model")
    header = read_header(first)
    known = describe(header, first)
    assert [part.name for part in known.files] == [
        f"model-0000{number}-of-00003.gguf" for number in (1, 2, 3)
    ]
    assert known.parameters == 3 * 64 * 32
    assert known.size_bytes == sum(part.stat().st_size for part in header.parts)
    before = sha256_of(known.files)
    data = bytearray(header.parts[2].read_bytes())
    data[-1] ^= 1
    header.parts[2].write_bytes(data)
    assert sha256_of(known.files) != before


def test_a_split_model_runs(model_path, tmp_path):
    """Split by hand: what llama.cpp joins again must be the model that it was."""
    whole = read_header(model_path)
    reader = GGUFReader(model_path)
    half = len(reader.tensors) // 2
    for number, tensors in enumerate((reader.tensors[:half], reader.tensors[half:])):
        writer = GGUFWriter(tmp_path / f"m-0000{number + 1}-of-00002.gguf", "qwen3")
        for field in reader.fields.values() if number == 0 else ():
            if not field.name.startswith("GGUF.") and field.name != "general.architecture":
                inner = field.types[-1] if len(field.types) > 1 else None
                writer.add_key_value(field.name, field.contents(), field.types[0], sub_type=inner)
        writer.add_key_value("split.no", number, GGUFValueType.UINT16)
        writer.add_key_value("split.count", 2, GGUFValueType.UINT16)
        writer.add_key_value("split.tensors.count", len(reader.tensors), GGUFValueType.INT32)
        for tensor in tensors:
            writer.add_tensor(tensor.name, tensor.data, raw_dtype=tensor.tensor_type)
        writer.write_header_to_file()
        writer.write_kv_data_to_file()
        writer.write_tensors_to_file()
        writer.close()
    request = Request("x", (Message("user", "list of words"),), None, Sampler(), 12)
    answers: list[str] = []
    for path in (model_path, tmp_path / "m-00001-of-00002.gguf"):
        engine = LlamaEngine(path)
        answers.append(engine.complete(request).text)
        assert engine.info.parameters == sum(tensor.elements for tensor in whole.tensors)
        engine.close()
    assert answers[0] == answers[1]


@pytest.mark.parametrize(
    ("architecture", "metadata", "general_type", "kind"),
    [
        ("qwen3", {}, "model", "model"),
        ("qwen3", {"pooling_type": 3}, "model", "embedding"),
        ("bert", {}, "model", "embedding"),
        ("clip", {}, "model", "projector"),
        ("qwen3", {}, "adapter", "adapter"),
        ("qwen3", {}, "imatrix", "other"),
        ("dream", {}, "model", "other"),
    ],
)
def test_kinds_of_files(tmp_path, architecture, metadata, general_type, kind):
    path = write_gguf(tmp_path / "file.gguf", architecture, metadata, general_type=general_type)
    assert kind_of(read_header(path), path) == kind


def test_experts_rest_and_models_think(tmp_path):
    metadata = {"expert_count": 8, "expert_used_count": 2, "expert_feed_forward_length": 48}
    tensors = {"token_embd.weight": (64, 32), "blk.0.ffn_up_exps.weight": (8, 48, 32)}
    path = write_gguf(tmp_path / "m.gguf", "qwen3moe", dict(metadata), tensors, template=THINKING)
    known = read_facts(path)
    assert known.parameters - known.active_parameters == 6 * 48 * 32
    assert (known.experts, known.experts_used, known.feed_forward) == (8, 2, 96)
    assert known.reasoning
