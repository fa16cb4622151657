"""Measure how soon a home folder full of models is listed.

    .venv/bin/python -m benchmarks.catalogue [--models 200] [--times 7]

The home folder is made by the tests of the catalogue: every program's layout, links, splits, and
files that are no models. Prints the first time, the median and the processor's time in
milliseconds; 300 are allowed by the clock.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from pathlib import Path

from engines.files.catalogue import Entry, find_models, places
from tests.engines.files.home_folder import NAMED, make_home

ALLOWED_MS = 300.0


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--models", type=int, default=200)
    parser.add_argument("--times", type=int, default=7)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        make_home(home, given.models - NAMED)
        clock: list[float] = []
        processor: list[float] = []
        found: tuple[Entry, ...] = ()
        for _ in range(given.times):
            began = time.perf_counter(), time.process_time()
            found = find_models(places(home, {}))
            clock.append((time.perf_counter() - began[0]) * 1000)
            processor.append((time.process_time() - began[1]) * 1000)
    models = sum(entry.state == "model" for entry in found)
    print(
        f"{models} models and {len(found) - models} other files: first {clock[0]:.0f} ms, "
        f"median {statistics.median(clock):.0f} ms, "
        f"of the processor {statistics.median(processor):.0f} ms"
    )
    if clock[0] > ALLOWED_MS:
        sys.exit(1)


if __name__ == "__main__":
    main()
