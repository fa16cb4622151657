"""Several processes that compute one MLX model: `mlx.distributed`, started by `mlx.launch`.

Each layer is shared (tensor parallel), so every process must evaluate the same tokens. The first
one runs the program and sends the others each step; they only compute. The connection has
neither a password nor encryption: use it in a trusted network only.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal, cast, get_args

import mlx.core as mx

from engines.protocol import EngineError
from engines.remedy import Remedy

Step = Literal["run", "cut", "save", "restore", "forget", "close"]
STEPS: tuple[Step, ...] = get_args(Step)
HEAD = 3  # step, number, count of tokens


class Processes:
    """Those that `mlx.launch` started, this one among them."""

    def __init__(self, batch_tokens: int) -> None:
        """Connect to the others. Raises EngineError if there are none."""
        self._group: Any = mx.distributed.init()
        self._frame = HEAD + batch_tokens
        if self._group.size() < 2:
            raise EngineError(
                "The model can't be shared: this process runs alone. Start Sixfold with mlx.launch "
                "on every machine.",
                Remedy("distributed", "omit"),
            )

    @property
    def leads(self) -> bool:
        """Whether this is the process that runs the program."""
        return bool(self._group.rank() == 0)

    def shard(self, net: Any, path: Path) -> None:
        """Keep only this process's part of each layer. Raises EngineError if there are no parts."""
        if not hasattr(net, "shard"):
            raise EngineError(
                f"mlx-lm can't share {path.name}: it has no tensor parallelism for models of this "
                "architecture. Choose another model.",
                Remedy("distributed", "omit"),
            )
        net.shard(self._group)

    def send(self, step: Step, number: int, tokens: list[int]) -> None:
        """Send the others what this process does next."""
        frame = [STEPS.index(step), number, len(tokens), *tokens]
        self._exchange(frame + [0] * (self._frame - len(frame)))

    def receive(self) -> tuple[Step, int, list[int]]:
        """Wait for what to do next: the step, its number, its tokens."""
        frame = self._exchange([0] * self._frame)
        count = frame[2]
        return STEPS[frame[0]], frame[1], frame[HEAD : HEAD + count]

    def _exchange(self, frame: list[int]) -> list[int]:
        """Add up the frames of all processes; those of the followers are zero."""
        total: Any = mx.distributed.all_sum(
            mx.array(frame, dtype=mx.int32), group=self._group, stream=mx.cpu
        )
        return cast(list[int], total.tolist())
