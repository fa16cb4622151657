"""Read queries of Kysely: chains of calls, each a step that adds to the query."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from scoring.project.facts import Access, Where
from scoring.project.handlers.queries import Queries, answer
from scoring.typescript.callees import arguments_of, callee_name
from scoring.typescript.evaluation import Evaluator
from scoring.typescript.frames import Frame
from scoring.typescript.modules import Function
from scoring.typescript.sources import Given
from scoring.typescript.syntax import SyntaxNode, string_value, unwrap, walk
from scoring.typescript.value import EMPTY, Value, union, value_of

_STARTS = {
    "selectFrom": "read",
    "insertInto": "insert",
    "replaceInto": "insert",
    "updateTable": "update",
    "deleteFrom": "delete",
}
_JOINS = frozenset({"innerJoin", "leftJoin", "rightJoin", "fullJoin"})
_SINGLE = frozenset({"executeTakeFirst", "executeTakeFirstOrThrow"})
_COUNT = re.compile(r"\bcount(All)?\b")
_PUNCTUATION = frozenset({"[", "]", ",", "comment"})


class Kysely:
    """Reads the steps of queries; `evaluator` says what their arguments are worth."""

    def __init__(self, evaluator: Evaluator, queries: Queries) -> None:
        self._evaluator = evaluator
        self._queries = queries

    def read(self, callee: SyntaxNode, node: SyntaxNode, frame: Frame) -> Value | None:
        """Read a step of a query; None for any other call."""
        if callee.type == "identifier" and callee.text in _STARTS:
            return self._start(callee.text, node, EMPTY, frame)
        if callee.type != "member_expression":
            return None
        target, name = callee.get("object"), callee_name(callee)
        if target is None:
            return None
        if name in _STARTS:
            return self._start(name, node, self._evaluator.evaluate(target, frame), frame)
        if name and _may_be_query(unwrap(target), frame):
            base = self._evaluator.evaluate(target, frame)
            if isinstance(base.handle, Access):
                return self._step(name, node, base, base.handle, frame)
        return None

    def _start(self, name: str, node: SyntaxNode, base: Value, frame: Frame) -> Value | None:
        given = arguments_of(node.get("arguments"))
        if not given:
            return None
        text = string_value(given[0])
        if text is None:
            self._evaluator.arguments(given, base, name, frame)
            return None
        table = self._queries.table_name(text.split(" as ")[0].split(".")[-1].strip())
        self._evaluator.called.add(name)
        return answer(self._queries.add(table, _STARTS[name], frame, node))

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
                self._evaluator.arguments(given, EMPTY, name, frame)
            case "limit" | "offset" | "top" | "fetch":
                access.limited = True
                self._evaluator.arguments(given, EMPTY, name, frame)
            case "select" | "selectAll" | "returning" | "returningAll" | "distinct" | "groupBy":
                if _COUNT.search(node.fields["arguments"].text):
                    access.action = "count" if access.action == "read" else access.action
                if name in ("select", "returning"):
                    access.selects |= _selected(given)
            case _ if name in _JOINS:
                text = string_value(given[0]) if given else None
                if text is not None:
                    access.joins.append(self._queries.table_name(text.split(" as ")[0].strip()))
            case _ if name.startswith("execute"):
                return self._executed(name, node, access, frame)
            case "$if" | "$call":
                with self._evaluator.surroundings.under(EMPTY):
                    values = [self._with_query(argument, base, frame) for argument in given]
                return union([base, *values])
            case _:
                return None
        return answer(access)

    def _executed(self, name: str, node: SyntaxNode, access: Access, frame: Frame) -> Value:
        """Return the rows; an argument is the error that is thrown if there is none."""
        access.single = access.single or name in _SINGLE
        result = answer(access)
        given = arguments_of(node.get("arguments"))
        thrown = union(self._evaluator.arguments(given, result, name, frame))
        self._evaluator.surroundings.refuse(thrown.statuses(), result, frame, node)
        return result.detached()

    def _with_query(self, node: SyntaxNode, base: Value, frame: Frame) -> Value:
        """Evaluate an argument; a function gets the query itself as its parameter."""
        inner = unwrap(node)
        if inner.type != "arrow_function":
            return self._evaluator.evaluate(inner, frame)
        made = frame.inner()
        parameter = inner.get("parameter") or inner.get("parameters")
        if parameter is not None:
            name = parameter.text.strip("()").split(":")[0].strip()
            made.bindings[name] = base
        body = inner.get("body")
        result = self._evaluator.evaluate(body, made) if body is not None else EMPTY
        return result | made.returned

    def _where(self, access: Access, given: Sequence[SyntaxNode], frame: Frame) -> None:
        conditional = self._evaluator.surroundings.branches > access.branches
        if not given:
            return
        first = unwrap(given[0])
        column = string_value(first)
        if column is not None:
            operator = string_value(given[1]) if len(given) > 1 else None
            value = union([self._evaluator.evaluate(g, frame) for g in given[2:]])
            access.wheres.append(_condition(column, operator or "=", value, conditional))
            return
        templates = [n for n in walk(first) if n.type == "template_string"]
        if first.type == "arrow_function":
            body = first.get("body")
            if body is not None:
                self._builder(access, body, frame, conditional)
                self._evaluator.evaluate(body, frame.inner())
        elif templates:
            value = union([self._evaluator.evaluate(template, frame) for template in templates])
            for template in templates:
                for word in _template_words(template):
                    access.wheres.append(Where(word, "sql", value, conditional))
        elif first.type == "call_expression":
            self._where_call(access, first, frame, conditional)
        elif first.type == "object":
            for key, value in self._evaluator.evaluate(first, frame).members:
                access.wheres.append(Where(key, "=", value, conditional))

    def _where_call(
        self, access: Access, node: SyntaxNode, frame: Frame, conditional: bool
    ) -> None:
        """Read a condition that a function writes: `sameText("todos.title", x)`, `own(actor)`."""
        given = arguments_of(node.get("arguments"))
        callee = node.get("function")
        helper = self._evaluator.callees.function(callee, frame) if callee is not None else None
        built = _returned_closure(helper) if helper is not None else None
        if helper is not None and built is not None:
            made = Frame(helper.module, helper.owner)
            values = [self._evaluator.evaluate(each, frame) for each in given]
            made.bind_parameters(helper.parameters, values)
            self._builder(access, built, made, conditional)
            return
        column = string_value(given[0]) if given else None
        if column is not None:
            value = union([self._evaluator.evaluate(each, frame) for each in given[1:]])
            access.wheres.append(_condition(column, "sql", value, conditional))

    def _builder(self, access: Access, node: SyntaxNode, frame: Frame, conditional: bool) -> None:
        """Read `eb.and([eb("a", "=", x), …])`; what stands under `or` binds no single row."""
        if node.type == "call_expression":
            callee, given = node.get("function"), arguments_of(node.get("arguments"))
            name = callee_name(callee) if callee is not None else ""
            if name in _STARTS:
                return
            column = string_value(given[0]) if given else None
            if column is not None and len(given) >= 3:
                operator = string_value(given[1]) or "="
                value = union([self._evaluator.evaluate(g, frame) for g in given[2:]])
                access.wheres.append(_condition(column, operator, value, conditional))
                return
            if name == "or" and not conditional and _each_asks_for_caller(given, frame):
                access.wheres.append(Where("*", "or", value_of(Given.ACTOR), conditional))
            conditional = conditional or name == "or"
            objects = [g for g in given if g.type == "object"] if name in ("and", "or") else []
            held = union([self._evaluator.evaluate(o, frame) for o in objects])
            for key, value in held.members:
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
            access.sets.setdefault("*", value.flat())

    def _object_value(self, node: SyntaxNode, frame: Frame) -> Value:
        """Read what a query sets: an object, or a function of the expression builder with one."""
        inner = unwrap(node)
        if inner.type == "arrow_function":
            return self._with_query(inner, EMPTY, frame).detached()
        return self._evaluator.evaluate(node, frame)


def _returned_closure(helper: Function) -> SyntaxNode | None:
    """Return the body of the function that a helper makes: `(eb) => eb.and([…])`."""
    for node in walk(helper.body):
        if node.type == "arrow_function":
            return node.get("body")
    return None


def _may_be_query(target: SyntaxNode, frame: Frame) -> bool:
    """Whether an expression could stand for a query under construction, found out cheaply."""
    while target.type in ("call_expression", "member_expression"):
        inner = target.get("function") or target.get("object")
        if inner is None:
            return False
        if target.type == "member_expression":
            name = target.get("property")
            if name is not None and name.text in _STARTS:
                return True
        target = unwrap(inner)
    return target.type == "identifier" and isinstance(
        frame.bindings.get(target.text, EMPTY).handle, Access
    )


def _selected(given: Sequence[SyntaxNode]) -> set[str]:
    texts = [string_value(n) for g in given for n in walk(g)]
    return {t.split(" as ")[-1].rsplit(".", 1)[-1].strip() for t in texts if t is not None}


def _condition(column: str, operator: str, value: Value, conditional: bool) -> Where:
    return Where(column.rsplit(".", 1)[-1], operator, value.detached(), conditional)


def _each_asks_for_caller(given: Sequence[SyntaxNode], frame: Frame) -> bool:
    """Whether each of the alternatives of `eb.or([…])` has to do with the caller."""
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
