"""A figure of the report, drawn: what the page needs of it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """One drawing with its caption and its words for a screen reader."""

    title: str
    words: str
    svg: bytes
