"""Play each test against the brief's service, then against changed ones, to see what it catches."""

from __future__ import annotations

import gc
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from scoring.matching import Subject
from scoring.project.facts import ProjectFacts, TestFact
from scoring.trials.backend.answers import alike, altered, emptied
from scoring.trials.backend.service import (
    FLIP_DONE,
    FLIP_REFUSED,
    FLIP_UNKNOWN,
    Flip,
    Made,
    Play,
    Service,
)
from scoring.trials.changes import ANSWERS, ANYONE, FAILS, OPEN, Change
from scoring.trials.language.caller import Caller
from scoring.trials.language.values import ErrorValue, Lost, Thrown, Unknown
from scoring.trials.libraries import Libraries
from scoring.trials.outside import Outside, Reply, Request
from scoring.trials.packages import Packages
from scoring.trials.realm import Realm
from scoring.trials.suites import Suites
from scoring.trials.witness import Site, Witness
from scoring.typescript.modules import Program
from scoring.typescript.syntax import without_collector

FLIPS_MAX = 12
"""Calls of a test about which the brief says nothing, or not enough."""
TRIES_MAX = 20
"""Tests that are played with the same change of an operation, in vain."""
_FAULTS = (
    IndexError,
    TypeError,
    ValueError,
    KeyError,
    ArithmeticError,
    RecursionError,
)
"""What Python raises where a library is used in a way that is not known here."""
Alter = Callable[[object, int], object]


@dataclass
class Trial:
    """One test, played: `passes` is None if it cannot be followed."""

    test: TestFact
    passes: bool | None
    why: str = ""
    calls: Sequence[Made] = ()
    vacuous: Sequence[tuple[Site, str]] = ()
    asserts: int = 0
    notices: bool = False
    """Whether it notices some change, or that its last call ends otherwise."""


@dataclass(frozen=True)
class Trials:
    """All tests of a project, played; `caught` are the changes that some test notices."""

    each: tuple[Trial, ...]
    caught: frozenset[Change]

    def catches(self, of: str, what: str) -> bool:
        """Whether some test notices a change."""
        return Change(of, what) in self.caught


class Stage:
    """Everything that the tests of one project are played with."""

    def __init__(self, subject: Subject, program: Program) -> None:
        facts = subject.facts
        sources = {id(m.root.source): path for path, m in program.modules.items()}
        clients = {(client.file, client.line): client for client in facts.clients}
        self._tries: Counter[Change] = Counter()
        self._met: list[tuple[Change, Trial, Play]] = []
        self._caller = Caller(clients, sources)
        self._libraries = Libraries(self._caller)
        self._witness = Witness(self._caller)
        self._service = Service(subject, self._libraries)
        signing = _signing(program, facts)
        self._outside = Outside(self._caller, self._witness, self._service.operations, signing)
        self._suites = Suites(self._caller)
        packages = Packages(
            self._caller, self._libraries, self._witness, self._outside, self._suites
        )
        self._realm = Realm(program, self._caller, packages)
        self._caller.request = self._outside.client
        self._caller.advance = self._service.advance

    def trial(self, test: TestFact) -> Trial:
        """Play a test, and keep what changes it meets."""
        play, error = self._reference(test)
        if error is not None:
            lost = isinstance(error, Lost)
            return Trial(test, None if lost else False, _said(error), play.calls)
        made = Trial(test, True, calls=play.calls, asserts=len(self._witness.seen))
        made.vacuous = self._vacuous(test, play)
        made.notices = self._notices(test, play)
        self._met += [(change, made, play) for change in play.met]
        return made

    def catch(self) -> frozenset[Change]:
        """Return the changes that some test notices; the likeliest and shortest are tried first."""
        caught: set[Change] = set()
        for change, made, play in sorted(self._met, key=_likelihood):
            if change in caught or (change.what == ANSWERS and not made.asserts):
                continue
            self._tries[change] += 1
            if self._tries[change] > TRIES_MAX and change.what in (ANSWERS, FAILS, ANYONE, OPEN):
                continue
            if self._is_noticed(change, made.test, play):
                caught.add(change)
                made.notices = True
        for change, made, play in self._met:
            made.notices = made.notices or self._is_noticed(change, made.test, play)
        return frozenset(caught)

    def _is_noticed(self, change: Change, test: TestFact, play: Play) -> bool:
        if change.what == FAILS:
            own = (call for call in play.calls if call.route == change.of and not call.refused)
            first = next(own, None)
            if first is not None and first.is_plain:
                return True
        ended = self._run(test, Play(change, play.flips), self._service.answer)
        return isinstance(ended, Thrown)

    def _reference(self, test: TestFact) -> tuple[Play, Exception | None]:
        """Play a test as the brief has it; what the brief leaves open is as the test expects it."""
        flips: dict[int, Flip] = {}
        tried: set[tuple[int, Flip]] = set()
        play, ended = Play(), None
        for _ in range(FLIPS_MAX):
            play = Play(flips=dict(flips))
            ended = self._run(test, play, self._service.answer)
            if not isinstance(ended, Thrown) or not play.calls:
                return play, ended
            last = len(play.calls) - 1
            options = [f for f in _flips(play.calls[last], ended) if (last, f) not in tried]
            if not options:
                return play, ended
            tried.add((last, options[0]))
            flips[last] = options[0]
        return play, ended

    def _run(
        self,
        test: TestFact,
        play: Play,
        answer: Callable[[Request], Reply],
        patient: bool = False,
    ) -> Exception | None:
        """Play a test once and return how it fails; None if it passes."""
        gc.collect(0)  # what the play before has left; never the trees
        self._caller.begin()
        self._libraries.begin()
        self._service.begin(play)
        self._witness.begin(test.file, patient)
        self._suites.begin(test.file)
        self._realm.begin()
        self._outside.answer = answer
        try:
            self._do(test)
        except (Thrown, Lost) as error:
            return error
        except _FAULTS as error:
            return Lost(str(error))
        return None

    def _do(self, test: TestFact) -> None:
        if test.function:
            function = self._realm.scope(test.file).get(test.function)
            connection: dict[str, object] = {"host": "http://localhost", "headers": {}}
            self._caller.finish(function, connection)
            return
        self._realm.run(test.file)
        found = next((r for r in self._suites.registered if r.line == test.line), None)
        if found is None:
            raise Lost(f"{test.name} is not found again")
        for before in found.before:
            self._caller.finish(before)
        self._caller.finish(found.task)

    def _notices(self, test: TestFact, play: Play) -> bool:
        """Whether a test fails if its last call ends otherwise."""
        last = len(play.calls) - 1
        if last < 0:
            return False
        if play.calls[last].is_plain and not play.calls[last].refused:
            return True
        other = FLIP_DONE if play.calls[last].refused else FLIP_REFUSED
        turned = Play(flips={**play.flips, last: (other, None)})
        return isinstance(self._run(test, turned, self._service.answer), Thrown)

    def _vacuous(self, test: TestFact, play: Play) -> list[tuple[Site, str]]:
        """Return the assertions that hold whatever the service answers."""
        always = {site for site, holds in self._witness.seen.items() if holds}
        nullable = self._service.answers.nullable
        worlds: tuple[Alter, ...] = (
            lambda body, number: altered(body, str(number), nullable, ids=True),
            lambda body, number: emptied(body, nullable),
            lambda body, number: alike(body),
        )
        for alter in worlds:
            if not always:
                break
            self._run(test, Play(), self._replayed(play.calls, alter), patient=True)
            always = {site for site in always if self._witness.seen.get(site, False)}
        return [(site, self._witness.texts[site]) for site in sorted(always)]

    def _replayed(self, calls: Sequence[Made], alter: Alter) -> Callable[[Request], Reply]:
        """Return a service that answers as before, but with other values and statuses."""
        place = 0

        def answer(request: Request) -> Reply:
            nonlocal place
            place += 1
            if place > len(calls):
                return Reply(Unknown())
            before = calls[place - 1].reply
            status = 599 if not before.refused or isinstance(before.status, int) else 598
            return Reply(alter(before.body, place), before.refused, status)

        return answer


def _flips(made: Made, ended: Thrown) -> list[Flip]:
    """Return how the last call before a failure may have ended instead, the likeliest first."""
    by_call = isinstance(ended.value, ErrorValue) and ended.value.kind == "HttpError"
    if not made.refused:
        unsure = [cause.change for cause in made.causes if not cause.sure]
        refused = [*((FLIP_REFUSED, change) for change in unsure), (FLIP_REFUSED, None)]
        return refused if made.certain else [(FLIP_UNKNOWN, None), *refused]
    if not by_call:
        return [(FLIP_REFUSED, None)]
    sure = [cause for cause in made.causes if cause.sure and cause.change is not None]
    return [] if sure else [(FLIP_DONE, None)]


def _likelihood(met: tuple[Change, Trial, Play]) -> tuple[str, str, int, int]:
    """Return what sorts the tests that meet a change: what is called last is asserted about."""
    change, made, play = met
    routes = [call.route for call in reversed(play.calls)]
    after = routes.index(change.of) if change.what == ANSWERS and change.of in routes else 0
    return change.of, change.what, after, len(made.calls)


def _said(error: Exception) -> str:
    value = error.value if isinstance(error, Thrown) else None
    if isinstance(value, ErrorValue):
        message = value.values.get("message", "")
        status = value.values.get("status")
        return f"{value.kind}: {message if isinstance(message, str) else status}"
    return str(error) or type(error).__name__


def _signing(program: Program, facts: ProjectFacts) -> frozenset[str]:
    """Return the routes of client functions that keep the token they get."""
    by_place = {(f.file, f.line): f for f in program.functions()}
    found: set[str] = set()
    for client in facts.clients:
        function = by_place.get((client.file, client.line))
        if function is not None and "headers.Authorization" in function.body.text:
            found.add(client.route)
    return frozenset(found)


def play_tests(subject: Subject) -> Trials:
    """Play all tests of a project."""
    program = subject.facts.program
    if program is None or not subject.facts.tests:
        return Trials((), frozenset())
    with without_collector():
        stage = Stage(subject, program)
        each = tuple(stage.trial(test) for test in subject.facts.tests)
        return Trials(each, stage.catch())
