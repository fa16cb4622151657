"""How a run is made: every choice of its user, once, from the command line to `result.json`.

An order, a run's spec, its result and the harness all hold a `RunOptions`. A field annotated with
an `Option` is offered by the command line and the window and shown on the card, by that alone; the
fields of `sampler` and `engine` are options like any other.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, is_dataclass, replace
from typing import Annotated, Any, Literal, Self, cast, get_args, get_origin, get_type_hints

from pydantic import model_validator

from engines.option import BYTES_PER_GB, Option, option_in, options_of
from engines.options import EngineOptions
from engines.protocol import Sampler
from pipeline.records.record import Record

MAX_FEEDBACK_ROUNDS = 3
"""Rounds in which a form goes back to the model with its errors."""
DEFAULT_TEMPERATURE = 0.2
"""Low, since forms are code; above 0, so that another seed is another run."""
DEFAULT_MAX_TOKENS_PER_CALL = 4096
"""Room for the longest form a good answer fills (about 1,000 tokens) several times over."""
MIN_MAX_TOKENS_PER_CALL = 64
"""No form ends with fewer."""
LONGEST_COOL_DOWN_S = 3600.0
LARGEST_SEED = 2**32 - 1
MIN_CONTEXT_TOKENS = 4096
"""Smallest context in which each form of a small project has room, prompt and answer."""

Level = Literal["free", "lenient", "tools", "grammar", "narrowed"]
ACTIVE_LEVELS: tuple[Level, ...] = ("free", "lenient", "tools", "grammar", "narrowed")
"""Harness levels that this version can run, each leading the model more than the one before."""


class RunOptions(Record):
    """All that a user chooses about a run beside its request and its model."""

    seed: Annotated[
        int,
        Option("Seed", "Another seed is another run.", at_least=0, at_most=LARGEST_SEED),
    ] = 0
    level: Annotated[Level, Option("Level", "How closely the model is led.")] = "narrowed"
    feedback: Annotated[
        int,
        Option(
            "Feedback",
            "Rounds in which an invalid form goes back to the model with its errors marked.",
            at_least=0,
            at_most=MAX_FEEDBACK_ROUNDS,
        ),
    ] = MAX_FEEDBACK_ROUNDS
    context_tokens: Annotated[
        int | None,
        Option(
            "Context",
            "Tokens that prompt and answer may have together; 8192 by default, or what the model "
            "was trained for if that is less.",
            unit="tokens",
        ),
    ] = None
    max_tokens_per_call: Annotated[
        int,
        Option(
            "Answer limit",
            "Tokens after which an answer is closed as soon as its form allows.",
            at_least=MIN_MAX_TOKENS_PER_CALL,
            unit="tokens",
        ),
    ] = DEFAULT_MAX_TOKENS_PER_CALL
    think_tokens: Annotated[
        int,
        Option(
            "Thinking",
            "Most tokens a reasoning model may think before each answer; 0 doesn't ask it to.",
            at_least=0,
            unit="tokens",
        ),
    ] = 0
    sampler: Sampler = Sampler(temperature=DEFAULT_TEMPERATURE)
    """How tokens are chosen; its seed is that of each call, derived from `seed`."""
    engine: EngineOptions = EngineOptions()
    """How the model is opened."""
    cool_down_s: Annotated[
        float,
        Option(
            "Rest before the run",
            "Seconds to wait before the model is first asked, so that the machine cools down.",
            at_least=0,
            at_most=LONGEST_COOL_DOWN_S,
            unit="s",
            same_answers=True,
        ),
    ] = 0.0
    warm_up: Annotated[
        bool,
        Option(
            "Warm up",
            "Have the model answer once before anything is measured.",
            same_answers=True,
        ),
    ] = False

    @model_validator(mode="after")
    def _within_bounds(self) -> Self:
        for each in describe_options():
            if found := each.option.violation(each.of(self)):
                raise ValueError(found[0])
        return self

    def by_name(self) -> dict[str, Any]:
        """Return the value of each option by its field's name, for `make_options`."""
        return {each.name: each.of(self) for each in describe_options()}

    def option_values(self) -> dict[str, Any]:
        """Return the options alone, by field, to make another record with the same ones."""
        return {name: getattr(self, name) for name in RunOptions.model_fields}


@dataclass(frozen=True)
class Described:
    """One option with all that is needed to offer it."""

    name: str
    """Name of its field; no two options share one."""
    group: str
    """Field of `RunOptions` that holds it, empty if it is one itself: `sampler`, `engine`."""
    option: Option
    kind: type | None
    """bool, int, float, str, or tuple for a list of texts."""
    choices: tuple[str, ...]
    """The texts to choose from; empty if there is no fixed set."""
    optional: bool
    """Whether it may be left to the program (None)."""
    default: Any

    def words(self, value: Any) -> str:
        """Say a value in a few words, e.g. `temperature 0.2`, `KV cache q8_0`, `2 RPC servers`."""
        label, unit = self.option.label, self.option.unit
        if len(label) > 1 and label[1].islower():
            label = label[0].lower() + label[1:]
        match value:
            case None:
                return ""
            case bool():
                return f"{label} {'on' if value else 'off'}"
            case tuple():
                from pipeline.english import counted, singular  # a dictionary, seldom needed

                return counted(len(cast("tuple[object, ...]", value)), singular(label))
            case int() | float() if unit == "GB":
                return f"{label} {value / BYTES_PER_GB:g} GB"
            case int() | float():
                return f"{label} {value:g} {unit}".rstrip()
            case _:
                return f"{label} {value}"

    def shown(self, value: Any) -> str:
        """Return a value as a person reads and types it: bytes in GB."""
        return f"{value / BYTES_PER_GB:g}" if self.option.unit == "GB" else str(value)

    def of(self, options: RunOptions) -> Any:
        """Return the value that it has in some options."""
        holder = getattr(options, self.group) if self.group else options
        return getattr(holder, self.name)


@functools.cache
def describe_options() -> tuple[Described, ...]:
    """List every option of a run, in the order in which it is offered."""
    return tuple(_describe(RunOptions))


def make_options(values: Mapping[str, Any]) -> RunOptions:
    """Make options from values by field name; what is absent keeps its default.

    Raises OptionError, or pydantic.ValidationError for a value out of bounds.
    """
    groups: dict[str, dict[str, Any]] = {"": {}, "sampler": {}, "engine": {}}
    for each in describe_options():
        if each.name in values:
            groups[each.group][each.name] = values[each.name]
    usual = RunOptions()
    return RunOptions(
        **groups[""],
        sampler=replace(usual.sampler, **groups["sampler"]),
        engine=replace(usual.engine, **groups["engine"]),
    )


def describe_option(name: str) -> Described | None:
    """Return one option by its field's name, None if it is no option of a run."""
    return next((each for each in describe_options() if each.name == name), None)


def chosen_options(
    options: RunOptions, group: str | None = None
) -> tuple[tuple[Described, Any], ...]:
    """Return the options that differ from their defaults, with their values; of a group or all."""
    values = (
        (each, each.of(options)) for each in describe_options() if group in (None, each.group)
    )
    return tuple((each, value) for each, value in values if value != each.default)


def _describe(holder: type[RunOptions]) -> Iterator[Described]:
    for name, field in holder.model_fields.items():
        if is_dataclass(field.default):
            yield from _describe_group(name, field.default)
        elif found := option_in(field.metadata):
            yield _described(name, "", found, field.annotation, field.default)


def _describe_group(group: str, defaults: object) -> Iterator[Described]:
    hints = get_type_hints(type(defaults))
    for name, option in options_of(type(defaults)).items():
        yield _described(name, group, option, hints[name], getattr(defaults, name))


def _described(name: str, group: str, option: Option, kind: Any, default: Any) -> Described:
    parts = [part for part in get_args(kind) if part is not type(None)]
    optional = type(None) in get_args(kind)
    if optional:
        kind = parts[0]
    choices = tuple(get_args(kind)) if get_origin(kind) is Literal else ()
    plain = str if choices else get_origin(kind) or kind
    return Described(name, group, option, plain, choices, optional, default)
