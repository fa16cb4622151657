"""What measurements compute of themselves."""

from __future__ import annotations

import pytest

from pipeline.records.measurements import Power


@pytest.mark.parametrize(
    ("first", "second", "joined"),
    [
        (Power(), Power(), Power()),
        (Power(on_battery=False), Power(on_battery=True), Power(on_battery=True)),
        (Power(low_power_mode=False), Power(), Power(low_power_mode=False)),
        (
            Power(speed_limit_percent=100, thermal_pressure=0),
            Power(speed_limit_percent=70, thermal_pressure=2),
            Power(speed_limit_percent=70, thermal_pressure=2),
        ),
    ],
)
def test_the_worst_of_two_samples(first: Power, second: Power, joined: Power) -> None:
    assert first.joined(second) == second.joined(first) == joined
