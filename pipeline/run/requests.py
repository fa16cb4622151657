"""Requests: the reference requests that ship, and a person's own text."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from textwrap import shorten

from engines.remedy import UserError

MAX_REQUEST_CHARACTERS = 6000
"""A longer text leaves a form no room in a context of 8,000 tokens."""
TITLE_MAX = 60
"""Characters of a title; a longer first line is cut at a word."""


class RequestError(UserError):
    """There is no such request, or it can't be used."""


@dataclass(frozen=True)
class RequestText:
    """What a person wants built, in plain language; `brief` names what it is scored against."""

    name: str | None
    title: str
    text: str
    brief: str | None


def all_requests() -> tuple[RequestText, ...]:
    """Return the reference requests, sorted by name."""
    folder = files("resources") / "requests"
    names = sorted(e.name for e in folder.iterdir() if e.name.endswith(".toml"))
    return tuple(_reference((folder / name).read_text(encoding="utf-8")) for name in names)


def load_request(name_or_path: str) -> RequestText:
    """Return a reference request by name, or the text of a file.

    Raises RequestError if it is neither, empty, too long or not text.
    """
    for request in all_requests():
        if request.name == name_or_path:
            return request
    path = Path(name_or_path)
    if not path.is_file():
        known = ", ".join(str(request.name) for request in all_requests())
        raise RequestError(
            f"There is no request {name_or_path!r}: give a text file or one of {known}"
        )
    try:
        text = path.read_text(encoding="utf-8").strip()
    except UnicodeDecodeError as error:
        raise RequestError(f"{path} is not a text file in UTF-8") from error
    except OSError as error:
        raise RequestError(f"{path} can't be read: {error.strerror}") from error
    if not text:
        raise RequestError(f"{path} is empty: write what the backend shall do, in a few sentences")
    if len(text) > MAX_REQUEST_CHARACTERS:
        raise RequestError(
            f"{path} has {len(text)} characters; a request may have {MAX_REQUEST_CHARACTERS}"
        )
    first_line = text.splitlines()[0]
    title = shorten(first_line, TITLE_MAX, placeholder=" …")
    return RequestText(name=None, title=title, text=text, brief=None)


def _reference(toml: str) -> RequestText:
    data = tomllib.loads(toml)
    return RequestText(data["name"], data["title"], data["text"].strip(), data["name"])
