"""Numbers as people read them; what was not measured says so."""

from __future__ import annotations

NOT_MEASURED = "not measured"
THIN_SPACE = "\u2009"
SECONDS_PER_MINUTE = 60
KILO, MEGA, GIGA = 1e3, 1e6, 1e9


def count(value: int) -> str:
    """Group thousands: `48 211` with thin spaces."""
    return f"{value:,}".replace(",", THIN_SPACE)


def points(value: float) -> str:
    """Show points with one decimal, whole numbers without."""
    text = f"{value:.1f}"
    return text.removesuffix(".0")


def well_formed(value: float) -> str:
    """Show how well-formed a project is: a whole number, so that nobody takes it for a score."""
    return f"well-formed {value:.0f}"


def total(score: float | None, well_formed_value: float | None) -> str:
    """Say what a project got: its score, else how well-formed it is; empty without either."""
    if score is not None:
        return f"{points(score)} of 100"
    return "" if well_formed_value is None else well_formed(well_formed_value)


def small_points(value: float) -> str:
    """Show what a finding costs, with two decimals where they matter."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


def share(part: float, whole: float) -> str:
    """Show a share as a percentage; 100 % only if nothing is missing."""
    if whole <= 0:
        return NOT_MEASURED
    percent = 100 * part / whole
    if part < whole:
        percent = min(percent, 99.9)
    return f"{points(percent)}{THIN_SPACE}%"


def speed(tok_per_s: float | None) -> str:
    """Show tokens per second with three figures or more."""
    if tok_per_s is None:
        return NOT_MEASURED
    text = f"{tok_per_s:.1f}" if tok_per_s < 100 else count(round(tok_per_s))
    return f"{text} tok/s"


def size(size_bytes: float | None) -> str:
    """Show bytes in decimal units, as the published memory figures of models are."""
    if size_bytes is None:
        return NOT_MEASURED
    if size_bytes >= GIGA:
        return f"{size_bytes / GIGA:.2f} GB"
    return f"{size_bytes / MEGA:.0f} MB"


def machine_memory(size_bytes: int) -> str:
    """Show a machine's memory the way it is sold: in binary gigabytes, rounded."""
    return f"{round(size_bytes / 2**30)} GB"


def duration(seconds: float | None) -> str:
    """Show a duration in its two largest units."""
    if seconds is None:
        return NOT_MEASURED
    if seconds < 1:
        return f"{seconds * 1000:.0f} ms"
    if round(seconds, 1) < SECONDS_PER_MINUTE:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), SECONDS_PER_MINUTE)
    if minutes < 60:
        return f"{minutes} min {rest:02d} s"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes:02d} min"


def rounded(number: float) -> str:
    """Show a large number to three figures: `4.02 B`, `596 M`, `820 k`."""
    for unit, name in ((GIGA, "B"), (MEGA, "M"), (KILO, "k")):
        if number >= unit:
            value = number / unit
            decimals = 2 if value < 10 else 1 if value < 100 else 0
            text = f"{value:.{decimals}f}"
            return f"{text.rstrip('0').rstrip('.') if decimals else text} {name}"
    return f"{number:g}"


def parameters(number: int) -> str:
    """Show a number of parameters to three figures."""
    return rounded(number)
