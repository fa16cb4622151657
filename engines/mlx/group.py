"""Several processes that compute one MLX model: `mlx.distributed`, started by `mlx.launch`.

Each layer is shared (tensor parallel), so every process must evaluate the same tokens. The first
one runs the program and tells the others what it does; they only compute. The connection has
neither a password nor encryption: use it in a trusted network only.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal, cast, get_args

import mlx.core as mx

from engines.protocol import EngineError

Order = Literal["run", "cut", "save", "restore", "forget", "close"]
ORDERS: tuple[Order, ...] = get_args(Order)
HEAD = 3  # order, number, count of tokens


class Group:
    """This process among those that `mlx.launch` started."""

    def __init__(self, batch_tokens: int) -> None:
        """Find the others. Raises EngineError if there are none."""
        self._group: Any = mx.distributed.init()
        self._frame = HEAD + batch_tokens
        if self._group.size() < 2:
            raise EngineError(
                "The model can't be shared: this process runs alone. Start Sixfold with mlx.launch "
                "on every machine, or leave the option out."
            )

    @property
    def leads(self) -> bool:
        """True in the process that runs the program."""
        return bool(self._group.rank() == 0)

    def shard(self, net: Any, path: Path) -> None:
        """Keep only this process's part of each layer. Raises EngineError if there are no parts."""
        if not hasattr(net, "shard"):
            raise EngineError(
                f"mlx-lm can't share {path.name}: it has no tensor parallelism for models of this "
                "architecture. Choose another model, or leave the option out."
            )
        net.shard(self._group)

    def send(self, order: Order, number: int, tokens: list[int]) -> None:
        """Tell the others what this process does next."""
        frame = [ORDERS.index(order), number, len(tokens), *tokens]
        self._exchange(frame + [0] * (self._frame - len(frame)))

    def receive(self) -> tuple[Order, int, list[int]]:
        """Wait for what to do next: the order, its number, its tokens."""
        frame = self._exchange([0] * self._frame)
        count = frame[2]
        return ORDERS[frame[0]], frame[1], frame[HEAD : HEAD + count]

    def _exchange(self, frame: list[int]) -> list[int]:
        """Add up the frames of all processes; those of the followers are zero."""
        total: Any = mx.distributed.all_sum(
            mx.array(frame, dtype=mx.int32), group=self._group, stream=mx.cpu
        )
        return cast(list[int], total.tolist())
