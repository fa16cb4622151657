"""500 mutated headers: each is read or ends in one sentence; what is read may then crash a child.

A file that passes our reader goes to llama.cpp in a separate process. That process may fail or
even abort, but it must end, and the parent sees which of the two it was.
"""

import json
import random
import struct
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from engines.files import gguf, mlx_folder
from engines.files.gguf_header import read_header
from engines.files.safetensors import read_arrays
from engines.protocol import ModelFileError
from tests.engines.small_files import write_gguf, write_mlx, write_split

MUTATIONS = 250
NATIVE_TRIES = 12
NATIVE_S = 60
LOADER = """
import ctypes, os, sys
os.environ["GGML_NO_BACKTRACE"] = "1"
import llama_cpp
from engines.llama import native
llama_cpp.llama_backend_init()
settings = llama_cpp.llama_model_default_params()
settings.use_extra_bufts = False
for path in sys.argv[1:]:
    print(path, flush=True)
    model = llama_cpp.llama_model_load_from_file(path.encode(), settings)
    if model:
        llama_cpp.llama_model_free(model)
print("end", flush=True)
"""
NUMBERS = (0, 1, 0x7F, 0xFF, 1 << 15, (1 << 31) - 1, 1 << 31, (1 << 32) - 1, 1 << 62, (1 << 64) - 1)


def _mutate(data: bytes, header_bytes: int, chance: random.Random) -> bytes:
    """Damage a header: bits, numbers, cuts, swapped and repeated stretches."""
    damaged = bytearray(data)
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(header_bytes)
        match chance.randrange(5):
            case 0:
                damaged[at] ^= 1 << chance.randrange(8)
            case 1:
                damaged[at : at + 8] = struct.pack("<Q", chance.choice(NUMBERS))
            case 2:
                damaged[at : at + 4] = struct.pack("<I", chance.choice(NUMBERS) & 0xFFFFFFFF)
            case 3:
                end = at + chance.randrange(1, 64)
                damaged[at:end] = chance.randbytes(end - at)
            case _:
                del damaged[at : at + chance.randrange(1, 200)]
    return bytes(damaged)


def test_mutated_gguf_headers(model_path, tmp_path):
    data = model_path.read_bytes()
    header_bytes = read_header(model_path).data_offset
    chance = random.Random(11)
    survivors: list[Path] = []
    refusals: list[tuple[str, str]] = []
    for number in range(MUTATIONS):
        path = tmp_path / f"{number}.gguf"
        path.write_bytes(_mutate(data, header_bytes, chance))
        try:
            gguf.read_facts(path)
        except ModelFileError as error:
            refusals.append((str(path), str(error)))
            path.unlink()
        else:
            survivors.append(path)
    assert all(path in sentence and sentence.endswith(".") for path, sentence in refusals)
    assert len(survivors) < MUTATIONS // 2
    _load_in_a_child(survivors[:NATIVE_TRIES])


def _load_in_a_child(paths: list[Path]) -> None:
    """Load what survived; a child that dies is started again behind the file that killed it."""
    left = [str(path) for path in paths]
    ends: Counter[str] = Counter()
    while left:
        command = [sys.executable, "-c", LOADER, *left]
        done = subprocess.run(command, capture_output=True, text=True, timeout=NATIVE_S)
        seen = done.stdout.split()
        if done.returncode == 0:
            assert seen == [*left, "end"]
            ends["loaded or refused"] += len(left)
            return
        assert done.returncode < 0, done.stderr[-2000:]  # a signal, not an error of Python's
        ends["killed"] += 1
        left = left[left.index(seen[-1]) + 1 :]
    assert ends["killed"] < len(paths)


def test_mutated_safetensors_headers(tmp_path):
    folder = write_mlx(tmp_path / "model")
    weights = folder / "model.safetensors"
    data = weights.read_bytes()
    header_bytes = 8 + struct.unpack_from("<Q", data)[0]
    chance = random.Random(12)
    refusals: list[str] = []
    for _ in range(MUTATIONS):
        weights.write_bytes(_mutate(data, header_bytes, chance))
        try:
            mlx_folder.read_facts(folder)
        except ModelFileError as error:
            refusals.append(str(error))
    assert all(str(folder) in sentence and sentence.endswith(".") for sentence in refusals)
    assert len(refusals) > MUTATIONS // 2


@pytest.mark.parametrize(
    ("header", "sentence"),
    [
        ("[]", "no JSON object"),
        ("[" * 100_000, "no JSON"),
        ('{"a": 1}', "not described"),
        ('{"a": {"dtype": "F32", "shape": [2], "data_offsets": [0, 4]}}', "another size"),
        ('{"a": {"dtype": "F32", "shape": [-1], "data_offsets": [0, 4]}}', "impossible shape"),
        ('{"a": {"dtype": "X9", "shape": [1], "data_offsets": [0, 4]}}', "unknown type"),
        ('{"a": {"dtype": "F32", "shape": [9], "data_offsets": [0, 36]}}', "is truncated"),
        ('{"a": {"dtype": "F32", "shape": [1e9], "data_offsets": [0, 4]}}', "impossible shape"),
    ],
    ids=["list", "deep", "number", "size", "negative", "type", "cut", "float"],
)
def test_hostile_safetensors_headers(tmp_path, header, sentence):
    path = tmp_path / "model.safetensors"
    path.write_bytes(struct.pack("<Q", len(header)) + header.encode() + bytes(8))
    with pytest.raises(ModelFileError, match=sentence):
        read_arrays(path)


def test_safetensors_that_never_arrived(tmp_path):
    path = tmp_path / "model.safetensors"
    with pytest.raises(ModelFileError, match="There is no file"):
        read_arrays(path)
    path.write_bytes(b"\1\2")
    with pytest.raises(ModelFileError, match="only 2 bytes"):
        read_arrays(path)
    path.write_bytes(struct.pack("<Q", 1 << 40))
    with pytest.raises(ModelFileError, match="claims"):
        read_arrays(path)
    path.write_bytes(struct.pack("<Q", 1000) + b"{}")
    with pytest.raises(ModelFileError, match="is truncated"):
        read_arrays(path)


@pytest.mark.parametrize(
    ("config", "sentence"),
    [
        ("{", "is no JSON"),
        ("[1]", "is no JSON object"),
        ("{}", "does not name the model's type"),
        (json.dumps({"model_type": "qwen3"}), "how many layers"),
        (json.dumps({"model_type": "qwen3", "num_hidden_layers": -4}), "how many layers"),
    ],
    ids=["cut", "list", "empty", "layers", "negative"],
)
def test_hostile_configurations(tmp_path, config, sentence):
    folder = write_mlx(tmp_path / "model")
    (folder / "config.json").write_text(config)
    with pytest.raises(ModelFileError, match=sentence):
        mlx_folder.read_facts(folder)


def test_an_index_can_not_leave_its_folder(tmp_path):
    folder = write_mlx(tmp_path / "model")
    index = {"weight_map": {"a": "../../secret.safetensors"}}
    (folder / "model.safetensors.index.json").write_text(json.dumps(index))
    with pytest.raises(ModelFileError, match="outside its folder"):
        mlx_folder.read_facts(folder)


CLAIMS: dict[str, tuple[dict[str, int], str]] = {
    "layers": ({"block_count": 100_000}, "100000 layers"),
    "no layers": ({"block_count": 0}, "0 layers"),
    "experts": ({"expert_count": 4, "expert_used_count": 9}, "9 of 4 experts"),
    "unused experts": ({"expert_count": 4}, "0 of 4 experts"),
    "ahead": ({"nextn_predict_layers": 3}, "layers ahead"),
    "width": ({"embedding_length": 0}, "embedding of 0"),
}


@pytest.mark.parametrize("case", CLAIMS)
def test_claims_that_would_abort_llama_cpp(tmp_path, case):
    metadata, sentence = CLAIMS[case]
    path = write_gguf(tmp_path / "model.gguf", metadata=dict(metadata))
    with pytest.raises(ModelFileError, match=sentence):
        gguf.read_facts(path)


def test_parts_that_do_not_belong_together(tmp_path):
    first = write_split(tmp_path, "model")
    assert len(read_header(first).parts) == 3
    second = tmp_path / "model-00002-of-00003.gguf"
    with pytest.raises(ModelFileError, match="is part 2 of 3"):
        read_header(second)
    third = tmp_path / "model-00003-of-00003.gguf"
    kept = third.read_bytes()
    third.write_bytes(second.read_bytes())
    with pytest.raises(ModelFileError, match="is not part 3"):
        read_header(first)
    third.write_bytes(kept[:-100])
    with pytest.raises(ModelFileError, match="is truncated"):
        read_header(first)
    renamed = first.rename(tmp_path / "other.gguf")
    with pytest.raises(ModelFileError, match="Restore the names"):
        read_header(renamed)
