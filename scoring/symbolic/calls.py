"""What calls mean: the project's functions, methods of arrays and texts, queries, errors."""

from __future__ import annotations

from scoring.symbolic import names, sql
from scoring.symbolic.kysely import ORDER
from scoring.symbolic.mappers.wording import operator
from scoring.symbolic.reads import Reads, unknown
from scoring.symbolic.scopes import Closure, Frame
from scoring.symbolic.terms import (
    NOTHING,
    TRUE,
    Choice,
    Each,
    Fresh,
    Item,
    Op,
    Present,
    Term,
)
from scoring.symbolic.values import (
    Array,
    Building,
    Built,
    Expressions,
    Instance,
    Method,
    Native,
    Object,
    Raised,
    Space,
    term_of,
)
from scoring.typescript.callees import arguments_of
from scoring.typescript.modules import Class, opens_transaction
from scoring.typescript.syntax import SyntaxNode, unwrap

_EACH = frozenset(
    {
        "map",
        "filter",
        "some",
        "every",
        "find",
        "findIndex",
        "flatMap",
        "forEach",
        "sort",
        "toSorted",
    }
)
_BY_CHANCE = frozenset({"randomUUID", "v4", "uuid", "uuidv4", "nanoid", "cuid", "v7", "ulid"})
_RANDOM = ("randomBytes", "randomInt", "Math.random", "genSalt")
_TRANSACTION = "ransaction"
"""Part of the names of what opens a transaction, in any library."""
_SYNC = frozenset({"Promise.resolve", "Object.freeze", "structuredClone", "Number", "String"})


def call(reader: Reads, node: SyntaxNode, frame: Frame) -> object:
    """Return what a call returns."""
    callee, given = node.get("function"), node.get("arguments")
    if callee is None or given is None:
        return NOTHING
    callee = unwrap(callee)
    if given.type == "template_string":
        return sql.template(reader, callee, given, frame)
    nodes = arguments_of(given)
    if callee.type == "member_expression":
        target, name = callee.get("object"), callee.get("property")
        if target is None or name is None:
            return NOTHING
        base = reader.evaluate(target, frame)
        return method(reader, base, name.text, nodes, node, frame)
    if callee.type == "super":
        return NOTHING
    return apply(reader, reader.evaluate(callee, frame), nodes, node, frame)


def method(
    reader: Reads,
    base: object,
    name: str,
    nodes: list[SyntaxNode],
    node: SyntaxNode,
    frame: Frame,
) -> object:
    """Return what a method of a value returns."""
    if isinstance(base, Building):
        return reader.step_query(base, name, arguments(reader, nodes, frame), node, frame)
    if isinstance(base, Expressions):
        return base.call(name, arguments(reader, nodes, frame))
    if isinstance(base, Instance | Space):
        found = names.member_of(reader, base, name)
        if isinstance(found, Method | Closure | Built):
            return apply(reader, found, nodes, node, frame)
    if isinstance(base, Object):
        held = base.get(name)
        if isinstance(held, Closure | Method | Built):
            return apply(reader, held, nodes, node, frame)
    given = arguments(reader, nodes, frame)
    started = reader.start_query(name, given)
    if started is not None:
        return started
    asked = reader.client_query(base, name, given, node, frame)
    if asked is not None:
        return asked
    if isinstance(base, Native):
        return native(reader, f"{base.name}.{name}", given, node, frame)
    if isinstance(base, Array) and name == "push":
        _push(reader, base, given)
        return NOTHING
    if isinstance(base, Term | Array | Object):
        return of_value(reader, term_of(base), name, given, node, frame)
    return _work(reader, name, given, node, frame)


def apply(
    reader: Reads, callee: object, nodes: list[SyntaxNode], node: SyntaxNode, frame: Frame
) -> object:
    """Return what a call of a function returns."""
    given = arguments(reader, nodes, frame)
    return invoke(reader, callee, given, node, frame)


def invoke(
    reader: Reads, callee: object, given: list[object], node: SyntaxNode, frame: Frame
) -> object:
    """Call a value that is a function."""
    if isinstance(callee, Method):
        opens = any(isinstance(each, Closure) for each in given) and opens_transaction(
            callee.function
        )
        reader.transactions += opens
        made = reader.run(callee.function, callee.this, given)
        reader.transactions -= opens
        return made
    if isinstance(callee, Closure):
        return reader.call(callee, given)
    if isinstance(callee, Built):
        return callee.call(given)
    if isinstance(callee, Expressions):
        return callee.call("", given)
    if isinstance(callee, Op) and callee.name == "[]" and callee.operands[0] == ORDER:
        return callee.operands[1]
    if isinstance(callee, Native):
        return native(reader, callee.name, given, node, frame)
    return _work(reader, "", given, node, frame)


def arguments(reader: Reads, nodes: list[SyntaxNode], frame: Frame) -> list[object]:
    """Return the arguments of a call; what spreads a known array is spread."""
    given: list[object] = []
    for node in nodes:
        inner = unwrap(node)
        if inner.type == "spread_element" and inner.children:
            spread = reader.evaluate(inner.children[0], frame)
            given += spread.items if isinstance(spread, Array) else [spread]
        else:
            given.append(reader.evaluate(inner, frame))
    return given


def new(reader: Reads, node: SyntaxNode, frame: Frame) -> object:
    """Return what `new` makes: an error, an object of the project, a moment."""
    constructor, arguments_node = node.get("constructor"), node.get("arguments")
    name = constructor.text if constructor is not None else ""
    given = arguments(reader, arguments_of(arguments_node), frame)
    if constructor is not None and constructor.type == "member_expression":
        document = reader.made_document(reader.evaluate(constructor, frame), given)
        if document is not None:
            return document
    if name.endswith("ObjectId") and given:
        return given[0]
    if name == "Date":
        return Op("moment", tuple(term_of(each) for each in given[:1]) or (Present(),))
    if name in ("Set", "Map"):
        return Op(name, tuple(term_of(each) for each in given[:1]))
    status = reader.exception_status(name, given, frame.module)
    found = reader.program.resolve(frame.module, name.rsplit(".", 1)[-1])
    if status or name.endswith(("Error", "Exception")):
        return Raised(status)
    if isinstance(found, Class):
        return Instance(found)
    return Op(f"new {name}", tuple(term_of(each) for each in given))


def native(reader: Reads, name: str, given: list[object], node: SyntaxNode, frame: Frame) -> object:
    """Return what a function of the language or of a package returns."""
    last = name.rsplit(".", 1)[-1]
    if name.startswith("sql."):
        return sql.helper(last, given)
    terms = [term_of(each) for each in given]
    if last in _BY_CHANCE or name.endswith(_RANDOM):
        return Fresh(node.start_byte)
    if name == "Date.now":
        return Op("time", (Op("moment", (Present(),)),))
    if name in ("Promise.all", "Promise.allSettled"):
        return given[0] if given else NOTHING
    if name in _SYNC and len(given) == 1:
        return given[0] if name not in ("Number", "String") else Op(name, (terms[0],))
    made = operator(name, given) or reader.query_function(name, given, node, frame)
    if made is not None:
        return made
    if name == "Object.assign" and given:
        if isinstance(given[0], Term) and reader.set_members(given[0], *given[1:]):
            return given[0]
        made = Object()
        for each in given:
            made.members += each.members if isinstance(each, Object) else [(None, term_of(each))]
        return made
    if name.startswith(("Math.", "Object.", "Array.", "JSON.", "Date.", "Number.", "String.")):
        return Op(name, tuple(terms))
    if name in ("parseInt", "parseFloat", "Boolean", "isNaN"):
        return Op(name, tuple(terms))
    started = reader.start_query(last, given)
    if started is not None:
        return started
    return _work(reader, name, given, node, frame)


def of_value(
    reader: Reads, base: Term, name: str, given: list[object], node: SyntaxNode, frame: Frame
) -> object:
    """Return what a method of a text, a number, an array, a moment or a promise returns."""
    if name == "as":
        return Op("as", (base, *(term_of(each) for each in given)))
    if name in ("then", "catch", "finally"):
        return _promised(reader, base, name, given, node, frame)
    if name in _EACH and given and isinstance(given[0], Closure | Method | Native):
        return _each(reader, base, name, given[0], node, frame)
    if name == "reduce" and given:
        return Op("reduce", (base, *(term_of(each) for each in given[1:])))
    if any(isinstance(each, Closure) for each in given):
        return _work(reader, name, given, node, frame)
    return Op(f".{name}", (base, *(term_of(each) for each in given)))


def _each(
    reader: Reads, base: Term, name: str, function: object, node: SyntaxNode, frame: Frame
) -> Term:
    with reader.each(base) as item:
        given: list[object] = [item, Item(item.number, position=True)]
        if name in ("sort", "toSorted"):
            return Op("sorted", (base,))
        body = term_of(invoke(reader, function, given, node, frame))
    return Each(name, base, item, body)


def _promised(
    reader: Reads, base: Term, name: str, given: list[object], node: SyntaxNode, frame: Frame
) -> object:
    if name == "then" and given and isinstance(given[0], Closure | Method):
        return invoke(reader, given[0], [base], node, frame)
    return base


def _push(reader: Reads, array: Array, given: list[object]) -> None:
    condition = reader.condition()
    if condition == TRUE:
        array.items += given
        return
    for each in given:
        held = Array([each])
        array.items.append(Op("...", (Choice(condition, term_of(held), term_of(Array())),)))


def _work(reader: Reads, name: str, given: list[object], node: SyntaxNode, frame: Frame) -> object:
    """Call functions that are handed to something unknown: work in a transaction, a retry."""
    if name == "$transaction" and given and isinstance(given[0], Array):
        return given[0]
    opens = _TRANSACTION in name or _TRANSACTION in node.text.partition("=>")[0]
    reader.transactions += opens
    results = [
        invoke(reader, each, [Native("database")], node, frame)
        for each in given
        if isinstance(each, Closure)
    ]
    reader.transactions -= opens
    if results:
        return results[-1]
    terms = tuple(term_of(each) for each in given)
    place = unknown(node, frame)
    return Op("unknown", (place, *terms)) if terms else place
