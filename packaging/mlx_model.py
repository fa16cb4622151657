"""Make the model of random weights once more as an MLX folder, to try the MLX engine with.

    .venv/bin/python packaging/mlx_model.py [FOLDER]

The same vocabulary and shape, weights in float32; it writes nonsense just as well.
"""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # run as a script, its folder is the only one Python looks into

import random_model  # noqa: E402

from engines.random_weights.mlx_model import write_random_mlx  # noqa: E402

OUT = ROOT / ".tools" / "models" / "sixfold-random-mlx"


def make(out: Path) -> None:
    """Write the model's folder."""
    write_random_mlx(
        out,
        random_model.train_vocabulary(),
        random_model.SHAPE,
        chat_template=random_model.CHAT_TEMPLATE,
        seed=random_model.SEED,
    )


if __name__ == "__main__":
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else OUT
    make(target)
    print(target)
