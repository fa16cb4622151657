"""Queries of Mongoose's models: a call, then steps such as `sort` and `limit`."""

from __future__ import annotations

import re
from dataclasses import replace

from scoring.project.facts import Table
from scoring.symbolic.mappers.entities import Entities
from scoring.symbolic.mappers.revising import found_in, narrowed
from scoring.symbolic.mappers.wording import conditions, is_row, row_of
from scoring.symbolic.prisma import Prisma, ordered_by
from scoring.symbolic.reads import Reads
from scoring.symbolic.scopes import Closure, Frame
from scoring.symbolic.terms import (
    NOTHING,
    Column,
    Const,
    Field,
    First,
    Op,
    Query,
    Record,
    Rows,
    Term,
)
from scoring.symbolic.values import (
    Array,
    Method,
    Native,
    Object,
    Raised,
    field_of,
    term_of,
)
from scoring.typescript.syntax import SyntaxNode
from scoring.words import squeeze

_MODEL = re.compile(r"(?:^|\.)\w*Model<(\w+)>$")
_READS = {
    "find": "findMany", "findOne": "findFirst", "findById": "findFirst", "count": "count",
    "countDocuments": "count", "exists": "findFirst",
}  # fmt: skip
_WRITES = {
    "updateOne": "updateMany", "updateMany": "updateMany", "findOneAndUpdate": "updateMany",
    "findByIdAndUpdate": "updateMany", "deleteOne": "deleteMany", "deleteMany": "deleteMany",
    "findOneAndDelete": "deleteMany", "findByIdAndDelete": "deleteMany",
    "findByIdAndRemove": "deleteMany",
}  # fmt: skip
_NEUTRAL = frozenset({"lean", "populate", "session", "collation", "select", "exec"})
_STEPS = frozenset({"sort", "skip", "limit", "orFail"})
_DESCENDING = frozenset({"-1", "desc", "descending"})
_COUNTED = ("deletedCount", "modifiedCount", "matchedCount")


class Mongoose:
    """Reads calls such as `this.todoModel.findOne({ _id, owner })`."""

    def __init__(self, reader: Reads, prisma: Prisma, entities: Entities) -> None:
        self._reader = reader
        self._prisma = prisma
        self._entities = entities
        self._documents: dict[int, tuple[Table, Object]] = {}
        """What `new this.todoModel({ … })` made; the objects are kept for their ids."""

    def query(
        self, base: object, name: str, given: list[object], node: SyntaxNode, frame: Frame
    ) -> object | None:
        """Return what a call answers with; None for any other call."""
        if id(base) in self._documents and name == "save":
            return self._entities.save(*self._documents.pop(id(base)), node, frame)
        table = self._model(base)
        if table is None:
            return self._of_result(base, name, given, node, frame)
        if name in ("create", "insertMany"):
            first = given[0] if given else Object()
            return self._entities.save(table, first, node, frame)
        if name in _READS:
            asked = Object([("where", self._where(table, name, given))])
            return self._prisma.ask(table, _READS[name], asked, node, frame)
        return self._write(table, name, given, node, frame) if name in _WRITES else None

    def made(self, model: object, given: list[object]) -> Object | None:
        """Return the document that `new this.todoModel({ … })` is; None for another class."""
        table = self._model(model)
        if table is None:
            return None
        first = given[0] if given else Object()
        members = first.members if isinstance(first, Object) else [(None, term_of(first))]
        made = Object(list(members))
        self._documents[id(made)] = (table, made)
        return made

    def _model(self, base: object) -> Table | None:
        found = _MODEL.search(base.name) if isinstance(base, Native) else None
        if found is None:
            return None
        for name in (found[1], re.sub(r"(Document|Model|Doc)$", "", found[1])):
            table = self._reader.tables.get(squeeze(name))
            if table is not None:
                return table
        return None

    def _of_result(
        self, base: object, name: str, given: list[object], node: SyntaxNode, frame: Frame
    ) -> object | None:
        """Return what a step of a query, or a method of a document, makes."""
        found = found_in(base)
        if found is not None and name in _STEPS | _NEUTRAL and self._is_ours(found.query.table):
            return self._step(found, name, given, node, frame) if name in _STEPS else base
        if not isinstance(base, Term) or not is_row(base):
            return base if name == "exec" and isinstance(base, Term) else None
        if name in ("toObject", "toJSON", "exec", "lean", "populate"):
            return base
        row = row_of(base)
        if name == "set" and given and self._entities.assigned(row, given[0]):
            return base
        if name == "deleteOne" and not given and isinstance(row, First):
            table = self._reader.tables.get(squeeze(row.query.table))
            key = table.key[0] if table is not None and table.key else "_id"
            same = Op("=", (Column(row.query.table, key), Field(row, key)))
            query = Query(row.query.table, row.query.table, where=(same,))
            return self._reader.write("delete", query, NOTHING, node, frame)
        return None

    def _is_ours(self, name: str) -> bool:
        table = self._reader.tables.get(squeeze(name))
        module = self._reader.program.modules.get(table.file) if table is not None else None
        return module is not None and "mongoose" in module.text

    def _step(
        self, found: Rows | First, name: str, given: list[object], node: SyntaxNode, frame: Frame
    ) -> Term:
        query = found.query
        first = given[0] if given else NOTHING
        match name:
            case "sort":
                query = replace(query, order=(*query.order, *_order(query.alias, first)))
            case "limit":
                query = replace(query, limit=term_of(first))
            case "skip":
                query = replace(query, offset=term_of(first))
            case _:
                asked = Op("??", (found, Const(None)))
                raised = self._raised(first, node, frame)
                self._reader.refuse(raised, Op("===", (asked, Const(None))), node, frame)
                return asked
        return narrowed(self._reader, found, query)

    def _raised(self, failing: object, node: SyntaxNode, frame: Frame) -> Raised:
        from scoring.symbolic.calls import invoke

        if isinstance(failing, Closure | Method):
            failing = invoke(self._reader, failing, [], node, frame)
        return failing if isinstance(failing, Raised) else Raised(0)

    def _where(self, table: Table, name: str, given: list[object]) -> object:
        first = given[0] if given else Object()
        key = table.key[0] if table.key else "_id"
        if "ById" in name:
            return Object([(key, first)])
        if isinstance(first, Object):
            members = [(key if k in ("_id", "id") else k, held) for k, held in first.members]
            first = Object(members)
        return conditions(table, first)

    def _write(
        self, table: Table, name: str, given: list[object], node: SyntaxNode, frame: Frame
    ) -> Term:
        asked = Object([("where", self._where(table, name, given))])
        if _WRITES[name] == "updateMany":
            asked.members.append(("data", _changes(given[1] if len(given) > 1 else Object())))
        answer = term_of(self._prisma.ask(table, _WRITES[name], asked, node, frame))
        count = term_of(field_of(answer, "count"))
        if not name.startswith("find"):
            return Record(tuple((each, count) for each in _COUNTED))
        written = count.operands[0] if isinstance(count, Op) else count
        return Op("??", (written, Const(None)))


def _changes(value: object) -> object:
    """Return what `{ $set: { … }, $inc: { … } }` writes, in Prisma's words."""
    if isinstance(value, Record):
        value = Object(list(value.members))
    if not isinstance(value, Object):
        return value
    made = Object()
    for key, held in value.members:
        inner = held.members if isinstance(held, Object | Record) else None
        if key in ("$set", "$setOnInsert"):
            made.members += inner if inner is not None else [(None, term_of(held))]
        elif key == "$inc" and inner is not None:
            made.members += [(name, Object([("increment", by)])) for name, by in inner]
        elif key == "$unset" and inner is not None:
            made.members += [(name, Const(None)) for name, _ in inner]
        else:
            made.members.append((key, held))
    return made


def _order(alias: str, value: object) -> list[tuple[Term, Term]]:
    """Return the order that `sort({ createdAt: -1 })` or `sort("-createdAt")` asks for."""
    if isinstance(value, Const) and isinstance(value.value, str):
        return [
            (Column(alias, word.lstrip("-+")), Const("desc" if word.startswith("-") else "asc"))
            for word in value.value.split()
        ]
    if isinstance(value, Record):
        value = Object(list(value.members))
    if not isinstance(value, Object):
        return [(term_of(value), Const("asc"))] if not isinstance(value, Array) else []
    pairs = (ordered_by(alias, key, held) for key, held in value.members)
    return [(expression, _direction(direction)) for expression, direction in pairs]


def _direction(value: object) -> Term:
    if isinstance(value, Const):
        return Const("desc" if str(value.value).lower() in _DESCENDING else "asc")
    return term_of(value)
