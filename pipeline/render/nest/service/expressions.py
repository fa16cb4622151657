"""Expressions of programs as TypeScript, with what is known of each one's null and undefined."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from pipeline.ast import expression as ex
from pipeline.ast import random_value as made_up
from pipeline.ast.database import Database, Table
from pipeline.ast.interface import NullSchema, ObjectSchema, OneOfSchema
from pipeline.ast.walk import walk
from pipeline.render.layout import LINE, SOFT_LINE, Doc, DocGroup, Indent, concat, join
from pipeline.render.nest.places import relative
from pipeline.render.typescript import Imports, brackets, call, number, quoted

_CLOCK = "src/common/clock.ts"
_CALENDAR = "src/common/calendar.ts"
_CODES = "src/common/codes.ts"
_ROUNDING = "src/common/rounding.ts"
_COMPARE = {"eq": "===", "ne": "!==", "lt": "<", "le": "<=", "gt": ">", "ge": ">="}
_ARITHMETIC = {"add": "+", "subtract": "-", "multiply": "*"}

_NARROWED = (ex.BodyProperty, ex.QueryProperty, ex.RowField, ex.Variable, ex.Property)
"""What the compiler knows more about after a condition on it."""

_CONDITIONAL, _COALESCE, _LOGICAL, _EQUALITY, _ADDITIVE, _MULTIPLY, _UNARY, _PRIMARY = range(8)
"""How tightly operators bind, loosest first; `&&` and `||` never mix without parentheses."""


@dataclass(frozen=True)
class Nature:
    """What else than its value an expression may be."""

    nullable: bool = False
    optional: bool = False

    @property
    def solid(self) -> bool:
        """Whether it is neither null nor undefined."""
        return not (self.nullable or self.optional)


@dataclass(frozen=True)
class LocalScope:
    """What an expression is written in: the file, the body, the rows and names at hand.

    `known` holds operands that cannot be null here, and `Provided` of properties that are there.
    """

    path: str
    imports: Imports
    body: ObjectSchema | None
    database: Database
    rows: Mapping[str, Table] = field(default_factory=dict[str, Table])
    names: Mapping[str, str] = field(default_factory=dict[str, str])
    known: frozenset[ex.Expression] = frozenset()
    timestamp: str | None = None
    """The constant that holds the present moment, if there is one."""
    has_visitors: bool = False
    db: str = "this.db"
    element: str | None = None
    """The element of a list in the body that is taken for the body here."""
    is_key: bool = False
    """Whether that element is a key, rather than an object."""

    def assuming(self, condition: ex.Expression, holds: bool = True) -> LocalScope:
        """Return the scope where the condition holds, or does not."""
        return replace(self, known=self.known | _facts(condition, holds))

    def closed(self) -> LocalScope:
        """Return the scope inside a function, where the compiler forgets what it knew."""
        return replace(self, known=frozenset())

    def given(self, name: str) -> str:
        """Write a property of the body, or of the element in its place."""
        if self.element is None:
            return f"body.{name}"
        return self.element if self.is_key else f"{self.element}.{name}"

    def common(self, module: str, name: str) -> str:
        """Import a value of the project's own library."""
        return self.imports.value(relative(self.path, module), name)

    def local(self, variable: str) -> str:
        """Name a variable of the program in this method."""
        return self.names.get(variable, variable)

    def caller_kind(self) -> str:
        """Write the kind of the caller, who may be nobody where guests are served."""
        return "actor?.kind" if self.has_visitors else "actor.kind"

    def moment(self) -> str:
        """Write the present moment."""
        return self.timestamp or f"{self.common(_CLOCK, 'now')}()"


def _facts(condition: ex.Expression, holds: bool) -> frozenset[ex.Expression]:
    match condition:
        case ex.Not(operand=operand):
            return _facts(operand, not holds)
        case ex.IsNull(operand=operand) if not holds and isinstance(operand, _NARROWED):
            return frozenset((operand,))
        case ex.Provided() if holds:
            return frozenset((condition,))
        case ex.All(operands=operands) if holds:
            return frozenset(fact for each in operands for fact in _facts(each, True))
        case ex.AnyOf(operands=operands) if not holds:
            return frozenset(fact for each in operands for fact in _facts(each, False))
        case _:
            return frozenset()


def nature(expression: ex.Expression, scope: LocalScope) -> Nature:
    """Return whether the expression may be null and whether it may be undefined, in this scope."""
    if expression in scope.known:
        return Nature()
    match expression:
        case ex.NullLiteral():
            return Nature(nullable=True)
        case ex.BodyProperty(property=name):
            return _body_nature(name, scope)
        case ex.RowField(row=row, column=column):
            table = scope.rows.get(row)
            found = table.column(column) if table is not None else None
            return Nature(nullable=found is not None and found.nullable)
        case ex.Conditional(condition=condition, then=then, otherwise=otherwise):
            yes = nature(then, scope.assuming(condition))
            no = nature(otherwise, scope.assuming(condition, holds=False))
            return Nature(yes.nullable or no.nullable, yes.optional or no.optional)
        case ex.Coalesce(fallback=fallback):
            return nature(fallback, scope)
        case ex.Property() | ex.QueryProperty():
            return Nature(optional=True)
        case _:
            return Nature()


def _body_nature(name: str, scope: LocalScope) -> Nature:
    properties = scope.body.properties if scope.body is not None else ()
    found = next((p for p in properties if p.name == name), None)
    if found is None:
        return Nature()
    schema = found.schema_
    nullable = isinstance(schema, NullSchema) or (
        isinstance(schema, OneOfSchema) and any(isinstance(o, NullSchema) for o in schema.options)
    )
    given = ex.Provided(kind="provided", property=name) in scope.known
    return Nature(nullable, not found.required and not given)


def write(expression: ex.Expression, scope: LocalScope) -> Doc:
    """Write an expression."""
    return _write(expression, scope)[0]


def write_solid(expression: ex.Expression, scope: LocalScope) -> Doc:
    """Write an operand that the program takes to be neither null nor undefined."""
    return _solid(expression, scope, _CONDITIONAL)


def _solid(expression: ex.Expression, scope: LocalScope, binding: int) -> Doc:
    if nature(expression, scope).solid:
        return _operand(expression, scope, binding)
    return concat(_operand(expression, scope, _PRIMARY), "!")


def _operand(expression: ex.Expression, scope: LocalScope, binding: int) -> Doc:
    doc, own = _write(expression, scope)
    return doc if own >= binding else concat("(", doc, ")")


def _write(expression: ex.Expression, scope: LocalScope) -> tuple[Doc, int]:
    match expression:
        case ex.Compare():
            return _compare(expression, scope)
        case ex.IsNull(operand=operand):
            return _null_check(operand, scope, is_null=True)
        case ex.Provided(property=name):
            return f"{scope.given(name)} !== undefined", _EQUALITY
        case ex.ActorIs(actor=actor):
            return f"{scope.caller_kind()} === {quoted(actor)}", _EQUALITY
        case ex.Not(operand=operand):
            return _not(operand, scope)
        case ex.All() | ex.AnyOf():
            return _logical(expression, scope)
        case ex.Arithmetic(left=left, operator=operator, right=right):
            own = _MULTIPLY if operator == "multiply" else _ADDITIVE
            first = _solid(left, scope, own)
            return concat(first, f" {_ARITHMETIC[operator]} ", _solid(right, scope, own + 1)), own
        case ex.Conditional(condition=condition, then=then, otherwise=otherwise):
            test = _operand(condition, scope, _COALESCE)
            yes = _operand(then, scope.assuming(condition), _COALESCE)
            no = _operand(otherwise, scope.assuming(condition, holds=False), _COALESCE)
            branches = Indent(concat(LINE, "? ", yes, LINE, ": ", no))
            return DocGroup(concat(test, branches)), _CONDITIONAL
        case ex.Coalesce(operand=operand, fallback=fallback):
            if nature(operand, scope).solid:
                return _write(operand, scope)
            left = _operand(operand, scope, _EQUALITY)
            return concat(left, " ?? ", _operand(fallback, scope, _EQUALITY)), _COALESCE
        case ex.IntegerLiteral(value=value) | ex.NumberLiteral(value=value):
            return number(value), _PRIMARY if value >= 0 else _UNARY
        case _:
            return _primary(expression, scope), _PRIMARY


def _primary(expression: ex.Expression, scope: LocalScope) -> Doc:
    match expression:
        case ex.StringLiteral(value=text) | ex.EnumLiteral(value=text) | ex.TimeLiteral(value=text):
            return quoted(text)
        case ex.RepeatedString(length=length):
            return f'"x".repeat({length})'
        case ex.BooleanLiteral(value=truth):
            return "true" if truth else "false"
        case ex.NullLiteral():
            return "null"
        case ex.GeneratedText():
            return _generated(expression, scope)
        case ex.Now():
            return scope.moment()
        case ex.Shifted(amount=amount, unit=unit):
            return f"{scope.common(_CLOCK, 'fromNow')}({amount}, {quoted(unit)})"
        case ex.Offset() | ex.Portion() | ex.Quotient() | ex.Elapsed():
            return _reckoned(expression, scope)
        case ex.Today():
            return f"{scope.common(_CLOCK, 'today')}()"
        case ex.StartOf(unit=unit, moment=moment):
            start = scope.common(_CALENDAR, "startOf")
            return call(start, write_solid(moment, scope), quoted(unit))
        case ex.TimeOfDay(moment=moment):
            return call(scope.common(_CALENDAR, "timeOfDay"), write_solid(moment, scope))
        case ex.Weekday(moment=moment):
            return call(scope.common(_CALENDAR, "weekday"), write_solid(moment, scope))
        case ex.ActorId():
            return "actor.id"
        case ex.Parameter(name=name):
            return name
        case ex.BodyProperty(property=name):
            return scope.given(name)
        case ex.QueryProperty(property=name):
            return f"query.{name}"
        case ex.RowField(row=row, column=column):
            return f"{scope.local(row)}.{column}"
        case ex.Variable(name=name):
            return scope.local(name)
        case ex.Property(variable=variable, path=path):
            steps = (f"?.[{s}]" if isinstance(s, int) else f"?.{s}" for s in path)
            return scope.local(variable) + "".join(steps)
        case made_up.RandomUuid():
            return f"{scope.imports.value('node:crypto', 'randomUUID')}()"
        case made_up.RandomEmail():
            return f"`${{{scope.imports.value('node:crypto', 'randomUUID')}()}}@example.com`"
        case made_up.RandomText(max_length=length):
            return f"{scope.imports.value('node:crypto', 'randomUUID')}().slice(0, {length})"
        case _:
            raise ValueError(f"A program has no expression of kind {expression.kind}.")


def _generated(text: ex.GeneratedText, scope: LocalScope) -> Doc:
    if text.source is None:
        return f"{scope.common(_CODES, 'randomCode')}({text.length})"
    slug = scope.common(_CODES, "slugOf" if text.bare else "endedSlugOf")
    return call(slug, write_solid(text.source, scope), str(text.length))


def _reckoned(
    expression: ex.Offset | ex.Portion | ex.Quotient | ex.Elapsed, scope: LocalScope
) -> Doc:
    """Write what a function of the project's own library reckons."""
    match expression:
        case ex.Offset(moment=moment, amount=amount, unit=unit):
            many = str(amount) if isinstance(amount, int) else write_solid(amount, scope)
            shifted = scope.common(_CLOCK, "shifted")
            return call(shifted, write_solid(moment, scope), many, quoted(unit))
        case ex.Elapsed(start=start, end=end, unit=unit, rounding=rounding):
            ends = (write_solid(start, scope), write_solid(end, scope))
            elapsed = scope.common(_ROUNDING, "elapsed")
            return call(elapsed, *ends, quoted(unit), quoted(rounding))
        case ex.Portion(of=first, percent=second):
            name = "portion"
        case ex.Quotient(left=first, right=second):
            name = "divided"
    numbers = (write_solid(first, scope), write_solid(second, scope))
    rounding = (str(expression.places), quoted(expression.rounding))
    return call(scope.common(_ROUNDING, name), *numbers, *rounding)


def _compare(compare: ex.Compare, scope: LocalScope) -> tuple[Doc, int]:
    left, operator, right = compare.left, compare.operator, compare.right
    if isinstance(left, ex.NullLiteral):
        left, right = right, left
    if isinstance(right, ex.NullLiteral):
        if isinstance(left, ex.NullLiteral) or _constant(left) is not None:
            same = isinstance(left, ex.NullLiteral)
            return ("true" if same == (operator == "eq") else "false"), _UNARY
        return _null_check(left, scope, is_null=operator == "eq")
    if operator not in ("eq", "ne"):
        sides = _solid(left, scope, _ADDITIVE), _solid(right, scope, _ADDITIVE)
        return concat(sides[0], f" {_COMPARE[operator]} ", sides[1]), _EQUALITY
    if isinstance(right, ex.BooleanLiteral) and nature(left, scope).solid:
        return _write(left, scope) if right.value == (operator == "eq") else _not(left, scope)
    constants = _constant(left), _constant(right)
    if None not in constants:
        return ("true" if (constants[0] == constants[1]) == (operator == "eq") else "false"), _UNARY
    first, second = _operand(left, scope, _ADDITIVE), _operand(right, scope, _ADDITIVE)
    natures = nature(left, scope), nature(right, scope)
    # A property that was not given equals a column without a value.
    if natures[0].optional and natures[1].nullable:
        first = concat("(", first, " ?? null)")
    elif natures[1].optional and natures[0].nullable:
        second = concat("(", second, " ?? null)")
    return concat(first, f" {_COMPARE[operator]} ", second), _EQUALITY


def _constant(expression: ex.Expression) -> str | None:
    """Write a literal down to compare it with another; the compiler refuses to compare them."""
    match expression:
        case (
            ex.StringLiteral(value=value)
            | ex.EnumLiteral(value=value)
            | ex.TimeLiteral(value=value)
            | ex.IntegerLiteral(value=value)
            | ex.NumberLiteral(value=value)
            | ex.BooleanLiteral(value=value)
        ):
            return repr(value)
        case _:
            return None


def _null_check(operand: ex.Expression, scope: LocalScope, *, is_null: bool) -> tuple[Doc, int]:
    found = nature(operand, scope)
    equals = "==" if is_null else "!="
    if found.optional and found.nullable:
        tail = f" {equals} null"
    else:
        tail = f" {equals}= {'undefined' if found.optional else 'null'}"
    return concat(_operand(operand, scope, _ADDITIVE), tail), _EQUALITY


def _not(operand: ex.Expression, scope: LocalScope) -> tuple[Doc, int]:
    match operand:
        case ex.Not(operand=inner):
            return _write(inner, scope)
        case ex.IsNull(operand=inner):
            return _null_check(inner, scope, is_null=False)
        case ex.Provided(property=name):
            return f"{scope.given(name)} === undefined", _EQUALITY
        case ex.Compare(left=left, operator="eq" | "ne" as operator, right=right):
            flipped = "ne" if operator == "eq" else "eq"
            opposite = ex.Compare(kind="compare", left=left, operator=flipped, right=right)
            return _compare(opposite, scope)
        case ex.ActorIs(actor=actor):
            return f"{scope.caller_kind()} !== {quoted(actor)}", _EQUALITY
        case _:
            return concat("!", _operand(operand, scope, _UNARY)), _UNARY


def _logical(group: ex.All | ex.AnyOf, scope: LocalScope) -> tuple[Doc, int]:
    operands, holds = group.operands, isinstance(group, ex.All)
    if len(operands) == 1:
        return _write(operands[0], scope)
    one_of = None if holds else _one_of(operands, scope)
    if one_of is not None:
        return one_of, _PRIMARY
    if _interfere(group):
        parts = [_operand(operand, scope, _CONDITIONAL) for operand in operands]
        method = "every" if holds else "some"
        return concat(brackets(parts), f".{method}(Boolean)"), _PRIMARY
    links: list[Doc] = []
    for operand in operands:
        links.append(_operand(operand, scope, _EQUALITY))
        scope = scope.assuming(operand, holds)
    operator = "&&" if holds else "||"
    return DocGroup(join(concat(f" {operator}", LINE), links)), _LOGICAL


def _one_of(operands: tuple[ex.Expression, ...], scope: LocalScope) -> Doc | None:
    """Write that a value is one of several words or numbers, if that is what is asked."""
    values: list[Doc] = []
    left = operands[0].left if isinstance(operands[0], ex.Compare) else None
    if left is None or _constant(left) is not None or not nature(left, scope).solid:
        return None
    for each in operands:
        if not (isinstance(each, ex.Compare) and (each.left, each.operator) == (left, "eq")):
            return None
        if _constant(each.right) is None:
            return None
        values.append(write(each.right, scope))
    return concat(brackets(values), ".includes(", write(left, scope), ")")


def _interfere(group: ex.All | ex.AnyOf) -> bool:
    """Whether what an operand tells the compiler makes another one look always true or false.

    It refuses to compare with a word what it knows to be another word, or null.
    """
    told = [_told(operand, isinstance(group, ex.All)) for operand in group.operands]
    for place, (equal, absent, _) in enumerate(told):
        for other, (equal2, _, spoken) in enumerate(told):
            if other != place and (equal & equal2 or absent & spoken):
                return True
    return False


def _told(
    operand: ex.Expression, holds: bool
) -> tuple[set[ex.Expression], set[ex.Expression], set[ex.Expression]]:
    """Return what an operand compares for equality, what it takes to be absent, and all of it."""
    equal: set[ex.Expression] = set()
    absent: set[ex.Expression] = set()
    for node in walk(operand):
        match node:
            case ex.Compare(operator="eq" | "ne", left=left, right=right):
                equal.update(side for side in (left, right) if isinstance(side, _NARROWED))
            case ex.ActorIs():
                equal.add(ex.ActorId(kind="actor"))
            case ex.IsNull(operand=asked):
                absent.add(asked)
            case _:
                pass
    spoken: set[ex.Expression] = set()
    spoken.update(node for node in walk(operand) if isinstance(node, _NARROWED))
    return equal, absent - _facts(operand, holds), spoken


def parenthesised(doc: Doc) -> Doc:
    """Write a condition in parentheses, broken inside them if it is long."""
    return DocGroup(concat("(", Indent(concat(SOFT_LINE, doc)), SOFT_LINE, ")"))
