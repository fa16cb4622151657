"""Tests of a framework: what a module registers by `describe`, `it` and `beforeEach`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from scoring.trials.language.caller import Caller
from scoring.trials.language.values import UNDEFINED, Closure, Native
from scoring.typescript.syntax import SyntaxNode


@dataclass(frozen=True)
class Registered:
    """A test that a module registers: where, its function, and what runs before it."""

    line: int
    task: object
    before: tuple[object, ...]


class Suites:
    """What the module that is played has registered so far."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller
        self._open: list[list[object]] = [[]]
        self._file = ""
        self.registered: list[Registered] = []
        self.test = self._test()
        self.globals: dict[str, object] = {
            **dict.fromkeys(("describe", "suite", "context"), self._suite()),
            **dict.fromkeys(("it", "test"), self.test),
            **dict.fromkeys(("before", "beforeAll", "beforeEach"), Native(self._setup)),
            **dict.fromkeys(("after", "afterAll", "afterEach"), Native(lambda given: UNDEFINED)),
        }

    def begin(self, file: str) -> None:
        """Begin a play of a test of the file."""
        self._open, self._file, self.registered = [[]], file, []

    def _suite(self) -> Native:
        def run(given: Sequence[object]) -> object:
            task = given[-1] if given else UNDEFINED
            self._open.append([])
            self._caller.finish(task)
            self._open.pop()
            return UNDEFINED

        made: dict[str, object] = {}
        function = Native(run, made)
        made |= {"only": function, "concurrent": function, "sequential": function,
                 "serial": function, "skip": Native(lambda given: UNDEFINED)}  # fmt: skip
        return function

    def _test(self) -> Native:
        def run(given: Sequence[object]) -> object:
            task = next((g for g in reversed(given) if isinstance(g, Closure)), UNDEFINED)
            own = [n for n in self._caller.places if self._caller.file_of(n) == self._file]
            node = next((n for n in own if _calls_test(n)), own[-1] if own else None)
            before = tuple(each for suite in self._open for each in suite)
            self.registered.append(Registered(node.line if node is not None else 0, task, before))
            return UNDEFINED

        made: dict[str, object] = {}
        function = Native(run, made)
        made |= {"only": function, "concurrent": function, "skip": Native(lambda given: UNDEFINED),
                 "describe": self._suite(), "default": function}  # fmt: skip
        return function

    def _setup(self, given: Sequence[object]) -> object:
        self._open[-1].append(given[0] if given else UNDEFINED)
        return UNDEFINED


def _calls_test(node: SyntaxNode) -> bool:
    callee = node.get("function")
    return callee is not None and callee.text.split(".")[0] in ("it", "test")
