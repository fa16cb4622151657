"""Adjustments: what was mended by rule, written as a diagnostic."""

from __future__ import annotations

from pipeline.records.calls import Diagnostic


class Notes:
    """Collects the adjustments made to one form."""

    def __init__(self) -> None:
        self._notes: list[Diagnostic] = []

    def add(self, pointer: str, expected: str, found: object, done: str) -> None:
        """Note that `found` stood at `pointer` where `expected` must stand, and what was done."""
        self._notes.append(
            Diagnostic(
                pointer=pointer,
                expected=expected,
                found=str(found),
                why=f"expected {expected}, found {found}",
                suggestion=done,
                severity="adjusted",
            )
        )

    def rename(self, pointer: str, wanted: str, taken: str) -> None:
        """Note that a name was not free or not safe, if it had to change."""
        if wanted != taken:
            self.add(pointer, "a free and safe name", wanted, f"renamed to {taken}")

    def all(self) -> tuple[Diagnostic, ...]:
        """Return everything noted, in order."""
        return tuple(self._notes)
