"""Numbers as people read them."""

from __future__ import annotations

import pytest

from app.report import numbers
from app.report.numbers import NOT_MEASURED, THIN_SPACE


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        (numbers.points(9.0), "9"),
        (numbers.points(21.44), "21.4"),
        (numbers.share(999_999, 1_000_000), f"99.9{THIN_SPACE}%"),
        (numbers.share(3, 3), f"100{THIN_SPACE}%"),
        (numbers.share(0, 0), NOT_MEASURED),
        (numbers.speed(None), NOT_MEASURED),
        (numbers.speed(64.25), "64.2 tok/s"),
        (numbers.speed(1234.4), f"1{THIN_SPACE}234 tok/s"),
        (numbers.size(None), NOT_MEASURED),
        (numbers.size(19_870_000_000), "19.87 GB"),
        (numbers.size(123_456_789), "123 MB"),
        (numbers.machine_memory(64 * 2**30 - 10**8), "64 GB"),
        (numbers.duration(None), NOT_MEASURED),
        (numbers.duration(0.0123), "12 ms"),
        (numbers.duration(59.94), "59.9 s"),
        (numbers.duration(59.99), "1 min 00 s"),
        (numbers.duration(742), "12 min 22 s"),
        (numbers.duration(3599.9), "1 h 00 min"),
        (numbers.parameters(596_000_000), "596 M"),
        (numbers.parameters(4_020_000_000), "4.02 B"),
        (numbers.parameters(30), "30"),
    ],
)
def test_numbers(shown: str, expected: str) -> None:
    assert shown == expected
