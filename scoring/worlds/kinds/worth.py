"""What the words of an effect are worth: `caller`, `given`, `+1`, `sum of value`, `post.author`."""

from __future__ import annotations

from dataclasses import dataclass

from scoring.brief import Effect, Entity
from scoring.matching import member_names
from scoring.project.facts import Column
from scoring.symbolic.terms import UNDEFINED
from scoring.words import named, squeeze
from scoring.worlds.facts import NOW, Moment, Open, RowOf, World, typical
from scoring.worlds.javascript import milliseconds, missing, same
from scoring.worlds.kinds.places import Place, followed, place_of
from scoring.worlds.kinds.rows import asked_for
from scoring.worlds.scene import CALLER, Scene, fitting

_SUM = "sum of "
_BEFORE = 7
"""What a counter holds before."""


@dataclass(frozen=True)
class Spoken:
    """A word of an effect: what the attribute of a row holds, or held before."""

    entity: Entity
    name: str
    column: Column
    text: str

    @property
    def is_step(self) -> bool:
        """Whether it says by how much a number changes."""
        return self.text[:1] in ("+", "-") or self.text.startswith(_SUM)


def spoken(scene: Scene, entity: Entity, name: str, text: str) -> Spoken | None:
    """Return a word for an attribute or relation of an entity; None if it has no column."""
    column = scene.subject.column(entity, name)
    if column is None:
        table = scene.subject.tables.get(entity.name)
        known = table.columns if table is not None else ()
        column = next((c for c in known if squeeze(c.name) == squeeze(name)), None)
    return Spoken(entity, name, column, text) if column is not None else None


def settle(scene: Scene, world: World, rule: Effect, word: Spoken, row: RowOf | None) -> None:
    """Let the numbers be known that a step is made of."""
    for number, factor in enumerate(word.text.split(" * ") if " * " in word.text else ()):
        place = place_of(scene, world, rule.entity, factor.removeprefix("given."))
        if place is not None:
            place.put(3 + number)
    if not word.is_step or row is None:
        return
    row.values[word.column.name] = _BEFORE
    path = word.text.removeprefix(_SUM).lstrip("+-")
    for stored in (False, True):
        place = place_of(scene, world, rule.entity, path, stored) if path else None
        if place is not None and isinstance(place.values.get(place.key), Open):
            place.put(_some_amount(place))


def _some_amount(place: Place) -> object:
    """Return a number that is not mistaken for another: 2, if it may be that."""
    known = place.attribute
    most = known.maximum if known is not None and known.maximum is not None else 2
    held = place.held
    if most >= 2:
        return max(2, known.minimum or 2) if known is not None else 2
    return held if isinstance(held, int) and held else 1


def worth(
    scene: Scene, before: World, after: World, rule: Effect, word: Spoken, old: RowOf | None
) -> object:
    """Return what a word is worth once the request was granted; UNDEFINED if that is not known."""
    fixed = _fixed(scene, word)
    if fixed is not UNDEFINED:
        return fixed
    if word.is_step:
        held = typical(old.values.get(word.column.name)) if old is not None else None
        step = _step(scene, before, after, rule, word.text)
        if isinstance(held, int | float) and isinstance(step, int | float):
            return held + step
        return UNDEFINED
    match word.text:
        case "caller":
            return CALLER
        case "now":
            return Moment(milliseconds(NOW))
        case "given":
            return _given(before, word)
        case "this":
            row = _own(scene, before, after)
            table = scene.table
            return row.values.get(table.key[0]) if row is not None and table else UNDEFINED
        case path:
            terms = [
                _product([_along(scene, before, after, rule, each) for each in term.split(" * ")])
                for term in path.split(" + ")
            ]
            return _sum(terms)


def _product(factors: list[object]) -> object:
    if len(factors) == 1:
        return factors[0]
    found = 1.0
    for factor in map(typical, factors):
        if not isinstance(factor, int | float):
            return UNDEFINED
        found *= factor
    return found


def _sum(terms: list[object]) -> object:
    if len(terms) == 1:
        return terms[0]
    held = [typical(term) for term in terms]
    known = [term for term in held if isinstance(term, int | float)]
    return sum(known) if len(known) == len(held) else UNDEFINED


def _fixed(scene: Scene, word: Spoken) -> object:
    """Return a word of an enumeration, a truth, a number or nothing as the column says it."""
    known = word.entity.attribute(word.name)
    if word.text == "null":
        return None
    if known is None:
        return UNDEFINED
    listed = {squeeze(value) for value in (*known.values, *word.column.values)}
    plain = word.text.isdecimal() or word.text in ("true", "false")
    if squeeze(word.text) in listed or plain:
        return fitting(word.column, known, word.text)
    return UNDEFINED


def _step(scene: Scene, before: World, after: World, rule: Effect, text: str) -> object:
    if text.startswith(_SUM):
        path = text.removeprefix(_SUM)
        now, then = (_held(scene, world, before, rule, path) for world in (after, before))
        return now - then
    sign = -1 if text[0] == "-" else 1
    amount = text[1:]
    if amount.isdecimal():
        return sign * int(amount)
    found = _along(scene, before, after, rule, amount)
    return sign * found if isinstance(found, int | float) else UNDEFINED


def _held(scene: Scene, world: World, before: World, rule: Effect, name: str) -> float:
    """Return what the operation's own row counts for in a world; nothing if it is not there."""
    entity = scene.subject.brief.entity(rule.entity)
    column = scene.subject.column(entity, name) if entity is not None else None
    own = _own(scene, before, world)
    key = scene.table.key[0] if scene.table is not None and scene.table.key else "id"
    for row in world.tables.get(own.table, ()) if own is not None else ():
        if own is not None and same(typical(row.values.get(key)), typical(own.values.get(key))):
            held = typical(row.values.get(column.name)) if column is not None else 0
            return held if isinstance(held, int | float) else 0
    return 0


def _own(scene: Scene, before: World, after: World) -> RowOf | None:
    """Return the operation's own row: the one that it makes, or the one that it is called for."""
    if not scene.creates:
        return scene.target(before)
    rows = after.tables.get(scene.table.name, []) if scene.table is not None else []
    return rows[-1] if rows and len(rows) > len(before.tables.get(rows[-1].table, [])) else None


def _given(world: World, word: Spoken) -> object:
    wanted = member_names(word.entity, word.name)
    for name, value in (*world.body.items(), *world.path.items()):
        if named(name, wanted) or squeeze(name) == squeeze(word.column.name):
            return value
    return UNDEFINED


def _along(scene: Scene, before: World, after: World, rule: Effect, path: str) -> object:
    """Return what a path leads to, as it was before; for a new row, as it was made."""
    entity = scene.subject.brief.entity(rule.entity)
    if entity is None:
        return UNDEFINED
    relation, _, name = path.rpartition(".")
    if relation == "given":
        place = place_of(scene, before, rule.entity, name)
        return place.values[place.key] if place is not None and place.given else UNDEFINED
    if not relation:
        row = _own(scene, before, after)
        column = scene.subject.column(entity, name)
        if column is not None and row is None:
            return asked_for(scene, before, entity, name, column.name)
        return row.values.get(column.name) if row is not None and column else UNDEFINED
    found = followed(scene, before, entity, relation)
    column = scene.subject.column(found[0], name) if found is not None else None
    return found[1].values.get(column.name) if found is not None and column else UNDEFINED


def fits(held: object, wanted: object) -> bool:
    """Whether a column holds what it should; for what is not known, whatever it holds."""
    if wanted is UNDEFINED:
        return True
    if isinstance(wanted, Moment):
        return not missing(typical(held)) and milliseconds(typical(held)) == wanted.time
    if isinstance(held, Open) and isinstance(wanted, Open):
        return held.key == wanted.key or same(held.typical, wanted.typical)
    left, right = typical(held), typical(wanted)
    return same(left, right) or (missing(left) and missing(right))
