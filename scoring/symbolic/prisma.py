"""Queries of the Prisma client: one call each, its options an object."""

from __future__ import annotations

from dataclasses import replace

from scoring.project.facts import ForeignKey, Table
from scoring.symbolic.reads import Reads
from scoring.symbolic.scopes import Frame
from scoring.symbolic.terms import (
    NOTHING,
    TRUE,
    Aggregate,
    Choice,
    Column,
    Const,
    Field,
    Found,
    Op,
    Query,
    Record,
    Term,
    Unknown,
    both,
    either,
    negation,
)
from scoring.symbolic.values import Array, Native, Object, Raised, field_of, term_of
from scoring.typescript.syntax import SyntaxNode
from scoring.words import squeeze

_READS = {
    "findMany": "rows", "findFirst": "first", "findFirstOrThrow": "first", "findUnique": "first",
    "findUniqueOrThrow": "first", "count": "count",
}  # fmt: skip
_WRITES = {
    "create": "insert", "createMany": "insert", "createManyAndReturn": "insert",
    "upsert": "insert", "update": "update", "updateMany": "update",
    "updateManyAndReturn": "update", "delete": "delete", "deleteMany": "delete",
}  # fmt: skip
_COMPARED = {"gt": ">", "gte": ">=", "lt": "<", "lte": "<=", "in": "in", "notIn": "not in"}
_TEXTUAL = frozenset({"contains", "startsWith", "endsWith"})
_CHANGES = {"increment": "+", "decrement": "-", "multiply": "*", "divide": "/"}


class Prisma:
    """Reads calls such as `….prisma.todos.findMany(…)`."""

    def __init__(self, reader: Reads) -> None:
        self._reader = reader

    def query(
        self, base: object, name: str, given: list[object], node: SyntaxNode, frame: Frame
    ) -> object | None:
        """Return what a query answers with; None for any other call."""
        table = self._delegate(base)
        if table is None or (name not in _READS and name not in _WRITES):
            return None
        return self.ask(table, name, given[0] if given else Object(), node, frame)

    def ask(
        self, table: Table, name: str, options: object, node: SyntaxNode, frame: Frame
    ) -> object:
        """Return what a query of a table answers with; `options` are in Prisma's words."""
        alias = table.name
        where = field_of(options, "where")
        query = Query(table.name, alias, where=tuple(self._where(table, alias, where)))
        if name in _WRITES:
            return self._write(table, query, name, options, node, frame)
        kind = _READS[name]
        if kind == "count":
            counted = (("count", Aggregate("count")),)
            query = replace(query, selected=counted)
            return Field(self._reader.read(query, True, node, frame), "count")
        query = self._paged(query, options)
        found = self._reader.read(query, kind == "first", node, frame)
        if kind == "rows":
            return found
        if name.endswith("OrThrow"):
            self._reader.refuse(Raised(0), Op("===", (found, NOTHING)), node, frame)
        return Op("??", (found, Const(None)))

    def _delegate(self, base: object) -> Table | None:
        """Return the table of `….prisma.todos`, which a schema of Prisma's declares."""
        name = ""
        if isinstance(base, Native):
            name = base.name.rsplit(".", 1)[-1] if "." in base.name else ""
        elif isinstance(base, Unknown):
            name = base.text
        elif isinstance(base, Field):
            name = base.name
        table = self._reader.tables.get(squeeze(name)) if name else None
        return table if table is not None and table.file.endswith(".prisma") else None

    def _paged(self, query: Query, options: object) -> Query:
        take, skip = field_of(options, "take"), field_of(options, "skip")
        order: list[tuple[Term, Term]] = []
        asked = field_of(options, "orderBy")
        for each in asked.items if isinstance(asked, Array) else [asked]:
            if isinstance(each, Object):
                order += [ordered_by(query.alias, key, held) for key, held in each.members]
            elif isinstance(each, Term) and each is not NOTHING:
                order.append((each, Const("asc")))
        return replace(
            query,
            order=tuple(order),
            limit=None if take is NOTHING else term_of(take),
            offset=None if skip is NOTHING else term_of(skip),
            everything=True,
        )

    def _where(self, table: Table, alias: str, value: object) -> list[Term]:
        """Return the conditions that an object of Prisma's states, all of which must hold."""
        if isinstance(value, Record):
            value = Object(list(value.members))
        if isinstance(value, Choice):
            return [self._spread(table, alias, value)]
        if not isinstance(value, Object):
            return [] if value is NOTHING else [Op("unknown", (term_of(value),))]
        found: list[Term] = []
        for key, held in value.members:
            if key is None:
                found.append(self._spread(table, alias, term_of(held)))
            elif key in ("AND", "OR", "NOT"):
                parts = held.items if isinstance(held, Array) else [held]
                wholes = [both(*self._where(table, alias, part)) for part in parts]
                joined = either(*wholes) if key == "OR" else both(*wholes)
                found.append(negation(joined) if key == "NOT" else joined)
            elif isinstance(held, Choice) and _states_more(held):
                then, otherwise = (
                    Record(() if each == NOTHING else ((key, each),))
                    for each in (held.then, held.otherwise)
                )
                found.append(self._spread(table, alias, Choice(held.condition, then, otherwise)))
            else:
                found.append(self._member(table, alias, key, held))
        return found

    def _spread(self, table: Table, alias: str, held: Term) -> Term:
        """Return the condition that `...(given && { … })` adds."""
        if isinstance(held, Op) and held.name == "&&":
            inner = both(*self._where(table, alias, held.operands[1]))
            return Op("=>", (held.operands[0], inner))
        if isinstance(held, Choice):
            then = both(*self._where(table, alias, held.then))
            otherwise = both(*self._where(table, alias, held.otherwise))
            return Choice(held.condition, then, otherwise)
        return Op("unknown", (held,))

    def _member(self, table: Table, alias: str, key: str, held: object) -> Term:
        if isinstance(held, Record):
            held = Object(list(held.members))
        column = Column(alias, key)
        if table.column(key) is None:
            related = self._relation(table, alias, key, held)
            if related is not None:
                return related
            if isinstance(held, Object):  # a composite key: `memberId_communityId: { … }`
                return both(*self._where(table, alias, held))
        if isinstance(held, Object):
            return both(*(self._compared(column, name, value) for name, value in held.members))
        given = term_of(held)
        # Prisma leaves out a condition whose value is undefined.
        same = Op("is", (column, given)) if given == Const(None) else Op("=", (column, given))
        if isinstance(given, Const):
            return same
        return either(Op("===", (given, NOTHING)), same)

    def _compared(self, column: Column, name: str | None, value: object) -> Term:
        given = term_of(value)
        match name:
            case "equals":
                return Op("is" if given == Const(None) else "=", (column, given))
            case "not":
                if isinstance(value, Object):
                    return negation(both(*(self._compared(column, k, v) for k, v in value.members)))
                return Op("is not" if given == Const(None) else "<>", (column, given))
            case "mode":
                return TRUE
            case _ if name in _COMPARED:
                return either(Op("===", (given, NOTHING)), Op(_COMPARED[name], (column, given)))
            case _ if name in _TEXTUAL:
                return Op(f"sql {name.lower()}", (column, given))
            case _:
                return Op("unknown", (column, given))

    def _relation(self, table: Table, alias: str, key: str, held: object) -> Term | None:
        """Return the formula of a condition on related rows."""
        own = next((k for k in table.foreign_keys if k.name == key), None)
        if own is not None:
            target = self._reader.tables.get(squeeze(own.target))
            if target is None or not isinstance(held, Object):
                return None
            for name in ("is", "isNot"):
                inner = held.get(name)
                if isinstance(inner, Object):
                    made = self._linked(target, own, alias, inner)
                    return made if name == "is" else negation(made)
            return self._linked(target, own, alias, held)
        if not isinstance(held, Object):
            return None
        for name, inner in held.members:
            if name in ("some", "none", "every") and isinstance(inner, Object):
                return self._children(table, alias, key, name, inner)
        return None

    def _linked(self, target: Table, key: ForeignKey, alias: str, held: Object) -> Term:
        inner = f"{alias}.{key.name}"
        links = tuple(
            Op("=", (Column(inner, own), Column(alias, column)))
            for own, column in zip(target.key, key.columns, strict=False)
        )
        return Found(Query(target.name, inner, where=(*links, *self._where(target, inner, held))))

    def _children(
        self, table: Table, alias: str, key: str, quantity: str, held: Object
    ) -> Term | None:
        """Return the formula of `some`, `none` or `every` over the rows that refer to this one."""
        for target in dict.fromkeys(self._reader.tables.values()):
            if squeeze(target.name) not in (squeeze(key), squeeze(key.rstrip("s"))) and squeeze(
                target.sql_name
            ) != squeeze(key):
                continue
            link = next((k for k in target.foreign_keys if k.target == table.name), None)
            if link is None:
                continue
            inner = f"{alias}.{key}"
            links = tuple(
                Op("=", (Column(inner, column), Column(alias, own)))
                for own, column in zip(table.key, link.columns, strict=False)
            )
            conditions = self._where(target, inner, held)
            if quantity == "every":
                return negation(
                    Found(Query(target.name, inner, where=(*links, negation(both(*conditions)))))
                )
            found = Found(Query(target.name, inner, where=(*links, *conditions)))
            return found if quantity == "some" else negation(found)
        return None

    def _write(
        self, table: Table, query: Query, name: str, options: object, node: SyntaxNode, frame: Frame
    ) -> Term:
        data = field_of(options, "create" if name == "upsert" else "data")
        values = NOTHING if name.startswith("delete") else self._data(table, query.alias, data)
        written = self._reader.write(
            _WRITES[name], query, values, node, frame, ignores=name == "upsert"
        )
        if name in ("update", "delete"):
            missing = Op("===", (written, NOTHING))
            self._reader.refuse(Raised(0), missing, node, frame)
        if name.endswith("Many"):
            return Record((("count", Op("affected", (written,))),))
        return written

    def _data(self, table: Table, alias: str, data: object) -> Term:
        """Return what is written, `connect` and `increment` brought to plain columns."""
        if isinstance(data, Array):
            made = Array([self._data(table, alias, each) for each in data.items])
            return term_of(made)
        if isinstance(data, Record):
            data = Object(list(data.members))
        if not isinstance(data, Object):
            return term_of(data)
        members: list[tuple[str | None, Term]] = []
        for key, held in data.members:
            if isinstance(held, Record):
                held = Object(list(held.members))
            link = next((k for k in table.foreign_keys if k.name == key), None)
            if link is not None and isinstance(held, Object):
                members += self._connected(link, held)
            elif isinstance(held, Object) and len(held.members) == 1:
                operator, value = held.members[0]
                change = _CHANGES.get(operator or "")
                column = Column(alias, key or "")
                if change is not None:
                    members.append((key, Op(change, (column, term_of(value)))))
                elif operator == "set":
                    members.append((key, term_of(value)))
                else:
                    members.append((key, term_of(held)))
            else:
                members.append((key, term_of(held)))
        return Record(tuple(members))

    def _connected(self, link: ForeignKey, held: Object) -> list[tuple[str | None, Term]]:
        connect, cut = held.get("connect"), held.get("disconnect")
        if cut is not NOTHING:
            return [(column, Const(None)) for column in link.columns]
        target = self._reader.tables.get(squeeze(link.target))
        keys = target.key if target is not None else ("id",)
        return [
            (column, term_of(field_of(connect, own)))
            for own, column in zip(keys, link.columns, strict=False)
        ]


def _states_more(held: Term) -> bool:
    """Whether a condition that depends on another is no plain value: `{ contains }`."""
    if isinstance(held, Choice):
        return _states_more(held.then) or _states_more(held.otherwise)
    return isinstance(held, Record)


def ordered_by(alias: str, key: str | None, held: object) -> tuple[Term, Term]:
    """Return expression and direction of `{ name: "asc" }`, or of `{ [sort]: "asc" }`."""
    if key is not None:
        return Column(alias, key), term_of(held)
    if isinstance(held, Op) and held.name == "keyed":
        return held.operands[0], held.operands[1]
    return term_of(held), Const("asc")
