"""Prompts: short texts in `resources/prompts/`, one per form, versioned by their hash."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from importlib.resources import files

from engines.protocol import Message


@cache
def text(name: str) -> str:
    """Return the words of `resources/prompts/<name>.md`."""
    return (files("resources") / "prompts" / f"{name}.md").read_text(encoding="utf-8").strip()


def messages(form: str, shared: str, own: str, service: str = "") -> tuple[Message, ...]:
    """Put a call's prompt together, what calls have in common first so that the KV cache holds it.

    `form` names the instructions, `service` is what forms of several kinds see, `shared` what all
    forms of this kind see, `own` is the slice of this one.
    """
    system = "\n\n".join(filter(None, (text("system"), service.strip())))
    common = "".join(f"{part}\n\n" for part in (text(form), shared.strip()) if part)
    return (
        Message("system", system, shared=len(system)),
        Message("user", f"{common}{own.strip()}", shared=len(common)),
    )


def with_example(prompt: tuple[Message, ...], form: str) -> tuple[Message, ...]:
    """Return a prompt with the worked example of its form, from a service of another domain.

    It stands where the part ends that the form's prompts have in common, and belongs to that part.
    The prompt is returned as it is if the form has no example.
    """
    file = files("resources") / "prompts" / "examples" / f"{form}.md"
    if not file.is_file():
        return prompt
    *before, last = prompt
    common = f"{last.content[: last.shared]}{text(f'examples/{form}')}\n\n"
    content = common + last.content[last.shared :]
    return (*before, replace(last, content=content, shared=len(common)))
