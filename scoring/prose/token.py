"""A token of a sentence."""

from __future__ import annotations

from dataclasses import dataclass

from scoring.prose.lexicon import lemma


@dataclass(frozen=True)
class Token:
    """A word as it is written, in lower case, and in the singular; or a mark; or a number."""

    text: str
    word: str
    number: float | None = None
    glued: bool = False
    possessive: bool = False

    @property
    def lemma(self) -> str:
        """Return the verb that it is a form of."""
        return lemma(self.text)

    @property
    def is_mark(self) -> bool:
        """Whether it is punctuation."""
        return not (self.text[0].isalnum() or self.number is not None)
