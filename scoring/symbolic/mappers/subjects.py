"""Which table a call of TypeORM or MikroORM is about."""

from __future__ import annotations

import re
from collections.abc import Collection

from scoring.project.facts import Column, Table
from scoring.symbolic.mappers.revising import write_of
from scoring.symbolic.mappers.wording import is_row
from scoring.symbolic.reads import Reads
from scoring.symbolic.terms import First, Op, Rows, Written
from scoring.symbolic.values import Array, Instance, Native, Object, Space
from scoring.typescript.modules import Class
from scoring.words import squeeze

_REPOSITORY = re.compile(r"(?:^|\.)\w*Repository<(\w+)>$")
_BASES_MAX = 4


class Subjects:
    """Finds the table of a repository, a manager's call, an entity class or a row."""

    def __init__(self, reader: Reads) -> None:
        self._reader = reader
        self.new: dict[int, tuple[Table, Object]] = {}
        """Rows that were made and are not written yet; MikroORM's next flush writes its own."""

    def is_manager(self, base: object) -> bool:
        """Whether a value is an entity manager, or what a transaction hands over."""
        return isinstance(base, Native) and (
            "EntityManager" in base.name or base.name in ("database", "em")
        )

    def subject(
        self, base: object, name: str, given: list[object], writing: Collection[str]
    ) -> tuple[Table | None, list[object]]:
        """Return the table that a call is about, and its arguments without the class.

        `writing` are the calls by which a manager is handed a row and no class.
        """
        own = self._repository(base)
        if own is not None:
            return own, given
        active = self.class_table(base)
        if active is not None:
            return active, given
        if given and (table := self.class_table(given[0])) is not None:
            return table, given[1:]
        if is_row(base) and not given and name in ("save", "remove", "softRemove"):
            return self.row_table(base), [base]
        if self.is_manager(base) and given and name in writing:
            return self.row_table(given[0]), given
        return None, given

    def _repository(self, base: object) -> Table | None:
        if isinstance(base, Native):
            found = _REPOSITORY.search(base.name)
            return self._reader.tables.get(squeeze(found[1])) if found is not None else None
        owner = base.of if isinstance(base, Instance) else None
        for _ in range(_BASES_MAX):
            if owner is None or owner.base is None:
                return None
            heritage = owner.node.child("class_heritage")
            found = re.search(r"Repository<(\w+)>", heritage.text) if heritage is not None else None
            if found is not None:
                return self._reader.tables.get(squeeze(found[1]))
            further = self._reader.program.resolve(owner.module, owner.base)
            owner = further if isinstance(further, Class) else None
        return None

    def class_table(self, value: object) -> Table | None:
        """Return the table of an entity class."""
        if not isinstance(value, Space) or not isinstance(value.of, Class):
            return None
        if not any(mark.name == "Entity" for mark in value.of.decorators):
            return None
        return self._reader.tables.get(squeeze(value.of.name))

    def row_table(self, value: object) -> Table | None:
        """Return the table of a row, of an entity that was made, or of the first of several."""
        if isinstance(value, Array) and value.items:
            return self.row_table(value.items[0])
        if id(value) in self.new:
            return self.new[id(value)][0]
        if isinstance(value, Instance) and value.of is not None:
            return self.class_table(Space(value.of))
        if isinstance(value, Object):
            spread = [held for key, held in value.members if key is None]
            return next((t for s in spread if (t := self.row_table(s)) is not None), None)
        if isinstance(value, Op) and value.name == "??":
            return self.row_table(value.operands[0])
        if isinstance(value, First | Rows):
            return self._reader.tables.get(squeeze(value.query.table))
        if isinstance(value, Written):
            return self._written_table(value)
        return None

    def _written_table(self, value: Written) -> Table | None:
        noted = write_of(self._reader, value)
        return self._reader.tables.get(squeeze(noted.query.table)) if noted is not None else None

    def is_mikro(self, table: Table) -> bool:
        """Whether a table is declared with MikroORM."""
        module = self._reader.program.modules.get(table.file)
        return module is not None and "@mikro-orm" in module.text

    def mark_of_deletion(self, table: Table) -> Column | None:
        """Return the column that says when a row was deleted, if such rows are hidden."""
        module = self._reader.program.modules.get(table.file)
        if module is None or "DeleteDateColumn" not in module.text:
            return None
        return next(
            (c for c in table.columns if c.type == "DateTime" and "delete" in c.name.lower()), None
        )
