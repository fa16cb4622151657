"""The service that a brief describes, with one change at most, played for one test."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from scoring.brief import Default, Effect, RequiredOperation, Rule, Transition
from scoring.matching import Subject
from scoring.project.facts import Operation
from scoring.trials import lists
from scoring.trials.answers import Answers, altered
from scoring.trials.calls import Call, read_members
from scoring.trials.changes import ANSWERS, DROPPED, FAILS, OTHER, STAYS, Change
from scoring.trials.effects import apply_effect, erase
from scoring.trials.libraries import Libraries
from scoring.trials.outside import HIDDEN, TOKEN, Reply, Request
from scoring.trials.refusals import Cause, Refusals
from scoring.trials.rows import Route, Row, Store, first_state
from scoring.trials.values import (
    UNDEFINED,
    UNKNOWN,
    OneOf,
    Unknown,
    members_of,
    missing,
    same,
    text,
)
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
    anonymous: bool
    certain: bool = True
    """Whether the brief says all about what it answers."""


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
        self._counters = {
            (rule.writes, rule.attribute)
            for rule in subject.brief.rules
            if isinstance(rule, Effect) and rule.change == "update"
        }
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
        self._tokens: dict[str, str] = {}
        self._latest: str | None = None
        """The account that signed in last."""

    def begin(self, play: Play) -> None:
        """Begin a play: nothing is there."""
        self.play = play
        self.store = Store(self._subject.brief)
        self._tokens, self._latest = {}, None
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
            play.calls.append(Made(request.key, False, (), Reply(UNKNOWN), False, False))
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
        play.calls.append(Made(request.key, reply.refused, causes, reply, not call.signed, certain))
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
        words = [word for each in request.words for word in each.split()]
        tokens = [word for word in words if word.startswith(TOKEN)]
        account = next((self._tokens[t] for t in tokens if t in self._tokens), None)
        if account is None and not tokens and any(HIDDEN in word for word in request.words):
            account = self._latest
        caller = self.store.at(account)
        if caller is not None and caller.erased:
            caller = None
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
            bool(tokens),
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
        rules = call.rules
        match call.action:
            case "join" | "create":
                row = self._make(call)
            case "login" | "refresh":
                return self._session(call, self._account(call))
            case "logout":
                for word in [
                    w for w, held in self._tokens.items() if call.caller and held == call.caller.id
                ]:
                    del self._tokens[word]
                return UNDEFINED
            case "list":
                return lists.page(call, self.answers, self._subject, self.applies)
            case "erase":
                row = call.target
                effects = [r for r in rules if isinstance(r, Effect)]
                for rule in effects:
                    self._effect(call, rule, row)
                if row is not None:
                    erase(call, row, rules, self.applies)
                return self._shown(call, row)
            case _:
                row = call.target
                if row is not None and call.action in ("update", "act"):
                    before = Row(
                        row.entity,
                        row.id,
                        row.made,
                        dict(row.values),
                        dict(row.states),
                        dict(row.links),
                    )
                    self._change(call, row, rules)
                    for rule in rules:
                        if isinstance(rule, Effect):
                            self._effect(call, rule, row, before)
        if call.makes and row is not None:
            for rule in rules:
                if isinstance(rule, Effect):
                    self._effect(call, rule, row)
                if isinstance(rule, Transition):
                    self._move(call, rule, call.about(rule.entity))
        if call.action == "join" and row is not None:
            return self._session(call, row)
        return self._shown(call, row)

    def _effect(self, call: Call, rule: Effect, row: Row | None, before: Row | None = None) -> None:
        if row is not None and not self.applies(Change(rule.id, DROPPED)):
            apply_effect(call, rule, row, before, self._libraries, self.applies)

    def _make(self, call: Call) -> Row | None:
        entity = call.entity
        if entity is None:
            return None
        at = self._libraries.tick()
        row = Row(entity, self._libraries.uuid(), at, changed=at)
        for name, value in (members_of(call.raw) or {}).items():
            row.values[squeeze(name)] = value
        for relation in entity.relations:
            linked = call.referred(relation.name)
            if isinstance(linked, Row):
                row.links[relation.name] = linked.id
            elif relation.name in call.body:
                row.links[relation.name] = call.body[relation.name]
            elif relation.required:
                row.links[relation.name] = UNKNOWN
            else:
                row.links[relation.name] = None
        self._start(call, row)
        self.store.rows[row.id] = row
        return row

    def _start(self, call: Call, row: Row) -> None:
        """Give a new row its attributes: as given, or by default."""
        defaults = {r.attribute: r for r in call.rules if isinstance(r, Default)}
        for attribute in row.entity.attributes:
            value = call.body.get(attribute.name, UNDEFINED)
            if attribute.default is None and not (attribute.values and "enum" in attribute.types):
                if value is not UNDEFINED:
                    row.values[attribute.name] = value
                continue
            if value is not UNDEFINED:
                row.states[attribute.name] = _state_of(value, attribute.values)
                continue
            known = attribute.values or (row.entity.name, attribute.name) in self._counters
            state = first_state(row.entity, attribute.name) if known else UNKNOWN
            rule = defaults.get(attribute.name)
            if rule is not None:
                state = rule.value
                if self.applies(Change(rule.id, OTHER)):
                    others = [v for v in attribute.values if v != rule.value]
                    state = others[0] if others else "true" if rule.value == "false" else "other"
            row.states[attribute.name] = state

    def _change(self, call: Call, row: Row, rules: Sequence[Rule]) -> None:
        row.changed = self._libraries.tick()
        for name, value in (members_of(call.raw) or {}).items():
            if value is not UNDEFINED:
                row.values[squeeze(name)] = value
        for name, value in call.body.items():
            if row.entity.relation(name) is not None:
                row.links[name] = value
            elif name in row.states:
                attribute = row.entity.attribute(name)
                row.states[name] = _state_of(value, attribute.values if attribute else ())
            else:
                row.values[name] = value
        moved = [r for r in rules if isinstance(r, Transition)]
        for rule in moved:
            self._move(
                call, rule, row if rule.entity == row.entity.name else call.about(rule.entity)
            )
        if call.action == "act":
            own = {r.attribute for r in moved}
            for attribute in row.entity.attributes:
                loose = attribute.name in row.states or not attribute.given
                if loose and attribute.name not in own and attribute.name not in call.body:
                    (row.states if attribute.name in row.states else row.values)[attribute.name] = (
                        UNKNOWN
                    )
        if call.action == "act" and call.required is None:
            row.states = dict.fromkeys(row.states, UNKNOWN)

    def _move(self, call: Call, rule: Transition, row: Row | None) -> None:
        if row is not None and not self.applies(Change(rule.id, STAYS)):
            row.states[rule.attribute] = rule.target

    def _account(self, call: Call) -> Row | None:
        held = members_of(call.raw) or {}
        for word in held.values():
            if isinstance(word, str) and word in self._tokens:
                return self.store.at(self._tokens[word])
        entity = call.entity
        for row in self.store.of(entity.name) if entity is not None else ():
            common = [n for n in held if squeeze(n) in row.values]
            if common and all(same(row.values[squeeze(n)], held[n]) for n in common):
                return row
        return None

    def _session(self, call: Call, account: Row | None) -> object:
        if account is None:
            return UNKNOWN

        def token() -> str:
            made = f"{TOKEN}{account.entity.name.replace(' ', '-')}-{self._libraries.draw()}"
            self._tokens[made] = account.id
            return made

        self._latest = account.id

        return self.answers.session(call.route.operation.response, account, self.store, token)

    def _shown(self, call: Call, row: Row | None) -> object:
        operation = call.route.operation
        if operation.returns_nothing:
            return UNDEFINED
        if row is None or call.action == "other":
            return UNKNOWN
        return self.answers.row(operation.response, row, self.store)


def _state_of(value: object, values: Sequence[str]) -> object:
    """Return a state as the brief calls it: words as they are, flags if there is no other way."""
    if isinstance(value, str):
        return next((v for v in values if squeeze(v) == squeeze(value)), value)
    if isinstance(value, bool):
        return UNKNOWN if values else str(value).lower()
    if missing(value) or isinstance(value, Unknown):
        return UNKNOWN
    return text(value)


def _places(path: str) -> list[str]:
    return [squeeze(part.strip(":{}")) for part in path.split("/") if part[:1] in (":", "{")]
