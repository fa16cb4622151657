"""Play a handler in a world: what it ends with, and what it leaves behind."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import cast

from scoring.project.facts import UNENFORCED, Table
from scoring.symbolic.terms import UNDEFINED, Item, Unknown
from scoring.symbolic.trace import (
    VIOLATED,
    Answered,
    Event,
    Loop,
    Read,
    Refused,
    Trace,
    Wrote,
)
from scoring.words import squeeze
from scoring.worlds.evaluation import Evaluation, TooMuch
from scoring.worlds.facts import Open, RowOf, World, plain
from scoring.worlds.javascript import missing, same, truthy
from scoring.worlds.querying import Scope

TRIES_MAX = 48
"""How many ways to settle what a world leaves open are tried."""
ELEMENTS_MAX = 12


@dataclass(frozen=True)
class Change:
    """A row that was written: None where there was none before, or is none after."""

    table: str
    before: RowOf | None
    after: RowOf | None
    line: int


@dataclass(frozen=True)
class Outcome:
    """How a request ended: `status` 0 is success; -1 an error of which no status is known."""

    status: int
    answer: object
    changes: tuple[Change, ...]
    world: World
    """What the database holds afterwards."""
    file: str = ""
    line: int = 0
    opaque: Unknown | None = None
    """Code that could not be followed and on which this hangs."""
    half_done: bool = False
    """Whether rows were written outside of a transaction before the request was refused."""

    @property
    def succeeded(self) -> bool:
        """Whether the request was granted."""
        return self.status == 0


class _Ended(Exception):
    def __init__(self, status: int, file: str, line: int) -> None:
        super().__init__()
        self.status, self.file, self.line = status, file, line


@dataclass
class _Settling:
    """Settles open conditions: as chosen before, else as is typical."""

    choices: Mapping[object, bool]
    made: dict[object, bool] = field(default_factory=lambda: {})
    opaque: dict[object, Unknown] = field(default_factory=lambda: {})

    def decide(self, value: Open) -> bool:
        key = value.key
        if value.opaque is not None:
            self.opaque.setdefault(key, value.opaque)
        if key not in self.made:
            self.made[key] = self.choices.get(key, truthy(value.typical))
        return self.made[key]


@dataclass(frozen=True)
class Played:
    """An outcome, and how what was open was settled for it."""

    outcome: Outcome
    choices: Mapping[object, bool]


class Player:
    """Plays one handler; `tables` are keyed by `squeeze`, `violated` answers broken keys."""

    def __init__(self, trace: Trace, tables: Mapping[str, Table], violated: int) -> None:
        self._trace = trace
        self._tables = tables
        self._violated = violated

    def assuming(self, links: Mapping[tuple[str, str], str]) -> Player:
        """Return a player to whom foreign keys, by table and column, have other delete rules."""
        changed: dict[str, Table] = {}
        for name, table in self._tables.items():
            keys = tuple(
                replace(key, on_delete=links.get((table.name, key.columns[0]), key.on_delete))
                if key.columns
                else key
                for key in table.foreign_keys
            )
            changed[name] = replace(table, foreign_keys=keys)
        return Player(self._trace, changed, self._violated)

    def play(self, world: World, choices: Mapping[object, bool] | None = None) -> Played:
        """Play the handler once."""
        settling = _Settling(choices or {})
        evaluation = Evaluation(world.copy(), self._tables, settling.decide)
        run = _Run(evaluation, self._tables, self._violated)
        try:
            run.events(self._trace.events, 0, {})
            status, file, line = (0, "", 0) if self._trace.complete else (-1, "", 0)
        except _Ended as ended:
            status, file, line = ended.status, ended.file, ended.line
        except TooMuch:
            status, file, line = -1, "", 0
            settling.opaque[""] = Unknown("", 0, "too long")
        if not self._trace.complete:
            settling.opaque[""] = Unknown("", 0, "too long")
        opaque = next(iter(settling.opaque.values()), None)
        half_done = status != 0 and run.loose
        outcome = Outcome(
            status, run.answer, tuple(run.changes), evaluation.world, file, line, opaque, half_done
        )
        return Played(outcome, settling.made)

    def succeed(self, world: World) -> Played:
        """Play until the request is granted; see `search`."""
        return self.search(world, lambda outcome: outcome.succeeded)

    def search(
        self,
        world: World,
        accepts: Callable[[Outcome], bool],
        choices: Mapping[object, bool] | None = None,
    ) -> Played:
        """Play until an outcome is accepted, open conditions settled otherwise where need be.

        Returns the first play if none is accepted.
        """
        first = self.play(world, choices)
        if accepts(first.outcome):
            return first
        waiting: list[Mapping[object, bool]] = [first.choices]
        seen: set[tuple[tuple[object, bool], ...]] = set()
        tries = 0
        while waiting and tries < TRIES_MAX:
            made = waiting.pop(0)
            for flipped in _flips(made):
                mark = tuple(flipped.items())
                if mark in seen or tries >= TRIES_MAX:
                    continue
                seen.add(mark)
                tries += 1
                played = self.play(world, flipped)
                if accepts(played.outcome):
                    return played
                waiting.append(played.choices)
        if tries < TRIES_MAX:  # however the open conditions are settled, it is no other
            return replace(first, outcome=replace(first.outcome, opaque=None))
        return first


def _flips(made: Mapping[object, bool]) -> Iterator[dict[object, bool]]:
    """Yield what was settled before each condition, and that one the other way, the last first."""
    keys = list(made)
    for index in range(len(keys) - 1, -1, -1):
        yield {key: made[key] for key in keys[:index]} | {keys[index]: not made[keys[index]]}


class _Run:
    def __init__(self, evaluation: Evaluation, tables: Mapping[str, Table], violated: int) -> None:
        self._evaluation = evaluation
        self._tables = tables
        self._violated = violated
        self.changes: list[Change] = []
        self.answer: object = UNDEFINED
        self.loose = False
        """Whether a row was written outside of a transaction."""
        self._left: set[int] = set()
        """The `try` blocks that an error has ended."""

    def events(self, events: Sequence[Event], depth: int, items: Mapping[Item, object]) -> None:
        """Do events in their order, those of a loop together for each element."""
        index = 0
        while index < len(events):
            event = events[index]
            if len(event.loops) <= depth:
                self._event(event, items)
                index += 1
                continue
            loop, end = event.loops[depth], index
            while end < len(events) and events[end].loops[depth : depth + 1] == (loop,):
                end += 1
            self._loop(loop, events[index:end], depth, items)
            index = end

    def _loop(
        self, loop: Loop, events: Sequence[Event], depth: int, items: Mapping[Item, object]
    ) -> None:
        source = self._evaluation.value(loop.source, Scope(items=items))
        elements = (
            cast("list[object]", source)
            if isinstance(source, list)
            else [Open(("element", plain(source)), UNDEFINED)]
        )
        position = Item(loop.item.number, position=True)
        for index, element in enumerate(elements[:ELEMENTS_MAX]):
            inner = {**items, loop.item: element, position: index}
            for event in events:
                if isinstance(event, Read):
                    self._evaluation.read.pop(event.found.read, None)
            self.events(events, depth + 1, inner)

    def _fail(self, event: Wrote, why: str) -> None:
        """Leave the innermost `try`."""
        self._evaluation.failed[event.number] = why
        self._left.add(event.tries[-1])

    def _event(self, event: Event, items: Mapping[Item, object]) -> None:
        if self._left.intersection(event.tries):
            return
        scope = Scope(items=items)
        if not self._evaluation.holds(event.condition, scope):
            return
        match event:
            case Read():
                self._evaluation.read[event.found.read] = self._evaluation.queries.find(
                    event.found, scope
                )
            case Refused():
                status = self._violated if event.status == VIOLATED else event.status or -1
                raise _Ended(status, event.file, event.line)
            case Wrote():
                before = len(self.changes)
                self._write(event, scope)
                self.loose = self.loose or (len(self.changes) > before and not event.safe)
            case Answered():
                self.answer = self._evaluation.value(event.value, scope)

    def _write(self, event: Wrote, scope: Scope) -> None:
        rows = self._evaluation.world.tables.setdefault(event.query.table, [])
        if event.action == "insert":
            values = self._evaluation.value(event.values, scope)
            given = cast("list[object]", values) if isinstance(values, list) else [values]
            for each in given[:ELEMENTS_MAX]:
                made = self._inserted(event.query.table, each)
                if self._broken(event, made, None):
                    return
                rows.append(made)
                self.changes.append(Change(event.query.table, None, made, event.line))
                self._evaluation.written[event.number] = made
            return
        found = self._evaluation.queries.rows(event.query, scope)
        self._evaluation.written[event.number] = UNDEFINED
        self._evaluation.affected[event.number] = len(found)
        for combined in found:
            row = combined[event.query.alias]
            if row is None:
                continue
            before = row.copy()
            if event.action == "delete":
                self._delete(row, event)
                self._evaluation.written[event.number] = before
                continue
            values = self._evaluation.value(event.values, Scope(combined, scope.items))
            changed = row.copy()
            self._set(changed, values)
            if self._broken(event, changed, row):
                return
            row.values = changed.values
            self._evaluation.written[event.number] = row
            self.changes.append(Change(event.query.table, before, row, event.line))

    def _delete(self, row: RowOf, event: Wrote) -> None:
        """Delete a row, and do with those that refer to it what the foreign keys say."""
        rows = self._evaluation.world.tables[row.table]
        if row not in rows:
            return
        rows.remove(row)
        self.changes.append(Change(row.table, row, None, event.line))
        for table in dict.fromkeys(self._tables.values()):
            for link in table.foreign_keys:
                if link.target != row.table or not link.columns or link.on_delete == UNENFORCED:
                    continue
                target = self._tables.get(squeeze(row.table))
                key = row.values.get(target.key[0] if target is not None and target.key else "id")
                column = link.columns[0]
                for child in list(self._evaluation.world.tables.get(table.name, ())):
                    if not same(child.values.get(column), key):
                        continue
                    if link.on_delete == "Cascade":
                        self._delete(child, event)
                    elif link.on_delete == "SetNull":
                        child.values[column] = None
                    elif event.tries:
                        self._fail(event, "reference")
                    else:
                        raise _Ended(self._violated, event.file, event.line)

    def _inserted(self, table: str, values: object) -> RowOf:
        made = RowOf(table)
        known = self._tables.get(squeeze(table))
        for column in known.columns if known is not None else ():
            made.values[column.name] = default_of(column.default)
        self._set(made, values)
        return made

    def _set(self, row: RowOf, values: object) -> None:
        held: Mapping[str, object] = {}
        if isinstance(values, Mapping):
            held = cast("Mapping[str, object]", values)
        names = {squeeze(name): name for name in row.values}
        for key, value in held.items():
            if value is not UNDEFINED:
                row.values[names.get(squeeze(key), key)] = value

    def _broken(self, event: Wrote, made: RowOf, itself: RowOf | None) -> bool:
        """Whether a unique key refuses the row; raises if nothing catches that."""
        table = self._tables.get(squeeze(made.table))
        if table is None:
            return False
        singles = [(column.name,) for column in table.columns if column.unique]
        for key in {*table.uniques, *singles}:
            mine = [made.values.get(name) for name in key]
            if any(missing(value) for value in mine):
                continue
            for row in self._evaluation.world.tables.get(made.table, ()):
                if row is itself or not all(
                    same(row.values.get(name), value) for name, value in zip(key, mine, strict=True)
                ):
                    continue
                if event.ignores:
                    return True
                if event.tries:
                    self._fail(event, "unique")
                    return True
                raise _Ended(self._violated, event.file, event.line)
        return False


def default_of(text: str | None) -> object:
    """Return what a column of the schema holds where nothing is given."""
    if text is None:
        return None
    bare = text.strip("\"'")
    if bare in ("true", "false"):
        return bare == "true"
    if bare.lstrip("-").isdecimal():
        return int(bare)
    return None if "(" in bare else bare
