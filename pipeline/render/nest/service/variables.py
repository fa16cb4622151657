"""The names of a method's local variables."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from pipeline.ast.database import Table
from pipeline.names import camel
from pipeline.render.nest.service.expressions import LocalScope

_RESERVED_WORDS = """
    actor body query row eb trx order timestamp column direction clock contains ensure fromNow
    now paginate randomUUID shifted sql today arguments await break case catch class const
    continue default delete do else enum eval export extends false finally for function if
    import in instanceof interface let new null package private protected public return static
    super switch this throw true try typeof undefined var void while with yield
"""
_RESERVED = frozenset(_RESERVED_WORDS.split())
"""What a variable of a program may not be called in a method."""

_THE_ROW = frozenset(("row", "found", "created", "each"))
"""Variables of the row that an operation or a repetition is about; they get a table's name."""


class Variables:
    """Hands out the names of one method's variables, each once."""

    def __init__(self, reserved: Iterable[str]) -> None:
        """Take the names that the method uses otherwise."""
        self._taken = set(reserved)

    def fresh(self, wanted: str, *, reserve: bool = True) -> str:
        """Return `wanted`, with a number if it is taken; `reserve` takes it."""
        name, number = wanted, 1
        while name in _RESERVED or name in self._taken:
            number += 1
            name = f"{wanted}{number}"
        if reserve:
            self._taken.add(name)
        return name

    def bind(
        self,
        variable: str,
        scope: LocalScope,
        table: Table | None = None,
        *,
        wanted: str | None = None,
        reserve: bool = True,
    ) -> tuple[str, LocalScope]:
        """Name a variable of the program and return the scope that knows it."""
        if table is not None and variable in _THE_ROW:
            wanted = camel(table.name)
        elif wanted is None and variable.startswith("each"):
            wanted = camel(variable.removeprefix("each"))
        name = self.fresh(wanted or variable, reserve=reserve)
        rows = scope.rows if table is None else {**scope.rows, variable: table}
        return name, replace(scope, names={**scope.names, variable: name}, rows=rows)
