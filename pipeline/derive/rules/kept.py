"""Rules that derivation keeps: the checks and conditions that follow from what an operation cites.

A rule that a check of the sketch cites is that check's to keep, and is not kept a second time.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from pipeline.ast import analysis as an
from pipeline.ast import expression as ex
from pipeline.ast import program as pg
from pipeline.ast.interface import KeysSource, RowsSource
from pipeline.derive.checks import is_reserved
from pipeline.derive.context import Context
from pipeline.derive.generated import is_made_up
from pipeline.derive.nested.offers import bounds_list
from pipeline.derive.ownership import sees_foreign
from pipeline.derive.rules.counted import literal, quota, restriction
from pipeline.derive.rules.named import Named, certain_caller, coming, compared, named
from pipeline.derive.rules.overlapping import overlap
from pipeline.derive.rules.shown import shown_row, shown_rows
from pipeline.derive.rules.timed import ordering, window

WRITES = ("create", "update", "erase", "restore", "action")
"""Operations that a person, a state, a time or a number of rows may refuse."""
BY_DERIVATION = (
    *("uniqueness", "ownership", "permission", "limit", "default", "restriction"),
    *("cascade", "sorting"),
)
"""Kinds of rules that derivation keeps wherever they are cited."""
FIRST = (an.Identity, an.Visibility)
"""Rules about who the caller is: their checks come before the sketch's."""
LATER = (an.State, an.Ordering, an.Window, an.Overlap, an.Quota, an.Restriction)
"""Rules whose checks follow those of the sketch, in this order."""


def with_kept(context: Context, sketch: pg.ProgramSketch) -> pg.ProgramSketch:
    """Return a sketch with the checks and conditions of the rules that its operation cites."""
    said = {rule for check in sketch.checks for rule in check.rules}
    cited = [rule for rule in _cited(context) if rule.id not in said]
    made = {rule: _check(context, rule) for rule in cited}
    where = [
        condition
        for rule in cited
        if isinstance(rule, an.Visibility)
        for condition in shown_rows(context, rule) or ()
    ]
    return sketch.model_copy(
        update={
            "where": tuple(dict.fromkeys((*where, *sketch.where))),
            "checks": (*_of(made, FIRST), *sketch.checks, *_of(made, LATER)),
        }
    )


def open_rules(context: Context) -> tuple[str, ...]:
    """Return the ids of the rules that the operation cites and that derivation does not keep."""
    return tuple(rule.id for rule in _cited(context) if not _is_kept(context, rule))


def _cited(context: Context) -> Iterator[an.Rule]:
    """Yield the rules that the operation cites, in the order of the analysis."""
    return (r for r in context.design.analysis.rules if r.id in context.operation.rules)


def _is_kept(context: Context, rule: an.Rule) -> bool:
    match rule:
        case an.Visibility():
            return shown_rows(context, rule) is not None
        case an.Identity() if _is_found_so(context, rule):
            return True
        case an.Restriction(value=str()):
            return _check(context, rule) is not None
        case an.Required(attribute=attribute):
            given = context.body.get(attribute.rpartition(".")[2])
            return given is not None and given.name not in context.optional
        case an.Derivation() if is_made_up(context.database.tables, rule):
            return True
        case an.Quota() if _bounds_list(context, rule):
            return True
        case _:
            return rule.kind in BY_DERIVATION or _check(context, rule) is not None


def _bounds_list(context: Context, rule: an.Quota) -> bool:
    """Whether a rule says how long a list of the body is, and the body has no more."""
    sources = (given.source for given in context.lists)
    return any(
        bounds_list(rule, context.table, context.database.table(source.table))
        for source in sources
        if isinstance(source, RowsSource | KeysSource)
    )


def _of(
    made: Mapping[an.Rule, pg.Check | None], kinds: Sequence[type[an.RuleNode]]
) -> Iterator[pg.Check]:
    for kind in kinds:
        for rule, check in made.items():
            if isinstance(rule, kind) and check is not None:
                yield check


def _check(context: Context, rule: an.Rule) -> pg.Check | None:
    """Return the check that keeps a rule, None if it needs none or what it asks is open."""
    match rule:
        case an.Visibility():
            return shown_row(context, rule)
        case _ if context.operation.kind not in WRITES:
            return None
        case an.Quota():
            return None if _bounds_list(context, rule) else quota(context, rule)
        case an.Overlap():
            return overlap(context, rule)
        case an.Restriction():
            return restriction(context, rule)
        case an.State():
            condition = _state(context, rule)
        case an.Identity():
            condition = _identity(context, rule)
        case an.Ordering():
            condition = ordering(context, rule)
        case an.Window():
            condition = window(context, rule)
        case _:
            return None
    if condition is None:
        return None
    return pg.Guard(kind="guard", condition=condition, message=rule.statement, rules=(rule.id,))


def _state(context: Context, rule: an.State) -> ex.Expression | None:
    """Return the condition that the attribute has, or has not, one of the values."""
    found = named(context, rule.attribute)
    if found is None:
        return None
    values = [literal(found.column.type, word) for word in rule.values]
    operator: ex.Operator = "eq" if rule.relation == "is" else "ne"
    asked = tuple(compared(found.value, operator, value) for value in values if value is not None)
    if len(asked) < len(values):
        return None
    if len(asked) == 1:
        return asked[0]
    if rule.relation == "is":
        return ex.AnyOf(kind="any", operands=asked)
    return ex.All(kind="all", operands=asked)


def _identity(context: Context, rule: an.Identity) -> ex.Expression | None:
    """Return the condition that the one in the attribute is, or is not, the other."""
    operator: ex.Operator = "eq" if rule.relation == "is" else "ne"
    if rule.other == an.CALLER:
        found = named(context, rule.attribute)
        if found is None:
            return _identity_of_new(context, rule, operator)
        if not _may_be_caller(context, found) or _is_found_so(context, rule):
            return None
        return compared(found.value, operator, ex.ActorId(kind="actor"))
    sides = [coming(context, word) for word in (rule.attribute, rule.other)]
    people = [side[0] for side in sides if side is not None and side[1].origin == "relation"]
    if len(people) < len(sides) or people[0] == people[1]:
        return None
    return compared(people[0], operator, people[1])


def _identity_of_new(
    context: Context, rule: an.Identity, operator: ex.Operator
) -> ex.Expression | None:
    """Return the condition that the one whom a new row names is, or is not, the caller."""
    given = coming(context, rule.attribute)
    if given is None or rule.entity != context.table.entity:
        return None
    value, column = given
    relation = context.table.relation_of(column.name)
    if relation is None or relation.target != certain_caller(context):
        return None
    is_owner = isinstance(value, ex.ActorId)
    return None if is_owner else compared(value, operator, ex.ActorId(kind="actor"))


def _may_be_caller(context: Context, found: Named) -> bool:
    """Whether a column names an account of the kind that calls the operation."""
    relation = found.row.table.relation_of(found.column.name)
    caller = certain_caller(context)
    return relation is not None and relation.target == caller


def _is_found_so(context: Context, rule: an.Identity) -> bool:
    """Whether the row is named in the body and found only if it is the caller's own."""
    found = named(context, rule.attribute)
    if found is None:
        return False
    target = found.row.table
    if not is_reserved(context, target) or context.owner_in(target) is None:
        return False
    if isinstance(found.row.key, ex.BodyProperty):
        return True
    relations = (r for r in context.table.relations if r.target == target.name)
    is_named = any(relation.column in context.body for relation in relations)
    caller = context.operation.actors[0]
    return is_named and not sees_foreign(context.design.interface, target, caller)
