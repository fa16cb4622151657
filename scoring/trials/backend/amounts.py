"""What an effect writes: words, numbers, sums and what paths lead to, as far as it is known."""

from __future__ import annotations

from scoring.brief import Effect
from scoring.trials.backend.rows import Row, Store, another
from scoring.trials.language.values import UNKNOWN, Unknown, is_number

_SUM = "sum of "


def write(store: Store, rule: Effect, row: Row, *, gone: bool, caller: Row | None) -> None:
    """Write what a rule says of the row of an operation; `gone` if the row is no longer counted."""
    wordings = {**({rule.attribute: rule.value} if rule.attribute else {}), **rule.sets}
    for other, sure in found_rows(store, rule, row, caller):
        for name, wording in wordings.items():
            if wording == "given":
                continue  # the operation itself has written it
            value = _value(store, wording, row, (other, name), gone=gone, caller=caller)
            other.put(name, value if sure else UNKNOWN)


def keep(row: Row, before: Row | None, name: str, start: str | None) -> None:
    """Let an attribute hold what it held before an operation.

    If the row is new: nothing, or another state than that which it should have at its start.
    """
    held = before.get(name) if before is not None else UNKNOWN
    if not isinstance(held, Unknown):
        row.put(name, held)
    elif name not in row.states:
        row.values[name] = None
    elif before is None and start is not None and row.states[name] == start:
        row.states[name] = another(start)


def found_rows(store: Store, rule: Effect, row: Row, caller: Row | None) -> list[tuple[Row, bool]]:
    """Return the rows that an effect changes, and whether it is sure that it does."""
    if not rule.where:
        found = store.above(row, rule.writes) or _account(store, row, rule.writes)
        return [(found, True)] if found is not None else []
    wanted = {n: resolve(store, wording, row, caller) for n, wording in rule.where.items()}
    made: list[tuple[Row, bool]] = []
    for other in store.of(rule.writes):
        held = {name: other.get(name) for name in wanted}
        unsure = {n for n, v in wanted.items() if Unknown in (type(v), type(held[n]))}
        if all(held[name] == wanted[name] for name in wanted if name not in unsure):
            made.append((other, not unsure))
    return made


def _account(store: Store, row: Row, entity: str) -> Row | None:
    """Return the account that a row refers to: another one's before its owner's."""
    relations = [r for r in row.entity.relations if r.target == entity]
    relations.sort(key=lambda r: r.name == row.entity.owner)
    return store.linked(row, relations[0].name) if relations else None


def _value(
    store: Store,
    wording: str | None,
    row: Row,
    place: tuple[Row, str],
    *,
    gone: bool,
    caller: Row | None,
) -> object:
    """Return what an attribute of another row holds after an effect of this one."""
    other, name = place
    if wording is None:
        return UNKNOWN
    if wording.startswith(_SUM):
        rows = [r for r in store.of(row.entity.name) if not (gone and r is row)]
        own = [r for r in rows if store.above(r, other.entity.name) is other]
        return _sum([r.get(wording.removeprefix(_SUM)) for r in own])
    if wording[0] in "+-":
        amount = _number(resolve(store, wording[1:], row, caller))
        held = _number(other.get(name))
        if amount is None or held is None:
            return UNKNOWN
        return held + amount if wording[0] == "+" else held - amount
    return resolve(store, wording, row, caller)


def resolve(store: Store, wording: str, row: Row, caller: Row | None) -> object:
    """Return what the words of a brief mean for a row: a key, a value, or the word itself."""
    if " * " in wording:
        factors = [_number(resolve(store, f, row, caller)) for f in wording.split(" * ")]
        if len(factors) != 2 or factors[0] is None or factors[1] is None:
            return UNKNOWN
        return factors[0] * factors[1]
    match wording:
        case "this":
            return row.id
        case "caller":
            return caller.id if caller is not None else UNKNOWN
        case "now":
            return UNKNOWN
        case _:
            return _along(store, wording, row)


def _along(store: Store, path: str, row: Row) -> object:
    first, *rest = path.split(".")
    if row.entity.relation(first) is None and row.entity.attribute(first) is None:
        return path
    if not rest:
        return row.get(first)
    linked = store.linked(row, first)
    return _along(store, ".".join(rest), linked) if linked is not None else UNKNOWN


def _sum(values: list[object]) -> object:
    numbers = [_number(value) for value in values]
    known = [n for n in numbers if n is not None]
    return sum(known) if len(known) == len(numbers) else UNKNOWN


def _number(value: object) -> float | int | None:
    if is_number(value):
        return value  # type: ignore[return-value]
    try:
        return int(value) if isinstance(value, str) else None
    except ValueError:
        return None
