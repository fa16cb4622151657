"""The commands about briefs."""

from __future__ import annotations

from pathlib import Path
from textwrap import shorten
from typing import Annotated

import typer

from engines.remedy import UserError

briefs = typer.Typer(no_args_is_help=True, help="Draft what a request demands.")
REQUEST_SIZE_MAX = 100_000
"""Bytes; what is longer is no request."""
TITLE_MAX = 80
"""Characters; a longer first line is cut at a word."""


@briefs.callback()
def about_briefs() -> None:
    """Draft what a request demands."""


@briefs.command()
def new(
    request: Annotated[Path, typer.Argument(help="The request, a text file.", metavar="FILE")],
    out: Annotated[
        Path | None, typer.Option(help="Where to write it; without, it is printed.", metavar="FILE")
    ] = None,
) -> None:
    """Draft a brief from a request's text, without a model.

    The draft is a .toml file to score against; read it first and strike what is wrong."""
    from pipeline.records.journal import write_atomic
    from scoring.drafting.drafting import draft_brief
    from scoring.drafting.to_brief import to_brief
    from scoring.drafting.writing import write_brief

    text = _read(request)
    draft = draft_brief(text)
    name = request.stem.lower().replace(" ", "-")
    title = shorten(text.strip().splitlines()[0].strip(" .#"), TITLE_MAX, placeholder=" …")
    written = write_brief(to_brief(draft, name, title, text), draft)
    if out is None:
        typer.echo(written, nl=False)
        return
    write_atomic(out, written.encode())
    count = len(draft.rules)
    typer.echo(f"Wrote {out}: {len(draft.entities)} entities and {count} rules to confirm")


def _read(path: Path) -> str:
    try:
        data = path.read_bytes()
        text = data.decode("utf-8")
    except OSError as error:
        raise UserError(f"The request {path} cannot be read ({error.strerror}).") from error
    except UnicodeDecodeError as error:
        raise UserError(f"The request {path} is no text in UTF-8.") from error
    if not text.strip() or len(data) > REQUEST_SIZE_MAX:
        limit = f"{REQUEST_SIZE_MAX:,} bytes"
        raise UserError(f"The request {path} must have a text of at most {limit}.")
    return text
