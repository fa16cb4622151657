"""How statements of a program hang together: what returns, what is needed later, and when."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.ast import expression as ex
from pipeline.ast import program as pg
from pipeline.ast.database import Database
from pipeline.ast.walk import walk

_RETURNS = (pg.ReturnRow, pg.ReturnPage, pg.ReturnSummary, pg.ReturnSession, pg.ReturnNothing)


def moments(statements: Sequence[pg.Statement], database: Database) -> int:
    """Count the places that write the present moment; an insert has two."""
    count = 0
    for node in walk(tuple(statements)):
        match node:
            case pg.Insert():
                count += 2
            case pg.Update() | pg.UpdateWhere() | ex.Now():
                count += 1
            case pg.Remove(table=table) | pg.RemoveWhere(table=table):
                count += database.table(table).soft_delete
            case _:
                pass
    return count


def uses_variable(statements: Sequence[pg.Statement], variable: str) -> bool:
    """Whether any statement speaks of the variable."""
    for node in walk(tuple(statements)):
        match node:
            case ex.RowField(row=name) | ex.Variable(name=name) | ex.Property(variable=name):
                pass
            case pg.Update(row=name) | pg.Remove(row=name) | pg.VerifyPassword(row=name):
                pass
            case pg.ReturnRow(row=name) | pg.ReturnSession(row=name) | pg.ReturnPage(page=name):
                pass
            case _:
                continue
        if name == variable:
            return True
    return False


def may_return(statements: Sequence[pg.Statement]) -> bool:
    """Whether some path through the statements answers."""
    return any(isinstance(node, _RETURNS) for node in walk(tuple(statements)))


def always_returns(statements: Sequence[pg.Statement]) -> bool:
    """Whether every path through the statements answers."""
    if not statements:
        return False
    match statements[-1]:
        case pg.If(then=then, otherwise=otherwise):
            return always_returns(then) and always_returns(otherwise)
        case pg.Transaction(body=body):
            return always_returns(body)
        case last:
            return isinstance(last, _RETURNS)
