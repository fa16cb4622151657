"""Function calls in a model's own syntax, read without a grammar.

Every family of models was trained on another syntax, which its chat template shows in what it
writes for earlier calls. Sources: the templates of Hermes and Qwen (`<tool_call>` around JSON),
Qwen3-Coder (`<function=…><parameter=…>`), Llama 3 (`<|python_tag|>`, bare JSON, `<function=…>`),
Llama 4 and LFM2 (`[name(argument=value)]`), Mistral (`[TOOL_CALLS]`, `[ARGS]`), DeepSeek
(`tool▁sep`), GLM (`<arg_key>`), Command (`<|START_ACTION|>`), Granite and Phi
(`<|tool_call|>`), gpt-oss (`to=functions.…`).
"""

from __future__ import annotations

import ast
import re
from collections.abc import Collection
from typing import Any, cast

from pipeline.asking.recovery.lenient import LITERALS, NotFoundError, recover

PARAMETER = re.compile(
    r"<parameter=([^>\s]+)>\s*(.*?)\s*(?:</parameter>|(?=<parameter=)|</function>|\Z)", re.DOTALL
)
ARGUMENT = re.compile(
    r"<arg_key>\s*(.*?)\s*</arg_key>\s*<arg_value>\s*(.*?)\s*(?:</arg_value>|(?=<arg_key>)|\Z)",
    re.DOTALL,
)
GEMMA_QUOTE = '<|"|>'  # how Gemma writes a quote inside a call
ARGUMENTS = ("arguments", "parameters", "args", "input", "params")
NAMES = ("name", "tool_name", "function", "recipient_name", "tool")
CALLS = ("tool_calls", "tool_call", "function_call", "calls")


class NoCallError(ValueError):
    """The answer does not call the function; the message is a sentence for the model."""


def arguments(text: str, name: str, members: Collection[str]) -> Any:
    """Return what a text calls the function `name` with; `members` are its parameters.

    Raises NoCallError if it does not call it, in whatever syntax.
    """
    if not re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text):
        raise NoCallError(f"The answer does not call {name}.")
    text = text.replace(GEMMA_QUOTE, '"')
    for pattern in (PARAMETER, ARGUMENT):
        pairs = cast("list[tuple[str, str]]", pattern.findall(text))
        if pairs:
            return {key: _value(value) for key, value in pairs}
    keywords = _pythonic(text, name)
    if keywords is not None:
        return keywords
    try:
        found = recover(text, (*NAMES, *ARGUMENTS))
        return _given(found, name) if _names(found, name) else recover(_after(text, name), members)
    except NotFoundError as error:
        raise NoCallError(f"The answer calls {name} without an object of arguments.") from error


def _names(found: object, name: str) -> bool:
    """Whether a document is a call of the function, or holds one."""
    if isinstance(found, list):
        return any(_names(each, name) for each in cast("list[object]", found))
    if not isinstance(found, dict):
        return False
    call = cast("dict[str, object]", found)
    inner = [call.get(key) for key in (*NAMES, *CALLS)]
    return any(each == name or each == f"functions.{name}" or _names(each, name) for each in inner)


def _given(found: object, name: str) -> Any:
    """Return the arguments of the first call of the function in a document."""
    if isinstance(found, list):
        calls = [each for each in cast("list[object]", found) if _names(each, name)]
        return _given(calls[0], name)
    call = cast("dict[str, Any]", found)
    for key in (*CALLS, "function"):
        if _names(call.get(key), name):
            return _given(call[key], name)
    for key in ARGUMENTS:
        if key in call:
            return call[key]
    return {key: value for key, value in call.items() if key not in NAMES}


def _after(text: str, name: str) -> str:
    """Return what follows the name: its arguments, in syntaxes that name it before."""
    return text[text.index(name) + len(name) :]


def _pythonic(text: str, name: str) -> dict[str, Any] | None:
    """Read `name(argument=value, …)`; None if there is no such call."""
    at = re.search(rf"(?<!\w){re.escape(name)}\(", text)
    if at is None:
        return None
    for end in reversed([each.end() for each in re.finditer(r"\)", text)]):
        try:
            call = ast.parse(text[at.start() : end], mode="eval").body
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue
        if isinstance(call, ast.Call) and not call.args:
            return {key.arg: _literal(key.value) for key in call.keywords if key.arg}
    return None


def _literal(node: ast.expr) -> Any:
    """Return the value of an expression of literals, those of JSON too; others are None."""
    match node:
        case ast.Constant():
            return node.value
        case ast.Name(id=word):
            return LITERALS.get(word, word)
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() | float() as number)):
            return -number
        case ast.List(elts=items) | ast.Tuple(elts=items):
            return [_literal(item) for item in items]
        case ast.Dict(keys=keys, values=values):
            pairs = zip(keys, values, strict=True)
            return {str(_literal(key)): _literal(value) for key, value in pairs if key is not None}
        case _:
            return None


def _value(text: str) -> Any:
    """Return what an argument written as plain text means: JSON, or the text itself."""
    if text[:1] in "{[":
        try:
            return recover(text)
        except NotFoundError:
            return text
    return LITERALS.get(text, text)
