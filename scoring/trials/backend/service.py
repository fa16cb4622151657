"""The service that a brief describes, with one change at most, played for one test."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from scoring.brief import Effect, Entity, RequiredOperation, Transition
from scoring.matching import Subject
from scoring.project.facts import Operation
from scoring.trials.backend import lists
from scoring.trials.backend.amounts import keep, write
from scoring.trials.backend.answers import Answers, altered
from scoring.trials.backend.calls import Call, read_members
from scoring.trials.backend.effects import apply_effect, erase, leave_out
from scoring.trials.backend.refusals import Cause, Refusals
from scoring.trials.backend.rows import Route, Row, Store
from scoring.trials.backend.sessions import Sessions
from scoring.trials.backend.writes import Writer
from scoring.trials.changes import ANSWERS, DROPPED, FAILS, Change
from scoring.trials.language.values import (
    UNDEFINED,
    UNKNOWN,
    OneOf,
    same,
)
from scoring.trials.libraries import Libraries
from scoring.trials.outside import HIDDEN, Reply, Request
from scoring.words import squeeze

FLIP_REFUSED, FLIP_DONE, FLIP_UNKNOWN = "refused", "done", "unknown"
Flip = tuple[str, Change | None]


@dataclass
class Made:
    """A call that a test made, and how it ended."""

    route: str
    refused: bool
    causes: tuple[Cause, ...]
    reply: Reply
    certain: bool = True
    """Whether the brief says all about what it answers."""
    is_plain: bool = False
    """Whether the play ends if it is refused."""


@dataclass
class Play:
    """What happens in one play: the change, and what is decided against the rules."""

    change: Change | None = None
    flips: Mapping[int, Flip] = field(default_factory=lambda: {})
    calls: list[Made] = field(default_factory=lambda: [])
    met: set[Change] = field(default_factory=lambda: set())
    """The changes that would have made a difference somewhere."""


class Service:
    """Answers requests as the brief wants it."""

    def __init__(self, subject: Subject, libraries: Libraries) -> None:
        self._subject = subject
        self._libraries = libraries
        self.answers = Answers(subject)
        self._sessions = Sessions(self.answers, libraries)
        self._writer = Writer(subject.brief, libraries, self.applies)
        required: dict[str, list[RequiredOperation]] = {}
        for each in subject.brief.operations:
            found = subject.found(each.id)
            if found is not None:
                required.setdefault(found.key, []).append(each)
        self.routes = {
            operation.key: Route(subject, operation, tuple(required.get(operation.key, ())))
            for operation in subject.facts.operations
        }
        self.operations: Mapping[str, Operation] = {k: r.operation for k, r in self.routes.items()}
        self._refusals = Refusals(self.applies, lambda: libraries.now)
        self.play = Play()
        self.store = Store(subject.brief)

    def begin(self, play: Play) -> None:
        """Begin a play: nothing is there."""
        self.play = play
        self.store = Store(self._subject.brief)
        self._sessions.begin()
        self._refusals.moved = False

    def advance(self, milliseconds: float) -> None:
        """Put the clock forward."""
        self._libraries.now += milliseconds
        self._refusals.moved = True

    def applies(self, change: Change) -> bool:
        """Whether a change is made in this play; notes that it would make a difference here."""
        self.play.met.add(change)
        return self.play.change == change

    def answer(self, request: Request) -> Reply:
        """Do a request, or refuse it."""
        play, number = self.play, len(self.play.calls)
        route = self.routes.get(request.key)
        if route is None:
            play.calls.append(Made(request.key, False, (), Reply(UNKNOWN), False, request.is_plain))
            return Reply(UNKNOWN)
        call = self._call(route, request)
        causes = tuple(self._refusals.of(call))
        statuses = self._decide(number, causes)
        if statuses is not None:
            reply = Reply(refused=True, status=statuses)
        elif play.change == Change(request.key, FAILS):
            reply = Reply(refused=True, status=500)
        else:
            body = self._do(call)
            self.play.met |= {Change(request.key, FAILS), Change(request.key, ANSWERS)}
            if play.change == Change(request.key, ANSWERS):
                body = self._other(call, body)
            if number in play.flips and play.flips[number][0] == FLIP_UNKNOWN:
                body = UNKNOWN
            reply = Reply(body, status=route.operation.success or 200)
        certain = route.required != () and call.action not in ("list", "other")
        play.calls.append(
            Made(request.key, reply.refused, causes, reply, certain, request.is_plain)
        )
        return reply

    def _other(self, call: Call, body: object) -> object:
        """Return an answer with other values; for silent operations nothing was done."""
        ids = call.action in ("list", "login", "refresh")
        return altered(body, "other", self.answers.nullable, ids=ids)

    def _decide(self, number: int, causes: Sequence[Cause]) -> object:
        """Return the statuses by which a call is refused; None if it is done."""
        flip = self.play.flips.get(number)
        if flip is not None:
            way, change = flip
            if way in (FLIP_DONE, FLIP_UNKNOWN):
                return None
            if change is None or change != self.play.change:
                return UNKNOWN if change is None else self._statuses(causes, change)
            return None
        sure = [cause for cause in causes if cause.sure]
        if not sure:
            return None
        return OneOf(tuple(status for cause in sure for status in cause.statuses))

    def _statuses(self, causes: Sequence[Cause], change: Change) -> object:
        found = [status for cause in causes if cause.change == change for status in cause.statuses]
        return OneOf(tuple(found)) if found else UNKNOWN

    def _call(self, route: Route, request: Request) -> Call:
        caller = self._sessions.caller(request.words, self.store)
        names = _places(route.operation.path)
        keys = dict(zip(names, request.path, strict=False))
        body = read_members(route, request.body)
        body |= {
            k: v
            for n, v in keys.items()
            if (k := route.members.get(n)) is not None and k not in body
        }
        target = None
        for value in reversed(list(keys.values())):
            row = self.store.at(value)
            if row is not None and row.entity is route.entity and not row.erased:
                target = row
                break
        call = Call(
            route,
            None,
            self.store,
            caller,
            keys,
            target,
            body,
            request.body,
            request.query,
            caller is None and any(HIDDEN in word for word in request.words),
        )
        call.required = self._meant(call)
        if not keys and call.action in ("read", "update", "erase") and caller is not None:
            call.target = caller if caller.entity is route.entity else None
        if call.makes and call.target is not None:
            call.target = None
        return call

    def _meant(self, call: Call) -> RequiredOperation | None:
        """Return which of the required operations a call of a route is."""
        options = call.route.required
        if len(options) < 2:
            return options[0] if options else None
        for each in options:
            target = self._transition(each.id)
            if each.via is not None and target is not None and each.action == "act":
                given = call.body.get(each.via, UNDEFINED)
                if same(given, target.target):
                    return each
        return next((each for each in options if each.action != "act"), options[0])

    def _transition(self, id: str) -> Transition | None:
        rules = self.store.brief.rules
        return next((r for r in rules if isinstance(r, Transition) and id in r.operations), None)

    def _do(self, call: Call) -> object:
        """Do what the operation means and return its answer."""
        match call.action:
            case "join" | "create":
                return self._create(call)
            case "login" | "refresh":
                return self._sessions.sign_in(call, self._sessions.account(call))
            case "logout":
                self._sessions.sign_out(call.caller)
                return UNDEFINED
            case "list":
                return lists.page(call, self.answers, self.applies)
            case "erase":
                self._effects(call, call.target)
                if call.target is not None:
                    erase(call, call.target, call.rules, self.applies)
            case "update" | "act":
                if call.target is not None:
                    before = call.target.copy()
                    self._writer.change(call, call.target)
                    self._effects(call, call.target, before)
                elif not call.keys and call.entity is not None:
                    self._all(call, call.entity)
            case "read" if call.target is not None:
                self._effects(call, call.target, call.target.copy())
            case _:
                pass
        return self._shown(call, call.target)

    def _create(self, call: Call) -> object:
        row = self._writer.make(call)
        if row is None:
            return UNKNOWN
        self._effects(call, row)
        for rule in call.rules:
            if isinstance(rule, Transition):
                self._writer.move(rule, call.about(rule.entity))
        if call.action == "join":
            return self._sessions.sign_in(call, row)
        return self._shown(call, row)

    def _all(self, call: Call, entity: Entity) -> None:
        """Do what an action does to all rows of an entity at once."""
        for rule in call.rules:
            if isinstance(rule, Effect) and not self.applies(Change(rule.id, DROPPED)):
                for row in call.store.of(entity.name):
                    write(call.store, rule, row, gone=False, caller=call.caller)

    def _effects(self, call: Call, row: Row | None, before: Row | None = None) -> None:
        rules = [rule for rule in call.rules if isinstance(rule, Effect)]
        for rule in sorted(rules, key=lambda r: r.value != "given"):
            if row is None:
                continue
            if not self.applies(Change(rule.id, DROPPED)):
                apply_effect(call, rule, row, before, self._libraries, self.applies)
            elif rule.writes == row.entity.name and rule.attribute is not None:
                keep(row, before, rule.attribute, rule.value)
            elif rule.change == "insert":
                leave_out(row, self.store.brief.entity(rule.writes))

    def _shown(self, call: Call, row: Row | None) -> object:
        operation = call.route.operation
        if operation.returns_nothing:
            return UNDEFINED
        if row is None or call.action == "other":
            return UNKNOWN
        return self.answers.row(operation.response, row, self.store)


def _places(path: str) -> list[str]:
    return [squeeze(part.strip(":{}")) for part in path.split("/") if part[:1] in (":", "{")]
