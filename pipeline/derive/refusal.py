"""Refusals: which status answers a broken rule or a failed check, and what a program promises."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping

from pipeline.ast import expression as ex
from pipeline.ast import program as pg
from pipeline.ast.analysis import (
    CALLER,
    Analysis,
    Identity,
    Membership,
    Ownership,
    Permission,
    Rule,
    Visibility,
    Window,
)
from pipeline.ast.database import Table
from pipeline.ast.interface import ErrorResponse, Interface, Operation
from pipeline.ast.walk import walk

RULE_STATUS: Mapping[str, int] = {
    "uniqueness": 409,
    "permission": 403,
    "transition": 409,
    "restriction": 409,
    "state": 409,
    "limit": 400,
    "quota": 409,
    "overlap": 409,
    "required": 400,
    "identity": 403,
    "ordering": 422,
    "window": 422,
}
"""What a broken rule of a kind answers, if the rule does not say it itself."""

MALFORMED = "A value is missing, malformed or out of bounds."
NOT_SIGNED_IN = "There is no valid access token."
OTHER_ACCOUNT = "Another kind of account is signed in."
"""Why any operation may refuse a request."""

NOT_THE_CALLERS, CONFLICT = 403, 409
"""What a check answers that cites no rule: one about the caller, and any other."""


def rule_status(rule: Rule) -> int | None:
    """Return the status that a request against the rule gets, None if the rule refuses nothing."""
    match rule:
        case Visibility(shows=shows) if "all" in shows:
            return None
        case Ownership() | Membership() | Visibility():
            return 403 if rule.others_see == "forbidden" else 404
        case Permission(allowed=True):
            return None  # whoever else may not is another kind of account
        case Window(attribute="now"):
            return 409  # too late or too early for this row, whatever the request says
        case Identity(other=other) if other != CALLER:
            return 422
        case _:
            return RULE_STATUS.get(rule.kind)


def limit_rules(
    analysis: Analysis, table: Table, columns: Collection[str | None]
) -> tuple[str, ...]:
    """Return the ids of the rules that bound the values of a table's columns."""
    return tuple(
        rule.id
        for rule in analysis.rules
        if rule.kind == "limit"
        and rule.attribute in {f"{table.entity}.{column}" for column in columns}
    )


def check_status(analysis: Analysis, check: pg.Check) -> int:
    """Return the status of a sketch's check: by the first rule cited that says one, or its kind."""
    statuses = {rule.id: rule_status(rule) for rule in analysis.rules if rule.id in check.rules}
    said = next((statuses[cited] for cited in check.rules if statuses.get(cited)), None)
    if said is not None:
        return said
    asked = check.condition if isinstance(check, pg.Guard) else check.where
    about_caller = any(_is_about_caller(node) for node in walk(asked))
    is_count = isinstance(check, pg.Quota | pg.Total)
    return NOT_THE_CALLERS if about_caller and not is_count else CONFLICT


def _is_about_caller(node: object) -> bool:
    """Whether an expression asks who is calling: which account, of which kind or in which role."""
    if isinstance(node, ex.Compare):
        words = ex.EnumLiteral | ex.BooleanLiteral
        sides = (node.left, node.right)
        own = any(isinstance(side, ex.RowField) and side.row == CALLER for side in sides)
        return own and any(isinstance(side, words) for side in sides)
    return isinstance(node, ex.ActorId | ex.ActorIs)


def promise(interface: Interface, program: pg.Program) -> Interface:
    """Return the interface with the statuses that programs refuse with and nobody promised yet."""
    refusals = {each.operation: tuple(_refusals(each)) for each in program.functions}
    operations = tuple(
        _promising(operation, refusals.get(operation.id, ())) for operation in interface.operations
    )
    return interface.model_copy(update={"operations": operations})


def _promising(operation: Operation, refusals: Iterable[ErrorResponse]) -> Operation:
    promised = set(operation.statuses())
    added: dict[int, ErrorResponse] = {}
    for error in refusals:
        if error.status not in promised:
            added.setdefault(error.status, error)
    if not added:
        return operation
    errors = sorted((*operation.errors, *added.values()), key=lambda error: error.status)
    return operation.model_copy(update={"errors": tuple(errors)})


def _refusals(function: pg.Function) -> Iterator[ErrorResponse]:
    for node in walk(function.statements):
        match node:
            case (
                pg.Require(status=status) | pg.RequireNone(status=status) | pg.Find(missing=status)
            ):
                yield ErrorResponse(status=status, when=node.message, rules=node.rules)
            case _:
                pass
