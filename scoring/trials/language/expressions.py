"""Make of expressions what evaluates them in a scope: each form of syntax by its name."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from scoring.regex import compiled
from scoring.trials.language.members import member
from scoring.trials.language.operators import binary, unary
from scoring.trials.language.patterns import binder
from scoring.trials.language.protocols import Compiles, Run
from scoring.trials.language.scopes import Scope, Unbound
from scoring.trials.language.values import (
    OPAQUE,
    UNDEFINED,
    UNKNOWN,
    Closure,
    Lost,
    Opaque,
    Promise,
    Thrown,
    Unknown,
    elements_of,
    failure,
    members_of,
    missing,
    text,
    truth,
)
from scoring.typescript.modules import read_parameters
from scoring.typescript.syntax import SyntaxNode, string_value

Form = Callable[[Compiles, SyntaxNode], Run]
_TRANSPARENT = (
    "parenthesized_expression",
    "as_expression",
    "satisfies_expression",
    "non_null_expression",
    "instantiation_expression",
)


def constant(value: object) -> Run:
    """Return what always gives the value."""
    return lambda scope: value


def items(node: SyntaxNode | None) -> list[SyntaxNode]:
    """Return the children without comments."""
    return [c for c in node.children if c.type != "comment"] if node is not None else []


def _inner(compiler: Compiles, node: SyntaxNode) -> Run:
    inside = items(node)
    return compiler.expression(inside[0]) if inside else constant(UNDEFINED)


def _identifier(compiler: Compiles, node: SyntaxNode) -> Run:
    name = node.text

    def run(scope: Scope) -> object:
        try:
            return scope.get(name)
        except Unbound:
            raise failure("ReferenceError", f"{name} is not defined") from None

    return run


def _string(compiler: Compiles, node: SyntaxNode) -> Run:
    return constant(string_value(node) or "")


def _number(compiler: Compiles, node: SyntaxNode) -> Run:
    written = node.text.replace("_", "").rstrip("n")
    try:
        return constant(int(written, 0))
    except ValueError:
        return constant(float(written))


def _template(compiler: Compiles, node: SyntaxNode) -> Run:
    parts: list[str | Run] = []
    start = node.start_byte + 1
    for child in [*node.all("template_substitution"), None]:
        end = child.start_byte if child is not None else node.end_byte - 1
        parts.append(node.source[start:end].decode("utf-8", errors="replace"))
        if child is not None:
            parts.append(_inner(compiler, child))
            start = child.end_byte

    def run(scope: Scope) -> object:
        made: list[str] = []
        for part in parts:
            piece = part if isinstance(part, str) else text(part(scope))
            if piece is None:
                return UNKNOWN
            made.append(piece)
        return "".join(made)

    return run


def _array(compiler: Compiles, node: SyntaxNode) -> Run:
    parts = compiler.spread_list(items(node))
    return lambda scope: parts(scope)


def _object(compiler: Compiles, node: SyntaxNode) -> Run:
    parts: list[tuple[Run | None, Run]] = []
    for child in items(node):
        if child.type == "pair":
            parts.append(
                (_key(compiler, child.fields["key"]), compiler.expression(child.fields["value"]))
            )
        elif child.type == "shorthand_property_identifier":
            parts.append((constant(child.text), _identifier(compiler, child)))
        elif child.type == "spread_element":
            parts.append((None, _inner(compiler, child)))
        elif child.type == "method_definition":
            parts.append((_key(compiler, child.fields["name"]), _function(compiler, child)))

    def run(scope: Scope) -> object:
        made: dict[str, object] = {}
        for key, held in parts:
            value = held(scope)
            if key is not None:
                made[text(key(scope)) or ""] = value
            else:
                made |= members_of(value) or {}
        return made

    return run


def _key(compiler: Compiles, node: SyntaxNode) -> Run:
    if node.type == "computed_property_name":
        return _inner(compiler, node)
    if node.type == "string":
        return constant(string_value(node) or "")
    return constant(node.text)


def _is_chained(node: SyntaxNode | None) -> bool:
    """Whether `?.` ends the whole chain where there is nothing."""
    while node is not None and node.type in (
        "member_expression",
        "call_expression",
        "subscript_expression",
        "non_null_expression",
    ):
        if node.child("optional_chain") is not None:
            return True
        node = node.get("object") or node.get("function") or (items(node) or [None])[0]
    return False


def _member(compiler: Compiles, node: SyntaxNode) -> Run:
    target, name = node.get("object"), node.get("property")
    if target is None or name is None:
        return constant(UNKNOWN)
    base, word, optional = compiler.expression(target), name.text, _is_chained(node)

    def run(scope: Scope) -> object:
        held = base(scope)
        if optional and missing(held):
            return UNDEFINED
        return member(compiler.caller, held, word)

    return run


def _subscript(compiler: Compiles, node: SyntaxNode) -> Run:
    target, place = node.get("object"), node.get("index")
    if target is None or place is None:
        return constant(UNKNOWN)
    base, index, optional = (
        compiler.expression(target),
        compiler.expression(place),
        _is_chained(node),
    )

    def run(scope: Scope) -> object:
        held, at = base(scope), index(scope)
        if optional and missing(held):
            return UNDEFINED
        elements = held if isinstance(held, str) else elements_of(held)
        if elements is not None and isinstance(at, int | float):
            number = int(at)
            return elements[number] if 0 <= number < len(elements) else UNDEFINED
        word = text(at)
        return UNKNOWN if word is None else member(compiler.caller, held, word)

    return run


def _call(compiler: Compiles, node: SyntaxNode) -> Run:
    callee, given = node.get("function"), node.get("arguments")
    if callee is None:
        return constant(UNKNOWN)
    if given is not None and given.type == "template_string":
        return constant(OPAQUE)
    arguments = compiler.spread_list(items(given))
    optional = _is_chained(node)
    bare = callee
    while bare.type in _TRANSPARENT and items(bare):
        bare = items(bare)[0]
    if bare.type == "super":
        return lambda scope: compiler.caller.construct_base(scope.this, arguments(scope))
    if bare.type in ("member_expression", "subscript_expression"):
        target = bare.get("object")
        if target is not None and target.type != "super":
            return _method_call(compiler, node, bare, target, arguments, optional)
    function = compiler.expression(callee)

    def run(scope: Scope) -> object:
        found = function(scope)
        if optional and missing(found):
            return UNDEFINED
        return compiler.caller.call(found, arguments(scope), UNDEFINED, node)

    return run


def _method_call(
    compiler: Compiles,
    node: SyntaxNode,
    callee: SyntaxNode,
    target: SyntaxNode,
    arguments: Callable[[Scope], list[object]],
    optional: bool,
) -> Run:
    base, name = compiler.expression(target), callee.get("property")
    index = callee.get("index")
    word = constant(name.text) if name is not None else compiler.expression(index or target)

    def run(scope: Scope) -> object:
        held = base(scope)
        if optional and missing(held):
            return UNDEFINED
        function = member(compiler.caller, held, text(word(scope)) or "")
        if optional and missing(function):
            return UNDEFINED
        return compiler.caller.call(function, arguments(scope), held, node)

    return run


def _new(compiler: Compiles, node: SyntaxNode) -> Run:
    constructor, given = node.get("constructor"), node.get("arguments")
    if constructor is None:
        return constant(UNKNOWN)
    made, arguments = compiler.expression(constructor), compiler.spread_list(items(given))
    return lambda scope: compiler.caller.construct(made(scope), arguments(scope))


def _function(compiler: Compiles, node: SyntaxNode) -> Run:
    body_node = node.get("body")
    if body_node is None:
        return constant(UNDEFINED)
    parameters = read_parameters(node)
    name_node = node.get("name")
    name = name_node.text if name_node is not None else compiler.caller.name_at(node)
    head = node.source[node.start_byte : body_node.start_byte].decode("utf-8", errors="replace")
    is_async = re.match(r"(export\s+|public\s+|private\s+|static\s+)*async\b", head) is not None
    is_arrow = node.type == "arrow_function"
    if body_node.type == "statement_block":
        body = compiler.body(body_node)
    else:
        body = compiler.expression(body_node)
    client = compiler.caller.client_at(node)
    return lambda scope: Closure(name, parameters, body, scope, is_async, is_arrow, client)


def _unary(compiler: Compiles, node: SyntaxNode) -> Run:
    argument, operator = node.get("argument"), node.get("operator")
    if argument is None or operator is None:
        return constant(UNKNOWN)
    value, sign = compiler.expression(argument), operator.text
    if sign == "typeof" and argument.type == "identifier":
        return lambda scope: unary(sign, _or_undefined(value, scope))
    return lambda scope: unary(sign, value(scope))


def _or_undefined(value: Run, scope: Scope) -> object:
    try:
        return value(scope)
    except Thrown:
        return UNDEFINED


def _binary(compiler: Compiles, node: SyntaxNode) -> Run:
    left_node, right_node, operator = node.get("left"), node.get("right"), node.get("operator")
    if left_node is None or right_node is None or operator is None:
        return constant(UNKNOWN)
    left, right, sign = (
        compiler.expression(left_node),
        compiler.expression(right_node),
        operator.text,
    )
    if sign in _SHORT:
        decide = _SHORT[sign]

        def short(scope: Scope) -> object:
            first = left(scope)
            decided = decide(first)
            if decided is None:
                second = right(scope)
                return _undecided(sign, second)
            return first if decided else right(scope)

        return short
    if sign == "instanceof":
        return lambda scope: compiler.caller.is_instance(left(scope), right(scope))
    return lambda scope: binary(sign, left(scope), right(scope))


def _undecided(sign: str, second: object) -> object:
    """Return what `unknown && second` and the like are."""
    known = truth(second)
    if (sign == "&&" and known is False) or (sign == "||" and known is True):
        return second
    return UNKNOWN


def _not_or(value: bool | None) -> bool | None:
    return None if value is None else not value


_SHORT: Mapping[str, Callable[[object], bool | None]] = {
    "&&": lambda first: _not_or(truth(first)),
    "||": truth,
    "??": lambda first: None if isinstance(first, Unknown | Opaque) else not missing(first),
}
"""Whether the first of two values already decides; None if nobody knows."""


def _ternary(compiler: Compiles, node: SyntaxNode) -> Run:
    parts = [node.get(name) for name in ("condition", "consequence", "alternative")]
    condition, first, second = (
        compiler.expression(part) if part is not None else constant(UNDEFINED) for part in parts
    )

    def run(scope: Scope) -> object:
        known = truth(condition(scope))
        return UNKNOWN if known is None else first(scope) if known else second(scope)

    return run


def _assignment(compiler: Compiles, node: SyntaxNode) -> Run:
    left, right = node.get("left"), node.get("right")
    if left is None or right is None:
        return constant(UNKNOWN)
    assign, value = binder(compiler, left, declares=False), compiler.expression(right)

    def run(scope: Scope) -> object:
        held = value(scope)
        assign(scope, held)
        return held

    return run


def _augmented(compiler: Compiles, node: SyntaxNode) -> Run:
    left, right, operator = node.get("left"), node.get("right"), node.get("operator")
    if left is None or right is None or operator is None:
        return constant(UNKNOWN)
    assign, before = binder(compiler, left, declares=False), compiler.expression(left)
    value, sign = compiler.expression(right), operator.text.removesuffix("=")

    def run(scope: Scope) -> object:
        old = before(scope)
        if sign in _SHORT:
            if _SHORT[sign](old):
                return old
            held = value(scope)
        else:
            held = binary(sign, old, value(scope))
        assign(scope, held)
        return held

    return run


def _update(compiler: Compiles, node: SyntaxNode) -> Run:
    argument, operator = node.get("argument"), node.get("operator")
    if argument is None or operator is None:
        return constant(UNKNOWN)
    assign, before = binder(compiler, argument, declares=False), compiler.expression(argument)
    sign = operator.text[0]
    is_prefix = operator.start_byte < argument.start_byte

    def run(scope: Scope) -> object:
        old = before(scope)
        held = binary(sign, old, 1)
        assign(scope, held)
        return held if is_prefix else old

    return run


def _await(compiler: Compiles, node: SyntaxNode) -> Run:
    value = _inner(compiler, node)
    compiler.awaited |= {id(each) for each in items(node) if each.type == "call_expression"}
    return lambda scope: settled(compiler, value(scope))


def settled(compiler: Compiles, value: object) -> object:
    """Return what a promise holds; raises Thrown if it was rejected."""
    for _ in range(8):
        if isinstance(value, Promise):
            if value.error is not None:
                raise value.error
            value = value.value
            continue
        then = (members_of(value) or {}).get("then")
        if then is None:
            return value
        value = compiler.caller.thenable(value, then)
    raise Lost


def _regex(compiler: Compiles, node: SyntaxNode) -> Run:
    made = compiled(node.text)
    return constant(UNKNOWN if made is None else made)


def _sequence(compiler: Compiles, node: SyntaxNode) -> Run:
    parts = [compiler.expression(child) for child in items(node)]
    return lambda scope: [part(scope) for part in parts][-1]


def _class(compiler: Compiles, node: SyntaxNode) -> Run:
    return lambda scope: compiler.caller.make_class(node, scope)


def unknown(compiler: Compiles, node: SyntaxNode) -> Run:
    """Return what gives a value that nobody knows: forms that are not followed."""
    return constant(UNKNOWN)


FORMS: Mapping[str, Form] = {
    "identifier": _identifier,
    "undefined": lambda compiler, node: constant(UNDEFINED),
    "this": lambda compiler, node: lambda scope: scope.this,
    "string": _string,
    "number": _number,
    "template_string": _template,
    "regex": _regex,
    "true": lambda compiler, node: constant(True),
    "false": lambda compiler, node: constant(False),
    "null": lambda compiler, node: constant(None),
    "array": _array,
    "object": _object,
    "member_expression": _member,
    "subscript_expression": _subscript,
    "call_expression": _call,
    "new_expression": _new,
    "arrow_function": _function,
    "function_expression": _function,
    "unary_expression": _unary,
    "binary_expression": _binary,
    "ternary_expression": _ternary,
    "assignment_expression": _assignment,
    "augmented_assignment_expression": _augmented,
    "update_expression": _update,
    "await_expression": _await,
    "sequence_expression": _sequence,
    "class": _class,
    **dict.fromkeys(_TRANSPARENT, _inner),
}


def function_of(compiler: Compiles, node: SyntaxNode) -> Run:
    """Return what makes a closure of a function's declaration."""
    return _function(compiler, node)
