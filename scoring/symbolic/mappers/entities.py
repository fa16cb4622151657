"""Queries through TypeORM's repositories and managers, and MikroORM's."""

from __future__ import annotations

from dataclasses import replace

from scoring.project.facts import Table
from scoring.symbolic import terms
from scoring.symbolic.mappers.finding import READS, Finding
from scoring.symbolic.mappers.subjects import Subjects
from scoring.symbolic.mappers.wording import conditions, data, is_row, row_of
from scoring.symbolic.prisma import Prisma
from scoring.symbolic.reads import Reads
from scoring.symbolic.scopes import Frame
from scoring.symbolic.terms import (
    NOTHING,
    TRUE,
    Const,
    Field,
    Fresh,
    Op,
    Present,
    Query,
    Record,
    Rows,
    Term,
)
from scoring.symbolic.values import Array, Instance, Native, Object, field_of, term_of
from scoring.typescript.syntax import SyntaxNode

_MADE = frozenset({"create", "merge", "assign", "preload", "getReference"})
_SAVED = frozenset({"save", "persist", "persistAndFlush", "insert", "upsert", "nativeInsert"})
_REMOVED = frozenset({"remove", "softRemove", "removeAndFlush", "recover"})
_HANDED = _SAVED | _REMOVED | {"assign"}
_BY_CRITERIA = {
    "delete": "deleteMany", "nativeDelete": "deleteMany", "update": "updateMany",
    "nativeUpdate": "updateMany", "softDelete": "updateMany", "restore": "updateMany",
    "increment": "updateMany", "decrement": "updateMany",
}  # fmt: skip
_UNREAD = frozenset({"createQueryBuilder", "query", "execute", "getConnection"})
"""Queries of which only the table is known."""
_VERBS = frozenset({*READS, *_MADE, *_SAVED, *_REMOVED, *_BY_CRITERIA})


class Entities:
    """Reads calls such as `this.todos.findOneBy({ … })` and `em.persistAndFlush(todo)`."""

    def __init__(self, reader: Reads, prisma: Prisma) -> None:
        self._reader = reader
        self._prisma = prisma
        self._changes: dict[Term, Object] = {}
        """What was assigned to the members of a row and is not saved yet."""
        self._written: dict[Term, Term] = {}
        """Rows that were read and saved since, and what the last write of each leaves."""
        self._subjects = Subjects(reader)
        self._finding = Finding(reader, prisma, self._subjects)

    def query(
        self, base: object, name: str, given: list[object], node: SyntaxNode, frame: Frame
    ) -> object | None:
        """Return what a call answers with; None if it asks no repository and no manager."""
        if name in ("getRepository", "withRepository") and given:
            table = self._subjects.class_table(given[0])
            return Native(f"Repository<{table.name}>") if table is not None else None
        if name in ("flush", "commit") and not given and self._subjects.is_manager(base):
            return self._flush(node, frame)
        if name not in _VERBS and name not in _UNREAD:
            return None
        if name == "save" and not given and id(base) in self._subjects.new:
            return self.save(*self._subjects.new[id(base)], node, frame)
        table, rest = self._subjects.subject(base, name, given, _HANDED)
        if table is None:
            return None
        if name in _UNREAD:
            return self._unread(table, node, frame)
        if name in READS:
            return self._finding.read(table, name, rest, node, frame)
        if name in _MADE:
            return self._made(table, name, rest, node, frame)
        first = rest[0] if rest else NOTHING
        if name in _SAVED | _REMOVED:
            saved = name in _SAVED
            made = (
                self.save(table, first, node, frame)
                if saved
                else self._remove(table, name, first, node, frame)
            )
            chained = name in ("persist", "remove") and self._subjects.is_mikro(table)
            return Native("EntityManager") if chained else made
        return self._by_criteria(table, name, rest, node, frame)

    def assigned(self, row: Term, *values: object) -> bool:
        """Note that members of a row are set to those of objects; False if it is no row."""
        if not is_row(row):
            return False
        changes = self._changes.setdefault(row_of(row), Object())
        condition = self._reader.condition()
        for value in values:
            if isinstance(value, Object) and all(key is not None for key, _ in value.members):
                for key, held in value.members:
                    changes.put(key or "", held, None if condition == TRUE else condition)
            else:
                spread = term_of(value)
                given = spread if condition == TRUE else Op("&&", (condition, spread))
                changes.members.append((None, given))
        return True

    def _unread(self, table: Table, node: SyntaxNode, frame: Frame) -> Term:
        """Note a query that is built step by step, or in SQL: which rows it finds is not known."""
        place = terms.Unknown(frame.module.path, node.line, node.text[:60])
        query = replace(self._whole(table), where=(place,), everything=True)
        return self._reader.read(query, False, node, frame)

    def _made(
        self, table: Table, name: str, given: list[object], node: SyntaxNode, frame: Frame
    ) -> object:
        first = given[0] if given else Object()
        if name == "getReference":
            key = table.key[0] if table.key else "id"
            return Object([(key, first)])
        if name in ("merge", "assign"):
            for each in given[1:]:
                if isinstance(first, Object):
                    first.members += Object([(None, data(table, each))]).members
                elif isinstance(first, Term):
                    self.assigned(first, data(table, each))
            return first
        if name == "preload":
            key = table.key[0] if table.key else "id"
            asked = Object([("where", Object([(key, field_of(first, key))]))])
            found = term_of(self._prisma.ask(table, "findFirst", asked, node, frame))
            self.assigned(found, first)
            return found
        if isinstance(first, Array):
            return Array([self._made(table, name, [each], node, frame) for each in first.items])
        made = Object(list(first.members)) if isinstance(first, Object) else Object()
        if not isinstance(first, Object):
            made.members.append((None, term_of(first)))
        self._subjects.new[id(made)] = (table, made)
        return made

    def save(self, table: Table, value: object, node: SyntaxNode, frame: Frame) -> object:
        """Write a row that was made, or what was assigned to one that was read."""
        if isinstance(value, Array):
            return Array([self.save(table, each, node, frame) for each in value.items])
        if isinstance(value, Instance):
            value.fields, fields = {}, value.fields
            value = Object(list(fields.items()))
        if isinstance(value, Object):
            return self._save_object(table, value, node, frame)
        row = row_of(term_of(value))
        changes = self._changes.pop(row, Object())
        if isinstance(row, Rows):
            return row
        if not is_row(row):
            self._reader.write("insert", self._whole(table), row, node, frame)
            return row
        return self._saved(table, row, changes, node, frame)

    def current(self, value: object) -> object:
        """Return a row as it is since it was saved; any other value as it is."""
        if not self._written or not isinstance(value, Term) or not is_row(value):
            return value
        written = self._written.get(row_of(value))
        return Op("??", (written, value)) if written is not None else value

    def _saved(
        self, table: Table, row: Term, changes: Object, node: SyntaxNode, frame: Frame
    ) -> Term:
        written = self._update(table, self._itself(table, row), changes, node, frame)
        self._written[row] = written
        return written

    def _save_object(self, table: Table, value: Object, node: SyntaxNode, frame: Frame) -> Term:
        self._subjects.new.pop(id(value), None)
        spreads = [h for k, h in value.members if k is None and isinstance(h, Term) and is_row(h)]
        spread = row_of(spreads[0]) if spreads else None
        key = table.key[0] if table.key else "id"
        own = value.get(key) if any(k == key for k, _ in value.members) else NOTHING
        if spread is None and (own is NOTHING or isinstance(own, Fresh)):
            written = self._reader.write(
                "insert", self._whole(table), term_of(data(table, value)), node, frame
            )
            value.members.insert(0, (None, written))
            return written
        query = (
            self._itself(table, spread)
            if spread is not None
            else replace(
                self._whole(table), where=(Op("=", (self._column(table, key), term_of(own))),)
            )
        )
        rest = Object([(k, h) for k, h in value.members if not (k is None and is_row(h))])
        return self._update(table, query, rest, node, frame)

    def _update(
        self, table: Table, query: Query, changes: Object, node: SyntaxNode, frame: Frame
    ) -> Term:
        return self._reader.write("update", query, term_of(data(table, changes)), node, frame)

    def _whole(self, table: Table) -> Query:
        return Query(table.name, table.name)

    def _column(self, table: Table, name: str) -> terms.Column:
        return terms.Column(table.name, name)

    def _itself(self, table: Table, row: Term) -> Query:
        """Return the query that finds a row again by its key."""
        where = tuple(Op("=", (self._column(table, k), Field(row, k))) for k in table.key)
        return replace(self._whole(table), where=where)

    def _remove(
        self, table: Table, name: str, value: object, node: SyntaxNode, frame: Frame
    ) -> object:
        rows = value.items if isinstance(value, Array) else [value]
        for each in rows:
            term = row_of(term_of(each))
            query = (
                replace(term.query, order=(), limit=None, offset=None)
                if isinstance(term, Rows)
                else self._itself(table, term)
            )
            marked = self._marked(table, name)
            if marked is not None:
                self._reader.write("update", query, marked, node, frame)
            else:
                self._reader.write("delete", query, NOTHING, node, frame)
        return value

    def _marked(self, table: Table, name: str) -> Record | None:
        """Return what marks a row as deleted, or no more; None if it is deleted indeed."""
        gone = self._subjects.mark_of_deletion(table)
        if name not in ("softRemove", "softDelete", "recover", "restore"):
            return None
        value = Op("moment", (Present(),)) if name.startswith("soft") else Const(None)
        return Record(((gone.name if gone is not None else "deletedAt", value),))

    def _by_criteria(
        self, table: Table, name: str, given: list[object], node: SyntaxNode, frame: Frame
    ) -> Term:
        where = given[0] if given else Object()
        if isinstance(where, Array):
            where = term_of(where)
        found = self._finding.live(table, where) if name != "restore" else conditions(table, where)
        asked = Object([("where", found)])
        marked = self._marked(table, name)
        if name in ("increment", "decrement") and len(given) > 2:
            column = given[1].value if isinstance(given[1], Const) else ""
            asked.members.append(("data", Object([(str(column), Object([(name, given[2])]))])))
        elif marked is not None:
            asked.members.append(("data", marked))
        elif len(given) > 1:
            asked.members.append(("data", data(table, given[1])))
        answer = term_of(self._prisma.ask(table, _BY_CRITERIA[name], asked, node, frame))
        count = term_of(field_of(answer, "count"))
        return count if self._subjects.is_mikro(table) else Record((("affected", count),))

    def _flush(self, node: SyntaxNode, frame: Frame) -> Term:
        for table, made in list(self._subjects.new.values()):
            if self._subjects.is_mikro(table):
                self._save_object(table, made, node, frame)
        for row in list(self._changes):
            table = self._subjects.row_table(row)
            if table is not None:
                changes = self._changes.pop(row)
                self._saved(table, row, changes, node, frame)
        return NOTHING
