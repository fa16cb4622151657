"""The result card's content: every field the community asks for, taken from a run's result."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from app.library.result import Result
from app.report import numbers
from app.report.numbers import NOT_MEASURED
from pipeline.records.measurements import Power
from pipeline.records.options import chosen_options, describe_options
from pipeline.records.stages import StageName
from scoring.report import AxisName, AxisScore, Scorecard

HASH_DIGITS = 8
ALL_POINTS = 100
FULL_SPEED_PERCENT = 100
IN_BRACKETS = re.compile(r"\s*\([^)]*\)")
"""Trade marks and code names in the names of chips and systems."""
SINGLE_RUN = "single run, no interval"
NO_BRIEF = "No brief says what this request demands, so it has no score."
WRITE_ONE = "Write one with `sixfold brief new`, and the same files can be scored."
AXIS_TITLES: dict[AxisName, str] = {
    "requirements": "Requirements",
    "database": "Database",
    "api": "API",
    "tests": "Tests",
    "implementation": "Implementation",
    "sdk": "SDK",
}
STAGE_TITLES: dict[StageName, str] = {
    "analysis": "Analysis",
    "database": "Database",
    "interface": "Interface",
    "test": "Tests",
    "program": "Program",
    "sdk": "SDK",
}


@dataclass(frozen=True)
class Axis:
    """One of the six bars: an axis, or a part of what is well-formed."""

    title: str
    points: float | None
    """None: not measured."""
    max: float | None

    @property
    def share(self) -> float:
        """Filled part of the bar, 0 to 1."""
        return self.points / self.max if self.points is not None and self.max else 0.0

    @property
    def label(self) -> str:
        """Points of the maximum, as text."""
        return axis_label(self)


@dataclass(frozen=True)
class Fact:
    """One labelled value."""

    label: str
    value: str

    @property
    def measured(self) -> bool:
        """Whether there is a value; else it only says that there is none."""
        return self.value != NOT_MEASURED


@dataclass(frozen=True)
class Card:
    """What a card shows; every text is ready to be drawn."""

    model: str
    model_facts: str
    request: str
    score: str | None
    """None if the run could not be scored, or no brief says what its request demands."""
    grade: str | None
    well_formed: str | None
    """What is said instead of the score without a brief."""
    under_score: str
    """Compile share and the sum without it, or why there is no score."""
    advice: str
    """What leads to a score; empty if there is one."""
    certainty: str
    coverage: str
    """How much of the rubric could be measured; empty if all."""
    anchors: str
    """What others score on this request; empty if nobody has measured it."""
    axes: tuple[Axis, ...]
    facts: tuple[Fact, ...]
    machine: tuple[Fact, ...]
    provenance: str
    run_hash: str

    @property
    def score_words(self) -> str:
        """The score in words, for whoever does not see the card."""
        if self.score is None:
            return (self.well_formed or "no score").capitalize()
        return f"Score {self.score} of 100"

    @property
    def instead(self) -> str:
        """What stands large where there is no score."""
        return (self.well_formed or "not scored").capitalize()

    @property
    def notes(self) -> tuple[str, ...]:
        """What to know beside the score, as far as there is something to say."""
        lines = (self.certainty, self.coverage, self.anchors)
        return tuple(line for line in lines if line)


def card_of(result: Result) -> Card:
    """Make the card of one run."""
    score = result.score
    model = result.model
    totals = result.totals
    return Card(
        model=model.name,
        model_facts="  ·  ".join(
            fact
            for fact in (
                model.format.upper(),
                model.architecture,
                f"{numbers.parameters(model.parameters)} parameters" if model.parameters else "",
                model.quantization,
                f"sha256 {model.sha256[:HASH_DIGITS]}",
            )
            if fact
        ),
        request=result.request if result.brief else f"{result.title} (own request)",
        score=numbers.points(score.score) if score and score.score is not None else None,
        grade=score.grade if score else None,
        well_formed=well_formed_words(score) if score else None,
        under_score=_under_score(result),
        advice=WRITE_ONE if score and score.well_formed else "",
        certainty=_certainty(score),
        coverage=coverage(score) if score else "",
        anchors=anchors(score) if score else "",
        axes=bars_of(score),
        facts=(
            Fact("Decode", numbers.speed(result.decode_tok_per_s)),
            Fact("Prefill", numbers.speed(result.prefill_tok_per_s)),
            Fact("First token", numbers.duration(result.ttft_s)),
            Fact("Peak memory", numbers.size(result.peak_memory_bytes)),
            Fact("Wall time", numbers.duration(result.wall_s)),
            Fact("Tokens out", numbers.count(totals.output_tokens)),
            Fact("Schema-valid", numbers.share(totals.valid, totals.forms)),
            Fact("Valid at first try", numbers.share(totals.valid_first_try, totals.forms)),
            Fact("Retries", numbers.count(totals.retries)),
            Fact("Context", _context(result)),
        ),
        machine=(
            Fact("Machine", _machine(result)),
            Fact("Engine", _engine(result)),
            Fact("Sampling", _sampling(result)),
        ),
        provenance="  ·  ".join(
            (
                _rubric(result),
                f"Sixfold {result.versions.app}",
                f"{result.finished_at:%Y-%m-%d} UTC",
                f"run {_run_hash(result)}",
                "on a local network" if _is_shared(result) else "offline",
            )
        ),
        run_hash=_run_hash(result),
    )


def _under_score(result: Result) -> str:
    if result.score is None:
        if result.outcome == "cancelled":
            return "cancelled before it could be scored"
        return "could not be scored"
    if result.score.well_formed is not None:
        return NO_BRIEF
    return f"compile share {compile_share(result.score)}  ·  {ungated(result.score)} ungated"


def _certainty(score: Scorecard | None) -> str:
    if score is None or score.well_formed is None:
        return SINGLE_RUN
    return f"compile share {compile_share(score)}  ·  {SINGLE_RUN}"


def bars_of(score: Scorecard | None) -> tuple[Axis, ...]:
    """Return the six bars: the points of each axis, or what is right of each part."""
    if score is None:
        return tuple(Axis(title, None, None) for title in AXIS_TITLES.values())
    if score.well_formed is None:
        axes = score.axes
        return tuple(
            Axis(title, axes[name].points, axes[name].max) for name, title in AXIS_TITLES.items()
        )
    return tuple(
        Axis(part.title, part.right, part.looked_at)
        if part.looked_at
        else Axis(part.title, None, None)
        for part in score.well_formed.parts
    )


def well_formed_words(score: Scorecard) -> str | None:
    """Say how well-formed a project without a brief is; None if there is a score, or no number."""
    found = score.well_formed
    return None if found is None or found.value is None else numbers.well_formed(found.value)


def headline(score: Scorecard) -> str:
    """Say in a few words what a project got."""
    if score.score is not None:
        return f"{numbers.points(score.score)} / {ALL_POINTS}"
    return (well_formed_words(score) or "not scored").capitalize()


def axis_label(axis: Axis | AxisScore) -> str:
    """Show an axis' points of those that could be measured."""
    if axis.points is None or axis.max is None:
        return NOT_MEASURED
    return f"{numbers.points(axis.points)} / {numbers.points(axis.max)}"


def compile_share(score: Scorecard) -> str:
    """Say which share of the units had no type error."""
    compiled = score.compile
    if compiled is None:
        return NOT_MEASURED
    return numbers.share(compiled.units - compiled.failed, compiled.units)


def ungated(score: Scorecard) -> str:
    """Return the points before the compile share takes its part."""
    return NOT_MEASURED if score.ungated is None else numbers.points(score.ungated)


def coverage(score: Scorecard) -> str:
    """Say how many points could be measured at all, if not all of them."""
    measured = score.measured
    if score.well_formed is not None:
        return ""
    return "" if measured == ALL_POINTS else f"{measured} of {ALL_POINTS} points measured"


def anchors(score: Scorecard) -> str:
    """Say what others score with the same brief."""
    return score.anchors.words if score.anchors is not None else ""


def _machine(result: Result) -> str:
    machine = result.machine
    gpu = (
        f"GPU memory {numbers.machine_memory(machine.gpu_memory_bytes)}"
        if machine.gpu_memory_bytes is not None
        else f"GPU {NOT_MEASURED}"
    )
    memory = numbers.machine_memory(machine.memory_bytes)
    chip, system = (IN_BRACKETS.sub("", name) for name in (machine.chip, machine.os))
    parts = (f"{chip}, {machine.cores} cores, {memory}, {gpu}, {system}", *_slowed(result.power))
    return ", ".join(parts)


def _slowed(power: Power | None) -> Iterator[str]:
    """Name what held the machine back; what it doesn't report is not named."""
    if power is None:
        return
    if power.on_battery:
        yield "on battery"
    if power.low_power_mode:
        yield "low-power mode"
    if power.speed_limit_percent is not None and power.speed_limit_percent < FULL_SPEED_PERCENT:
        yield f"slowed to {power.speed_limit_percent}{numbers.THIN_SPACE}%"
    if power.thermal_pressure:
        yield "hot"


def _context(result: Result) -> str:
    tokens = result.context_tokens
    return NOT_MEASURED if tokens is None else f"{numbers.count(tokens)} tokens"


def _engine(result: Result) -> str:
    """Name the engine and every option of it that was chosen."""
    chosen = (each.words(value) for each, value in chosen_options(result, "engine"))
    return ", ".join((result.model.engine, *chosen))


def _is_shared(result: Result) -> bool:
    """Whether a part of the model was on other machines."""
    return bool(result.engine.rpc) or result.engine.distributed


def _sampling(result: Result) -> str:
    """Say how tokens were chosen and how the model was led; other options only if chosen."""
    always = ("temperature", "seed", "level", "feedback")
    shown = [each for each in describe_options() if each.name in always]
    shown += [
        each
        for group in ("", "sampler")
        for each, _ in chosen_options(result, group)
        if each.name not in (*always, "context_tokens")
    ]
    return ", ".join(each.words(each.of(result)) for each in shown)


def _rubric(result: Result) -> str:
    if result.score is None:
        return f"rubric {result.versions.rubric}"
    rubric = result.score.rubric
    return f"rubric {rubric.id} v{rubric.version}, sha256 {rubric.sha256[:HASH_DIGITS]}"


def _run_hash(result: Result) -> str:
    if result.artifacts_sha256 is None:
        return "without artifacts"
    return result.artifacts_sha256[:HASH_DIGITS]
