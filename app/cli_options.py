"""Options and arguments of the command line: their bounds and their words of help."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Annotated

import typer

from app.order import LONGEST_COOL_DOWN_S
from engines.options import MAX_PARALLEL, KvType


def _finite(value: float | None) -> float | None:
    """Refuse nan and inf, which no bound keeps out. Raises BadParameter."""
    if value is not None and not math.isfinite(value):
        raise typer.BadParameter(f"{value:g} is no amount")
    return value


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
