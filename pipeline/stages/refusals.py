"""Refusals: what each operation refuses, with which status, and by which rule, in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pipeline import names
from pipeline.ast.analysis import Analysis
from pipeline.ast.database import Database, Table
from pipeline.ast.interface import ErrorResponse, Operation
from pipeline.derive.interface import ownership_rules, restricting, restriction_rules
from pipeline.derive.ownership import foreign_status
from pipeline.derive.refusal import MALFORMED, NOT_SIGNED_IN, OTHER_ACCOUNT, RULE_STATUS

SHORT = {
    MALFORMED: "malformed or out of bounds",
    NOT_SIGNED_IN: "not signed in",
    OTHER_ACCOUNT: "another kind of account",
    "The key in the path is not a UUID.": "malformed key",
    "An access token is given that is not valid.": "a token that is not valid",
}
LEFT_OUT = "rows of others are left out"
DERIVED = "derived"

ORDER = (
    "401, another kind of account, 400, 404, who the caller is, checks of the program, state, "
    "order and time, number of rows, a value that is taken."
)
"""In which order a function refuses, as `pipeline/derive/program.py` writes it."""
OF_ALL = (
    "All operations refuse with 400 what is malformed or out of bounds; those that need an "
    "account, with 401 who is not signed in and with 403 another kind of account. Of several "
    "refusals the first of these is answered: " + ORDER
)
"""What `refusals` leaves out where it is said once for all operations."""


def refusals(operation: Operation, *, general: bool = True) -> str:
    """Return each status with its cause: `401 not signed in (derived); 404 no such todo (B-3.1)`.

    Those that are derived from no rule stand together; without `general`, `OF_ALL` are left out.
    """
    causes: dict[tuple[str, ...], list[str]] = {(): []}
    for error in _once(operation.errors):
        if not general and error.when in SHORT:
            continue
        causes.setdefault(error.rules, []).append(f"{error.status} {_cause(error.when)}")
    parts = [f"{', '.join(found)} ({_cited(rules)})" for rules, found in causes.items() if found]
    if operation.query is not None and operation.scope == "own":
        parts.append(LEFT_OUT)
    return "; ".join(parts) or "nothing else"


def _once(errors: Iterable[ErrorResponse]) -> Iterator[ErrorResponse]:
    """Yield errors but for those whose rules an earlier one of the same status cites."""
    cited: set[tuple[int, str]] = set()
    for error in errors:
        rules = {(error.status, rule) for rule in error.rules}
        if not rules or not rules <= cited:
            yield error
        cited |= rules


def _cause(when: str) -> str:
    """Return a promise in few words, without its full stop."""
    if when in SHORT:
        return SHORT[when]
    cause = when.removesuffix(".")
    cause = cause.removeprefix("There is ") if cause.startswith("There is no ") else cause
    return cause[:1].lower() + cause[1:]


def by_kind() -> str:
    """Return what each kind of operation refuses, before the operations of a table are known."""
    return "\n".join(
        [
            "Refused by derivation:",
            "- all: 400 malformed or out of bounds, 401 not signed in, 403 another kind of account",
            "- all but list and create: 404 no such row; with scope own, 404 somebody else's, or "
            "403 if its ownership rule says forbidden",
            f"- list: with scope own, {LEFT_OUT}",
            "- create, update, action: 404 a row named in the body that is not there, or not the "
            "caller's to use; 409 a unique value that is taken",
            "- erase: 409 while rows depend on it that restrict it",
            by_rule(),
        ]
    )


def by_rule() -> str:
    """Return the status that the breach of a rule of each kind gets."""
    statuses: dict[int, list[str]] = {}
    for kind, status in RULE_STATUS.items():
        statuses.setdefault(status, []).append(kind)
    broken = "; ".join(f"{status} {', '.join(kinds)}" for status, kinds in statuses.items())
    return (
        f"Refused where a rule is cited: {broken}; 409 a window whose attribute is `now`. "
        "Ownership, membership and visibility say 403 (forbidden) or 404 (not_found). A permission "
        "that allows and a visibility of all refuse nothing."
    )


def of_table(analysis: Analysis, database: Database, table: Table) -> str:
    """Return what is refused of a table alone: its foreign rows, and what depends on them."""
    lines: list[str] = []
    owned = ownership_rules(analysis, table)
    if owned:
        lines.append(f"{foreign_status(analysis, table)} somebody else's ({_cited(owned)})")
    for other in restricting(database, table):
        rules = _cited(restriction_rules(analysis, table, other))
        lines.append(f"409 erased while there are {names.words(other.plural)} of it ({rules})")
    return f"Refused here: {'; '.join(lines)}." if lines else ""


def _cited(rules: tuple[str, ...]) -> str:
    return ", ".join(rules) or DERIVED
