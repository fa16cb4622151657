"""Models that several processes compute together, all of them on this machine."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import llama_cpp
import pytest

from engines.llama.engine import LlamaEngine
from engines.llama.rpc import EXIT_LOST, LOST, LOST_SENTENCE
from engines.options import EngineOptions
from engines.protocol import EngineError

ROOT = Path(__file__).parents[2]
WAIT_S = 240  # two processes that wait for each other on two cores
SERVE = "from engines.llama.rpc import serve; serve('127.0.0.1', int({port}), 1)"
SHARED = """
import sys
from pathlib import Path
from engines.open import open_model
from engines.options import EngineOptions
from tests.engines.conftest import Asked, Function
engine = open_model(Path(sys.argv[1]), 1024, EngineOptions(distributed=True))
texts = [engine.complete(Asked(Function).request(1, 4)).text for _ in range(2)]
engine.close()
print(*texts, sep="\\n")
"""

needs_rpc = pytest.mark.skipif(
    not llama_cpp.llama_supports_rpc(), reason="llama.cpp is built without RPC (make setup RPC=1)"
)


def free_ports(count: int) -> list[int]:
    """Return ports that nobody listens at."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports


@pytest.fixture
def servers() -> Iterator[tuple[str, ...]]:
    """Start two RPC servers and return their addresses."""
    ports = free_ports(2)
    commands = ([sys.executable, "-c", SERVE.format(port=port)] for port in ports)
    started = [
        subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        for command in commands
    ]
    for each in started:
        assert each.stdout is not None
        for line in each.stdout:
            if "transport" in line:  # the last line before it listens
                break
    yield tuple(f"127.0.0.1:{port}" for port in ports)
    for each in started:
        each.kill()
        each.communicate()


@needs_rpc
def test_layers_on_two_servers_fill_forms(model_path, function_form, servers):
    engine = LlamaEngine(model_path, 1024, EngineOptions(rpc=servers))
    for seed in range(3):
        completion = engine.complete(function_form.request(seed, max_tokens=40))
        function_form.form.model_validate_json(completion.text)
    first, again = (engine.complete(function_form.request(1)).text for _ in range(2))
    engine.close()
    assert first == again


@needs_rpc
def test_an_address_in_use_is_refused():
    from engines.llama.rpc import serve

    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(EngineError, match=f"{port} can't be listened at"):
            serve("127.0.0.1", port, 1)


@pytest.mark.skipif(llama_cpp.llama_supports_rpc(), reason="this llama.cpp has RPC")
def test_without_rpc_no_machine_can_be_lent():
    from engines.llama.rpc import serve

    with pytest.raises(EngineError, match=r"make setup RPC=1.*trusted network only"):
        serve("127.0.0.1", 50052, None)


def test_two_processes_of_mlx_fill_forms(mlx_path, tmp_path, function_form):
    ring = tmp_path / "ring.json"
    ring.write_text(json.dumps([[f"127.0.0.1:{port}"] for port in free_ports(2)]))
    environment = os.environ | {"MLX_HOSTFILE": str(ring), "PYTHONPATH": str(ROOT)}
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", SHARED, str(mlx_path)],
            env=environment | {"MLX_RANK": str(rank)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for rank in (0, 1)
    ]
    (printed, error), (follower, _) = (each.communicate(timeout=WAIT_S) for each in processes)
    assert [each.returncode for each in processes] == [0, 0], error
    texts = printed.splitlines()
    assert texts[0] == texts[1]
    function_form.form.model_validate_json(texts[0])
    assert follower == ""


@pytest.mark.parametrize(
    ("words", "code", "printed"),
    [
        (LOST, EXIT_LOST, f"sixfold: {LOST_SENTENCE}\n"),
        ("a bug", -signal.SIGABRT, "a bug"),
    ],
)
def test_a_lost_server_ends_the_process_with_a_sentence(words, code, printed):
    """llama.cpp aborts; anything else that it aborts for stays a crash."""
    script = (
        "from engines.llama.rpc import report_lost_servers; from engines.llama import devices\n"
        "report_lost_servers()\n"
        f"devices.library().ggml_abort(b'rpc.cpp', 1, {words.encode()!r})"
    )
    ended = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True)
    assert ended.returncode == code
    assert printed in ended.stderr
