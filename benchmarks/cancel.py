"""Measure how soon a call returns after it was cancelled, in its prompt and in its answer.

    .venv/bin/python -m benchmarks.cancel --model FILE_OR_FOLDER [--times 20]

Prints the median and the longest wait in milliseconds; 200 are allowed. On a GPU a batch is not
interrupted, so there the wait is that of one chunk of a prompt.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import threading
import time
from pathlib import Path

from engines.open import open_model
from engines.protocol import Cancelled, Engine, Message, Request, Sampler

CONTEXT_TOKENS = 4096
ALLOWED_MS = 200.0
PAUSE_S = 0.05
"""From the moment that is waited for to the cancel, so that it falls into the middle of a step."""


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--times", type=int, default=20)
    given = parser.parse_args()
    engine = open_model(given.model, CONTEXT_TOKENS)
    worst = 0.0
    for name, in_answer in (("in the prompt", False), ("in the answer", True)):
        waits = [wait_ms(engine, number, in_answer=in_answer) for number in range(given.times)]
        worst = max(worst, *waits)
        print(f"{name:<14} median {statistics.median(waits):6.1f} ms, longest {max(waits):6.1f} ms")
    engine.close()
    if worst > ALLOWED_MS:
        sys.exit(1)


def wait_ms(engine: Engine, number: int, *, in_answer: bool) -> float:
    """Cancel one call and time how long it takes to return."""
    words = "word " * 10
    while not in_answer and engine.count_tokens((Message("user", words * 2),)) < CONTEXT_TOKENS:
        words *= 2
    prompt = (Message("user", f"{number} {words}"),)  # the number first: nothing is cached
    began, cancelled_at = threading.Event(), [0.0]
    stop = threading.Event()

    def cancel() -> None:
        began.wait()
        time.sleep(PAUSE_S)
        cancelled_at[0] = time.perf_counter()
        stop.set()

    canceller = threading.Thread(target=cancel)
    canceller.start()
    if not in_answer:
        began.set()
    try:
        engine.complete(
            Request("cancel", prompt, None, Sampler(1.0, seed=number), CONTEXT_TOKENS),
            on_text=lambda text, forced: began.set(),
            cancelled=stop.is_set,
        )
    except Cancelled:
        return (time.perf_counter() - cancelled_at[0]) * 1000
    finally:
        began.set()
        canceller.join()
    raise SystemExit("The call ended before it was cancelled; choose a slower model.")


if __name__ == "__main__":
    main()
