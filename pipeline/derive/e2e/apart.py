"""Rows of which there is one for each pair: what a test fills in belongs to none that is there."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from pipeline.ast import expression as ex
from pipeline.ast import test as ts
from pipeline.ast.interface import Operation
from pipeline.derive.e2e.rows import body_of, relation_target
from pipeline.derive.e2e.samples import is_random
from pipeline.design import Design

Taken = tuple[tuple[str, ...], tuple[ex.Expression, ...]]
"""A unique key of a caller's rows, and its values."""


class Apart:
    """Knows the unique values of the rows that one test has made."""

    def __init__(self, design: Design, another: Callable[[str, str], ex.Expression]) -> None:
        """Take how the key of one more row of a table is had, for a caller."""
        self._design = design
        self._another = another
        self._taken: set[Taken] = set()

    def values(
        self, operation: Operation, step: ts.CallStep, values: Sequence[ts.BodyValue]
    ) -> tuple[ts.BodyValue, ...]:
        """Return a call's values; those filled in of a new row are another row's if need be."""
        if operation.kind != "create" or step.status != operation.success:
            return tuple(values)
        table = self._design.database.table(operation.table)
        columns = {p.name: p.column for p in body_of(self._design.interface, operation)}
        chosen = {value.property for value in step.values}
        found = {each.property: each.value for each in values}
        for key in table.unique_keys():
            own = [name for name in found if columns[name] in key]
            targets = {name: relation_target(self._design, operation, name) for name in own}
            filled = [name for name in own if targets[name] and name not in chosen]
            if not filled or any(is_random(found[name]) for name in own):
                continue
            place = (table.name, step.caller, *key)
            if (place, tuple(found[name] for name in own)) in self._taken:
                found[filled[0]] = self._another(targets[filled[0]] or "", step.caller)
            self._taken.add((place, tuple(found[name] for name in own)))
        return tuple(ts.BodyValue(property=name, value=value) for name, value in found.items())
