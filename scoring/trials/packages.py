"""What tests import from packages: assertions, requests, random values, clocks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from scoring.trials.language.caller import Caller
from scoring.trials.language.scopes import Lazy
from scoring.trials.language.values import (
    OPAQUE,
    UNDEFINED,
    UNKNOWN,
    DateValue,
    Native,
    Promise,
    elements_of,
    is_number,
    number,
)
from scoring.trials.libraries import Libraries, moment
from scoring.trials.outside import Outside
from scoring.trials.suites import Suites
from scoring.trials.witness import Witness, expect_members

_FRAMEWORKS = frozenset({"vitest", "@jest/globals", "bun:test", "chai", "jest", "@playwright/test"})
_REPEATS_MAX = 500


class Packages:
    """The packages, and the names that test frameworks make global."""

    def __init__(
        self,
        caller: Caller,
        libraries: Libraries,
        witness: Witness,
        outside: Outside,
        suites: Suites,
    ) -> None:
        self._caller = caller
        self._libraries = libraries
        self._witness = witness
        self._outside = outside
        self._suites = suites
        self._assert = witness.assert_module()
        clock = Lazy(self._clock)
        self.globals: Mapping[str, object] = {
            **libraries.globals,
            **suites.globals,
            "fetch": Native(outside.fetch),
            "expect": Native(witness.expect, expect_members()),
            "assert": self._assert,
            "jest": clock,
            "vi": clock,
        }

    def _clock(self, name: str) -> object:
        """Return a member of `jest` or `vi`: those that move the clock, and mocks."""
        if name.startswith("advanceTimersByTime"):
            return Native(lambda given: self._advance(number(given[0]) or 0))
        if name == "setSystemTime":
            return Native(self._set_time)
        return OPAQUE

    def _advance(self, milliseconds: float) -> object:
        self._caller.advance(milliseconds)
        return Promise()

    def _set_time(self, given: Sequence[object]) -> object:
        at = given[0].time if given and isinstance(given[0], DateValue) else moment(given[0])
        if isinstance(at, int | float):
            self._caller.advance(at - self._libraries.now)
        return UNDEFINED

    def member(self, package: str, name: str) -> object:
        """Return what a test imports from a package."""
        is_whole = name in ("*", "default")
        if package in ("assert", "assert/strict", "power-assert"):
            return self._assert if is_whole else self._assert.members.get(name, UNKNOWN)
        if package == "test":
            return self._suites.test if is_whole else self.globals.get(name, OPAQUE)
        if package in _FRAMEWORKS:
            known = self.globals.get(name, OPAQUE)
            return Lazy(lambda word: self.globals.get(word, OPAQUE)) if is_whole else known
        if package == "supertest":
            return Native(
                self._outside.supertest,
                {
                    "agent": Native(self._outside.agent),
                    "default": Native(self._outside.supertest),
                },
            )
        if package == "axios":
            return self._outside.axios()
        if package == "crypto":
            made = {
                "randomUUID": Native(lambda given: self._libraries.uuid()),
                "randomBytes": Native(lambda given: OPAQUE),
                "randomInt": Native(self._random_int),
            }
            return made if is_whole else made.get(name, OPAQUE)
        if package.startswith("@nestia/e2e"):
            return self._nestia().get(name, OPAQUE)
        if package == "typia":
            return {
                "assert": Native(lambda given: given[0] if given else UNDEFINED),
                "assertEquals": Native(lambda given: given[0] if given else UNDEFINED),
                "is": Native(lambda given: UNKNOWN),
                "random": Native(lambda given: UNKNOWN),
            }
        return OPAQUE

    def _random_int(self, given: Sequence[object]) -> object:
        """Return a whole number from the first one up to the second, without it."""
        numbers = [each for each in given if isinstance(each, int)]
        low, high = (numbers[0], numbers[1]) if len(numbers) > 1 else (0, *numbers[:1], 1)[:2]
        return low + int(self._libraries.draw() * 0.618034 % 1 * (high - low))

    def _nestia(self) -> dict[str, object]:
        def drawn(given: Sequence[object]) -> object:
            size = given[0] if given and is_number(given[0]) else 8
            label = f"{self._libraries.draw():x}".rjust(4, "q")
            return (label * 200)[: max(0, int(size))] if isinstance(size, int) else label

        def repeat(given: Sequence[object]) -> object:
            count = given[0]
            if len(given) > 1:
                return self._repeated(count, given[1])
            return Native(lambda more: self._repeated(count, more[0]))

        generator = dict.fromkeys(("alphabets", "alphaNumeric"), Native(drawn)) | {
            "name": Native(lambda given: drawn([8])),
            "paragraph": Native(lambda given: f"{drawn([8])} {drawn([6])}"),
            "content": Native(lambda given: f"{drawn([8])} {drawn([6])}"),
            "mobile": Native(lambda given: f"010{self._libraries.draw():08d}"),
            "pick": Native(_picked),
        }
        return {
            "TestValidator": self._witness.validator(),
            "RandomGenerator": generator,
            "ArrayUtil": {"asyncRepeat": Native(repeat), "repeat": Native(repeat)},
        }

    def _repeated(self, count: object, task: object) -> object:
        times = count if isinstance(count, int) else 0
        made = [self._caller.apply(task, place) for place in range(min(times, _REPEATS_MAX))]
        settle = self._libraries.globals["Promise"]
        assert isinstance(settle, Native)
        all_of = settle.members["all"]
        return (
            all_of.run([made])
            if isinstance(all_of, Native) and made and isinstance(made[0], Promise)
            else made
        )


def _picked(given: Sequence[object]) -> object:
    elements = elements_of(given[0]) if given else None
    return elements[0] if elements else UNKNOWN
