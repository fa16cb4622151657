"""Seeds as people write them: `1`, `1-3`, `1, 2, 7-9`."""

from __future__ import annotations

import re

from pipeline.records.options import LARGEST_SEED

RANGE = re.compile(r"\s*(\d+)\s*(?:[-\N{EN DASH}]\s*(\d+)\s*)?")
MOST_SEEDS = 100


class SeedError(ValueError):
    """The text names no seeds; the message is a sentence for the user."""


def parse_seeds(text: str) -> tuple[int, ...]:
    """Read seeds, each once and in the order given. Raises SeedError."""
    seeds: dict[int, None] = {}
    for part in text.split(","):
        found = RANGE.fullmatch(part)
        if found is None:
            raise SeedError("Write seeds as numbers and ranges, for example 1-3 or 1, 5, 9.")
        first = int(found[1])
        last = int(found[2]) if found[2] is not None else first
        if max(first, last) > LARGEST_SEED:
            raise SeedError(f"A seed can't be larger than {LARGEST_SEED}.")
        if last < first:
            raise SeedError(f"The range {part.strip()} runs backwards.")
        if len(seeds) + last - first + 1 > MOST_SEEDS:
            raise SeedError(f"More than {MOST_SEEDS} seeds at once are too many.")
        seeds |= dict.fromkeys(range(first, last + 1))
    return tuple(seeds)
