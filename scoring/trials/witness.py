"""What tests say of answers: assertions in every style, and whether they hold."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import cast

from scoring.trials.language.caller import Caller
from scoring.trials.language.expressions import settled
from scoring.trials.language.operators import ordered
from scoring.trials.language.values import (
    OPAQUE,
    UNDEFINED,
    UNKNOWN,
    Closure,
    ErrorValue,
    Matcher,
    Native,
    Opaque,
    Promise,
    Unknown,
    both,
    either,
    equal,
    failure,
    is_number,
    members_of,
    missing,
    negated,
    same,
    text,
    truth,
)
from scoring.typescript.syntax import SyntaxNode

Judge = Callable[[object, Sequence[object]], bool | None]
Site = tuple[str, int, int]
"""The place of an assertion: file, line, and where the call begins in the file."""


class Witness:
    """Takes down what is asserted; a patient one goes past what does not hold."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller
        self.patient = False
        self.file = ""
        """The file of the test that is played."""
        self.seen: dict[Site, bool] = {}
        """The assertions that were made → whether each held, for all that is known, every time."""
        self.texts: dict[Site, str] = {}

    def begin(self, file: str, patient: bool) -> None:
        """Begin a play."""
        self.file, self.patient = file, patient
        self.seen = {}

    def site(self) -> Site | None:
        """Return the innermost call in the test's own file that is being done."""
        node = self._node()
        return (self.file, node.line, node.start_byte) if node is not None else None

    def _node(self) -> SyntaxNode | None:
        for node in reversed(self._caller.places):
            if self._caller.file_of(node) == self.file:
                return node
        return None

    def check(self, holds: bool | None) -> None:
        """Take down an assertion; raises Thrown if it does not hold."""
        node = self._node()
        if node is not None:
            site = (self.file, node.line, node.start_byte)
            self.seen[site] = self.seen.get(site, True) and holds is True
            if site not in self.texts:
                self.texts[site] = node.text[:120]
        if holds is False and not self.patient:
            raise failure("AssertionError", "the assertion does not hold")

    def asserts(self, judge: Judge) -> Native:
        """Return a function `name(actual, expected, …)` that asserts something."""

        def run(given: Sequence[object]) -> object:
            first = given[0] if given else UNDEFINED
            self.check(judge(first, given[1:]))
            return UNDEFINED

        return Native(run)

    def assert_module(self) -> Native:
        """Return `assert` of Node, which chai's is much like."""
        truly = self.asserts(lambda actual, rest: truth(actual))
        members: dict[str, object] = {
            "ok": truly,
            "fail": Native(self._fail),
            "rejects": Native(lambda given: self._refusal(given, True)),
            "doesNotReject": Native(lambda given: self._refusal(given, False)),
            "throws": Native(lambda given: self._throws(given, True)),
            "doesNotThrow": Native(lambda given: self._throws(given, False)),
            **{name: self.asserts(judge) for name, judge in _ASSERTS.items()},
        }
        made = Native(truly.run, members)
        members["strict"] = members["default"] = made
        return made

    def _fail(self, given: Sequence[object]) -> object:
        self.check(False)
        raise failure("AssertionError", "failed")

    def _refusal(self, given: Sequence[object], wanted: bool) -> object:
        """Do `assert.rejects(promise or function, error)`."""

        def work() -> object:
            task = given[0]
            ended = task if isinstance(task, Promise) else self._caller.attempt(
                lambda: self._caller.apply(task)
            )  # fmt: skip
            return self._refused(ended, given[1] if len(given) > 1 else UNDEFINED, wanted)

        return self._caller.attempt(work)

    def _throws(self, given: Sequence[object], wanted: bool) -> object:
        ended = self._caller.attempt(lambda: self._caller.apply(given[0]))
        return self._refused(ended, given[1] if len(given) > 1 else UNDEFINED, wanted)

    def _refused(self, ended: Promise, expected: object, wanted: bool) -> object:
        if isinstance(ended.value, Unknown | Opaque) and ended.error is None:
            return UNDEFINED
        if ended.error is None or not wanted:
            self.check((ended.error is not None) == wanted)
            return UNDEFINED
        self.check(self._error_fits(ended.error.value, expected))
        return UNDEFINED

    def _error_fits(self, error: object, expected: object) -> bool | None:
        if missing(expected):
            return True
        if isinstance(expected, str | re.Pattern):
            return None
        if isinstance(expected, Closure):
            return truth(self._caller.finish(expected, error))
        if isinstance(expected, Native):
            return truth(self._caller.is_instance(error, expected))
        held = members_of(expected)
        return equal(error, expected, partly=True) if held is not None else None

    def expect(self, given: Sequence[object]) -> object:
        """Return what `expect(actual)` of jest, vitest and chai is."""
        return self._subject(given[0] if given else UNDEFINED, wanted=True)

    def _subject(self, actual: object, wanted: bool, way: str = "") -> dict[str, object]:
        def asserting(judge: Judge) -> Native:
            def run(given: Sequence[object]) -> object:
                if way:
                    return self._caller.attempt(
                        lambda: self._later(actual, judge, given, way, wanted)
                    )
                holds = judge(actual, given)
                self.check(holds if wanted else negated(holds))
                return chain

            return Native(run)

        chain: dict[str, object] = {name: asserting(judge) for name, judge in _MATCHERS.items()}
        for name in ("toThrow", "toThrowError", "throw"):
            chain[name] = Native(lambda given: self._expect_throw(actual, given, wanted, way))
        for word in _CHAIN_WORDS:
            chain[word] = chain
        chain |= {"not": _Lazy(lambda: self._subject(actual, not wanted, way))}
        chain |= {"rejects": _Lazy(lambda: self._subject(actual, wanted, "rejects"))}
        chain |= {"resolves": _Lazy(lambda: self._subject(actual, wanted, "resolves"))}
        for word, judge in _PROPERTIES.items():
            chain[word] = _Lazy(lambda judge=judge: asserting(judge).run(()))
        return _Chain(chain)

    def _later(
        self, actual: object, judge: Judge, given: Sequence[object], way: str, wanted: bool
    ) -> object:
        """Do an assertion about what a promise ends with."""
        if isinstance(actual, Closure):
            actual = self._caller.attempt(lambda: self._caller.apply(actual))
        if not isinstance(actual, Promise):
            actual = self._caller.attempt(lambda: actual)
        if way == "rejects":
            if actual.error is None:
                unknown = isinstance(actual.value, Unknown | Opaque)
                self.check(None if unknown else False)
                return UNDEFINED
            holds = judge(actual.error.value, given)
        else:
            holds = judge(settled(self._caller.compiler, actual), given)
        self.check(holds if wanted else negated(holds))
        return UNDEFINED

    def _expect_throw(
        self, actual: object, given: Sequence[object], wanted: bool, way: str
    ) -> object:
        if way == "rejects":
            return self._caller.attempt(
                lambda: self._later(actual, lambda error, rest: True, given, way, wanted)
            )
        ended = self._caller.attempt(lambda: self._caller.apply(actual))
        return self._refused(ended, UNDEFINED, wanted)

    def validator(self) -> Native:
        """Return nestia's `TestValidator`, whose functions may take their arguments one by one."""
        members: dict[str, object] = {
            "equals": self._curried(3, lambda given: self.check(equal(given[1], given[2]))),
            "notEquals": self._curried(
                3, lambda given: self.check(negated(equal(given[1], given[2])))
            ),
            "predicate": self._curried(2, lambda given: self._predicate(given[1])),
            "error": self._curried(2, lambda given: self._refusal(given[1:], True)),
            "httpError": Native(self._http_error),
        }
        return Native(lambda given: OPAQUE, members)

    def _predicate(self, condition: object) -> object:
        def work() -> object:
            if isinstance(condition, Closure | Native):
                self.check(truth(self._caller.finish(condition)))
            else:
                self.check(truth(condition))
            return UNDEFINED

        return self._caller.attempt(work) if isinstance(condition, Closure) else work()

    def _curried(self, count: int, run: Callable[[Sequence[object]], object]) -> Native:
        def take(before: list[object], given: Sequence[object]) -> object:
            held = [*before, *given]
            if len(held) < count:
                return Native(lambda more: take(held, more))
            ended = run(held[:count])
            return UNDEFINED if ended is None else ended

        return Native(lambda given: take([], given))

    def _http_error(self, given: Sequence[object]) -> object:
        """Do `httpError(title, 404, task)`, `httpError(title)(404)(task)` and what is between."""

        def take(before: list[object], more: Sequence[object]) -> object:
            held = [*before, *more]
            if not held or not isinstance(held[-1], Closure):
                return Native(lambda later: take(held, later))
            statuses = [s for s in _flattened(held[1:-1]) if is_number(s)]
            return self._caller.attempt(lambda: self._refused_with(held[-1], statuses))

        return take([], given)

    def _refused_with(self, task: object, statuses: Sequence[object]) -> object:
        ended = self._caller.attempt(lambda: self._caller.apply(task))
        if ended.error is None:
            self.check(None if isinstance(ended.value, Unknown | Opaque) else False)
            return UNDEFINED
        error = ended.error.value
        if not isinstance(error, ErrorValue) or error.kind != "HttpError":
            raise ended.error
        status = error.values.get("status", UNKNOWN)
        self.check(either(same(status, each) for each in statuses) if statuses else True)
        return UNDEFINED


class _Lazy:
    """A member that is made when it is asked for."""

    def __init__(self, make: Callable[[], object]) -> None:
        self.make = make


class _Chain(dict[str, object]):
    """An object whose lazy members are made when they are asked for."""

    def get(self, key: str, default: object = None) -> object:  # type: ignore[override]
        found = super().get(key, default)
        return found.make() if isinstance(found, _Lazy) else found


def _flattened(values: Sequence[object]) -> list[object]:
    made: list[object] = []
    for each in values:
        made += cast("list[object]", each) if isinstance(each, list) else [each]
    return made


def _ordered(sign: str) -> Judge:
    return lambda actual, rest: ordered(sign, actual, rest[0] if rest else UNDEFINED)


def _same(actual: object, rest: Sequence[object]) -> bool | None:
    return same(actual, rest[0] if rest else UNDEFINED)


def _equal(actual: object, rest: Sequence[object]) -> bool | None:
    return equal(actual, rest[0] if rest else UNDEFINED)


def _partly(actual: object, rest: Sequence[object]) -> bool | None:
    return equal(actual, rest[0] if rest else UNDEFINED, partly=True)


def _not(judge: Judge) -> Judge:
    return lambda actual, rest: negated(judge(actual, rest))


def _includes(actual: object, rest: Sequence[object]) -> bool | None:
    wanted = rest[0] if rest else UNDEFINED
    if isinstance(actual, str) and isinstance(wanted, str):
        return wanted in actual
    if isinstance(actual, list):
        return either(equal(each, wanted) for each in cast("list[object]", actual))
    return None if isinstance(actual, Unknown | Opaque) else False


def _size(actual: object, rest: Sequence[object]) -> bool | None:
    if isinstance(actual, list | str):
        return same(len(cast("Sequence[object]", actual)), rest[0] if rest else UNDEFINED)
    return None if isinstance(actual, Unknown | Opaque) else False


def _property(actual: object, rest: Sequence[object]) -> bool | None:
    held: object = actual
    for name in str(rest[0]).split("."):
        members = members_of(held)
        if members is None:
            return None if isinstance(held, Unknown | Opaque) else False
        held = members.get(name, UNDEFINED)
    if len(rest) > 1:
        return equal(held, rest[1])
    return held is not UNDEFINED


def _matches(actual: object, rest: Sequence[object]) -> bool | None:
    written, pattern = text(actual), rest[0] if rest else UNDEFINED
    if written is None:
        return None
    if isinstance(pattern, re.Pattern):
        return cast("re.Pattern[str]", pattern).search(written) is not None
    return str(pattern) in written


def _nothing(actual: object, rest: Sequence[object]) -> bool | None:
    return same(actual, None)


def _undefined(actual: object, rest: Sequence[object]) -> bool | None:
    return same(actual, UNDEFINED)


def _true(actual: object, rest: Sequence[object]) -> bool | None:
    return truth(actual)


def _of_type(actual: object, rest: Sequence[object]) -> bool | None:
    if isinstance(actual, Unknown | Opaque):
        return None
    wanted = rest[0] if rest else UNDEFINED
    kinds = _KINDS.get(wanted) if isinstance(wanted, str) else None
    is_flag = isinstance(actual, bool)
    return kinds is None or (isinstance(actual, kinds) and (wanted == "boolean") == is_flag)


_KINDS: Mapping[str, tuple[type, ...]] = {
    "string": (str,),
    "number": (int, float),
    "boolean": (bool,),
    "array": (list,),
}
_ASSERTS: Mapping[str, Judge] = {
    **dict.fromkeys(("equal", "strictEqual"), _same),
    **dict.fromkeys(("notEqual", "notStrictEqual"), _not(_same)),
    **dict.fromkeys(("deepEqual", "deepStrictEqual"), _equal),
    **dict.fromkeys(("notDeepEqual", "notDeepStrictEqual"), _not(_equal)),
    "partialDeepStrictEqual": _partly,
    "match": _matches,
    "isTrue": lambda actual, rest: same(actual, True),
    "isFalse": lambda actual, rest: same(actual, False),
    "isNull": _nothing,
    "isNotNull": _not(_nothing),
    "isDefined": _not(_undefined),
    "exists": _true,
    "include": _includes,
    "lengthOf": _size,
    "property": _property,
}
_CHAIN_WORDS = ("to", "be", "been", "is", "that", "which", "and", "has", "have", "with", "at", "of",
                "deep", "a", "an")  # fmt: skip
_MATCHERS: Mapping[str, Judge] = {
    **dict.fromkeys(
        ("toBe", "equal", "equals", "eq"), lambda a, r: equal(a, r[0] if r else UNDEFINED)
    ),
    **dict.fromkeys(("toEqual", "toStrictEqual", "eql"), _equal),
    **dict.fromkeys(("toMatchObject", "toHaveMatch"), _partly),
    **dict.fromkeys(("toContain", "toContainEqual", "include", "contain", "includes"), _includes),
    **dict.fromkeys(("toHaveLength", "lengthOf", "length"), _size),
    **dict.fromkeys(("toHaveProperty", "property"), _property),
    **dict.fromkeys(("toMatch", "match"), _matches),
    **dict.fromkeys(("toBeGreaterThan", "above", "greaterThan", "gt"), _ordered(">")),
    **dict.fromkeys(("toBeGreaterThanOrEqual", "least", "gte"), _ordered(">=")),
    **dict.fromkeys(("toBeLessThan", "below", "lessThan", "lt"), _ordered("<")),
    **dict.fromkeys(("toBeLessThanOrEqual", "most", "lte"), _ordered("<=")),
    "toBeNull": _nothing,
    "toBeUndefined": _undefined,
    "toBeDefined": _not(_undefined),
    "toBeTruthy": _true,
    "toBeFalsy": _not(_true),
    "toBeInstanceOf": lambda actual, rest: None,
    "toBeCloseTo": _same,
    "toBeTypeOf": _of_type,
}
_PROPERTIES: Mapping[str, Judge] = {
    "true": lambda actual, rest: same(actual, True),
    "false": lambda actual, rest: same(actual, False),
    "null": _nothing,
    "undefined": _undefined,
    "ok": _true,
    "exist": _not(
        lambda actual, rest: (
            missing(actual) or None if isinstance(actual, Unknown) else missing(actual)
        )
    ),
    "empty": lambda actual, rest: _size(actual, [0]),
}


def expect_members() -> dict[str, object]:
    """Return the members of `expect` itself: values that stand for many."""

    def containing(given: Sequence[object]) -> object:
        wanted = given[0]
        if isinstance(wanted, list):
            each = cast("list[object]", wanted)
            return Matcher(lambda value: both(_includes(value, [one]) for one in each))
        return Matcher(lambda value: equal(value, wanted, partly=True))

    return {
        "any": Native(
            lambda given: Matcher(
                lambda value: None if isinstance(value, Unknown) else not missing(value)
            )
        ),
        "anything": Native(lambda given: Matcher(lambda value: not missing(value))),
        "objectContaining": Native(containing),
        "arrayContaining": Native(containing),
        "stringMatching": Native(lambda given: Matcher(lambda value: _matches(value, given))),
        "stringContaining": Native(lambda given: Matcher(lambda value: _matches(value, given))),
    }
