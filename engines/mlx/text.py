"""What an MLX model's folder says about text: its tokenizer, and which tokens end an answer."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

from tokenizers import Tokenizer

from engines.files.mlx_folder import read_json
from engines.protocol import ModelFileError

TOKENIZER = "tokenizer.json"
END_ID = "eos_token_id"
END_FILES = ("config.json", "generation_config.json")
"""Files that name the tokens which end an answer; they often differ, and all of them count."""


def special_text(folder: Path, name: str) -> str:
    """Return the text of `bos_token` or `eos_token`, empty if there is none."""
    value = _settings(folder, "tokenizer_config.json").get(name)
    if isinstance(value, dict):
        value = cast("Mapping[str, object]", value).get("content")
    return value if isinstance(value, str) else ""


def end_tokens(folder: Path, tokenizer: Tokenizer) -> frozenset[int]:
    """Return the ids that end an answer. Raises ModelFileError if there are none."""
    ends: set[int] = set()
    for file in END_FILES:
        settings = _settings(folder, file)
        inner = settings.get("text_config")  # multimodal models: the language model's part
        values = [settings.get(END_ID)]
        if isinstance(inner, dict):
            values.append(cast("Mapping[str, object]", inner).get(END_ID))
        for value in values:
            several = cast("list[object]", value) if isinstance(value, list) else [value]
            ends |= {token for token in several if isinstance(token, int)}
    named = tokenizer.token_to_id(special_text(folder, "eos_token"))
    if named is not None:
        ends.add(named)
    if not ends:
        raise ModelFileError(
            f"{folder} does not say which token ends an answer (eos_token_id). Convert the model "
            "again."
        )
    return frozenset(ends)


def read_tokenizer(folder: Path) -> Tokenizer:
    """Read the tokenizer without running any code of the model's.

    Raises ModelFileError if there is none or it is damaged.
    """
    file = folder / TOKENIZER
    if not file.is_file():
        raise ModelFileError(
            f"{folder} has no {TOKENIZER}, the only form of a tokenizer that is read without "
            "running code. Convert the model with a current mlx-lm."
        )
    library: Any = Tokenizer
    try:
        return library.from_file(str(file))
    except Exception as error:  # the library raises nothing narrower
        first = (str(error).splitlines() or ["no reason given"])[0][:200]
        raise ModelFileError(
            f"{file} is no tokenizer: {first}. Download the model again."
        ) from error


def _settings(folder: Path, name: str) -> Mapping[str, object]:
    file = folder / name
    return read_json(file) if file.is_file() else {}
