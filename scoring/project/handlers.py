"""What a handler does to the data: queries of Kysely and of the Prisma client, calls followed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import islice

from scoring.project.facts import Access, Behaviour, Table, Where
from scoring.typescript.evaluation import Evaluator, Frame, arguments_of, callee_name
from scoring.typescript.modules import Function, Program
from scoring.typescript.sources import (
    Caught,
    Filtered,
    Given,
    Row,
    RowCount,
    RowList,
    Scoped,
    Source,
)
from scoring.typescript.syntax import SyntaxNode, string_value, unwrap, walk
from scoring.typescript.value import EMPTY, Value, union, value_of
from scoring.words import squeeze

_KYSELY_STARTS = {
    "selectFrom": "read",
    "insertInto": "insert",
    "replaceInto": "insert",
    "updateTable": "update",
    "deleteFrom": "delete",
}
_KYSELY_JOINS = frozenset({"innerJoin", "leftJoin", "rightJoin", "fullJoin"})
_PRISMA_ACTIONS = {
    "findMany": "read", "findFirst": "read", "findFirstOrThrow": "read", "findUnique": "read",
    "findUniqueOrThrow": "read", "count": "count", "aggregate": "count", "groupBy": "count",
    "create": "insert", "createMany": "insert", "createManyAndReturn": "insert",
    "upsert": "insert", "update": "update", "updateMany": "update",
    "updateManyAndReturn": "update", "delete": "delete", "deleteMany": "delete",
}  # fmt: skip
_PRISMA_SINGLE = re.compile(r"^find(Unique|First)")
_PRISMA_LEVELS = frozenset({"AND", "OR", "NOT", "is", "isNot", "some", "every", "none"})
_PRISMA_OPERATORS = frozenset(
    """equals not in notIn lt lte gt gte contains startsWith endsWith mode search has hasSome
    hasEvery isEmpty increment decrement set connect""".split()
)
_PUNCTUATION = frozenset({"[", "]", ",", "comment"})
_WHERE_DEPTH_MAX = 8
_WHERES_MAX = 500
"""Conditions read of one query, and how deep; a condition that holds itself twice would double."""
_KYSELY_SINGLE = frozenset({"executeTakeFirst", "executeTakeFirstOrThrow"})


class HandlerEvaluator(Evaluator):
    """Collects the accesses and refusals of one handler."""

    def __init__(self, program: Program, tables: Mapping[str, Table]) -> None:
        super().__init__(program)
        self._tables = tables
        self.accesses: list[Access] = []

    def intercept(self, node: SyntaxNode, frame: Frame) -> Value | None:
        """Read a step of a query; None for any other call."""
        callee = node.get("function")
        if callee is None:
            return None
        callee = unwrap(callee)
        if callee.type == "identifier" and callee.text in _KYSELY_STARTS:
            return self._start(callee.text, node, EMPTY, frame)
        if callee.type != "member_expression":
            return None
        target, name = callee.get("object"), callee_name(callee)
        if target is None:
            return None
        if name in _KYSELY_STARTS:
            return self._start(name, node, self.evaluate(target, frame), frame)
        if name in _PRISMA_ACTIONS:
            table = self._delegate(unwrap(target))
            if table is not None and self.resolve(callee, frame) is None:
                return self._prisma(name, table, node, frame)
        if name and self._may_be_query(unwrap(target), frame):
            base = self.evaluate(target, frame)
            if isinstance(base.handle, Access):
                return self._step(name, node, base, base.handle, frame)
        return None

    def _may_be_query(self, target: SyntaxNode, frame: Frame) -> bool:
        """Tell cheaply whether an expression could stand for a query under construction."""
        while target.type in ("call_expression", "member_expression"):
            inner = target.get("function") or target.get("object")
            if inner is None:
                return False
            if target.type == "member_expression":
                name = target.get("property")
                if name is not None and name.text in _KYSELY_STARTS:
                    return True
            target = unwrap(inner)
        return target.type == "identifier" and isinstance(
            frame.bindings.get(target.text, EMPTY).handle, Access
        )

    def _access(self, table: str, action: str, frame: Frame, node: SyntaxNode) -> Access:
        made = Access(
            table=table,
            action=action,
            file=frame.module.path,
            line=node.line,
            in_loop=bool(self.loops),
            in_transaction=self.transactions > 0,
            branches=self.branches,
        )
        self.accesses.append(made)
        return made

    def _start(self, name: str, node: SyntaxNode, base: Value, frame: Frame) -> Value | None:
        given = arguments_of(node.get("arguments"))
        if not given:
            return None
        text = string_value(given[0])
        if text is None:
            self.arguments(given, base, name, frame)
            return None
        table = self._table(text.split(" as ")[0].split(".")[-1].strip())
        self.called.add(name)
        return self._result(self._access(table, _KYSELY_STARTS[name], frame, node))

    def _table(self, name: str) -> str:
        found = self._tables.get(squeeze(name))
        return found.name if found is not None else name

    def _result(self, access: Access) -> Value:
        """Give the value that a query answers with, and the query itself to go on with."""
        sources: set[Source] = {Row(access.table)}
        if access.action == "count":
            sources.add(RowCount(access.table))
        elif access.action == "read" and not access.single:
            sources.add(RowList(access.table))
        for where in access.wheres:
            if not where.conditional:
                sources.add(Filtered(access.table, where.column))
                if Given.ACTOR in where.value.sources:
                    sources.add(Scoped(access.table, where.column))
        return Value(sources=frozenset(sources), handle=access)

    def _step(
        self, name: str, node: SyntaxNode, base: Value, access: Access, frame: Frame
    ) -> Value | None:
        given = arguments_of(node.get("arguments"))
        match name:
            case "where" | "whereRef" | "having" | "orWhere":
                self._where(access, given, frame)
            case "set" | "values":
                for argument in given:
                    self._assignments(access, argument, frame)
            case "orderBy":
                access.ordered = True
                self.arguments(given, EMPTY, name, frame)
            case "limit" | "offset" | "top" | "fetch":
                access.limited = True
                self.arguments(given, EMPTY, name, frame)
            case "select" | "selectAll" | "returning" | "returningAll" | "distinct" | "groupBy":
                if re.search(r"\bcount(All)?\b", node.fields["arguments"].text):
                    access.action = "count" if access.action == "read" else access.action
                if name in ("select", "returning"):
                    access.selects |= self._selected(given)
            case _ if name in _KYSELY_JOINS:
                text = string_value(given[0]) if given else None
                if text is not None:
                    access.joins.append(self._table(text.split(" as ")[0].strip()))
            case _ if name.startswith("execute"):
                access.single = access.single or name in _KYSELY_SINGLE
                result = self._result(access)
                values = self.arguments(given, result, name, frame)
                thrown = union(values)
                self.refuse(thrown.statuses(), result, frame, node)
                return replace(result, handle=None)
            case "$if" | "$call":
                with self.under(EMPTY):
                    values = [self.callback_with(g, base, frame) for g in given]
                return union([base, *values])
            case _:
                return None
        return self._result(access)

    def callback_with(self, node: SyntaxNode, base: Value, frame: Frame) -> Value:
        """Evaluate an argument; a function gets the query itself as its parameter."""
        inner = unwrap(node)
        if inner.type != "arrow_function":
            return self.evaluate(inner, frame)
        made = Frame(frame.module, frame.owner, dict(frame.bindings))
        parameter = inner.get("parameter") or inner.get("parameters")
        if parameter is not None:
            name = parameter.text.strip("()").split(":")[0].strip()
            made.bindings[name] = base
        body = inner.get("body")
        result = self.evaluate(body, made) if body is not None else EMPTY
        return result | made.returned

    def _selected(self, given: Sequence[SyntaxNode]) -> set[str]:
        texts = [string_value(n) for g in given for n in walk(g)]
        return {t.split(" as ")[-1].rsplit(".", 1)[-1].strip() for t in texts if t is not None}

    def _where(self, access: Access, given: Sequence[SyntaxNode], frame: Frame) -> None:
        conditional = self.branches > access.branches
        if not given:
            return
        first = unwrap(given[0])
        column = string_value(first)
        if column is not None:
            operator = string_value(given[1]) if len(given) > 1 else None
            value = union([self.evaluate(g, frame) for g in given[2:]])
            access.wheres.append(_condition(column, operator or "=", value, conditional))
            return
        templates = [n for n in walk(first) if n.type == "template_string"]
        if templates and first.type != "arrow_function":
            value = union([self.evaluate(template, frame) for template in templates])
            for template in templates:
                for word in _template_words(template):
                    access.wheres.append(Where(word, "sql", value, conditional))
            return
        if first.type == "arrow_function":
            body = first.get("body")
            if body is not None:
                self._builder(access, body, frame, conditional)
                inner = Frame(frame.module, frame.owner, dict(frame.bindings))
                self.evaluate(body, inner)
            return
        if first.type == "object":
            for key, value in self.evaluate(first, frame).members:
                access.wheres.append(Where(key, "=", value, conditional))

    def _builder(self, access: Access, node: SyntaxNode, frame: Frame, conditional: bool) -> None:
        """Read `eb.and([eb("a", "=", x), …])`; what stands under `or` binds no single row."""
        if node.type == "call_expression":
            callee, given = node.get("function"), arguments_of(node.get("arguments"))
            name = callee_name(callee) if callee is not None else ""
            if name in _KYSELY_STARTS:
                return
            column = string_value(given[0]) if given else None
            if column is not None and len(given) >= 3:
                operator = string_value(given[1]) or "="
                value = union([self.evaluate(g, frame) for g in given[2:]])
                access.wheres.append(_condition(column, operator, value, conditional))
                return
            if name == "or" and not conditional and _each_asks_for_caller(given, frame):
                bound = value_of(Given.ACTOR)
                access.wheres.append(Where("*", "or", bound, conditional))
            conditional = conditional or name == "or"
            objects = [g for g in given if g.type == "object"] if name in ("and", "or") else []
            for key, value in union([self.evaluate(o, frame) for o in objects]).members:
                access.wheres.append(_condition(key, "=", value, conditional))
        elif node.type in ("ternary_expression", "if_statement"):
            conditional = True
        for child in node.children:
            self._builder(access, child, frame, conditional)

    def _assignments(self, access: Access, node: SyntaxNode, frame: Frame) -> None:
        value = self._object_value(node, frame)
        if value.members:
            for key, held in value.members:
                access.sets[key] = held
        if not value.members or any(c.type == "spread_element" for c in node.children):
            access.sets.setdefault("*", replace(value, members=()))

    def _object_value(self, node: SyntaxNode, frame: Frame) -> Value:
        """Read what a query sets: an object, or a function of the expression builder with one."""
        inner = unwrap(node)
        if inner.type == "arrow_function":
            return replace(self.callback_with(inner, EMPTY, frame), handle=None)
        return self.evaluate(node, frame)

    def _delegate(self, target: SyntaxNode) -> Table | None:
        """Return the table of `….prisma.todos`."""
        if target.type != "member_expression":
            return None
        name = target.get("property")
        return self._tables.get(squeeze(name.text)) if name is not None else None

    def _prisma(self, name: str, table: Table, node: SyntaxNode, frame: Frame) -> Value:
        access = self._access(table.name, _PRISMA_ACTIONS[name], frame, node)
        access.single = _PRISMA_SINGLE.match(name) is not None
        self.called.add(name)
        given = arguments_of(node.get("arguments"))
        options = self.evaluate(given[0], frame) if given else EMPTY
        for key, value in options.members:
            if key == "where":
                access.wheres += islice(_prisma_wheres(value, False), _WHERES_MAX)
            elif key in ("data", "create", "update"):
                access.sets |= dict(value.members) or {"*": value}
            elif key == "select":
                access.selects |= {name for name, held in value.members if "true" in held.literals}
            elif key == "omit":
                omitted = {name for name, held in value.members if "true" in held.literals}
                access.selects |= {c.name for c in table.columns if c.name not in omitted}
            elif key == "orderBy":
                access.ordered = True
            elif key in ("take", "skip", "cursor"):
                access.limited = True
        return replace(self._result(access), handle=None)

    def caught(self, body: SyntaxNode | None, frame: Frame) -> Value:
        """Name the tables that the body of the `try` writes."""
        sources: set[Source] = {Caught()}
        if body is not None:
            first, last = body.line, body.line + body.text.count("\n")
            for access in self.accesses:
                inside = access.file == frame.module.path and first <= access.line <= last
                if access.action in ("insert", "update") and inside:
                    sources.add(Caught(access.table))
        return Value(sources=frozenset(sources))


def _condition(column: str, operator: str, value: Value, conditional: bool) -> Where:
    return Where(column.rsplit(".", 1)[-1], operator, replace(value, handle=None), conditional)


def _each_asks_for_caller(given: Sequence[SyntaxNode], frame: Frame) -> bool:
    """Tell whether each of the alternatives of `eb.or([…])` has to do with the caller."""
    lists = [inner.children for g in given if (inner := unwrap(g)).type == "array"]
    alternatives = [c for children in lists for c in children if c.type not in _PUNCTUATION]
    return bool(alternatives) and all(
        any(
            node.type == "identifier"
            and Given.ACTOR in frame.bindings.get(node.text, EMPTY).sources
            for node in walk(alternative)
        )
        for alternative in alternatives
    )


def _template_words(template: SyntaxNode) -> Iterable[str]:
    for part in walk(template):
        if part.type == "string_fragment":
            yield from re.findall(r"[A-Za-z_]\w*", part.text)


def _prisma_wheres(value: Value, conditional: bool, depth: int = 0) -> Iterable[Where]:
    for key, held in value.members:
        if depth > _WHERE_DEPTH_MAX:
            return
        if key in _PRISMA_LEVELS:
            yield from _prisma_wheres(held, conditional or key == "OR", depth + 1)
        elif held.members and not all(k in _PRISMA_OPERATORS for k, _ in held.members):
            yield Where(key, "=", replace(held, members=()), conditional)
            yield from _prisma_wheres(held, conditional, depth + 1)
        else:
            yield Where(key, "=", replace(held, members=()), conditional)


def read_behaviour(
    program: Program, tables: Mapping[str, Table], handler: Function, arguments: Sequence[Value]
) -> Behaviour:
    """Follow a handler from its arguments; `tables` are keyed by `squeeze` of their names."""
    evaluator = HandlerEvaluator(program, tables)
    returned = evaluator.run(handler, arguments)
    return Behaviour(
        accesses=tuple(evaluator.accesses),
        refusals=tuple(evaluator.refusals),
        returns=replace(returned, handle=None),
        called=frozenset(evaluator.called),
    )
