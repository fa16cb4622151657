"""Figures of the report, drawn by matplotlib: axes, tokens per stage, memory over time.

Importing matplotlib takes a second; only the report does it. Text becomes outlines, so that a page
looks the same where the font is missing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from io import BytesIO
from typing import Any

import matplotlib as mpl
from matplotlib import font_manager
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Drawing
from matplotlib.typing import RcKeyType

from app.library.result import Result
from app.report import numbers
from app.report.card import STAGE_TITLES, card_of
from app.report.figure import Figure
from app.report.theme import FAMILY, FONTS, Theme
from pipeline.records.events import Event, MemorySampled, RunResumed

SIZE_INCHES = (5.6, 3.4)
GIGA = 1e9
NO_METADATA: dict[str, Any] = dict.fromkeys(("Date", "Creator", "Format", "Type"))


def figures_of(result: Result, events: Sequence[Event], theme: Theme) -> tuple[Figure, ...]:
    """Draw what a run has figures for; what was not measured has none."""
    drawn: list[Figure] = []
    with _look(theme):
        if result.score is not None and result.score.well_formed is None:
            drawn.append(_axes(result, theme))
        if any(stage.calls for stage in result.stages):
            drawn.append(_tokens(result, theme))
        samples = _last_attempt(events)
        if len(samples) > 1:
            drawn.append(_memory(samples, theme))
    return tuple(drawn)


def _axes(result: Result, theme: Theme) -> Figure:
    axes = [axis for axis in card_of(result).axes if axis.points is not None]
    drawing, plot = _plot()
    names = [axis.title for axis in axes]
    plot.barh(names, [float(axis.max or 0) for axis in axes], color=theme.track, height=0.55)
    bars = plot.barh(
        names, [float(axis.points or 0) for axis in axes], color=theme.accent, height=0.55
    )
    plot.bar_label(bars, [f"  {axis.label}" for axis in axes], color=theme.ink)
    plot.invert_yaxis()
    plot.set_xlim(0, 1.2 * max((float(axis.max or 0) for axis in axes), default=1.0))
    plot.set_xlabel("points")
    words = ", ".join(f"{axis.title} {axis.label}" for axis in axes)
    return _finished(drawing, "Points of each axis", words)


def _tokens(result: Result, theme: Theme) -> Figure:
    stages = [stage for stage in result.stages if stage.calls]
    parts = {
        "evaluated": [stage.prompt_tokens - stage.cached_tokens for stage in stages],
        "cached": [stage.cached_tokens for stage in stages],
        "forced": [stage.forced_tokens for stage in stages],
        "sampled": [stage.sampled_tokens for stage in stages],
    }
    drawing, plot = _plot()
    names = [STAGE_TITLES[stage.name] for stage in stages]
    left = [0] * len(stages)
    colours = (theme.parts[1], theme.border, theme.parts[2], theme.accent)
    for (name, values), colour in zip(parts.items(), colours, strict=True):
        plot.barh(names, values, left=left, color=colour, height=0.55, label=name)
        left = [before + value for before, value in zip(left, values, strict=True)]
    plot.invert_yaxis()
    plot.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=4, frameon=False)
    plot.xaxis.set_major_formatter(lambda value, _: numbers.rounded(value))
    unit = "bytes" if result.model.format == "scripted" else "tokens"
    plot.set_xlabel(unit)
    words = ", ".join(
        f"{name}: {stage.prompt_tokens} in, {stage.output_tokens} out"
        for name, stage in zip(names, stages, strict=True)
    )
    return _finished(drawing, f"{unit.capitalize()} of each stage", words)


def _memory(samples: Sequence[MemorySampled], theme: Theme) -> Figure:
    drawing, plot = _plot()
    times = [sample.t_s for sample in samples]
    own = [sample.rss_bytes / GIGA for sample in samples]
    plot.fill_between(times, own, color=theme.accent, alpha=0.25, linewidth=0)
    plot.plot(times, own, color=theme.accent, linewidth=1.8, label="this run")
    system = [sample.system_used_bytes / GIGA for sample in samples]
    plot.plot(times, system, color=theme.parts[1], linewidth=1.4, label="whole machine")
    total = samples[-1].system_total_bytes / GIGA
    plot.axhline(total, color=theme.danger, linewidth=1.2, linestyle=(0, (4, 3)))
    plot.text(times[0], total, " memory of the machine", va="bottom", color=theme.danger)
    plot.set_ylim(0, 1.18 * total)
    plot.set_xlim(times[0], times[-1])
    plot.set_xlabel("seconds")
    plot.set_ylabel("GB")
    plot.legend(loc="center right", frameon=False)
    peak = max(sample.peak_bytes for sample in samples)
    return _finished(drawing, "Memory over time", f"The run's peak is {numbers.size(peak)}")


def _last_attempt(events: Sequence[Event]) -> list[MemorySampled]:
    samples: list[MemorySampled] = []
    for event in events:
        if isinstance(event, RunResumed):
            samples.clear()
        if isinstance(event, MemorySampled):
            samples.append(event)
    return samples


def _plot() -> tuple[Drawing, Axes]:
    drawing = Drawing(figsize=SIZE_INCHES, layout="constrained")
    plot = drawing.add_subplot()
    for side in ("top", "right"):
        plot.spines[side].set_visible(False)
    return drawing, plot


def _finished(drawing: Drawing, title: str, words: str) -> Figure:
    buffer = BytesIO()
    drawing.savefig(buffer, format="svg", transparent=True, metadata=NO_METADATA)
    return Figure(title, f"{title}: {words}", buffer.getvalue())


@contextmanager
def _look(theme: Theme) -> Iterator[None]:
    """Draw in the theme's colours and the bundled font."""
    for file in sorted(FONTS.glob("*.ttf")):
        font_manager.fontManager.addfont(file)
    settings: dict[RcKeyType, Any] = {
        "font.family": FAMILY,
        "font.size": 10,
        "text.color": theme.ink,
        "axes.edgecolor": theme.border,
        "axes.labelcolor": theme.muted,
        "xtick.color": theme.muted,
        "ytick.color": theme.muted,
        "ytick.labelcolor": theme.ink,
        "svg.fonttype": "path",
        "svg.hashsalt": "sixfold",
    }
    with mpl.rc_context(settings):
        yield
