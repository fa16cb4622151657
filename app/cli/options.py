"""Options and arguments of the command line; those of a run follow from `RunOptions`."""

from __future__ import annotations

import inspect
import math
import shlex
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, Optional

import typer

from engines.option import BYTES_PER_GB
from engines.options import parse_servers
from engines.remedy import Remedy
from pipeline.records.options import (
    Described,
    describe_option,
    describe_options,
    make_options,
)

FLAGS = {
    "context_tokens": "context",
    "batch_tokens": "batch",
    "cool_down_s": "cool-down",
    "wired_limit_bytes": "wired-limit",
}
"""Flags that are not simply the field's name."""

RequestName = Annotated[str, typer.Argument(help="Name of a request, or a text file.")]
ModelPath = Annotated[
    Path, typer.Option(help="GGUF file, or folder of an MLX model.", metavar="FILE_OR_DIR")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")]
Folder = Annotated[Path, typer.Argument(exists=True, file_okay=False, help="Project folder.")]
RunDir = Annotated[Path, typer.Argument(exists=True, file_okay=False, help="Run folder.")]


def finite(value: float | None) -> float | None:
    """Refuse nan and inf, which no bound keeps out. Raises BadParameter."""
    if value is not None and not math.isfinite(value):
        raise typer.BadParameter(f"{value:g} is no amount")
    return value


def flag(option: str) -> str:
    """Return the flag of an option of a run, e.g. `--context` for `context_tokens`."""
    return f"--{FLAGS.get(option, option.replace('_', '-'))}"


def advise(remedy: Remedy) -> str:
    """Say in a few words what to change, with the option's flag."""
    name, value = flag(remedy.option), _typed(remedy)
    if isinstance(remedy.value, bool):
        switch = name if remedy.value else _off(name)
        return f"leave {switch} out" if remedy.action == "omit" else f"use {switch}"
    if remedy.option == "override":
        return f"run it anyway after sixfold fit {value} {name}"
    match remedy.action:
        case "set":
            return f"use {name} {value}" if value else f"choose another {name}"
        case "raise":
            return f"use at least {name} {value}" if value else f"choose a larger {name}"
        case "lower":
            return f"use at most {name} {value}" if value else f"choose a smaller {name}"
        case "omit":
            return f"leave {name} out"


def _off(switch: str) -> str:
    """Return what turns a switch off, e.g. `--no-warm-up` for `--warm-up`."""
    return f"--no-{switch.removeprefix('--')}"


def _typed(remedy: Remedy) -> str:
    """Return a remedy's value as it is typed in a shell, empty if it has none."""
    if remedy.value is None:
        return ""
    option = describe_option(remedy.option)
    return shlex.quote(option.shown(remedy.value) if option else str(remedy.value))


def takes_options(
    *names: str, **defaults: object
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Add the options of a run to a command, which takes them as `options: RunOptions`.

    All of them, or those named; `defaults` replace the usual ones for this command.
    """
    chosen = [each for each in describe_options() if not names or each.name in names]

    def decorate(command: Callable[..., Any]) -> Callable[..., Any]:
        own = inspect.signature(command, eval_str=True)

        def parsed(**values: Any) -> Any:
            given = {each.name: _read(each, values.pop(each.name)) for each in chosen}
            return command(**values, options=make_options(given))

        parameters: list[inspect.Parameter] = []
        for each in own.parameters.values():
            if each.name == "options":
                parameters += [_parameter(option, defaults) for option in chosen]
            else:
                parameters.append(each.replace(kind=inspect.Parameter.KEYWORD_ONLY))
        signature = own.replace(parameters=parameters)
        parsed.__name__, parsed.__doc__ = command.__name__, command.__doc__
        parsed.__annotations__ = {each.name: each.annotation for each in parameters}
        setattr(parsed, "__signature__", signature)  # noqa: B010 - functions don't declare it
        return parsed

    return decorate


def _parameter(each: Described, defaults: Mapping[str, object]) -> inspect.Parameter:
    """Return the parameter that Typer makes a flag of."""
    option, kind = each.option, each.kind
    default = defaults.get(each.name, each.default)
    declared, metavar = flag(each.name), None
    least, most = None, None
    if each.choices:
        kind = Literal[each.choices]
    elif kind is tuple:
        kind, metavar, default = str, "HOST:PORT,...", None
    elif kind is bool and each.optional:
        declared = f"{declared}/{_off(declared)}"
    elif kind in (int, float):
        kind = float if option.unit == "GB" else kind
        metavar = option.unit.upper() or "N"
        least, most = option.at_least, option.at_most
    info = typer.Option(
        declared,
        help=option.whole_help,
        metavar=metavar,
        min=least,
        max=most,
        callback=finite if kind is float else None,
    )
    annotation: Any = Optional[kind] if default is None else kind  # noqa: UP045 - a value, not a type
    return inspect.Parameter(
        each.name,
        inspect.Parameter.KEYWORD_ONLY,
        default=default,
        annotation=Annotated[annotation, info],
    )


def _read(each: Described, typed: Any) -> Any:
    """Return an option's value from what was typed."""
    if each.kind is tuple:
        return parse_servers(typed or "")
    if each.option.unit == "GB" and typed is not None:
        return int(typed * BYTES_PER_GB)
    return typed
