"""Options and arguments of the command line: their bounds and their words of help."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Annotated

import typer

from app.work.order import LONGEST_COOL_DOWN_S
from engines.options import MAX_PARALLEL, EngineOptions, KvType
from pipeline.records.records import MAX_FEEDBACK_ROUNDS

BYTES_PER_GB = 10**9


def _finite(value: float | None) -> float | None:
    """Refuse nan and inf, which no bound keeps out. Raises BadParameter."""
    if value is not None and not math.isfinite(value):
        raise typer.BadParameter(f"{value:g} is no amount")
    return value


RequestName = Annotated[str, typer.Argument(help="Name of a request, or a text file.")]
ModelPath = Annotated[
    Path, typer.Option(help="GGUF file, or folder of an MLX model.", metavar="FILE_OR_DIR")
]
Seed = Annotated[int, typer.Option(min=0, max=2**32 - 1)]
Feedback = Annotated[
    int, typer.Option(min=0, max=MAX_FEEDBACK_ROUNDS, help="Rounds with its errors.")
]
Context = Annotated[int | None, typer.Option(help="Context in tokens.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")]
Folder = Annotated[Path, typer.Argument(exists=True, file_okay=False, help="Project folder.")]
KvTypeOption = Annotated[
    KvType | None,
    typer.Option(help="Numbers in the KV cache; f16 without, MLX: the model's own, q8_0 or q4_0."),
]
ParallelOption = Annotated[
    int | None,
    typer.Option(
        min=1,
        max=MAX_PARALLEL,
        help="Forms filled side by side; GGUF only, without as many as memory allows.",
    ),
]
FlashAttentionOption = Annotated[
    bool | None, typer.Option(help="GGUF only; without, llama.cpp chooses.")
]
BatchOption = Annotated[int, typer.Option(help="Tokens of a prompt evaluated at once.")]
ThinkTokens = Annotated[
    int, typer.Option(min=0, help="Most tokens a reasoning model may think before each answer.")
]
RunDir = Annotated[Path, typer.Argument(exists=True, file_okay=False, help="Run folder.")]
PlannedMemory = Annotated[
    float | None,
    typer.Option(min=1, callback=_finite, metavar="GB", help="Plan for a Mac with this memory."),
]
Threads = Annotated[int | None, typer.Option(help="CPU threads; GGUF only.")]
GpuLayers = Annotated[int | None, typer.Option(help="Layers on the GPU; GGUF only, all without.")]
WiredLimit = Annotated[
    float | None,
    typer.Option(
        min=0,
        callback=_finite,
        metavar="GB",
        help="Memory kept from being swapped out; MLX only.",
    ),
]
RpcServers = Annotated[
    str | None,
    typer.Option(
        metavar="HOST:PORT,...",
        help="Put layers of a GGUF model on other machines, where sixfold rpc-server runs. "
        "RPC has no password and no encryption: trusted network only.",
    ),
]
Distributed = Annotated[
    bool,
    typer.Option(
        "--distributed",
        help="Share an MLX model with the other processes of mlx.launch. No password, no "
        "encryption: trusted network only.",
    ),
]
CoolDown = Annotated[
    float,
    typer.Option(
        min=0,
        max=LONGEST_COOL_DOWN_S,
        callback=_finite,
        metavar="S",
        help="Rest before the run.",
    ),
]
Temperature = Annotated[
    float,
    typer.Option(
        min=0, max=2, callback=_finite, help="Of the sampler; 0 always takes the likeliest."
    ),
]
WarmUp = Annotated[bool, typer.Option("--warm-up", help="Answer once before anything is measured.")]


def engine_options(
    kv_type: KvTypeOption,
    batch: BatchOption,
    flash_attention: FlashAttentionOption,
    threads: Threads,
    gpu_layers: GpuLayers,
    wired_limit: WiredLimit,
    rpc: RpcServers,
    distributed: Distributed,
) -> EngineOptions:
    """Gather the options of an engine as they were typed. Raises OptionError."""
    return EngineOptions(
        gpu_layers=gpu_layers,
        kv_type=kv_type,
        flash_attention=flash_attention,
        batch_tokens=batch,
        threads=threads,
        rpc=tuple(rpc.split(",")) if rpc is not None else (),
        distributed=distributed,
        wired_limit_bytes=None if wired_limit is None else int(wired_limit * BYTES_PER_GB),
    )
