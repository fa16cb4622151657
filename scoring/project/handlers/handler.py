"""What a handler does to the data: queries of Kysely and of the Prisma client, calls followed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from scoring.project.facts import Behaviour, Table
from scoring.project.handlers.kysely import Kysely
from scoring.project.handlers.prisma_client import PrismaClient
from scoring.project.handlers.queries import Queries
from scoring.typescript.evaluation import Evaluator
from scoring.typescript.frames import Frame
from scoring.typescript.modules import Function, Program
from scoring.typescript.sources import Caught
from scoring.typescript.syntax import SyntaxNode, unwrap
from scoring.typescript.value import Value, value_of


class HandlerEvaluator(Evaluator):
    """Evaluates one handler: calls of a library for data are queries."""

    def __init__(self, program: Program, tables: Mapping[str, Table]) -> None:
        super().__init__(program)
        self.queries = Queries(tables, self.surroundings)
        self._prisma = PrismaClient(self, self.queries)
        self._kysely = Kysely(self, self.queries)

    def intercept(self, node: SyntaxNode, frame: Frame) -> Value | None:
        """Read a query or a step of one; None for any other call."""
        callee = node.get("function")
        if callee is None:
            return None
        callee = unwrap(callee)
        answered = self._prisma.read(callee, node, frame)
        return answered if answered is not None else self._kysely.read(callee, node, frame)

    def caught(self, body: SyntaxNode | None, frame: Frame) -> Value:
        """Name the tables that the body of the `try` writes."""
        sources = {Caught()}
        if body is not None:
            first, last = body.line, body.line + body.text.count("\n")
            for access in self.queries.accesses:
                inside = access.file == frame.module.path and first <= access.line <= last
                if access.action in ("insert", "update") and inside:
                    sources.add(Caught(access.table))
        return value_of(*sources)


def read_behaviour(
    program: Program, tables: Mapping[str, Table], handler: Function, arguments: Sequence[Value]
) -> Behaviour:
    """Follow a handler from its arguments; `tables` are keyed by `squeeze` of their names."""
    evaluator = HandlerEvaluator(program, tables)
    returned = evaluator.run(handler, arguments)
    return Behaviour(
        accesses=tuple(evaluator.queries.accesses),
        refusals=tuple(evaluator.surroundings.refusals),
        returns=returned.detached(),
        called=frozenset(evaluator.called),
    )
